"""Reading ahead: bounded, prompt to stop, and errors come out where the frames do."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from rom.errors import InputUnreadable
from rom.records import Frame, RecordingInfo
from rom.video import open_recording
from rom.video.recording import StreamedRecording
from rom.video.source import Picture


class PlantedSource:
    """Gives `count` small pictures, ten a second, and then an error if one is planted."""

    edited = False

    def __init__(self, count: int, *, live: bool = False, error: Exception | None = None) -> None:
        self.count, self.live, self.error = count, live, error
        self.given, self.closed = 0, 0

    def pictures(self) -> Iterator[Picture]:
        for k in range(self.count):
            self.given += 1
            yield Picture(np.full((4, 4, 3), k % 256, np.uint8), k / 10, 0.1)
        if self.error is not None:
            raise self.error

    def describe(self) -> RecordingInfo:
        return RecordingInfo("planted", "video", 4, 4, 10.0, self.count / 10, self.count)

    def sha256(self) -> str:
        return "0" * 64

    def close(self) -> None:
        self.closed += 1


class Interrupted(queue.Queue[Frame | None]):
    """A queue at which Ctrl-C is pressed."""

    def get(self, block: bool = True, timeout: float | None = None) -> Frame | None:
        if block:
            raise KeyboardInterrupt
        return super().get(block, timeout)


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "rom-video-reader"]


def test_reads_no_further_ahead_than_asked() -> None:
    source = PlantedSource(1000)
    with StreamedRecording(source, readahead=3) as recording:
        frames = iter(recording)
        next(frames)
        deadline = time.monotonic() + 5
        while source.given < 5 and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.05)
        # one fetched, three waiting in the queue, one in the reader's hand
        assert source.given == 5
    assert not readers()


@pytest.mark.parametrize("taken", [0, 1, 7, 1000])
@pytest.mark.parametrize("readahead", [1, 4])
def test_closing_at_any_time_is_prompt_and_clean(taken: int, readahead: int) -> None:
    source = PlantedSource(1000)
    started = time.monotonic()
    with StreamedRecording(source, readahead=readahead) as recording:
        assert len(list(islice(recording, taken))) == taken
    recording.close()
    assert source.closed == 1
    assert not readers()
    assert time.monotonic() - started < 5


def test_abandoned_iteration_ends_the_reader() -> None:
    source = PlantedSource(1000)
    recording = StreamedRecording(source, readahead=2)
    for frame in recording:
        if frame.index == 3:
            break
    assert not readers()
    assert source.closed == 1


def test_an_error_in_the_reader_surfaces_after_the_frames_before_it() -> None:
    source = PlantedSource(5, error=InputUnreadable("The disk was pulled out."))
    seen: list[int] = []
    with StreamedRecording(source, readahead=2) as recording, pytest.raises(InputUnreadable, match="pulled out"):
        seen.extend(frame.index for frame in recording)
    assert seen == [0, 1, 2, 3, 4]
    assert not readers()


def test_an_error_in_the_consumer_ends_the_reader() -> None:
    source = PlantedSource(1000)

    def consume() -> None:
        with StreamedRecording(source) as recording:
            for frame in recording:
                assert frame.index < 3

    with pytest.raises(AssertionError):
        consume()
    assert not readers()
    assert source.closed == 1


def test_limit_and_time_scale_count_in_true_time() -> None:
    with StreamedRecording(PlantedSource(100), time_scale=2, limit_s=1.0) as recording:
        times_s = [frame.time_s for frame in recording]
    np.testing.assert_allclose(times_s, np.arange(20) / 20)
    assert recording.info.duration_s == pytest.approx(1.0)
    assert recording.info.rate_hz == pytest.approx(20)


def test_info_grows_complete() -> None:
    with StreamedRecording(PlantedSource(30)) as recording:
        assert recording.info.sha256 is None
        assert recording.info.duration_s == 3
        list(recording)
        assert recording.info.sha256 == "0" * 64


def test_a_live_source_is_not_held_up() -> None:
    source = PlantedSource(50, live=True)
    with StreamedRecording(source, readahead=4) as recording:
        frames = iter(recording)
        first = next(frames)
        deadline = time.monotonic() + 5
        while source.given < 50 and time.monotonic() < deadline:
            time.sleep(0.001)
        rest = list(frames)
    assert first.time_s == 0
    assert source.given == 50
    assert 3 <= len(rest) < 50  # the queue holds four, the first may be one of them
    assert [frame.index for frame in rest] == list(range(1, len(rest) + 1))
    assert any("left out" in note for note in recording.info.notes)


def test_the_keyboard_ends_a_live_recording_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with StreamedRecording(PlantedSource(10**6, live=True)) as live:
        monkeypatch.setattr(live, "_waiting", Interrupted())
        assert list(live) == []
    assert any("keyboard" in note for note in live.info.notes)
    with StreamedRecording(PlantedSource(1000)) as recording:
        monkeypatch.setattr(recording, "_waiting", Interrupted())
        with pytest.raises(KeyboardInterrupt):
            list(recording)
    assert not readers()


def test_a_webcam_is_found_by_number_and_released(fake_camera: type) -> None:
    with open_recording(0, readahead=20) as recording:
        frames = list(recording)
    assert len(frames) == 11  # of 12: the first one is used to learn the size
    assert recording.info.kind == "webcam"
    assert any("stopped giving" in note for note in recording.info.notes)
    assert recording._source._capture.released  # type: ignore[attr-defined]


def test_a_webcam_that_is_not_there(fake_camera: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_camera, "opens", False)
    with pytest.raises(InputUnreadable, match="Webcam 3 gives no picture"):
        open_recording("3")


def test_a_file_named_like_a_number_is_a_file(
    make_clip: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clip().rename(tmp_path / "0")
    monkeypatch.chdir(tmp_path)
    with open_recording("0") as recording:
        assert recording.info.kind == "video"


def test_a_missing_webcam_is_told_in_our_words_only(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputUnreadable, match="Webcam 97 gives no picture"):
        open_recording(97)  # OpenCV would write a page of its own log
    assert capfd.readouterr().err == ""


def test_a_webcam_ends_at_its_limit(fake_camera: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_camera, "count", 10**9)
    with open_recording(0, limit_s=0.05) as recording:
        times_s = [frame.time_s for frame in recording]
    assert times_s[0] == 0
    assert times_s[-1] < 0.05


def test_a_webcam_has_the_name_that_the_system_gives_it(tmp_path: Path) -> None:
    from rom.video.webcam import device_name

    (tmp_path / "video2").mkdir()
    (tmp_path / "video2" / "name").write_text("Integrated Camera: Front\n", encoding="utf-8")
    assert device_name(2, tmp_path) == "Integrated Camera: Front"
    assert device_name(3, tmp_path) == "", "a number is no name: tomorrow it is another camera's"
