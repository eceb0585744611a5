"""Other tools' landmark files as recordings; what a file is, is told from its content.

=========================  ====================================================================
Sports2D, Pose2Sim TRC     pixels, metres or millimetres, flat or in space: `rom.pose.trc`
OpenPose                   a folder of BODY_25 JSON files: `rom.pose.openpose`
MediaPipe                  a JSON file, plain or myogait's: `rom.pose.mediapipe_json`
C3D                        markers of a motion laboratory: `rom.pose.c3d`
CSV                        one row a landmark: `rom.pose.keypoint_csv`
``*.landmarks.npz``        landmarks that `rom` stored: `rom.pose.recorded`
``*.landmarks.parquet``    the same as a table: `rom.pose.landmark_table`
=========================  ====================================================================

A study's own names (`rom.pose.naming`) take the place of a file's in any of them.
"""

from dataclasses import replace
from pathlib import Path

from rom.errors import InputUnreadable
from rom.pose.c3d import SUFFIX as C3D_SUFFIX
from rom.pose.c3d import read_c3d
from rom.pose.imported import Imported, assemble
from rom.pose.keypoint_csv import is_csv, read_csv
from rom.pose.landmark_table import TABLE_SUFFIX, load_table
from rom.pose.mediapipe_json import read_mediapipe_json
from rom.pose.names import canonical
from rom.pose.openpose import openpose_files, read_openpose
from rom.pose.recorded import SUFFIX, RecordedPeople, found_earlier, load_people
from rom.pose.trc import is_trc, read_trc
from rom.records import Naming

ENDINGS = (".trc", ".json", ".csv", C3D_SUFFIX)  # files that can be nothing else here, even when damaged
HEAD_BYTES = 4096  # enough for a header line of any of them


def is_keypoints(path: str | Path) -> bool:
    """Tell whether `path` holds landmarks rather than pictures."""
    path = Path(path)
    if path.is_dir():
        return bool(openpose_files(path))
    if not path.is_file():
        return False
    return path.name.endswith((SUFFIX, TABLE_SUFFIX, *ENDINGS)) or is_trc(_head(path)) or is_csv(_head(path))


def open_keypoints(
    path: str | Path, *, rate_hz: float | None = None, naming: Naming | None = None
) -> RecordedPeople:
    """Read landmarks from another tool's file; `RecordedRecording` and `RecordedPose` replay them.

    Parameters
    ----------
    rate_hz : frames a second, for files that hold no times (OpenPose).
    naming : a study's own names of what is in the file.

    Raises
    ------
    InputUnreadable : the file is damaged, or is none of the formats above.
    UsageError : the file holds no times and no rate was given.
    """
    path = Path(path)
    if path.name.endswith(SUFFIX):
        return load_people(path)
    if path.name.endswith(TABLE_SUFFIX):
        return found_earlier(load_table(path).recorded, path)
    return assemble(path, _read(path, rate_hz, naming or Naming()))


def _read(path: Path, rate_hz: float | None, naming: Naming) -> Imported:
    """What the reader of the file's format finds, under a study's own names."""
    if path.suffix.lower() == C3D_SUFFIX and not path.is_dir():
        return read_c3d(path, naming)  # many markers of a laboratory have one name here: named as they are read
    read = _read_text(path, rate_hz)
    ours = {canonical(theirs): name for theirs, name in naming.landmarks.items()}
    return replace(read, names=tuple(ours.get(name, name) for name in read.names))


def _read_text(path: Path, rate_hz: float | None) -> Imported:
    """What the reader of a text format finds."""
    if path.is_dir():
        return read_openpose(path, rate_hz)
    head = _head(path)
    if is_trc(head) or path.suffix.lower() == ".trc":
        return read_trc(path)
    if is_csv(head) or path.suffix.lower() == ".csv":
        return read_csv(path)
    if head.lstrip().startswith("{"):
        return read_mediapipe_json(path, rate_hz)
    raise InputUnreadable(
        f"Expected landmarks as TRC, C3D, OpenPose, MediaPipe JSON or CSV in '{path}', but it is none of these."
    )


def _head(path: Path) -> str:
    """Return the beginning of a file as text; of a file that cannot be read, nothing."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""
