"""From where the camera saw the leg, and what that alone does to the reading.

Side-on, shoulders and hips cover each other; as the camera moves towards the front (or the back) of the body
they come apart, the nearer shoulder behind (or before) the farther one. Their distance along the picture, over
the trunk's length, is ``ratio x sin(view angle)``.
"""

import numpy as np

from rom.ankle.leg import foot_yaw_deg, side_seen
from rom.geometry import view_error_deg
from rom.records import AngleTrack, Floats, Landmarks, LegSights, View

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
    lead = _lead_over_trunk(landmarks, track, confidence_min)
    if landmarks.legs is not None:
        return _corrected(landmarks.legs, track, lead)
    if not np.isfinite(lead).any():
        return View(float("nan"), UNKNOWN_SD_DEG, "unknown", view_errors(track, UNKNOWN_SD_DEG))
    angle_deg = _angle_of(lead)
    return View(angle_deg, VIEW_SD_DEG, TRUNK, view_errors(track, angle_deg))


def _corrected(legs: LegSights, track: AngleTrack, lead: Floats) -> View:
    """The view of a leg whose reading is corrected for it: from the trunk where it is seen, else from the foot.

    A trunk wider than any is one that was guessed, because only the legs are in view.
    """
    if np.isfinite(lead).any() and abs(np.nanmedian(lead)) < WIDTH_OVER_TRUNK:
        return View(_angle_of(lead), VIEW_SD_DEG, TRUNK, (0.0, 0.0), corrected=True)
    turned = foot_yaw_deg(legs, side_seen(legs, track.side))
    if not np.isfinite(turned).any():
        return View(float("nan"), UNKNOWN_SD_DEG, "unknown", (0.0, 0.0), corrected=True)
    angle_deg = float(np.nanmedian(turned)) - FOOT_YAW_DEG
    return View(angle_deg, FOOT_VIEW_SD_DEG, "direction of the foot", (0.0, 0.0), corrected=True)


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


def _lead_over_trunk(landmarks: Landmarks, track: AngleTrack, confidence_min: float) -> Floats:
    """(T,) how far the far shoulder and hip lie before the near ones, over the trunk's length."""
    names = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    if not set(names) <= set(landmarks.names):
        return np.full(len(landmarks.time_s), np.nan)
    points = np.array(landmarks.points(*names), dtype=float)
    confidence = landmarks.confidence[:, landmarks.indices(names)]
    trunk = np.linalg.norm(points[:, :2].mean(axis=1) - points[:, 2:].mean(axis=1), axis=-1)
    near_is_right = track.facing > 0
    far, near = (0, 1) if near_is_right else (1, 0)
    ahead = (points[:, [far, far + 2], 0] - points[:, [near, near + 2], 0]).mean(axis=1) * track.facing
    seen = (confidence[:, [near, near + 2]] >= confidence_min).all(axis=1)  # the far ones are always half hidden
    usable = seen & (trunk > TRUNK_MIN * track.shank_px)
    return np.where(usable, ahead / np.where(usable, trunk, 1.0), np.nan)
