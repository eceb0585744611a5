"""The angle over time, from planted landmarks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rom.ankle.angle import angle_track
from rom.errors import NotMeasurable
from rom.records import AngleTrack, Floats, Landmarks, Side
from rom.settings import Settings
from tests.planted import (
    NAMES,
    Plan,
    column,
    confidence_of,
    exam_plan,
    landmarks_of_points,
    planted,
    points_of,
    times,
    without,
)

PLAN = exam_plan()
SETTINGS = Settings()


def track_of(landmarks: Landmarks, side: Side = "right") -> AngleTrack:
    return angle_track(landmarks, side, SETTINGS)


def middle(values: Floats) -> Floats:
    """Without the ends, where a filter has less to go by."""
    return values[10:-10]


@pytest.mark.parametrize("near", ["right", "left"])
@pytest.mark.parametrize("tibia_deg", [0.0, 35.0, -90.0, 90.0, 180.0])
def test_the_planted_angle_is_read_in_every_posture(near: Side, tibia_deg: float) -> None:
    plan = replace(PLAN, near=near, tibia_deg=tibia_deg)
    track = track_of(planted(plan), near)
    assert track.facing == (1 if near == "right" else -1)
    np.testing.assert_allclose(track.raw_deg, plan.angle_deg, atol=1e-9)
    assert np.abs(middle(track.smooth_deg - plan.angle_deg)).max() < 0.4  # 6 Hz rounds the start of a movement
    assert (middle(track.tibia_inclination_deg - tibia_deg + 180) % 360 - 180) == pytest.approx(0, abs=1e-6)


def test_lengths_and_knee_are_read() -> None:
    track = track_of(planted(replace(PLAN, knee_flexion_deg=80.0)))
    np.testing.assert_allclose(track.shank_px, 350.0)
    np.testing.assert_allclose(track.foot_px, 150.0)
    np.testing.assert_allclose(track.knee_flexion_deg, 80.0)


@settings(max_examples=15, deadline=None)
@given(
    roll_deg=st.floats(-180, 180),
    shift=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    scale=st.floats(0.2, 5.0),
)
def test_roll_place_and_scale_leave_the_angle_alone(
    roll_deg: float, shift: tuple[float, float], scale: float
) -> None:
    plan = replace(PLAN, roll_deg=roll_deg, shift_px=shift)
    seen = planted(plan)
    seen = replace(seen, points_px=seen.points_px * scale)
    track = track_of(seen)
    np.testing.assert_allclose(track.raw_deg, PLAN.angle_deg, atol=1e-6)
    np.testing.assert_allclose(track.smooth_deg, track_of(planted(PLAN)).smooth_deg, atol=1e-6)


def test_a_mirror_turns_the_side_and_the_facing_and_keeps_the_angle() -> None:
    plan = replace(PLAN, noise_px=1.5)
    points = points_of(plan)
    mirrored = np.concatenate([points[:, 6:], points[:, :6]], axis=1) * [-1, 1] + [1280, 0]
    seen, reflected = track_of(planted(plan)), track_of(landmarks_of_points(plan.time_s, mirrored), "left")
    assert (seen.facing, reflected.facing) == (1, -1)
    np.testing.assert_allclose(reflected.raw_deg, seen.raw_deg, atol=1e-9)
    np.testing.assert_allclose(reflected.smooth_deg, seen.smooth_deg, atol=1e-9)


def test_a_shift_of_time_changes_nothing() -> None:
    plan = replace(PLAN, noise_px=1.5)
    later = replace(planted(plan), time_s=plan.time_s + 100.0)
    np.testing.assert_allclose(track_of(later).smooth_deg, track_of(planted(plan)).smooth_deg, atol=1e-9)


@pytest.mark.parametrize("noise_px", [0.5, 2.0, 4.0])
def test_the_stated_sd_is_the_scatter(noise_px: float) -> None:
    plan = Plan(times(40.0), np.full(1200, 5.0), noise_px=noise_px)
    track = track_of(planted(plan))
    scatter = float(np.std(track.raw_deg - 5.0))
    assert float(np.median(track.sd_deg)) == pytest.approx(scatter, rel=0.1)  # 1200 frames: 2 % SD, robust 3 %


def test_smoothing_lowers_the_noise() -> None:
    plan = replace(PLAN, noise_px=2.0)
    track = track_of(planted(plan))
    rough, smooth = (np.std(middle(a - plan.angle_deg)) for a in (track.raw_deg, track.smooth_deg))
    assert smooth < 0.75 * rough


def test_given_covariances_are_used() -> None:
    seen = planted(PLAN)
    given_px2 = np.broadcast_to(9.0 * np.eye(2), (len(PLAN.time_s), len(NAMES), 2, 2))
    track = track_of(replace(seen, covariance_px2=given_px2))
    by_hand = np.degrees(3.0 * np.sqrt(2 / 350.0**2 + 2 / 150.0**2))  # both ends of both segments, 3 px across
    assert float(np.median(track.sd_deg)) == pytest.approx(by_hand, rel=0.01)


def test_a_short_gap_is_filled_in_the_smooth_track_and_not_in_the_raw() -> None:
    hole = (PLAN.time_s > 2.0) & (PLAN.time_s < 2.15)
    track = track_of(without(planted(PLAN), hole))
    assert np.isnan(track.raw_deg[hole]).all()
    np.testing.assert_allclose(track.smooth_deg[hole], PLAN.angle_deg[hole], atol=0.5)


def test_a_gap_of_one_second_stays_open_and_spoils_nothing_beside_it() -> None:
    hole = (PLAN.time_s > 2.0) & (PLAN.time_s < 3.0)
    track = track_of(without(planted(PLAN), hole, ("heel",)))
    assert np.isnan(track.smooth_deg[hole]).all()
    assert np.isfinite(track.smooth_deg[~hole]).all()
    assert np.abs(track.smooth_deg - PLAN.angle_deg)[~hole][5:-5].max() < 2.0  # ends of stretches in mid movement


def test_nothing_is_smoothed_across_a_cut() -> None:
    time_s = times(4.0)
    angle = np.where(time_s < 2.0, 20.0, -40.0)
    shot = (time_s >= 2.0).astype(np.int64)
    plan = Plan(time_s, angle)
    track = track_of(landmarks_of_points(time_s, points_of(plan), confidence_of(plan), shot))
    np.testing.assert_allclose(track.smooth_deg, angle, atol=0.5)


def test_low_confidence_is_not_seen() -> None:
    seen = planted(PLAN)
    confidence = np.array(seen.confidence)
    confidence[50:100, column("right", "foot_index")] = 0.29
    track = track_of(replace(seen, confidence=confidence))
    assert np.isnan(track.raw_deg[50:100]).all()
    assert np.isfinite(track.raw_deg[100:]).all()


def test_single_spikes_do_not_reach_the_smooth_track() -> None:
    points = points_of(replace(PLAN, noise_px=1.0))
    for k, frame in enumerate(range(20, len(PLAN.time_s) - 20, 37)):
        points[frame, column("right", ("heel", "foot_index", "ankle", "knee")[k % 4])] += [70.0, -90.0]
    track = track_of(landmarks_of_points(PLAN.time_s, points))
    assert np.abs(middle(track.smooth_deg - PLAN.angle_deg)).max() < 3.0


def test_single_frames_with_left_and_right_exchanged_do_not_reach_it_either() -> None:
    plan = replace(PLAN, noise_px=1.0, far_share=0.0)
    points = points_of(plan)
    frames = np.arange(20, len(plan.time_s) - 20, 41)
    points[frames] = np.concatenate([points[frames, 6:], points[frames, :6]], axis=1)
    track = track_of(landmarks_of_points(plan.time_s, points))
    held = np.isin(np.round(plan.angle_deg, 6), (18.0, -47.0))  # in mid movement the window's own spread hides them
    assert np.abs(track.smooth_deg - plan.angle_deg)[held].max() < 3.5


def test_heel_and_toe_exchanged_for_a_second_is_no_angle() -> None:
    points = points_of(PLAN)
    heel, toe = column("right", "heel"), column("right", "foot_index")
    swapped = slice(60, 90)
    points[swapped, heel], points[swapped, toe] = points[swapped, toe].copy(), points[swapped, heel].copy()
    track = track_of(landmarks_of_points(PLAN.time_s, points))
    assert track.facing == 1
    assert np.isnan(track.smooth_deg[65:85]).all()
    assert np.nanmax(np.abs(track.smooth_deg)) < 50.0


def test_a_person_who_turns_round_is_read_in_one_direction_only() -> None:
    there, back = points_of(PLAN), points_of(replace(PLAN, facing=-1))
    late = PLAN.time_s > 0.7 * PLAN.time_s[-1]
    track = track_of(landmarks_of_points(PLAN.time_s, np.where(late[:, None, None], back, there)))
    assert track.facing == 1
    assert np.isnan(track.smooth_deg[late][5:]).all()


def test_a_tied_facing_gives_no_angle() -> None:
    plan = Plan(times(2.0), np.zeros(60))
    points = points_of(plan)
    points[30:] = points_of(replace(plan, facing=-1))[30:]
    track = track_of(landmarks_of_points(plan.time_s, points))
    assert track.facing == 0
    assert np.isnan(track.smooth_deg).all()


def test_confidence_all_zero_gives_no_angle() -> None:
    seen = planted(PLAN)
    track = angle_track(
        replace(seen, confidence=np.zeros_like(seen.confidence)), "right", Settings(confidence_min=0.0)
    )
    assert np.isnan(track.smooth_deg).all()


@pytest.mark.parametrize("frames", [0, 1, 2, 3])
def test_very_short_recordings(frames: int) -> None:
    plan = Plan(times(1.0)[:frames], np.full(frames, 12.0))
    track = track_of(planted(plan))
    np.testing.assert_allclose(track.smooth_deg, 12.0)
    assert track.smooth_deg.shape == (frames,)


def test_all_missing_is_all_nan_and_warns_of_nothing() -> None:
    track = track_of(without(planted(PLAN), np.ones(len(PLAN.time_s), dtype=bool)))
    assert np.isnan(track.raw_deg).all()
    assert np.isnan(track.sd_deg).all()


def test_an_uneven_time_base() -> None:
    rng = np.random.default_rng(2)
    time_s = np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 20], size=300))
    plan = Plan(time_s, 30 * np.sin(2 * np.pi * 0.3 * time_s))
    assert np.abs(middle(track_of(planted(plan)).smooth_deg - plan.angle_deg)).max() < 0.5


def test_without_a_foot_there_is_no_ankle() -> None:
    seen = planted(PLAN)
    keep = [k for k, name in enumerate(NAMES) if not name.endswith(("heel", "foot_index"))]
    legless = Landmarks(
        tuple(NAMES[k] for k in keep),
        seen.time_s,
        seen.shot,
        seen.points_px[:, keep],
        seen.confidence[:, keep],
        seen.covariance_px2[:, keep],
    )
    with pytest.raises(NotMeasurable, match="right leg among the landmarks, but found right_shoulder"):
        track_of(legless)
