"""What a short stretch of live angles tells: how far it went, whether it rests, and what went wrong on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np

from rom.exam.conduct import HEEL_LIFT_DEG, SHANK_SWING_DEG
from rom.exam.posture import span
from rom.exam.protocols import Protocol
from rom.exam.repetitions import DIRECTION, DRIFT_SHARE, NOISE_SPREAD_SDS
from rom.live.reading import LiveReading
from rom.records import Floats, Motion
from rom.settings import Settings
from rom.tracks.known import known_median
from rom.tracks.smoothing import noise_sd

#: How a live stretch is read; ours.
LEVEL_S = 0.3  # the angle now is the median of so long: a slip of one picture does not count
STEP_S = 0.2  # a rest is told in steps of so much
FEWEST = 3  # readings in a rest
INNER_SDS = 2.56  # the middle 80 % of a normal distribution are so many SDs wide


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading within a movement: angle, lean of the shank, tilt of the foot line, degrees."""

    time_s: float
    angle_deg: float
    lean_deg: float
    tilt_deg: float


def sample_of(reading: LiveReading, time_s: float) -> Sample:
    """A reading in which the leg is seen, at the guide's own time."""
    return Sample(time_s, reading.angle_deg, reading.lean_deg, reading.foot_tilt_deg)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Angles since a movement was asked for, outward positive (T,), and the limits that hold at their noise."""

    time_s: Floats
    outward_deg: Floats
    band_deg: float
    prominence_deg: float

    @classmethod
    def of(cls, samples: Sequence[Sample], motion: Motion, settings: Settings) -> "Stretch":
        """The stretch of so many samples."""
        outward = DIRECTION[motion] * np.array([sample.angle_deg for sample in samples], dtype=float)
        noise = float(noise_sd(outward))
        noise = noise if np.isfinite(noise) else 0.0
        return cls(
            np.array([sample.time_s for sample in samples], dtype=float),
            outward,
            hypot(settings.hold_band_deg, INNER_SDS * noise),
            max(settings.prominence_deg, NOISE_SPREAD_SDS * noise),
        )

    @property
    def level_deg(self) -> float:
        """The angle now; NaN before the first sample."""
        return known_median(self.outward_deg[self.since(LEVEL_S) :])

    def since(self, ago_s: float) -> int:
        """The first sample of the last so many seconds."""
        return int(np.searchsorted(self.time_s, self.time_s[-1] - ago_s - 1e-9)) if len(self.time_s) else 0

    def rest_s(self, most_s: float) -> float:
        """How long the angle has rested within the band, up to `most_s`."""
        rested_s = 0.0
        for ago_s in np.arange(STEP_S, most_s + STEP_S / 2, STEP_S):
            first = self.since(float(ago_s))
            if self.time_s.size == 0 or self.time_s[-1] - self.time_s[0] < ago_s - 1e-9:
                break
            part = self.outward_deg[first:]
            if len(part) >= FEWEST and not self._rests(part):
                break
            rested_s = float(ago_s) if len(part) >= FEWEST else rested_s
        return rested_s

    def _rests(self, part: Floats) -> bool:
        """Whether angles lie within the band and do not drift."""
        ranked, edge = np.sort(part), (len(part) - 1) // 10
        middle = len(part) // 2
        drift = abs(float(np.median(part[middle:]) - np.median(part[:middle])))
        return bool(ranked[-1 - edge] - ranked[edge] <= self.band_deg and drift <= DRIFT_SHARE * self.band_deg)


def fault(
    samples: Sequence[Sample], stretch: Stretch, which: Protocol, best_deg: float | None, settings: Settings
) -> str:
    """Why an end that was held should be done again; empty where it is fine.

    Parameters
    ----------
    samples, stretch : since the movement was asked for. which : the exam, whose checks are made.
    best_deg : the furthest end before, outward; None for the first.
    """
    held_from = stretch.since(which.hold_s)
    if "shank_swings" in which.checks and span(_column(samples, "lean_deg")) > SHANK_SWING_DEG:
        return "shank_swings"
    if "heel_lifts" in which.checks and _heel_lift_deg(samples, held_from) > HEEL_LIFT_DEG:
        return "heel_lifts"
    value = float(np.median(stretch.outward_deg[held_from:]))
    if best_deg is not None and value < best_deg - settings.agreement_deg:
        return "not_far_enough"
    return ""


def _heel_lift_deg(samples: Sequence[Sample], held_from: int) -> float:
    """How far the foot tips forward from where the shank leaned least to the end that was held."""
    lean, tilt = _column(samples, "lean_deg"), _column(samples, "tilt_deg")
    if not np.isfinite(lean).any():
        return float("nan")
    flat = tilt[lean <= np.nanpercentile(lean, 20)]
    return known_median(flat) - known_median(tilt[held_from:])


def _column(samples: Sequence[Sample], name: str) -> Floats:
    """One number of every sample."""
    return np.array([getattr(sample, name) for sample in samples], dtype=float)
