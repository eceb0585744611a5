"""A manifest: a CSV or Parquet table with one recording a row, and what is known of it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from math import isfinite
from pathlib import Path
from typing import Any

from rom.batch.order import Cell, Judging, Looking, Order
from rom.batch.rows import recordings_table
from rom.errors import UsageError

PATH, PERSON = "path", "person"
#: Columns that say what `rom.measure` is told; every other one comes through to the tables.
NUMBERS = ("age_years", "leg_length_m", "wall", "rate_hz", "time_scale")
#: What people write for them.
SHORT = {"age": "age_years", "leg_length": "leg_length_m", "date": "recorded_on", "rate": "rate_hz"}
PLACES = {"near": 2, "leg_box": 4}
CSV_ENDINGS, PARQUET_ENDING = (".csv", ".tsv"), ".parquet"


def is_manifest(path: Path) -> bool:
    """Whether a file is a table with a column ``path``."""
    if not path.is_file() or not path.name.lower().endswith((*CSV_ENDINGS, PARQUET_ENDING)):
        return False
    return PATH in _head(path)


def manifest_orders(path: Path, looking: Looking, judging: Judging) -> list[Order]:
    """The lines of a manifest; `looking` and `judging` hold where a cell is empty.

    Raises
    ------
    UsageError : it cannot be read, has a column of ours, or a row names no recording.
    """
    rows = _rows(path)
    names = [name for name in (rows[0] if rows else {}) if name not in (PATH, PERSON)]
    own = {row.name for kind in (Looking, Judging) for row in fields(kind)}
    further = [name for name in names if SHORT.get(name, name) not in own]
    _check(path, further)
    columns = {name: told([row[name] for row in rows]) for name in further}
    return [
        _order(path, number, row, (looking, judging), {name: columns[name][number] for name in further})
        for number, row in enumerate(rows)
    ]


def _check(path: Path, further: Sequence[str]) -> None:
    """Refuse columns that have a name of ours, which would stand in the tables twice."""
    ours = {column.name for column in recordings_table().columns}
    taken = [name for name in further if name in ours or not name]
    if taken:
        raise UsageError(
            f"Expected columns in '{path.name}' with names of their own, but {', '.join(map(repr, taken))} is one "
            "that the tables of a study have; rename it."
        )


def _order(
    path: Path, number: int, row: Mapping[str, Any], said: tuple[Looking, Judging], further: dict[str, Cell]
) -> Order:
    """One line: a relative path is meant from the manifest's own folder."""
    where = str(row[PATH] or "").strip()
    if not where:
        raise UsageError(f"Expected a path in every row of '{path.name}', but row {number + 1} has none.")
    cells = {SHORT.get(name, name): _text(cell) for name, cell in row.items()}
    looking, judging = (_filled(path, number, record, cells) for record in said)
    return Order(
        path=str(path.absolute().parent / where),
        shown=Path(where).as_posix() if not Path(where).is_absolute() else Path(where).name,
        person=cells.get(PERSON, ""),
        looking=looking,
        judging=judging,
        further=further,
    )


def _filled(path: Path, number: int, record: Any, cells: Mapping[str, str]) -> Any:
    """A record with what the row says in place of what holds for all."""
    given: dict[str, Any] = {}
    for name in (row.name for row in fields(record)):
        word = cells.get(name, "")
        if not word:
            continue
        try:
            given[name] = _value(name, word)
        except ValueError:
            raise UsageError(
                f"Expected {'numbers separated by commas' if name in PLACES else 'a number'} for '{name}' in row "
                f"{number + 1} of '{path.name}', but got '{word}'."
            ) from None
    return replace(record, **given)


def _value(name: str, word: str) -> Any:
    """A cell as its column means it."""
    if name in NUMBERS:
        return float(word)
    if name in PLACES:
        found = tuple(float(part) for part in word.split(","))
        if len(found) != PLACES[name]:
            raise ValueError(word)
        return found
    if name == "neutral":
        return word if word == "start" else float(word)
    return word


def told(cells: Sequence[Any]) -> list[Cell]:
    """A column's cells: whole numbers or numbers where all of them are and nothing is lost, else text.

    >>> told(["1", "", "30"]), told(["007", "12"]), told(["1.5", "2"])
    ([1, None, 30], ['007', '12'], [1.5, 2.0])
    """
    words = [_text(cell) for cell in cells]
    for kind in (_whole, _number):
        found = [kind(word) if word else None for word in words]
        if all(one is not None or not word for one, word in zip(found, words, strict=True)) and any(words):
            return [*found]
    return [word or None for word in words]


def _whole(word: str) -> int | None:
    """A whole number that is written as one."""
    return int(word) if word.lstrip("-").isdecimal() and str(int(word)) == word else None


def _number(word: str) -> float | None:
    """A number that is not written as a name may be (``007``)."""
    try:
        value = float(word)
    except ValueError:
        return None
    begins = word.lstrip("-")[:2]
    return None if not isfinite(value) or (begins[:1] == "0" and begins[1:].isdecimal()) else value


def _text(cell: Any) -> str:
    """A cell as text; dates as ISO has them, nothing for what is missing."""
    if cell is None or (isinstance(cell, float) and not isfinite(cell)):
        return ""
    return str(cell).strip()


def _head(path: Path) -> list[str]:
    """The names of a table's columns; none where it is no table."""
    try:
        if path.suffix.lower() == PARQUET_ENDING:
            import pyarrow.parquet as pq

            return [*pq.read_schema(path).names]
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file, delimiter=_delimiter(path)), [])
    except (OSError, ValueError, csv.Error):
        return []


def _rows(path: Path) -> list[dict[str, Any]]:
    """Every row of the table by the names of its columns."""
    if path.suffix.lower() == PARQUET_ENDING:
        import pyarrow.parquet as pq

        return [*pq.read_table(path).to_pylist()]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=_delimiter(path), restkey="", restval="")
            return [{name.strip(): cell for name, cell in row.items() if name} for row in reader]
    except (ValueError, csv.Error) as error:
        raise UsageError(
            f"Expected a manifest as CSV in UTF-8 in '{path.name}', but it cannot be read ({error}); save it again."
        ) from error


def _delimiter(path: Path) -> str:
    """Commas, or what else a spreadsheet writes: the first of them in the head."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        line = file.readline()
    return next((mark for mark in "\t;," if mark in line), ",")
