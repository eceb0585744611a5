"""Roll and lens: worked cases, round trips, and OpenCV as the other implementation."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.geometry import (
    distort_points,
    dorsiflexion_from_points,
    roll_from_horizontal_line,
    roll_from_vertical_line,
    turn_points,
    undistort_points,
)

Array = npt.NDArray[np.floating[Any]]

CAMERA = np.array([[1450.0, 0, 955], [0, 1440, 545], [0, 0, 1]])  # a webcam at 1920 x 1080
LENSES = {
    "barrel": np.array([-0.28, 0.09, 0, 0, -0.01]),
    "pincushion": np.array([0.12, -0.03, 0, 0, 0.004]),
    "decentred": np.array([-0.1, 0.02, 0.003, -0.002, 0.001]),
    "none": np.zeros(5),
}
GRID = np.stack(np.meshgrid(np.linspace(0, 1920, 25), np.linspace(0, 1080, 15)), axis=-1)

lenses = pytest.mark.parametrize("lens", LENSES.values(), ids=LENSES.keys())


@given(st.floats(-89.9, 90), st.booleans())
def test_roll_is_read_from_either_end_of_a_line(roll_deg: float, swap: bool) -> None:
    order = [1, 0] if swap else [0, 1]
    vertical = turn_points([[500, 100], [500, 700]], roll_deg, (960, 540))[order]
    level = turn_points([[100, 300], [900, 300]], roll_deg, (960, 540))[order]
    assert roll_from_vertical_line(vertical) == pytest.approx(roll_deg, abs=1e-9)
    assert roll_from_horizontal_line(level) == pytest.approx(roll_deg, abs=1e-9)


def test_roll_is_clockwise_as_seen() -> None:
    assert roll_from_vertical_line([[110, 0], [10, 100]]) == pytest.approx(45)  # its top leans right
    assert roll_from_horizontal_line([[0, 0], [100, 100]]) == pytest.approx(45)  # its right end is low


def test_a_point_is_no_line_and_nan_stays_alone() -> None:
    lines = np.array([[[0, 0], [0, 0]], [[np.nan, 0], [0, 9]], [[0, 0], [0, 9]]])
    np.testing.assert_array_equal(roll_from_vertical_line(lines), [np.nan, np.nan, 0])
    np.testing.assert_array_equal(roll_from_horizontal_line(lines), [np.nan, np.nan, 90])


@given(st.floats(-180, 180))
def test_levelling_undoes_the_roll_and_keeps_the_ankle(roll_deg: float) -> None:
    leg = np.array([[310.0, 100], [300, 400], [280, 440], [380, 420]])
    rolled = turn_points(leg, roll_deg, (960, 540))
    np.testing.assert_allclose(turn_points(rolled, -roll_deg, (960, 540)), leg, atol=1e-9)
    assert dorsiflexion_from_points(rolled, 1) == pytest.approx(dorsiflexion_from_points(leg, 1), abs=1e-9)


def test_each_frame_may_have_its_own_roll() -> None:
    turned = turn_points(np.ones((3, 2, 2)), np.array([[0], [90], [180]]), (0, 0))
    np.testing.assert_allclose(turned[:, 0], [[1, 1], [-1, 1], [-1, -1]], atol=1e-12)


@lenses
def test_distortion_agrees_with_opencv(lens: Array) -> None:
    cv2 = pytest.importorskip("cv2")
    ideal = (GRID.reshape(-1, 2) - CAMERA[:2, 2]) / CAMERA[[0, 1], [0, 1]]
    in_space = np.column_stack([ideal, np.ones(len(ideal))])
    expected, _ = cv2.projectPoints(in_space, np.zeros(3), np.zeros(3), CAMERA, lens)
    np.testing.assert_allclose(
        distort_points(GRID, CAMERA, lens).reshape(-1, 2), expected.reshape(-1, 2), atol=1e-8
    )


@lenses
def test_undistortion_agrees_with_opencv(lens: Array) -> None:
    cv2 = pytest.importorskip("cv2")
    stop = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 500, 1e-14)
    drawn = distort_points(GRID, CAMERA, lens)
    expected = cv2.undistortPoints(drawn.reshape(-1, 1, 2), CAMERA, lens, P=CAMERA, criteria=stop)
    found = undistort_points(drawn, CAMERA, lens)
    np.testing.assert_allclose(found.reshape(-1, 2), expected.reshape(-1, 2), atol=1e-4)


@lenses
def test_there_and_back(lens: Array) -> None:
    found = undistort_points(distort_points(GRID, CAMERA, lens), CAMERA, lens)
    np.testing.assert_allclose(found, GRID, atol=1e-5)  # 1e-6 px in the picture, stretched near its edge


def test_beyond_the_fold_is_nan_and_never_a_wrong_position() -> None:
    """With k1 = -0.5 alone r (1 - r^2 / 2) stops growing at r = 0.816, where it is 0.544."""
    lens, camera = [-0.5, 0, 0, 0, 0], np.eye(3)
    radii = np.array([0.1, 0.5, 0.543, 0.546, 1.0, 5.0])
    points = np.stack([radii, np.zeros(6)], axis=-1)
    found = undistort_points(points, camera, lens)
    assert np.isnan(found[:, 0]).tolist() == [False, False, False, True, True, True]
    assert np.all(found[:3, 0] < np.sqrt(2 / 3))
    np.testing.assert_allclose(distort_points(found[:3], camera, lens), points[:3], atol=1e-6)
    beyond = distort_points([[0.81, 0], [0.82, 0], [1.2, 0]], camera, lens)
    assert np.isnan(beyond[:, 0]).tolist() == [False, True, True]


@pytest.mark.parametrize("function", [distort_points, undistort_points])
def test_lens_functions_keep_precision_and_isolate_nan(function: Any) -> None:
    points: Array = np.full((5, 4, 2), 400.0, dtype=np.float32)
    points[3, 1, 0] = np.nan
    moved = function(points, CAMERA, LENSES["barrel"])
    assert moved.dtype == np.float32
    assert np.unique(np.argwhere(np.isnan(moved))[:, :2], axis=0).tolist() == [[3, 1]]
    one_by_one = [[function(p, CAMERA, LENSES["barrel"]) for p in row] for row in points]
    np.testing.assert_array_equal(moved, one_by_one)


def test_a_wrong_camera_is_named() -> None:
    with pytest.raises(ValueError, match="expected a camera matrix"):
        undistort_points([1.0, 2.0], np.eye(2), np.zeros(5))
    with pytest.raises(ValueError, match="found shape \\(4,\\)"):
        undistort_points([1.0, 2.0], CAMERA, np.zeros(4))
