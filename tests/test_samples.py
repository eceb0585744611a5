"""The samples: what is said of them is true, and the instrument's interval holds the planted angle."""

import json
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.samples import sample_folder

SAMPLES = sorted(path.stem for path in sample_folder().glob("*.mp4"))


def sidecar(name: str) -> dict[str, object]:
    """What is true of a sample."""
    told: dict[str, object] = json.loads((sample_folder() / f"{name}.json").read_text(encoding="utf-8"))
    return told


def test_every_exam_has_one() -> None:
    exams = {str(sidecar(name)["protocol"]) for name in SAMPLES}
    assert exams == {"seated", "long-sit", "lunge", "heel-raise", "walk"}


@pytest.mark.parametrize("name", SAMPLES)
def test_recording_is_short_and_small(name: str) -> None:
    times = sidecar(name)["time_s"]
    assert isinstance(times, list)
    assert 6 <= times[-1] <= 12
    assert (sample_folder() / f"{name}.mp4").stat().st_size <= 1.5e6


@pytest.mark.parametrize("name", SAMPLES)
def test_sidecar_times_are_those_of_the_recording(name: str) -> None:
    from rom.video import open_recording

    with open_recording(sample_folder() / f"{name}.mp4") as recording:
        times = [frame.time_s for frame in recording]
    np.testing.assert_allclose(times, np.array(sidecar(name)["time_s"]), atol=1e-3)  # sidecars round to 0.1 ms


@pytest.mark.parametrize("name", SAMPLES)
def test_interval_holds_the_planted_angle(name: str) -> None:
    about = sidecar(name)
    truth = about["truth"]
    assert isinstance(truth, dict)
    exam = rom.measure(sample_folder() / f"{name}.landmarks.npz", side=str(about["side"]))
    told = [result for result in exam.results if result.ci95_deg and f"{result.motion}_deg" in truth]
    assert told, "each sample gives a number for at least one motion that it is about"
    for result in told:
        assert result.ci95_deg is not None
        low, high = result.ci95_deg
        assert low <= truth[f"{result.motion}_deg"] <= high


@pytest.mark.parametrize("name", SAMPLES)
def test_stored_landmarks_are_those_of_the_shipped_model(name: str) -> None:
    from rom.pose.models import model_file

    exam = rom.measure(sample_folder() / f"{name}.landmarks.npz")
    assert exam.model.sha256 == model_file("leg").sha256
    assert exam.recording.sha256 == _sha256(sample_folder() / f"{name}.mp4")


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()
