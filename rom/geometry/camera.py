r"""Points before they are measured: a camera that is not level, and a lens that bends.

Roll is the angle by which the picture stands turned **clockwise as seen** on the screen. In pixels (y
down) the matrix with rows (cos, -sin) and (sin, cos) turns clockwise, so turning points by minus the
roll levels them. The ankle angle does not depend on roll; inclinations to the vertical do, one to one.

The lens model is Brown and Conrady's with OpenCV's coefficients :math:`(k_1, k_2, p_1, p_2, k_3)` on
:math:`x = (u - c_x) / f_x,\; y = (v - c_y) / f_y,\; r^2 = x^2 + y^2`:

.. math::
    x' &= x (1 + k_1 r^2 + k_2 r^4 + k_3 r^6) + 2 p_1 x y + p_2 (r^2 + 2 x^2) \\
    y' &= y (1 + k_1 r^2 + k_2 r^4 + k_3 r^6) + p_1 (r^2 + 2 y^2) + 2 p_2 x y

Its inverse has no closed form. Newton's method with the exact 2 x 2 derivative solves it for all points
at once, always in float64. A polynomial can fold back on itself far from the centre; points beyond the
fold have no meaning and come out as NaN rather than as a wrong position.

Source: D. C. Brown, Close-range camera calibration, Photogrammetric Engineering 37 (1971) 855-866.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from rom.geometry.checks import FloatArray, check_points, check_vectors

_NEWTON_STEPS: Final = 20  # quadratic convergence: real lenses need 3 to 5, the margin costs little
_TOLERANCE_PX: Final = 1e-6  # residual accepted; landmarks are known to about 1 px


def roll_from_vertical_line(points: npt.ArrayLike) -> FloatArray:
    """Roll of the camera from a line known to be vertical (door frame, plumb line), degrees.

    Parameters
    ----------
    points : array_like, (..., 2, 2)
        Two points of the line, in either order, in pixels.

    Returns
    -------
    ndarray, (...)
        Degrees in (-90, 90], positive where the picture stands turned clockwise as seen. NaN where the
        two points coincide.

    Examples
    --------
    >>> roll_from_vertical_line([[110, 100], [100, 200]]).round(2).item()
    5.71
    """
    p = check_points(points, ("one end", "other end"))
    x, y = p[..., 1, 0] - p[..., 0, 0], p[..., 1, 1] - p[..., 0, 1]
    return _half_angle_deg(-2 * x * y, y * y - x * x)


def roll_from_horizontal_line(points: npt.ArrayLike) -> FloatArray:
    """Roll of the camera from a line known to be level (floor edge, water surface), degrees.

    Parameters
    ----------
    points : array_like, (..., 2, 2)
        Two points of the line, in either order, in pixels. The line runs across the view: one that
        runs away from the camera looks tilted without any roll.

    Returns
    -------
    ndarray, (...)
        Degrees in (-90, 90], positive where the picture stands turned clockwise as seen. NaN where the
        two points coincide.

    Examples
    --------
    >>> roll_from_horizontal_line([[100, 100], [200, 110]]).round(2).item()
    5.71
    """
    p = check_points(points, ("one end", "other end"))
    x, y = p[..., 1, 0] - p[..., 0, 0], p[..., 1, 1] - p[..., 0, 1]
    return _half_angle_deg(2 * x * y, x * x - y * y)


def turn_points(points: npt.ArrayLike, angle_deg: npt.ArrayLike, centre: npt.ArrayLike) -> FloatArray:
    """Turn points clockwise as seen about a centre; by minus the roll to level them.

    Parameters
    ----------
    points : array_like, (..., 2)
        Pixels.
    angle_deg : array_like, broadcastable to (...)
        Positive clockwise as seen on the screen.
    centre : array_like, (..., 2)
        The point that stays.

    Returns
    -------
    ndarray, (..., 2)

    Examples
    --------
    Right of the centre goes to below the centre:

    >>> turn_points([20.0, 10.0], 90, centre=(10, 10)).round(9)
    array([10., 20.])
    """
    p = check_vectors(points, 2, "points")
    middle = check_vectors(centre, 2, "the centre").astype(p.dtype)
    angle = np.deg2rad(np.asarray(angle_deg, dtype=p.dtype))
    c, s = np.cos(angle), np.sin(angle)
    x, y = p[..., 0] - middle[..., 0], p[..., 1] - middle[..., 1]
    turned: FloatArray = np.stack([c * x - s * y, s * x + c * y], axis=-1) + middle
    return turned


def distort_points(points: npt.ArrayLike, camera_matrix: npt.ArrayLike, coefficients: npt.ArrayLike) -> FloatArray:
    """Where a bending lens draws the points that a perfect lens would draw here.

    Parameters
    ----------
    points : array_like, (..., 2)
        Pixels of the perfect lens.
    camera_matrix : array_like, (3, 3)
        Focal lengths and principal point in pixels, no skew.
    coefficients : array_like, (5,)
        k1, k2, p1, p2, k3, as OpenCV orders them.

    Returns
    -------
    ndarray, (..., 2)
        Pixels of the real lens; NaN beyond the radius where the model folds back on itself.

    Examples
    --------
    >>> camera = [[1000, 0, 640], [0, 1000, 360], [0, 0, 1]]
    >>> distort_points([1140.0, 360.0], camera, [-0.2, 0, 0, 0, 0])
    array([1115.,  360.])
    """
    p = check_vectors(points, 2, "points")
    focal, centre = _check_camera(camera_matrix)
    k = _check_coefficients(coefficients)
    ideal = (p.astype(np.float64) - centre) / focal
    drawn, _ = _lens(ideal, k)
    ideal_square = np.sum(ideal * ideal, axis=-1, keepdims=True)
    return np.where(ideal_square < _fold_radius_square(k), drawn * focal + centre, np.nan).astype(p.dtype)


def undistort_points(
    points: npt.ArrayLike, camera_matrix: npt.ArrayLike, coefficients: npt.ArrayLike
) -> FloatArray:
    """Where a perfect lens would have drawn the points that a bending lens drew here.

    Parameters
    ----------
    points : array_like, (..., 2)
        Pixels of the real lens.
    camera_matrix : array_like, (3, 3)
        Focal lengths and principal point in pixels, no skew.
    coefficients : array_like, (5,)
        k1, k2, p1, p2, k3, as OpenCV orders them.

    Returns
    -------
    ndarray, (..., 2)
        Pixels of a perfect lens with the same matrix. NaN where the iteration does not come to within
        1e-6 px in 20 steps: the point lies where this lens model cannot draw anything.

    Examples
    --------
    >>> camera = [[1000, 0, 640], [0, 1000, 360], [0, 0, 1]]
    >>> undistort_points([1115.0, 360.0], camera, [-0.2, 0, 0, 0, 0]).round(6)
    array([1140.,  360.])
    """
    p = check_vectors(points, 2, "points")
    focal, centre = _check_camera(camera_matrix)
    k = _check_coefficients(coefficients)
    drawn: FloatArray = (p.astype(np.float64) - centre) / focal
    limit_square = _fold_radius_square(k)
    ideal = drawn
    for _ in range(_NEWTON_STEPS):
        image, slope = _lens(ideal, k)
        residual = image - drawn
        if not np.any(np.abs(residual * focal) > _TOLERANCE_PX):
            break
        ideal = _inside(ideal - _solved(slope, residual), limit_square)
    residual = (_lens(ideal, k)[0] - drawn) * focal
    inside = np.sum(ideal * ideal, axis=-1) < limit_square
    solved = np.all(np.abs(residual) <= _TOLERANCE_PX, axis=-1) & inside
    return np.where(solved[..., np.newaxis], ideal * focal + centre, np.nan).astype(p.dtype)


def _half_angle_deg(sine: FloatArray, cosine: FloatArray) -> FloatArray:
    """Half the angle of (cosine, sine), degrees: folds the two directions of a line into one."""
    angle: FloatArray = np.rad2deg(0.5 * np.arctan2(sine + 0.0, cosine))
    return np.where((sine == 0) & (cosine == 0), np.nan, angle)


def _check_camera(camera_matrix: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return focal lengths and principal point of a camera matrix, both (2,)."""
    matrix = np.asarray(camera_matrix, dtype=np.float64)
    if matrix.shape != (3, 3) or matrix[0, 1] != 0 or not (matrix[0, 0] > 0 and matrix[1, 1] > 0):
        raise ValueError(
            "expected a camera matrix [[fx, 0, cx], [0, fy, cy], [0, 0, 1]] with positive focal lengths; "
            f"found {matrix.tolist()}."
        )
    return matrix[[0, 1], [0, 1]], matrix[:2, 2]


def _check_coefficients(coefficients: npt.ArrayLike) -> FloatArray:
    """Return the five distortion coefficients as float64."""
    k = np.asarray(coefficients, dtype=np.float64)
    if k.shape != (5,):
        raise ValueError(f"expected five lens coefficients k1, k2, p1, p2, k3; found shape {k.shape}.")
    return k


def _fold_radius_square(k: FloatArray) -> float:
    """Square of the radius where radial distortion stops growing outwards; infinite where it never does.

    The derivative of r (1 + k1 r^2 + k2 r^4 + k3 r^6) is 1 + 3 k1 s + 5 k2 s^2 + 7 k3 s^3 with s = r^2.
    """
    k1, k2, _, _, k3 = k
    roots = np.polynomial.Polynomial([1.0, 3 * k1, 5 * k2, 7 * k3]).trim().roots()
    folds = [root.real for root in np.atleast_1d(roots) if abs(root.imag) < 1e-9 * abs(root) and root.real > 0]
    return float(min(folds, default=np.inf))


def _inside(ideal: FloatArray, limit_square: float) -> FloatArray:
    """Pull points that a Newton step threw over the fold back to just inside it."""
    square = np.sum(ideal * ideal, axis=-1, keepdims=True)
    over = square >= limit_square
    shrink = np.sqrt(0.98 * limit_square / np.where(over, square, 1.0)) if np.isfinite(limit_square) else 1.0
    return np.where(over, ideal * shrink, ideal)


def _lens(ideal: FloatArray, k: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lens model on normalised coordinates, and its derivative as (d x'/dx, d x'/dy = d y'/dx, d y'/dy)."""
    k1, k2, p1, p2, k3 = k
    x, y = ideal[..., 0], ideal[..., 1]
    s = x * x + y * y
    radial = 1 + s * (k1 + s * (k2 + s * k3))
    growth = 2 * (k1 + s * (2 * k2 + s * 3 * k3))  # d radial / dx = growth x
    image = np.stack(
        [
            x * radial + 2 * p1 * x * y + p2 * (s + 2 * x * x),
            y * radial + p1 * (s + 2 * y * y) + 2 * p2 * x * y,
        ],
        axis=-1,
    )
    slope = np.stack(
        [
            radial + growth * x * x + 2 * p1 * y + 6 * p2 * x,
            growth * x * y + 2 * p1 * x + 2 * p2 * y,
            radial + growth * y * y + 6 * p1 * y + 2 * p2 * x,
        ],
        axis=-1,
    )
    return image, slope


def _solved(slope: FloatArray, residual: FloatArray) -> FloatArray:
    """Solve the symmetric 2 x 2 systems slope step = residual; NaN where a system is singular."""
    a, b, d = slope[..., 0], slope[..., 1], slope[..., 2]
    x, y = residual[..., 0], residual[..., 1]
    determinant = a * d - b * b
    determinant = np.where(determinant == 0, np.nan, determinant)
    step: FloatArray = np.stack([d * x - b * y, a * y - b * x], axis=-1) / determinant[..., np.newaxis]
    return step
