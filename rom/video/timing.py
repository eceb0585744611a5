"""Timestamps that rise strictly: missing ones are filled in, those out of order put right, both counted."""

import statistics
from array import array
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")


class TimeRepair:
    """Repairs a stream of times that should rise strictly, looking one item ahead.

    A single time that is missing, repeated or out of line is placed midway between its neighbours. Where the
    following one does not fit either (all missing, a clock that starts again), the time goes on by
    `interval_s` and what follows is shifted to join on.

    Attributes
    ----------
    missing, unordered : how many times were filled in, and how many were moved.
    """

    def __init__(self, interval_s: float) -> None:
        self.interval_s = interval_s
        self.missing = 0
        self.unordered = 0

    def run(self, items: Iterator[tuple[float | None, Item]]) -> Iterator[tuple[float, Item]]:
        """Yield every item with a time from 0, strictly increasing.

        Examples
        --------
        >>> repair = TimeRepair(interval_s=1.0)
        >>> [time for time, _ in repair.run(iter([(5.0, "a"), (6.0, "b"), (6.0, "c"), (7.0, "d")]))]
        [0.0, 1.0, 1.5, 2.0]
        """
        here = next(items, None)
        if here is None:
            return
        ahead = next(items, None)
        shift, last = -self._origin(here[0], ahead), -self.interval_s
        while here is not None:
            time, after = (None if row is None or row[0] is None else row[0] + shift for row in (here, ahead))
            placed = self._place(time, after, last)
            if time is not None and placed > time and (after is None or after <= placed):
                shift += placed - time
            yield placed, here[1]
            last, here, ahead = placed, ahead, next(items, None) if ahead is not None else None

    def _origin(self, first: float | None, ahead: tuple[float | None, Item] | None) -> float:
        """The source's time at the first item, from the second where the first has none."""
        if first is not None:
            return first
        return ahead[0] - self.interval_s if ahead is not None and ahead[0] is not None else 0.0

    def _place(self, time: float | None, after: float | None, last: float) -> float:
        """Time of one item: its own where it fits between the last one and the one after."""
        after_fits = after is not None and after > last
        overtaken = time is not None and after is not None and last < after < time
        if time is not None and time > last and (not overtaken or last < 0):
            return time
        if time is None:
            self.missing += 1
        else:
            self.unordered += 1
        if after is not None and after_fits and last >= 0:
            return (last + after) / 2
        return last + self.interval_s

    def notes(self) -> list[str]:
        """Plain sentences on what was repaired."""
        rate = f"{1 / self.interval_s:.4g} pictures per second"
        found = []
        if self.missing:
            found.append(f"{self.missing} pictures had no time of their own; {rate} was assumed for them.")
        if self.unordered:
            found.append(
                f"{self.unordered} pictures had times out of order; they were put between their neighbours."
            )
        return found


class Clock:
    """Keeps the times that were given out, for the rate and the duration. 8 bytes per picture."""

    def __init__(self) -> None:
        self._steps = array("d")
        self.last_s: float | None = None
        self.last_duration_s: float | None = None

    def tick(self, time_s: float, duration_s: float | None) -> None:
        """Take note of one picture."""
        if self.last_s is not None:
            self._steps.append(time_s - self.last_s)
        self.last_s, self.last_duration_s = time_s, duration_s

    @property
    def rate_hz(self) -> float | None:
        """Pictures per second so far, quickly; None before the second."""
        return len(self._steps) / self.last_s if self._steps and self.last_s else None

    def median_rate_hz(self) -> float | None:
        """One over the median step between pictures; None before the second."""
        return 1 / statistics.median(self._steps) if self._steps else None

    @property
    def duration_s(self) -> float | None:
        """From the first picture to the end of the last one; None before the first."""
        if self.last_s is None:
            return None
        return self.last_s + (self.last_duration_s or (statistics.median(self._steps) if self._steps else 0.0))
