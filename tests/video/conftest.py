"""Clips made by the tests themselves: small, with everything about them planted."""

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rom.records import Image

#: Corners of the planted picture: top left, top right, bottom left, bottom right.
RED, GREEN, BLUE, WHITE = (200, 40, 40), (40, 180, 40), (40, 40, 200), (235, 235, 235)
TIME_BASE = Fraction(1, 12800)
RATE_HZ = 10
MakeClip = Callable[..., Path]


def corners_picture(width: int = 160, height: int = 120) -> Image:
    """Four plain quadrants, so that every turn and mirroring can be told from the others."""
    image = np.empty((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = RED
    image[: height // 2, width // 2 :] = GREEN
    image[height // 2 :, : width // 2] = BLUE
    image[height // 2 :, width // 2 :] = WHITE
    return image


@contextmanager
def usual_priority() -> Iterator[None]:
    """As before afterwards: SVT-AV1 makes its caller a real-time thread where it may (as root), for good.

    All that is started later would be one, too: a browser's threads then wait for each other for ever.
    """
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


def write_clip(
    path: Path,
    images: Sequence[Image],
    times_s: Sequence[float],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    container: str | None = None,
    aspect: Fraction | None = None,
    colour: tuple[int, int, int, int] = (1, 1, 1, 1),
    options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Encode `images` at `times_s`; `colour` is (matrix, primaries, transfer, range) of H.273."""
    height, width = images[0].shape[:2]
    movflags = {"movflags": "+faststart+use_metadata_tags"} if path.suffix in (".mp4", ".mov") else {}
    with usual_priority(), av.open(str(path), "w", format=container, options=movflags) as out:
        out.metadata.update(metadata or {})
        stream = cast("VideoStream", out.add_stream(codec, rate=RATE_HZ, options=options or {}))
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, pix_fmt
        context.max_b_frames = 0
        context.time_base = Fraction(1, RATE_HZ) if path.suffix in (".avi", ".h264") else TIME_BASE
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = colour
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        for image, time_s in zip(images, times_s, strict=True):
            rgb = VideoFrame.from_ndarray(image, format="rgb24")
            frame = rgb.reformat(format=pix_fmt, dst_colorspace=colour[0], dst_color_range=colour[3])
            base = context.time_base or TIME_BASE
            frame.pts, frame.time_base = round(time_s / base), base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def patch_matrix(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Overwrite the display matrix in ``tkhd`` (version 0: 40 bytes after its name) of an MP4."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4
    assert data[start] == 0
    matrix = [a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30]
    data[start + 40 : start + 76] = struct.pack(">9i", *matrix)
    path.write_bytes(bytes(data))


def even_times(count: int, rate_hz: float = RATE_HZ) -> list[float]:
    return [k / rate_hz for k in range(count)]


@pytest.fixture(scope="session")
def corners() -> Image:
    return corners_picture()


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """Make a clip of the planted picture; all arguments have defaults."""

    def make(name: str = "clip.mp4", count: int = 10, **kwargs: Any) -> Path:
        images = kwargs.pop("images", None) or [corners_picture(*kwargs.pop("size", (160, 120)))] * count
        times_s = kwargs.pop("times_s", None) or even_times(len(images))
        return write_clip(tmp_path / name, images, times_s, **kwargs)

    return make


@pytest.fixture
def turn() -> Callable[..., None]:
    return patch_matrix


@pytest.fixture
def audio_only(tmp_path: Path) -> Path:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


class FakeCapture:
    """Stands in for ``cv2.VideoCapture``: a camera that gives `count` pictures and is then unplugged."""

    count = 12
    opens = True

    def __init__(self, number: int) -> None:
        self.number, self.read_so_far, self.released = number, 0, False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opens

    def get(self, _: int) -> float:
        return 30.0

    def read(self) -> tuple[bool, Image | None]:
        self.read_so_far += 1
        if self.read_so_far > self.count:
            return False, None
        return True, np.ascontiguousarray(corners_picture()[:, :, ::-1])

    def release(self) -> None:
        self.released = True


@pytest.fixture
def fake_camera(monkeypatch: pytest.MonkeyPatch) -> type[FakeCapture]:
    class Camera(FakeCapture):
        pass

    monkeypatch.setattr("rom.video.webcam.cv2.VideoCapture", Camera)
    return Camera
