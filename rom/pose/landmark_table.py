"""Landmarks of one recording as a Parquet table, exactly as they were found: measured again, the same numbers come.

One row a person and frame; a frame in which nobody was seen has one row without a ``person``. Missing is null.

==========================================  ==========================================================
``frame``, ``time_s``, ``shot``             as in `rom.records.Sightings`
further columns a frame                     what was noted of its picture: ``brightness``, ``roll_deg``
``person``                                  0 for the first one in the frame
``NAME_x_px``, ``_y_px``, ``_confidence``   for each landmark
``leg_...``                                 the fields of `rom.records.LegSights`, number by number
==========================================  ==========================================================

The schema's metadata holds one JSON text, ``rom``, with the recording's and the model's facts.
"""

import itertools
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rom.errors import InputUnreadable
from rom.pose.recorded import RecordedPeople
from rom.records import Floats, LegSights, ModelInfo, People, RecordingInfo

if TYPE_CHECKING:
    import pyarrow as pa

TABLE_SUFFIX = ".landmarks.parquet"
LAYOUT = 1  # rises when the columns change
KEY = b"rom"
POINT_PARTS = ("x_px", "y_px", "confidence")
FRAME_COLUMNS = ("frame", "time_s", "shot", "person")
LEG_PREFIX = "leg_"
#: Random digits do not compress as they lie; their bytes side by side do a little.
WRITING: dict[str, Any] = {
    "compression": "zstd",
    "use_dictionary": False,
    "use_byte_stream_split": True,
    "write_statistics": False,
}


@dataclass(frozen=True, slots=True)
class NotedFrames:
    """Landmarks, and what else was noted of each frame: name to (T,) numbers."""

    recorded: RecordedPeople
    noted: dict[str, Floats]


def save_table(path: Path, found: NotedFrames) -> None:
    """Write the table; the same landmarks give the same bytes."""
    import pyarrow.parquet as pq

    pq.write_table(_table(found), path, **WRITING)


def load_table(path: str | Path) -> NotedFrames:
    """Read a table; ``InputUnreadable`` says what is wrong with it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with Path(path).open("rb") as file:
            table = pq.ParquetFile(file).read(use_threads=False)
        return _from_table(table)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise InputUnreadable(
            f"Expected stored landmarks ({TABLE_SUFFIX}) in '{path}', but they cannot be read ({error}); "
            "store them again."
        ) from error


def _table(found: NotedFrames) -> "pa.Table":
    """All columns, rows in order of frame and person."""
    import pyarrow as pa

    recorded = found.recorded
    counts = np.array([len(people) for people in recorded.people], dtype=np.int64)
    rows = np.maximum(counts, 1)
    frame = np.repeat(np.arange(len(counts)), rows)
    seen = counts[frame] > 0
    person = np.arange(len(frame)) - np.repeat(np.cumsum(rows) - rows, rows)
    columns: dict[str, Any] = {
        "frame": pa.array(frame.astype(np.int32)),
        "time_s": pa.array(recorded.time_s.astype(np.float64)[frame]),
        "shot": pa.array(np.asarray(recorded.shot).astype(np.int32)[frame]),
        **{name: pa.array(values[frame], from_pandas=True) for name, values in found.noted.items()},
        "person": pa.array(person.astype(np.int16), mask=~seen),
    }
    for name, values in _numbers(recorded).items():
        spread = np.full(len(frame), np.nan, np.float32)
        spread[seen] = values
        columns[name] = pa.array(spread, from_pandas=True)
    about = {
        "layout": LAYOUT,
        "names": recorded.names,
        "noted": list(found.noted),
        "recording": asdict(recorded.info),
        "model": asdict(recorded.model),
        "people_seen": recorded.people_seen,
    }
    return pa.table(columns).replace_schema_metadata({KEY: json.dumps(about, sort_keys=True)})


def _numbers(recorded: RecordedPeople) -> dict[str, NDArray[Any]]:
    """Column name to one number for each person seen, frame after frame."""
    points = np.concatenate([np.empty((0, len(recorded.names), 2)), *(p.points_px for p in recorded.people)])
    confidence = np.concatenate([np.empty((0, len(recorded.names))), *(p.confidence for p in recorded.people)])
    found: dict[str, NDArray[Any]] = {}
    for k, name in enumerate(recorded.names):
        parts = (points[:, k, 0], points[:, k, 1], confidence[:, k])
        found |= {f"{name}_{part}": values for part, values in zip(POINT_PARTS, parts, strict=True)}
    legs = [people.legs for people in recorded.people if people.legs is not None]
    if len(legs) == len(recorded.people) > 0:
        every = LegSights.joined(legs)
        for field in fields(LegSights):
            values = getattr(every, field.name)
            flat = values.reshape(len(values), -1)
            found |= {f"{LEG_PREFIX}{field.name}_{k}": flat[:, k] for k in range(flat.shape[1])}
    return found


def _from_table(table: "pa.Table") -> NotedFrames:
    about = json.loads((table.schema.metadata or {})[KEY])
    if about["layout"] != LAYOUT:
        raise ValueError(f"layout {about['layout']}, this version reads {LAYOUT}")
    names, info, model = tuple(about["names"]), about["recording"], ModelInfo(**about["model"])
    frame = _column(table, "frame").astype(np.int64)
    first = np.flatnonzero(np.diff(frame, prepend=-1))
    seen = np.isfinite(_column(table, "person"))
    ends = np.concatenate([[0], np.cumsum(seen)])[[*first, len(frame)]]
    points = np.stack([_each(table, names, part)[seen] for part in POINT_PARTS[:2]], axis=-1)
    confidence, legs = _each(table, names, POINT_PARTS[2])[seen], _legs(table, seen)
    people = tuple(
        People(points[a:b], confidence[a:b], None if legs is None else legs.rows(slice(a, b)))
        for a, b in itertools.pairwise(ends)
    )
    recorded = RecordedPeople(
        names=names,
        time_s=_column(table, "time_s")[first],
        shot=_column(table, "shot")[first].astype(np.int32),
        people=people,
        people_seen=int(about["people_seen"]),
        info=RecordingInfo(**info | {"notes": tuple(info["notes"])}),
        model=model,
    )
    return NotedFrames(recorded, {name: _column(table, name)[first] for name in about["noted"]})


def _legs(table: "pa.Table", seen: NDArray[np.bool_]) -> LegSights | None:
    """What the leg landmarker said of each row; None where another backend found the landmarks."""
    if f"{LEG_PREFIX}side_0" not in table.column_names:
        return None
    count = int(seen.sum())
    found: dict[str, Any] = {}
    for field in fields(LegSights):
        like = getattr(LegSights.empty(1), field.name)
        columns = [_column(table, f"{LEG_PREFIX}{field.name}_{k}")[seen] for k in range(like.size)]
        found[field.name] = np.stack(columns, axis=-1).astype(like.dtype).reshape((count, *like.shape[1:]))
    return LegSights(**found)


def _each(table: "pa.Table", names: tuple[str, ...], part: str) -> NDArray[np.float32]:
    """(N, K) one part of every landmark."""
    if not names:
        return np.empty((table.num_rows, 0), np.float32)
    return np.stack([_column(table, f"{name}_{part}") for name in names], axis=-1).astype(np.float32)


def _column(table: "pa.Table", name: str) -> NDArray[Any]:
    """A column as numbers, NaN where it is null."""
    values: NDArray[Any] = table.column(name).to_numpy()
    return values
