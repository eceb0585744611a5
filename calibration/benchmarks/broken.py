"""Files that are broken on purpose, each in a way that happens or is done to us: none of them can be measured."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rom.samples import DEMO, sample_folder

MAKERS: dict[str, Callable[[], bytes]] = {}


def makes(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Register what makes the content of a file of that name."""

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        MAKERS[name] = make
        return make

    return register


def make_broken(folder: Path) -> list[Path]:
    """Write all of them; a folder without files, an OpenPose folder and a file that is not there are among them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        (folder / name).write_bytes(make())
    (folder / "empty_folder").mkdir()
    openpose = folder / "openpose"
    openpose.mkdir()
    (openpose / "clip_000000000000_keypoints.json").write_text('{"people": [{"pose_keypoints_2d": [1, 2')
    special = [folder / "empty_folder", openpose, folder / "was_moved.mp4"]
    return sorted([*(folder / name for name in MAKERS), *special])


def clip() -> bytes:
    """A good video, to be spoilt."""
    return (sample_folder() / f"{DEMO}.mp4").read_bytes()


def box(name: bytes, data: bytes) -> tuple[int, int]:
    """Where the content of an MP4 box begins and ends."""
    at = data.index(name) + 4
    return at, at - 8 + int(struct.unpack_from(">I", data, at - 8)[0])


@makes("empty.mp4")
def _empty() -> bytes:
    return b""


@makes("one_byte.mov")
def _one_byte() -> bytes:
    return b"\x00"


@makes("words.mp4")
def _words() -> bytes:
    return b"This is not a video at all.\n" * 40


@makes("error_page.webm")
def _error_page() -> bytes:
    return b"<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body>Sign in.</body></html>"


@makes("playlist.mp4")
def _playlist() -> bytes:
    return b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@makes("list_of_files.mkv")
def _list_of_files() -> bytes:
    return b"ffconcat version 1.0\nfile '/etc/passwd'\n"


@makes("document.avi")
def _document() -> bytes:
    return b"%PDF-1.7\n" + bytes(range(256)) * 40


@makes("archive.mp4")
def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("clip.mp4", clip()[:5000])
    return out.getvalue()


@makes("program.mpg")
def _program() -> bytes:
    return b"MZ" + bytes(4000)


@makes("header_alone.mp4")
def _header_alone() -> bytes:
    return clip()[:32]


@makes("cut_off_early.mp4")
def _cut_off_early() -> bytes:
    return clip()[:1500]


@makes("no_index.mp4")
def _no_index() -> bytes:
    return clip().replace(b"moov", b"skip", 1)  # FFmpeg finds an index in "free"


@makes("playlist_behind_a_header.mp4")
def _playlist_behind() -> bytes:
    return struct.pack(">I", 16) + b"ftypisom" + bytes(4) + _playlist()


@makes("pictures_are_zeros.mp4")
def _zeros() -> bytes:
    data = bytearray(clip())
    begin, end = box(b"mdat", bytes(data))
    data[begin:end] = bytes(end - begin)
    return bytes(data)


@makes("pictures_are_noise.mp4")
def _noise() -> bytes:
    data = bytearray(clip())
    begin, end = box(b"mdat", bytes(data))
    data[begin:end] = np.random.default_rng(1).integers(0, 256, end - begin, np.uint8).tobytes()
    return bytes(data)


@makes("codec_unknown.mp4")
def _codec_unknown() -> bytes:
    return clip().replace(b"avc1", b"zzz9")


@makes("sound_alone.mp4")
def _sound_alone() -> bytes:
    return clip().replace(b"vide", b"soun")


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises a picture of any size, and whose pixels are a few zeros."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@makes("huge_photograph.png")
def _huge_photograph() -> bytes:
    return png_of(100_000, 100_000)


@makes("half_a_photograph.jpg")
def _half_a_photograph() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200)


@makes("picture_of_the_screen.gif")
def _gif() -> bytes:
    return b"GIF89a" + bytes(100)


def _stored() -> dict[str, Any]:
    with np.load(sample_folder() / f"{DEMO}.landmarks.npz", allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _packed(arrays: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


@makes("cut_off.landmarks.npz")
def _cut_off_landmarks() -> bytes:
    return (sample_folder() / f"{DEMO}.landmarks.npz").read_bytes()[:50_000]


@makes("without_times.landmarks.npz")
def _without_times() -> bytes:
    return _packed({name: values for name, values in _stored().items() if name != "time_s"})


@makes("of_a_later_version.landmarks.npz")
def _later_version() -> bytes:
    arrays = _stored()
    about = json.loads(str(arrays["about"])) | {"layout": 99}
    return _packed(arrays | {"about": np.array(json.dumps(about))})


@makes("times_run_back.landmarks.npz")
def _times_run_back() -> bytes:
    arrays = _stored()
    return _packed(arrays | {"time_s": arrays["time_s"][::-1]})


@makes("unpacks_to_gigabytes.landmarks.npz")
def _bomb() -> bytes:
    """60 MB of zeros a piece, 600 times over, by one array that says so: 36 GB."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (4_500_000_000,)})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("time_s.npy", "w") as member:
        member.write(head.getvalue())
        member.write(bytes(60_000_000))
    return out.getvalue()


@makes("cut_off.landmarks.parquet")
def _cut_off_table() -> bytes:
    return b"PAR1" + bytes(3000)


@makes("markers.trc")
def _markers() -> bytes:
    return b"PathFileType\t4\t(X/Y/Z)\tclip.trc\nDataRate\tCameraRate\nsixty\tsixty\n"
