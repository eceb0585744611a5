"""Landings and toe-offs of planted walks."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from rom.exam.gait_events import foot_events, steady
from rom.records import Floats, GaitEvents, Side
from rom.tracks.smoothing import smooth
from tests.planted_walk import WalkPlan, walk_times

GAP_S = 0.2
#: Half of the planted ramp (0.15 of a swing of 0.42 s), in which neither threshold can be said to be the moment.
NEAR_S = 0.03


def found(plan: WalkPlan, side: Side = "right", seen: NDArray[np.bool_] | None = None) -> GaitEvents:
    heel = plan.foot(side)
    if seen is not None:
        heel = np.where(seen, heel, np.nan)
    return events(plan, heel, side)


def events(plan: WalkPlan, heel: Floats, side: Side = "right") -> GaitEvents:
    shot = np.zeros(len(plan.time_s), dtype=int)
    return foot_events(side, plan.time_s, shot, heel, heel + plan.foot_px, GAP_S, plan.body())


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 60.0, 100.0])
def test_every_landing_and_toe_off_is_found_when_it_happens(rate_hz: float, side: Side) -> None:
    plan = WalkPlan(walk_times(rate_hz=rate_hz))
    told = found(plan, side)
    assert told.initial_contact_s == pytest.approx(plan.landings_s(side), abs=NEAR_S)
    assert told.toe_off_s == pytest.approx(plan.toe_offs_s(side), abs=NEAR_S)
    assert len(told.cycles_s) == len(plan.landings_s(side)) - 1
    assert told.cycles_s[:, 2] - told.cycles_s[:, 0] == pytest.approx(plan.stride_s, abs=0.01)
    assert told.stride_length == pytest.approx(plan.stride_px, rel=0.02)


@pytest.mark.parametrize("stride_s", [0.85, 1.1, 1.6])
@pytest.mark.parametrize("stance", [0.58, 0.65, 0.72])
def test_slow_and_quick_walks(stride_s: float, stance: float) -> None:
    plan = WalkPlan(walk_times(8.0), stride_s=stride_s, stance=stance)
    told = found(plan)
    share = (told.cycles_s[:, 1] - told.cycles_s[:, 0]) / (told.cycles_s[:, 2] - told.cycles_s[:, 0])
    assert len(share) >= 3
    assert share == pytest.approx(stance, abs=2 * NEAR_S / stride_s)


def test_a_shift_in_time_shifts_the_events() -> None:
    plan = WalkPlan(walk_times())
    later = replace(plan, time_s=plan.time_s + 100.0, first_s=plan.first_s + 100.0)
    assert found(later).cycles_s == pytest.approx(found(plan).cycles_s + 100.0, abs=1e-6)


def test_the_unit_does_not_matter() -> None:
    plan = WalkPlan(walk_times())
    metres = replace(plan, stride_px=1.3, foot_px=0.25)
    assert found(metres).cycles_s == pytest.approx(found(plan).cycles_s, abs=1e-9)
    assert found(metres).stride_length == pytest.approx(1.3, rel=0.02)


def test_on_a_treadmill_the_same_is_found() -> None:
    plan = WalkPlan(walk_times())
    belt = replace(plan, belt_px_s=plan.stride_px / plan.stride_s)  # the body stays where it is
    assert found(belt).cycles_s == pytest.approx(found(plan).cycles_s, abs=1e-6)
    assert found(belt).stride_length == pytest.approx(found(plan).stride_length, rel=1e-6)


def test_an_uneven_frame_rate_moves_nothing() -> None:
    random = np.random.default_rng(3)
    even = walk_times(6.0, 60.0)
    kept = even[random.random(len(even)) > 0.3]
    plan = WalkPlan(kept + random.uniform(0.0, 0.004, len(kept)))
    told = found(plan)
    assert told.initial_contact_s == pytest.approx(plan.landings_s("right"), abs=NEAR_S + 0.01)
    assert told.toe_off_s == pytest.approx(plan.toe_offs_s("right"), abs=NEAR_S + 0.01)


@pytest.mark.parametrize("noise_px", [1.0, 2.0])
def test_noise_that_was_low_passed_hides_nothing(noise_px: float) -> None:
    plan = WalkPlan(walk_times(8.0, 30.0))
    noise = np.random.default_rng(5).normal(0.0, noise_px, len(plan.time_s))
    told = events(plan, smooth(plan.time_s, plan.foot("right") + noise, 6.0))
    # low-passing at 6 Hz spreads the ramp by some 40 ms
    assert told.initial_contact_s == pytest.approx(plan.landings_s("right"), abs=NEAR_S + 0.02)
    assert told.toe_off_s == pytest.approx(plan.toe_offs_s("right"), abs=NEAR_S + 0.02)


def test_a_gap_takes_only_the_stride_it_lies_in() -> None:
    plan = WalkPlan(walk_times(6.0))
    second = plan.landings_s("right")[1]
    told = found(plan, seen=~((plan.time_s > second + 0.2) & (plan.time_s < second + 0.6)))
    whole = found(plan).cycles_s
    assert told.cycles_s == pytest.approx(np.delete(whole, 1, axis=0), abs=1e-6)


def test_a_foot_followed_from_the_middle_of_a_swing_gives_its_landing() -> None:
    plan = WalkPlan(walk_times())
    start = plan.toe_offs_s("right")[0] + 0.6 * (1 - plan.stance) * plan.stride_s
    told = found(plan, seen=plan.time_s > start)
    assert told.initial_contact_s[0] == pytest.approx(plan.landings_s("right")[1], abs=NEAR_S)
    assert told.toe_off_s[0] > told.initial_contact_s[0]


def test_a_pause_is_no_stride() -> None:
    plan = WalkPlan(walk_times(8.0))
    stop = plan.landings_s("right")[2] + 0.3  # in stance, the foot still
    held = np.where(plan.time_s < stop, plan.time_s, np.maximum(stop, plan.time_s - 1.5))
    paused = replace(plan, time_s=held)  # the same walk, 1.5 s longer
    told = foot_events(
        "right",
        plan.time_s,
        np.zeros(len(held), dtype=int),
        paused.foot("right"),
        paused.foot("right") + plan.foot_px,
        GAP_S,
    )
    lasting = told.cycles_s[:, 2] - told.cycles_s[:, 0]
    assert len(lasting) >= 3
    assert lasting == pytest.approx(plan.stride_s, abs=0.01)


@pytest.mark.parametrize("way", ["stands", "backwards", "nothing seen", "two frames"])
def test_where_nobody_walks_forward_there_are_no_events(way: str) -> None:
    plan = WalkPlan(walk_times())
    heel = plan.foot("right")
    heel = {
        "stands": 0.0 * heel,
        "backwards": -heel,
        "nothing seen": np.full_like(heel, np.nan),
        "two frames": np.where(np.arange(len(heel)) < 2, heel, np.nan),
    }[way]
    told = events(plan, heel)
    assert len(told.initial_contact_s) == len(told.toe_off_s) == len(told.cycles_s) == len(told.stride_length) == 0


def test_landmarks_that_go_over_to_the_other_leg_where_the_legs_cross_give_no_stride() -> None:
    plan = WalkPlan(walk_times())
    ahead = np.maximum(plan.foot("left"), plan.foot("right"))  # always the foot in front
    assert len(events(plan, ahead).cycles_s) == 0


@pytest.mark.parametrize("crossing", [0.31, 0.81])  # of the stride: the left foot passes the right one, and back
def test_one_swap_takes_the_strides_it_touches(crossing: float) -> None:
    plan = WalkPlan(walk_times(8.0))
    swap_s = plan.first_s + (3.0 + crossing) * plan.stride_s
    told = events(plan, np.where(plan.time_s < swap_s, plan.foot("right"), plan.foot("left")))
    lasting = told.cycles_s[:, 2] - told.cycles_s[:, 0]
    assert len(lasting) >= 4
    assert lasting == pytest.approx(plan.stride_s, abs=0.02)


@pytest.mark.parametrize("stance", [0.35, 0.45, 0.5])
def test_running_is_no_walk(stance: float) -> None:
    assert len(found(WalkPlan(walk_times(), stride_s=0.8, stance=stance)).cycles_s) == 0


def test_short_strides_beside_the_longest_are_not_steady() -> None:
    plan = WalkPlan(walk_times())
    told = found(plan)
    assert len(steady(told, plan.stride_px).cycles_s) == len(told.cycles_s)
    assert len(steady(told, 2.0 * plan.stride_px).cycles_s) == 0


def test_cycles_and_strides_speak_of_the_same() -> None:
    nothing = np.empty(0)
    with pytest.raises(ValueError, match="stride_length"):
        GaitEvents("left", nothing, nothing, np.zeros((2, 3)), nothing)
