"""Time knows more than a frame: a smooth course through uncertain readings, rigid segments through their points.

`smooth_course` is the fixed-interval smoother of an integrated random walk (what a Kalman filter forwards and a
Rauch-Tung-Striebel pass backwards give), written as one banded system of normal equations: Whittaker 1923, Eilers
2003; robust by reweighting as for Student's t (Lange, Little and Taylor 1989).
"""

import numpy as np
from numpy.typing import NDArray

from rom.records import Floats

FREEDOM = 4.0  # degrees of freedom of Student's t: readings a few SDs off lose most of their weight
ROUNDS = 6  # of reweighting; weights settle within a per cent


def smooth_course(
    time_s: Floats, values: Floats, sd: Floats, jerk_sd: float | Floats, trusted: float = 0.0
) -> tuple[Floats, Floats]:
    """The most likely smooth course behind readings, and how sure it is.

    Parameters
    ----------
    time_s : (T,) seconds, strictly rising; T of at least 1.
    values : (T,) readings, NaN where there is none; at least one finite.
    sd : (T,) SD of each reading, same unit, > 0.
    jerk_sd : how quickly the acceleration of the course may change, unit / s^2 per square root of a second. Larger
        follows quicker turns, smaller averages over longer times. One for all, or (T,) one for each moment.
    trusted : readings within so much of the course are no outliers, however small their SD; same unit.

    Returns
    -------
    (T,) course, (T,) its SD were the readings' errors independent.

    Examples
    --------
    >>> t = np.arange(200) / 30
    >>> noise = np.random.default_rng(0).normal(0, 2, 200)
    >>> course, sd = smooth_course(t, 10 * np.sin(t) + noise, np.full(200, 2.0), jerk_sd=60.0)
    >>> bool(np.abs(course - 10 * np.sin(t)).mean() < 0.6 and 0.3 < sd[100] < 1.0)
    True
    """
    known = np.isfinite(values)
    if known.sum() < 3:
        level = np.full(len(values), float(np.mean(values[known])))
        return level, np.full(len(values), float(np.min(sd[known])))
    weight = np.where(known, 1.0 / np.square(sd), 0.0)
    target = np.where(known, values, 0.0)
    penalty = _penalty_bands(np.asarray(time_s, dtype=float), np.broadcast_to(jerk_sd, np.shape(values)))
    robust = np.ones(len(values))
    course = target
    for _ in range(ROUNDS):
        course = _solved(penalty, weight * robust, target)
        miss = np.where(known, (target - course) / np.maximum(sd, trusted), 0.0)
        robust = (FREEDOM + 1.0) / (FREEDOM + np.square(miss))
    return course, np.sqrt(_variances(penalty, weight * robust))


def _penalty_bands(time_s: Floats, jerk_sd: Floats) -> Floats:
    """Upper bands (4, T) of D'QD, D the third divided differences on uneven times: how unlikely a course is."""
    frames = len(time_s)
    bands = np.zeros((4, frames))
    if frames < 4:
        bands[3] = 1e-12
        return bands
    t = np.stack([time_s[i : frames - 3 + i] for i in range(4)])
    rows = np.ones((4, frames - 3))
    for i in range(4):
        for j in range(4):
            if i != j:
                rows[i] /= t[i] - t[j]
    rows *= 6.0  # third derivative
    span = (t[3] - t[0]) / 3.0
    four = np.mean([jerk_sd[i : frames - 3 + i] for i in range(4)], axis=0)
    rows *= np.sqrt(span) / four  # white jerk: the variance of its mean over a step is inverse to the step
    for i in range(4):
        for j in range(i, 4):
            bands[3 - (j - i), j : frames - 3 + j] += rows[i] * rows[j]
    bands[3] += 1e-12
    return bands


def _solved(penalty: Floats, weight: Floats, target: Floats) -> Floats:
    """Course of least penalty plus weighted misses."""
    from scipy.linalg import solveh_banded

    bands = penalty.copy()
    bands[3] += weight
    return np.asarray(solveh_banded(bands, weight * target))


def _variances(penalty: Floats, weight: Floats) -> Floats:
    """Diagonal of the inverse of the normal equations, by the recursion of Takahashi (Erisman and Tinney 1975)."""
    from scipy.linalg import cholesky_banded

    bands = penalty.copy()
    bands[3] += weight
    upper = cholesky_banded(bands)
    frames = bands.shape[1]
    diagonal = upper[3]
    ratio = np.zeros((3, frames))  # u[i, i + k] / u[i, i]
    for k in (1, 2, 3):
        ratio[k - 1, : frames - k] = upper[3 - k, k:] / diagonal[: frames - k]
    inverse = np.zeros((4, frames + 3))  # inverse[k, i]: entry (i, i + k)
    for i in range(frames - 1, -1, -1):
        r1, r2, r3 = ratio[:, i]
        z11, z12, z13 = inverse[0, i + 1], inverse[1, i + 1], inverse[2, i + 1]
        z22, z23, z33 = inverse[0, i + 2], inverse[1, i + 2], inverse[0, i + 3]
        inverse[1, i] = -(r1 * z11 + r2 * z12 + r3 * z13)
        inverse[2, i] = -(r1 * z12 + r2 * z22 + r3 * z23)
        inverse[3, i] = -(r1 * z13 + r2 * z23 + r3 * z33)
        inverse[0, i] = 1 / diagonal[i] ** 2 - (r1 * inverse[1, i] + r2 * inverse[2, i] + r3 * inverse[3, i])
    return np.asarray(inverse[0, :frames])


def segment_turns(points: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """How a rigid segment is turned in each frame, from all of its points.

    Parameters
    ----------
    points : (T, K, 2) points of one segment, the first and the last well apart; NaN where it was not seen.
    covariance : (T, K, 2, 2) of the points, same unit squared.

    Returns
    -------
    (T,) direction in radians (x towards y) of the line from the first to the last point of the segment's own shape,
    laid on all points by weighted least squares, shift and scale free; and (T,) its SD from the covariances. The
    shape is the median of all frames' shapes, so a segment that bends in some of them keeps it.

    Examples
    --------
    >>> shape = np.array([0.0, 1 + 1j, 2.0]) * np.exp(1j * np.radians([[0.0], [10.0], [-25.0]]))
    >>> points = np.stack([shape.real, shape.imag], -1)
    >>> turns, sd = segment_turns(points, np.broadcast_to(np.eye(2) * 0.01, (3, 3, 2, 2)))
    >>> np.degrees(turns).round(6)
    array([  0.,  10., -25.])
    """
    z = points[..., 0] + 1j * points[..., 1]
    weight = 2.0 / np.trace(covariance, axis1=-2, axis2=-1)
    seen = np.isfinite(z).all(axis=1) & np.isfinite(weight).all(axis=1)
    turns, sds = np.full(len(z), np.nan), np.full(len(z), np.nan)
    if not seen.any():
        return turns, sds
    z, weight = z[seen], weight[seen]
    laid = z[:, -1:] - z[:, :1]
    for _ in range(SHAPE_ROUNDS):
        shape = _median((z - z[:, :1]) / laid)
        own = shape - _mean(shape, weight)
        power = np.sum(weight * np.abs(own) ** 2, axis=1, keepdims=True)
        laid = np.sum(weight * (z - _mean(z, weight)) * own.conj(), axis=1, keepdims=True) / power
    turns[seen] = np.angle(laid[:, 0] * (shape[-1] - shape[0]))
    sds[seen] = 1.0 / (np.abs(laid[:, 0]) * np.sqrt(power[:, 0]))
    return turns, sds


SHAPE_ROUNDS = 3  # the first line is drawn through two points only


def _mean(z: NDArray[np.complexfloating], weight: Floats) -> NDArray[np.complexfloating]:
    """(T, 1) weighted mean over the points."""
    return np.asarray(np.sum(weight * z, axis=1, keepdims=True) / np.sum(weight, axis=1, keepdims=True))


def _median(z: NDArray[np.complexfloating]) -> NDArray[np.complexfloating]:
    """(K,) median over the frames, of both parts."""
    return np.asarray(np.median(z.real, axis=0) + 1j * np.median(z.imag, axis=0))
