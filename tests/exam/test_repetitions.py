"""Repetitions of planted movements."""

from dataclasses import replace

import numpy as np
import pytest

from rom.ankle.angle import angle_track
from rom.exam.repetitions import find_repetitions, noise_spread_deg, whole_as_repetition
from rom.records import AngleTrack, Motion, Repetition
from rom.settings import Settings
from tests.planted import Plan, curve, exam_plan, planted, times, without

SETTINGS = Settings()


def track_of(plan: Plan) -> AngleTrack:
    return angle_track(planted(plan), "right", SETTINGS)


def used(plan: Plan, motion: Motion = "dorsiflexion") -> list[float]:
    return [r.value_deg for r in find_repetitions(track_of(plan), motion, SETTINGS) if r.used]


def moved(stops: list[tuple[float, float]], duration_s: float = 12.0, rate_hz: float = 30.0) -> Plan:
    t = times(duration_s, rate_hz)
    return Plan(t, curve(t, stops))


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0, 240.0])
@pytest.mark.parametrize("noise_px", [0.0, 2.0, 4.0])
def test_holds_are_read_without_the_noise_s_peaks(rate_hz: float, noise_px: float) -> None:
    plan = replace(exam_plan(up=18.0, down=-47.0, rate_hz=rate_hz), noise_px=noise_px)
    # 4 px on a 150 px foot are 2.4 deg a frame; a hold of 1.5 s has 18 independent values: 0.6 for its median
    near = 0.2 + 0.2 * noise_px
    for motion, truth in (("dorsiflexion", 18.0), ("plantar_flexion", 47.0)):
        track = track_of(plan)
        found = [r for r in find_repetitions(track, motion, SETTINGS) if r.used]  # type: ignore[arg-type]
        assert len(found) == 3
        assert all(r.held for r in found)
        assert np.mean([r.value_deg for r in found]) == pytest.approx(truth, abs=near)
        assert np.nanmax(np.abs(track.raw_deg)) > 47.0 + noise_px  # the largest frame would be wrong


def test_times_and_frames_of_a_hold() -> None:
    (found,) = find_repetitions(track_of(moved([(0, 1.0), (20, 2.0), (-20, 9.0)])), "dorsiflexion", SETTINGS)
    assert found.start_s == pytest.approx(1.45, abs=0.15)  # three quarters of the way of 0.6 s, after 1 s
    assert found.end_s == pytest.approx(3.75, abs=0.15)
    assert found.frames == pytest.approx(30 * (found.end_s - found.start_s), abs=2)


def test_the_best_of_unequal_repetitions_leaves_the_lesser_out() -> None:
    found = find_repetitions(
        track_of(moved([(0, 0.5), (20, 1.2), (0, 0.5), (12, 1.2), (0, 0.5), (18, 1.2), (0, 1)])),
        "dorsiflexion",
        SETTINGS,
    )
    assert [round(r.value_deg) for r in found] == [20, 12, 18]
    assert [r.used for r in found] == [True, False, True]
    assert found[1].reason == "stopped 8° before the largest"


def test_small_dorsiflexion_beside_large_plantar_flexion_is_counted() -> None:
    swings = [(0.0, 1.0), *([(12.0, 1.5), (0.0, 1.0)] * 3), *([(-50.0, 1.5), (0.0, 1.0)] * 3)]
    plan = replace(moved(swings, 23.0), noise_px=1.0)
    assert used(plan) == pytest.approx([12, 12, 12], abs=0.6)
    assert used(plan, "plantar_flexion") == pytest.approx([50, 50, 50], abs=0.6)


def test_a_turning_point_is_kept_and_said_to_be_one() -> None:
    t = times(8.0)
    found = find_repetitions(track_of(Plan(t, -15 + 33 * np.sin(2 * np.pi * t))), "dorsiflexion", SETTINGS)
    assert len(found) == 8
    assert not any(r.held for r in found)
    # median of the band below a rounded peak: a quarter of 3 deg down, and what the filter takes from 1 Hz
    assert [r.value_deg for r in found if r.used] == pytest.approx([17.1] * 8, abs=0.5)


@pytest.mark.parametrize("rate_hz", [10.0, 15.0])
@pytest.mark.parametrize("taps_hz", [1.5, 2.0])
def test_turning_points_between_two_pictures_are_never_read_short(rate_hz: float, taps_hz: float) -> None:
    t = times(8.0, rate_hz)
    plan = Plan(t, -15 + 33 * np.sin(2 * np.pi * taps_hz * t), noise_px=1.0)
    assert all(value > 15.0 for value in used(plan))  # the truth is 18; it may also be left untold


@pytest.mark.parametrize("speed_deg_s", [3.0, 5.0, 12.0, 40.0])
def test_a_recording_that_ends_in_mid_movement(speed_deg_s: float) -> None:
    t = times(40.0 / speed_deg_s + 1.0)
    rising = Plan(t, np.maximum(-25.0, 15.0 - speed_deg_s * (t[-1] - t)))
    assert used(rising) == []
    (largest,) = [r for r in find_repetitions(track_of(rising), "dorsiflexion", SETTINGS) if r.value_deg > 0]
    assert largest.reason == "the recording starts or stops in the middle of it"


def test_a_recording_that_starts_in_mid_movement() -> None:
    t = times(6.0)
    assert used(Plan(t, np.maximum(-25.0, 15.0 - 5.0 * t))) == []


def test_a_hold_at_the_end_of_the_recording_counts() -> None:
    assert used(moved([(-20, 1.0), (15, 99.0)], 4.0)) == pytest.approx([15.0], abs=0.1)


def test_a_lesser_end_is_never_passed_off_as_the_largest() -> None:
    t = times(7.0)
    angle = curve(t, [(0, 0.5), (10, 1.5), (0, 1.0), (25, 9.0)])  # the last rise is cut off
    cut = t < 4.7
    found = find_repetitions(track_of(Plan(t[cut], angle[cut])), "dorsiflexion", SETTINGS)
    assert [r.used for r in found] == [False, False]
    assert found[0].reason.startswith("stopped")


@pytest.mark.parametrize("lost_s", [0.1, 0.3, 0.5])
def test_a_hold_in_which_the_leg_is_lost_for_a_moment_is_one(lost_s: float) -> None:
    plan = replace(moved([(0, 0.5), (18, 2.5), (0, 9.0)], 5.0), noise_px=1.0)
    gone = np.abs(plan.time_s - 2.35) < lost_s / 2
    track = angle_track(without(planted(plan), gone), "right", SETTINGS)
    (found,) = (r for r in find_repetitions(track, "dorsiflexion", SETTINGS) if r.value_deg > 10)
    assert found.used
    assert found.value_deg == pytest.approx(18.0, abs=0.5)
    assert found.frames <= np.count_nonzero(~gone & (plan.angle_deg > 14))


@pytest.mark.parametrize("limit_deg", [6.0, 10.0, 14.0])
@pytest.mark.parametrize("hold_s", [0.0, 1.0])
def test_an_end_that_is_never_seen_is_not_read_at_its_shoulders(limit_deg: float, hold_s: float) -> None:
    plan = moved([(-10, 0.5), (18, hold_s), (-10, 0.5), (18, hold_s), (-10, 9)], 6.0)
    track = angle_track(without(planted(plan), plan.angle_deg > limit_deg, ("foot_index",)), "right", SETTINGS)
    read = [r.value_deg for r in find_repetitions(track, "dorsiflexion", SETTINGS) if r.used]
    # Without a hold the unseen top may be shorter than a gap that is filled: then it is read up to 18 - limit short
    assert all(value > limit_deg for value in read)
    assert not (read and hold_s)


def test_movement_seen_in_too_few_pictures() -> None:
    t = times(4.0, 5.0)
    angle = np.where(np.isin(np.arange(len(t)), (8, 9)), 15.0, -20.0)
    settings = Settings(outlier_sigmas=10.0, frames_min=3)
    track = angle_track(planted(Plan(t, angle)), "right", settings)
    reasons = [r.reason for r in find_repetitions(track, "dorsiflexion", settings) if r.value_deg > 0]
    assert all(reason == "seen in only 2 pictures" for reason in reasons)


def test_nothing_known_has_no_repetition() -> None:
    plan = exam_plan()
    blind = angle_track(without(planted(plan), np.ones(len(plan.time_s), dtype=bool)), "right", SETTINGS)
    assert find_repetitions(blind, "dorsiflexion", SETTINGS) == ()
    assert noise_spread_deg(blind, SETTINGS) == 0.0


def test_a_photograph_is_one_held_position() -> None:
    found: Repetition = whole_as_repetition(track_of(Plan(times(0.04), np.array([12.0]))), "dorsiflexion", SETTINGS)
    assert found.value_deg == pytest.approx(12.0)
    assert found.frames == 1
    assert np.isnan(found.sd_deg)


def test_noise_spread_is_that_of_the_smooth_track() -> None:
    track = track_of(Plan(times(60.0), np.zeros(1800), noise_px=3.0))
    spread = float(np.ptp(np.percentile(track.smooth_deg, [0.6, 99.4])))  # 5 SD of a normal distribution
    assert noise_spread_deg(track, SETTINGS) == pytest.approx(spread, rel=0.15)
