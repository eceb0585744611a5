"""Which way the toes point in the picture, decided from all frames of a recording.

The sign of the cross product of shank and foot tells the facing of one frame as long as the ankle is
within ±90 degrees of neutral. A single frame may be wrong (heel and toe swapped by the landmarker);
a recording is decided once, by majority, and the share of frames that agree is told beside it.
"""

import numpy as np
import numpy.typing as npt

from rom.geometry.angles import ANKLE_LANDMARKS
from rom.geometry.checks import FloatArray, check_floating, check_points


def facing_from_points(points: npt.ArrayLike) -> FloatArray:
    """Facing of each frame: +1 toes right, -1 toes left, for a leg that stands upright.

    Parameters
    ----------
    points : array_like, (..., 4, 2)
        Fibular head (or knee), lateral malleolus, heel, toe, in pixels.

    Returns
    -------
    ndarray, (...)
        +1, -1, 0 where shank and foot lie on one line, NaN where a coordinate is NaN. A leg turned
        upside down in the picture keeps its facing: the sign belongs to the leg, not to the picture.

    Examples
    --------
    >>> toes_right = [[300, 100], [300, 400], [280, 440], [380, 440]]
    >>> facing_from_points(toes_right).item()
    1.0
    """
    p = check_points(points, ANKLE_LANDMARKS)
    shank = p[..., 0, :] - p[..., 1, :]
    foot = p[..., 3, :] - p[..., 2, :]
    return np.sign(shank[..., 0] * foot[..., 1] - shank[..., 1] * foot[..., 0])


def facing_from_track(points: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> tuple[FloatArray, FloatArray]:
    """Facing of a recording by majority of its frames, and the share of frames that agree.

    Parameters
    ----------
    points : array_like, (..., T, 4, 2)
        Fibular head (or knee), lateral malleolus, heel, toe of T frames, in pixels.
    weights : array_like, broadcastable to (..., T), optional
        Weight of each frame's vote, zero or more, such as the landmarker's confidence. NaN counts as
        zero. Each frame has one vote, however long its segments: a wild landmark cannot outvote others.

    Returns
    -------
    facing : ndarray, (...)
        +1 or -1; 0 where the vote is tied or no frame can vote.
    share : ndarray, (...)
        Share of the valid weight that voted for `facing`, 0..1; NaN where no frame is valid.
        Frames with NaN do not vote; frames with shank and foot on one line are valid and vote for none.

    Raises
    ------
    ValueError
        Where `points` has no frame axis.

    Examples
    --------
    >>> right = [[300, 100], [300, 400], [280, 440], [380, 440]]
    >>> swapped = [[300, 100], [300, 400], [380, 440], [280, 440]]
    >>> facing, share = facing_from_track([right, right, swapped, right])
    >>> facing.item(), share.item()
    (1.0, 0.75)
    """
    votes = facing_from_points(points)
    if votes.ndim == 0:
        raise ValueError("expected points of shape (..., T, 4, 2), one row a frame; found shape (4, 2).")
    valid = ~np.isnan(votes)
    weight = np.where(valid, 1.0 if weights is None else np.nan_to_num(check_floating(weights)), 0.0)
    total = weight.sum(axis=-1)
    for_right = np.sum(weight, axis=-1, where=votes > 0)
    for_left = np.sum(weight, axis=-1, where=votes < 0)
    facing = np.sign(for_right - for_left)
    agreeing = np.where(facing == 0, 0.0, np.maximum(for_right, for_left))
    share = np.divide(agreeing, total, out=np.full_like(total, np.nan), where=total > 0)
    return facing.astype(votes.dtype), share.astype(votes.dtype)
