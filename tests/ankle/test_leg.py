"""The leg landmarker's angle: planted readings of each picture, fused over time, by side."""

from dataclasses import replace

import numpy as np
import pytest

from rom.ankle.angle import angle_track
from rom.ankle.leg import FIRST_LOOKS_S, LOST_S, foot_yaw_deg, settled, side_seen
from rom.ankle.view import FOOT_YAW_DEG, estimate_view
from rom.records import LEG_LANDMARKS, Landmarks, LegSights, Side
from rom.settings import Settings
from tests.planted import curve, exam_stops, planted_leg, times

TIME_S = times(16.0)
ANGLE = curve(TIME_S, exam_stops(15.0, -40.0))
SETTINGS = Settings()


@pytest.mark.parametrize("side", ["left", "right"])
def test_each_picture_reads_what_the_network_said_of_it(side: Side) -> None:
    landmarks = planted_leg(TIME_S, ANGLE, side)
    other: Side = "left" if side == "right" else "right"
    assert np.isnan(angle_track(landmarks, other, SETTINGS).raw_deg).all(), "the far leg is not looked at"
    track = angle_track(landmarks, side, SETTINGS)
    assert track.definition == "clinical"
    assert track.facing == (1 if side == "right" else -1)
    np.testing.assert_allclose(track.raw_deg, ANGLE, atol=1e-4)
    np.testing.assert_allclose(track.smooth_deg, ANGLE, atol=0.3)
    assert track.foot_px[0] == pytest.approx(np.linalg.norm(_points(landmarks, side, "posterior_heel", "toe_tip")))


def _points(landmarks: Landmarks, side: Side, start: str, end: str) -> np.ndarray:
    both = landmarks.points(f"{side}_{start}", f"{side}_{end}")[0]
    return np.asarray(both[1] - both[0])


def test_a_hold_is_better_than_any_of_its_frames() -> None:
    """Noise of 2 degrees in each picture; held still the course varies by a fraction of a degree."""
    landmarks = planted_leg(TIME_S, np.full(TIME_S.size, 12.0), "right", noise_deg=2.0)
    track = angle_track(landmarks, "right", SETTINGS)
    assert np.std(track.raw_deg) > 1.8
    assert np.std(track.smooth_deg) < 0.8
    assert abs(np.mean(track.smooth_deg) - 12.0) < 0.3
    assert track.sd_deg[100] == pytest.approx(2.0, abs=0.3), "how far a reading lies from its course"


def test_a_picture_that_is_unsure_hardly_counts() -> None:
    landmarks = planted_leg(TIME_S, ANGLE, "right", noise_deg=0.5)
    assert landmarks.legs is not None
    wild = slice(200, 206)
    angle, sd = landmarks.legs.angle_deg.copy(), landmarks.legs.angle_sd_deg.copy()
    angle[wild] -= 30.0
    sd[wild] = 40.0
    doubted = replace(landmarks, legs=replace(landmarks.legs, angle_deg=angle, angle_sd_deg=sd))
    track = angle_track(doubted, "right", SETTINGS)
    assert np.abs(track.smooth_deg - ANGLE)[190:216].max() < 3.0, "a tenth of what they are off"
    np.testing.assert_allclose(track.doubt_deg[wild], 40.0)


def test_where_the_leg_was_not_seen_nothing_is_read() -> None:
    landmarks = planted_leg(TIME_S, ANGLE, "right")
    assert landmarks.legs is not None
    gone = np.zeros(TIME_S.size, bool)
    gone[100:160] = True
    presence = np.where(gone, 0.2, 1.0)
    track = angle_track(replace(landmarks, legs=replace(landmarks.legs, presence=presence)), "right", SETTINGS)
    assert np.isnan(track.raw_deg[gone]).all()
    assert np.isnan(track.smooth_deg[gone]).all(), "two seconds are not bridged"
    assert np.isfinite(track.smooth_deg[~gone]).all()


def test_the_foots_direction_tells_where_the_camera_stood() -> None:
    """Lines built by hand: a shank that stands upright, a foot turned towards the camera by so much."""
    turn = np.radians([0.0, 20.0, -15.0])
    foot = np.stack([np.cos(turn), np.zeros(3), -np.sin(turn)], -1)
    shank = np.tile([0.0, -1.0, 0.0], (3, 1))
    legs = replace(LegSights.empty(3), side=np.ones(3, int), presence=np.ones(3), lines=np.stack([shank, foot], 1))
    np.testing.assert_allclose(foot_yaw_deg(legs, side_seen(legs, "right")), [0.0, 20.0, -15.0], atol=1e-9)
    pointed = foot + np.array([0.0, 0.8, 0.0])  # pointing it does not turn it
    pointed /= np.linalg.norm(pointed, axis=-1, keepdims=True)
    legs = replace(legs, lines=np.stack([shank, pointed], 1))
    np.testing.assert_allclose(foot_yaw_deg(legs, side_seen(legs, "right")), [0.0, 20.0, -15.0], atol=1e-9)


def test_legs_follow_their_frames() -> None:
    landmarks = planted_leg(TIME_S, ANGLE, "left")
    half = landmarks.only(TIME_S > 8.0)
    assert half.legs is not None
    assert len(half.legs.side) == len(half.time_s)
    np.testing.assert_allclose(half.legs.angle_deg, ANGLE[TIME_S > 8.0], atol=1e-4)
    assert len(LEG_LANDMARKS) == half.legs.covariance_px2.shape[1]


@pytest.mark.parametrize("turned_deg", [0.0, 20.0, -25.0])
def test_the_view_is_told_from_the_foot_where_no_trunk_is_seen(turned_deg: float) -> None:
    landmarks = planted_leg(TIME_S, ANGLE, "right")
    assert landmarks.legs is not None
    turn = np.radians(FOOT_YAW_DEG + turned_deg)
    shank, foot = np.array([0.0, -1.0, 0.0]), np.array([np.cos(turn), 0.0, -np.sin(turn)])
    lines = np.tile(np.stack([shank, foot]), (TIME_S.size, 1, 1))
    landmarks = replace(landmarks, legs=replace(landmarks.legs, lines=lines))
    view = estimate_view(landmarks, angle_track(landmarks, "right", SETTINGS), SETTINGS.confidence_min)
    assert view.angle_deg == pytest.approx(turned_deg)
    assert view.corrected
    assert view.error_deg == (0.0, 0.0), "the number is corrected already"
    assert view.method == "direction of the foot"


def test_a_foot_that_leaves_the_picture_is_not_read() -> None:
    landmarks = planted_leg(TIME_S, ANGLE, "right")
    confidence = landmarks.confidence.copy()
    gone = ANGLE < -30
    confidence[gone, landmarks.names.index("right_plantar_mt5")] = 0.0
    track = angle_track(replace(landmarks, confidence=confidence), "right", SETTINGS)
    assert np.isnan(track.raw_deg[gone]).all()
    assert np.isfinite(track.raw_deg[~gone]).all()


def without(landmarks: Landmarks, gone: np.ndarray) -> Landmarks:
    """The leg is not seen in some of the pictures."""
    assert landmarks.legs is not None
    side, presence = landmarks.legs.side.copy(), landmarks.legs.presence.copy()
    side[gone], presence[gone] = -1, 0.0
    return replace(landmarks, legs=replace(landmarks.legs, side=side, presence=presence))


def test_the_first_looks_at_a_leg_that_comes_into_view_do_not_count() -> None:
    whole = planted_leg(TIME_S, ANGLE, "right")
    np.testing.assert_array_equal(settled(whole).confidence, whole.confidence, "there from the beginning")
    begins_s = 3.0
    late = without(whole, begins_s > TIME_S)
    kept = settled(late)
    assert kept.legs is not None
    seen = side_seen(kept.legs, "right")
    np.testing.assert_array_equal(seen, begins_s + FIRST_LOOKS_S - 1e-9 <= TIME_S)
    own = kept.indices(tuple(f"right_{name}" for name in LEG_LANDMARKS))
    early = (begins_s <= TIME_S) & ~seen
    assert (kept.confidence[early][:, own] == 0).all()
    np.testing.assert_array_equal(kept.confidence[seen], late.confidence[seen])


@pytest.mark.parametrize(("gap_s", "lost"), [(0.8 * LOST_S, False), (1.5 * LOST_S, True)])
def test_a_leg_that_was_hidden_for_a_moment_was_not_lost(gap_s: float, lost: bool) -> None:
    hidden = without(planted_leg(TIME_S, ANGLE, "right"), (TIME_S > 5.0) & (5.0 + gap_s > TIME_S))
    assert hidden.legs is not None
    kept = settled(hidden).legs
    assert kept is not None
    fewer = side_seen(hidden.legs, "right").sum() - side_seen(kept, "right").sum()
    assert bool(fewer) is lost


def test_other_models_and_pictures_without_a_leg_are_left_alone() -> None:
    whole = planted_leg(TIME_S, ANGLE, "right")
    nobody = without(whole, np.ones(len(TIME_S), bool))
    assert settled(nobody) is nobody
    bare = replace(whole, legs=None)
    assert settled(bare) is bare
