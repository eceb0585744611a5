"""What a result says of the camera: which profile was used, or what one would have improved."""

from collections.abc import Iterator

import numpy as np

from rom.records import CameraProfile, Check, Floats, Landmarks, RecordingInfo
from rom.settings import Settings

#: Landmarks by whose place it is judged how near to the picture's edge the foot lies.
FOOT = ("ankle", "heel", "foot_index", "big_toe", "lateral_malleolus", "plantar_heel", "plantar_mt5")
#: From here on, as a share of the way from the middle to a corner, a bending lens is felt: where it draws corners
#: 10 % off, angles are up to 3 degrees off here, and 1.5 half-way out (distortion grows with the square of it).
EDGE_SHARE = 0.75
#: A tilt that would shift the shank's lean by more than the eye notices.
TILT_SAID_DEG = 5.0


def camera_checks(
    camera: CameraProfile | None, info: RecordingInfo, landmarks: Landmarks, roll_deg: float, settings: Settings
) -> tuple[Check, ...]:
    """One note on the camera, or none.

    Parameters
    ----------
    camera : the profile that was used. info : the recording's. landmarks : the person's, straightened by it.
    roll_deg : how the picture seems turned from its own lines; NaN where nothing tells.
    """
    if camera is not None:
        return (_used(camera, landmarks),)
    return tuple(_missed(info, landmarks, roll_deg, settings))


def _used(camera: CameraProfile, landmarks: Landmarks) -> Check:
    """Which profile was used, and what it did not touch."""
    parts = []
    if camera.lens is not None:
        parts.append(f"lens known to {camera.lens.held_out_px:.1f} pixels")
    if camera.level is not None:
        parts.append(f"level, {abs(camera.level.roll_deg):.1f}° ± {camera.level.sd_deg:.1f}°")
    if camera.scale is not None:
        parts.append(f"{camera.scale.mm_per_px:.3g} mm a pixel in the plane of the leg")
    words = f"Camera profile '{camera.name}' was used ({'; '.join(parts) or 'nothing in it'})."
    if landmarks.legs is not None and (camera.lens is not None or camera.level is not None):
        words += " It straightens the landmarks and the shank's lean; the angle itself is read from the picture."
    return Check("camera_profile", "note", words)


def _missed(info: RecordingInfo, landmarks: Landmarks, roll_deg: float, settings: Settings) -> Iterator[Check]:
    """What a calibrated camera would have improved, where it matters."""
    if info.projection != "camera" or not info.width_px:
        return
    advice = []
    share = _edge_share(info, landmarks, settings.confidence_min)
    if share > EDGE_SHARE:
        advice.append(
            "the foot lies near a corner of the picture, where lenses bend lines most (rom calibrate lens)"
        )
    if abs(roll_deg) > TILT_SAID_DEG:
        advice.append("the picture is tilted, which shifts the lean of the shank (rom calibrate level)")
    if advice:
        yield Check("camera_uncalibrated", "note", f"A calibrated camera would help here: {'; '.join(advice)}.")


def _edge_share(info: RecordingInfo, landmarks: Landmarks, confidence_min: float) -> float:
    """How far out the foot lies for half of the time: 0 the middle of the picture, 1 its corners."""
    rows = [k for k, name in enumerate(landmarks.names) if name.partition("_")[2] in FOOT]
    seen = landmarks.confidence[:, rows] >= confidence_min
    half: Floats = np.array([info.width_px, info.height_px]) / 2
    out = np.linalg.norm(landmarks.points_px[:, rows] - half, axis=-1) / float(np.linalg.norm(half))
    known = out[seen & np.isfinite(out)]
    return float(np.median(known)) if known.size else 0.0
