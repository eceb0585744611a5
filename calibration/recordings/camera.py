"""A pinhole camera with radial distortion, and where a planned recording puts it."""

from dataclasses import dataclass

import numpy as np

from calibration.people.body import SIDE_SIGN
from calibration.recordings.plan import Recording
from calibration.recordings.rig import Z_AXIS, rotation, unit

NEAREST_M = 0.35  # a hand-held phone's shortest focusing distance, with margin


@dataclass(frozen=True)
class Camera:
    """Position (3,), axes (3, 3) with rows right, down, forward; focal length and picture in pixels.

    `k1` is the radial distortion of the first order, in units of the focal length: a point seen at the
    tangent r from the axis is drawn at r (1 + k1 r^2) / stretch, where `stretch` makes a barrel-shaped
    picture (k1 < 0) reach the corners, as cameras do.
    """

    position: np.ndarray
    axes: np.ndarray
    focal_px: float
    width: int
    height: int
    k1: float = 0.0

    @property
    def centre(self) -> np.ndarray:
        """Principal point, pixels."""
        return np.array([self.width / 2, self.height / 2])

    @property
    def stretch(self) -> float:
        """Divisor of the distortion: 1, or less where the lens draws the corners inwards."""
        corner = (self.width**2 + self.height**2) / (2 * self.focal_px) ** 2
        return 1.0 + min(self.k1, 0.0) * corner

    def view(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) in the camera's axes: right, down, depth; metres."""
        return np.asarray((points - self.position) @ self.axes.T)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels (..., 2) of points (..., 3) without distortion; NaN behind the camera."""
        seen = self.view(points)
        depth = np.where(seen[..., 2:] > 1e-6, seen[..., 2:], np.nan)
        return np.asarray(self.centre + self.focal_px * seen[..., :2] / depth)

    def distort(self, pixels: np.ndarray) -> np.ndarray:
        """Where the lens draws undistorted pixels (..., 2)."""
        tangent = (pixels - self.centre) / self.focal_px
        growth = (1.0 + self.k1 * (tangent**2).sum(-1, keepdims=True)) / self.stretch
        return np.asarray(self.centre + self.focal_px * tangent * growth)

    def undistort(self, pixels: np.ndarray) -> np.ndarray:
        """Inverse of `distort`, by iteration (small distortions only)."""
        drawn = (pixels - self.centre) / self.focal_px * self.stretch
        tangent = drawn.copy()
        for _ in range(12):
            tangent = drawn / (1.0 + self.k1 * (tangent**2).sum(-1, keepdims=True))
        return np.asarray(self.centre + self.focal_px * tangent)


def view_angles_deg(towards: np.ndarray, normal: np.ndarray, front: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Yaw and pitch of a line of sight against a plane's outward normal.

    Parameters
    ----------
    towards : (..., 3) unit vectors towards the camera: against the optical axis, or from a point
    normal : (3,) unit normal pointing to the side the camera should be on
    front : (3,) direction in which the person faces

    Returns
    -------
    Yaw (...), degrees, + where the camera stands towards the person's front, and pitch (...), + where it
    looks down.
    """
    front = unit(front - normal * (front @ normal))
    up = unit(np.cross(normal, front))
    up = up if up[2] > 0 else -up
    yaw = np.degrees(np.arctan2(towards @ front, towards @ normal))
    pitch = np.degrees(np.arcsin(np.clip(towards @ up, -1, 1)))
    return np.asarray(yaw), np.asarray(pitch)


def place_camera(row: Recording, points: np.ndarray, ankle: np.ndarray) -> Camera:
    """Look at the middle of the points (N, 3), as far away as the row's fill asks.

    The camera stands at the row's height over the ankle (3,) and is tilted towards the middle; the distance
    is found by bisection; then the picture is shifted by the row's aim.
    """
    lateral = np.array([SIDE_SIGN[row.side], 0.0, 0.0])
    front = np.array([0.0, -1.0, 0.0])
    yaw = np.radians(row.yaw_deg)
    away = np.cos(yaw) * lateral + np.sin(yaw) * front
    middle = (points.min(0) + points.max(0)) / 2
    rise = ankle[2] + row.camera_height_m - middle[2]
    near, far = max(NEAREST_M, 0.7 * abs(float(rise))), 30.0
    for _ in range(40):
        distance = (near + far) / 2
        if _fill(_look(row, middle, away * distance + Z_AXIS * rise), points) > row.fill:
            near = distance
        else:
            far = distance
    return _look(row, middle, away * far + Z_AXIS * rise)


def _look(row: Recording, middle: np.ndarray, offset: np.ndarray) -> Camera:
    """Camera at an offset from the middle whose axis passes beside the middle by the row's aim."""
    forward = -unit(offset)
    right = unit(np.cross(forward, Z_AXIS))
    axes = np.stack([right, np.cross(forward, right), forward])
    axes = (rotation(forward, row.roll_deg) @ axes.T).T
    focal_px = row.width / 2 / np.tan(np.radians(row.hfov_deg) / 2)
    metres_per_px = float(np.linalg.norm(offset)) / focal_px
    shift = metres_per_px * (row.aim_x * row.width * axes[0] + row.aim_y * row.height * axes[1])
    return Camera(middle + offset - shift, axes, float(focal_px), row.width, row.height, row.distortion_k1)


def _fill(camera: Camera, points: np.ndarray) -> float:
    """Part of the picture's height or width that the points take, the larger; 9 when one is behind."""
    if camera.view(points)[:, 2].min() < 0.05:
        return 9.0
    span = np.ptp(camera.project(points), axis=0)
    return float(max(span[0] / camera.width, span[1] / camera.height))
