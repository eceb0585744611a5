"""The 95 % interval of a maximal motion: landmark noise, spread of repetitions, and the model's own error.

The model's error comes from a table, by model, motion and, where enough is known, how the leg was seen: how far
its readings lie from the truth (``bias_deg``, reading minus truth, positive in the motion's own direction) and how
that differs between recordings (``sd_deg``). The value is never corrected by it: it says what was seen; the
interval says where the truth is likely to lie, and always holds the value.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from rom.errors import UsageError
from rom.records import FOOTWEAR, Footwear, Motion

#: Two-sided 95 % of a normal distribution.
Z95 = 1.959964

#: The band of a condition that does not matter.
ANY = (-float("inf"), float("inf"))

#: How many repetitions the table's own repetition SD counts for beside the ones seen: with one repetition
#: the spread is all prior, with many it is all data (a scaled inverse chi-square prior).
PRIOR_REPETITIONS = 3.0

#: Efficiency of the median against the mean for normal noise: SD grows by sqrt(pi / 2).
MEDIAN_SD_FACTOR = float(np.sqrt(np.pi / 2))


@dataclass(frozen=True, slots=True)
class ModelError:
    """One row of the model-error table: how the readings of a model lie about the truth, under given conditions.

    Attributes
    ----------
    model, motion : whose readings of what; model ``*`` is any other.
    bias_deg, sd_deg : reading minus truth, positive in the motion's direction: 95 of 100 errors lie within
        ``bias_deg`` plus and minus 1.96 ``sd_deg``.
    own_sd_deg : what landmark noise, repetitions and view contributed to that already, in the median reading.
    repetition_sd_deg : SD between repetitions where only one was seen.
    view_deg, foot_px, doubt_deg : (from, to) the row holds for; infinite where it holds for any, also where not
        known. Doubt is what the pose model itself says of its readings (SD).
    footwear, ends : what the row holds for; "" for any, also where not known. `ends` is "held" where the foot
        stayed at an end of the movement, "passed" where it only turned there.
    readings, bodies : what the row was made from. placeholder : True until the calibration study has spoken.
    """

    model: str
    motion: Motion
    bias_deg: float
    sd_deg: float
    repetition_sd_deg: float
    own_sd_deg: float = 0.0
    view_deg: tuple[float, float] = ANY
    foot_px: tuple[float, float] = ANY
    doubt_deg: tuple[float, float] = ANY
    footwear: str = ""
    ends: str = ""
    readings: int = 0
    bodies: int = 0
    placeholder: bool = False
    source: str = ""

    @property
    def label(self) -> str:
        """The row in words, for the result."""
        kind = "placeholder" if self.placeholder else f"{self.readings} readings of {self.bodies} bodies"
        return f"{self.model} {self.motion} ({kind}): {self.source}"

    @property
    def narrowness(self) -> int:
        """How many conditions the row names."""
        bands = sum(band != ANY for band in (self.view_deg, self.foot_px, self.doubt_deg))
        return bands + bool(self.footwear) + bool(self.ends)

    def holds(
        self,
        view_deg: float,
        foot_px: float,
        footwear: str = "",
        doubt_deg: float = float("nan"),
        ends: str = "",
    ) -> bool:
        """True where the conditions are the row's; what is not known (NaN, "") fits only a row for any."""
        pairs = ((abs(view_deg), self.view_deg), (foot_px, self.foot_px), (doubt_deg, self.doubt_deg))
        seen = all(band == ANY or band[0] <= value < band[1] for value, band in pairs)
        return seen and self.footwear in ("", footwear) and self.ends in ("", ends)


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
        return tuple(_row(row) for row in csv.DictReader(lines))


def _row(cells: dict[str, str]) -> ModelError:
    """One line of the table; an empty cell of a band means any."""
    return ModelError(
        model=cells["model"],
        motion="dorsiflexion" if cells["motion"] == "dorsiflexion" else "plantar_flexion",
        bias_deg=float(cells["bias_deg"]),
        sd_deg=float(cells["sd_deg"]),
        repetition_sd_deg=float(cells["repetition_sd_deg"]),
        own_sd_deg=float(cells["own_sd_deg"]),
        view_deg=(float(cells["view_from_deg"] or "-inf"), float(cells["view_to_deg"] or "inf")),
        foot_px=(float(cells["foot_from_px"] or "-inf"), float(cells["foot_to_px"] or "inf")),
        doubt_deg=(float(cells["doubt_from_deg"] or "-inf"), float(cells["doubt_to_deg"] or "inf")),
        footwear=cells["footwear"],
        ends=cells["ends"],
        readings=int(cells["readings"] or 0),
        bodies=int(cells["bodies"] or 0),
        placeholder=cells["placeholder"] == "yes",
        source=cells["source"],
    )


def model_error(
    model: str,
    motion: Motion,
    view_deg: float = float("nan"),
    foot_px: float = float("nan"),
    footwear: Footwear = "unknown",
    doubt_deg: float = float("nan"),
    ends: str = "",
) -> ModelError:
    """The row for a model and motion that names the most of the conditions met, how it ended before all others.

    Parameters
    ----------
    model : name of the pose model; one without rows of its own gets those of ``*``.
    view_deg : the camera's angle off side-on, NaN where not known. foot_px : the foot's length in the picture.
    footwear : what the user says is on the foot. doubt_deg : what the pose model says of its own readings.
    ends : "held" where the foot stayed at an end of the movement, "passed" where it only turned there.
    """
    of_motion = [row for row in model_errors() if row.motion == motion]
    own = [row for row in of_motion if row.model == model] or [row for row in of_motion if row.model == "*"]
    fitting = (row for row in own if row.holds(view_deg, foot_px, footwear, doubt_deg, ends))
    return max(fitting, key=lambda row: (bool(row.ends), row.narrowness))


def footwear_of(word: str) -> Footwear:
    """The footwear of that name; ``UsageError`` for anything else."""
    found = next((footwear for footwear in FOOTWEAR if footwear == word), None)
    if found is None:
        raise UsageError(f"Expected footwear {', '.join(FOOTWEAR[:-1])} or {FOOTWEAR[-1]}, but got '{word}'.")
    return found


def interval(
    values_deg: Sequence[float],
    landmark_sds_deg: Sequence[float],
    *,
    error: ModelError,
    view_sd_deg: float = 0.0,
    hand_sd_deg: float = 0.0,
    picked: bool = False,
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
    hand_sd_deg : SD from landmarks that were put by hand, which no row holds already.
    picked : the repetitions were picked by hand, and agree because they were: their spread is not taken to be less
        than the row's.

    Returns
    -------
    Interval about ``mean(values) - bias``, widened where needed to hold the mean itself.

    Examples
    --------
    >>> row = ModelError("none", "dorsiflexion", bias_deg=0.0, sd_deg=0.0, repetition_sd_deg=0.0)
    >>> found = interval([10.0, 12.0, 14.0], [0.0, 0.0, 0.0], error=row)
    >>> round(found.low_deg, 1), round(found.high_deg, 1)
    (10.6, 13.4)
    """
    count = len(values_deg)
    mean = float(np.mean(values_deg))
    known = [sd for sd in landmark_sds_deg if np.isfinite(sd)]
    landmark_sd = float(np.sqrt(np.mean(np.square(known)) / count)) if known else float("nan")
    spread = pooled_sd(values_deg, error.repetition_sd_deg)
    repetition_sd = max(spread, error.repetition_sd_deg if picked else 0.0) / float(np.sqrt(count))
    own_variance = float(np.nansum(np.square([landmark_sd, repetition_sd, view_sd_deg])))
    unusual_variance = max(0.0, own_variance - error.own_sd_deg**2)  # what the row does not hold already
    sd = float(np.sqrt(error.sd_deg**2 + unusual_variance + hand_sd_deg**2))
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
