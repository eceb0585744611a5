"""What is to be done: which lines are new, which are done, which cannot be, and how they are dealt out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rom.batch.glance import Glance
from rom.batch.keys import Keys, keys_of
from rom.batch.measuring import Ground, Piecework
from rom.batch.names import Names
from rom.batch.order import Order
from rom.batch.work import FAILED, JUDGED, Work
from rom.errors import UsageError
from rom.pose.landmark_table import TABLE_SUFFIX

#: Seconds that judging one line takes, and that looking at one frame takes where nothing was measured yet.
JUDGE_S, FRAME_S = 0.15, 0.03
#: Seconds of work that a worker is given at a time, and lines at most: starting a process takes 1 to 3 s.
PORTION_S, PORTION_MOST = 60.0, 200
#: Portions a worker at least, so that none waits long for the last one.
PORTIONS_A_WORKER = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a study. `failure` : what keeps it out of the tables and why; `keys` is None without content."""

    order: Order
    glance: Glance
    keys: Keys | None
    failure: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All lines, and what is to be done: `look` at recordings, `judge` landmarks that are there.

    `done` : lines that have their results. `failed` : that have a reason of an earlier run.
    """

    lines: list[Line]
    look: list[Line]
    judge: list[Line]
    done: int
    failed: int

    @property
    def frames(self) -> int:
        """Frames that are to be looked at."""
        return sum(line.glance.frames for line in self.look if line.glance.what == "pictures")

    def seconds(self, frame_s: float, workers: int) -> float:
        """How long it will take, starting apart."""
        work = self.frames * frame_s + JUDGE_S * (len(self.look) + len(self.judge))
        return work / max(1, workers)


def lines_of(orders: Sequence[Order], glances: Iterable[Glance], ground: Ground, names: Names) -> list[Line]:
    """Every order with its keys or what is wrong with it; the first one of the same content is measured."""
    first: dict[str, Order] = {}
    lines = []
    for order, found in zip(orders, glances, strict=True):
        line = _line(order, found, ground)
        if line.keys is not None and line.failure is None:
            same = first.setdefault(line.keys.id, order)
            if same is not order:
                line = Line(order, found, line.keys, ("duplicate", _duplicate(order, same, names)))
        lines.append(line)
    return lines


def _line(order: Order, found: Glance, ground: Ground) -> Line:
    if found.reason:
        return Line(order, found, None, ("unreadable", found.reason))
    keys = keys_of(order, found.sha256, found.what == "pictures", ground.settings, ground.camera, ground.naming)
    try:
        order.looking.check()
        order.judging.question()
    except UsageError as error:
        return Line(order, found, keys, ("usage", str(error)))
    return Line(order, found, keys)


def _duplicate(order: Order, same: Order, names: Names) -> str:
    """The sentence for a recording that is there twice."""
    words = f"The same content as {names.recording(same)}, which is measured in its place"
    if order.person != same.person:
        return f"{words}, and yet the manifest says that it is of somebody else; look which of them is right."
    return f"{words}; take one of them out of the study."


def plan_of(lines: list[Line], work: Work, *, retry_failed: bool) -> Plan:
    """What is left to do of these lines."""
    judged, failed = work.have(work.judged, JUDGED), work.have(work.failed, FAILED)
    landmarks = work.have(work.landmarks, TABLE_SUFFIX)
    look: list[Line] = []
    judge: list[Line] = []
    done = given_up = 0
    for line in lines:
        if line.keys is None or line.failure is not None:
            continue
        if line.keys.judge in judged:
            done += 1
        elif line.keys.judge in failed and not retry_failed:
            given_up += 1
        else:
            (judge if line.keys.look in landmarks else look).append(line)
    return Plan(lines, look, judge, done, given_up)


def portions(plan: Plan, frame_s: float, workers: int) -> Iterator[list[Piecework]]:
    """What is to be done in portions, large ones first; lines with the same landmarks in one."""
    groups: dict[str, list[Line]] = {}
    for line in (*plan.look, *plan.judge):
        assert line.keys is not None
        groups.setdefault(line.keys.look, []).append(line)
    new = {id(line) for line in plan.look}

    def cost_s(group: list[Line]) -> float:
        looked = group[0].glance.frames if id(group[0]) in new and group[0].glance.what == "pictures" else 0
        return looked * frame_s + JUDGE_S * len(group)

    most_s = min(PORTION_S, plan.seconds(frame_s, workers) / PORTIONS_A_WORKER)
    portion: list[Piecework] = []
    filled_s = 0.0
    for group in sorted(groups.values(), key=cost_s, reverse=True):
        portion += [piecework(line) for line in group]
        filled_s += cost_s(group)
        if filled_s >= most_s or len(portion) >= PORTION_MOST:
            yield portion
            portion, filled_s = [], 0.0
    if portion:
        yield portion


def piecework(line: Line) -> Piecework:
    """A line as a worker is told."""
    assert line.keys is not None
    return Piecework(line.order.path, line.keys.look, line.keys.judge, line.order.looking, line.order.judging)
