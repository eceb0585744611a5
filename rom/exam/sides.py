"""Examine the legs of one person: angle, view, checks and results, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rom.ankle.angle import angle_track
from rom.ankle.checks import Scene, side_checks
from rom.ankle.leg import settled
from rom.ankle.neutral import Neutral, own_neutral
from rom.ankle.sides import contradiction, near_side
from rom.ankle.view import estimate_view
from rom.errors import NotMeasurable
from rom.exam.conduct import Done, conduct_checks, knee_remark, repetition_checks, why_not_compared
from rom.exam.corrections import check_corrections, with_points
from rom.exam.findings import pattern_findings, range_findings
from rom.exam.gait import gait_of
from rom.exam.measures import measures_of
from rom.exam.protocols import AUTO, Protocol, protocol, regime_of
from rom.exam.range_of_motion import Conditions, cannot_tell, motion_results, range_deg
from rom.exam.recognise import recognised
from rom.records import (
    SIDES,
    AngleTrack,
    Check,
    Correction,
    Definition,
    Finding,
    Footwear,
    Gait,
    Landmarks,
    Measure,
    MotionResult,
    Person,
    ProtocolUse,
    Side,
    SideSummary,
    StandingOn,
    Symptoms,
)
from rom.settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a recording, and what is said of the person: nothing of it is read from the pictures.

    `protocol` may be "auto"; `regime` is empty where it is not said who moved the foot. `wall` : where the wall
    stands in a lunge, 0 to 1 across the picture. `standing_on` : which legs stand in a heel raise. `angles` : a
    study's own definitions. `corrections` : of repetitions and landmarks, by hand.
    """

    protocol: str = "free"
    regime: str = ""
    footwear: Footwear = "unknown"
    neutral: Neutral = None
    person: Person = field(default_factory=Person)
    symptoms: Symptoms = field(default_factory=Symptoms)
    wall: float | None = None
    standing_on: StandingOn = "not_told"
    angles: tuple[Definition, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of the sides asked for."""

    protocol: ProtocolUse
    sides: tuple[SideSummary, ...]
    results: tuple[MotionResult, ...]
    measures: tuple[Measure, ...]
    gait: Gait | None
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    angles: dict[Side, AngleTrack]


def examine(
    landmarks: Landmarks, scene: Scene, wanted: tuple[Side, ...], asked: Asked, *, model: str, settings: Settings
) -> Findings:
    """Measure the sides that are wanted, and say what follows.

    Parameters
    ----------
    landmarks : one person's, of one take.
    scene : what is known of the pictures.
    wanted : sides to report; both legs are looked at in any case, to know which is nearer.
    asked : the protocol, and what is said of the person.
    model : the pose model's name, the key of the model-error table.
    settings : all of them.

    Raises
    ------
    UsageError
        Where the protocol is to be recognised, and is not clear.
    """
    landmarks = settled(landmarks)
    tracks, excuses = _tracks(landmarks, settings, asked.angles)
    near = near_side(tracks) if scene.one_leg_nearer else None
    use = _use(asked, tracks, near)
    which = protocol(use.name)
    examined: list[_Side] = []
    for side in wanted:
        if side in excuses:
            examined.append(_nothing(side, near == side, excuses[side], which))
        elif near not in (None, side):
            examined.append(_nothing(side, False, _far(side), which))
        else:
            unsure = contradiction(tracks, side) if scene.one_leg_nearer else ()
            examined.append(_examine_side(tracks[side], unsure, landmarks, scene, asked, use, model, settings))
    measures = tuple(measure for one in examined for measure in one.measures)
    gait, remarks = (
        _walk(landmarks, tracks, near, examined, asked.person, settings) if use.name == "walk" else (None, ())
    )
    results = tuple(result for one in examined for result in one.results)
    shown = {side: tracks[side] for side in wanted if side in tracks}
    check_corrections(asked.corrections, results, shown)
    return Findings(
        protocol=use,
        sides=tuple(one.summary for one in examined),
        results=results,
        measures=measures,
        gait=gait,
        checks=remarks,
        findings=tuple(finding for one in examined for finding in one.findings),
        angles={side: with_points(track, results, asked.corrections) for side, track in shown.items()},
    )


def _walk(
    landmarks: Landmarks,
    tracks: dict[Side, AngleTrack],
    near: Side | None,
    examined: Sequence["_Side"],
    person: Person,
    settings: Settings,
) -> tuple[Gait | None, tuple[Check, ...]]:
    """The walk, and what limits it; nothing where something stops the leg that was to be measured."""
    seen = [one.summary for one in examined if one.summary.near]
    looked = seen or [one.summary for one in examined]
    stops = [check for summary in looked for check in summary.checks if check.severity == "stop"]
    if stops or not seen:
        return None, tuple(stops)
    others = [check for summary in seen for check in summary.checks if check.code == "other_exam"]
    if others:
        return None, tuple(others)
    length_m = float("nan") if person.leg_length_m is None else person.leg_length_m
    found = gait_of(landmarks, tracks, near, settings, leg_length_m=length_m)
    if isinstance(found, str):
        return None, (Check("walk_not_told", "stop", found),)
    cautions = [check for summary in seen for check in summary.checks if check.severity == "caution"]
    return found, (*cautions, *(Check("walk", "note", remark) for remark in found.remarks))


@dataclass(frozen=True, slots=True)
class _Side:
    """All that is told of one side."""

    summary: SideSummary
    results: tuple[MotionResult, ...] = ()
    measures: tuple[Measure, ...] = ()
    findings: tuple[Finding, ...] = ()


def _use(asked: Asked, tracks: dict[Side, AngleTrack], near: Side | None) -> ProtocolUse:
    """The protocol as it was said, or as the movement shows it."""
    if asked.protocol != AUTO:
        which = protocol(asked.protocol)
        return ProtocolUse(which.name, regime_of(asked.regime, which), standing_on=asked.standing_on)
    found = recognised([tracks[near]] if near in tracks else tracks.values())
    return ProtocolUse(found.name, regime_of(asked.regime, protocol(found.name)), round(found.certainty, 3))


def _nothing(side: Side, near: bool, reason: str, which: Protocol) -> _Side:
    """A side of which nothing can be told, and why."""
    check = Check("not_measured", "stop", reason, side)
    results = tuple(cannot_tell(side, motion, (reason,)) for motion in which.motions)
    return _Side(SideSummary(side, near, None, None, None, (check,)), results)


def _far(side: Side) -> str:
    """Why the far leg gets no number."""
    return (
        f"The {side} leg is the one farther from the camera, half hidden by the other; "
        f"to measure it, film from the {side} side."
    )


def _tracks(
    landmarks: Landmarks, settings: Settings, own: tuple[Definition, ...]
) -> tuple[dict[Side, AngleTrack], dict[Side, str]]:
    """The angle of both legs, and why one cannot be followed."""
    tracks: dict[Side, AngleTrack] = {}
    excuses: dict[Side, str] = {}
    for side in SIDES:
        try:
            tracks[side] = angle_track(landmarks, side, settings, own)
        except NotMeasurable as error:
            excuses[side] = str(error)
    return tracks, excuses


def _examine_side(
    track: AngleTrack,
    unsure: tuple[Check, ...],
    landmarks: Landmarks,
    scene: Scene,
    asked: Asked,
    use: ProtocolUse,
    model: str,
    settings: Settings,
) -> _Side:
    """One leg that faces the camera; `unsure` says where that is in doubt."""
    which = protocol(use.name)
    view = estimate_view(landmarks, track, settings.confidence_min)
    neutral_deg, remarks = own_neutral(track, asked.neutral, settings)
    done = Done(track, landmarks, view, asked.footwear, which, settings)
    checks = (
        *side_checks(track, landmarks, view, scene, settings),
        *unsure,
        *remarks,
        *conduct_checks(done),
    )
    conditions = Conditions(checks, view, model, asked.footwear, neutral_deg, settings, asked.corrections)
    results = tuple(result for result in motion_results(track, conditions) if result.motion in which.motions)
    checks = (*checks, *repetition_checks(done, results))
    why_not, remark = why_not_compared(checks), knee_remark(checks)
    ranges = range_findings(results, use, asked.person, why_not, remark)
    return _Side(
        summary=SideSummary(track.side, True, view, neutral_deg, range_deg(results), checks),
        results=results,
        measures=measures_of(which, track, landmarks, results, scene, asked.wall),
        findings=(*ranges, *pattern_findings(ranges, asked.symptoms, asked.person, track.side)),
    )
