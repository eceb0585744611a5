"""Times that were put right: worked by hand, and properties over any stream of times."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.video.timing import Clock, TimeRepair


def repaired(times: list[float | None], interval_s: float = 1.0) -> tuple[list[float], TimeRepair]:
    repair = TimeRepair(interval_s)
    return [time for time, _ in repair.run((time, None) for time in times)], repair


@pytest.mark.parametrize(
    ("given_s", "expected_s", "missing", "unordered"),
    [
        ([], [], 0, 0),
        ([7.0], [0], 0, 0),
        ([7.0, 8.0, 10.0], [0, 1, 3], 0, 0),
        ([None, None, None], [0, 1, 2], 3, 0),
        ([None, 5.0, 6.0], [0, 1, 2], 1, 0),
        ([0.0, 1.0, None, 3.0], [0, 1, 2, 3], 1, 0),
        ([0.0, 1.0, 1.0, 2.0], [0, 1, 1.5, 2], 0, 1),
        ([0.0, 1.0, 2.0, 90.0, 4.0, 5.0], [0, 1, 2, 3, 4, 5], 0, 1),  # one far ahead
        ([0.0, 1.0, 2.0, 0.5, 4.0], [0, 1, 2, 3, 4], 0, 1),  # one far behind
        ([0.0, 1.0, 2.0, 0.0, 1.0, 2.0], [0, 1, 2, 3, 4, 5], 0, 1),  # a clock that starts again
        ([3.0, 3.0, 3.0, 3.0], [0, 1, 2, 3], 0, 3),  # a clock that stands still
        ([0.0, 1.0, 1.0], [0, 1, 2], 0, 1),  # the last one
    ],
)
def test_by_hand(given_s: list[float | None], expected_s: list[float], missing: int, unordered: int) -> None:
    times, repair = repaired(given_s)
    assert times == expected_s
    assert (repair.missing, repair.unordered) == (missing, unordered)
    assert len(repair.notes()) == (missing > 0) + (unordered > 0)


@given(st.lists(st.none() | st.floats(0, 1e4, allow_nan=False), max_size=40), st.floats(0.001, 2.0))
def test_any_times_rise_strictly_from_zero(times: list[float | None], interval_s: float) -> None:
    got, _ = repaired(times, interval_s)
    assert len(got) == len(times)
    assert got[:1] in ([], [0.0])
    # midpoints of midpoints reach the resolution of floats only after 40 halvings of at least 1e-12 of 1e4 s
    assert all(after > before for before, after in pairwise(got))


@given(st.lists(st.floats(0.001, 2.0), max_size=30), st.floats(-100, 100))
def test_good_times_are_left_alone(steps: list[float], start_s: float) -> None:
    times = [start_s]
    for step in steps:
        times.append(times[-1] + step)
    got, repair = repaired(list(times))
    assert got == pytest.approx([time - start_s for time in times], abs=1e-9)
    assert repair.notes() == []


def test_clock_gives_rate_and_duration() -> None:
    clock = Clock()
    assert clock.rate_hz is None
    assert clock.median_rate_hz() is None
    assert clock.duration_s is None
    for time_s in (0.0, 0.1, 0.2, 0.3, 1.3):
        clock.tick(time_s, None)
    assert clock.median_rate_hz() == pytest.approx(10)
    assert clock.rate_hz == pytest.approx(4 / 1.3)
    assert clock.duration_s == pytest.approx(1.4)  # the last one stands as long as the others, by the median
    clock.tick(1.5, 0.25)
    assert clock.duration_s == pytest.approx(1.75)
