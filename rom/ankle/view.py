"""From where the camera saw the leg, and what that alone does to the reading.

Side-on, shoulders and hips cover each other; as the camera moves towards the front (or the back) of the body
they come apart, the nearer shoulder behind (or before) the farther one. Their distance along the picture, over
the trunk's length, is ``ratio x sin(view angle)``.
"""

import numpy as np

from rom.ankle.leg import foot_yaw_deg, side_seen
from rom.geometry import view_error_deg
from rom.records import AngleTrack, Bools, Floats, Landmarks, LegSights, View

#: Width of shoulders and hips over trunk length, mean of the two, as BlazePose places them on rendered
#: people seen from 30 degrees (0.43 and 0.28 of the trunk, over sin 30); to be replaced by a calibrated one.
WIDTH_OVER_TRUNK = 0.68
#: SD of the estimate on the same renders: side-on clips read 2 to 9 degrees, one at 30 reads 32.
VIEW_SD_DEG = 8.0
#: Where neither shoulders nor hips are in view nothing is known but that the user filmed a side.
UNKNOWN_SD_DEG = 20.0
#: How far the line from heel to fifth metatarsal points towards a camera exactly side-on, as the leg landmarker
#: sees it on rendered people of the development and validation sets; and the SD of a view told from it.
FOOT_YAW_DEG, FOOT_VIEW_SD_DEG = 26.0, 11.0
TRUNK = "shoulders and hips over trunk"
#: What it is told from.
TRUNK_NAMES = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
#: A trunk shorter than this share of the shank is seen end-on or badly found.
TRUNK_MIN = 0.4


def estimate_view(landmarks: Landmarks, track: AngleTrack, confidence_min: float) -> View:
    """The view angle of a recording, and the expected error of its end-range readings.

    Parameters
    ----------
    landmarks : the person; shoulders and hips are used where the backend has them.
    track : the side measured; says which way the person faces and how far the ankle moves.
    confidence_min : gate for shoulders and hips.

    Returns
    -------
    View. `angle_deg` is NaN with method "unknown" where the trunk is not in view; `error_deg` is then that of
    a view one SD off, so that not knowing never makes the interval narrower than knowing.
    """
    lead = _lead(landmarks, track, confidence_min)
    if landmarks.legs is not None:
        return _corrected(landmarks.legs, track, lead)
    if not np.isfinite(lead).any():
        return View(float("nan"), UNKNOWN_SD_DEG, "unknown", view_errors(track, UNKNOWN_SD_DEG))
    angle_deg = _angle_of(lead)
    return View(angle_deg, VIEW_SD_DEG, TRUNK, view_errors(track, angle_deg))


def _corrected(legs: LegSights, track: AngleTrack, lead: Floats) -> View:
    """The view of a leg whose reading is corrected for it."""
    angle_deg, sd_deg, method = seen_from(lead, foot_yaw_deg(legs, side_seen(legs, track.side)))
    return View(angle_deg, sd_deg, method, (0.0, 0.0), corrected=True)


def seen_from(lead: Floats, foot_yaw: Floats) -> tuple[float, float, str]:
    """From where a leg was seen: from the trunk where that is seen, else from the foot.

    Parameters
    ----------
    lead : (T,) of `lead_over_trunk`. A trunk wider than any is one that was guessed, as only the legs are in view.
    foot_yaw : (N,) degrees, of `rom.ankle.leg.foot_yaw_deg`.

    Returns
    -------
    View angle in degrees, + from the front, NaN where neither tells; its SD; and what told it.
    """
    if np.isfinite(lead).any() and abs(np.nanmedian(lead)) < WIDTH_OVER_TRUNK:
        return _angle_of(lead), VIEW_SD_DEG, TRUNK
    if not np.isfinite(foot_yaw).any():
        return float("nan"), UNKNOWN_SD_DEG, "unknown"
    return float(np.nanmedian(foot_yaw)) - FOOT_YAW_DEG, FOOT_VIEW_SD_DEG, "direction of the foot"


def _angle_of(lead: Floats) -> float:
    """View angle in degrees from how far the far shoulder and hip lie ahead (T,)."""
    return float(np.degrees(np.arcsin(np.clip(np.nanmedian(lead) / WIDTH_OVER_TRUNK, -1.0, 1.0))))


def view_errors(track: AngleTrack, view_deg: float) -> tuple[float, float]:
    """Reading minus truth at the dorsiflexion end and at the plantar flexion end, degrees, signed angle."""
    angle = track.smooth_deg
    known = np.isfinite(angle) & np.isfinite(track.tibia_inclination_deg)
    if not known.any():
        return 0.0, 0.0
    top = int(np.argmax(np.where(known, angle, -np.inf)))
    bottom = int(np.argmin(np.where(known, angle, np.inf)))
    high, low = (float(view_error_deg(angle[i], track.tibia_inclination_deg[i], view_deg)) for i in (top, bottom))
    return high, low


def _lead(landmarks: Landmarks, track: AngleTrack, confidence_min: float) -> Floats:
    """(T,) how far the far shoulder and hip lie before the near ones; NaN from backends that see no trunk."""
    if not set(TRUNK_NAMES) <= set(landmarks.names):
        return np.full(len(landmarks.time_s), np.nan)
    points = np.array(landmarks.points(*TRUNK_NAMES), dtype=float)
    confidence = landmarks.confidence[:, landmarks.indices(TRUNK_NAMES)]
    return lead_over_trunk(points, confidence >= confidence_min, track.facing, track.shank_px)


def lead_over_trunk(points: Floats, sure: Bools, facing: int, shank_px: Floats) -> Floats:
    """How far the far shoulder and hip lie before the near ones, over the trunk's length.

    Parameters
    ----------
    points : (T, 4, 2) pixels, in the order of `TRUNK_NAMES`. sure : (T, 4) whether each was seen.
    facing : +1 the toes point right, -1 left. shank_px : (T,) the length that a trunk must have a share of.

    Returns
    -------
    (T,), + where the camera stands before the person; NaN where it cannot be told.
    """
    trunk = np.linalg.norm(points[:, :2].mean(axis=1) - points[:, 2:].mean(axis=1), axis=-1)
    far, near = (0, 1) if facing > 0 else (1, 0)
    ahead = (points[:, [far, far + 2], 0] - points[:, [near, near + 2], 0]).mean(axis=1) * facing
    seen = sure[:, [near, near + 2]].all(axis=1)  # the far ones are always half hidden
    usable = seen & (trunk > TRUNK_MIN * shank_px)
    return np.where(usable, ahead / np.where(usable, trunk, 1.0), np.nan)
