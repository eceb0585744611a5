"""Examine the legs of one person: angle, view, checks and results, side by side."""

from dataclasses import dataclass

from rom.ankle.angle import angle_track
from rom.ankle.checks import Scene, side_checks
from rom.ankle.neutral import Neutral, own_neutral
from rom.ankle.sides import contradiction, near_side
from rom.ankle.view import estimate_view
from rom.errors import NotMeasurable
from rom.exam.range_of_motion import Conditions, cannot_tell, motion_results, range_deg
from rom.records import MOTIONS, SIDES, AngleTrack, Check, Footwear, Landmarks, MotionResult, Side, SideSummary
from rom.settings import Settings


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of the sides asked for."""

    sides: tuple[SideSummary, ...]
    results: tuple[MotionResult, ...]
    angles: dict[Side, AngleTrack]


def examine(
    landmarks: Landmarks,
    scene: Scene,
    wanted: tuple[Side, ...],
    *,
    model: str,
    neutral: Neutral,
    footwear: Footwear,
    settings: Settings,
) -> Findings:
    """Measure the sides that are wanted.

    Parameters
    ----------
    landmarks : one person's, of one take.
    scene : what is known of the pictures.
    wanted : sides to report; both legs are looked at in any case, to know which is nearer.
    model : the pose model's name, the key of the model-error table.
    neutral : the person's own neutral in degrees, "start", or None.
    footwear : what is on the foot, another key of that table.
    settings : all of them.
    """
    tracks, excuses = _tracks(landmarks, settings)
    near = near_side(tracks) if scene.one_leg_nearer else None
    sides: list[SideSummary] = []
    results: list[MotionResult] = []
    for side in wanted:
        if side in excuses:
            summary, motions = nothing(side, near == side, excuses[side])
        elif near not in (None, side):
            summary, motions = nothing(side, False, _far(side))
        else:
            unsure = contradiction(tracks, side) if scene.one_leg_nearer else ()
            summary, motions = _examine_side(
                tracks[side], unsure, landmarks, scene, model, footwear, neutral, settings
            )
        sides.append(summary)
        results.extend(motions)
    return Findings(tuple(sides), tuple(results), {side: tracks[side] for side in wanted if side in tracks})


def nothing(side: Side, near: bool, reason: str) -> tuple[SideSummary, tuple[MotionResult, ...]]:
    """A side of which nothing can be told, and why."""
    check = Check("not_measured", "stop", reason, side)
    return (
        SideSummary(side, near, None, None, None, (check,)),
        tuple(cannot_tell(side, motion, (reason,)) for motion in MOTIONS),
    )


def _far(side: Side) -> str:
    """Why the far leg gets no number."""
    return (
        f"The {side} leg is the one farther from the camera, half hidden by the other; "
        f"to measure it, film from the {side} side."
    )


def _tracks(landmarks: Landmarks, settings: Settings) -> tuple[dict[Side, AngleTrack], dict[Side, str]]:
    """The angle of both legs, and why one cannot be followed."""
    tracks: dict[Side, AngleTrack] = {}
    excuses: dict[Side, str] = {}
    for side in SIDES:
        try:
            tracks[side] = angle_track(landmarks, side, settings)
        except NotMeasurable as error:
            excuses[side] = str(error)
    return tracks, excuses


def _examine_side(
    track: AngleTrack,
    unsure: tuple[Check, ...],
    landmarks: Landmarks,
    scene: Scene,
    model: str,
    footwear: Footwear,
    neutral: Neutral,
    settings: Settings,
) -> tuple[SideSummary, tuple[MotionResult, ...]]:
    """One leg that faces the camera; `unsure` says where that is in doubt."""
    view = estimate_view(landmarks, track, settings.confidence_min)
    neutral_deg, remarks = own_neutral(track, neutral, settings)
    checks = (*side_checks(track, landmarks, view, scene, settings), *unsure, *remarks)
    results = motion_results(track, Conditions(checks, view, model, footwear, neutral_deg, settings))
    return SideSummary(track.side, True, view, neutral_deg, range_deg(results), checks), results
