r"""What the picture does to the leg: views that are not square to the sagittal plane, and 3D to the plane.

A leg moves in its sagittal plane (x forward, y up, z towards the camera). A distant camera turned by
*yaw* about the vertical and raised by *pitch* above the horizontal draws the point (x, y, z) at

.. math:: right = x \cos\psi - z \sin\psi, \qquad
          up = y \cos\varphi - (x \sin\psi + z \cos\psi) \sin\varphi .

Horizontal lengths in the plane shrink by :math:`\cos\psi` and vertical ones do not, which bends every
angle that is not between those two. With the tibia leaning forward by :math:`\tau` and a true
dorsiflexion :math:`\theta`, the shank is :math:`(\sin\tau, \cos\tau)` and the foot
:math:`(\cos(\theta - \tau), \sin(\theta - \tau))`; drawing both and reading the angle again gives what
the picture shows. The direction of the error flips with the posture: a seated leg reads too much
plantar flexion, a leg stretched out lying too little.

The camera is taken as distant (orthographic): a near wide-angle camera adds perspective to this.
"""

import numpy as np
import numpy.typing as npt

from rom.geometry.angles import dorsiflexion_from_points
from rom.geometry.checks import FloatArray, check_floating, check_points, check_vectors


def projected_dorsiflexion_from_view(
    dorsiflexion_deg: npt.ArrayLike,
    tibia_inclination_deg: npt.ArrayLike,
    yaw_deg: npt.ArrayLike,
    pitch_deg: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Ankle angle that a picture shows when the camera is not square to the sagittal plane, degrees.

    Parameters
    ----------
    dorsiflexion_deg : array_like
        True angle: dorsiflexion positive, plantar flexion negative.
    tibia_inclination_deg : array_like
        Lean of the shank from the upright, knee forward positive; -90 lying with the leg stretched out.
    yaw_deg : array_like
        Turn of the camera about the vertical, away from square to the sagittal plane. With no pitch
        its sign does not matter; with pitch, positive is a camera in front of the leg.
    pitch_deg : array_like
        Elevation of the camera above the horizontal through the leg.

    Returns
    -------
    ndarray
        Degrees in (-180, 180], of the broadcast shape, in the precision of `dorsiflexion_deg`. NaN where a
        segment is seen end on.

    Examples
    --------
    >>> projected_dorsiflexion_from_view(40, 40, yaw_deg=[0, 20]).round(2)
    array([40.  , 38.26])
    """
    true_deg = check_floating(dorsiflexion_deg)
    others = (np.asarray(v, dtype=true_deg.dtype) for v in (tibia_inclination_deg, yaw_deg, pitch_deg))
    true_deg, tibia_deg, yaw_deg, pitch_deg = np.broadcast_arrays(true_deg, *others)
    tibia, foot = np.deg2rad(tibia_deg), np.deg2rad(true_deg - tibia_deg)
    yaw, pitch = np.deg2rad(yaw_deg), np.deg2rad(pitch_deg)
    shank = _drawn(np.sin(tibia), np.cos(tibia), yaw, pitch)
    sole = _drawn(np.cos(foot), np.sin(foot), yaw, pitch)
    origin = np.zeros_like(shank)
    return dorsiflexion_from_points(np.stack([shank, origin, origin, sole], axis=-2), facing=1)


def view_error_deg(
    dorsiflexion_deg: npt.ArrayLike,
    tibia_inclination_deg: npt.ArrayLike,
    yaw_deg: npt.ArrayLike,
    pitch_deg: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Error of the reading that a camera out of square causes: shown minus true angle, degrees.

    Parameters
    ----------
    dorsiflexion_deg, tibia_inclination_deg, yaw_deg, pitch_deg : array_like
        As in `projected_dorsiflexion_from_view`.

    Returns
    -------
    ndarray
        Degrees in [-180, 180); positive reads too much dorsiflexion (or too little plantar flexion).

    Examples
    --------
    Pointed toes seen from 20 degrees off: seated they read too far, lying not far enough.

    >>> view_error_deg(-50, tibia_inclination_deg=[0, -90], yaw_deg=20).round(1)
    array([-1.7,  1.8])
    """
    shown = projected_dorsiflexion_from_view(dorsiflexion_deg, tibia_inclination_deg, yaw_deg, pitch_deg)
    return (shown - check_floating(dorsiflexion_deg) + 180.0) % 360.0 - 180.0


def out_of_plane_from_lengths(apparent: npt.ArrayLike, true: npt.ArrayLike) -> FloatArray:
    """Angle of a segment out of the picture plane, from how much shorter it looks, degrees.

    Parameters
    ----------
    apparent, true : array_like
        Length in the picture and length when square to the camera, in the same unit.

    Returns
    -------
    ndarray
        Degrees in [0, 90], without sign: a length does not tell towards from away. 0 where the segment
        looks longer than it is (noise); NaN where a length is negative, or the true one not positive.

    Notes
    -----
    The cosine is flat at 0: a segment that looks 1.5 % short stands 10 degrees out, so small angles
    drown in the noise of the landmarks. Use it to reject views, not to correct readings.

    Examples
    --------
    >>> out_of_plane_from_lengths([100.0, 98.5, 50.0], 100.0).round()
    array([ 0., 10., 60.])
    """
    seen = check_floating(apparent)
    whole = np.asarray(true, dtype=seen.dtype)
    seen = np.where((seen >= 0) & (whole > 0), seen, np.nan)
    hidden = np.sqrt(np.maximum(whole * whole - seen * seen, 0.0))
    angle: FloatArray = np.rad2deg(np.arctan2(hidden, seen))
    return angle


def yaw_from_segment_length(points: npt.ArrayLike, true_length: npt.ArrayLike) -> FloatArray:
    """Turn of the camera about the vertical that explains how short a segment looks, degrees.

    Yaw shrinks only the level part of a segment, so a level foot tells it best and an upright shank
    not at all.

    Parameters
    ----------
    points : array_like, (..., 2, 2)
        Start and end of a segment of the sagittal plane, in pixels of a level picture.
    true_length : array_like, broadcastable to (...)
        Its length in pixels at the same distance, seen square.

    Returns
    -------
    ndarray, (...)
        Degrees in [0, 90]; 0 where it looks longer than it is; NaN where it stands as high in the
        picture as its whole length, so that no level part is left to compare.

    Examples
    --------
    >>> yaw_from_segment_length([[0, 0], [50, 0]], true_length=100).round(6).item()
    60.0
    """
    p = check_points(points, ("start", "end"))
    across, rise = p[..., 1, 0] - p[..., 0, 0], p[..., 1, 1] - p[..., 0, 1]
    level_square = np.asarray(true_length, dtype=p.dtype) ** 2 - rise * rise
    level = np.sqrt(np.where(level_square > 0, level_square, np.nan))
    return out_of_plane_from_lengths(np.abs(across), level)


def progression_from_path(path: npt.ArrayLike, up: npt.ArrayLike = (0.0, 0.0, 1.0)) -> FloatArray:
    """Direction in which someone walks, level, from the path of a marker in space.

    Parameters
    ----------
    path : array_like, (..., T, 3)
        Positions of a marker over time; any unit. Frames with NaN are left out.
    up : array_like, (3,)
        Direction of up in the laboratory.

    Returns
    -------
    ndarray, (..., 3)
        Unit vector square to `up`, along the line of largest spread of the level path, pointing from
        the earlier to the later half of the frames. NaN with fewer than two frames or no movement.

    Examples
    --------
    >>> progression_from_path([[0, 0, 900], [1, -100, 930], [0, -200, 900]])
    array([ 0., -1.,  0.])
    """
    positions = check_vectors(path, 3, "the path")
    if positions.ndim < 2:
        raise ValueError("expected the path of shape (..., T, 3), one row a frame; found shape (3,).")
    vertical = _unit(check_vectors(up, 3, "the up direction").astype(positions.dtype))
    level = positions - (positions @ vertical)[..., np.newaxis] * vertical
    seen = np.logical_not(np.isnan(level.sum(axis=-1)))[..., np.newaxis]
    count = seen.sum(axis=-2)
    mean = np.where(seen, level, 0).sum(axis=-2) / np.maximum(count, 1)
    centred = np.where(seen, level - mean[..., np.newaxis, :], 0).astype(positions.dtype)
    spread, axes = np.linalg.eigh(np.swapaxes(centred, -1, -2) @ centred)
    along = axes[..., -1]
    time = np.where(seen[..., 0], np.cumsum(seen[..., 0], axis=-1) - (count + 1) / 2, 0)
    trend = np.einsum("...t,...tk,...k->...", time, centred, along)[..., np.newaxis]
    moved = (spread[..., -1:] > 0) & (trend != 0)
    return np.where(moved, along * np.sign(trend), np.nan).astype(positions.dtype) + 0.0


def points_on_plane(
    positions: npt.ArrayLike, forward: npt.ArrayLike, up: npt.ArrayLike = (0.0, 0.0, 1.0)
) -> FloatArray:
    """Draw points of space on the upright plane that holds `forward`, as a camera square to it would.

    Parameters
    ----------
    positions : array_like, (..., 3)
        Points in space, any unit.
    forward : array_like, (3,)
        Direction to the right of the drawing. Only its level part counts.
    up : array_like, (3,)
        Direction of up in space.

    Returns
    -------
    ndarray, (..., 2)
        x along `forward`, y **down**, in the unit of the positions: the 2D angles of this room apply,
        with facing +1 for a leg whose toes point along `forward`.

    Examples
    --------
    >>> points_on_plane([10.0, -20.0, 3.0], forward=[0, -1, 0])
    array([20., -3.])
    """
    space = check_vectors(positions, 3, "positions")
    vertical = _unit(check_vectors(up, 3, "the up direction").astype(space.dtype))
    ahead = check_vectors(forward, 3, "the forward direction").astype(space.dtype)
    right = _unit(ahead - (ahead @ vertical) * vertical)
    return np.stack([space @ right, -(space @ vertical)], axis=-1)


def _drawn(forward: FloatArray, upward: FloatArray, yaw: FloatArray, pitch: FloatArray) -> FloatArray:
    """Draw a vector of the sagittal plane in pixel directions (x right, y down); angles in radians."""
    right = forward * np.cos(yaw)
    up = upward * np.cos(pitch) - forward * np.sin(yaw) * np.sin(pitch)
    return np.stack([right, -up], axis=-1)


def _unit(vector: FloatArray) -> FloatArray:
    """Return a vector of length one in the same direction, NaN where it has no length."""
    length = np.sqrt(vector @ vector)
    unit: FloatArray = vector / np.where(length > 0, length, np.nan)
    return unit
