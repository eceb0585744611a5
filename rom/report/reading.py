"""Read an examination back from its JSON: everything but the landmarks, which have files of their own."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from rom.errors import InputUnreadable
from rom.records import SCHEMA_VERSION, AngleTrack, Examination, Landmarks, MotionResult, Sightings, check_shape
from rom.report.schema import LEFT_OUT

#: Layouts that are read beside this version's own, and what was added since: it may be missing.
OLDER = ("1.3",)
ADDED = ("corrections", "automatic", "by_hand", "found_s", "hand_sd_deg")


def read_examination(path: Path) -> Examination:
    """The examination that ``rom measure --json`` wrote.

    Raises
    ------
    InputUnreadable
        Where the file is missing, is no examination, or was written by a later version with another layout.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputUnreadable(f"Could not read '{path}' ({error.strerror}); name a file that exists.") from error
    except ValueError as error:
        raise InputUnreadable(f"Expected an examination as JSON, but '{path}' holds something else.") from error
    return examination_from(plain, str(path))


def examination_from(plain: Any, name: str = "this") -> Examination:
    """The examination that `Examination.to_dict` made plain; landmarks and sightings are empty.

    Raises
    ------
    InputUnreadable
        As `read_examination`.
    """
    version = plain.get("schema_version") if isinstance(plain, dict) else None
    if not isinstance(version, str):
        raise InputUnreadable(
            f"Expected an examination by rom as JSON, but '{name}' is none; make one with rom measure --json."
        )
    if version not in (SCHEMA_VERSION, *OLDER):
        raise InputUnreadable(
            f"Expected an examination of layout {SCHEMA_VERSION}, but '{name}' has {version}; measure the "
            "recording again with this version."
        )
    try:
        exam = Examination(**_arguments(Examination, plain, LEFT_OUT), **_nothing_kept(int(plain["people_seen"])))
        date.fromisoformat(exam.day)
        for track in exam.angles.values():
            _check_track(track)
        for result in exam.results:
            _check_result(result)
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InputUnreadable(
            f"Expected a whole examination, but '{name}' is damaged ({error}); measure the recording again."
        ) from error
    return exam


def _check_result(result: MotionResult) -> None:
    """A number has its interval about it, and is one that a joint can reach; ``ValueError`` otherwise."""
    value, bounds = result.value_deg, result.ci95_deg
    if (result.status == "measured") != (value is not None) or (value is None) != (bounds is None):
        raise ValueError(f"{result.motion} is said to be {result.status}, and its number says otherwise")
    if value is not None and bounds is not None and not -180.0 <= bounds[0] <= value <= bounds[1] <= 180.0:
        raise ValueError(f"{value:g} degrees of {result.motion} do not lie between {bounds[0]:g} and {bounds[1]:g}")


def _check_track(track: AngleTrack) -> None:
    """All arrays of a track speak of the same frames; ``ValueError`` where they do not."""
    frames = len(track.time_s)
    check_shape("points_px", track.points_px, (frames, 4, 2))
    for row in fields(track):
        value = getattr(track, row.name)
        if isinstance(value, np.ndarray):
            check_shape(row.name, value, (frames, *value.shape[1:]))


def _nothing_kept(people_seen: int) -> dict[str, Any]:
    """Landmarks and sightings of no frame at all."""
    none, shots = np.zeros(0), np.zeros(0, dtype=int)
    landmarks = Landmarks((), none, shots, np.zeros((0, 0, 2)), np.zeros((0, 0)), np.zeros((0, 0, 2, 2)))
    return {"landmarks": landmarks, "sightings": Sightings((), none, shots, (), people_seen)}


def _arguments(record: type, plain: dict[str, Any], leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Arguments of a record from its plain form."""
    hints = get_type_hints(record)
    names = [row.name for row in fields(record) if row.name not in leave_out]
    there = [name for name in names if name in plain or name not in ADDED]
    return {name: _built(hints[name], plain[name]) for name in there}


def _built(hint: Any, value: Any) -> Any:
    """A value of an annotation from its plain form."""
    origin, parts = get_origin(hint), get_args(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return hint(**_arguments(hint, value))
    if origin in (Union, UnionType):
        return None if value is None else _built(next(part for part in parts if part is not type(None)), value)
    if origin is tuple:
        each = [parts[0]] * len(value) if parts[-1] is Ellipsis else list(parts)
        return tuple(_built(part, item) for part, item in zip(each, value, strict=True))
    if origin is dict:
        return {key: _built(parts[1], item) for key, item in value.items()}
    if origin is Literal:
        if value not in parts:
            raise ValueError(f"{value!r} is none of {', '.join(map(str, parts))}")
        return value
    if origin is np.ndarray:
        return np.array(value, dtype=int if value and isinstance(value[0], int) else float)
    if hint in (int, str) and (not isinstance(value, hint) or isinstance(value, bool)):
        raise ValueError(f"{value!r} is no {hint.__name__}")
    if hint is float:
        return float("nan") if value is None else float(value)
    return value
