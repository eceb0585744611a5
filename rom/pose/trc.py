"""TRC files (track row column) of Sports2D, Pose2Sim and OpenSim.

Three kinds are told apart by what they hold:

* **pixels** (Sports2D ``*_px_person00.trc``): x right, y down. Sports2D writes ``m`` in the header of these too,
  so the file's name and the size of the numbers decide.
* **metres or millimetres, flat** (Sports2D ``*_m_person00.trc``: each marker's z stays constant): y is up and is
  turned over; the camera's view is what it was.
* **metres or millimetres, in space** (Pose2Sim, motion capture; y up): laid on the sagittal plane of the body:
  along the path walked or, for somebody who stays in place, square to the line through the hips.

Lengths become millimetres, which then stand for pixels. TRC has no confidence: what is there counts as sure.
"""

from pathlib import Path

import numpy as np

from rom.errors import InputUnreadable
from rom.pose.imported import MILLIMETRES, MILLIMETRES_NOTE, Imported, one_person
from rom.pose.in_space import is_flat, on_sagittal_plane
from rom.pose.names import canonical
from rom.records import Floats

BODY_MAX_M = 20.0  # points further apart than this are not metres: a room is smaller, a picture larger
UP = (0.0, 1.0, 0.0)  # OpenSim's convention, which Pose2Sim follows


def read_trc(path: Path) -> Imported:
    """Read a TRC file; ``InputUnreadable`` says what is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        names, unit = _header(lines)
        table = _table(lines[5:], 2 + 3 * len(names))
    except (OSError, ValueError, IndexError) as error:
        raise InputUnreadable(
            f"Expected a TRC file with five header lines and x, y, z of each marker in '{path}', but it cannot be "
            f"read ({error}); export it again."
        ) from error
    space = table[:, 2:].reshape(len(table), -1, 3)
    space = np.where(np.all(space == 0, axis=-1, keepdims=True), np.nan, space)  # some tools write 0 for missing
    ours = tuple(canonical(name) for name in names)
    tool = "Sports2D/Pose2Sim TRC"
    points, notes, flat = _points(path, space, unit, ours)
    return Imported(
        tool=tool,
        names=ours,
        time_s=table[:, 1],
        people=one_person(points, np.ones(points.shape[:2])),
        files=[path],
        notes=["TRC holds no confidence: every landmark in it counts as sure.", *notes],
        projection="camera" if flat else "sagittal",
    )


def _header(lines: list[str]) -> tuple[list[str], str]:
    """Marker names and unit."""
    if not lines[0].startswith("PathFileType"):
        raise ValueError("the first line does not begin with PathFileType")
    facts = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
    names = [cell.strip() for cell in lines[3].split("\t")[2:] if cell.strip()]
    if not names:
        raise ValueError("line 4 names no markers")
    return names, facts.get("Units", "").strip().lower()


def _table(lines: list[str], columns: int) -> Floats:
    """(T, columns) numbers; empty cells, and cells missing at the end of a row, are NaN."""
    rows = []
    for line in lines:
        cells = [cell.strip() for cell in line.rstrip("\r\n").split("\t")]
        if not any(cells):
            continue
        cells = [*cells, *[""] * (columns - len(cells))][:columns]
        rows.append([float(cell) if cell else float("nan") for cell in cells])
    return np.array(rows).reshape(-1, columns)


def _points(path: Path, space: Floats, unit: str, names: tuple[str, ...]) -> tuple[Floats, list[str], bool]:
    """(T, K, 2) points with y down, what to say about them, and whether they are a camera's view."""
    size = float(np.nanmax(space[..., :2])) - float(np.nanmin(space[..., :2])) if np.isfinite(space).any() else 0.0
    if unit == "px" or "_px_" in path.name or (unit not in ("mm", "cm") and size > BODY_MAX_M):
        return space[..., :2], [], True
    if unit not in MILLIMETRES:
        raise InputUnreadable(f"Expected the unit m, cm, mm or px in '{path}', but found '{unit}'; correct line 3.")
    space = space * MILLIMETRES[unit]
    if is_flat(space[..., 2]):
        return space[..., :2] * (1.0, -1.0), [MILLIMETRES_NOTE], True
    points, note = on_sagittal_plane(path, space, names, UP)
    return points, [MILLIMETRES_NOTE, note], False


def is_trc(head: str) -> bool:
    """Tell from a file's beginning whether it is TRC."""
    return head.startswith("PathFileType")
