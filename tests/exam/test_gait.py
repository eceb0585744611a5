"""Gait numbers of planted walks."""

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.ankle.angle import angle_track
from rom.errors import UsageError
from rom.exam.gait import Walker, gait_of, over_strides, walk
from rom.records import SIDES, Floats, Gait, GaitEvents, Landmarks, LegGait, Side
from rom.records.examination import _plain
from rom.settings import Settings
from tests.planted_walk import NAMES, WalkPlan, walk_times, walked

SETTINGS = Settings()
#: Largest plantar flexion and peak stance dorsiflexion of the planted curve, degrees.
PUSH_OFF_DEG, PEAK_DEG = 19.79, 11.84


def told(landmarks: Landmarks, near: Side | None = "right", **about: object) -> Gait | str:
    tracks = {side: angle_track(landmarks, side, SETTINGS) for side in SIDES}
    return gait_of(landmarks, tracks, near, SETTINGS, **about)  # type: ignore[arg-type]


def gait(plan: WalkPlan, near: Side | None = "right", **about: object) -> Gait:
    found = told(walked(plan), near, **about)
    assert isinstance(found, Gait), found
    return found


def by_hand(cycles_s: list[tuple[float, float, float]], side: Side = "right") -> GaitEvents:
    cycles = np.array(cycles_s, dtype=float).reshape(-1, 3)
    lands = np.unique(cycles[:, [0, 2]])
    return GaitEvents(side, lands, cycles[:, 1], cycles, np.full(len(cycles), 1.2))


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 60.0, 120.0])
def test_a_planted_walk_gives_its_numbers(rate_hz: float) -> None:
    plan = WalkPlan(walk_times(5.0, rate_hz))
    found = gait(plan)
    (leg,) = found.legs
    assert leg.side == "right"
    assert len(leg.curves_deg) == len(plan.landings_s("right")) - 1
    # low-passing at 6 Hz takes 1 deg off the push-off, whose outer half lasts 0.15 s
    assert leg.push_off_plantar_flexion_deg.mean == pytest.approx(PUSH_OFF_DEG, abs=1.5)
    assert leg.peak_stance_dorsiflexion_deg.mean == pytest.approx(PEAK_DEG, abs=0.5)
    assert leg.push_off_plantar_flexion_deg.sd < 0.5
    assert leg.stride_s.mean == pytest.approx(plan.stride_s, abs=0.005)
    assert found.cadence_steps_min.mean == pytest.approx(120.0 / plan.stride_s, rel=0.005)
    assert leg.stance_share.mean == pytest.approx(plan.stance, abs=0.04)
    assert leg.stride_over_leg.mean == pytest.approx(plan.stride_px / plan.leg_px, rel=0.02)
    assert found.step_asymmetry_percent == pytest.approx(0.0, abs=2.0)
    assert found.step_s["left"].mean == pytest.approx(0.5 * plan.stride_s, abs=0.01)


def test_the_curve_is_the_planted_one() -> None:
    plan = WalkPlan(walk_times(6.0, 100.0))
    (leg,) = gait(plan, speed="free").legs
    assert leg.mean_deg.shape == leg.sd_deg.shape == leg.percent.shape == (51,)
    free = next(beside for beside in leg.comparisons if beside.curve == "Schwartz2008/free")
    assert free.share_inside == 1.0
    assert free.offset_deg == pytest.approx(0.0, abs=0.5)
    assert free.rmse_shape_deg < 1.5  # contacts read 20 ms early move the steep push-off by 2 % of the cycle
    assert leg.sd_deg.max() < 0.5


def test_walking_to_the_left_gives_the_same_of_the_left_leg() -> None:
    plan = WalkPlan(walk_times(5.0, 60.0))
    right = gait(plan).legs[0]
    mirrored = walked(replace(plan, facing=-1))
    swapped = [NAMES.index(_other(name)) for name in NAMES]
    landmarks = replace(mirrored, points_px=mirrored.points_px[:, swapped])
    found = told(landmarks, "left")
    assert isinstance(found, Gait)
    (left,) = found.legs
    assert left.side == "left"
    assert left.curves_deg == pytest.approx(right.curves_deg, abs=1e-6)
    assert left.events.cycles_s == pytest.approx(right.events.cycles_s, abs=1e-6)


def _other(name: str) -> str:
    side, _, part = name.partition("_")
    return f"{'right' if side == 'left' else 'left'}_{part}"


def test_a_limp_shows_in_the_step_times_with_its_sign() -> None:
    plan = WalkPlan(walk_times(6.0, 60.0), left_phase=0.45)  # left step 0.45, right step 0.55 of the stride
    found = gait(plan)
    assert found.step_asymmetry_percent == pytest.approx(20.0, abs=3.0)  # (0.55 - 0.45) / 0.5
    assert found.step_asymmetry_se_percent < 2.0


def test_both_legs_get_a_curve_where_both_are_seen_alike() -> None:
    found = gait(WalkPlan(walk_times()), near=None)
    assert [leg.side for leg in found.legs] == ["left", "right"]


def test_a_far_foot_that_is_not_seen_leaves_the_near_leg_its_numbers() -> None:
    landmarks = walked(WalkPlan(walk_times()))
    confidence = np.array(landmarks.confidence)
    confidence[:, [NAMES.index(f"left_{part}") for part in ("knee", "ankle", "heel", "foot_index")]] = 0.1
    found = told(replace(landmarks, confidence=confidence))
    assert isinstance(found, Gait)
    assert len(found.legs) == 1
    assert found.step_s == {}
    assert np.isnan(found.step_asymmetry_percent)
    assert any("left and right cannot be compared" in remark for remark in found.remarks)


def test_noise_of_two_pixels_moves_the_ends_by_little() -> None:
    plan = WalkPlan(walk_times(6.0, 60.0), noise_px=2.0)
    (leg,) = gait(plan).legs
    # 2 px on a foot of 90 px are 1.8 deg a frame; after 6 Hz at 60 Hz 0.8, and an extreme of it lies 1 SD out
    assert leg.peak_stance_dorsiflexion_deg.mean == pytest.approx(PEAK_DEG, abs=2.5)
    assert leg.push_off_plantar_flexion_deg.mean == pytest.approx(PUSH_OFF_DEG, abs=2.5)


def test_a_person_who_stands_or_is_not_there_gets_a_plain_reason() -> None:
    plan = WalkPlan(walk_times())
    stands = told(walked(replace(plan, stride_px=1e-6)))
    assert isinstance(stands, str)
    assert stands.startswith("Fewer than two steps of the right foot were seen")
    landmarks = walked(plan)
    nobody = told(replace(landmarks, confidence=np.zeros_like(landmarks.confidence)))
    assert isinstance(nobody, str)
    assert nobody.startswith("No leg was seen")


def test_a_single_step_is_no_gait() -> None:
    plan = WalkPlan(walk_times(1.3))  # one landing of the right foot, at 0.3 s
    assert isinstance(told(walked(plan)), str)


def test_one_stride_has_no_spread_and_says_so() -> None:
    plan = WalkPlan(walk_times(1.9))
    found = gait(plan)
    (leg,) = found.legs
    assert len(leg.curves_deg) == 1
    assert np.isnan(leg.sd_deg).all()
    assert np.isnan(leg.push_off_plantar_flexion_deg.se)
    assert found.remarks[0] == "1 whole stride of the right leg was seen; 3 or more are better."


def test_speed_is_told_where_the_leg_is_known_in_metres() -> None:
    plan = WalkPlan(walk_times(), stride_s=1.0)
    unknown = gait(plan)
    assert np.isnan(unknown.speed)
    assert unknown.legs[0].comparisons == ()
    assert any("walking speed cannot be told" in remark for remark in unknown.remarks)
    known = gait(plan, leg_length_m=0.85)
    # 560 / 400 legs of 0.85 m in 1 s: 1.19 m/s; over sqrt(9.81 x 0.85) = 2.89 m/s
    assert known.speed == pytest.approx(0.412, abs=0.01)
    assert known.speed_class == "free"
    assert {beside.speed for beside in known.legs[0].comparisons} == {"free"}
    assert all("children" in beside.people for beside in known.legs[0].comparisons)
    assert any("children" in remark for remark in known.remarks)


def test_a_speed_outside_the_published_ones_is_compared_with_none() -> None:
    found = gait(WalkPlan(walk_times(), stride_s=0.72, stride_px=900.0), leg_length_m=0.85)
    assert found.speed > 0.78  # the quickest class ends there
    assert found.speed_class == ""
    assert found.legs[0].comparisons == ()
    assert any("No published curve is for this walking speed" in remark for remark in found.remarks)


def test_a_class_of_speed_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="leisurely"):
        told(walked(WalkPlan(walk_times())), speed="leisurely")


def _hand_angle(time_s: Floats) -> Floats:
    """10 up at 0.4 of a second, 20 down at 0.65, 4 up at 0.85; every second again."""
    at = [0.0, 0.1, 0.4, 0.65, 0.85, 1.0]
    return np.asarray(np.interp(time_s % 1.0, at, [0.0, -5.0, 10.0, -20.0, 4.0, 0.0]))


def test_numbers_worked_by_hand() -> None:
    time_s = np.arange(0, 3001) / 1000.0
    events = {"right": by_hand([(0.0, 0.6, 1.0), (1.0, 1.62, 2.0)])}
    found = walk(events, {"right": (time_s, _hand_angle(time_s))}, {}, Walker(1.0, 0.9))  # type: ignore[arg-type]
    assert isinstance(found, Gait)
    (leg,) = found.legs
    assert leg.peak_stance_dorsiflexion_deg.mean == pytest.approx(10.0, abs=0.05)
    assert leg.push_off_plantar_flexion_deg.mean == pytest.approx(20.0, abs=0.05)
    assert leg.mean_deg[[0, 20, 50]] == pytest.approx([0.0, 10.0, 0.0], abs=0.05)
    assert leg.stance_share.mean == pytest.approx(0.61)
    assert leg.stance_share.sd == pytest.approx(0.02 / np.sqrt(2))
    assert leg.stance_share.se == pytest.approx(0.01)
    assert found.cadence_steps_min.mean == pytest.approx(120.0)
    # strides of 1.2 leg lengths of 0.9 m in 1 s: 1.08 / sqrt(9.80665 x 0.9)
    assert found.speed == pytest.approx(0.3635, abs=1e-4)


def test_steps_worked_by_hand() -> None:
    time_s = np.arange(0, 3001) / 1000.0
    right = by_hand([(0.0, 0.6, 1.0), (1.0, 1.6, 2.0)])
    left = by_hand([(0.4, 1.0, 1.4), (1.4, 2.0, 2.4)], "left")
    found = walk({"right": right}, {"right": (time_s, _hand_angle(time_s))}, {"left": left, "right": right})
    assert isinstance(found, Gait)
    assert found.step_s["left"].mean == pytest.approx(0.4)
    assert found.step_s["right"].mean == pytest.approx(0.6)
    assert (found.step_s["left"].count, found.step_s["right"].count) == (3, 2)
    assert found.step_asymmetry_percent == pytest.approx(40.0)  # 0.2 / 0.5


def test_a_stride_in_which_the_angle_was_lost_gives_timing_and_no_curve() -> None:
    time_s = np.arange(0, 3001) / 1000.0
    angle = np.where((time_s > 1.3) & (time_s < 1.5), np.nan, _hand_angle(time_s))
    found = walk({"right": by_hand([(0.0, 0.6, 1.0), (1.0, 1.6, 2.0)])}, {"right": (time_s, angle)}, {})
    assert isinstance(found, Gait)
    assert found.legs[0].curves_deg.shape == (1, 51)
    assert found.cadence_steps_min.count == 2


def test_values_over_strides() -> None:
    assert over_strides([]).count == 0
    assert np.isnan(over_strides([float("nan")]).mean)
    single = over_strides([5.0])
    assert (single.mean, single.count) == (5.0, 1)
    assert np.isnan(single.sd)


def test_a_gait_can_be_written_as_json() -> None:
    plain = _plain(gait(WalkPlan(walk_times()), speed="free"))
    back = json.loads(json.dumps(plain, allow_nan=False))
    assert set(back["legs"][0]) == {field.name for field in fields(LegGait)}
    assert set(back["step_s"]) == {"left", "right"}


def test_a_walk_of_the_far_leg_is_none_of_the_near_one() -> None:
    """Who asks for the left leg is not told of the right one."""
    sample = Path(__file__).parents[2] / "samples" / "walk_right.landmarks.npz"
    near, far = (rom.measure(sample, protocol="walk", side=side) for side in ("right", "left"))
    assert near.gait is not None
    assert near.measured
    assert far.gait is None
    assert not far.measured
    assert any("farther from the camera" in check.message for check in far.checks)


def test_a_stretched_leg_does_not_walk() -> None:
    sample = Path(__file__).parents[2] / "samples" / "long_sitting_left.landmarks.npz"
    exam = rom.measure(sample, protocol="walk", side="left")
    assert exam.gait is None
    assert any("moves like 'long-sit'" in check.message for check in exam.checks)
