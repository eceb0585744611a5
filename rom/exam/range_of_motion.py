"""Maximal dorsiflexion and plantar flexion of one side, each with its interval, or why it cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom.exam.corrections import hand_remarks, hand_sd, of_repetition, was_picked, with_landmarks
from rom.exam.repetitions import DIRECTION, find_repetitions, noise_spread_deg, whole_as_repetition
from rom.exam.uncertainty import interval, model_error
from rom.records import (
    MOTIONS,
    AngleTrack,
    Check,
    Correction,
    Footwear,
    Motion,
    MotionResult,
    Quality,
    Repetition,
    Side,
    View,
)
from rom.settings import Settings
from rom.tracks.known import known_median

#: Repetitions a side that clinical protocols ask for (Bennell 1998, Konor 2012).
REPETITIONS_WANTED = 3


#: Noise that spreads a still foot over more than this would hide a real movement.
NOISE_SPREAD_STOP_DEG = 15.0


#: A pose model that says of its own readings at the ends that they are off by more (SD) is not believed: on the
#: development and validation sets, errors beyond 10 degrees begin there.
DOUBT_STOP_DEG = 6.0


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which conditions a side was measured: what was noticed, how it was seen, by which model, how shod.

    `corrections` : what was corrected by hand.
    """

    checks: tuple[Check, ...]
    view: View
    model: str
    footwear: Footwear
    neutral_deg: float | None
    settings: Settings
    corrections: tuple[Correction, ...] = ()


def motion_results(track: AngleTrack, conditions: Conditions) -> tuple[MotionResult, ...]:
    """Both motions of one side; a check of severity *stop* turns both into *cannot tell*."""
    stops = tuple(check.message for check in conditions.checks if check.severity == "stop")
    if stops:
        return tuple(cannot_tell(track.side, motion, stops) for motion in MOTIONS)
    spread_deg = noise_spread_deg(track, conditions.settings)
    if spread_deg > NOISE_SPREAD_STOP_DEG:
        return tuple(cannot_tell(track.side, motion, (_too_noisy(spread_deg),)) for motion in MOTIONS)
    if _still(track, conditions.settings):
        return tuple(_still_result(track, motion, conditions) for motion in MOTIONS)
    return tuple(_moving_result(track, motion, conditions) for motion in MOTIONS)


def cannot_tell(
    side: Side, motion: Motion, reasons: tuple[str, ...], repetitions: tuple[Repetition, ...] = ()
) -> MotionResult:
    """A result without a number, and why."""
    return MotionResult(side, motion, "cannot_tell", None, None, "poor", reasons, repetitions=repetitions)


def range_deg(results: tuple[MotionResult, ...]) -> float | None:
    """The whole range of motion of one side: dorsiflexion plus plantar flexion, where both were measured."""
    values = [result.value_deg for result in results if result.value_deg is not None]
    return float(sum(values)) if len(values) == len(MOTIONS) else None


def _still(track: AngleTrack, settings: Settings) -> bool:
    """True where the foot does not move: a photo, or a position that is only held."""
    known = track.smooth_deg[np.isfinite(track.smooth_deg)]
    return known.size > 0 and float(np.ptp(known)) < settings.prominence_deg + noise_spread_deg(track, settings)


def _too_noisy(spread_deg: float) -> str:
    """Why nothing can be told from landmarks that scatter."""
    return (
        f"The landmarks scatter so much that a still ankle would read over {spread_deg:.0f}°; more light, a closer "
        "camera help."
    )


def _still_result(track: AngleTrack, motion: Motion, conditions: Conditions) -> MotionResult:
    """The held position counts as the end of the motion in whose direction it lies."""
    angle_deg = float(np.nanmedian(track.smooth_deg))
    shown: Motion = "dorsiflexion" if angle_deg >= 0 else "plantar_flexion"
    if motion != shown:
        reason = (
            f"{_one_position(track)} at {angle_deg:.0f}°; this shows one position and not the end of the other "
            "movement. Film the whole movement."
        )
        return cannot_tell(track.side, motion, (reason,))
    reason = (
        f"{_one_position(track)} at {angle_deg:.0f}°, which is taken as the end of the movement; nothing shows it."
    )
    held = whole_as_repetition(track, motion, conditions.settings)
    own = of_repetition(conditions.corrections, held, track.side)
    held = with_landmarks(held, track, own, DIRECTION[motion])
    result = _measured(track, (held,), conditions, [reason, *hand_remarks([held])])
    return replace(result, quality="poor")


def _one_position(track: AngleTrack) -> str:
    """How a foot that does not move is spoken of."""
    one = np.count_nonzero(np.isfinite(track.smooth_deg)) == 1
    return "A single picture shows the ankle" if one else "The ankle stays still"


def _moving_result(track: AngleTrack, motion: Motion, conditions: Conditions) -> MotionResult:
    """The mean over the repetitions that reached the end of the range."""
    found = find_repetitions(track, motion, conditions.settings, conditions.corrections)
    if not any(repetition.used for repetition in found):
        return cannot_tell(track.side, motion, (_why_none(found, motion),), found)
    return _measured(track, found, conditions, _repetition_remarks(found))


def _why_none(found: tuple[Repetition, ...], motion: Motion) -> str:
    """Why no repetition can be used."""
    name = motion.replace("_", " ")
    if not found:
        return f"No end of the {name} could be found. Film the whole movement, and hold each end for a second."
    left = [repetition for repetition in found if "rejected" not in repetition.by_hand]
    if not left:
        return f"Every repetition of the {name} was rejected by hand."
    best = max(left, key=lambda repetition: repetition.value_deg)
    return (
        f"The largest {name}, about {best.value_deg:.0f}° at {best.start_s:.1f} s, cannot be used: {best.reason}. "
        "Begin with the foot relaxed, hold each end for a second, and film a little longer."
    )


def _repetition_remarks(found: tuple[Repetition, ...]) -> list[str]:
    """What a reader should know of the repetitions behind a number."""
    used = [repetition for repetition in found if repetition.used]
    remarks = []
    if len(used) < REPETITIONS_WANTED:
        count = {1: "One repetition", 2: "Two repetitions"}[len(used)]
        remarks.append(f"{count} reached the end of the range; {REPETITIONS_WANTED} are better.")
    unused = [one for one in found if not one.used and "rejected" not in one.by_hand]
    if unused:
        remarks.append(
            f"{len(unused)} of {len(found)} repetitions were not used: they stopped short, or were not seen whole."
        )
    if not any(repetition.held for repetition in used):
        remarks.append(
            "No end position was held; the number comes from turning points. Hold each end for a second."
        )
    return [*remarks, *hand_remarks(found)]


def _measured(
    track: AngleTrack, found: tuple[Repetition, ...], conditions: Conditions, remarks: list[str]
) -> MotionResult:
    """A result with its number and interval."""
    motion = found[0].motion
    used = [repetition for repetition in found if repetition.used]
    doubt_deg = _doubt(track, used)
    if doubt_deg > DOUBT_STOP_DEG:
        return cannot_tell(track.side, motion, (_too_unsure(doubt_deg),), found)
    values = [repetition.value_deg for repetition in used]
    view_deg = conditions.view.error_deg[0 if motion == "dorsiflexion" else 1]
    seen = (conditions.view.angle_deg, known_median(track.foot_px), conditions.footwear, doubt_deg)
    by_hand_sd = hand_sd(used)
    bounds = interval(
        values,
        [repetition.sd_deg for repetition in used],
        error=model_error(conditions.model, motion, *seen, ends=ends_of(used)),
        view_sd_deg=abs(view_deg),
        hand_sd_deg=by_hand_sd or 0.0,
        picked=was_picked(found),
    )
    value = float(np.mean(values))
    neutral = conditions.neutral_deg
    return MotionResult(
        side=track.side,
        motion=motion,
        status="measured",
        value_deg=value,
        ci95_deg=(bounds.low_deg, bounds.high_deg),
        quality=_quality(conditions.checks, remarks),
        reasons=tuple([c.message for c in conditions.checks if c.severity == "caution"] + remarks),
        best_deg=max(values),
        sd_deg=float(np.std(values, ddof=1)) if len(values) > 1 else None,
        from_neutral_deg=None if neutral is None else value - DIRECTION[motion] * neutral,
        repetitions=found,
        landmark_sd_deg=bounds.landmark_sd_deg if np.isfinite(bounds.landmark_sd_deg) else None,
        repetition_sd_deg=bounds.repetition_sd_deg,
        model_bias_deg=bounds.model.bias_deg,
        model_sd_deg=bounds.model.sd_deg,
        model_error_row=bounds.model.label,
        doubt_deg=doubt_deg if np.isfinite(doubt_deg) else None,
        hand_sd_deg=by_hand_sd,
    )


def ends_of(used: Sequence[Repetition]) -> str:
    """How the movement ended: "held" where the foot stayed at an end, "passed" where it only turned there."""
    return "held" if any(repetition.held for repetition in used) else "passed"


def _too_unsure(doubt_deg: float) -> str:
    """Why nothing can be told from a leg that the pose model itself doubts."""
    return (
        f"What is seen of the foot is unclear (a single picture is uncertain by {doubt_deg:.0f}°). Bare foot and "
        "lower leg, nothing in front, the other leg away, more light and a closer camera help."
    )


def _doubt(track: AngleTrack, used: list[Repetition]) -> float:
    """What the pose model says of its own readings at the ends of the movement: the median SD, or NaN."""
    at_ends = np.zeros(len(track.time_s), dtype=bool)
    for repetition in used:
        at_ends |= (track.time_s >= repetition.start_s) & (track.time_s <= repetition.end_s)
    return known_median(track.doubt_deg[at_ends])


def _quality(checks: tuple[Check, ...], remarks: list[str]) -> Quality:
    """*good* where nothing was noticed, *fair* where one thing or two, *poor* beyond."""
    count = sum(check.severity == "caution" for check in checks) + len(remarks)
    return "good" if count == 0 else "fair" if count <= 2 else "poor"
