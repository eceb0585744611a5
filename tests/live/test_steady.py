"""A live number made steady: still at rest, quick in motion, never looking ahead."""

import numpy as np
import pytest

from rom.live.steady import Steady
from tests.planted import Array, curve, times


def steadied(time_s: Array, values: Array) -> Array:
    steady = Steady()
    return np.array([steady.next(float(v), float(t)) for t, v in zip(time_s, values, strict=True)])


@pytest.mark.parametrize("rate_hz", [15.0, 25.0, 30.0])
def test_noise_at_rest_is_halved(rate_hz: float) -> None:
    t = times(60.0, rate_hz)
    noise = np.random.default_rng(1).normal(0.0, 1.2, len(t))
    assert np.std(steadied(t, -20.0 + noise)[30:]) < 0.6 * 1.2


def test_it_lags_by_less_than_a_picture_in_motion() -> None:
    """Ends of 18 and -45 degrees, a second for the way: the delay that fits best, in quick parts."""
    t = times(40.0, 25.0)
    angle = curve(t, [(0, 2), *([(18, 1.5), (-45, 1.5)] * 6), (0, 5)], move_s=1.0)
    given = steadied(t, angle + np.random.default_rng(0).normal(0.0, 1.2, len(t)))
    quick = np.abs(np.gradient(angle, t)) > 30.0
    lags = np.arange(0.0, 0.2, 0.005)
    misses = [np.abs(np.interp(t - lag, t, angle) - given)[quick].mean() for lag in lags]
    assert lags[int(np.argmin(misses))] <= 0.03


def test_it_does_not_look_ahead() -> None:
    t = times(4.0)
    values = np.random.default_rng(2).normal(0.0, 5.0, len(t))
    changed = values.copy()
    changed[60:] += 50.0
    np.testing.assert_array_equal(steadied(t, values)[:60], steadied(t, changed)[:60])


def test_a_gap_is_not_bridged_and_missing_stays_missing() -> None:
    steady = Steady()
    assert steady.next(10.0, 0.0) == 10.0
    assert np.isnan(steady.next(float("nan"), 0.04))
    assert 10.0 < steady.next(20.0, 0.08) < 20.0
    assert steady.next(-30.0, 2.0) == -30.0, "begun anew"
    assert steady.next(5.0, 2.0) == 5.0, "also where time stands still"
