"""Landmarks in a plain CSV: one row for each landmark of each person at each time.

::

    time_s,person,landmark,x_px,y_px,confidence
    0.000,0,left_knee,412.5,310.0,0.98
    0.000,0,left_ankle,405.1,452.7,0.95

UTF-8 (a byte order mark is tolerated), comma, decimal point; the columns in any order, further ones ignored.
``time_s`` seconds; ``person`` any word that stays the same for one person; ``landmark`` side first
(``right_foot_index``; other tools' names are understood); pixels with x right and y down; ``confidence`` 0 to 1,
1 where the column is missing. An empty ``x_px`` or ``y_px`` is a landmark that was not found.
"""

import csv
from pathlib import Path

import numpy as np

from rom.errors import InputUnreadable
from rom.pose.imported import Imported
from rom.pose.names import canonical
from rom.records import People

COLUMNS = ("time_s", "person", "landmark", "x_px", "y_px")
Row = tuple[float, str, str, float, float, float]


def read_csv(path: Path) -> Imported:
    """Read the file; ``InputUnreadable`` names the line that is wrong."""
    rows = _rows(path)
    times = sorted({row[0] for row in rows})
    names = tuple(dict.fromkeys(row[2] for row in rows))
    place = {name: k for k, name in enumerate(names)}
    frames: dict[float, dict[str, np.ndarray]] = {time: {} for time in times}
    for time_s, person, name, x, y, confidence in rows:
        points = frames[time_s].setdefault(person, np.full((len(names), 3), np.nan))
        points[place[name]] = (x, y, confidence)
    people = [_people(list(frame.values()), len(names)) for frame in frames.values()]
    return Imported("CSV", names, np.array(times), people, [path])


def is_csv(head: str) -> bool:
    """Tell from a file's beginning whether it has our columns."""
    return set(COLUMNS) <= set(head.partition("\n")[0].strip().split(","))


def _rows(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            lacking = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if lacking:
                raise InputUnreadable(
                    f"Expected the columns {', '.join(COLUMNS)} in '{path}', but found no "
                    f"{', no '.join(lacking)}; see the documentation of rom.pose.keypoint_csv."
                )
            return [_row(path, reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputUnreadable(f"Expected a UTF-8 CSV of landmarks in '{path}', but found: {error}.") from error


def _row(path: Path, line: int, cells: dict[str, str | None]) -> Row:
    try:
        x, y, confidence = (float(cells.get(name) or "nan") for name in ("x_px", "y_px", "confidence"))
        if not cells.get("confidence"):
            confidence = 1.0
        time_s, name = float(cells["time_s"] or ""), canonical(cells["landmark"] or "")
    except ValueError as error:
        raise InputUnreadable(f"Expected numbers in line {line} of '{path}', but found: {error}.") from error
    return time_s, cells["person"] or "", name, x, y, confidence


def _people(rows: list[np.ndarray], landmarks: int) -> People:
    table = np.array(rows).reshape(len(rows), landmarks, 3)
    missing = ~np.all(np.isfinite(table[..., :2]), axis=-1)
    somebody = ~np.all(missing, axis=1)
    points = np.where(missing[..., None], np.nan, table[..., :2])
    confidence = np.where(missing, 0.0, np.clip(table[..., 2], 0.0, 1.0))
    return People(points[somebody], confidence[somebody])
