"""How an ankle moves: its angle over time, what was noticed, its repetitions and its two motions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rom.records.words import Floats, Motion, Quality, Severity, Side, Status


@dataclass(frozen=True, slots=True)
class Check:
    """One plain sentence about something that affects the result.

    `severity`: *note* (worth knowing), *caution* (the number is less sure), *stop* (no number can be given).
    """

    code: str
    severity: Severity
    message: str
    side: Side | None = None
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class AngleTrack:
    """The ankle angle of one side over time, raw and smoothed, with what is needed to judge it.

    Attributes
    ----------
    definition : name of the angle definition; `landmarks` are the four that made the number, in the order
        shank proximal, shank distal, foot proximal (heel), foot distal (toe).
    facing : +1 the toes point right when the shank stands upright, -1 left; one value for the recording.
    raw_deg, smooth_deg : (T,) dorsiflexion +; NaN where missing. `sd_deg` : (T,) SD of the raw angle from
        landmark noise.
    doubt_deg : (T,) SD of the reading as the pose model itself tells it; NaN from one that tells none.
    tibia_inclination_deg : (T,) 0 = shank vertical in the picture, + = knee forward of the ankle.
    knee_flexion_deg : (T,) 0 = straight; NaN where the hip is not seen.
    foot_px, shank_px : (T,) apparent lengths.
    points_px : (T, 4, 2) the four landmarks, smoothed, where they are drawn on the picture as it was filmed.
    """

    side: Side
    definition: str
    landmarks: tuple[str, str, str, str]
    facing: int
    time_s: Floats
    shot: NDArray[np.integer]
    raw_deg: Floats
    smooth_deg: Floats
    sd_deg: Floats
    doubt_deg: Floats
    tibia_inclination_deg: Floats
    knee_flexion_deg: Floats
    foot_px: Floats
    shank_px: Floats
    points_px: Floats


@dataclass(frozen=True, slots=True)
class View:
    """How the camera saw the leg: `angle_deg` 0 = exactly side-on, + = camera towards the front of the body.

    `error_deg` is the reading's expected error from this view alone, (dorsiflexion end, plantar flexion end); 0
    where the reading is `corrected` for the view, as the leg landmarker's is.
    """

    angle_deg: float
    angle_sd_deg: float
    method: str
    error_deg: tuple[float, float]
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Repetition:
    """One arrival at the end of the movement.

    `value_deg` is the median over its hold, positive in the motion's direction; `held` is False for a turning
    point without a hold; `used` is False where it did not reach the end of the range (`reason` says so).
    `by_hand` : what was corrected in it, in words of `Correction` ("landmark" for a landmark that was moved);
    `found_s` : from when to when its hold was found automatically, where it was corrected; `hand_sd_deg` : SD of
    its value from where a hand puts landmarks.
    """

    motion: Motion
    start_s: float
    end_s: float
    value_deg: float
    sd_deg: float
    frames: int
    held: bool
    used: bool
    reason: str = ""
    by_hand: tuple[str, ...] = ()
    found_s: tuple[float, float] | None = None
    hand_sd_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class MotionResult:
    """Maximal dorsiflexion or plantar flexion of one side, with its interval and what it rests on.

    Attributes
    ----------
    value_deg : mean over the repetitions that reached the end of the range; None when it cannot be told.
    ci95_deg : 95 % interval of the true value; not always symmetric about `value_deg`.
    best_deg : the largest repetition. `sd_deg` : SD over the repetitions used; None for a single one.
    from_neutral_deg : the same motion counted from the person's own neutral; None where none was recorded.
    landmark_sd_deg, repetition_sd_deg, model_bias_deg, model_sd_deg, hand_sd_deg : the parts of the interval;
        the last is None where no landmark was moved by hand.
    doubt_deg : how unsure the pose model itself was at the ends of the movement (SD); None where it does not say.
    """

    side: Side
    motion: Motion
    status: Status
    value_deg: float | None
    ci95_deg: tuple[float, float] | None
    quality: Quality
    reasons: tuple[str, ...]
    best_deg: float | None = None
    sd_deg: float | None = None
    from_neutral_deg: float | None = None
    repetitions: tuple[Repetition, ...] = ()
    landmark_sd_deg: float | None = None
    repetition_sd_deg: float | None = None
    model_bias_deg: float | None = None
    model_sd_deg: float | None = None
    model_error_row: str = ""
    doubt_deg: float | None = None
    hand_sd_deg: float | None = None


@dataclass(frozen=True, slots=True)
class SideSummary:
    """One leg: how it was seen, its own neutral, its whole range, and what was noticed on the way."""

    side: Side
    near: bool
    view: View | None
    neutral_deg: float | None
    range_of_motion_deg: float | None
    checks: tuple[Check, ...] = ()
