"""One contract over every kind of source: video files of all kinds, a folder, a photograph, a webcam."""

import threading
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from rom.errors import UsageError
from rom.records import Image, Recording
from rom.video import open_recording

#: name, encoder, pixel format: containers and codecs of phones, browsers and cameras.
VIDEOS = {
    "h264.mp4": ("libx264", "yuv420p"),
    "h264.mov": ("libx264", "yuv420p"),
    "h264.mkv": ("libx264", "yuv420p"),
    "h264.h264": ("libx264", "yuv420p"),
    "h264.ts": ("libx264", "yuv420p"),
    "h264_444.mp4": ("libx264", "yuv444p"),
    "hevc10.mp4": ("libx265", "yuv420p10le"),
    "vp8.webm": ("libvpx", "yuv420p"),
    "vp9.webm": ("libvpx-vp9", "yuv420p"),
    "av1.mp4": ("libsvtav1", "yuv420p"),
    "mjpeg.avi": ("mjpeg", "yuv420p"),
    "mpeg4.avi": ("mpeg4", "yuv420p"),
}
QUIET = {
    "libx265": {"x265-params": "log-level=error"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
    "mjpeg": {"strict": "unofficial"},
}
#: Formats that carry no colour tags, in the colours that they stand for: BT.601, for MJPEG in full range.
UNTAGGED = {"libvpx": (5, 2, 2, 1), "mpeg4": (5, 2, 2, 1), "mjpeg": (5, 2, 2, 2)}
OTHERS = ("folder", "photo", "webcam")


@pytest.fixture(params=[*VIDEOS, *OTHERS])
def source(
    request: pytest.FixtureRequest, tmp_path: Path, make_clip: Callable[..., Path], corners: Image
) -> str | Path:
    kind = str(request.param)
    if kind in VIDEOS:
        codec, pix_fmt = VIDEOS[kind]
        colour = UNTAGGED.get(codec, (1, 1, 1, 1))
        return make_clip(kind, codec=codec, pix_fmt=pix_fmt, options=QUIET.get(codec), colour=colour)
    if kind == "webcam":
        request.getfixturevalue("fake_camera")
        return "0"
    paths = [tmp_path / f"frame_{k}.png" for k in range(20 if kind == "folder" else 1)]
    for path in paths:
        Pillow.fromarray(corners).save(path)
    return tmp_path if kind == "folder" else paths[0]


def test_frames_are_as_promised(source: str | Path, corners: Image) -> None:
    recording: Recording = open_recording(source, readahead=20)
    with recording:
        frames = list(recording)
    assert len(frames) == {"photo": 1, "webcam": 11, "images": 20}.get(recording.info.kind, 10)
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert frames[0].time_s == 0
    assert all(after.time_s > before.time_s for before, after in pairwise(frames))
    assert {frame.shot for frame in frames} == {0}
    for frame in frames:
        assert frame.image is not None
        assert frame.image.shape == corners.shape
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
    for row, column in ((30, 40), (30, 120), (90, 40), (90, 120)):
        got = np.asarray(frames[-1].image)[row, column].astype(int)
        # 6 levels: lossy encoding and rounding to limited range; the wrong matrix costs 15, the wrong range 16
        np.testing.assert_allclose(got, corners[row, column].astype(int), atol=6)


def test_info_is_complete_afterwards(source: str | Path) -> None:
    with open_recording(source, readahead=20) as recording:
        frames = list(recording)
        info = recording.info
    assert (info.width_px, info.height_px) == (160, 120)
    assert recording.info == info
    if info.kind == "webcam":
        assert info.sha256 is None
        assert info.duration_s >= frames[-1].time_s
        return
    assert info.sha256 is not None
    assert len(info.sha256) == 64
    assert info.codec
    if info.kind == "photo":
        assert np.isnan(info.rate_hz)
        assert info.duration_s == 0
    elif info.kind == "video":
        assert info.rate_hz == pytest.approx(10, rel=0.01)  # WebM keeps whole milliseconds
        assert info.duration_s == pytest.approx(1.0, abs=0.001)
    else:
        assert info.rate_hz == pytest.approx(30)
        assert info.duration_s == pytest.approx(20 / 30)


def test_closing_early_ends_the_reader(source: str | Path) -> None:
    with open_recording(source, readahead=1) as recording:
        frames = list(islice(recording, 1))
    assert len(frames) == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "rom-video-reader"]


def test_a_recording_is_read_once(source: str | Path) -> None:
    with open_recording(source, readahead=20) as recording:
        list(recording)
        with pytest.raises(UsageError, match="open it again"):
            iter(recording)
