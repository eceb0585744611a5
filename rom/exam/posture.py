"""How a leg is held and what of it moves: a few numbers by which an exam is recognised and its conduct judged."""

from dataclasses import dataclass

import numpy as np

from rom.geometry import foot_inclination_from_points
from rom.records import AngleTrack, Bools, Floats
from rom.tracks.known import known_median

#: A movement is the distance between these percentiles of its course: single frames do not count.
SPAN_PERCENTILES = (5.0, 95.0)

#: Movements of the landmarks below this, in shank lengths, are noise.
STILL_SHANKS = 0.01


@dataclass(frozen=True, slots=True)
class Posture:
    """One leg over a recording; NaN where it was not seen.

    Attributes
    ----------
    shank_deg, knee_deg : medians of the shank's lean (0 upright, + knee forward) and of knee flexion.
    shank_span_deg, ankle_span_deg : how far shank lean and ankle angle change.
    ankle_travel, toe_travel, heel_rise : how far the ankle moves along the picture, the toe moves at all, the heel
        moves up and down; in shank lengths.
    toe_share : toe travel over the sum of both, 0 where the foot turns about the toes, 1 about the heel.
    """

    shank_deg: float
    knee_deg: float
    shank_span_deg: float
    ankle_span_deg: float
    ankle_travel: float
    toe_travel: float
    heel_rise: float
    toe_share: float


def posture_of(track: AngleTrack) -> Posture:
    """The numbers of one leg's track."""
    seen = np.isfinite(track.smooth_deg) & np.isfinite(track.points_px).all(axis=(1, 2))
    points = track.points_px[seen] / known_median(track.shank_px)
    toe_travel = float(np.hypot(span(points[:, 3, 0]), span(points[:, 3, 1])))
    heel_rise = span(points[:, 2, 1])
    return Posture(
        shank_deg=known_median(track.tibia_inclination_deg[seen]),
        knee_deg=known_median(track.knee_flexion_deg[seen]),
        shank_span_deg=span(track.tibia_inclination_deg[seen]),
        ankle_span_deg=span(track.smooth_deg[seen]),
        ankle_travel=span(points[:, 1, 0]),
        toe_travel=toe_travel,
        heel_rise=heel_rise,
        toe_share=toe_travel / max(toe_travel + heel_rise, STILL_SHANKS),
    )


def foot_tilt_deg(track: AngleTrack) -> Floats:
    """(T,) tilt of the foot line in the picture, + with the toes higher; NaN where it was not seen."""
    return foot_inclination_from_points(track.points_px[:, 2:], track.facing)


def span(values: Floats) -> float:
    """Distance between the 5th and the 95th percentile of what is known; NaN for nothing."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return float("nan")
    low, high = np.percentile(known, SPAN_PERCENTILES)
    return float(high - low)


def within(track: AngleTrack, start_s: float, end_s: float) -> Bools:
    """(T,) True from start to end, both included."""
    return np.asarray((track.time_s >= start_s) & (track.time_s <= end_s))
