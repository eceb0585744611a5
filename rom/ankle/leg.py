"""The angle that the leg landmarker gives: each picture's own reading, and all of them fused over time."""

from dataclasses import replace

import numpy as np

from rom.records import LEG_LANDMARKS, SIDES, Bools, Floats, Landmarks, LegSights, Side
from rom.settings import Settings
from rom.tracks.fusion import smooth_course
from rom.tracks.gaps import segments
from rom.tracks.smoothing import noise_sd

#: Below this the crop may show no leg: what `rom.pose.leg_tracker` keeps following.
PRESENCE_MIN = 0.3
#: A leg that was out of sight for longer is found anew, and so long its crop is still being laid.
LOST_S, FIRST_LOOKS_S = 0.3, 0.2
#: How quickly an ankle's acceleration changes, deg / s^2 per square root of a second: while it is held, on average,
#: and in a quick movement (a push-off in walking).
JERK_HELD_SD, JERK_SD, JERK_QUICK_SD = 300.0, 3000.0, 30000.0
#: Slower than the first an ankle counts as held, quicker than the second as quick; looked for so near.
HELD_DEG_S, QUICK_DEG_S, NEAR_S = 40.0, 80.0, 0.1
#: A reading this near to the course is no outlier: about what the network errs by.
TRUSTED_DEG = 3.0
#: SD of a single reading that the fusion assumes where the readings scatter less: pictures in a row err alike.
READING_SD_MIN = 0.3


def side_seen(legs: LegSights, side: Side) -> Bools:
    """(T,) True where the leg of that side was seen."""
    return np.asarray((legs.side == SIDES.index(side)) & (legs.presence >= PRESENCE_MIN))


def settled(landmarks: Landmarks) -> Landmarks:
    """The same landmarks without the first looks at a leg that came into view, which may be at the other one.

    A leg that is there from the beginning of a take was laid at leisure, and keeps all its looks.
    """
    legs = landmarks.legs
    if legs is None:
        return landmarks
    seen = np.flatnonzero((legs.side >= 0) & (legs.presence >= PRESENCE_MIN))
    if seen.size == 0:
        return landmarks
    time_s, shot = landmarks.time_s[seen], landmarks.shot[seen]
    take_s = landmarks.time_s[np.searchsorted(landmarks.shot, shot)]
    found = np.append(True, (np.diff(time_s) > LOST_S) | (np.diff(shot) != 0))
    found_s = np.where(time_s - take_s <= LOST_S, -np.inf, time_s)
    found_s = found_s[np.maximum.accumulate(np.where(found, np.arange(len(seen)), 0))]
    early = seen[time_s - found_s < FIRST_LOOKS_S]
    confidence, side, presence = landmarks.confidence.copy(), legs.side.copy(), legs.presence.copy()
    own = np.array([name.partition("_")[2] in LEG_LANDMARKS for name in landmarks.names])
    confidence[np.ix_(early, np.flatnonzero(own))] = 0.0
    side[early], presence[early] = -1, 0.0
    return replace(landmarks, confidence=confidence, legs=replace(legs, side=side, presence=presence))


def leg_readings(landmarks: Landmarks, side: Side, line_confidence: Floats, settings: Settings) -> Floats | None:
    """(T,) the angle that each picture alone shows; None from other backends.

    NaN where the leg was not seen, or where a point of the two lines is not in the picture: `line_confidence` (T,)
    is the least of the four.
    """
    if landmarks.legs is None:
        return None
    seen = side_seen(landmarks.legs, side) & (line_confidence >= settings.confidence_min)
    return np.where(seen, landmarks.legs.angle_deg.astype(float), np.nan)


def leg_doubt(landmarks: Landmarks, side: Side) -> Floats:
    """(T,) SD of the reading as the network itself tells it; NaN where the leg was not seen, or not looked at."""
    if landmarks.legs is None:
        return np.full(len(landmarks.time_s), np.nan)
    return np.where(side_seen(landmarks.legs, side), landmarks.legs.angle_sd_deg.astype(float), np.nan)


def fused(landmarks: Landmarks, raw_deg: Floats, settings: Settings) -> tuple[Floats, Floats]:
    """(T,) the smooth course through readings, and (T,) the SD of one reading about it.

    A reading weighs by what the network itself says of it; one that is far off its neighbours weighs little.
    """
    assert landmarks.legs is not None
    course, scatter = np.full_like(raw_deg, np.nan), np.full_like(raw_deg, np.nan)
    for stretch in segments(landmarks.time_s, landmarks.shot, np.isfinite(raw_deg), settings.gap_s):
        values = raw_deg[stretch]
        noise = float(noise_sd(values))
        told = landmarks.legs.angle_sd_deg[stretch].astype(float)
        shape = told / float(np.nanmedian(told))
        sd = np.maximum(shape * (noise if np.isfinite(noise) else 1.0), READING_SD_MIN)
        course[stretch] = held_course(landmarks.time_s[stretch], values, sd)
        scatter[stretch] = np.where(np.isfinite(values), noise, np.nan)
    return course, scatter


def held_course(time_s: Floats, angle_deg: Floats, sd_deg: Floats) -> Floats:
    """(T,) the smooth course of an ankle through readings (T,) with their SD.

    A first course says when the ankle is held and when it is quick: the second averages over longer in the one,
    and turns more freely in the other.
    """
    first, _ = smooth_course(time_s, angle_deg, sd_deg, JERK_SD, TRUSTED_DEG)
    return smooth_course(time_s, angle_deg, sd_deg, _jerk(time_s, first), TRUSTED_DEG)[0]


def _jerk(time_s: Floats, course: Floats) -> Floats:
    """(T,) how quickly the acceleration may change at each moment, from the speed near it."""
    if len(time_s) < 2:
        return np.full(len(time_s), JERK_HELD_SD)
    from scipy.ndimage import maximum_filter1d

    near = 2 * round(NEAR_S / float(np.median(np.diff(time_s)))) + 1
    speed = maximum_filter1d(np.abs(np.gradient(course, time_s)), near)
    quick = np.clip((speed - HELD_DEG_S) / (QUICK_DEG_S - HELD_DEG_S), 0.0, 1.0)
    return np.asarray(JERK_HELD_SD * (JERK_QUICK_SD / JERK_HELD_SD) ** quick)


def foot_yaw_deg(legs: LegSights, seen: Bools) -> Floats:
    """(T,) `yaw_of_lines` of a leg over time; NaN where it was not seen."""
    return np.where(seen, yaw_of_lines(legs.lines.astype(float)), np.nan)


def yaw_of_lines(lines: Floats) -> Floats:
    """(...) how far the foot line points towards the camera out of the picture's plane, about the shank, degrees.

    `lines` : (..., 2, 3) unit vectors, ankle to knee and heel to toes, in the camera's axes (right, down, forward).
    """
    shank, foot = lines[..., 0, :], lines[..., 1, :]
    across = foot - np.sum(foot * shank, axis=-1, keepdims=True) * shank
    return np.asarray(np.degrees(np.arctan2(-across[..., 2], np.linalg.norm(across[..., :2], axis=-1))))
