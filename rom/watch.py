"""Watch a recording once, from the first frame to the last, and note what is needed of each picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

import numpy as np

from rom.ankle.checks import Scene
from rom.camera.correction import drawn
from rom.pose.backend import PoseBackend
from rom.records import (
    LEG_LANDMARKS,
    CameraProfile,
    Check,
    Examination,
    Floats,
    Frame,
    Landmarks,
    People,
    Recording,
    RecordingInfo,
    Sightings,
)
from rom.tracks.known import known_median
from rom.tracks.people import follow, landmarks_of

#: Called with (frames done, frames in all or None) while a recording is watched.
Progress = Callable[[int, int | None], None]

#: The light is looked at in the first of so many frames: a third of a second at 30, and the median counts.
LIGHT_EVERY = 10
#: The level of the camera in the first of so many, where the light is looked at as well: ten seconds.
LEVEL_EVERY = 30 * LIGHT_EVERY
#: Parts of a landmark's name by which a leg is followed.
LEG_PARTS = ("hip", "knee", "ankle", "heel", "foot_index", "big_toe", "lateral_malleolus", "fibular_head")


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything noted while a recording of T frames went by: people, brightness and level (T,), seconds spent.

    Brightness and level are NaN where nobody looked.
    """

    sightings: Sightings
    brightness: Floats
    roll_deg: Floats
    pose_s: float


def watch(recording: Recording, pose: PoseBackend, progress: Progress | None = None) -> Seen:
    """Run the pose backend over every frame; pictures are looked at and let go."""
    people: list[People] = []
    marks: list[tuple[float, int, float, float]] = []
    pose_s = 0.0
    for frame in recording:
        before = perf_counter()
        people.append(_compact(pose.people(frame)))
        pose_s += perf_counter() - before
        marks.append((frame.time_s, frame.shot, *_light_and_level(frame)))
        if progress is not None:
            progress(len(marks), recording.info.frame_count)
    before = perf_counter()
    whole = pose.completed(people)
    pose_s += perf_counter() - before
    columns = np.array(marks, dtype=float).reshape(-1, 4)
    most = max((len(group) for group in whole), default=0)
    sightings = Sightings(
        names=pose.landmark_names,
        time_s=columns[:, 0],
        shot=columns[:, 1].astype(int),
        people=whole,
        people_seen=max(pose.people_seen, most),
    )
    return Seen(sightings, brightness=columns[:, 2], roll_deg=columns[:, 3], pose_s=pose_s)


def _compact(people: People) -> People:
    """In single precision: half the memory of a long recording, and still finer than a thousandth of a pixel."""
    points, confidence = (array.astype(np.float32, copy=False) for array in (people.points_px, people.confidence))
    return People(points, confidence, people.legs)


def _light_and_level(frame: Frame) -> tuple[float, float]:
    """Now and then brightness, and the camera's roll in degrees; NaN where there is no picture or no look."""
    nan = float("nan")
    if frame.picture is None or frame.index % LIGHT_EVERY:
        return nan, nan
    from rom.video.picture import brightness, roll_from_lines  # loads OpenCV, which stored landmarks do not need

    looked = frame.image if frame.index % LEVEL_EVERY == 0 else None
    return brightness(frame.picture), nan if looked is None else roll_from_lines(looked)


def one_person(seen: Sightings, info: RecordingInfo, near: tuple[float, float] | None) -> Landmarks:
    """The landmarks of the person to be measured, in the take in which they are seen longest.

    Parameters
    ----------
    near : (x, y) as shares of the picture: whoever comes nearest to it; None for the largest leg at first.
    """
    parts = [name.partition("_")[2] for name in seen.names]
    closely = set(LEG_LANDMARKS) <= set(parts)  # the leg landmarker's own: the leg that is measured
    leg = [k for k, part in enumerate(parts) if part in (LEG_LANDMARKS if closely else LEG_PARTS)]
    place = None if near is None else (near[0] * info.width_px, near[1] * info.height_px)
    row = follow(seen.people, seen.time_s, seen.shot, leg, place)
    whole = landmarks_of(seen, row)
    takes, counts = np.unique(seen.shot[row >= 0], return_counts=True)
    return whole if takes.size == 0 else whole.only(seen.shot == takes[int(np.argmax(counts))])


def scene_of(seen: Seen, info: RecordingInfo, camera: CameraProfile | None = None) -> Scene:
    """What the pictures tell beside the landmarks; what is left of the roll where landmarks were levelled."""
    levelled_deg = camera.level.roll_deg if camera is not None and camera.level is not None else 0.0
    scale = camera.scale if camera is not None else None
    return Scene(
        width_px=info.width_px,
        height_px=info.height_px,
        brightness=known_median(seen.brightness),
        roll_deg=known_median(seen.roll_deg) - levelled_deg,
        one_leg_nearer=info.projection == "camera",
        mm_per_px=float("nan") if scale is None else scale.mm_per_px,
        mm_per_px_sd=float("nan") if scale is None else scale.sd_mm_per_px,
        on_picture=partial(drawn, camera=camera),
    )


def scene_before(seen: Seen, before: Examination, camera: CameraProfile | None) -> Scene:
    """What pictures told that are not looked at again: as far as it had to be said of them, it is in the checks."""
    told = {
        check.code: check.value for summary in before.sides for check in summary.checks if check.value is not None
    }
    scene = scene_of(seen, before.recording, camera)
    nan = float("nan")
    return replace(scene, brightness=told.get("too_dark", nan), roll_deg=told.get("camera_rolled", nan))


def whole_checks(seen: Sightings, info: RecordingInfo, landmarks: Landmarks) -> tuple[Check, ...]:
    """What concerns the recording and not one of the legs."""
    return (*_people_checks(seen), *_cut_checks(seen, landmarks), *_note_checks(info))


def _people_checks(seen: Sightings) -> Iterator[Check]:
    if seen.people_seen == 0:
        yield Check(
            "nobody",
            "stop",
            "Expected a leg in the picture, but none was found; film it from the side, from knee to toes or the "
            "whole person, well lit, with nothing in front, or say where it is (--leg-box).",
        )
    if seen.people_seen > 1:
        yield Check(
            "several_people",
            "note",
            f"{seen.people_seen} people were in view; one of them was followed throughout. Choose another by "
            "their place in the picture.",
            value=seen.people_seen,
        )


def _cut_checks(seen: Sightings, landmarks: Landmarks) -> Iterator[Check]:
    takes = len(np.unique(seen.shot))
    if takes > 1 and len(landmarks.time_s):
        start_s, end_s = landmarks.time_s[0], landmarks.time_s[-1]
        yield Check(
            "cut",
            "caution",
            f"The recording is cut into {takes} takes; only the one from {start_s:.1f} to {end_s:.1f} s was "
            "measured, because nobody can be followed across a cut.",
            value=takes,
        )


def _note_checks(info: RecordingInfo) -> Iterator[Check]:
    for note in info.notes:
        yield Check("recording", "note", note)
