"""A recording that grows: pieces in order, each on the disk before anybody is told so.

A piece says where it begins. So one that is sent twice is taken once, and one that was half written when the
machine stopped is written again over itself; no list of pieces has to be kept beside the file.
"""

from pathlib import Path

from rom.errors import InputUnreadable, UsageError
from rom.store import Store
from rom.store.exams import arrived, recording_of
from rom.store.files import PART, flush, flush_folder

#: Longest piece that is taken: half a minute at 8 Mbit/s, for pieces that had to wait. Ours.
PIECE_BYTES_MOST = 32 << 20
#: Longest recording that is taken: half an hour at 8 Mbit/s. Ours; no exam takes ten minutes.
RECORDING_BYTES_MOST = 2 << 30
#: Pieces of a recording: one a second for half an hour.
PIECES_MOST = 1800

WEBM, MP4 = ".webm", ".mp4"
#: A Matroska or WebM file begins so (RFC 8794, 11.2.1).
EBML = b"\x1aE\xdf\xa3"
#: An MP4 file says so from its fifth byte on (ISO 14496-12, 4.3).
FTYP = b"ftyp"
#: What a recording is, is told from so many bytes. A browser on a busy computer hands over its first one alone.
MARK_BYTES = 8


def append(store: Store, exam_id: str, start: int, piece: bytes) -> int:
    """Keep a piece that begins at byte `start`; the bytes that are kept now.

    Raises
    ------
    UsageError : pieces before this one are not there, or it would grow too long.
    InputUnreadable : it does not begin as a recording does.
    OSError : the disk does not take it; the same piece may come again.
    """
    if start + len(piece) > RECORDING_BYTES_MOST:
        raise UsageError("The recording has grown too long to be kept; please film again, and more briefly.")
    path = _part(store, exam_id)
    new = not path.exists()
    kept = 0 if new else path.stat().st_size
    if kept < start:
        raise UsageError(f"A part of the recording is missing: expected byte {kept}, but got {start}.")
    if start < MARK_BYTES <= start + len(piece):
        _suffix(_first_bytes(path, start) + piece[:MARK_BYTES])
    if kept < start + len(piece):
        with path.open("xb" if new else "r+b") as file:
            file.seek(start)
            file.truncate()
            file.write(piece)
            flush(file)
        if new:
            flush_folder(store.incoming)
    return max(kept, start + len(piece))


def kept_bytes(store: Store, exam_id: str) -> int:
    """How much of a recording is there; 0 where nothing is."""
    path = recording_of(store, exam_id) or _part(store, exam_id)
    return path.stat().st_size if path.exists() else 0


def finish(store: Store, exam_id: str, size: int | None) -> Path:
    """Give a recording its final name; done again, it does nothing.

    Parameters
    ----------
    size : bytes that it must have; None for one that was interrupted.

    Raises
    ------
    UsageError : nothing is there, or not all of it.
    """
    kept = kept_bytes(store, exam_id)
    if not kept:
        raise UsageError("Nothing of this recording was kept; please film this side again.")
    if size is not None and kept != size:
        raise UsageError(
            f"The recording is not whole: expected {size} bytes, but got {kept}; film this side again."
        )
    whole = recording_of(store, exam_id)
    if whole is None:
        part = _part(store, exam_id)
        with part.open("rb") as file:
            whole = store.incoming / f"{exam_id}{_suffix(file.read(MARK_BYTES))}"
        part.replace(whole)
        flush_folder(store.incoming)
    return whole


def throw_away(store: Store, exam_id: str) -> None:
    """Take a recording away, whole or not."""
    for path in arrived(store, exam_id):
        path.unlink(missing_ok=True)


def _suffix(begins: bytes) -> str:
    """What a recording is, by how it begins; its name and what the browser called it are not asked."""
    if begins.startswith(EBML):
        return WEBM
    if begins[4:8] == FTYP:
        return MP4
    raise InputUnreadable("This is not a recording that can be kept: expected WebM or MP4; use another browser.")


def _first_bytes(path: Path, count: int) -> bytes:
    """So many bytes of the beginning of a file."""
    if not count:
        return b""
    with path.open("rb") as file:
        return file.read(count)


def _part(store: Store, exam_id: str) -> Path:
    """The recording while it grows."""
    return store.incoming / f"{exam_id}{WEBM}{PART}"
