"""Continuous stretches and short gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.tracks.gaps import fill_gaps, segments

T = np.arange(30) / 10.0
ONE_TAKE = np.zeros(30, dtype=int)


def valid_without(*frames: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    valid = np.ones(30, dtype=bool)
    valid[list(frames)] = False
    return valid


def test_a_short_gap_does_not_break_a_stretch() -> None:
    assert segments(T, ONE_TAKE, valid_without(10, 11), gap_s=0.2) == [slice(0, 30)]


def test_a_longer_gap_does() -> None:
    assert segments(T, ONE_TAKE, valid_without(10, 11, 12), gap_s=0.2) == [slice(0, 10), slice(13, 30)]


def test_a_cut_breaks_without_any_gap() -> None:
    shot = np.repeat([0, 1], 15)
    assert segments(T, shot, valid_without(), gap_s=9.0) == [slice(0, 15), slice(15, 30)]


def test_time_that_was_not_recorded_is_a_gap() -> None:
    time_s = np.where(np.arange(30) < 15, T, T + 1.0)  # the container skips one second
    assert segments(time_s, ONE_TAKE, valid_without(), gap_s=0.2) == [slice(0, 15), slice(15, 30)]


def test_frames_missing_at_the_ends_belong_to_no_stretch() -> None:
    assert segments(T, ONE_TAKE, valid_without(0, 1, 29), gap_s=0.2) == [slice(2, 29)]


@pytest.mark.parametrize("frames", [0, 1])
def test_next_to_nothing(frames: int) -> None:
    found = segments(T[:frames], ONE_TAKE[:frames], np.ones(frames, dtype=bool), gap_s=0.2)
    assert found == [slice(0, 1)][:frames]
    assert segments(T, ONE_TAKE, np.zeros(30, dtype=bool), gap_s=0.2) == []


def test_filling_passes_through_what_is_known_and_never_overshoots() -> None:
    values = np.where(T < 1.0, 0.0, 10.0)
    holed = values.copy()
    holed[8:12] = np.nan
    filled = fill_gaps(T, holed)
    np.testing.assert_array_equal(filled[np.isfinite(holed)], values[np.isfinite(holed)])
    assert filled.min() == 0.0
    assert filled.max() == 10.0
    assert np.all(np.diff(filled) >= 0)


def test_nothing_is_extrapolated() -> None:
    filled = fill_gaps(T[:5], np.array([np.nan, 1.0, np.nan, 3.0, np.nan]))
    np.testing.assert_allclose(filled, [np.nan, 1.0, 2.0, 3.0, np.nan])


def test_one_value_is_not_a_course() -> None:
    np.testing.assert_array_equal(fill_gaps(T[:3], np.array([np.nan, 1.0, np.nan])), [np.nan, 1.0, np.nan])


def test_filling_uses_true_times() -> None:
    filled = fill_gaps(np.array([0.0, 0.1, 1.0]), np.array([0.0, np.nan, 10.0]))
    assert filled[1] == pytest.approx(1.0)


def test_the_input_is_not_written_to() -> None:
    values = np.array([0.0, np.nan, 2.0])
    fill_gaps(T[:3], values)
    assert np.isnan(values[1])


@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_stretches_hold_every_valid_frame_once_and_begin_and_end_with_one(known: list[bool]) -> None:
    valid = np.array(known)
    found = segments(T[: len(valid)], ONE_TAKE[: len(valid)], valid, gap_s=0.2)
    covered = np.concatenate([np.arange(s.start, s.stop) for s in found]) if found else np.array([], dtype=int)
    assert set(np.flatnonzero(valid)) <= set(covered)
    assert len(set(covered)) == len(covered)
    assert all(valid[s.start] and valid[s.stop - 1] for s in found)
