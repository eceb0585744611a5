"""Other tools' landmark files as recordings; what a file is, is told from its content.

=========================  ====================================================================
Sports2D, Pose2Sim TRC     pixels, metres or millimetres, flat or in space: `rom.pose.trc`
OpenPose                   a folder of BODY_25 JSON files: `rom.pose.openpose`
MediaPipe                  a JSON file, plain or myogait's: `rom.pose.mediapipe_json`
CSV                        one row a landmark: `rom.pose.keypoint_csv`
``*.landmarks.npz``        landmarks that `rom` stored: `rom.pose.recorded`
``*.landmarks.parquet``    the same as a table: `rom.pose.landmark_table`
=========================  ====================================================================
"""

from pathlib import Path

from rom.errors import InputUnreadable
from rom.pose.imported import assemble
from rom.pose.keypoint_csv import is_csv, read_csv
from rom.pose.landmark_table import TABLE_SUFFIX, load_table
from rom.pose.mediapipe_json import read_mediapipe_json
from rom.pose.openpose import openpose_files, read_openpose
from rom.pose.recorded import SUFFIX, RecordedPeople, found_earlier, load_people
from rom.pose.trc import is_trc, read_trc

ENDINGS = (".trc", ".json", ".csv")  # text files that can be nothing else here, even when damaged
HEAD_BYTES = 4096  # enough for a header line of any of them


def is_keypoints(path: str | Path) -> bool:
    """Tell whether `path` holds landmarks rather than pictures."""
    path = Path(path)
    if path.is_dir():
        return bool(openpose_files(path))
    if not path.is_file():
        return False
    return path.name.endswith((SUFFIX, TABLE_SUFFIX, *ENDINGS)) or is_trc(_head(path)) or is_csv(_head(path))


def open_keypoints(path: str | Path, *, rate_hz: float | None = None) -> RecordedPeople:
    """Read landmarks from another tool's file; `RecordedRecording` and `RecordedPose` replay them.

    Parameters
    ----------
    rate_hz : frames a second, for files that hold no times (OpenPose).

    Raises
    ------
    InputUnreadable : the file is damaged, or is none of the formats above.
    UsageError : the file holds no times and no rate was given.
    """
    path = Path(path)
    if path.is_dir():
        return assemble(path, read_openpose(path, rate_hz))
    if path.name.endswith(SUFFIX):
        return load_people(path)
    if path.name.endswith(TABLE_SUFFIX):
        return found_earlier(load_table(path).recorded, path)
    head = _head(path)
    if is_trc(head) or path.suffix.lower() == ".trc":
        return assemble(path, read_trc(path))
    if is_csv(head) or path.suffix.lower() == ".csv":
        return assemble(path, read_csv(path))
    if head.lstrip().startswith("{"):
        return assemble(path, read_mediapipe_json(path, rate_hz))
    raise InputUnreadable(
        f"Expected landmarks as TRC, OpenPose, MediaPipe JSON or CSV in '{path}', but it is none of these."
    )


def _head(path: Path) -> str:
    """Return the beginning of a file as text; of a file that cannot be read, nothing."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""
