"""Tables of a study, or of a clinic: Parquet or CSV, column by column."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rom.errors import InputUnreadable, UsageError
from rom.records import Floats

#: The main table of a study's folder.
MAIN = "recordings"
ENDINGS = (".parquet", ".csv")

Column = list[Any]
Table = dict[str, Column]


def table_path(path: Path) -> Path:
    """The table that is meant: the file itself, or the main one of a study's folder."""
    if not path.is_dir():
        return path
    found = next((path / f"{MAIN}{end}" for end in ENDINGS if (path / f"{MAIN}{end}").is_file()), None)
    if found is None:
        raise InputUnreadable(
            f"Expected a study with '{MAIN}.parquet' in '{path}', but there is none; name the folder that "
            "rom batch wrote, or a table."
        )
    return found


def read_table(path: Path) -> Table:
    """Column name to cells of a Parquet or CSV table; missing cells are None.

    Raises
    ------
    InputUnreadable : it is missing, damaged, or no table.
    """
    path = table_path(path)
    try:
        table = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    except (OSError, ValueError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise InputUnreadable(
            f"Expected a table as Parquet or CSV in '{path}', but it cannot be read ({why}); name another."
        ) from error
    if not table:
        raise InputUnreadable(f"Expected a table with named columns in '{path}', but it has none; name another.")
    return table


def _parquet(path: Path) -> Table:
    import pyarrow.parquet as pq

    return dict(pq.read_table(path).to_pydict())


def _csv(path: Path) -> Table:
    """Cells as text or, where every known cell of a column is one, as numbers."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        names, rows = [name for name in reader.fieldnames or () if name], list(reader)
    return {name: _numbers_or_words([row.get(name) or None for row in rows]) for name in names}


def _numbers_or_words(cells: Sequence[str | None]) -> Column:
    try:
        return [None if cell is None else float(cell) for cell in cells]
    except ValueError:
        return list(cells)


def is_numeric(cells: Column) -> bool:
    """Whether a column holds numbers, and at least one."""
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in known)


def numbers(table: Table, name: str) -> Floats:
    """(N,) one column as numbers, NaN where a cell is missing; ``UsageError`` where it is no such column."""
    cells = table.get(name)
    if cells is None:
        columns = ", ".join(one for one in table if is_numeric(table[one])) or "none"
        raise UsageError(f"Expected a column '{name}', but there is none; the columns with numbers are: {columns}.")
    if not is_numeric(cells):
        raise UsageError(f"Expected numbers in the column '{name}', but found something else; name another column.")
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=float)
