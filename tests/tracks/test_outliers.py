"""Hampel's filter on planted spikes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from rom.tracks.outliers import outliers

Array = NDArray[np.float64]
RNG = np.random.default_rng(7)


def marked(time_s: Array, values: Array, floor: float = 0.5) -> list[int]:
    found = outliers(time_s, values, window_s=0.25, sigmas=3.0, floor=floor)
    return [int(k) for k in np.flatnonzero(found)]


@pytest.mark.parametrize("rate_hz", [10, 15, 30, 60, 240])
def test_a_single_spike_is_taken_out_at_any_frame_rate(rate_hz: int) -> None:
    t = np.arange(2 * rate_hz) / rate_hz
    values = 10.0 * np.sin(np.pi * t)
    values[rate_hz] += 40.0
    assert marked(t, values) == [rate_hz]


def test_spikes_at_the_ends_are_taken_out() -> None:
    t = np.arange(60) / 30
    values = np.zeros(60)
    values[[0, 59]] = 9.0
    assert marked(t, values) == [0, 59]


@pytest.mark.parametrize("rate_hz", [30, 60, 240])
def test_real_movement_is_left_alone(rate_hz: int) -> None:
    t = np.arange(3 * rate_hz) / rate_hz
    quick = 100.0 * np.sin(2 * np.pi * 1.0 * t)  # a toe going 200 px there and back in a second
    assert marked(t, quick) == []


def test_a_step_is_movement_and_not_an_outlier() -> None:
    t = np.arange(60) / 30
    assert marked(t, np.where(t < 1.0, 0.0, 50.0)) == []


def test_stillness_is_not_punished() -> None:
    t = np.arange(60) / 30
    values = np.zeros(60)
    values[30] = 1.4  # less than three times the floor
    assert marked(t, values, floor=0.5) == []


def test_noise_is_rarely_taken_out() -> None:
    t = np.arange(6000) / 30
    share = len(marked(t, RNG.normal(0, 2.0, 6000))) / 6000
    assert share < 0.08  # short windows know the spread badly: 5.6 % here, 0.3 % in theory


def test_missing_is_ignored_and_never_an_outlier() -> None:
    t = np.arange(60) / 30
    values = np.zeros(60)
    values[20:25] = np.nan
    values[30] = 50.0
    assert marked(t, values) == [30]


def test_a_window_of_nothing_but_missing_warns_of_nothing() -> None:
    t = np.arange(60) / 30
    assert marked(t, np.full(60, np.nan)) == []


def test_each_trailing_track_is_its_own() -> None:
    t = np.arange(30) / 30
    values = np.zeros((30, 4, 2))
    values[15, 2, 1] = 50.0
    found = outliers(t, values, window_s=0.25, sigmas=3.0, floor=0.5)
    assert found.shape == values.shape
    assert [tuple(map(int, w)) for w in np.argwhere(found)] == [(15, 2, 1)]


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_two_frames_have_no_outliers(frames: int) -> None:
    assert not outliers(np.arange(frames) / 30, np.zeros(frames), window_s=0.25, sigmas=3, floor=1).any()
