"""What a worker does: recordings to landmarks, landmarks to results, each kept as soon as it is there.

`work_off` runs on a worker. It measures in a process of its own, several recordings one after the other, since what
arrives from outside may end the process that opens it. Where that happens they are measured in halves, until the
one that does it is alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from rom.batch.keys import JUDGES, LOOKS, code_of
from rom.batch.order import Judging, Looking
from rom.batch.pieces import write_piece
from rom.batch.results import without_names
from rom.batch.work import Work, whole
from rom.errors import InputUnreadable, InstallationError, NotMeasurable, RomError, UsageError
from rom.intake import LIMITS, Limits, guarded, look
from rom.measure import judged
from rom.pose.keypoints import is_keypoints
from rom.pose.landmark_table import NotedFrames, load_table, save_table
from rom.pose.recorded import RecordedPeople
from rom.records import CameraProfile, Naming
from rom.settings import Settings
from rom.watch import Seen, watch

BRIGHTNESS, ROLL = "brightness", "roll_deg"
#: Failures of a recording by what they are called in the table.
CALLED: dict[type[RomError], str] = {
    InputUnreadable: "unreadable",
    NotMeasurable: "not_measurable",
    UsageError: "usage",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What all lines of a study share.

    `code` : the code that the study is to be measured with. `naming` : own names of landmarks and angles, for what
    brings landmarks of other tools.
    """

    folder: Path
    settings: Settings
    camera: CameraProfile | None = None
    limits: Limits = LIMITS
    code: str = ""
    naming: Naming | None = None


@dataclass(frozen=True, slots=True)
class Piecework:
    """One line, as a worker is told: where its recording is, what is asked, and under which keys it is kept."""

    path: str
    look: str
    judge: str
    looking: Looking
    judging: Judging


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker did. `frames` : that were looked at, in `seconds`; what is only judged has none."""

    lines: int
    frames: int
    seconds: float


def work_off(ground: Ground, lines: Sequence[Piecework]) -> Done:
    """Measure lines; each has a result or a reason in the study's folder afterwards.

    Raises
    ------
    InstallationError : this machine cannot measure, or has another version of rom.
    RomError : what was measured cannot be written.
    """
    if ground.code != measured_by():
        raise InstallationError(
            "Expected a worker with the same version of rom as the study was started with, but it has another; "
            "install the same one on every machine."
        )
    done = _apart(ground, [line for line in lines if not _ended(ground, line)])
    return Done(len(lines), int(done[0]), float(done[1]))


def measured_by() -> str:
    """The code that measures here."""
    return code_of(LOOKS) + code_of(JUDGES)


def _apart(ground: Ground, lines: Sequence[Piecework]) -> tuple[int, float]:
    """Measure in a process of its own, in halves where it comes to grief; frames looked at, and seconds."""
    lines = [line for line in lines if not _ended(ground, line)]
    if not lines:
        return 0, 0.0
    own, several = ground.limits, len(lines)
    limits = replace(own, cpu_s=own.cpu_s * several, wall_s=own.wall_s * several)
    try:
        frames, seconds = guarded(measure_lines, ground, lines, limits=limits)
    except InputUnreadable as error:
        if several == 1:
            Work(ground.folder).fail(lines[0].judge, "crashed", str(error))
            return 0, 0.0
        halves = lines[: several // 2], lines[several // 2 :]
        found = [_apart(ground, half) for half in halves]
        return sum(one[0] for one in found), sum(one[1] for one in found)
    return int(frames), float(seconds)


def _ended(ground: Ground, line: Piecework) -> bool:
    """Whether a line has its result, or its reason."""
    work = Work(ground.folder)
    return work.judged_of(line.judge).exists() or work.failed_of(line.judge).exists()


def measure_lines(ground: Ground, lines: Sequence[Piecework]) -> tuple[int, float]:
    """Measure in this process, one line after the other; frames looked at, and the seconds that took."""
    frames, seconds = 0, 0.0
    for line in lines:
        began = perf_counter()
        looked = measure_line(ground, line)
        if looked:
            frames, seconds = frames + looked, seconds + perf_counter() - began
    return frames, seconds


def measure_line(ground: Ground, line: Piecework) -> int:
    """Measure one line and keep what comes of it; how many frames were looked at."""
    work = Work(ground.folder)
    try:
        found, looked = _landmarks(ground, line)
        recorded = found.recorded
        seen = Seen(recorded, found.noted[BRIGHTNESS], found.noted[ROLL], pose_s=0.0)
        naming = ground.naming if recorded.info.kind == "keypoints" else None
        question = line.judging.question(naming)
        exam = judged(seen, recorded.info, recorded.model, question, ground.camera, ground.settings)
    except (InputUnreadable, NotMeasurable, UsageError) as error:
        work.fail(line.judge, CALLED[type(error)], nameless(str(error), line.path))
        return 0
    except (
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:  # a fault of ours, and of one line
        work.fail(line.judge, "unexpected", _unexpected(error))
        return 0
    whole(work.judged_of(line.judge), lambda part: write_piece(part, exam))
    return looked


def _landmarks(ground: Ground, line: Piecework) -> tuple[NotedFrames, int]:
    """The landmarks as they are kept, and how many frames were looked at for them (0: they were there)."""
    path, looked = Work(ground.folder).landmarks_of(line.look), 0
    if path.exists():
        try:
            return load_table(path), 0
        except InputUnreadable:  # a disk's fault: it is looked at again
            path.unlink(missing_ok=True)
    found = _looked_at(ground, line)
    looked = len(found.recorded.time_s)
    whole(path, lambda part: save_table(part, found))
    return load_table(path), looked  # always as kept: a second run has the same numbers


def _looked_at(ground: Ground, line: Piecework) -> NotedFrames:
    """Watch a recording from its first frame to its last."""
    from rom.source import open_source

    path, looking = Path(line.path), line.looking
    landmarks = is_keypoints(path)
    if path.is_file() and not landmarks:
        look(path, ground.limits)
    recording, pose = open_source(
        path,
        looking.model,
        leg_box=looking.leg_box,
        rate_hz=looking.rate_hz,
        time_scale=looking.time_scale,
        readahead=ground.settings.readahead_frames,
        naming=ground.naming if landmarks else None,
    )
    with recording, pose:
        seen = watch(recording, pose)
    info = replace(
        recording.info,
        source=f"recording {line.look}",
        notes=tuple(without_names(recording.info.notes)),
        device="",  # a phone may have its owner's name
    )
    sight = seen.sightings
    recorded = RecordedPeople(
        sight.names, np.asarray(sight.time_s), sight.shot, sight.people, sight.people_seen, info, pose.model
    )
    return NotedFrames(recorded, {BRIGHTNESS: seen.brightness, ROLL: seen.roll_deg})


def nameless(words: str, path: str) -> str:
    """A sentence with "the recording" in place of its file, however it is named there."""
    name = Path(path).name
    for told in (f"'{path}'", path, f"'{name}'", name):
        words = words.replace(told, "the recording")
    return words


def _unexpected(error: Exception) -> str:
    """A sentence for what should not have happened; its own words may hold anything and are left out."""
    trace: Any = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return (
        f"Something went wrong that we did not expect ({type(error).__name__}{where}); tell the makers of rom, and "
        "measure it alone with 'rom measure' to see more."
    )
