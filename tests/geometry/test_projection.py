"""Views that are not square: against the clinical table, full 3D rotations, and worked cases."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from rom.geometry import (
    dorsiflexion_from_points,
    out_of_plane_from_lengths,
    points_on_plane,
    progression_from_path,
    projected_dorsiflexion_from_view,
    view_error_deg,
    yaw_from_segment_length,
)

Array = npt.NDArray[np.floating[Any]]
YAW_DEG = (10, 20, 30, 45)
LYING_DEG = -90  # the shank level, knee behind the ankle: long sitting


@pytest.mark.parametrize(
    ("dorsiflexion_deg", "tibia_deg", "expected_deg"),
    [
        (40, 40, (-0.4, -1.7, -4.0, -9.3)),  # lunge, foot flat
        (15, 0, (0.2, 0.9, 2.2, 5.8)),  # seated
        (-50, 0, (-0.4, -1.7, -4.0, -9.3)),  # seated: negative is more plantar flexion
        (-50, LYING_DEG, (0.4, 1.8, 4.1, 9.9)),  # long sitting: positive is less plantar flexion
        (-85, LYING_DEG, (0.1, 0.3, 0.8, 2.1)),
    ],
)
def test_table_of_camera_yaw(dorsiflexion_deg: float, tibia_deg: float, expected_deg: tuple[float, ...]) -> None:
    """The table is rounded to 0.1; rounded twice it may be off by a little more than half of that."""
    np.testing.assert_allclose(view_error_deg(dorsiflexion_deg, tibia_deg, YAW_DEG), expected_deg, atol=0.1)


def test_pitch_costs_what_the_clinical_text_says() -> None:
    """Pitch 10 degrees at most 0.4, 20 degrees about 1 to 2, seated or in a lunge."""
    true_deg, tibia_deg = np.array([40, 15, -50]), np.array([40, 0, 0])
    assert np.all(np.abs(view_error_deg(true_deg, tibia_deg, 0, 10)) <= 0.45)
    worst_deg = np.max(np.abs(view_error_deg(true_deg, tibia_deg, 0, 20)))
    assert 1 < worst_deg < 2


@given(st.floats(-80, 80), st.floats(-100, 60), st.floats(-60, 60), st.floats(-50, 50))
def test_agrees_with_a_camera_turned_by_scipy(
    dorsiflexion_deg: float, tibia_deg: float, yaw_deg: float, pitch_deg: float
) -> None:
    """The leg in space, seen by a camera placed with scipy's rotations, measured in its picture."""
    toes_up = np.deg2rad(dorsiflexion_deg - tibia_deg)
    lean = np.deg2rad(tibia_deg)
    knee, origin = np.array([np.sin(lean), np.cos(lean), 0]), np.zeros(3)
    toe = np.array([np.cos(toes_up), np.sin(toes_up), 0])
    # a positive yaw brings the camera to the front (+x), a positive pitch raises it
    camera = Rotation.from_euler("YX", [yaw_deg, -pitch_deg], degrees=True)
    seen = camera.inv().apply(np.stack([knee, origin, origin, toe]))[:, :2] * [1, -1]
    shown_deg = projected_dorsiflexion_from_view(dorsiflexion_deg, tibia_deg, yaw_deg, pitch_deg)
    difference = (shown_deg - dorsiflexion_from_points(seen, 1) + 180) % 360 - 180
    assert difference == pytest.approx(0, abs=1e-9)


@given(st.floats(-80, 80), st.floats(-100, 60))
def test_a_square_view_has_no_error(dorsiflexion_deg: float, tibia_deg: float) -> None:
    assert view_error_deg(dorsiflexion_deg, tibia_deg, 0) == pytest.approx(0, abs=1e-9)


@given(st.floats(-80, 80), st.floats(-100, 60), st.floats(0, 80))
def test_without_pitch_the_side_of_the_yaw_does_not_matter(
    dorsiflexion_deg: float, tibia_deg: float, yaw_deg: float
) -> None:
    left, right = view_error_deg(dorsiflexion_deg, tibia_deg, [-yaw_deg, yaw_deg])
    assert left == pytest.approx(right, abs=1e-12)


def test_view_functions_broadcast_keep_precision_and_isolate_nan() -> None:
    planted_deg = np.array([-50, np.nan, 15], dtype=np.float32)
    error = view_error_deg(planted_deg, 0, [[0], [20]])
    assert error.shape == (2, 3)
    assert error.dtype == np.float32
    assert np.isnan(error).tolist() == [[False, True, False]] * 2
    assert out_of_plane_from_lengths(planted_deg, 100.0).dtype == np.float32
    assert yaw_from_segment_length(np.eye(2, dtype=np.float32), 100.0).dtype == np.float32


@given(st.floats(0, 89), st.floats(0.1, 1000))
def test_foreshortening_gives_the_angle_back(angle_deg: float, length: float) -> None:
    apparent = length * np.cos(np.deg2rad(angle_deg))
    # the cosine is flat at 0: rounding of 1e-16 in a length is sqrt(2e-16) rad there
    assert out_of_plane_from_lengths(apparent, length) == pytest.approx(angle_deg, abs=2e-6)


def test_foreshortening_at_its_limits() -> None:
    angles_deg = out_of_plane_from_lengths([0, 110, -1, np.nan, 50, 50], [100, 100, 100, 100, 0, np.nan])
    np.testing.assert_array_equal(angles_deg, [90, 0, np.nan, np.nan, np.nan, np.nan])


@given(st.floats(-60, 60), st.floats(1, 80))
def test_yaw_from_a_segment_of_known_length(tilt_deg: float, yaw_deg: float) -> None:
    tilt = np.deg2rad(tilt_deg)
    end = [150 * np.cos(tilt) * np.cos(np.deg2rad(yaw_deg)), -150 * np.sin(tilt)]
    assert yaw_from_segment_length([[0, 0], end], 150) == pytest.approx(yaw_deg, abs=1e-6)


def test_an_upright_segment_tells_no_yaw() -> None:
    assert np.isnan(yaw_from_segment_length([[0, 0], [0, 100]], 100))


def walk(direction: Array, frames: int = 101) -> Array:
    """A marker that walks 2 m along a direction while it bobs and sways."""
    step = np.linspace(0, 2000, frames)
    side = np.cross([0, 0, 1], direction)
    bob = np.stack([0 * step, 0 * step, 900 + 30 * np.sin(step / 50)], axis=-1)
    return np.asarray(step[:, None] * direction + 20 * np.sin(step[:, None] / 100) * side + bob)


@pytest.mark.parametrize("heading_deg", [0, 30, 90, 180, -135])
def test_progression_is_the_way_walked(heading_deg: float) -> None:
    heading = np.deg2rad(heading_deg)
    direction = np.array([np.cos(heading), np.sin(heading), 0])
    path = walk(direction)
    path[10:30] = np.nan
    found = progression_from_path(path)
    assert found @ direction > np.cos(np.deg2rad(1))  # a sway of 20 mm on 2 m leaves a few tenths
    assert found[2] == 0
    assert np.linalg.norm(found) == pytest.approx(1)


def test_progression_of_several_paths_and_of_none() -> None:
    ahead = np.array([0.0, 1, 0])
    still = np.full((101, 3), 5.0)
    found = progression_from_path(np.stack([walk(ahead), walk(-ahead), still, still * np.nan]))
    np.testing.assert_allclose(found[:2], [ahead, -ahead], atol=0.01)
    assert np.isnan(found[2:]).all()
    assert progression_from_path(walk(ahead).astype(np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match="one row a frame"):
        progression_from_path(ahead)


@given(st.floats(-60, 40), st.floats(-40, 60), st.floats(-180, 180), st.floats(-1000, 1000))
def test_angle_of_a_leg_in_space(
    dorsiflexion_deg: float, tibia_deg: float, heading_deg: float, aside: float
) -> None:
    """A leg planted in any upright plane of the laboratory is read from its drawing on that plane."""
    toes_up, lean = np.deg2rad(dorsiflexion_deg - tibia_deg), np.deg2rad(tibia_deg)
    malleolus = np.array([100.0, aside, 80])
    knee = malleolus + 400 * np.array([np.sin(lean), 0, np.cos(lean)])
    heel = malleolus + np.array([-50.0, 30, -60])
    toe = heel + 200 * np.array([np.cos(toes_up), 0.3, np.sin(toes_up)])  # toe-out is drawn away
    turn = Rotation.from_euler("z", heading_deg, degrees=True)
    space = turn.apply(np.stack([knee, malleolus, heel, toe]))
    forward = turn.apply([1.0, 0, 0]) * 7 + [0, 0, 3]  # neither its length nor its rise counts
    drawn = points_on_plane(space, forward)
    assert drawn.shape == (4, 2)
    assert dorsiflexion_from_points(drawn, 1) == pytest.approx(dorsiflexion_deg, abs=1e-9)


def test_drawing_on_the_plane_isolates_nan_and_keeps_precision() -> None:
    space: Array = np.ones((5, 4, 3), dtype=np.float32)
    space[2, 1, 0] = np.nan
    drawn = points_on_plane(space, [1, 0, 0])
    assert drawn.dtype == np.float32
    assert np.unique(np.argwhere(np.isnan(drawn))[:, :2], axis=0).tolist() == [[2, 1]]
    assert np.isnan(points_on_plane(space[0], [0, 0, 1])[..., 0]).all()  # no level part, no direction
    with pytest.raises(ValueError, match=r"expected positions of shape \(\.\.\., 3\)"):
        points_on_plane([1.0, 2.0], [1, 0, 0])
