"""Files from outside, good and bad, made by the tests themselves."""

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

TIME_BASE = Fraction(1, 1000)
MakeVideo = Callable[..., Path]


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """Make a video of grey pictures at given times; the name says nothing, `container` decides."""

    def make(
        name: str = "clip.mp4",
        *,
        container: str = "mp4",
        codec: str = "libx264",
        size: tuple[int, int] = (64, 48),
        times_s: Sequence[float] = (0.0, 0.1, 0.2, 0.3),
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", format=container, options=options or {}) as out:
            stream = cast("VideoStream", out.add_stream(codec, rate=25))
            stream.width, stream.height = size
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.codec_context.max_b_frames = 0
            base = Fraction(1, 25) if codec == "mpeg2video" else TIME_BASE  # a standard that has few rates
            stream.codec_context.time_base = base
            for k, time_s in enumerate(times_s):
                picture = VideoFrame.from_ndarray(np.full((size[1], size[0], 3), 40 + k, np.uint8), format="rgb24")
                picture.pts, picture.time_base = round(time_s / base), base
                out.mux(stream.encode(picture))
            out.mux(stream.encode(None))
        return path

    return make


def jpeg_of(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header (SOF0) promises another size."""
    changed = bytearray(jpeg)
    at = changed.index(b"\xff\xc0") + 5  # marker, length, precision
    struct.pack_into(">HH", changed, at, height, width)
    return bytes(changed)
