"""What a file is, by its first bytes. Its name is never asked, and nothing is opened by it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rom.errors import InputUnreadable

HEAD_BYTES = 4096
TS_PACKET, M2TS_PACKET = 188, 192  # bytes: ISO/IEC 13818-1; Blu-ray and camcorders put a time stamp before each
TS_SYNC = 0x47
#: Boxes that may stand first in an ISO or QuickTime file (ISO/IEC 14496-12; QuickTime File Format).
ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
#: Brands of still pictures that share that container (ISO/IEC 23008-12, AVIF).
STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
EBML, DOC_TYPE = b"\x1a\x45\xdf\xa3", b"\x42\x82"  # Matroska: the first element, and the one that names the kind
ZIP_NAME = slice(30, 30 + 64)  # of the first member, after the fixed part of its header

What = Literal["video", "photo", "landmarks", "exchange"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is.

    `suffix` : what it should be called. `what` : what is in it. `reader` : FFmpeg's demuxer for a video, Pillow's
    format for a photograph; nothing else is tried on it.
    """

    suffix: str
    what: What
    reader: str = ""


MP4, MOV = Kind(".mp4", "video", "mov"), Kind(".mov", "video", "mov")
WEBM, MKV = Kind(".webm", "video", "matroska"), Kind(".mkv", "video", "matroska")
TRANSPORT = Kind(".ts", "video", "mpegts")
LANDMARKS, EXCHANGE = Kind(".landmarks.npz", "landmarks"), Kind(".rom", "exchange")
#: What a file begins with, where that is all there is to it.
BEGINNINGS = {
    b"\x00\x00\x01\xba": Kind(".mpg", "video", "mpeg"),
    b"\xff\xd8\xff": Kind(".jpg", "photo", "JPEG"),
    b"\x89PNG\r\n\x1a\n": Kind(".png", "photo", "PNG"),
}
RIFF = {b"AVI ": Kind(".avi", "video", "avi"), b"WEBP": Kind(".webp", "photo", "WEBP")}


def sniffed(path: Path) -> Kind:
    """What the file is, from its first bytes.

    Playlists, session descriptions, lists of files and all other text are refused: they would make a video reader
    open other files, or the network.

    Raises
    ------
    InputUnreadable : the file is missing or empty, or it is nothing that is taken in.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise InputUnreadable(f"The file could not be read ({error.strerror}); choose it again.") from error
    if not head:
        raise InputUnreadable("Expected a recording, but this file is empty; copy or export it again.")
    kind = _of_head(head)
    if kind is None:
        raise InputUnreadable(
            "Expected a video (mp4, mov, webm, mkv, avi, ts, mpg) or a photograph (JPEG, PNG, WebP), but this file "
            "is none of them, whatever its name says; choose another, or export it again."
        )
    return kind


def _of_head(head: bytes) -> Kind | None:
    """The kind that a file's beginning tells."""
    for beginning, kind in BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head.startswith(EBML):
        return _matroska(head)
    if head.startswith(b"PK\x03\x04"):
        return _archive(head)
    if head[4:8] in ISO_BOXES:
        return _iso(head)
    return TRANSPORT if _is_transport(head, TS_PACKET, 0) or _is_transport(head, M2TS_PACKET, 4) else None


def _iso(head: bytes) -> Kind | None:
    """MP4, QuickTime, or None for a still picture in the same container."""
    if head[4:8] != b"ftyp":
        return MOV
    brand = head[8:12]
    return None if brand in STILL_BRANDS else MOV if brand == b"qt  " else MP4


def _matroska(head: bytes) -> Kind | None:
    """WebM or Matroska, as the file's own first element says."""
    named = head.partition(DOC_TYPE)[2][1:9]  # one byte of length, then the name
    return WEBM if named.startswith(b"webm") else MKV if named.startswith(b"matroska") else None


def _archive(head: bytes) -> Kind | None:
    """Which of our archives a ZIP is, by the name of its first member."""
    name = head[ZIP_NAME]
    if name.startswith(b"manifest.json"):
        return EXCHANGE
    return LANDMARKS if b".npy" in name else None


def _is_transport(head: bytes, step: int, first: int) -> bool:
    """Whether a transport stream's packets begin where they should."""
    return len(head) > first + 3 * step and all(head[first + k * step] == TS_SYNC for k in range(4))
