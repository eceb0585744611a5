"""A live number made steady: the one euro filter (Casiez, Roussel and Vogel, CHI 2012).

It averages over long while the number rests, so that a gauge stands still, and over short while it moves, so that
it does not lag. It never looks ahead. A planted ankle in motion lags by 15 ms at 25 pictures a second.
"""

from math import isfinite, pi

REST_HZ = 1.0  # cut-off at rest: about half of the noise of single pictures is left; ours
PER_SPEED = 0.08  # Hz for each degree a second; ours
SPEED_HZ = 3.0  # cut-off of the speed itself; ours: quick enough for a movement that takes half a second
GAP_S = 0.5  # after a longer gap it begins anew


class Steady:
    """Takes one number after the other, NaN where there is none, and gives each back steadied."""

    def __init__(self) -> None:
        self._time_s = self._value = float("nan")
        self._speed = 0.0

    def next(self, value: float, time_s: float) -> float:
        """The number of this moment; NaN for NaN."""
        if not isfinite(value):
            return value
        passed_s = time_s - self._time_s
        if not 0.0 < passed_s <= GAP_S:  # also at first, where nothing is known
            self._value, self._speed = value, 0.0
        else:
            speed = (value - self._value) / passed_s
            self._speed += _share(SPEED_HZ, passed_s) * (speed - self._speed)
            cutoff_hz = REST_HZ + PER_SPEED * abs(self._speed)
            self._value += _share(cutoff_hz, passed_s) * (value - self._value)
        self._time_s = time_s
        return self._value


def _share(cutoff_hz: float, passed_s: float) -> float:
    """Share of the way to a new number that a first-order low-pass goes."""
    turn = 2.0 * pi * cutoff_hz * passed_s
    return turn / (turn + 1.0)
