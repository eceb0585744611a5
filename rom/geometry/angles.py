r"""Signed angles of the leg in the picture, from landmarks in pixels (x right, y down).

The angle of the ankle
----------------------
With the shank vector :math:`u` = fibular head - malleolus and the foot vector :math:`v` = toe - heel,

.. math:: DF = \operatorname{atan2}(u \cdot v,\; f\,(u_x v_y - u_y v_x))

where :math:`f` is the facing: +1 where the toes of an upright leg point right in the picture, -1 where
they point left. The dot product is the part of the foot that lies along the shank (towards the knee
is dorsiflexion), the cross product the part across it (towards the toes is positive). So the reading
is 0 where the foot line is perpendicular to the shank line, positive where the toes come towards the
knee, and runs through ±90 without a break. One `arctan2` and no length in it: neither scale nor
position nor camera roll changes it, and its derivative exists wherever both segments have a length
(`arccos` would lose the sign and, near 0 and 180, the digits).

The three other angles of the leg follow the same pattern: an `arctan2` of a part along and a part
across, the facing deciding which way across is forward. For every leg, whatever its posture,

    dorsiflexion = tibia inclination + foot inclination   (modulo 360).

What is missing
---------------
NaN in a landmark gives NaN for that element and no other. A segment without length (two landmarks on
the same spot) has no direction and gives NaN, and so does a facing that is not +1 or -1 (0 means
undecided): a reading of exactly 0 always means a right angle. Coordinates are finite or NaN.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from rom.geometry.checks import FloatArray, check_facing, check_floating, check_points

ANKLE_LANDMARKS: Final = ("fibular head", "malleolus", "heel", "toe")
"""The order of landmarks in every function that takes the four points of the ankle."""

_DEGREES_PER_RADIAN: Final = 180.0 / np.pi
_UP: Final = (0.0, -1.0)  # up in a level picture, whose y axis points down


def dorsiflexion_from_points(points: npt.ArrayLike, facing: npt.ArrayLike) -> FloatArray:
    """Angle of the ankle: dorsiflexion positive, plantar flexion negative, degrees.

    Parameters
    ----------
    points : array_like, (..., 4, 2)
        Fibular head (or knee), lateral malleolus, heel, toe, in square undistorted pixels.
    facing : array_like, broadcastable to (...)
        +1 where the toes of an upright leg point right in the picture, -1 where left.

    Returns
    -------
    ndarray, (...)
        Degrees in (-180, 180]; 0 where heel->toe is perpendicular to malleolus->fibular head.
        float32 for float32 points, else float64. NaN as described at the top of this module.

    Raises
    ------
    ValueError
        Where the last two axes of `points` are not (4, 2).

    Notes
    -----
    Goniometer definition of Norkin and White: zero where the fibula and the foot stand at 90 degrees.
    The coordinates are read in place and each temporary is one number a frame, so the cost is that of
    reading the points once and one vectorised `arctan2` (see `calibration/benchmarks/geometry.py`).

    Examples
    --------
    A shank upright and a foot level, toes right; then the toes 100 px right and 100 px higher:

    >>> level = [[300, 100], [300, 400], [280, 440], [380, 440]]
    >>> toes_up = [[300, 100], [300, 400], [280, 440], [380, 340]]
    >>> dorsiflexion_from_points([level, toes_up], facing=1)
    array([ 0., 45.])
    """
    p = check_points(points, ANKLE_LANDMARKS)
    shank_x = p[..., 0, 0] - p[..., 1, 0]
    shank_y = p[..., 0, 1] - p[..., 1, 1]
    foot_x = p[..., 3, 0] - p[..., 2, 0]
    foot_y = p[..., 3, 1] - p[..., 2, 1]
    along, across = _dot_and_cross(shank_x, shank_y, foot_x, foot_y)
    return _degrees_from_parts(along, across * check_facing(facing, across))


def tibia_inclination_from_points(
    points: npt.ArrayLike, facing: npt.ArrayLike, up: npt.ArrayLike = _UP
) -> FloatArray:
    """Lean of the shank from the upright: positive where the knee is forward of the ankle, degrees.

    Parameters
    ----------
    points : array_like, (..., 2, 2)
        Fibular head (or knee) and lateral malleolus, in pixels.
    facing : array_like, broadcastable to (...)
        +1 where the toes point right, -1 where left.
    up : array_like, (..., 2)
        Direction of up in the picture, any length; (0, -1) in a level picture.

    Returns
    -------
    ndarray, (...)
        Degrees in (-180, 180]; 0 with the shank upright, 90 with the knee straight in front of the
        ankle, -90 with the leg stretched out lying (long sitting).

    Examples
    --------
    The knee over the toes in a lunge, toes right and toes left:

    >>> shank = [[400, 300], [300, 400]]
    >>> tibia_inclination_from_points(shank, facing=[1, -1])
    array([ 45., -45.])
    """
    p = check_points(points, ("fibular head", "malleolus"))
    x, y = p[..., 0, 0] - p[..., 1, 0], p[..., 0, 1] - p[..., 1, 1]
    upward, right = _parts_along_up(x, y, up)
    return _degrees_from_parts(right * check_facing(facing, right), upward)


def foot_inclination_from_points(
    points: npt.ArrayLike, facing: npt.ArrayLike, up: npt.ArrayLike = _UP
) -> FloatArray:
    """Tilt of the foot line from the horizontal: positive where the toes are higher, degrees.

    Parameters
    ----------
    points : array_like, (..., 2, 2)
        Heel and toe, in pixels.
    facing : array_like, broadcastable to (...)
        +1 where the toes of an upright leg point right, -1 where left.
    up : array_like, (..., 2)
        Direction of up in the picture, any length.

    Returns
    -------
    ndarray, (...)
        Degrees in (-180, 180]; 0 where the foot line is level and points the way of the facing.

    Examples
    --------
    >>> foot_inclination_from_points([[100, 400], [200, 300]], facing=1).item()
    45.0
    """
    p = check_points(points, ("heel", "toe"))
    x, y = p[..., 1, 0] - p[..., 0, 0], p[..., 1, 1] - p[..., 0, 1]
    upward, right = _parts_along_up(x, y, up)
    return _degrees_from_parts(upward, right * check_facing(facing, right))


def knee_flexion_from_points(points: npt.ArrayLike, facing: npt.ArrayLike) -> FloatArray:
    """Angle of the knee: 0 straight, flexion positive, hyperextension negative, degrees.

    Parameters
    ----------
    points : array_like, (..., 3, 2)
        Hip, knee, ankle, in pixels.
    facing : array_like, broadcastable to (...)
        +1 where the toes of an upright leg point right, -1 where left.

    Returns
    -------
    ndarray, (...)
        Degrees in (-180, 180].

    Examples
    --------
    The heel drawn back to the left of a person whose toes point right:

    >>> knee_flexion_from_points([[300, 100], [300, 300], [100, 300]], facing=1).item()
    90.0
    """
    p = check_points(points, ("hip", "knee", "ankle"))
    thigh_x, thigh_y = p[..., 1, 0] - p[..., 0, 0], p[..., 1, 1] - p[..., 0, 1]
    shank_x, shank_y = p[..., 2, 0] - p[..., 1, 0], p[..., 2, 1] - p[..., 1, 1]
    along, across = _dot_and_cross(thigh_x, thigh_y, shank_x, shank_y)
    return _degrees_from_parts(across * check_facing(facing, across), along)


def segment_angle_from_points(points: npt.ArrayLike) -> FloatArray:
    """Direction of a segment in the picture: anticlockwise as seen, 0 to the right, degrees.

    Parameters
    ----------
    points : array_like, (..., 2, 2)
        Start and end of the segment, in pixels.

    Returns
    -------
    ndarray, (...)
        Degrees in (-180, 180]: 0 right, 90 up, 180 left, -90 down. No facing: this is a direction in
        the picture, not an angle of the body.

    Examples
    --------
    >>> segment_angle_from_points([[[0, 0], [5, -5]], [[0, 0], [0, 9]]])
    array([ 45., -90.])
    """
    p = check_points(points, ("start", "end"))
    x, y = p[..., 1, 0] - p[..., 0, 0], p[..., 1, 1] - p[..., 0, 1]
    return _degrees_from_parts(-y, x)


def segment_length_from_points(points: npt.ArrayLike) -> FloatArray:
    """Length of a segment, in the unit of the points.

    Parameters
    ----------
    points : array_like, (..., 2, 2)
        Start and end of the segment.

    Returns
    -------
    ndarray, (...)
        Zero or more; NaN where a coordinate is NaN.

    Examples
    --------
    >>> segment_length_from_points([[0, 0], [3, 4]]).item()
    5.0
    """
    p = check_points(points, ("start", "end"))
    return np.hypot(p[..., 1, 0] - p[..., 0, 0], p[..., 1, 1] - p[..., 0, 1])


def _dot_and_cross(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Dot and cross product of two plane vectors; overwrites its arguments, which are temporaries."""
    dot = ax * bx
    dot += ay * by
    ax *= by
    ay *= bx
    ax -= ay
    return dot, ax


def _parts_along_up(x: FloatArray, y: FloatArray, up: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Parts of a vector along up and along the right-hand side of up, both times the length of up."""
    direction = check_floating(up).astype(x.dtype)
    up_x, up_y = direction[..., 0], direction[..., 1]
    return x * up_x + y * up_y, y * up_x - x * up_y


def _degrees_from_parts(y: FloatArray, x: FloatArray) -> FloatArray:
    """Return arctan2(y, x) in degrees in (-180, 180], NaN where both parts are zero."""
    angle: FloatArray = np.arctan2(y + 0.0, x)  # + 0.0 turns -0.0 into 0.0: arctan2(-0.0, -1) would be -180
    angle *= angle.dtype.type(_DEGREES_PER_RADIAN)
    if not np.all(x):  # rare: only here can a segment without length hide
        angle = np.where((x == 0) & (y == 0), np.nan, angle)
    return angle
