"""Aggregates of what is known of a track."""

import numpy as np

from rom.records import Floats


def known_median(values: Floats) -> float:
    """Median of the finite values; NaN (and no warning) where none is.

    Examples
    --------
    >>> import numpy as np
    >>> known_median(np.array([1.0, np.nan, 4.0])), known_median(np.array([np.nan]))
    (2.5, nan)
    """
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
