"""Numbers beside the two motions: lean of the shin in a lunge, height and number of heel raises."""

from collections.abc import Sequence

import numpy as np

from rom.exam.posture import within
from rom.exam.protocols import Protocol
from rom.exam.repetitions import DIRECTION
from rom.records import AngleTrack, Bools, Measure, MotionResult, Repetition
from rom.tracks.known import known_median

#: Fewer repetitions do not show whether they get smaller.
FATIGUE_REPETITIONS = 6


def measures_of(which: Protocol, track: AngleTrack, results: Sequence[MotionResult]) -> tuple[Measure, ...]:
    """What an exam measures beside its motions; nothing for most."""
    found = [result for result in results if result.status == "measured"]
    if which.name == "lunge":
        return tuple(measure for result in found for measure in _lean(track, result))
    if which.name == "heel-raise":
        return tuple(measure for result in found for measure in _raises(track, result))
    return ()


def _lean(track: AngleTrack, result: MotionResult) -> list[Measure]:
    """The shin's lean from the vertical at the ends of the lunge; it depends on a level camera."""
    leans = [known_median(track.tibia_inclination_deg[_frames(track, one)]) for one in _used(result)]
    note = (
        "From the vertical of the picture: a tilted camera adds its tilt. A lunge's own number, not an ankle angle."
    )
    return [Measure("tibia_inclination", track.side, float(np.mean(leans)), "deg", sd=_sd(leans), note=note)]


def _raises(track: AngleTrack, result: MotionResult) -> list[Measure]:
    """Height of the heel in foot lengths, how many raises, and whether they get smaller."""
    used, foot_px = _used(result), known_median(track.foot_px)
    held = np.zeros(len(track.time_s), dtype=bool)
    for repetition in result.repetitions:
        held |= _frames(track, repetition)
    heel, outward = track.points_px[:, 2, 1], DIRECTION["plantar_flexion"] * track.smooth_deg
    low = np.nanpercentile(outward, 20)
    floor_px = known_median(heel[outward <= low])
    heights = [(floor_px - known_median(heel[_frames(track, one)])) / foot_px for one in used]
    note = "In lengths of the foot as it is seen, sole at the heel above where it stands."
    found = [
        Measure("heel_height", track.side, float(np.mean(heights)), "foot lengths", sd=_sd(heights), note=note),
        Measure("repetitions", track.side, float(len(result.repetitions)), ""),
    ]
    values = [repetition.value_deg for repetition in result.repetitions]
    if len(values) >= FATIGUE_REPETITIONS:
        third = len(values) // 3
        loss_deg = float(np.mean(values[:third]) - np.mean(values[-third:]))
        note = "First third of the raises less the last third: how much smaller they get."
        found.append(Measure("fatigue", track.side, loss_deg, "deg", note=note))
    return found


def _used(result: MotionResult) -> list[Repetition]:
    """The repetitions behind a number."""
    return [repetition for repetition in result.repetitions if repetition.used]


def _frames(track: AngleTrack, repetition: Repetition) -> Bools:
    """(T,) True during a repetition's hold."""
    return within(track, repetition.start_s, repetition.end_s)


def _sd(values: list[float]) -> float | None:
    """SD over repetitions; None for one."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None
