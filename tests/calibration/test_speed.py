"""What the speed benchmarks reckon with: shares of floors, resampled recordings, readings on another clock."""

import time
from pathlib import Path

import numpy as np
import pytest

from calibration.benchmarks import scale
from calibration.benchmarks.beside_myogait import nearest, summed
from calibration.benchmarks.floors import shares_of
from calibration.benchmarks.time_spent import Ledger


def test_the_line_is_held_against_the_slower_floor_and_against_both() -> None:
    told = shares_of({"decoding": 200.0, "inference": 200.0, "line": 90.0}, cores=1)
    assert told == {"share_of_slower": 0.45, "share_of_both": 0.9}
    alone = shares_of({"decoding": 10_000.0, "inference": 250.0, "line": 225.0}, cores=2)
    assert alone == {"share_of_slower": 0.9, "share_of_both": 0.9}


def test_a_resampled_recording_is_another_of_the_same_exam() -> None:
    one, again, other = (scale.resampled("seated_right", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.points_px, again.points_px)
    assert len(one.time_s) != len(other.time_s)
    assert scale.examined("seated", one) >= 1


def test_what_is_written_as_parquet_is_read_back(tmp_path: Path) -> None:
    scale.write(tmp_path / "two", 2)
    names = tuple(scale.EXAMS)
    assert len(list(scale.read(tmp_path / "two"))) == 2
    for k, (exam, read) in enumerate(scale.read(tmp_path / "two")):
        made = scale.resampled(names[k], k)
        assert exam == scale.EXAMS[names[k]]
        np.testing.assert_array_equal(read.points_px, made.points_px)
        np.testing.assert_allclose(read.confidence, made.confidence, rtol=1e-6)
        assert read.legs is not None
        assert made.legs is not None
        np.testing.assert_array_equal(read.legs.lines, made.legs.lines)
        np.testing.assert_array_equal(read.legs.side, made.legs.side)


def test_readings_are_taken_at_the_nearest_frame_and_no_further() -> None:
    found = nearest(np.array([0.0, 0.1, 0.2]), np.array([1.0, 2.0, 3.0]), np.array([0.01, 0.11, 0.21, 0.31, 0.41]))
    np.testing.assert_array_equal(found, [1.0, 2.0, 3.0, np.nan, np.nan])


def test_a_motion_that_was_not_asked_for_or_not_told_counts_for_nobody() -> None:
    base = {"per_s": 10.0, "start_s": 1.0, "peak_mb": 500.0}
    told = summed([{**base, "mae": 2.0, "dorsiflexion": 1.0}, {**base, "mae": float("nan")}])
    assert told["mae_deg"] == 2.0
    assert told["dorsiflexion_error_deg"] == 1.0
    assert told["plantar_flexion_error_deg"] is None


def test_a_stage_counts_what_it_does_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "thread_time", lambda: clock[0])
    ledger = Ledger()

    def busy(spell_s: float) -> None:
        clock[0] += spell_s

    inner = ledger.timed("inner", busy)

    def whole() -> None:
        busy(1.0)
        inner(3.0)

    ledger.timed("outer", whole)()
    assert ledger.spent_s == {"inner": 3.0, "outer": 1.0}
    assert list(ledger.timed_steps("steps", lambda: iter([1, 2]))()) == [1, 2]
