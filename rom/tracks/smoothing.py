"""Zero-phase low-pass on the true time base, and the noise of a track."""

import numpy as np

from rom.records import Floats
from rom.tracks.outliers import SD_PER_MAD

#: Filtering forwards and backwards doubles the order and lowers the -3 dB point by this factor
#: for a second-order Butterworth: (sqrt(2) - 1) ** 0.25 (Winter, Biomechanics and Motor Control, ch. 3).
TWO_PASS_CORRECTION = 0.8023

#: A cut-off above this share of the sampling rate leaves nothing to filter out: the track is returned.
CUTOFF_MAX = 0.45

#: A step that differs from the median step by more than this share makes the time base uneven.
UNEVEN_STEP = 0.02


def smooth(time_s: Floats, values: Floats, cutoff_hz: float) -> Floats:
    """Low-pass one continuous track with a zero-phase fourth-order Butterworth filter.

    Parameters
    ----------
    time_s : (T,) seconds, strictly rising; uneven steps are handled by resampling to an even grid at the
        median rate and back.
    values : (T, ...) without NaN.
    cutoff_hz : the physical -3 dB frequency of the result (both passes together).

    Returns
    -------
    (T, ...) smoothed copy; the values themselves where the track is shorter than the filter's start-up or
    the frame rate is too low for the cut-off.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(300) / 100
    >>> slow, fast = np.sin(2 * np.pi * t), np.sin(2 * np.pi * 30 * t)
    >>> bool(np.abs(smooth(t, slow + fast, 6.0) - slow)[30:-30].max() < 0.02)
    True
    """
    from scipy.signal import butter, sosfiltfilt

    track = np.asarray(values, dtype=float)
    if len(time_s) < 4:
        return track.copy()
    steps = np.diff(time_s)
    step_s = float(np.median(steps))
    if cutoff_hz * step_s > CUTOFF_MAX:
        return track.copy()
    warped = np.tan(np.pi * cutoff_hz * step_s) / TWO_PASS_CORRECTION  # the digital filter's frequency scale
    design_hz = float(np.arctan(warped)) / (np.pi * step_s)
    uneven = bool(np.any(np.abs(steps - step_s) > UNEVEN_STEP * step_s))
    grid = np.arange(time_s[0], time_s[-1] + 0.5 * step_s, step_s) if uneven else time_s
    even = _resample(time_s, track, grid) if uneven else track
    sections = butter(2, design_hz, fs=1.0 / step_s, output="sos")
    settling = round(1.5 / (design_hz * step_s))  # frames the filter needs to forget its start
    padding = min(settling, len(grid) - 1)
    filtered = np.asarray(sosfiltfilt(sections, even, axis=0, padtype="odd", padlen=padding))
    return _resample(grid, filtered, time_s) if uneven else filtered


def noise_sd(values: Floats) -> Floats:
    """Robust SD of frame-to-frame noise, per trailing element, from how far values lie off their course.

    Parameters
    ----------
    values : (T, ...); NaN are left out.

    Returns
    -------
    (...) SD in the unit of the values; NaN where fewer than five runs of five frames are known. A course that is
    a cubic over five frames adds nothing to it, so that quick movement at a low frame rate is not taken for
    noise. Noise that a pose model has already smoothed away is not in it: a lower bound.

    Notes
    -----
    Fourth differences (Gasser, Sroka and Jennen-Steinmetz 1986 take second ones, which at 10 frames a second
    read a foot that taps once a second as 5 degrees of noise), with the median absolute deviation in place of
    the mean square. Their variance is 70 times the noise's: 1 + 16 + 36 + 16 + 1.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(1).normal(0.0, 2.0, 20000)
    >>> bool(abs(noise_sd(noise + np.arange(20000.0)) - 2.0) < 0.05)
    True
    """
    track = np.asarray(values, dtype=float)
    if len(track) < 5:
        return np.full(track.shape[1:], np.nan)
    off = np.abs(np.diff(track, n=4, axis=0)).reshape(len(track) - 4, -1)
    spread = np.full(off.shape[1], np.nan)
    for column, distance in enumerate(off.T):
        known = distance[np.isfinite(distance)]
        if known.size >= 5:
            spread[column] = SD_PER_MAD * float(np.median(known)) / np.sqrt(70.0)
    return spread.reshape(track.shape[1:])


def _resample(time_s: Floats, values: Floats, onto_s: Floats) -> Floats:
    """Values at other times by PCHIP; the ends are held."""
    from scipy.interpolate import PchipInterpolator

    clamped = np.clip(onto_s, time_s[0], time_s[-1])
    return np.asarray(PchipInterpolator(time_s, values, axis=0)(clamped))
