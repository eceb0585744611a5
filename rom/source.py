"""Open whatever was given, together with what finds the landmarks in it."""

from pathlib import Path

from rom.errors import UsageError
from rom.pose.backend import LEG_MODEL, Box, PoseBackend, open_pose
from rom.records import Naming, Recording


def open_source(
    source: str | Path | int,
    model: str | Path,
    *,
    leg_box: Box | None = None,
    rate_hz: float | None = None,
    time_scale: float = 1.0,
    readahead: int = 4,
    limit_s: float | None = None,
    naming: Naming | None = None,
) -> tuple[Recording, PoseBackend]:
    """A recording and its pose backend.

    Pictures (video, folder of images, photograph, webcam) are looked at by `model`, within `leg_box` where it is
    given; stored landmarks (``*.landmarks.npz``) and other tools' keypoint files bring their own landmarks, and
    `model` is not used; `naming` holds a study's own names of what is in such files.

    Raises
    ------
    InputUnreadable : the source cannot be opened, or is neither pictures nor landmarks.
    UsageError : there is no such model, or stored landmarks are to be read in a way that only pictures can be.
    """
    if not str(source).strip():
        raise UsageError("Expected a recording to measure, but got an empty path; name a video, photo or folder.")
    from rom.pose.keypoints import is_keypoints, open_keypoints
    from rom.pose.recorded import RecordedPose, RecordedRecording, load_people

    stored_here = str(source).endswith(".npz")
    if not isinstance(source, int) and (stored_here or is_keypoints(source)):
        found = load_people(source) if stored_here else open_keypoints(source, rate_hz=rate_hz, naming=naming)
        _check_replay(source, time_scale, limit_s)
        _check_naming(source, naming, closely=any(people.legs is not None for people in found.people))
        return RecordedRecording(found), RecordedPose(found)
    _check_naming(source, naming, closely=True)
    from rom.video import open_recording

    recording = open_recording(
        source,
        rate_hz=rate_hz,
        time_scale=time_scale,
        readahead=readahead,
        limit_s=limit_s,
        lazily=model == LEG_MODEL,  # which looks at small parts; BlazePose needs whole pictures, made ahead of it
    )
    return recording, open_pose(model, leg_box)


def _check_replay(source: str | Path, time_scale: float, limit_s: float | None) -> None:
    """Refuse what would be passed over in silence: landmarks are measured whole, at the times they come with."""
    if time_scale != 1 or limit_s is not None:
        raise UsageError(
            f"Slow motion and an end in seconds can be given for pictures only, and '{source}' holds landmarks; "
            "measure it without them."
        )


def _check_naming(source: str | Path | int, naming: Naming | None, *, closely: bool) -> None:
    """Refuse own names where rom's own model found the landmarks (`closely`): the picture tells the angle there."""
    if naming is not None and closely:
        raise UsageError(
            f"Own names of landmarks and angles are for files of other tools, but the landmarks of '{source}' are "
            "found by rom itself; measure it without them."
        )
