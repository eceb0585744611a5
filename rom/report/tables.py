"""Tables for other programs: the angle over time as CSV, the whole examination as JSON."""

import csv
import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TextIO

from rom.errors import RomError, UsageError
from rom.records import AngleTrack, Examination

ANGLE_COLUMNS = (
    "time_s",
    "side",
    "raw_deg",
    "smooth_deg",
    "sd_deg",
    "tibia_inclination_deg",
    "knee_flexion_deg",
    "foot_px",
    "shank_px",
)


def to_json(exam: Examination) -> str:
    """The examination as JSON text (the schema is in ``rom/data/examination.schema.json``)."""
    return json.dumps(exam.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)


def write_json(exam: Examination, path: Path) -> None:
    """Write the examination as JSON, whole or not at all."""
    write_text(path, to_json(exam) + "\n")


def write_angles_csv(exam: Examination, path: Path) -> None:
    """Write one row per frame and side; an empty cell is a missing value."""
    from io import StringIO

    text = StringIO(newline="")
    _angle_rows(exam, text)
    write_text(path, text.getvalue())


def write_landmarks(exam: Examination, path: Path) -> None:
    """Store everybody's landmarks, so that the recording can be measured again without its pictures."""
    from rom.pose.recorded import save_examination

    part = path.with_name(path.name + ".part")
    with explained(path):
        try:
            save_examination(part, exam)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _angle_rows(exam: Examination, file: TextIO) -> None:
    """Header and rows of the angle table."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(ANGLE_COLUMNS)
    for track in exam.angles.values():
        rows.writerows(_cells(track, frame) for frame in range(len(track.time_s)))


def _cells(track: AngleTrack, frame: int) -> list[str]:
    """One row: time to the microsecond, the rest to a hundredth, missing values empty."""
    cells = [f"{track.time_s[frame]:.6f}", track.side]
    for name in ANGLE_COLUMNS[2:]:
        value = float(getattr(track, name)[frame])
        cells.append(f"{value:.2f}" if isfinite(value) else "")
    return cells


def write_text(path: Path, text: str) -> None:
    """Write a text, whole or not at all."""
    write_whole(path, text.encode("utf-8"))


def write_whole(path: Path, data: bytes) -> None:
    """Write to a temporary name beside the target, then rename: never a half-written file.

    Raises
    ------
    RomError : the disk is full. UsageError : the folder is not there, or may not be written to.
    """
    part = path.with_name(path.name + ".part")
    with explained(path):
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Say in one sentence why a file could not be written."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise RomError(
                f"The disk is full: '{path}' could not be written; free some space or write to another disk."
            ) from error
        raise UsageError(
            f"Could not write '{path}' ({error.strerror}); choose a folder that exists and is writable."
        ) from error
