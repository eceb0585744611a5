"""What is true of a recording: angles and landmarks of every frame, and the sidecar that makes it again."""

import csv
import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from calibration.people.body import SIDE_SIGN
from calibration.people.landmarks import LANDMARKS, SKIN_LANDMARKS
from calibration.recordings.camera import Camera, view_angles_deg
from calibration.recordings.clinical import LINE_LANDMARKS, clinical_angle_deg, image_angle_deg, space_angle_deg
from calibration.recordings.performance import Performance
from calibration.recordings.plan import GENERATOR
from calibration.recordings.rig import joint_angle_deg, unit
from calibration.recordings.scene import Scene
from calibration.recordings.soles import BAREFOOT, landmark_points

FRONT = np.array([0.0, -1.0, 0.0])  # where the person faces
OUT_OF_VIEW, HIDDEN, SEEN = 0, 1, 2
SKIN_DEPTH_M = 0.025  # cloth and shoe over a landmark do not hide it
CENTRE_DEPTH_M = 0.075  # joint centres lie inside the limb
DEFINITION = (
    "clinical_deg: fibular head to lateral malleolus against plantar heel contact point to plantar point under "
    "the fifth metatarsal head (outer sole when shod), in 3D, projected on the sagittal plane; dorsiflexion "
    "positive, 0 = perpendicular. joint_deg: the rig's ankle rotation. space_deg: the lines without a plane. "
    "side_deg: the lines in the plane across the leg's medio-lateral axis. skin_deg: as clinical_deg with the "
    "skin's points inside a shoe. image_deg: the lines in the undistorted picture. sight_yaw_deg, "
    "sight_pitch_deg: from the ankle to the camera against the plane's outward normal, + towards the front, + from "
    "above. visible: 0 out of view, "
    "1 hidden, 2 seen (also under cloth)."
)


def landmark_pixels(scene: Scene, shake_px: np.ndarray) -> dict[str, np.ndarray]:
    """Delivered pixels (T, K, 2) of both sides' landmarks: with lens distortion and shake."""
    camera = scene.camera
    return {
        side: camera.distort(camera.project(points)) + shake_px[:, None]
        for side, points in scene.performance.landmarks.items()
    }


def visibility(camera: Camera, points: np.ndarray, pixels: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Whether landmarks (K, 3) are seen: OUT_OF_VIEW, HIDDEN or SEEN (K,).

    Parameters
    ----------
    camera, points, pixels : landmarks of one frame in metres (K, 3) and delivered pixels (K, 2)
    depth : (H', W') inverse depth in 1/m, rasterised without distortion, any whole number of samples a pixel
    """
    samples = depth.shape[1] / camera.width
    ideal = camera.project(points) * samples
    row = np.clip(np.nan_to_num(ideal[:, 1]), 0, depth.shape[0] - 1).astype(int)
    column = np.clip(np.nan_to_num(ideal[:, 0]), 0, depth.shape[1] - 1).astype(int)
    nearest = 1.0 / np.maximum(depth[row, column], 1e-6)
    own = camera.view(points)[:, 2]
    allowed = np.where(np.arange(len(points)) < len(SKIN_LANDMARKS), SKIN_DEPTH_M, CENTRE_DEPTH_M)
    inside = (pixels >= 0).all(1) & (pixels[:, 0] < camera.width) & (pixels[:, 1] < camera.height) & (own > 0)
    return np.where(inside, np.where(own < nearest + allowed, SEEN, HIDDEN), OUT_OF_VIEW)


def angles(scene: Scene) -> dict[str, np.ndarray]:
    """Angle columns (T,) of the truth table, degrees."""
    p, camera = scene.performance, scene.camera
    lines = p.line_points()
    bare = landmark_points(p.stage.body, p.bones, p.side, BAREFOOT, LINE_LANDMARKS)
    sight = unit(camera.position - p.place("ankle_centre"))
    sight_yaw, sight_pitch = view_angles_deg(sight, _outward(p), FRONT)
    mirrored = bool(camera.axes[0] @ FRONT < 0)
    return {
        "clinical_deg": p.clinical_deg(),
        "planned_deg": p.planned_deg,
        "joint_deg": joint_angle_deg(p.stage.body, p.bones, p.side),
        "space_deg": space_angle_deg(lines),
        "skin_deg": clinical_angle_deg(bare, p.normal),
        "side_deg": clinical_angle_deg(lines, np.sign(p.normal[0]) * np.array([1.0, 0.0, 0.0])),
        "image_deg": image_angle_deg(camera.project(lines), mirrored),
        "sight_yaw_deg": sight_yaw,
        "sight_pitch_deg": sight_pitch,
        "other_space_deg": space_angle_deg(p.line_points(p.stage.other)),
    }


def write_table(path: Path, scene: Scene, pixels: dict[str, np.ndarray], visible: dict[str, np.ndarray]) -> None:
    """Write one row a frame: angles, then the tested leg's landmarks in delivered pixels."""
    p = scene.performance
    columns: dict[str, np.ndarray] = {"time_s": p.time_s, **angles(scene)}
    header, values = list(columns), [np.round(v, 4) for v in columns.values()]
    for k, name in enumerate(LANDMARKS):
        header += [f"{name}_x_px", f"{name}_y_px", f"{name}_visible"]
        values += [np.round(pixels[p.side][:, k, i], 2) for i in range(2)]
        values.append(visible[p.side][:, k])
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["frame", *header])
        writer.writerows([i, *row] for i, row in enumerate(zip(*values, strict=True)))


def write_points(path: Path, scene: Scene, pixels: dict[str, np.ndarray], visible: dict[str, np.ndarray]) -> None:
    """Write both sides' landmarks: metres, pixels, visibility."""
    both = {f"{side}_metres": v.astype(np.float32) for side, v in scene.performance.landmarks.items()}
    both |= {f"{side}_pixels": v.astype(np.float32) for side, v in pixels.items()}
    both |= {f"{side}_visible": v.astype(np.uint8) for side, v in visible.items()}
    np.savez_compressed(path, names=np.array(LANDMARKS), **both)  # type: ignore[arg-type]


def sidecar(scene: Scene, film: Path, renderer: str, seconds: float) -> dict[str, Any]:
    """Everything needed to make the recording again, and what it is."""
    p, camera = scene.performance, scene.camera
    ankle = p.landmarks[p.side][:, LANDMARKS.index("ankle_centre")].mean(0)
    return {
        "generator": GENERATOR,
        "recording": asdict(p.stage.row),
        "renderer": renderer,
        "person": p.stage.body.meta,
        "truth": DEFINITION,
        "frames": len(p.time_s),
        "duration_s": round(len(p.time_s) / p.stage.row.fps, 4),
        "soles": asdict(p.stage.soles),
        "sagittal_normal": [round(float(v), 6) for v in p.normal],
        "camera": camera_record(camera, scene.floor, ankle),
        "view": view_record(scene),
        "clinical_range_deg": [round(float(p.clinical_deg().min()), 3), round(float(p.clinical_deg().max()), 3)],
        "foot_px": round(foot_length_px(p, camera), 1),
        "sha256": hashlib.sha256(film.read_bytes()).hexdigest(),
        "bytes": film.stat().st_size,
        "seconds_to_make": round(seconds, 1),
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
    }


def camera_record(camera: Camera, floor: float, ankle: np.ndarray) -> dict[str, Any]:
    """Camera as numbers: position and axes in metres, focal length in pixels."""
    return {
        "position_m": [round(float(v), 5) for v in camera.position],
        "axes_right_down_forward": [[round(float(v), 7) for v in row] for row in camera.axes],
        "focal_px": round(camera.focal_px, 3),
        "centre_px": [float(v) for v in camera.centre],
        "distortion_k1": camera.k1,
        "height_over_floor_m": round(float(camera.position[2] - floor), 4),
        "distance_to_ankle_m": round(float(np.linalg.norm(ankle - camera.position)), 4),
    }


def view_record(scene: Scene) -> dict[str, float]:
    """Angles of the optical axis against the sagittal plane's normal and the leg's medio-lateral axis."""
    p = scene.performance
    lateral = np.array([SIDE_SIGN[p.side], 0.0, 0.0])
    towards = -scene.camera.axes[2]
    yaw, pitch = view_angles_deg(towards, _outward(p), FRONT)
    body_yaw, body_pitch = view_angles_deg(towards, lateral, FRONT)
    off = np.degrees(np.arccos(np.clip(abs(towards @ p.normal), 0, 1)))
    return {
        "yaw_deg": round(float(yaw), 3),
        "pitch_deg": round(float(pitch), 3),
        "off_plane_deg": round(float(off), 3),
        "body_yaw_deg": round(float(body_yaw), 3),
        "body_pitch_deg": round(float(body_pitch), 3),
    }


def _outward(p: Performance) -> np.ndarray:
    """The sagittal plane's normal (3,) that points away from the other leg."""
    return p.normal if p.normal[0] * SIDE_SIGN[p.side] > 0 else -p.normal


def foot_length_px(performance: Performance, camera: Camera) -> float:
    """Median length of the foot in the picture, heel to toe tip, pixels."""
    points = performance.landmarks[performance.side]
    heel, toe = (camera.project(points[:, LANDMARKS.index(n)]) for n in ("heel_posterior", "toe_tip"))
    return float(np.nanmedian(np.linalg.norm(toe - heel, axis=1)))


def write_sidecar(path: Path, record: dict[str, Any]) -> None:
    """Write the sidecar under a temporary name first: where it stands, the recording is finished."""
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(record, indent=1) + "\n")
    temporary.replace(path)
