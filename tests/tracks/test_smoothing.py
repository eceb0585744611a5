"""The zero-phase low-pass on true time, and the noise of a track."""

import numpy as np
import pytest
from numpy.typing import NDArray

from rom.tracks.smoothing import noise_sd, smooth

Array = NDArray[np.float64]


def sine(time_s: Array, hz: float) -> Array:
    return np.asarray(np.sin(2 * np.pi * hz * time_s))


def gain(hz: float, rate_hz: float, cutoff_hz: float = 6.0) -> float:
    """Amplitude of a sine after smoothing, away from the ends."""
    t = np.arange(round(8 * rate_hz)) / rate_hz
    out = smooth(t, sine(t, hz), cutoff_hz)
    middle = slice(round(2 * rate_hz), round(6 * rate_hz))
    return float(np.sqrt(2) * np.std(out[middle]))


@pytest.mark.parametrize("rate_hz", [15, 30, 60, 240])
def test_the_cut_off_is_physical_at_any_frame_rate(rate_hz: int) -> None:
    assert gain(6.0, rate_hz) == pytest.approx(1 / np.sqrt(2), abs=0.01)  # -3 dB


@pytest.mark.parametrize("rate_hz", [30, 60, 240])
def test_movement_passes_and_shaking_does_not(rate_hz: int) -> None:
    assert gain(1.0, rate_hz) == pytest.approx(1.0, abs=0.002)
    assert gain(14.0, rate_hz) < 0.08  # 1 / (1 + (14 / 7.48) ** 4) at a high frame rate


def test_the_peak_stays_at_its_time() -> None:
    t = np.arange(300) / 60
    bump = np.exp(-(((t - 2.5) / 0.3) ** 2))
    assert t[np.argmax(smooth(t, bump, 6.0))] == pytest.approx(2.5)


def test_an_uneven_time_base_gives_what_an_even_one_gives() -> None:
    rng = np.random.default_rng(3)
    even = np.arange(240) / 30
    uneven = even + rng.uniform(-0.010, 0.010, 240)
    angle = 30 * np.sin(2 * np.pi * 0.5 * uneven)
    assert np.abs(smooth(uneven, angle, 6.0) - angle)[15:-15].max() < 0.1  # degrees, of a swing of 60


def test_a_sudden_change_of_the_frame_rate_is_not_movement() -> None:
    t = np.concatenate([np.arange(60) / 30, 2.0 + np.arange(60) / 15])
    angle = 30 * np.sin(2 * np.pi * 0.4 * t)
    assert np.abs(smooth(t, angle, 6.0) - angle)[10:-10].max() < 0.3


def test_the_ends_of_a_hold_stay_where_they_are() -> None:
    t = np.arange(60) / 30
    np.testing.assert_allclose(smooth(t, np.full(60, 18.0), 6.0), 18.0)


def test_too_slow_a_camera_for_the_cut_off_leaves_the_track_as_it_is() -> None:
    t = np.arange(40) / 10
    values = np.random.default_rng(1).normal(size=40)
    np.testing.assert_array_equal(smooth(t, values, 6.0), values)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 8])
def test_very_short_tracks_come_back_finite(frames: int) -> None:
    t = np.arange(frames) / 30
    values = np.linspace(0.0, 1.0, frames)
    out = smooth(t, values, 6.0)
    assert out.shape == values.shape
    assert np.isfinite(out).all()


def test_trailing_axes_are_tracks_of_their_own() -> None:
    t = np.arange(90) / 30
    both = np.stack([sine(t, 0.5), sine(t, 1.0)], axis=-1)
    np.testing.assert_allclose(smooth(t, both, 6.0)[:, 1], smooth(t, both[:, 1], 6.0))


@pytest.mark.parametrize("sd", [0.5, 3.0])
def test_noise_is_read_where_there_is_nothing_else(sd: float) -> None:
    noise = np.random.default_rng(5).normal(0, sd, 4000)
    assert noise_sd(noise).item() == pytest.approx(sd, rel=0.06)  # 4000 values, robust: about 2 % SD


@pytest.mark.parametrize(("rate_hz", "most_px"), [(10.0, 6.0), (30.0, 0.1), (60.0, 0.02)])
def test_movement_is_hardly_noise(rate_hz: float, most_px: float) -> None:
    t = np.arange(round(10 * rate_hz)) / rate_hz
    toe_px = 100 * np.sin(2 * np.pi * 1.0 * t)  # there and back once a second
    assert noise_sd(toe_px).item() < most_px  # at 10 Hz second differences would say 25 px


def test_spikes_and_gaps_do_not_make_noise() -> None:
    noise = np.random.default_rng(5).normal(0, 1.0, 3000)
    noise[::100] = 500.0
    noise[50::100] = np.nan
    assert noise_sd(noise).item() == pytest.approx(1.0, rel=0.15)


@pytest.mark.parametrize("frames", [0, 1, 4, 8])
def test_too_little_says_nan(frames: int) -> None:
    assert np.isnan(noise_sd(np.zeros((frames, 4, 2)))).all()
    assert noise_sd(np.zeros((frames, 4, 2))).shape == (4, 2)
