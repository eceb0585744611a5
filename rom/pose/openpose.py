"""A folder of OpenPose JSON files, one a frame (``clip_000000000012_keypoints.json``), BODY_25, in pixels."""

import json
import re
from pathlib import Path

import numpy as np

from rom.errors import InputUnreadable, UsageError
from rom.pose.imported import Imported
from rom.pose.names import names_of
from rom.records import People

PATTERN = re.compile(r"(\d+)_keypoints\.json$")  # the name OpenPose gives: video, frame number, keypoints
NUMBERS = 3  # x, y, confidence of each landmark


def read_openpose(folder: Path, rate_hz: float | None) -> Imported:
    """Read the folder; the frame number comes from each file's name, the rate from the user."""
    if rate_hz is None:
        raise UsageError(
            f"OpenPose files do not tell the frame rate of their video; say it (--rate, in frames a second) for "
            f"'{folder}'."
        )
    files = sorted(openpose_files(folder), key=_number)
    people = [_people(file) for file in files]
    return Imported(
        tool="OpenPose BODY_25",
        names=names_of("openpose"),
        time_s=np.array([_number(file) for file in files]) / rate_hz,
        people=people,
        files=files,
        notes=[f"OpenPose files hold no times: {rate_hz:g} frames a second were taken as said."],
    )


def openpose_files(folder: Path) -> list[Path]:
    """Return the files of a folder that are named as OpenPose names them."""
    return [file for file in folder.iterdir() if PATTERN.search(file.name)]


def _number(file: Path) -> int:
    found = PATTERN.search(file.name)
    assert found is not None
    return int(found[1])


def _people(file: Path) -> People:
    """Everybody in one file; OpenPose writes 0, 0, 0 for a landmark it did not find."""
    count = len(names_of("openpose"))
    try:
        persons = json.loads(file.read_text(encoding="utf-8-sig"))["people"]
        rows = np.array([person["pose_keypoints_2d"] for person in persons], dtype=np.float64)
        rows = rows.reshape(len(persons), count, NUMBERS)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputUnreadable(
            f"Expected an OpenPose file with {count} x {NUMBERS} numbers a person (BODY_25) in '{file}', but it "
            f"cannot be read ({error}); run OpenPose with --model_pose BODY_25."
        ) from error
    missing = (rows[..., 2] <= 0) | np.all(rows[..., :2] == 0, axis=-1)
    points = np.where(missing[..., None], np.nan, rows[..., :2])
    return People(points, np.where(missing, 0.0, np.clip(rows[..., 2], 0.0, 1.0)))
