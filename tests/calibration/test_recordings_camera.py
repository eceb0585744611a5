"""The camera: projection by hand, distortion and its inverse, view angles, framing."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.recordings.camera import Camera, place_camera, view_angles_deg
from calibration.recordings.plan import read_plan
from calibration.recordings.rig import rotation

#: At the origin, looking along +y; right is +x, down is -z.
AXES = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
CAMERA = Camera(np.zeros(3), AXES, 1000.0, 1280, 720)


def test_projection_by_hand() -> None:
    points = np.array([[0.0, 2, 0], [0.2, 2, 0], [0, 2, 0.1]])
    assert CAMERA.project(points) == pytest.approx(np.array([[640, 360], [740, 360], [640, 310]]))


def test_what_is_behind_has_no_pixel() -> None:
    assert np.isnan(CAMERA.project(np.array([0.0, -1, 0]))).all()


@pytest.mark.parametrize("k1", [-0.08, -0.04, 0.0, 0.03])
def test_undistort_inverts_distort(k1: float) -> None:
    camera = replace(CAMERA, k1=k1)
    x, y = np.meshgrid(np.linspace(0, 1280, 9), np.linspace(0, 720, 7))
    pixels = np.stack([x, y], -1)
    assert np.abs(camera.undistort(camera.distort(pixels)) - pixels).max() < 0.01


def test_barrel_distortion_fills_the_corners_and_magnifies_the_middle() -> None:
    camera = replace(CAMERA, k1=-0.08)
    corner = np.array([1280.0, 720.0])
    assert camera.distort(corner) == pytest.approx(corner)
    assert camera.distort(np.array([650.0, 360.0]))[0] > 650.0


@pytest.mark.parametrize(("yaw", "down"), [(0.0, 0.0), (20.0, 0.0), (-30.0, 10.0), (0.0, 15.0)])
def test_view_angles_are_those_the_camera_was_given(yaw: float, down: float) -> None:
    normal, front = np.array([1.0, 0, 0]), np.array([0.0, -1, 0])
    away = rotation(np.array([0.0, 0, 1]), -yaw) @ rotation(np.array([0.0, 1, 0]), -down) @ normal
    found_yaw, found_pitch = view_angles_deg(away, normal, front)
    assert found_yaw == pytest.approx(yaw, abs=1e-6)
    assert found_pitch == pytest.approx(down, abs=1e-6)


@pytest.mark.parametrize("side", ["L", "R"])
def test_the_planned_camera_stands_where_the_plan_says(side: str) -> None:
    row = read_plan("samples")[0]
    row = replace(row, side=side, yaw_deg=0.0, camera_height_m=0.2, roll_deg=0.0, fill=0.8, aim_x=0.0, aim_y=0.0)
    rng = np.random.default_rng(1)
    points = rng.uniform([-0.2, -0.5, 0], [0.2, 0.5, 1.7], (200, 3))
    camera = place_camera(row, points, np.array([0.0, 0.0, 0.1]))
    assert camera.position[2] == pytest.approx(0.3, abs=1e-6)
    assert np.sign(camera.position[0]) == (1 if side == "L" else -1)
    span = np.ptp(camera.project(points), axis=0) / [row.width, row.height]
    assert span.max() == pytest.approx(0.8, abs=1e-3)
    assert np.allclose(camera.axes @ camera.axes.T, np.eye(3))


def test_roll_turns_the_picture_and_not_the_view() -> None:
    row = replace(read_plan("samples")[0], roll_deg=0.0, aim_x=0.0, aim_y=0.0)
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (50, 3))
    middle = (points.min(0) + points.max(0)) / 2
    ankle = middle - [0, 0, row.camera_height_m]  # the camera looks level
    level, rolled = (place_camera(replace(row, roll_deg=r), points, ankle) for r in (0.0, 90.0))
    assert rolled.axes[2] == pytest.approx(level.axes[2])
    assert abs(rolled.axes[0] @ level.axes[0]) < 1e-9
