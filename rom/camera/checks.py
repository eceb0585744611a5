"""What a result says of the camera: which profile was used, or what one would have improved."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from rom.camera.correction import drawn
from rom.geometry import dorsiflexion_from_points
from rom.records import AngleTrack, CameraProfile, Check, RecordingInfo

#: From here on, as a share of the way from the middle to a corner, a bending lens is felt: where it draws corners
#: 10 % off, an angle is up to 7 degrees off here, and 3 half-way out (computed: bending grows with the square).
EDGE_SHARE = 0.75
#: A tilt that shifts the shank's lean by more than the eye notices.
TILT_SAID_DEG = 5.0
#: A lens that turns the drawn angle by more than this is worth a caution where the angle is not corrected for it.
BEND_CAUTION_DEG = 1.0


def camera_checks(
    camera: CameraProfile | None,
    info: RecordingInfo,
    tracks: Collection[AngleTrack],
    *,
    roll_deg: float,
    reads_picture: bool,
) -> tuple[Check, ...]:
    """What is to be said of the camera: at most one note and one caution.

    Parameters
    ----------
    camera : the profile that was used. info : the recording's. tracks : the sides', straightened by the profile.
    roll_deg : how the picture still seems turned, from its own lines; NaN where nothing tells.
    reads_picture : the angle comes from the picture and not from the points, as the leg landmarker's does.
    """
    if camera is None:
        return tuple(_missed(info, tracks, roll_deg))
    return (_used(camera, reads_picture), *(_bent(camera, tracks) if reads_picture else ()))


def _used(camera: CameraProfile, reads_picture: bool) -> Check:
    """Which profile was used, and what it did not touch."""
    parts = []
    if camera.lens is not None:
        parts.append(f"lens known to {camera.lens.held_out_px:.1f} pixels")
    if camera.level is not None:
        parts.append(f"level, {abs(camera.level.roll_deg):.1f}° ± {2 * camera.level.sd_deg:.1f}°")
    if camera.scale is not None:
        parts.append(f"{camera.scale.mm_per_px:.3g} mm a pixel in the plane of the leg")
    words = f"Camera profile '{camera.name}' was used ({'; '.join(parts) or 'nothing in it'})."
    if reads_picture and (camera.lens is not None or camera.level is not None):
        words += " It straightens the landmarks and the shank's lean; the angle itself is read from the picture."
    return Check("camera_profile", "note", words)


def _bent(camera: CameraProfile, tracks: Collection[AngleTrack]) -> Iterator[Check]:
    """The lens turns an angle that is not corrected for it."""
    bend_deg = max((_bend_deg(camera, track) for track in tracks), default=0.0)
    if bend_deg > BEND_CAUTION_DEG:
        yield Check(
            "lens_bends",
            "caution",
            f"Where the leg lies, the lens turns a drawn angle by up to {bend_deg:.0f}°, and the angle read from "
            "the picture is not corrected for that; film with the leg in the middle.",
            value=bend_deg,
            unit="deg",
        )


def _bend_deg(camera: CameraProfile, track: AngleTrack) -> float:
    """By how much the lens alone turns the ankle angle drawn by a side's points, at most (95 of 100 pictures)."""
    filmed = drawn(track.points_px, replace(camera, level=None))
    turned = dorsiflexion_from_points(filmed, track.facing) - dorsiflexion_from_points(
        track.points_px, track.facing
    )
    known = np.abs(turned[np.isfinite(turned)])
    return float(np.percentile(known, 95)) if known.size else 0.0


def _missed(info: RecordingInfo, tracks: Collection[AngleTrack], roll_deg: float) -> Iterator[Check]:
    """What a calibrated camera would have improved, where it matters."""
    if info.projection != "camera" or not info.width_px:
        return
    advice = []
    if max((_edge_share(info, track) for track in tracks), default=0.0) > EDGE_SHARE:
        advice.append(
            "the foot lies near a corner of the picture, where lenses bend lines most (rom calibrate lens)"
        )
    if abs(roll_deg) > TILT_SAID_DEG:
        advice.append("the picture is tilted, which shifts the lean of the shank (rom calibrate level)")
    if advice:
        yield Check("camera_uncalibrated", "note", f"A calibrated camera would help here: {'; '.join(advice)}.")


def _edge_share(info: RecordingInfo, track: AngleTrack) -> float:
    """How far out the foot lies for half of the time: 0 the middle of the picture, 1 its corners."""
    half = np.array([info.width_px, info.height_px]) / 2
    out = np.linalg.norm(track.points_px[:, 1:] - half, axis=-1) / float(np.linalg.norm(half))
    known = out[np.isfinite(out)]
    return float(np.median(known)) if known.size else 0.0
