"""Numbers beside the two motions: lean of the shin and distance to the wall in a lunge, height of heel raises."""

from collections.abc import Sequence
from math import hypot, isfinite

import numpy as np

from rom.ankle.checks import Scene
from rom.exam.posture import within
from rom.exam.protocols import Protocol
from rom.exam.repetitions import DIRECTION
from rom.exam.uncertainty import Z95
from rom.records import LEG_LANDMARKS, AngleTrack, Bools, Landmarks, Measure, MotionResult, Repetition
from rom.tracks.known import known_median

#: Fewer repetitions do not show whether they get smaller.
FATIGUE_REPETITIONS = 6
#: SD of a heel's height in lengths of the foot: about the leg landmarker's on rendered people.
POINT_SD_FEET = 0.04
MM_A_CM = 10.0


def measures_of(
    which: Protocol,
    track: AngleTrack,
    landmarks: Landmarks,
    results: Sequence[MotionResult],
    scene: Scene,
    wall: float | None = None,
) -> tuple[Measure, ...]:
    """What an exam measures beside its motions; nothing for most.

    Parameters
    ----------
    which : the exam. track, landmarks, results : of one leg.
    scene : the picture's size and, where a camera profile knows it, its scale.
    wall : where the wall stands in a lunge, 0 to 1 across the picture; None where it is not said.
    """
    found = [result for result in results if result.status == "measured"]
    if which.name == "lunge":
        return tuple(
            m for result in found for m in (*_lean(track, result), *_to_wall(track, landmarks, scene, wall))
        )
    if which.name == "heel-raise":
        return tuple(measure for result in found for measure in _raises(track, result, scene))
    return ()


def _lean(track: AngleTrack, result: MotionResult) -> list[Measure]:
    """The shin's lean from the vertical at the ends of the lunge; it depends on a level camera."""
    leans = [known_median(track.tibia_inclination_deg[_frames(track, one)]) for one in _used(result)]
    note = (
        "From the vertical of the picture: a tilted camera adds its tilt. A lunge's own number, not an ankle angle."
    )
    return [Measure("tibia_inclination", track.side, float(np.mean(leans)), "deg", sd=_sd(leans), note=note)]


def _to_wall(track: AngleTrack, landmarks: Landmarks, scene: Scene, wall: float | None) -> list[Measure]:
    """From the tip of the toes to the wall, where both the wall and the scale are known."""
    name = f"{track.side}_toe_tip"
    if wall is None or not isfinite(scene.mm_per_px) or landmarks.legs is None:
        return []
    toe_px = known_median(landmarks.points(name)[np.isfinite(track.smooth_deg), 0, 0])
    distance_px = abs(wall * scene.width_px - toe_px)
    sd_px = float(np.sqrt(known_median(landmarks.legs.covariance_px2[:, LEG_LANDMARKS.index("toe_tip"), 0, 0])))
    note = "From the tip of the toes to the wall; the knee-to-wall distance only where the knee touches it."
    value, sd = (number / MM_A_CM for number in _scaled(distance_px, sd_px, scene))
    return [Measure("toe_to_wall", track.side, value, "cm", (value - Z95 * sd, value + Z95 * sd), sd, note)]


def _raises(track: AngleTrack, result: MotionResult, scene: Scene) -> list[Measure]:
    """Height of the heel, how many raises, and whether they get smaller."""
    used, foot_px = _used(result), known_median(track.foot_px)
    heel, outward = track.points_px[:, 2, 1], DIRECTION["plantar_flexion"] * track.smooth_deg
    floor_px = known_median(heel[outward <= np.nanpercentile(outward, 20)])
    heights_px = [floor_px - known_median(heel[_frames(track, one)]) for one in used]
    found = [
        _height(track, heights_px, foot_px, scene),
        Measure("repetitions", track.side, float(len(result.repetitions)), ""),
    ]
    values = [repetition.value_deg for repetition in result.repetitions]
    if len(values) >= FATIGUE_REPETITIONS:
        third = len(values) // 3
        loss_deg = float(np.mean(values[:third]) - np.mean(values[-third:]))
        note = "First third of the raises less the last third: how much smaller they get."
        found.append(Measure("fatigue", track.side, loss_deg, "deg", note=note))
    return found


def _height(track: AngleTrack, heights_px: list[float], foot_px: float, scene: Scene) -> Measure:
    """How high the heel is raised: in millimetres where the scale is known, else in lengths of the foot."""
    mean_px = float(np.mean(heights_px))
    if not isfinite(scene.mm_per_px):
        note = (
            "In lengths of the foot as it is seen; a camera's scale would tell millimetres (rom calibrate scale)."
        )
        feet = [height / foot_px for height in heights_px]
        return Measure("heel_height", track.side, mean_px / foot_px, "foot lengths", sd=_sd(feet), note=note)
    value, sd = _scaled(mean_px, POINT_SD_FEET * foot_px, scene)
    note = "Sole at the heel above where it stands, in the plane of the leg."
    return Measure("heel_height", track.side, value, "mm", (value - Z95 * sd, value + Z95 * sd), sd, note)


def _scaled(length_px: float, sd_px: float, scene: Scene) -> tuple[float, float]:
    """A length and its SD in millimetres."""
    return length_px * scene.mm_per_px, hypot(sd_px * scene.mm_per_px, length_px * scene.mm_per_px_sd)


def _used(result: MotionResult) -> list[Repetition]:
    """The repetitions behind a number."""
    return [repetition for repetition in result.repetitions if repetition.used]


def _frames(track: AngleTrack, repetition: Repetition) -> Bools:
    """(T,) True during a repetition's hold."""
    return within(track, repetition.start_s, repetition.end_s)


def _sd(values: list[float]) -> float | None:
    """SD over repetitions; None for one."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None
