"""Video out: what browsers play, with the times that were given, and never half a file."""

import errno
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from rom.errors import InstallationError, RomError, UsageError
from rom.records import Image
from rom.video import VideoWriter, open_recording, video_support
from rom.video.writer import h264_encoder


def write(path: Path, images: list[Image], times_s: list[float], end_s: float | None = None) -> VideoWriter:
    height, width = images[0].shape[:2]
    with VideoWriter(path, width=width, height=height) as writer:
        for image, time_s in zip(images, times_s, strict=True):
            writer.write(image, time_s)
        if end_s is not None:
            writer.end_at(end_s)
    return writer


def test_uneven_times_and_the_end_come_back(tmp_path: Path, corners: Image) -> None:
    times_s, end_s = [0.0, 0.033, 0.067, 0.2, 0.9, 0.95], 1.7
    path = tmp_path / "Übersicht.mp4"
    write(path, [corners] * 6, times_s, end_s)
    with open_recording(path) as recording:
        got_s = [frame.time_s for frame in recording]
    np.testing.assert_allclose(got_s, times_s, atol=1 / 90000)  # s: one tick of the file's clock
    assert recording.info.duration_s == pytest.approx(end_s, abs=1 / 90000)
    with av.open(str(path)) as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(end_s, abs=0.001)  # whole ms in the movie header


def test_the_last_picture_stands_as_long_as_the_others(tmp_path: Path, corners: Image) -> None:
    write(tmp_path / "even.mp4", [corners] * 5, [k / 25 for k in range(5)])
    write(tmp_path / "one.mp4", [corners], [0.0])
    with av.open(str(tmp_path / "even.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(0.2)
    with open_recording(tmp_path / "one.mp4") as recording:
        assert len(list(recording)) == 1


def test_a_copy_of_a_recording_has_its_times_and_duration(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    times_s = [0, 0.04, 0.08, 0.3, 0.34, 0.5]
    with (
        open_recording(make_clip(times_s=times_s, count=6)) as recording,
        VideoWriter(tmp_path / "copy.mp4", width=160, height=120) as writer,
    ):
        for frame in recording:
            assert frame.image is not None
            writer.write(frame.image, frame.time_s)
        writer.end_at(recording.info.duration_s)
    with open_recording(tmp_path / "copy.mp4") as copy:
        np.testing.assert_allclose([frame.time_s for frame in copy], times_s, atol=1e-4)
    assert copy.info.duration_s == pytest.approx(recording.info.duration_s, abs=1e-4)


def test_browsers_play_it(tmp_path: Path, corners: Image) -> None:
    path = tmp_path / "out.mp4"
    writer = write(path, [corners] * 3, [0.0, 0.1, 0.2])
    assert writer.notes == ()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert not stream.codec_context.has_b_frames
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # "faststart": plays before it has all arrived


def test_colours_come_back(tmp_path: Path, corners: Image) -> None:
    write(tmp_path / "out.mp4", [corners] * 2, [0.0, 0.1])
    with open_recording(tmp_path / "out.mp4") as recording:
        image = np.asarray(next(iter(recording)).image)
    got = image[[30, 30, 90, 90], [40, 120, 40, 120]].astype(int)
    np.testing.assert_allclose(got, corners[[30, 30, 90, 90], [40, 120, 40, 120]].astype(int), atol=4)


@pytest.mark.parametrize(("width", "height"), [(161, 121), (160, 121), (161, 120)])
def test_odd_sizes_get_one_more_row_or_column(width: int, height: int, tmp_path: Path) -> None:
    image = np.full((height, width, 3), 128, np.uint8)
    image[-1, :] = image[:, -1] = (235, 20, 20)
    write(tmp_path / "odd.mp4", [image] * 2, [0.0, 0.1])
    with open_recording(tmp_path / "odd.mp4") as recording:
        got = np.asarray(next(iter(recording)).image)
    assert got.shape == (height + height % 2, width + width % 2, 3)
    assert abs(int(got[10, 10, 0]) - 128) < 5
    assert got[-1, -1, 0] > 180  # a copy of the red edge, not black


def test_nothing_is_left_after_an_error(tmp_path: Path, corners: Image) -> None:
    (tmp_path / "out.mp4").write_text("what was there before")

    def fail() -> None:
        with VideoWriter(tmp_path / "out.mp4", width=160, height=120) as writer:
            writer.write(corners, 0.0)
            assert len(list(tmp_path.iterdir())) == 2  # the unfinished file is beside it
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert (tmp_path / "out.mp4").read_text() == "what was there before"
    write(tmp_path / "out.mp4", [corners] * 2, [0.0, 0.1])
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes()[4:8] == b"ftyp"


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, corners: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    writer = VideoWriter(tmp_path / "out.mp4", width=160, height=120)
    writer.write(corners, 0.0)
    monkeypatch.setattr(writer, "_timed", full)
    with pytest.raises(RomError, match="disk is full") as caught:
        writer.close()
    assert not isinstance(caught.value, UsageError)
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose a folder that exists"):
        VideoWriter(tmp_path / "none" / "out.mp4", width=160, height=120)
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        VideoWriter(tmp_path / "folder.mp4", width=160, height=120)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.mp4"]


def test_no_pictures_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there were none"), VideoWriter(tmp_path / "o.mp4", width=160, height=120):
        pass
    assert list(tmp_path.iterdir()) == []


def test_wrong_pictures_and_times_are_refused(tmp_path: Path, corners: Image) -> None:
    writer = VideoWriter(tmp_path / "out.mp4", width=160, height=120)
    with pytest.raises(ValueError, match="shape"):
        writer.write(corners[:100], 0.0)
    writer.write(corners, 0.5)
    with pytest.raises(ValueError, match="rise"):
        writer.write(corners, 0.5)
    writer.__exit__(KeyError, KeyError(), None)
    assert list(tmp_path.iterdir()) == []


def test_another_encoder_is_said(tmp_path: Path, corners: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rom.video.writer.ENCODERS", ("h264_none", "libx264"))
    writer = write(tmp_path / "out.mp4", [corners] * 2, [0.0, 0.04])
    assert writer.notes == ("The video was encoded by libx264: this installation has no h264_none.",)
    assert (tmp_path / "out.mp4").exists()


def test_a_build_without_any_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rom.video.writer.ENCODERS", ("h264_none",))
    with pytest.raises(InstallationError, match="it has none"):
        h264_encoder()
    assert video_support().encoder is None


def test_support_names_what_phones_and_browsers_use() -> None:
    support = video_support()
    assert all(support.decodes[name] for name in ("H.264", "HEVC", "VP8", "VP9", "AV1", "MJPEG"))
    assert support.encoder == "libx264"
    assert support.pyav == av.__version__
    assert "libavcodec" in support.libraries


def test_reading_and_writing_at_once_is_bounded(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    """Ends early on both sides: the reader stops, the file is whole."""
    with (
        open_recording(make_clip(count=50)) as recording,
        VideoWriter(tmp_path / "o.mp4", width=160, height=120) as out,
    ):
        for frame in islice(recording, 5):
            assert frame.image is not None
            out.write(frame.image, frame.time_s)
    with open_recording(tmp_path / "o.mp4") as short:
        assert len(list(short)) == 5
