"""Hampel's filter: single values that do not belong to their neighbours are taken out, not replaced."""

import numpy as np

from rom.records import Bools, Floats

#: SD of a normal distribution per median absolute deviation (1 / Phi^-1(0.75)).
SD_PER_MAD = 1.4826


def outliers(time_s: Floats, values: Floats, *, window_s: float, sigmas: float, floor: float) -> Bools:
    """Mark values farther than `sigmas` robust SDs from the median of their window.

    Parameters
    ----------
    time_s : (T,) seconds.
    values : (T, ...) tracks; NaN is ignored within windows and never an outlier.
    window_s : full width of the window in seconds; at least five frames are taken whatever the frame rate.
    sigmas : distance that makes an outlier, in SDs (1.4826 x median absolute deviation).
    floor : the SD is never taken smaller than this (same unit as `values`), so that a foot held perfectly
        still is not punished for its stillness.

    Returns
    -------
    (T, ...) bool.

    Notes
    -----
    Hampel 1974; windows shrink at the ends of the track.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.0, 0.1, 9.0, 0.1, 0.0, 0.1, 0.0])
    >>> outliers(np.arange(7) / 30, x, window_s=0.2, sigmas=3, floor=0.1).nonzero()[0]
    array([2])
    """
    frames = len(time_s)
    if frames < 3:
        return np.zeros(np.shape(values), dtype=bool)
    step_s = float(np.median(np.diff(time_s)))
    half = max(2, round(0.5 * window_s / step_s))
    flat = np.asarray(values, dtype=float).reshape(frames, -1)
    marked = np.column_stack([_marked(track, half, sigmas, floor) for track in flat.T])  # one at a time: memory
    return np.asarray(marked.reshape(np.shape(values)))


def _marked(track: Floats, half: int, sigmas: float, floor: float) -> Bools:
    """The outliers of one track (T,), in windows of `half` frames to either side."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(track, half, constant_values=np.nan), 2 * half + 1)
    median = _nan_median(windows)
    deviation = _nan_median(np.abs(windows - median[:, None]))
    limit = sigmas * np.maximum(SD_PER_MAD * deviation, floor)
    return np.asarray(np.abs(track - median) > limit)  # comparisons with NaN are False


def _nan_median(windows: Floats) -> Floats:
    """Median over the last axis without NaN; NaN (and no warning) where a window is empty."""
    ordered = np.sort(windows, axis=-1)  # NaN sort to the end
    count = np.isfinite(windows).sum(axis=-1, keepdims=True)
    middle = np.concatenate([np.maximum(count - 1, 0) // 2, count // 2 * (count > 0)], axis=-1)
    middle = np.minimum(middle, windows.shape[-1] - 1)
    pair = np.take_along_axis(ordered, middle, axis=-1)
    return np.asarray(np.where(count[..., 0] > 0, pair.mean(axis=-1), np.nan))
