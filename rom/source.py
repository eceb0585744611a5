"""Open whatever was given, together with what finds the landmarks in it."""

from pathlib import Path

from rom.pose.backend import PoseBackend, open_pose
from rom.records import Recording


def open_source(
    source: str | Path | int,
    model: str | Path,
    *,
    rate_hz: float | None = None,
    time_scale: float = 1.0,
    readahead: int = 4,
    limit_s: float | None = None,
) -> tuple[Recording, PoseBackend]:
    """A recording and its pose backend.

    Pictures (video, folder of images, photograph, webcam) are looked at by `model`; stored landmarks
    (``*.landmarks.npz``) and other tools' keypoint files bring their own landmarks, and `model` is not used.

    Raises
    ------
    InputUnreadable : the source cannot be opened, or is neither pictures nor landmarks.
    UsageError : there is no such model.
    """
    from rom.pose.keypoints import is_keypoints, open_keypoints
    from rom.pose.recorded import SUFFIX, RecordedPose, RecordedRecording, load_people

    if isinstance(source, (str, Path)) and str(source).endswith(SUFFIX):
        stored = load_people(source)
        return RecordedRecording(stored), RecordedPose(stored)
    if isinstance(source, (str, Path)) and is_keypoints(source):
        keypoints = open_keypoints(source, rate_hz=rate_hz)
        return RecordedRecording(keypoints), RecordedPose(keypoints)
    from rom.video import open_recording

    recording = open_recording(source, rate_hz=rate_hz, time_scale=time_scale, readahead=readahead, limit_s=limit_s)
    return recording, open_pose(model)
