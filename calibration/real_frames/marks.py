"""Read the marked frames, and say how far the two passes lie apart."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom.geometry import dorsiflexion_from_points, facing_from_points
from rom.records import Floats, Side

FOLDER = Path(__file__).parent
PASSES = ("pass1", "pass2")
POINTS = ("fibular_head", "malleolus", "heel_plantar", "mt5_plantar", "heel_posterior", "toe_tip")
LINE = slice(0, 4)  # the four points of both lines stand first


@dataclass(frozen=True)
class Marked:
    """One leg in one frame.

    `points_px` (2, 6, 2) : both passes, in the order of POINTS, NaN where hidden; pixels of the whole frame.
    `box_px` : x0, y0, x1, y1. `seen_from` : "lateral" or "medial" (the points are then the inner ones).
    """

    name: str
    recording: str
    frame: int
    time_s: float
    side: Side
    shod: str
    seen_from: str
    box_px: tuple[int, int, int, int]
    points_px: Floats

    @property
    def angle_deg(self) -> Floats:
        """Angle of the lines in the picture (2,), one a pass; dorsiflexion positive."""
        line = self.points_px[:, LINE]
        return np.asarray(dorsiflexion_from_points(line, facing_from_points(line)))


def read_marks() -> list[Marked]:
    """Every frame that both passes marked, in the order of `frames.csv`."""
    passes = [{row["id"]: row for row in _rows(name)} for name in PASSES]
    return [
        Marked(
            name=row["id"],
            recording=row["recording"],
            frame=int(row["frame"]),
            time_s=float(row["time_s"]),
            side="left" if row["side"] == "left" else "right",
            shod=row["shod"],
            seen_from="lateral" if passes[0][row["id"]]["knee_kind"] == "fibular_head" else "medial",
            box_px=(int(row["x0"]), int(row["y0"]), int(row["x1"]), int(row["y1"])),
            points_px=np.stack([_points(marks[row["id"]]) for marks in passes]),
        )
        for row in _rows("frames")
        if all(row["id"] in marks for marks in passes)
    ]


def disagreement_deg(marks: list[Marked]) -> Floats:
    """Second pass minus first (N,), degrees; NaN where a point of the lines is hidden in either."""
    return np.array([mark.angle_deg[1] - mark.angle_deg[0] for mark in marks])


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _points(row: dict[str, str]) -> Floats:
    """(6, 2) pixels of one pass; an empty cell is NaN."""
    return np.array([[float(row[f"{name}_{axis}"] or "nan") for axis in "xy"] for name in POINTS])
