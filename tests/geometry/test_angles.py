"""The angle itself: worked by hand, by properties, and against scipy's rotations."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from rom.geometry import (
    dorsiflexion_from_points,
    foot_inclination_from_points,
    knee_flexion_from_points,
    segment_angle_from_points,
    segment_length_from_points,
    tibia_inclination_from_points,
)

Array = npt.NDArray[np.floating[Any]]

EXACT_DEG = 1e-9  # float64 rounding of an arctan2 on pixel coordinates up to 10^4, with room
SINGLE_DEG = 2e-3  # float32: coordinates below 2000 px are held to 1.2e-4 px, on segments of 20 px or more

facings = st.sampled_from([1, -1])


def leg(dorsiflexion_deg: float | Array, tibia_deg: float | Array = 0.0, facing: int = 1) -> Array:
    """Four landmarks of a leg planted at a known angle: shank 200 px, foot 110 px, heel off the axis."""
    tilt = np.deg2rad(np.asarray(tibia_deg, dtype=float))
    foot = np.deg2rad(np.asarray(dorsiflexion_deg, dtype=float)) - tilt
    tilt, foot = np.broadcast_arrays(tilt, foot)
    malleolus = np.stack([np.full_like(tilt, 640.0), np.full_like(tilt, 420.0)], axis=-1)
    knee = malleolus + 200 * np.stack([facing * np.sin(tilt), -np.cos(tilt)], axis=-1)
    heel = malleolus + np.array([-30.0 * facing, 45.0])
    toe = heel + 110 * np.stack([facing * np.cos(foot), -np.sin(foot)], axis=-1)
    return np.stack([knee, malleolus, heel, toe], axis=-2)


@st.composite
def legs(draw: st.DrawFn) -> Array:
    """Four points anywhere, with segments long enough to have a direction."""
    points = draw(arrays(np.float64, (4, 2), elements=st.floats(0, 2000, width=32)))
    assume(np.hypot(*(points[0] - points[1])) > 20)
    assume(np.hypot(*(points[3] - points[2])) > 20)
    return points


def wrapped(difference_deg: Array) -> Array:
    """Difference of two angles, folded to [-180, 180)."""
    return (difference_deg + 180) % 360 - 180


@pytest.mark.parametrize(
    ("toe", "facing", "expected_deg"),
    [
        ((400, 400), 1, 0),  # foot level under an upright shank
        ((400, 300), 1, 45),  # toes up
        ((400, 500), 1, -45),  # toes down
        ((300, 500), 1, -90),  # foot in line with the shank, pointing away from the knee
        ((300, 300), 1, 90),  # foot folded onto the shank
        ((200, 400), -1, 0),  # the same leg seen from the other side
        ((200, 300), -1, 45),
        ((200, 500), -1, -45),
        ((200, 400), 1, 180),  # facing given wrongly: unmistakable, not a small error
        ((473.2050808, 300), 1, 30),  # 173.205... = 100 sqrt(3)
    ],
)
def test_worked_by_hand(toe: tuple[float, float], facing: int, expected_deg: float) -> None:
    points = [[300, 100], [300, 350], [300, 400], toe]
    assert dorsiflexion_from_points(points, facing) == pytest.approx(expected_deg, abs=1e-5)


@given(st.floats(-179.9, 180), st.floats(-180, 180), facings)
def test_planted_angle_is_read_back_in_any_posture(planted_deg: float, tibia_deg: float, facing: int) -> None:
    reading = dorsiflexion_from_points(leg(planted_deg, tibia_deg, facing), facing)
    assert wrapped(reading - planted_deg) == pytest.approx(0, abs=EXACT_DEG)


@given(legs(), facings, st.floats(-720, 720))
def test_rotation_of_the_picture_changes_nothing(points: Array, facing: int, roll_deg: float) -> None:
    turn = Rotation.from_euler("z", roll_deg, degrees=True).as_matrix()[:2, :2]
    difference = dorsiflexion_from_points(points @ turn.T, facing) - dorsiflexion_from_points(points, facing)
    assert wrapped(difference) == pytest.approx(0, abs=EXACT_DEG)


@given(legs(), facings)
def test_mirror_flips_the_facing_and_keeps_the_angle(points: Array, facing: int) -> None:
    mirrored = points * [-1, 1] + [1920, 0]
    difference = dorsiflexion_from_points(mirrored, -facing) - dorsiflexion_from_points(points, facing)
    assert wrapped(difference) == pytest.approx(0, abs=EXACT_DEG)


@given(legs(), facings, st.floats(0.01, 100), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_scale_and_position_change_nothing(points: Array, facing: int, scale: float, x: float, y: float) -> None:
    moved = points * scale + [x, y]
    difference = dorsiflexion_from_points(moved, facing) - dorsiflexion_from_points(points, facing)
    assert wrapped(difference) == pytest.approx(0, abs=1e-7)  # 10^4 px beside segments of 0.2 px: 1e-11 rad


@given(legs(), facings)
def test_swapping_heel_and_toe_turns_the_foot_around(points: Array, facing: int) -> None:
    swapped = points[[0, 1, 3, 2]]
    difference = dorsiflexion_from_points(swapped, facing) - dorsiflexion_from_points(points, facing)
    assert abs(wrapped(difference)) == pytest.approx(180, abs=EXACT_DEG)


@given(legs())
def test_the_other_facing_gives_the_supplement(points: Array) -> None:
    total = dorsiflexion_from_points(points, 1) + dorsiflexion_from_points(points, -1)
    assert abs(wrapped(total)) == pytest.approx(180, abs=EXACT_DEG)


@given(legs(), facings)
def test_agrees_with_scipy_rotation(points: Array, facing: int) -> None:
    """The turn that carries the foot from neutral to where it is, as scipy finds it."""
    lift = np.column_stack([points * [1, -1], np.zeros(4)])  # y up, z towards the camera
    shank, foot = lift[0] - lift[1], lift[3] - lift[2]
    neutral_foot = np.cross(shank, [0, 0, facing])  # perpendicular to the shank, towards the toes
    axis = np.array([0.0, 0.0, 1.0])
    turn, _ = Rotation.align_vectors(
        np.stack([foot, axis]), np.stack([neutral_foot, axis]), weights=np.array([1, np.inf])
    )
    expected_deg = facing * turn.as_rotvec(degrees=True)[2]
    assert wrapped(dorsiflexion_from_points(points, facing) - expected_deg) == pytest.approx(0, abs=1e-5)


def test_range_and_continuity_through_the_right_and_the_straight_angle() -> None:
    planted_deg = np.arange(-400, 400, 0.25)
    readings = dorsiflexion_from_points(leg(planted_deg, 17.0), 1)
    assert np.all((readings > -180) & (readings <= 180))
    assert np.max(np.abs(wrapped(np.diff(readings)) - 0.25)) < EXACT_DEG


def test_straight_back_is_plus_180_never_minus_180() -> None:
    points = [[300, 100], [300, 350], [300, 400], [200, 400]]
    for dtype in (np.float32, np.float64):
        assert dorsiflexion_from_points(np.asarray(points, dtype), 1) == 180


@given(legs(), facings)
def test_float32_stays_float32_and_agrees_with_float64(points: Array, facing: int) -> None:
    single = dorsiflexion_from_points(points.astype(np.float32), facing)
    assert single.dtype == np.float32
    assert wrapped(single - dorsiflexion_from_points(points, facing)) == pytest.approx(0, abs=SINGLE_DEG)


def test_integers_are_taken_as_float64() -> None:
    points = np.array([[300, 100], [300, 350], [300, 400], [400, 300]], dtype=np.uint16)
    reading = dorsiflexion_from_points(points, 1)
    assert reading.dtype == np.float64
    assert reading == pytest.approx(45)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("coordinate", range(8))
def test_nan_stays_in_its_own_element(coordinate: int, dtype: type[np.floating[Any]]) -> None:
    points: Array = leg(np.linspace(-40, 20, 7)).astype(dtype)
    whole = dorsiflexion_from_points(points, 1)
    points.reshape(7, 8)[3, coordinate] = np.nan
    broken = dorsiflexion_from_points(points, 1)
    assert np.flatnonzero(np.isnan(broken)).tolist() == [3]
    np.testing.assert_array_equal(np.delete(broken, 3), np.delete(whole, 3))


@pytest.mark.parametrize("pair", [(0, 1), (2, 3)])
def test_a_segment_without_length_has_no_angle(pair: tuple[int, int]) -> None:
    points = leg(np.array([10.0, 10.0]))
    points[1, pair[0]] = points[1, pair[1]]
    assert np.isnan(dorsiflexion_from_points(points, 1)).tolist() == [False, True]
    assert np.isnan(dorsiflexion_from_points(points[1], 1))


def test_facing_must_be_decided() -> None:
    readings = dorsiflexion_from_points(leg(10.0), [1, 0, np.nan, -1, 2])
    assert np.isnan(readings).tolist() == [False, True, True, False, True]


def test_broadcasting_equals_the_loop() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(0, 1000, (3, 5, 4, 2))
    facing = rng.choice([-1, 1], (3, 1))
    together = dorsiflexion_from_points(points, facing)
    one_by_one = [[dorsiflexion_from_points(p, f) for p in row] for row, (f,) in zip(points, facing, strict=True)]
    np.testing.assert_array_equal(together, one_by_one)
    assert dorsiflexion_from_points(points[0, 0], np.array([[1], [-1]])).shape == (2, 1)


def test_order_in_memory_does_not_matter_and_the_input_is_left_alone() -> None:
    points = np.random.default_rng(2).uniform(0, 1000, (50, 4, 2))
    before = points.copy()
    expected = dorsiflexion_from_points(points, 1)
    np.testing.assert_array_equal(dorsiflexion_from_points(np.asfortranarray(points), 1), expected)
    np.testing.assert_array_equal(dorsiflexion_from_points(points[::-1], 1), expected[::-1])
    np.testing.assert_array_equal(points, before)
    points.setflags(write=False)
    np.testing.assert_array_equal(dorsiflexion_from_points(points, 1), expected)


def test_no_frames_give_no_angles() -> None:
    assert dorsiflexion_from_points(np.empty((0, 4, 2), np.float32), 1).shape == (0,)


@pytest.mark.parametrize("shape", [(4,), (2, 4), (7, 3, 2), (7, 4, 3), ()])
def test_a_wrong_shape_is_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected points of shape \(\.\.\., 4, 2\) holding fibular head"):
        dorsiflexion_from_points(np.zeros(shape), 1)


@given(legs(), facings, st.floats(-180, 180))
def test_dorsiflexion_is_tibia_plus_foot_inclination(points: Array, facing: int, up_deg: float) -> None:
    up = [np.sin(np.deg2rad(up_deg)), -np.cos(np.deg2rad(up_deg))]
    tibia_deg = tibia_inclination_from_points(points[:2], facing, up)
    foot_deg = foot_inclination_from_points(points[2:], facing, up)
    difference = tibia_deg + foot_deg - dorsiflexion_from_points(points, facing)
    assert wrapped(difference) == pytest.approx(0, abs=EXACT_DEG)


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("tibia_deg", [-90, -10, 0, 38, 90, 120])
def test_tibia_and_foot_inclination_are_read_back(tibia_deg: float, facing: int) -> None:
    points = leg(12.0, tibia_deg, facing)
    assert tibia_inclination_from_points(points[:2], facing) == pytest.approx(tibia_deg, abs=EXACT_DEG)
    assert foot_inclination_from_points(points[2:], facing) == pytest.approx(12 - tibia_deg, abs=EXACT_DEG)


def test_inclination_is_to_the_given_up() -> None:
    lean_deg = tibia_inclination_from_points([[300, 100], [300, 300]], 1, up=[0.5, -0.5])
    assert lean_deg == pytest.approx(-45)  # up leans to the right, where the toes are: the shank leans back


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize(
    ("ankle_forward", "ankle_down", "expected_deg"),
    [(0, 1, 0), (-1, 0, 90), (-1, 1, 45), (1, 1, -45), (-1, -1, 135)],
)
def test_knee_flexion(ankle_forward: int, ankle_down: int, expected_deg: float, facing: int) -> None:
    points = [[0, 0], [0, 50], [facing * 40 * ankle_forward, 50 + 40 * ankle_down]]
    assert knee_flexion_from_points(points, facing) == pytest.approx(expected_deg, abs=EXACT_DEG)


@pytest.mark.parametrize(
    ("end", "expected_deg"), [((1, 0), 0), ((0, -1), 90), ((-1, 0), 180), ((0, 1), -90), ((1, 1), -45)]
)
def test_segment_angle_is_anticlockwise_as_seen(end: tuple[int, int], expected_deg: float) -> None:
    assert segment_angle_from_points([(0, 0), end]) == pytest.approx(expected_deg, abs=EXACT_DEG)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_function_keeps_precision_and_isolates_nan(dtype: type[np.floating[Any]]) -> None:
    points: Array = np.random.default_rng(3).uniform(0, 500, (6, 3, 2)).astype(dtype)
    points[2, 1, 0] = np.nan
    results = [
        knee_flexion_from_points(points, 1),
        tibia_inclination_from_points(points[:, :2], 1),
        foot_inclination_from_points(points[:, :2], -1),
        segment_angle_from_points(points[:, :2]),
        segment_length_from_points(points[:, :2]),
    ]
    for result in results:
        assert result.dtype == dtype
        assert np.flatnonzero(np.isnan(result)).tolist() == [2]
