"""The 95 % interval of a maximal motion: landmark noise, spread of repetitions, and the model's own error.

The model's error comes from a table, one row a model and motion: how far its readings lie from the truth
(``bias_deg``, reading minus truth, positive in the motion's own direction) and how that differs between
recordings (``sd_deg``). The value is never corrected by it: it says what was seen; the interval says where the
truth is likely to lie, and always holds the value.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from rom.records import Motion

#: Two-sided 95 % of a normal distribution.
Z95 = 1.959964

#: How many repetitions the table's own repetition SD counts for beside the ones seen: with one repetition
#: the spread is all prior, with many it is all data (a scaled inverse chi-square prior).
PRIOR_REPETITIONS = 3.0

#: Efficiency of the median against the mean for normal noise: SD grows by sqrt(pi / 2).
MEDIAN_SD_FACTOR = float(np.sqrt(np.pi / 2))


@dataclass(frozen=True, slots=True)
class ModelError:
    """One row of the model-error table."""

    model: str
    motion: Motion
    bias_deg: float
    sd_deg: float
    repetition_sd_deg: float
    clips: int
    placeholder: bool
    source: str

    @property
    def label(self) -> str:
        """The row in words, for the result."""
        kind = "placeholder" if self.placeholder else "measured"
        return f"{self.model} {self.motion} ({kind}): {self.source}"


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval and its parts, in degrees."""

    low_deg: float
    high_deg: float
    landmark_sd_deg: float
    repetition_sd_deg: float
    model: ModelError

    @property
    def half_width_deg(self) -> float:
        """Half of the distance from low to high."""
        return 0.5 * (self.high_deg - self.low_deg)


@cache
def model_errors() -> tuple[ModelError, ...]:
    """All rows of the table."""
    with files("rom.exam").joinpath("uncertainty.csv").open(encoding="utf-8") as lines:
        return tuple(
            ModelError(
                row["model"],
                "dorsiflexion" if row["motion"] == "dorsiflexion" else "plantar_flexion",
                float(row["bias_deg"]),
                float(row["sd_deg"]),
                float(row["repetition_sd_deg"]),
                int(row["clips"]),
                row["placeholder"] == "yes",
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


def model_error(model: str, motion: Motion) -> ModelError:
    """The row of a model and motion; the row ``*`` where the model has none of its own."""
    rows = [row for row in model_errors() if row.motion == motion]
    return next((row for row in rows if row.model == model), next(row for row in rows if row.model == "*"))


def interval(
    values_deg: Sequence[float],
    landmark_sds_deg: Sequence[float],
    *,
    error: ModelError,
    view_sd_deg: float = 0.0,
) -> Interval:
    """Where the true value lies, given what the repetitions read.

    Parameters
    ----------
    values_deg : the repetitions used, positive in the motion's direction; at least one.
    landmark_sds_deg : SD of each repetition's value from landmark noise; NaN where it is not known (a photo,
        whose noise cannot be seen). The known ones stand for the others; where none is known it adds nothing,
        and the interval's `landmark_sd_deg` is NaN.
    error : the model's row.
    view_sd_deg : SD of the error that the camera's view adds, where it is known.

    Returns
    -------
    Interval about ``mean(values) - bias``, widened where needed to hold the mean itself.

    Examples
    --------
    >>> row = ModelError("none", "dorsiflexion", 0.0, 0.0, 0.0, 0, False, "")
    >>> found = interval([10.0, 12.0, 14.0], [0.0, 0.0, 0.0], error=row)
    >>> round(found.low_deg, 1), round(found.high_deg, 1)
    (10.6, 13.4)
    """
    count = len(values_deg)
    mean = float(np.mean(values_deg))
    known = [sd for sd in landmark_sds_deg if np.isfinite(sd)]
    landmark_sd = float(np.sqrt(np.mean(np.square(known)) / count)) if known else float("nan")
    repetition_sd = pooled_sd(values_deg, error.repetition_sd_deg) / float(np.sqrt(count))
    parts = (landmark_sd, repetition_sd, error.sd_deg, view_sd_deg)
    sd = float(np.sqrt(np.nansum(np.square(parts))))
    centre = mean - error.bias_deg
    low, high = centre - Z95 * sd, centre + Z95 * sd
    return Interval(min(low, mean), max(high, mean), landmark_sd, repetition_sd, error)


def pooled_sd(values: Sequence[float], prior_sd: float) -> float:
    """SD of repetitions, steadied by a prior worth `PRIOR_REPETITIONS` of them.

    Examples
    --------
    >>> pooled_sd([5.0], prior_sd=1.5)
    1.5
    """
    seen = float(np.var(values, ddof=1)) if len(values) > 1 else 0.0
    freedom = len(values) - 1.0
    return float(np.sqrt((PRIOR_REPETITIONS * prior_sd**2 + freedom * seen) / (PRIOR_REPETITIONS + freedom)))


def hold_sd(frame_sd_deg: float, hold_s: float, cutoff_hz: float) -> float:
    """SD of a hold's median from the SD of one frame.

    After a low-pass at `cutoff_hz` about ``2 * cutoff * duration`` values are independent.
    """
    independent = max(1.0, 2.0 * cutoff_hz * hold_s)
    return MEDIAN_SD_FACTOR * frame_sd_deg / float(np.sqrt(independent)) if independent > 1 else frame_sd_deg
