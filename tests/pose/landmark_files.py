"""Landmark files of other tools, made here, and frames."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from rom.pose.names import names_of
from rom.records import Frame

SAMPLE = Path(__file__).parents[2] / "samples" / "seated_right.mp4"
TRC_NAMES = ("LHip", "RHip", "RKnee", "RAnkle", "RHeel", "RBigToe")


def with_shot(frame: Frame, shot: int) -> Frame:
    """Return the frame as part of another shot."""
    return replace(frame, shot=shot)


def write_trc(path: Path, points: np.ndarray, unit: str = "m", rate_hz: float = 50.0) -> Path:
    """Write points (T, K, 3) the way Sports2D and Pose2Sim do; NaN becomes an empty cell."""
    count, markers = points.shape[:2]
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "\t".join(str(v) for v in (rate_hz, rate_hz, count, markers, unit, rate_hz, 0, count)),
        "Frame#\tTime\t" + "\t\t\t".join(TRC_NAMES[:markers]) + "\t\t",
        "\t\t" + "\t".join(f"X{k}\tY{k}\tZ{k}" for k in range(1, markers + 1)),
    ]
    rows = [
        f"{t + 1}\t{(t + 1) / rate_hz}\t" + "\t".join("" if np.isnan(v) else f"{v:.6f}" for v in row.ravel())
        for t, row in enumerate(points)
    ]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return path


def write_c3d(
    path: Path, names: list[str], points: np.ndarray, unit: str = "mm", up: str = "+Z", rate_hz: float = 100.0
) -> Path:
    """Write points (T, K, 3) as a motion laboratory does; NaN is a marker that was lost."""
    import ezc3d

    file = ezc3d.c3d()
    point = file["parameters"]["POINT"]
    point["RATE"]["value"], point["UNITS"]["value"], point["LABELS"]["value"] = [rate_hz], [unit], names
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", [up])
    file.add_parameter("POINT", "ANGLES", ["RAnkleAngles"])
    rows = np.transpose(points, (2, 1, 0))
    file["data"]["points"] = np.concatenate([rows, np.ones_like(rows[:1])])
    file.write(str(path))
    return path


def write_openpose(folder: Path, frames: list[list[list[float]]], first: int = 0) -> Path:
    """Write one BODY_25 file a frame; each person is 75 numbers."""
    folder.mkdir(exist_ok=True)
    for number, people in enumerate(frames, start=first):
        content = {"version": 1.3, "people": [{"pose_keypoints_2d": person} for person in people]}
        (folder / f"clip_{number:012d}_keypoints.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def openpose_person(**points: tuple[float, float, float]) -> list[float]:
    """75 numbers with the named landmarks; the others 0, 0, 0 as OpenPose writes what it did not find."""
    rows = np.zeros((25, 3))
    for name, row in points.items():
        rows[names_of("openpose").index(name)] = row
    return [float(v) for v in rows.ravel()]


def write_mediapipe(path: Path, frames: list[object], **facts: object) -> Path:
    """Write our plain JSON form."""
    path.write_text(json.dumps({**facts, "frames": frames}), encoding="utf-8")
    return path


def write_csv(path: Path, rows: list[str], header: str = "time_s,person,landmark,x_px,y_px,confidence") -> Path:
    """Write our CSV, with the byte order mark that spreadsheets put there."""
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8-sig")
    return path
