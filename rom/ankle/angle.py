"""The ankle angle of one side over time: gate, clean, measure, smooth."""

import numpy as np

from rom.ankle.definitions import ankle_confidence, ankle_covariance, ankle_points, choose
from rom.ankle.leg import fused, leg_doubt, leg_readings
from rom.geometry import (
    dorsiflexion_from_points,
    dorsiflexion_sd_from_covariance,
    facing_from_track,
    knee_flexion_from_points,
    segment_length_from_points,
    tibia_inclination_from_points,
)
from rom.records import AngleTrack, Definition, Floats, Landmarks, Side
from rom.settings import Settings
from rom.tracks.gaps import fill_gaps, segments
from rom.tracks.outliers import outliers
from rom.tracks.smoothing import noise_sd, smooth

#: Least spread of a landmark, as a share of the shank, that the outlier filter assumes: below it, noise is
#: a pixel or two and nothing is gained by taking points out.
OUTLIER_FLOOR = 0.01
#: Knee or ankle of the person further than this from the leg's own, in shank lengths: another leg, or a guess.
APART_SHANKS = 0.3
#: A thigh shorter than this in the picture points at the camera, or its hip was guessed.
THIGH_SHANKS = 0.5
#: No ankle goes this far: elite dancers point to -97. Where heel and toe are taken for
#: each other, or the person has turned round, an angle from -70 to +30 reads beyond 110.
POSSIBLE_DEG = 110.0


def angle_track(
    landmarks: Landmarks, side: Side, settings: Settings, own: tuple[Definition, ...] = ()
) -> AngleTrack:
    """Measure the ankle of one side in every frame.

    Parameters
    ----------
    landmarks : one person's landmarks, T frames.
    side : which leg.
    settings : gates, window, gap and cut-off.
    own : a study's own definitions of the angle, before the instrument's.

    Returns
    -------
    AngleTrack. The leg landmarker's `raw_deg` is what it says of each picture alone, `smooth_deg` all of them fused
    (`rom.ankle.leg`). From other landmarks `raw_deg` comes from those that passed the confidence gate, untouched
    otherwise; `smooth_deg` from the same without outliers and without frames in which the foot points against the
    facing of the recording, with gaps up to ``gap_s`` filled, low-passed within each continuous stretch. Both are
    NaN where the leg was not seen.

    Raises
    ------
    NotMeasurable
        Where the landmarks hold no foot of that side.
    """
    definition = choose(landmarks.names, side, own)
    roles = definition.landmarks(side)
    points = gated(landmarks, roles, settings.confidence_min)
    confidence = ankle_confidence(landmarks, roles).min(axis=1)
    facing_vote, _ = facing_from_track(points, confidence)
    facing = int(facing_vote)
    drawn = dorsiflexion_from_points(points, facing)
    possible = ~(np.abs(drawn) > POSSIBLE_DEG)
    clean = cleaned(np.where(possible[:, None, None], points, np.nan), landmarks, settings)
    smooth_points = _smoothed(clean, landmarks, settings)
    told = leg_readings(landmarks, side, confidence, settings)
    if told is None:
        smooth_deg = dorsiflexion_from_points(smooth_points, facing)
        sd_deg = _angle_sd(points, smooth_points, ankle_covariance(landmarks, roles))
    else:
        smooth_deg, sd_deg = fused(landmarks, told, settings)
    return AngleTrack(
        side=side,
        definition=definition.name,
        landmarks=roles,
        facing=facing,
        time_s=landmarks.time_s,
        shot=landmarks.shot,
        raw_deg=drawn if told is None else told,
        smooth_deg=smooth_deg,
        sd_deg=sd_deg,
        doubt_deg=leg_doubt(landmarks, side),
        tibia_inclination_deg=tibia_inclination_from_points(smooth_points[:, :2], facing),
        knee_flexion_deg=_knee_flexion(landmarks, side, facing, settings),
        foot_px=segment_length_from_points(clean[:, 2:] if told is None else _whole_foot(landmarks, side, clean)),
        shank_px=segment_length_from_points(clean[:, :2]),
        points_px=smooth_points,
    )


def gated(landmarks: Landmarks, roles: tuple[str, str, str, str], confidence_min: float) -> Floats:
    """(T, 4, 2) ankle points, NaN where the landmarker was not confident."""
    points = np.array(ankle_points(landmarks, roles), dtype=float)
    points[ankle_confidence(landmarks, roles) < confidence_min] = np.nan
    return points


def cleaned(points: Floats, landmarks: Landmarks, settings: Settings) -> Floats:
    """(T, 4, 2) points without outliers and with short gaps filled; long gaps stay NaN."""
    time_s = landmarks.time_s
    shank = segment_length_from_points(points[:, :2])
    if not np.isfinite(shank).any():
        return points
    floor = OUTLIER_FLOOR * float(np.nanmedian(shank))
    wild = outliers(time_s, points, window_s=settings.outlier_window_s, sigmas=settings.outlier_sigmas, floor=floor)
    kept = np.where(wild.any(axis=-1, keepdims=True), np.nan, points)
    filled = np.full_like(kept, np.nan)
    for stretch in _stretches(kept, landmarks, settings):
        filled[stretch] = fill_gaps(time_s[stretch], kept[stretch])
    return filled


def _stretches(points: Floats, landmarks: Landmarks, settings: Settings) -> list[slice]:
    """Continuous stretches in which all four points are known up to short gaps."""
    whole = np.asarray(np.isfinite(points).all(axis=(1, 2)))
    return segments(landmarks.time_s, landmarks.shot, whole, settings.gap_s)


def _smoothed(points: Floats, landmarks: Landmarks, settings: Settings) -> Floats:
    """Low-pass the points within each continuous stretch."""
    smoothed = np.full_like(points, np.nan)
    for stretch in _stretches(points, landmarks, settings):
        smoothed[stretch] = smooth(landmarks.time_s[stretch], points[stretch], settings.cutoff_hz)
    return smoothed


def _angle_sd(points: Floats, smoothed: Floats, given_px2: Floats) -> Floats:
    """(T,) SD of the angle: from the backend's covariances, else from the points' scatter about their course."""
    spread = noise_sd(points)  # (4, 2)
    scatter_px2 = np.zeros((4, 2, 2))
    scatter_px2[:, 0, 0], scatter_px2[:, 1, 1] = spread[:, 0] ** 2, spread[:, 1] ** 2
    return dorsiflexion_sd_from_covariance(smoothed, np.where(np.isfinite(given_px2), given_px2, scatter_px2))


def _whole_foot(landmarks: Landmarks, side: Side, clean: Floats) -> Floats:
    """(T, 2, 2) hindmost point of the heel and tip of the toes, where the leg is known."""
    ends = np.array(landmarks.points(f"{side}_posterior_heel", f"{side}_toe_tip"), dtype=float)
    ends[~np.isfinite(clean).all(axis=(1, 2))] = np.nan
    return ends


def _knee_flexion(landmarks: Landmarks, side: Side, facing: int, settings: Settings) -> Floats:
    """(T,) knee flexion where hip, knee and ankle are seen; NaN elsewhere.

    The leg landmarker's own knee and ankle are taken where it gives them, if the person's lie at the same place:
    where they do not, only the leg is in view, and the hip was guessed.
    """
    names = tuple(f"{side}_{joint}" for joint in ("hip", "knee", "ankle"))
    if not set(names) <= set(landmarks.names):
        return np.full(len(landmarks.time_s), np.nan)
    points = np.array(landmarks.points(*names), dtype=float)
    points[landmarks.confidence[:, landmarks.indices(names)] < settings.confidence_min] = np.nan
    if landmarks.legs is not None:
        points = joined_knee(points, landmarks.points(f"{side}_knee_centre", f"{side}_ankle_centre"))
    return knee_flexion_from_points(points, facing)


def joined_knee(person: Floats, leg: Floats) -> Floats:
    """(T, 3, 2) hip of the person, knee and ankle of the leg (T, 2, 2); NaN where the two do not fit together."""
    shank = segment_length_from_points(leg)
    apart = np.linalg.norm(person[:, 1:] - leg, axis=-1).max(axis=1)
    thigh = np.linalg.norm(person[:, 0] - leg[:, 0], axis=-1)
    fits = (apart < APART_SHANKS * shank) & (thigh > THIGH_SHANKS * shank)
    return np.where(fits[:, None, None], np.concatenate([person[:, :1], leg], axis=1), np.nan)
