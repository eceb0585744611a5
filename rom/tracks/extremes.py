"""End-range plateaus: where a track arrives at its upper end, and how long it stays."""

from dataclasses import dataclass

import numpy as np

from rom.records import Floats


@dataclass(frozen=True, slots=True)
class Plateau:
    """Frames `start` to `stop` (exclusive) of a track, within a band below the peak at frame `peak`.

    `at_edge` says that the track begins or ends inside the plateau, so that the movement may go on unseen.
    """

    start: int
    stop: int
    peak: int
    at_edge: bool


def plateaus(values: Floats, *, band: float, prominence: float) -> list[Plateau]:
    """Find the upper plateaus of a smooth track.

    A peak counts when the track falls by at least `prominence` on both sides of it (or ends); its plateau
    is the unbroken run of frames around it that lie at most `band` below the peak.

    Parameters
    ----------
    values : (T,) one continuous smoothed track without NaN.
    band, prominence : in the unit of `values`; ``prominence > band`` keeps plateaus from meeting.

    Returns
    -------
    list of Plateau in order of time.

    Examples
    --------
    >>> import numpy as np
    >>> plateaus(np.array([0.0, 5, 9, 10, 9, 4, 0, 8, 8, 1]), band=2, prominence=5)
    [Plateau(start=2, stop=5, peak=3, at_edge=False), Plateau(start=7, stop=9, peak=7, at_edge=False)]
    """
    from scipy.signal import find_peaks

    if len(values) < 2:
        return []
    floor = float(np.min(values)) - 2.0 * prominence - 1.0
    framed = np.concatenate([[floor], values, [floor]])  # so that a hold at either end is a peak too
    peaks, _ = find_peaks(framed, prominence=prominence)
    found: list[Plateau] = []
    for peak in peaks:
        plateau = _around(values, int(peak) - 1, band)
        if not found or plateau.start >= found[-1].stop:  # equally high frames of one hold are one plateau
            found.append(plateau)
    return found


def _around(values: Floats, peak: int, band: float) -> Plateau:
    """The unbroken run around `peak` that lies at most `band` below it."""
    below = np.flatnonzero(values < values[peak] - band)
    before, after = below[below < peak], below[below > peak]
    start = int(before[-1]) + 1 if before.size else 0
    stop = int(after[0]) if after.size else len(values)
    return Plateau(start, stop, peak, at_edge=start == 0 or stop == len(values))
