"""Look at a recording now and then, for what stands still in front of a camera."""

from collections.abc import Iterator
from pathlib import Path

from rom.errors import InputUnreadable
from rom.records import Frame, Image, RecordingInfo


def glances(
    source: str | Path | int, every_s: float, *, limit_s: float | None = None
) -> Iterator[tuple[Frame, Image, RecordingInfo]]:
    """Every so often a frame, its picture and what is known of the recording; photographs are all looked at.

    Raises
    ------
    InputUnreadable : the source cannot be opened or holds no picture.
    """
    from rom.video import open_recording

    with open_recording(source, limit_s=limit_s) as recording:
        due_s = 0.0
        for frame in recording:
            still = recording.info.kind in ("photo", "images")
            if frame.image is not None and (still or frame.time_s >= due_s):
                due_s = frame.time_s + every_s
                yield frame, frame.image, recording.info


def first_picture(source: str | Path | int) -> tuple[Image, RecordingInfo]:
    """The first picture of a recording."""
    for _, image, info in glances(source, every_s=float("inf")):
        return image, info
    raise InputUnreadable(f"Expected a picture in '{source}', but found none; choose another recording.")
