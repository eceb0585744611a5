"""Open whatever was given: looks into it, never trusts its name."""

from pathlib import Path

from rom.errors import InputUnreadable, UsageError
from rom.video.recording import StreamedRecording
from rom.video.source import Source
from rom.video.videofile import VideoFile


def open_recording(
    source: str | Path | int,
    *,
    rate_hz: float | None = None,
    time_scale: float = 1.0,
    readahead: int = 4,
    limit_s: float | None = None,
) -> StreamedRecording:
    """Open a video file, a folder of images, a photograph or a webcam.

    Parameters
    ----------
    source : path, or the number of a webcam (``0`` or ``"0"``, unless a file of that name exists).
    rate_hz : pictures per second where the source does not say (a folder of images, a raw stream).
    time_scale : how many times slower the file plays than it happened; times are divided by it.
    readahead : pictures decoded ahead of the reader.
    limit_s : end after this much recording time; None reads to the end (a webcam: until Ctrl-C or `close`).

    Raises
    ------
    InputUnreadable : the source cannot be opened or holds no picture.
    UsageError : a number is out of its range.
    """
    _check(rate_hz, time_scale, readahead, limit_s)
    return StreamedRecording(
        _open_source(source, rate_hz), time_scale=time_scale, readahead=readahead, limit_s=limit_s
    )


def _check(rate_hz: float | None, time_scale: float, readahead: int, limit_s: float | None) -> None:
    positive = {"rate_hz": rate_hz, "time_scale": time_scale, "readahead": readahead, "limit_s": limit_s}
    for name, value in positive.items():
        if value is not None and not 0 < value < float("inf"):
            raise UsageError(f"Expected '{name}' to be a number above 0, but got {value!r}; choose another value.")


def _open_source(source: str | Path | int, rate_hz: float | None) -> Source:
    path = Path(source if not isinstance(source, int) else str(source))
    if not path.exists():
        raise InputUnreadable(f"There is no file or folder '{path}'; check the spelling and the folder.")
    if path.stat().st_size == 0:
        raise InputUnreadable(f"Expected '{path.name}' to be a recording, but the file is empty; copy it again.")
    return VideoFile(path, rate_hz)
