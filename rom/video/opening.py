"""Open whatever was given: looks into it, never trusts its name."""

from pathlib import Path

from rom.errors import InputUnreadable, UsageError
from rom.video.pictures import heif_unreadable, is_heif, open_folder, open_photo, read_header
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
    lazily: bool = False,
) -> StreamedRecording:
    """Open a video file, a folder of images, a photograph or a webcam.

    Parameters
    ----------
    source : path, or the number of a webcam (``0`` or ``"0"``, unless a file of that name exists).
    rate_hz : pictures per second where the source does not say (a folder of images, a raw stream).
    time_scale : how many times slower the file plays than it happened; times are divided by it.
    readahead : pictures decoded ahead of the reader.
    lazily : turn pictures into RGB only where somebody looks, in the reader's own thread.
    limit_s : end after this much recording time; None reads to the end (a webcam: until Ctrl-C or `close`).

    Raises
    ------
    InputUnreadable : the source cannot be opened or holds no picture.
    UsageError : a number is out of its range.
    """
    _check(rate_hz, time_scale, readahead, limit_s)
    return StreamedRecording(
        _open_source(source, rate_hz, lazily=lazily), time_scale=time_scale, readahead=readahead, limit_s=limit_s
    )


def _check(rate_hz: float | None, time_scale: float, readahead: int, limit_s: float | None) -> None:
    positive = {"rate_hz": rate_hz, "time_scale": time_scale, "readahead": readahead, "limit_s": limit_s}
    for name, value in positive.items():
        if value is not None and not 0 < value < float("inf"):
            raise UsageError(f"Expected '{name}' to be a number above 0, but got {value!r}; choose another value.")


def _open_source(source: str | Path | int, rate_hz: float | None, *, lazily: bool) -> Source:
    path = Path(str(source))
    number = str(source).strip()
    if not path.exists() and number.isdecimal():
        from rom.video.webcam import Webcam

        return Webcam(int(number))
    try:
        return _open_path(path, rate_hz, lazily=lazily)
    except PermissionError as error:
        raise InputUnreadable(
            f"'{path}' may not be read by this user; change its permissions or copy it to a folder of yours."
        ) from error


def _open_path(path: Path, rate_hz: float | None, *, lazily: bool) -> Source:
    if path.is_dir():
        return open_folder(path, rate_hz)
    if not path.exists():
        raise InputUnreadable(f"There is no file or folder '{path}'; check the spelling and the folder.")
    with path.open("rb") as file:  # opened here for a plain PermissionError
        if not file.read(1):
            raise InputUnreadable(
                f"Expected '{path.name}' to be a recording, but the file is empty; copy or export it again."
            )
    header = read_header(path)
    if header is not None and not header.moving:
        return open_photo(path, header)
    if header is None and is_heif(path):
        raise heif_unreadable(path)
    return VideoFile(path, rate_hz, lazily=lazily)
