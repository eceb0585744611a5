"""Photographs and folders of them: pixels upright, and when each was taken."""

import contextlib
import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import ExifTags, UnidentifiedImageError
from PIL import Image as Pillow

from rom.errors import InputUnreadable
from rom.records import Image, RecordingInfo
from rom.video.fingerprint import sha256_of_file, sha256_of_files
from rom.video.source import Picture
from rom.video.upright import EXIF_ORIENTATIONS, UPRIGHT, Orientation, fit

#: Kinds of picture that are looked for, by contents. Vector and document kinds are left out on purpose.
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "HEIF", "PPM", "JPEG2000")
STILL_THOUGH_SEVERAL = ("MPO", "TIFF", "HEIF", "AVIF")  # several pictures of one moment (depth, thumbnails, pages)
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")  # ISO/IEC 23008-12, after "ftyp"
ASSUMED_RATE_HZ = 30.0  # where neither names, nor EXIF, nor the user tell the times: the rate of most cameras
FILM_MIN = 15  # pictures, half a second of film: fewer are photographs, and the foot moved freely in between
PHOTOS_RATE_HZ = 1.0  # so slow that photographs are not smoothed into each other
CUTS_RATE_MIN_HZ = 10.0  # below this people move too far between two pictures to tell a cut from a step
UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Pillow.DecompressionBombError,
)  # Pillow's own


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture file says of itself.

    `taken_s`: seconds since 1970 in the camera's own time, or None. `device`: maker, model and lens, or empty.
    """

    format: str
    moving: bool
    orientation: Orientation
    taken_s: float | None
    device: str


@cache
def _formats() -> tuple[str, ...]:
    """The formats this installation knows; HEIC where `pillow-heif` is installed."""
    with contextlib.suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()
    Pillow.init()
    return tuple(name for name in FORMATS if name in Pillow.OPEN)


def read_header(path: Path) -> Header | None:
    """Look at the first bytes of a file; None where it is not a picture."""
    try:
        with Pillow.open(path, formats=_formats()) as file:
            kind, exif = str(file.format), file.getexif()
            moving = getattr(file, "is_animated", False) and kind not in STILL_THOUGH_SEVERAL
            orientation = EXIF_ORIENTATIONS.get(int(exif.get(ExifTags.Base.Orientation, 1)), UPRIGHT)
            inner = exif.get_ifd(ExifTags.IFD.Exif)
            return Header(kind, moving, orientation, _taken_s(inner), _device(exif, inner))
    except UNREADABLE:
        return None


def _device(exif: Mapping[int, object], inner: Mapping[int, object]) -> str:
    """EXIF Make, Model and LensModel, each once; empty where there are none."""
    words = (exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model), inner.get(ExifTags.Base.LensModel))
    return " ".join(dict.fromkeys(text for word in words if (text := str(word or "").strip("\0 "))))


def _taken_s(exif: dict[int, object]) -> float | None:
    """EXIF 2.32 DateTimeOriginal and SubSecTimeOriginal as seconds since 1970, no time zone applied."""
    stamp = str(exif.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    fraction = re.sub(r"\D", "", str(exif.get(ExifTags.Base.SubsecTimeOriginal, "")))
    try:
        whole = datetime.strptime(stamp, "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return whole.timestamp() + float(f"0.{fraction or 0}")


def is_heif(path: Path) -> bool:
    """True for a file that begins like a HEIC photograph, whether or not it can be decoded here."""
    with path.open("rb") as file:
        start = file.read(12)
    return start[4:8] == b"ftyp" and start[8:12] in HEIF_BRANDS


def heif_unreadable(path: Path) -> InputUnreadable:
    """The error for a HEIC photograph where nothing is installed that decodes it."""
    return InputUnreadable(
        f"'{path.name}' is a HEIC photograph, which cannot be decoded here; pip install pillow-heif, or save it as "
        "JPEG."
    )


def load_picture(path: Path) -> Image | None:
    """(H, W, 3) RGB, upright; None where the file cannot be decoded."""
    header = read_header(path)
    if header is None:
        return None
    try:
        with Pillow.open(path, formats=_formats()) as file:
            stored = _eight_bits(file)
    except UNREADABLE:
        return None
    # pillow-heif turns the picture itself and leaves the EXIF tag at 1
    return header.orientation.apply(stored)


def _eight_bits(file: Pillow.Image) -> Image:
    """RGB of any mode; 16-bit grey is scaled, which Pillow's own conversion would clip."""
    if file.mode.startswith("I;16") or file.mode == "I":
        grey = np.asarray(file).astype(np.uint32) >> 8
        return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return np.array(file.convert("RGB"), dtype=np.uint8)


def natural_key(path: Path) -> list[tuple[bool, int, str]]:
    """Sorting key under which picture 10 follows picture 9.

    Examples
    --------
    >>> sorted([Path("a10.png"), Path("a9.png")], key=natural_key)[0].name
    'a9.png'
    """
    parts = re.findall(r"\d+|\D+", path.name.casefold())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def time_from_name(stem: str) -> float | None:
    """Seconds from a file's name: ``IMG_20240131_142355123``, 13 digits of ms since 1970, or ``frame_1.250s``.

    Examples
    --------
    >>> time_from_name("frame_1.250s"), time_from_name("frame_0012")
    (1.25, None)
    """
    if date := re.search(r"(20\d{6})[-_T ]?(\d{6})[-_.]?(\d{1,6})?(?!\d)", stem):
        with contextlib.suppress(ValueError):
            whole = datetime.strptime(date[1] + date[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            return whole.timestamp() + float(f"0.{date[3] or 0}")
    if since_1970 := re.search(r"(?<!\d)(1\d{12})(?!\d)", stem):
        return int(since_1970[1]) / 1000
    if seconds := re.search(r"(\d+\.\d+) ?s?$", stem):
        return float(seconds[1])
    return None


def _rising(times: Sequence[float | None]) -> list[float] | None:
    """The times from the first one, or None unless all are known and rise strictly."""
    known = [time for time in times if time is not None]
    rises = all(after > before for before, after in pairwise(known))
    return [time - known[0] for time in known] if known and len(known) == len(times) and rises else None


def times_of(paths: Sequence[Path], headers: Sequence[Header], rate_hz: float | None) -> tuple[list[float], str]:
    """Seconds from the first picture, and a sentence on where they come from."""
    if rate_hz is not None:
        return [
            k / rate_hz for k in range(len(paths))
        ], f"Times follow from the given rate of {rate_hz:g} per second."
    if (times := _rising([header.taken_s for header in headers])) is not None:
        return times, "Times come from the pictures' EXIF data."
    if (times := _rising([time_from_name(path.stem) for path in paths])) is not None:
        return times, "Times come from the names of the pictures."
    if len(paths) < FILM_MIN:
        return [k / PHOTOS_RATE_HZ for k in range(len(paths))], (
            "The pictures carry no times and were taken for photographs a second apart: give the true rate "
            "(--rate) if they are film, or measure each photograph by itself."
        )
    return [k / ASSUMED_RATE_HZ for k in range(len(paths))], (
        f"The pictures carry no times; {ASSUMED_RATE_HZ:g} per second was assumed: give the true rate if known."
    )


class PictureFiles:
    """One photograph or a folder of pictures; see `rom.video.source.Source`."""

    live = False

    def __init__(self, path: Path, found: dict[Path, Header], rate_hz: float | None) -> None:
        self._path = path
        self._paths = list(found)
        self._times, origin = times_of(self._paths, list(found.values()), rate_hz)
        self._damaged = self._resized = 0
        first = next((image for p in self._paths if (image := load_picture(p)) is not None), None)
        if first is None:
            raise InputUnreadable(
                f"Expected '{path.name}' to hold pictures, but not one can be decoded; the file is damaged or was "
                "cut off: copy it again."
            )
        self._stated = self._header(path, first, next(iter(found.values())), origin)
        self.edited = len(found) > 1 and self._stated.rate_hz >= CUTS_RATE_MIN_HZ

    def _header(self, path: Path, first: Image, header: Header, origin: str) -> RecordingInfo:
        count = len(self._paths)
        kind: Literal["photo", "images"] = "images" if path.is_dir() else "photo"
        span_s = self._times[-1]
        return RecordingInfo(
            source=str(path),
            kind=kind,
            width_px=first.shape[1],
            height_px=first.shape[0],
            rate_hz=(count - 1) / span_s if span_s > 0 else float("nan"),
            duration_s=span_s * count / max(1, count - 1),
            frame_count=count,
            rotation_deg=header.orientation.clockwise_deg,
            codec=header.format.lower(),
            notes=(origin,) if kind == "images" else (),
            device=header.device,
        )

    def pictures(self) -> Iterator[Picture]:
        """Every picture once, in order; damaged ones are left out and counted."""
        begin_s: float | None = None
        for path, time_s in zip(self._paths, self._times, strict=True):
            image = load_picture(path)
            if image is None:
                self._damaged += 1
                continue
            begin_s = time_s if begin_s is None else begin_s
            size = self._stated.width_px, self._stated.height_px
            self._resized += image.shape[1::-1] != size
            yield Picture(fit(image, *size), time_s - begin_s)

    def describe(self) -> RecordingInfo:
        """What is known so far."""
        notes = list(self._stated.notes)
        if self._damaged:
            notes.append(f"{self._damaged} damaged pictures were left out.")
        if self._resized:
            notes.append(f"{self._resized} pictures had another size and were fitted into that of the first.")
        return replace(self._stated, notes=tuple(notes))

    def sha256(self) -> str:
        """SHA-256 of the photograph, or over the names and contents of the folder's pictures in order."""
        return sha256_of_files(self._paths) if self._stated.kind == "images" else sha256_of_file(self._paths[0])

    def close(self) -> None:
        """Nothing is held open between pictures."""


def open_folder(path: Path, rate_hz: float | None) -> PictureFiles:
    """Open the pictures directly in a folder, in natural order of their names; other files are passed over."""
    files = sorted((p for p in path.iterdir() if p.is_file() and not p.name.startswith(".")), key=natural_key)
    found = {p: header for p in files if (header := read_header(p)) is not None}
    if not found:
        if (heif := next(filter(is_heif, files), None)) is not None:
            raise heif_unreadable(heif)
        raise InputUnreadable(
            f"Expected the folder '{path.name}' to hold pictures, but there are none in it; "
            "give a folder of JPEG or PNG files, or a video file."
        )
    return PictureFiles(path, found, rate_hz)


def open_photo(path: Path, header: Header) -> PictureFiles:
    """Open a single photograph."""
    return PictureFiles(path, {path: header}, None)
