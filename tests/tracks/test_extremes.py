"""End-range plateaus."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rom.tracks.extremes import plateaus
from tests.planted import curve, times

T = times(12.0)


def found(values: NDArray[np.float64]) -> list[tuple[int, int, bool]]:
    return [(p.start, p.stop, p.at_edge) for p in plateaus(values, band=3.0, prominence=5.0)]


def test_holds_are_found_with_their_length() -> None:
    angle = curve(T, [(0, 1.0), (20, 2.0), (0, 1.0), (18, 2.0), (0, 1.0)])
    first, second = (p for p in plateaus(angle, band=3.0, prominence=5.0))
    assert (T[first.stop - 1] - T[first.start]) == pytest.approx(2.0 + 2 * 0.6 * 0.25, abs=0.1)  # a quarter of
    assert not first.at_edge  # each way lies within the band: acos(1 - 2 * 3 / 20) / pi
    assert not second.at_edge


def test_equally_high_frames_of_one_hold_are_one_plateau() -> None:
    assert found(np.array([0, 10, 9.9, 10, 9.9, 10, 0.0])) == [(1, 6, False)]
    assert found(np.array([0, 10, 10, 10, 0.0])) == [(1, 4, False)]


def test_a_hesitation_on_the_way_is_no_plateau() -> None:
    assert len(found(np.array([0, 8, 6, 12, 20, 12, 0.0]))) == 1


def test_holds_at_the_ends_are_found_and_said_to_be_at_the_edge() -> None:
    angle = curve(T, [(20, 2.0), (0, 1.0), (20, 99.0)])
    assert [edge for _, _, edge in found(angle)] == [True, True]


def test_a_rise_that_is_cut_off_is_at_the_edge() -> None:
    ((_, stop, at_edge),) = found(np.linspace(0.0, 20.0, 50))
    assert at_edge
    assert stop == 50


@pytest.mark.parametrize("values", [[], [5.0]])
def test_next_to_nothing_has_no_plateau(values: list[float]) -> None:
    assert plateaus(np.array(values), band=3.0, prominence=5.0) == []


@given(st.lists(st.floats(-60, 60), min_size=2, max_size=80), st.floats(-100, 100))
def test_plateaus_are_in_order_apart_and_do_not_mind_an_offset(values: list[float], offset: float) -> None:
    track = np.round(np.array(values), 3)
    spans = found(track)
    assert spans, "the largest value is always one"
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert found(np.round(track + np.round(offset), 3)) == spans
