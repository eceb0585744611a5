"""The whole line on one screen: a recording goes in, degrees come out. Callers add nothing to the number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

import rom
from rom.ankle.neutral import Neutral
from rom.ankle.sides import sides_wanted
from rom.camera.checks import camera_checks
from rom.camera.correction import drawn, straightened_corrections, straightened_landmarks
from rom.camera.profiles import profile_for
from rom.errors import NotMeasurable, UsageError
from rom.exam.protocols import AUTO, regime_of, standing_of
from rom.exam.protocols import protocol as protocol_of
from rom.exam.sides import Asked, examine
from rom.exam.symptoms import checked, why_no_exam
from rom.exam.uncertainty import footwear_of
from rom.pose.backend import Box
from rom.pose.naming import read_naming
from rom.records import (
    CameraProfile,
    Correction,
    Examination,
    ModelInfo,
    Naming,
    Person,
    RecordingInfo,
    Side,
    Symptoms,
)
from rom.settings import Settings
from rom.source import open_source
from rom.watch import Progress, Seen, one_person, scene_before, scene_of, watch, whole_checks


def measure(  # noqa: PLR0913 - the public door: each is a separate thing that a user may say
    source: str | Path | int,
    *,
    side: str = "auto",
    model: str | Path = "leg",
    person: tuple[float, float] | None = None,
    leg_box: Box | None = None,
    protocol: str = "free",
    moved_by: str = "",
    standing_on: str = "",
    who: Person | None = None,
    symptoms: Symptoms | None = None,
    wall: float | None = None,
    recorded_on: str = "",
    neutral: Neutral = None,
    footwear: str = "unknown",
    camera: str | Path | CameraProfile | None = None,
    rate_hz: float | None = None,
    time_scale: float = 1.0,
    limit_s: float | None = None,
    naming: str | Path | Naming | None = None,
    settings: Settings | None = None,
    corrections: Sequence[Correction] = (),
    before: Examination | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Measure the ankles in a recording.

    Parameters
    ----------
    source : a video file, a folder of images, a photograph, a webcam's number, stored landmarks, or another
        tool's keypoint file.
    side : "left", "right", or "auto" for both; the leg farther from the camera is never given a number.
    model : "leg" looks at the leg closely; "heavy", "full" and "lite" are BlazePose alone.
    person : (x, y), 0 to 1 across and down the picture: measure whoever comes nearest to it, instead of the
        largest leg in view at first.
    leg_box : (left, top, right, bottom), 0 to 1: a box round the leg to be measured, where it is not found alone.
    protocol : which exam it is: "seated", "long-sit", "lunge", "heel-raise", "walk", "free" (any recording,
        compared with nobody), or "auto" to have it recognised.
    moved_by : "active" or "passive" (an examiner), where it may be done either way; empty: not said.
    standing_on : "one_leg" or "both_legs", in a heel raise; empty: not said.
    who : age, sex and sport, for the comparison with people like this one.
    symptoms : what the person says; at a stop sign nothing is measured.
    recorded_on : the day of filming (ISO, 2026-11-24), where it is not today.
    wall : where the wall stands in a lunge, 0 to 1 across the picture; with a camera's scale it tells the distance.
    neutral : the person's own neutral in degrees, or "start" to take it from the recording's first second.
    footwear : "bare", "sock", "shoe" or "unknown": how sure a reading is depends on it.
    camera : a camera profile, its name or its file (`rom.camera`); "none" for none. By default the lens is used of
        a profile that was made with the recording's device, and the result says so. It straightens and levels the
        landmarks; the angle of the model "leg" is read from the picture, and stays.
    rate_hz : pictures a second where the source does not say.
    time_scale : how many times slower the file plays than it happened (slow motion).
    limit_s : end after so much of the recording; a webcam otherwise goes on until Ctrl-C.
    naming : a study's own names of landmarks, and of angles made from them, for files of other tools; a TOML file
        (`rom.pose.naming`) or what was read from it.
    settings : see `rom.Settings`.
    corrections : what was corrected by hand in repetitions and landmarks (`rom.exam.corrections`).
    before : the examination that is corrected, where `source` holds its landmarks: what only its pictures could
        tell is known from it (`rom.correct` does this).
    progress : called with (frames done, frames in all or None).

    Returns
    -------
    Examination. A side or motion that cannot be told is in it, with the reason.

    Raises
    ------
    InputUnreadable, UsageError, InstallationError : see `rom.errors`.
    NotMeasurable : where a stop sign is among the symptoms; the sentence says whom to see.
    """
    settings = settings or Settings()
    own = read_naming(naming) if isinstance(naming, (str, Path)) else naming
    question = question_of(
        side=side,
        person=person,
        protocol=protocol,
        moved_by=moved_by,
        standing_on=standing_on,
        who=who,
        symptoms=symptoms,
        wall=wall,
        recorded_on=recorded_on,
        neutral=neutral,
        footwear=footwear,
        naming=own,
        corrections=corrections,
    )
    began = perf_counter()
    recording, pose = open_source(
        source,
        model,
        leg_box=leg_box,
        rate_hz=rate_hz,
        time_scale=time_scale,
        readahead=settings.readahead_frames,
        limit_s=limit_s,
        naming=own,
    )
    with recording, pose:
        profile = profile_for(camera, recording.info)
        opened = perf_counter()
        seen = watch(recording, pose, progress)
    watched = perf_counter()
    exam = judged(seen, recording.info, pose.model, question, profile, settings, before)
    timings_s = {
        "opening": opened - began,
        "landmarks": seen.pose_s,
        "waiting_for_pictures": watched - opened - seen.pose_s,
        "measuring": perf_counter() - watched,
    }
    return replace(exam, timings_s=timings_s)


def judged(
    seen: Seen,
    info: RecordingInfo,
    model: ModelInfo,
    question: "Question",
    profile: CameraProfile | None,
    settings: Settings,
    before: Examination | None = None,
) -> Examination:
    """What follows from a recording that was watched: no picture is needed any more.

    `before` : the examination that is corrected, as in `measure`.
    """
    info = info if before is None else before.recording
    landmarks = straightened_landmarks(one_person(seen.sightings, info, question.person), profile)
    scene = scene_of(seen, info, profile) if before is None else scene_before(seen, before, profile)
    findings = examine(
        landmarks,
        scene,
        question.sides,
        replace(question.asked, corrections=straightened_corrections(question.corrections, profile)),
        model=model.name,
        settings=settings,
    )
    return Examination(
        version=rom.__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        recording=info,
        model=model,
        settings=settings.to_dict(),
        recorded_on=question.day,
        corrections=question.corrections,
        footwear=question.asked.footwear,
        protocol=findings.protocol,
        person=question.asked.person,
        symptoms=question.asked.symptoms,
        results=findings.results,
        measures=findings.measures,
        gait=findings.gait,
        findings=findings.findings,
        sides=findings.sides,
        checks=(
            *whole_checks(seen.sightings, info, landmarks),
            *findings.checks,
            *camera_checks(
                profile,
                info,
                findings.angles.values(),
                roll_deg=scene.roll_deg,
                reads_picture=landmarks.legs is not None,
            ),
        ),
        angles={
            side: replace(track, points_px=drawn(track.points_px, profile))
            for side, track in findings.angles.items()
        },
        landmarks=landmarks,
        sightings=seen.sightings,
        camera=profile,
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a recording.

    `person` : a place in its picture. `day` : of filming (ISO). `corrections` : as they were made on the picture.
    """

    sides: tuple[Side, ...]
    asked: Asked
    person: tuple[float, float] | None
    day: str
    corrections: tuple[Correction, ...] = ()


def question_of(  # noqa: PLR0913 - as `measure`
    *,
    side: str = "auto",
    person: tuple[float, float] | None = None,
    protocol: str = "free",
    moved_by: str = "",
    standing_on: str = "",
    who: Person | None = None,
    symptoms: Symptoms | None = None,
    wall: float | None = None,
    recorded_on: str = "",
    neutral: Neutral = None,
    footwear: str = "unknown",
    naming: Naming | None = None,
    corrections: Sequence[Correction] = (),
) -> Question:
    """What is asked, checked before a recording is opened; the parameters are those of `measure`."""
    wanted = sides_wanted(side)
    asked = _asked(
        protocol, (moved_by, standing_on), footwear, neutral, who or Person(), symptoms or Symptoms(), wall
    )
    if naming is not None:
        asked = replace(asked, angles=naming.angles)
    return Question(wanted, asked, person, day_of(recorded_on), tuple(corrections))


def _asked(
    name: str,
    words: tuple[str, str],
    footwear: str,
    neutral: Neutral,
    person: Person,
    symptoms: Symptoms,
    wall: float | None,
) -> Asked:
    """What is asked, checked before the recording is opened; nothing is measured at a stop sign."""
    moved_by, standing_on = words
    loads = name != AUTO and protocol_of(name).weight_bearing == "yes"
    if name != AUTO:
        regime_of(moved_by, protocol_of(name))
    if wall is not None and not 0.0 <= wall <= 1.0:
        raise UsageError(f"Expected the wall's place as a share of the picture, 0 to 1 across, but got {wall:g}.")
    stop = why_no_exam(checked(symptoms), loads)
    if stop:
        raise NotMeasurable(stop)
    return Asked(
        name,
        moved_by,
        footwear_of(footwear),
        neutral,
        person,
        symptoms,
        wall,
        standing_of(standing_on, name),
    )


def day_of(text: str) -> str:
    """A day in ISO form, empty where none is said; ``UsageError`` for what is none, or is still to come."""
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day > datetime.now(UTC).date():
        raise UsageError(f"Expected the day of filming as 2026-11-24, today or before, but got '{text}'.")
    return day.isoformat()
