"""Published ankle curves of the gait cycle, by walking speed, and how a curve lies among them.

The curves were made with children; how far they hold for adults is not shown here. They were measured in motion
laboratories with another angle than ours (Plug-in Gait, between the shank and the line from ankle to forefoot),
which differs from it by a constant of each leg: the offset is told apart from the shape.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from rom.errors import UsageError
from rom.records import CurveComparison, Floats

#: Standard gravity in m/s^2 (third General Conference on Weights and Measures, 1901).
GRAVITY_M_S2 = 9.80665
#: Half-width of a published band in its SDs: about 95 of 100 healthy walkers, where they are normally distributed.
BAND_SDS = 2.0
#: Points of a curve, in percent of the gait cycle, as the published ones have them.
PERCENT: Floats = np.linspace(0.0, 100.0, 51)


@dataclass(frozen=True, slots=True)
class PublishedCurve:
    """Mean and SD (51,) of the ankle angle over the gait cycle, degrees, dorsiflexion positive."""

    name: str
    speed: str
    mean_deg: Floats
    sd_deg: Floats
    people: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class SpeedClass:
    """Dimensionless speeds (from, to) that count as one class, and who says so."""

    name: str
    low: float
    high: float
    source: str


@cache
def published_curves() -> tuple[PublishedCurve, ...]:
    """All published curves."""
    with files("rom.exam").joinpath("gait_curves.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    values = {(row["curve"], row["value"]): np.array([float(row[f"{p:.0f}"]) for p in PERCENT]) for row in rows}
    return tuple(
        PublishedCurve(
            name=row["curve"],
            speed=row["speed"],
            mean_deg=values[row["curve"], "mean_deg"],
            sd_deg=values[row["curve"], "sd_deg"],
            people=row["people"],
            source=row["source"],
            licence=row["licence"],
        )
        for row in rows
        if row["value"] == "mean_deg"
    )


@cache
def speed_classes() -> tuple[SpeedClass, ...]:
    """The classes of walking speed, slowest first."""
    with files("rom.exam").joinpath("gait_speeds.csv").open(encoding="utf-8") as lines:
        return tuple(
            SpeedClass(row["speed"], float(row["from"]), float(row["to"]), row["source"])
            for row in csv.DictReader(lines)
        )


def dimensionless_speed(speed_m_s: float, leg_length_m: float) -> float:
    """Walking speed over that of a pendulum as long as the leg: ``v / sqrt(g L)``.

    Source: Hof, Gait Posture 1996;4:222-3. Two people of different size walk alike at like dimensionless speed.

    Examples
    --------
    >>> round(dimensionless_speed(1.2, 0.8), 2)
    0.43
    """
    return speed_m_s / float(np.sqrt(GRAVITY_M_S2 * leg_length_m))


def speed_class(speed: float) -> str | None:
    """The class of a dimensionless speed; None where it is not known (NaN) or outside all classes.

    Examples
    --------
    >>> speed_class(0.43), speed_class(1.2), speed_class(float("nan"))
    ('free', None, None)
    """
    return next((each.name for each in speed_classes() if each.low <= speed < each.high), None)


def compare(mean_deg: Floats, speed: str) -> tuple[CurveComparison, ...]:
    """A person's mean curve beside every published one of that speed.

    Parameters
    ----------
    mean_deg : (51,) degrees at `PERCENT`, dorsiflexion positive.
    speed : the class: "very slow", "slow", "free", "fast" or "very fast".

    Raises
    ------
    UsageError
        Where there is no such class.
    """
    names = [each.name for each in speed_classes()]
    if speed not in names:
        raise UsageError(f"Expected a walking speed {', '.join(names[:-1])} or {names[-1]}, but got '{speed}'.")
    return tuple(_beside(mean_deg, curve) for curve in published_curves() if curve.speed == speed)


def _beside(mean_deg: Floats, curve: PublishedCurve) -> CurveComparison:
    """One comparison."""
    difference = mean_deg - curve.mean_deg
    offset = float(np.mean(difference))
    band = BAND_SDS * curve.sd_deg
    return CurveComparison(
        curve=curve.name,
        speed=curve.speed,
        people=curve.people,
        source=curve.source,
        licence=curve.licence,
        offset_deg=offset,
        share_inside=float(np.mean(np.abs(difference) <= band)),
        share_inside_shape=float(np.mean(np.abs(difference - offset) <= band)),
        rmse_shape_deg=float(np.sqrt(np.mean((difference - offset) ** 2))),
    )
