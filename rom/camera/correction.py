"""Landmarks as a perfect, level camera would have drawn them, and back onto the picture that was filmed.

Only points are straightened: lengths, the shank's lean, and every angle that is made from points. The angle of the
model *leg* is read from the picture by its network (`rom.ankle.leg`) and stays as it was read; so do the directions
and covariances that it tells of each picture. The intervals do not change either: the model errors behind them were
measured on cameras that bend lines as phones do.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rom.geometry import distort_points, turn_points, undistort_points
from rom.records import CameraProfile, Correction, Floats, Landmarks

#: Step over which the change of a point is measured to carry its covariance over: small beside a lens's bend.
STEP_PX = 0.5


def straightened(points_px: Floats, camera: CameraProfile | None) -> Floats:
    """Points as a perfect lens that stands level would have drawn them.

    Parameters
    ----------
    points_px : (..., 2) pixels of the picture as filmed, NaN where missing.
    camera : in pixels of that picture (`rom.camera.profiles.fitted`); None leaves the points alone.

    Returns
    -------
    (..., 2). The middle of the picture stays where the level alone is known. NaN where the lens cannot have drawn a
    point, far outside the picture.
    """
    if camera is None:
        return points_px
    points = points_px
    if camera.lens is not None:
        points = undistort_points(points, camera.lens.matrix, camera.lens.distortion)
    return turn_points(points, -_roll_deg(camera), _middle(camera)) if camera.level else points


def drawn(points_px: Floats, camera: CameraProfile | None) -> Floats:
    """Where straightened points (..., 2) lie on the picture as filmed: the way back."""
    if camera is None:
        return points_px
    points = turn_points(points_px, _roll_deg(camera), _middle(camera)) if camera.level else points_px
    if camera.lens is None:
        return points
    return distort_points(points, camera.lens.matrix, camera.lens.distortion)


def straightened_landmarks(landmarks: Landmarks, camera: CameraProfile | None) -> Landmarks:
    """One person's landmarks, their points straightened and the points' covariance carried over to first order."""
    if camera is None or (camera.lens is None and camera.level is None):
        return landmarks
    points = straightened(landmarks.points_px, camera)
    return replace(
        landmarks,
        points_px=points,
        covariance_px2=_carried(landmarks.covariance_px2, landmarks.points_px, camera),
    )


def straightened_corrections(
    corrections: Sequence[Correction], camera: CameraProfile | None
) -> tuple[Correction, ...]:
    """The same corrections, the landmarks that they put on the picture as filmed straightened."""
    return tuple(_straight(one, camera) for one in corrections)


def _straight(one: Correction, camera: CameraProfile | None) -> Correction:
    if one.x_px is None or one.y_px is None:
        return one
    x_px, y_px = straightened(np.array([one.x_px, one.y_px]), camera)
    return replace(one, x_px=float(x_px), y_px=float(y_px))


def _carried(covariance_px2: Floats, points_px: Floats, camera: CameraProfile) -> Floats:
    """(T, K, 2, 2) covariance after straightening: J C J', with J from central differences."""
    if np.isnan(covariance_px2).all():
        return covariance_px2
    steps = STEP_PX * np.eye(2)
    wide = points_px.astype(float)
    columns = [straightened(wide + step, camera) - straightened(wide - step, camera) for step in steps]
    slope = np.stack(columns, axis=-1) / (2 * STEP_PX)
    return (slope @ covariance_px2 @ np.swapaxes(slope, -1, -2)).astype(covariance_px2.dtype)


def _roll_deg(camera: CameraProfile) -> float:
    """The picture's turn; 0 where it is not known."""
    return 0.0 if camera.level is None else camera.level.roll_deg


def _middle(camera: CameraProfile) -> Floats:
    """(2,) the middle of the picture."""
    return np.array([camera.width_px / 2, camera.height_px / 2])
