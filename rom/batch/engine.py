"""Deals work out to a cluster and takes in what comes of it; nothing but counts is held here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from rom.batch.glance import Glance, glanced
from rom.batch.measuring import Ground, Piecework, work_off
from rom.batch.work import FAILED, JUDGED, Work
from rom.cluster import Cluster
from rom.errors import RomError

if TYPE_CHECKING:
    from distributed import Future

#: Called with (lines done, lines in all).
Told = Callable[[int, int], None]
LOOK_AGAIN_S = 1.0
#: Files that are looked at in one go; as many or fewer are looked at here, without a cluster.
GLANCES = 64
#: Deaths of workers that one portion, and then each of its lines alone, may see.
DEATHS = 3
LOST = (
    "The worker that measured it was lost, {times} times; it may need more memory than there is: take fewer "
    "workers (--workers), or give each recording less memory (--memory), then measure again with --retry-failed."
)


@dataclass(slots=True)
class Tally:
    """What was done: frames that were looked at, and the seconds that a worker needed for them."""

    frames: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Running:
    """Portions that were given to the cluster."""

    portions: "dict[Future[Any], Sequence[Piecework]]" = field(default_factory=dict)
    ended: Event = field(default_factory=Event)
    begun: int = 0


def glance_over(cluster: Cluster, paths: Sequence[str], ground: Ground) -> Iterator[tuple[str, Glance]]:
    """What every file holds, in the order of `paths`."""
    if len(paths) <= GLANCES:
        yield from zip(paths, glanced(paths, ground.limits), strict=True)
        return
    groups = [paths[k : k + GLANCES] for k in range(0, len(paths), GLANCES)]
    waiting: list[tuple[Sequence[str], Future[Any]]] = []
    for number, group in enumerate(groups):
        waiting.append((group, cluster.submit(f"glance-{number}", glanced, group, ground.limits)))
        while len(waiting) > 2 * cluster.room():
            yield from _seen(*waiting.pop(0))
    for one in waiting:
        yield from _seen(*one)


def _seen(group: Sequence[str], future: "Future[Any]") -> Iterator[tuple[str, Glance]]:
    try:
        found = future.result()
    except Exception as error:
        raise _explained(error) from error
    yield from zip(group, found, strict=True)


def have_done(
    cluster: Cluster, ground: Ground, portions: Iterable[Sequence[Piecework]], lines: int, told: Told
) -> Tally:
    """Have every portion worked off; each line has its result or its reason afterwards.

    Raises
    ------
    RomError : the cluster was lost, a worker cannot measure at all, or nothing can be written.
    """
    tally, running, work = Tally(), _Running(), Work(ground.folder)
    before = _ended(work)
    waiting = iter(portions)
    while True:
        while len(running.portions) < cluster.room() and (portion := next(waiting, None)) is not None:
            _begin(cluster, ground, running, portion)
        if not running.portions:
            break
        running.ended.wait(LOOK_AGAIN_S)
        running.ended.clear()
        told(min(lines, _ended(work) - before), lines)
        for future in [one for one in running.portions if one.done()]:
            _end(cluster, ground, running, future, tally)
    told(lines, lines)
    return tally


def done_here(ground: Ground, portions: Iterable[Sequence[Piecework]], lines: int, told: Told) -> Tally:
    """The same without a cluster, for a little work."""
    tally, done = Tally(), 0
    for portion in portions:
        came = work_off(ground, portion)
        tally.frames, tally.seconds, done = (
            tally.frames + came.frames,
            tally.seconds + came.seconds,
            done + came.lines,
        )
        told(done, lines)
    return tally


def _ended(work: Work) -> int:
    """How many lines have a result or a reason."""
    return len(work.have(work.judged, JUDGED)) + len(work.have(work.failed, FAILED))


def _begin(cluster: Cluster, ground: Ground, running: _Running, portion: Sequence[Piecework]) -> None:
    running.begun += 1
    key = f"{portion[0].judge}-{running.begun}"
    future = cluster.submit(key, work_off, ground, portion)
    running.portions[future] = portion
    future.add_done_callback(lambda _: running.ended.set())


def _end(cluster: Cluster, ground: Ground, running: _Running, future: "Future[Any]", tally: Tally) -> None:
    """Take in what came of a portion; one whose workers died is dealt out again, line by line."""
    from distributed import KilledWorker

    portion = running.portions.pop(future)
    try:
        done = future.result()
    except KilledWorker:
        if len(portion) > 1:
            for line in portion:
                _begin(cluster, ground, running, [line])
        else:
            Work(ground.folder).fail(portion[0].judge, "lost", LOST.format(times=DEATHS + 1))
        return
    except Exception as error:
        raise _explained(error) from error
    tally.frames += done.frames
    tally.seconds += done.seconds


def _explained(error: Exception) -> RomError:
    """The error for a study that cannot go on."""
    import concurrent.futures

    from distributed import CancelledError

    if isinstance(error, RomError):
        return error
    if isinstance(error, (CancelledError, concurrent.futures.CancelledError, OSError)):
        return RomError(
            "The cluster was lost; what was measured so far is kept. Start the same command again to go on."
        )
    return RomError(
        f"A worker could not begin ({type(error).__name__}: {error}); look that every machine has the same version "
        "of rom, and sees the recordings and the study under the same path."
    )
