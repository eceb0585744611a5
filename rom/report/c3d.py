"""C3D, the file of motion laboratories: markers in millimetres, and angles as Plug-in Gait lays them out."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from rom.pose.c3d import ezc3d
from rom.records import Floats
from rom.report.motion_files import Course, angle_columns


def c3d(course: Course) -> bytes:
    """Bytes of the file. It holds no times: frames are put at one rate first, where they are not.

    A missing point has the residual -1, as the format asks. Angles are points too (``RAnkleAngles``, listed in
    POINT:ANGLES), x = dorsiflexion or knee flexion in degrees, y and z 0.
    """
    even = course.evened()
    angles = {f"{side[0].upper()}{joint.capitalize()}Angles": track for joint, side, track in angle_columns(even)}
    flat = [np.stack([track, 0 * track, 0 * track], axis=-1) for track in angles.values()]
    points = np.concatenate([even.points_mm, *(one[:, None] for one in flat)], axis=1)
    file = ezc3d().c3d()
    point = file["parameters"]["POINT"]
    point["RATE"]["value"] = [even.rate_hz]
    point["UNITS"]["value"] = ["mm"]
    point["LABELS"]["value"] = [*even.names, *angles]
    for name, value in {"X_SCREEN": "+X", "Y_SCREEN": "+Y", "ANGLE_UNITS": "deg"}.items():
        file.add_parameter("POINT", name, [value])
    if angles:
        file.add_parameter("POINT", "ANGLES", list(angles))
    facts = {
        "VERSION": even.version,
        "MODEL": even.model,
        "RECORDING_SHA256": even.recording_sha256 or "",
        "SCALE": even.scale_words,
    }
    for name, value in facts.items():
        file.add_parameter("ROM", name, [value])
    file.add_parameter("ROM", "START_S", [float(even.time_s[0])])
    file["data"]["points"] = _homogeneous(points)
    lost = np.isnan(points).any(axis=-1).T[None]
    file["data"]["meta_points"]["residuals"] = np.where(lost, -1.0, 0.0)
    return _bytes(file)


def _homogeneous(points: Floats) -> Floats:
    """(4, K, T) as ezc3d takes points (T, K, 3)."""
    rows = np.transpose(points, (2, 1, 0))
    return np.concatenate([rows, np.ones_like(rows[:1])])


def _bytes(file: object) -> bytes:
    """The file as ezc3d writes it, which it does to a path only."""
    with TemporaryDirectory(prefix="rom-") as folder:
        path = Path(folder) / "markers.c3d"
        file.write(str(path))  # type: ignore[attr-defined] # ezc3d has no annotations
        return path.read_bytes()
