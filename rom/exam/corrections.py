"""What a correction by hand does to a repetition, and to how sure its value is.

A repetition that is **rejected** counts for nothing, neither as a value nor as the largest that the others must
come near to; one that is **accepted** counts although it was not used; a **moved** one is the median of its new
hold. Repetitions that were picked agree because they were picked: their spread counts for at least the table's own
(`rom.exam.uncertainty.interval`).

A **landmark** that is put elsewhere changes the value of its repetition by as much as the drawn angle changes on
that picture. Where the angle is made of the drawn points, that is the angle of the new ones. The leg landmarker
reads its angle from the picture and not from its points, and the drawn lines differ from the goniometer's by a
constant of each body: the change is free of that constant, the angle of the lines is not. It adds to the interval:

* where a hand puts a point (``by_hand.csv``): the difference of two blind passes over the same pictures, not
  divided by the square root of two, so that what both mistake alike is allowed for as much again; the same hand
  errs alike in each repetition, so this is not averaged down over them;
* where the angle was read from the picture, `GAIN_EXCESS` of the change: lines in a picture turn further than the
  goniometer's own.

Nothing is taken away for it: the model's error stays, so an interval never gets narrower because a point was moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from rom.errors import UsageError
from rom.exam.rows import rows
from rom.geometry import dorsiflexion_from_points, dorsiflexion_sd_from_covariance, segment_length_from_points
from rom.records import (
    VERDICTS,
    AngleTrack,
    AutomaticResult,
    Correction,
    Floats,
    MotionResult,
    Repetition,
    Side,
    Verdict,
)

#: By so much of its change a drawn angle turns further than the goniometer's lines in space: gain 1.18, filmed as
#: asked (calibration/README.md, "What is held to be true").
GAIN_EXCESS = 0.18
#: Of a repetition: one of its landmarks was put elsewhere.
LANDMARK = "landmark"
#: Times of pictures agree to this.
TIME_TOLERANCE_S = 1e-3
ROLES = ("shank_proximal", "shank_distal", "foot_proximal", "foot_distal")


def of_repetition(corrections: Sequence[Correction], repetition: Repetition, side: Side) -> list[Correction]:
    """The corrections of one repetition as it was found automatically, in their order."""
    return [
        one
        for one in corrections
        if (one.side, one.motion) == (side, repetition.motion)
        and one.hold_s is not None
        and repetition.start_s - TIME_TOLERANCE_S <= one.hold_s <= repetition.end_s + TIME_TOLERANCE_S
    ]


def verdict_of(corrections: Sequence[Correction]) -> Verdict | None:
    """Whether a repetition was accepted or rejected, the last word counting; None where neither was said."""
    said = [one.verdict for one in corrections if one.verdict in ("accepted", "rejected")]
    return said[-1] if said else None


def moved_to(corrections: Sequence[Correction]) -> tuple[float, float] | None:
    """From when to when a repetition's hold was moved, the last word counting."""
    moved = [(one.start_s, one.end_s) for one in corrections if one.verdict == "moved"]
    start_s, end_s = moved[-1] if moved else (None, None)
    return None if start_s is None or end_s is None else (start_s, end_s)


def with_landmarks(
    repetition: Repetition, track: AngleTrack, corrections: Sequence[Correction], direction: int
) -> Repetition:
    """The repetition as its landmarks were put by hand. `direction` : makes its motion positive."""
    changes = [_change(track, picture, placed) for picture, placed in _pictures(track, corrections)]
    if not changes:
        return repetition
    by_deg, placing_sd = (float(np.mean(column)) for column in zip(*changes, strict=True))
    gain_sd = GAIN_EXCESS * abs(by_deg) if _reads_picture(track) else 0.0
    return replace(
        repetition,
        value_deg=repetition.value_deg + direction * by_deg,
        by_hand=(*repetition.by_hand, LANDMARK),
        found_s=repetition.found_s or (repetition.start_s, repetition.end_s),
        hand_sd_deg=float(np.hypot(placing_sd, gain_sd)),
    )


def hand_sd(used: Sequence[Repetition]) -> float | None:
    """SD of a mean over repetitions from where a hand put landmarks; None where it put none."""
    if not any(LANDMARK in repetition.by_hand for repetition in used):
        return None
    return float(np.mean([repetition.hand_sd_deg for repetition in used]))


def was_picked(found: Sequence[Repetition]) -> bool:
    """Whether it was decided by hand which repetitions count, or where they are."""
    return any(set(repetition.by_hand) & set(VERDICTS) for repetition in found)


def hand_remarks(found: Sequence[Repetition]) -> Iterator[str]:
    """What a reader should know of a number that was corrected."""
    counts = {word: sum(word in repetition.by_hand for repetition in found) for word in (*VERDICTS, LANDMARK)}
    if any(counts.values()):
        yield (
            f"Corrected by hand: {counts['rejected']} repetitions rejected, {counts['accepted']} accepted, "
            f"{counts['moved']} moved, {counts[LANDMARK]} with a landmark moved."
        )


def with_points(
    track: AngleTrack, results: Sequence[MotionResult], corrections: Sequence[Correction]
) -> AngleTrack:
    """The same course, its points drawn where they were put: over the whole hold, as its value is corrected."""
    points = np.array(track.points_px)
    for repetition in (one for result in results if result.side == track.side for one in result.repetitions):
        hold = (track.time_s >= repetition.start_s) & (track.time_s <= repetition.end_s)
        own = [one for one in corrections if one.side == track.side and one.motion == repetition.motion]
        for picture, placed in _pictures(track, own):
            if hold[picture]:
                for role, place in placed.items():
                    points[hold, role] += place - track.points_px[picture, role]
    return replace(track, points_px=points)


def automatic_results(results: Sequence[MotionResult]) -> tuple[AutomaticResult, ...]:
    """What was measured, as it is kept beside what is corrected."""
    return tuple(AutomaticResult(one.side, one.motion, one.value_deg, one.ci95_deg) for one in results)


def check_corrections(
    corrections: Sequence[Correction], results: Sequence[MotionResult], tracks: dict[Side, AngleTrack]
) -> None:
    """Refuse what speaks of no repetition or landmark of the sides that were measured."""
    for one in corrections:
        if one.kind not in ("repetition", "landmark") or one.side not in tracks:
            continue
        found = [
            r for result in results if result.side == one.side for r in result.repetitions if r.motion == one.motion
        ]
        if found and not any(_is_named(repetition, one) for repetition in found):
            motion = str(one.motion).replace("_", " ")
            raise UsageError(
                f"Expected a repetition of {one.side} {motion} at {one.hold_s} s, but none was found there; "
                "load the page again and choose one of its list."
            )
        if one.kind == "landmark":
            _check_landmark(one, tracks[one.side])
        elif one.verdict == "moved":
            _check_hold(one, tracks[one.side])


def _is_named(repetition: Repetition, correction: Correction) -> bool:
    """Whether a repetition is the one that a correction names."""
    if repetition.found_s is None or correction.hold_s is None:
        return False
    start_s, end_s = repetition.found_s
    return start_s - TIME_TOLERANCE_S <= correction.hold_s <= end_s + TIME_TOLERANCE_S


def _check_landmark(one: Correction, track: AngleTrack) -> None:
    """A landmark of the angle, on a picture in which the leg is seen, at a place."""
    if one.landmark not in track.landmarks:
        raise UsageError(
            f"Expected one of the landmarks {', '.join(track.landmarks)}, but got '{one.landmark}'; name one."
        )
    known = one.x_px is not None and one.y_px is not None and np.isfinite([one.x_px, one.y_px]).all()
    if not known or _row(track, one.picture_s) is None:
        raise UsageError(
            "Expected a place on a picture in which the leg is seen, but got none; choose a picture of the hold."
        )


def _check_hold(one: Correction, track: AngleTrack) -> None:
    """A hold begins before it ends."""
    if one.start_s is None or one.end_s is None or not one.start_s < one.end_s:
        raise UsageError(
            f"Expected a hold that begins before it ends, but got {one.start_s} to {one.end_s} s; move one of them."
        )
    inside = (track.time_s >= one.start_s) & (track.time_s <= one.end_s)
    if not np.isfinite(track.raw_deg[inside]).any():
        raise UsageError(
            f"Expected the leg to be seen from {one.start_s:.2f} to {one.end_s:.2f} s, but it is not; move the "
            "hold to where it is."
        )


def _pictures(track: AngleTrack, corrections: Sequence[Correction]) -> Iterator[tuple[int, dict[int, Floats]]]:
    """(row of the track, where landmarks were put on that picture by their place in the angle)."""
    placed: dict[int, dict[int, Floats]] = {}
    for one in corrections:
        row = _row(track, one.picture_s) if one.kind == "landmark" and one.landmark in track.landmarks else None
        if row is not None and one.x_px is not None and one.y_px is not None:
            placed.setdefault(row, {})[track.landmarks.index(one.landmark)] = np.array([one.x_px, one.y_px])
    yield from placed.items()


def _row(track: AngleTrack, time_s: float | None) -> int | None:
    """The row of a picture in which all four points are seen."""
    if time_s is None:
        return None
    row = int(np.argmin(np.abs(track.time_s - time_s)))
    seen = abs(track.time_s[row] - time_s) <= TIME_TOLERANCE_S and np.isfinite(track.points_px[row]).all()
    return row if seen else None


def _change(track: AngleTrack, row: int, placed: dict[int, Floats]) -> tuple[float, float]:
    """By how much the drawn angle changes on a picture, and the SD of that."""
    before = np.asarray(track.points_px[row], dtype=float)
    after, covariance = before.copy(), np.zeros((len(ROLES), 2, 2))
    shank = float(segment_length_from_points(before[:2]))
    for role, place in placed.items():
        after[role] = place
        covariance[role] = np.eye(2) * (_placing_sd(role) * shank) ** 2
    turned = dorsiflexion_from_points(np.stack([before, after]), track.facing)
    change = float((turned[1] - turned[0] + 180.0) % 360.0 - 180.0)
    return change, float(dorsiflexion_sd_from_covariance(after, covariance))


def _placing_sd(role: int) -> float:
    """SD of where a hand puts a point, on each axis, in shank lengths."""
    return next(float(row["sd_shanks"]) for row in rows("by_hand") if row["role"] == ROLES[role])


def _reads_picture(track: AngleTrack) -> bool:
    """Whether the angle was read from the picture, and not from the points: such a model tells its own doubt."""
    return bool(np.isfinite(track.doubt_deg).any())
