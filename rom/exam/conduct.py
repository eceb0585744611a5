"""Whether an exam was done as its protocol asks: one check each, with its effect on the result.

Checks of the movement are made before the numbers, so that what they say lowers the quality; checks of the
repetitions after them. Where an exam was not done in its position, its numbers stand, and are compared with
nobody's (`COMPARISON_ENDS`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rom.ankle.leg import foot_yaw_deg, side_seen
from rom.ankle.view import FOOT_YAW_DEG, TRUNK
from rom.exam.posture import foot_tilt_deg, posture_of, span
from rom.exam.protocols import Protocol
from rom.exam.recognise import recognise
from rom.geometry import segment_angle_from_points
from rom.records import AngleTrack, Check, Footwear, Landmarks, MotionResult, View
from rom.settings import Settings
from rom.tracks.known import known_median

#: Limits of our own, as is said in the README: no published ones were found.
SHANK_SWING_DEG = 15.0  # the lower leg changes its lean by more in an exam in which only the foot moves
KNEE_MARGIN_DEG = 10.0  # a knee seen further than this outside what the protocol asks (its reading errs by 4, SD)
LUNGE_END_PERCENTILE = 80.0  # of the ankle angle: where a lunge is at its end
SHANK_LEANS_DEG = 8.0  # a lower leg that leans by less in a lunge has made none
KNEE_SEEN_MIN = 0.3  # of the frames, for the knee's bend to be judged
TOES_BEND_DEG, TOES_ANKLE_DEG = (
    30.0,
    10.0,
)  # toes bend by more than the first while the ankle moves less than the other
HEEL_LIFT_DEG = 6.0  # the foot tips forward by more from where it stood flat to the end of the lunge
SHANK_TURNS_SHARE = 0.15  # the lower leg's length in the picture changes by this share: the knee drifts in or out
FOOT_TURNED_DEG = (
    25.0  # between where the foot points and the side that the trunk shows (each is told to 8 to 11, SD)
)

#: Codes after which the position is not the protocol's: nothing is compared.
COMPARISON_ENDS: dict[str, str] = {
    "knee_not_bent": "the knee was straighter than this exam asks",
    "knee_not_straight": "the knee was more bent than this exam asks",
    "heel_lifts": "the heel left the floor",
    "toes_only": "only the toes moved",
    "other_exam": "the movement is that of another exam",
    "no_lean": "the lower leg did not lean forward, as it does in a lunge",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One leg in one exam, as its conduct is judged."""

    track: AngleTrack
    landmarks: Landmarks
    view: View
    footwear: Footwear
    which: Protocol
    settings: Settings


def conduct_checks(done: Done) -> tuple[Check, ...]:
    """What the movement says of the exam's conduct, for the checks that its protocol names."""
    asked = [CHECKS[code] for code in done.which.checks if code in CHECKS]
    return tuple(check for ask in (_other_exam, _knee_unseen, *asked) for check in ask(done))


def repetition_checks(done: Done, results: Sequence[MotionResult]) -> tuple[Check, ...]:
    """What the repetitions say of it, once they are found."""
    asked = [RESULT_CHECKS[code] for code in done.which.checks if code in RESULT_CHECKS]
    return tuple(check for ask in asked for result in results for check in ask(done, result))


def why_not_compared(checks: Sequence[Check]) -> str:
    """Why an exam done so is compared with nobody's; empty where it may be."""
    return next((COMPARISON_ENDS[check.code] for check in checks if check.code in COMPARISON_ENDS), "")


def knee_remark(checks: Sequence[Check]) -> str:
    """What is said of a comparison where the knee could not be seen; empty where it was."""
    return next((check.message for check in checks if check.code == "knee_unseen"), "")


def _other_exam(done: Done) -> Iterator[Check]:
    """The movement is surely that of another exam than the one that was said."""
    shown = recognise(done.track)
    if done.which.name != "free" and shown.sure and shown.name not in ("free", done.which.name):
        yield _caution(
            done,
            "other_exam",
            f"This was said to be the exam '{done.which.name}', but it moves like '{shown.name}' "
            f"({shown.certainty:.0%} sure). Say which it is, or film it again.",
            None,
        )


def _knee_unseen(done: Done) -> Iterator[Check]:
    """The knee's bend is not seen, and the exam asks for one."""
    if done.which.knee_deg is not None and not np.isfinite(_knee(done)):
        bend = "straight" if done.which.knee == "straight" else "bent"
        message = (
            f"The hip is not in view: that the knee was {bend}, as this exam asks, is taken from what was said."
        )
        yield Check("knee_unseen", "note", message, done.track.side)


def _no_lean(done: Done) -> Iterator[Check]:
    """A lunge in which the lower leg does not lean."""
    lean_deg = posture_of(done.track).shank_span_deg
    if lean_deg < SHANK_LEANS_DEG:
        yield _caution(
            done,
            "no_lean",
            f"The lower leg leans by only {lean_deg:.0f}°: in a lunge the knee comes forward over the toes.",
            lean_deg,
        )


def _shank_swings(done: Done) -> Iterator[Check]:
    """The lower leg moves in an exam in which only the foot should."""
    swing_deg = posture_of(done.track).shank_span_deg
    if swing_deg > SHANK_SWING_DEG:
        yield _caution(
            done,
            "shank_swings",
            f"The lower leg swings by {swing_deg:.0f}° while the foot moves. Keep it still: let it hang, or "
            "lay it on a firm seat.",
            swing_deg,
        )


def _knee_not_bent(done: Done) -> Iterator[Check]:
    """The knee is straighter than asked."""
    knee_deg = _knee(done)
    if done.which.knee_deg and knee_deg < done.which.knee_deg[0] - KNEE_MARGIN_DEG:
        yield _caution(
            done,
            "knee_not_bent",
            f"The knee is bent by only {knee_deg:.0f}°, and this exam is done with a bent knee (at least "
            f"{done.which.knee_deg[0]:.0f}°): a straight knee holds the ankle back.",
            knee_deg,
        )


def _knee_not_straight(done: Done) -> Iterator[Check]:
    """The knee is more bent than asked."""
    knee_deg = _knee(done)
    if done.which.knee_deg and knee_deg > done.which.knee_deg[1] + KNEE_MARGIN_DEG:
        yield _caution(
            done,
            "knee_not_straight",
            f"The knee is bent by {knee_deg:.0f}°, and this exam is done with a straight knee (at most "
            f"{done.which.knee_deg[1]:.0f}°).",
            knee_deg,
        )


def _knee(done: Done) -> float:
    """Knee flexion, where enough of it is seen; NaN compares with nothing. In a lunge at its ends."""
    track = done.track
    seen = np.isfinite(track.smooth_deg)
    if done.which.name == "lunge" and seen.any():
        seen &= track.smooth_deg >= np.percentile(track.smooth_deg[seen], LUNGE_END_PERCENTILE)
    knee = track.knee_flexion_deg[seen]
    return known_median(knee) if knee.size and np.isfinite(knee).mean() >= KNEE_SEEN_MIN else float("nan")


def _toes_only(done: Done) -> Iterator[Check]:
    """The toes bend and the ankle hardly moves."""
    toes_deg, ankle_deg = _toes_span(done), posture_of(done.track).ankle_span_deg
    if toes_deg > TOES_BEND_DEG and ankle_deg < TOES_ANKLE_DEG:
        yield _caution(
            done,
            "toes_only",
            f"Only the toes moved (by {toes_deg:.0f}°), the ankle by {ankle_deg:.0f}°: move the whole foot.",
            toes_deg,
        )


def _toes_span(done: Done) -> float:
    """How far the toes bend against the sole; NaN where they are not looked at."""
    names = tuple(f"{done.track.side}_{part}" for part in ("plantar_heel", "plantar_mt5", "toe_tip"))
    if not set(names) <= set(done.landmarks.names):
        return float("nan")
    heel, ball, tip = np.moveaxis(done.landmarks.points(*names).astype(float), 1, 0)
    sole, toes = (segment_angle_from_points(np.stack(ends, axis=1)) for ends in ((heel, ball), (ball, tip)))
    seen = np.isfinite(done.track.smooth_deg)
    return span(((toes - sole + 180.0) % 360.0 - 180.0)[seen])


def _heel_lifts(done: Done) -> Iterator[Check]:
    """The foot tips forward at the end of a lunge."""
    lean, tilt = done.track.tibia_inclination_deg, foot_tilt_deg(done.track)
    seen = np.isfinite(lean) & np.isfinite(tilt)
    if not seen.any():
        return
    least, most = np.percentile(lean[seen], [20, 90])
    flat_deg, end_deg = known_median(tilt[seen & (lean <= least)]), known_median(tilt[seen & (lean >= most)])
    if flat_deg - end_deg > HEEL_LIFT_DEG:
        yield _caution(
            done,
            "heel_lifts",
            f"The heel lifts at the end of the lunge (the foot tips forward by {flat_deg - end_deg:.0f}°). Keep it "
            "on the floor, and come only as far as it stays there.",
            flat_deg - end_deg,
        )


def _knee_drifts(done: Done) -> Iterator[Check]:
    """The knee moves towards the camera or away from it."""
    length = done.track.shank_px[np.isfinite(done.track.shank_px)]
    share = span(length) / known_median(length) if length.size else 0.0
    if share > SHANK_TURNS_SHARE:
        yield _caution(
            done,
            "knee_drifts",
            f"The knee drifts inwards or outwards: the lower leg changes its length in the picture by {share:.0%}. "
            "Keep the knee over the second toe.",
            share,
            "",
        )


def _foot_turned(done: Done) -> Iterator[Check]:
    """The foot points to another side than the body."""
    legs = done.landmarks.legs
    if legs is None or done.view.method != TRUNK:
        return
    yaw = foot_yaw_deg(legs, side_seen(legs, done.track.side))
    turned_deg = known_median(yaw) - FOOT_YAW_DEG - done.view.angle_deg
    if abs(turned_deg) > FOOT_TURNED_DEG:
        yield _caution(
            done,
            "foot_turned",
            f"The foot seems turned {'out' if turned_deg > 0 else 'in'} by about {abs(turned_deg):.0f}°: point it "
            "straight ahead, beside the camera.",
            turned_deg,
        )


def _shoe_on(done: Done) -> Iterator[Check]:
    """A shoe hides the foot."""
    if done.footwear == "shoe":
        yield _caution(
            done,
            "shoe_on",
            "A shoe hides the foot and holds it: the likely range is wider. A bare foot is measured best.",
            None,
        )


def _repetitions_disagree(done: Done, result: MotionResult) -> Iterator[Check]:
    """Held ends that lie further apart than they should."""
    held = [repetition for repetition in result.repetitions if repetition.held]
    values = [repetition.value_deg for repetition in held if "rejected" not in repetition.by_hand]
    apart_deg = max(values) - min(values) if values else 0.0
    if apart_deg > done.settings.agreement_deg:
        yield _caution(
            done,
            "repetitions_disagree",
            f"The repetitions of {result.motion.replace('_', ' ')} lie {apart_deg:.0f}° apart, and more than "
            f"{done.settings.agreement_deg:.0f}° is too much: do another, slowly, to the same end.",
            apart_deg,
        )


def _caution(done: Done, code: str, message: str, value: float | None, unit: str = "deg") -> Check:
    """A check that makes the number less sure."""
    return Check(code, "caution", message, done.track.side, value, unit if value is not None else "")


CHECKS: dict[str, Callable[[Done], Iterator[Check]]] = {
    "no_lean": _no_lean,
    "shank_swings": _shank_swings,
    "knee_not_bent": _knee_not_bent,
    "knee_not_straight": _knee_not_straight,
    "toes_only": _toes_only,
    "heel_lifts": _heel_lifts,
    "knee_drifts": _knee_drifts,
    "foot_turned": _foot_turned,
    "shoe_on": _shoe_on,
}
RESULT_CHECKS: dict[str, Callable[[Done, MotionResult], Iterator[Check]]] = {
    "repetitions_disagree": _repetitions_disagree,
}
#: Said by the results themselves (`rom.exam.range_of_motion`).
RESULT_REMARKS = ("repetitions_few", "hold_short")
