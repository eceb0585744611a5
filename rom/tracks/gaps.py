"""Continuous stretches of a track, and the filling of short gaps in it."""

import numpy as np
from numpy.typing import NDArray

from rom.records import Bools, Floats


def segments(time_s: Floats, shot: NDArray[np.integer], valid: Bools, gap_s: float) -> list[slice]:
    """Stretches without a cut and without a gap longer than `gap_s`.

    Parameters
    ----------
    time_s, shot, valid : (T,) times in seconds, take numbers, and which frames hold a value.
    gap_s : float
        Longest time from one valid frame to the next within a stretch, beyond one frame's own step.

    Returns
    -------
    list of slices, each from a valid frame to a valid frame (end exclusive), in order of time.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(8) * 0.1
    >>> valid = np.array([1, 1, 0, 1, 0, 0, 0, 1], bool)
    >>> segments(t, np.zeros(8, int), valid, gap_s=0.2)
    [slice(0, 4, None), slice(7, 8, None)]
    """
    where = np.flatnonzero(valid)
    if where.size == 0:
        return []
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    broken = (np.diff(time_s[where]) > gap_s + 1.5 * step_s) | (np.diff(shot[where]) != 0)
    starts = np.concatenate([[0], np.flatnonzero(broken) + 1])
    stops = np.concatenate([np.flatnonzero(broken), [where.size - 1]])
    return [slice(int(where[a]), int(where[b]) + 1) for a, b in zip(starts, stops, strict=True)]


def fill_gaps(time_s: Floats, values: Floats) -> Floats:
    """Interpolate the NaN inside one continuous stretch by PCHIP, which never overshoots its neighbours.

    Parameters
    ----------
    time_s : (T,) seconds, strictly rising.
    values : (T, ...) any trailing shape; each trailing element is a track of its own.

    Returns
    -------
    (T, ...) a copy; NaN before the first and after the last value of a track stay NaN (nothing is
    extrapolated), as do tracks with fewer than two values.

    Examples
    --------
    >>> import numpy as np
    >>> fill_gaps(np.arange(4.0), np.array([0.0, np.nan, 2.0, np.nan]))
    array([ 0.,  1.,  2., nan])
    """
    from scipy.interpolate import PchipInterpolator

    filled = np.array(values, dtype=float)
    for track in filled.reshape(len(filled), -1).T:  # views: writing to `track` fills `filled`
        known = np.isfinite(track)
        if known.all() or known.sum() < 2:
            continue
        inside = ~known & (time_s > time_s[known][0]) & (time_s < time_s[known][-1])
        if inside.any():
            track[inside] = PchipInterpolator(time_s[known], track[known])(time_s[inside])
    return filled
