"""Frames at the ends of the movements: of the right moment and recording, and nobody's face in them."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import rom
from rom.records import Examination, Frame, Image
from rom.report.overlay import FaceBlur
from rom.report.peaks import SHAPE, WIDTH_PX, peak_frame, peak_pictures
from rom.report.report import report_bytes
from rom.samples import sample_folder
from rom.video.fingerprint import sha256_of_file
from tests.report.visits import visits

CLIP = sample_folder() / "seated_right.mp4"


@pytest.fixture(scope="module")
def exam() -> Examination:
    """The demo sample, measured from stored landmarks and told to be of the video."""
    stored = rom.measure(sample_folder() / "seated_right.landmarks.npz", protocol="seated")
    recording = replace(stored.recording, kind="video", source=str(CLIP), sha256=sha256_of_file(CLIP))
    return replace(stored, recording=recording)


def picture(data: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)


def test_the_moment_is_in_the_middle_of_the_largest_hold(exam: Examination) -> None:
    result = next(r for r in exam.results if r.value_deg is not None and r.motion == "plantar_flexion")
    best = max((r for r in result.repetitions if r.used), key=lambda r: r.value_deg)
    found = peak_frame(exam, result)
    assert found is not None
    assert found.time_s == pytest.approx((best.start_s + best.end_s) / 2, abs=0.1)  # three frames
    assert found.value_deg == best.value_deg
    assert exam.angles["right"].time_s[found.frame] == found.time_s


def test_there_is_no_moment_without_a_hold(exam: Examination) -> None:
    assert peak_frame(exam, replace(exam.results[0], repetitions=())) is None


def test_frames_are_pictures_of_the_leg(exam: Examination) -> None:
    found = peak_pictures(exam, None)
    assert set(found) == {(str(CLIP), "right", motion) for motion in ("dorsiflexion", "plantar_flexion")}
    for data in found.values():
        assert picture(data).shape == (round(WIDTH_PX / SHAPE), WIDTH_PX, 3)
        assert picture(data).mean() > 120, "pale: the lines stand out"
    up, pointed = (picture(data).astype(int) for data in found.values())
    assert np.abs(up - pointed).max() > 100, "two moments"


def test_frames_are_shown_in_the_report(exam: Examination) -> None:
    visit = visits()["one leg"]
    moved = replace(visit.exams[0], recording=exam.recording)
    text = report_bytes(replace(visit, exams=(moved,)), ".html", pictures=peak_pictures(exam, CLIP)).decode("utf-8")
    assert text.count("data:image/jpeg") == 2
    assert "Drawn from the points" not in text


@pytest.mark.parametrize("kind", ["keypoints", "webcam"])
def test_without_pictures_there_are_no_frames(exam: Examination, kind: str) -> None:
    other = replace(exam, recording=replace(exam.recording, kind=kind))  # type: ignore[arg-type]
    assert peak_pictures(other, CLIP) == {}


def test_another_recording_is_not_taken_for_this_one(exam: Examination, tmp_path: Path) -> None:
    assert peak_pictures(exam, sample_folder() / "lunge_right.mp4") == {}
    assert peak_pictures(exam, tmp_path / "gone.mp4") == {}
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    assert peak_pictures(exam, tmp_path / "broken.mp4") == {}


def test_every_frame_goes_through_the_blur(exam: Examination, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the blur paints all black, no frame shows anything but the lines."""
    seen = []

    def black(self: FaceBlur, image: Image, frame: Frame) -> None:
        seen.append(frame.time_s)
        image[:] = 0

    monkeypatch.setattr(FaceBlur, "blur", black)
    found = peak_pictures(exam, CLIP)
    assert len(seen) == len(found) == 2
    for data in found.values():
        assert np.ptp(np.median(picture(data), axis=(0, 1))) <= 3
        assert np.median(np.abs(picture(data).astype(int) - np.median(picture(data)))) <= 3
