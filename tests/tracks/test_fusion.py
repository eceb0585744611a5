"""The smooth course and the turn of rigid segments: planted movement, planted noise, and exact algebra."""

import numpy as np
import pytest

from rom.tracks.fusion import segment_turns, smooth_course

RNG = np.random.default_rng(7)
TIME_S = np.arange(240) / 30
COURSE = 20 * np.sin(2 * np.pi * 0.4 * TIME_S)


def test_a_course_is_nearer_to_the_truth_than_its_readings() -> None:
    noise = RNG.normal(0, 2.0, TIME_S.size)
    found, sd = smooth_course(TIME_S, COURSE + noise, np.full(TIME_S.size, 2.0), jerk_sd=500.0)
    miss = found - COURSE
    middle = slice(20, -20)  # at the ends only one side helps
    assert miss[middle].std() < 0.35 * noise.std(), "about ten readings share one piece of the course"
    # the SD it reports is the SD it has (chi-square of some 25 independent stretches: within a factor of 1.5)
    assert 0.67 < miss[middle].std() / sd[middle].mean() < 1.5


def test_readings_far_off_weigh_little() -> None:
    values = COURSE + RNG.normal(0, 0.5, TIME_S.size)
    values[100:103] += 40.0
    found, _ = smooth_course(TIME_S, values, np.full(TIME_S.size, 0.5), jerk_sd=500.0)
    assert np.abs(found - COURSE).max() < 1.5


def test_readings_that_say_they_are_unsure_weigh_little() -> None:
    sd = np.full(TIME_S.size, 0.5)
    values = COURSE + RNG.normal(0, 0.5, TIME_S.size)
    values[90:120] += 8.0
    believed, _ = smooth_course(TIME_S, values, sd, jerk_sd=500.0)
    sd[90:120] = 20.0
    unsure, doubt = smooth_course(TIME_S, values, sd, jerk_sd=500.0)
    off, off_unsure = (np.abs(found - COURSE)[95:115].mean() for found in (believed, unsure))
    assert off > 6.0
    assert off_unsure < 0.6 * off, "most of a second is bridged from both sides"
    assert doubt[105] > 3 * doubt[50], "and the course is less sure there"


def test_missing_readings_are_bridged_smoothly() -> None:
    values = COURSE.copy()
    values[50:54] = np.nan
    found, sd = smooth_course(TIME_S, values, np.full(TIME_S.size, 0.3), jerk_sd=500.0)
    assert np.abs(found - COURSE).max() < 0.3
    assert sd[52] > sd[100]


def test_a_parabola_on_uneven_times_is_kept_to_rounding() -> None:
    """The third difference of a parabola is nothing, so no smoothness is bought by bending it."""
    time_s = np.cumsum(RNG.uniform(0.02, 0.06, 60))
    values = 3 - 4 * time_s + 5 * time_s**2
    found, _ = smooth_course(time_s, values, np.full(60, 1.0), jerk_sd=1.0)
    np.testing.assert_allclose(found, values, atol=1e-6)


@pytest.mark.parametrize("known", [1, 2])
def test_one_or_two_readings_give_their_mean(known: int) -> None:
    values = np.full(5, np.nan)
    values[:known] = 7.0
    found, sd = smooth_course(np.arange(5.0), values, np.full(5, 2.0), jerk_sd=1.0)
    np.testing.assert_allclose(found, 7.0)
    assert np.isfinite(sd).all()


def test_the_sd_is_the_inverse_of_the_whole_matrix() -> None:
    """Against the dense inverse of the same normal equations, from the definition of the third difference."""
    time_s = np.cumsum(RNG.uniform(0.02, 0.06, 12))
    sd = RNG.uniform(0.5, 2.0, 12)
    jerk_sd = 30.0
    rows = np.zeros((9, 12))
    for i in range(9):
        t = time_s[i : i + 4]
        for j in range(4):
            others = np.delete(t, j)
            rows[i, i + j] = 6.0 / np.prod(t[j] - others) * np.sqrt((t[3] - t[0]) / 3) / jerk_sd
    dense = rows.T @ rows + np.diag(sd**-2)
    straight = 1 + 2 * time_s  # no reading is off: every weight is that of Student's t at its middle, (4 + 1) / 4
    dense_robust = rows.T @ rows + np.diag(1.25 * sd**-2)
    _, found = smooth_course(time_s, straight, sd, jerk_sd)
    np.testing.assert_allclose(found, np.sqrt(np.diag(np.linalg.inv(dense_robust))), rtol=1e-6)
    assert (found < np.sqrt(np.diag(np.linalg.inv(dense)))).all()


def _turned(shape: np.ndarray, turns_deg: np.ndarray, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
    z = (shape[:, 0] + 1j * shape[:, 1]) * (scale * np.exp(1j * np.radians(turns_deg)))[:, None]
    return np.asarray(np.stack([z.real, z.imag], -1) + shift[:, None])


SHAPE = np.array([[0.0, 0.0], [5.0, -8.0], [60.0, 6.0], [80.0, 0.0]])
TURNS_DEG = np.linspace(-50, 70, 40)


def test_segments_turn_as_planted_whatever_their_size_and_place() -> None:
    points = _turned(SHAPE, TURNS_DEG, np.linspace(0.8, 1.3, 40), RNG.normal(0, 50, (40, 2)))
    found, sd = segment_turns(points, np.broadcast_to(np.eye(2), (40, 4, 2, 2)))
    np.testing.assert_allclose(np.degrees(found), TURNS_DEG, atol=1e-6)
    assert (np.diff(sd) < 0).all(), "larger in the picture is surer"


def test_all_points_of_a_segment_count() -> None:
    """A line through two points alone is less sure than the segment, and a point that is unsure hardly moves it."""
    points = _turned(SHAPE, TURNS_DEG, np.ones(40), np.zeros((40, 2)))
    noise = RNG.normal(0, 1.0, points.shape)
    found, _ = segment_turns(points + noise, np.broadcast_to(np.eye(2), (40, 4, 2, 2)))
    two = (points + noise)[:, 3] - (points + noise)[:, 0]
    off = np.degrees(found) - TURNS_DEG
    off_two = np.degrees(np.arctan2(two[:, 1], two[:, 0])) - TURNS_DEG
    assert off.std() < off_two.std()
    covariance = np.tile(np.eye(2), (40, 4, 1, 1))
    covariance[20, 2] *= 1e4
    points[20, 2] += 30.0
    found, _ = segment_turns(points, covariance)
    assert abs(np.degrees(found[20]) - TURNS_DEG[20]) < 0.1


def test_frames_without_the_segment_stay_unknown() -> None:
    points = _turned(SHAPE, TURNS_DEG, np.ones(40), np.zeros((40, 2)))
    points[7] = np.nan
    found, sd = segment_turns(points, np.broadcast_to(np.eye(2), (40, 4, 2, 2)))
    assert np.isnan(found[7])
    assert np.isnan(sd[7])
    assert np.isfinite(np.delete(found, 7)).all()
