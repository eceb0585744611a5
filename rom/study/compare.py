"""What changed between two studies of the same recordings: row by row, and in what they were made with."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rom.errors import UsageError
from rom.records import Floats
from rom.study.reliability import BlandAltman, bland_altman
from rom.study.tables import Table, is_numeric, read_table

#: The column that names a recording by its content, the best first; a recording that was moved is still itself.
HASHES = ("sha256", "recording_sha256", "recording")
#: Columns that say where a row comes from, and not what was found; study.json tells these.
ORIGIN = {"id", "recording", "landmarks", "settings", "version", "model", "model_sha256", "created"}
#: Entries of study.json that differ from run to run whatever is measured.
RUN = {"began", "ended", "looked_at", "command", "tables_sha256", "machine", "settings_sha256"}
#: A checksum is told by its beginning.
CHECKSUM, CHECKSUM_LETTERS = re.compile(r"[0-9a-f]{64}"), 12
#: Columns in degrees end so: their changes are drawn.
DEGREES = "_deg"
STUDY_FILE = "study.json"

Cell = Any


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that is not the same; `difference` is second minus first where both are numbers."""

    recording: str
    person: str
    side: str
    column: str
    first: Cell
    second: Cell
    difference: float | None


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column of numbers in the rows that both studies have.

    Attributes
    ----------
    both, changed : rows in which both know a number, and in which it is another.
    gained, lost : rows in which only the second, or only the first, knows one.
    largest : the largest difference. first, second : (N,) the numbers that both know.
    limits : second minus first, for columns in degrees that changed; None for others.
    """

    name: str
    both: int
    changed: int
    gained: int
    lost: int
    largest: float
    first: Floats
    second: Floats
    limits: BlandAltman | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two studies beside each other.

    Attributes
    ----------
    names : what the two are called. rows : how many both have.
    only_first, only_second : recordings (with the side) that the other has not.
    same_files, other_files : tables whose bytes are the same, or not.
    made_with : (what, first, second) of versions, settings and models that differ.
    columns : every column of numbers that both have. changes : every cell that changed.
    only_columns : columns that one of the two lacks.
    """

    names: tuple[str, str]
    rows: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    same_files: tuple[str, ...]
    other_files: tuple[str, ...]
    made_with: tuple[tuple[str, str, str], ...]
    columns: tuple[ColumnChange, ...]
    changes: tuple[Change, ...]
    only_columns: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether both hold the same recordings with the same numbers and words."""
        return not (self.changes or self.only_first or self.only_second or self.only_columns)

    @property
    def verdict(self) -> str:
        """What is to be said of it in one sentence."""
        if self.same and self.same_files and not self.other_files:
            return f"The same numbers, byte for byte: {', '.join(self.same_files)}."
        if self.same:
            also = f"; {', '.join(self.other_files)} differ" if self.other_files else ""
            return f"The same numbers in every row that is compared{also}."
        changed = len({(change.recording, change.side) for change in self.changes})
        parts = [f"{changed} of {self.rows} rows changed"]
        parts += [f"{len(self.only_first)} only in the first"] if self.only_first else []
        parts += [f"{len(self.only_second)} only in the second"] if self.only_second else []
        return ", ".join(parts) + "."


def compare(first: Path, second: Path) -> Comparison:
    """Compare two studies' folders, or their main tables.

    Rows are matched by the SHA-256 of the recording and the side, whatever folder the recordings lie in.

    Raises
    ------
    InputUnreadable : a table is missing or damaged. UsageError : the tables name no recordings and sides.
    """
    tables = read_table(first), read_table(second)
    rows = [_rows(table, path) for table, path in zip(tables, (first, second), strict=True)]
    both = [key for key in rows[0] if key in rows[1]]
    pairs = [(rows[0][key], rows[1][key]) for key in both]
    shared = [name for name in tables[0] if name in tables[1] and name not in ORIGIN]
    numeric = [name for name in shared if is_numeric(tables[0][name]) and is_numeric(tables[1][name])]
    files = _files(first, second)
    return Comparison(
        names=_names(first, second),
        rows=len(both),
        only_first=tuple(_told(tables[0], rows[0][key]) for key in rows[0] if key not in rows[1]),
        only_second=tuple(_told(tables[1], rows[1][key]) for key in rows[1] if key not in rows[0]),
        same_files=tuple(name for name, same in files.items() if same),
        other_files=tuple(name for name, same in files.items() if not same),
        made_with=tuple(_made_with(first, second)),
        columns=tuple(_column(name, tables, pairs) for name in numeric),
        changes=tuple(_changes(tables, pairs, shared)),
        only_columns=tuple(name for name in {**tables[0], **tables[1]} if not all(name in one for one in tables)),
    )


def _rows(table: Table, path: Path) -> dict[tuple[str, str, int], int]:
    """Recording's content, side and count of that pair, to the place of the row."""
    named = next((name for name in HASHES if name in table), None)
    if named is None or "side" not in table:
        raise UsageError(
            f"Expected the columns side and sha256 (or recording) in '{path.name}', but they are not there; name "
            "two studies that rom batch wrote."
        )
    seen: Counter[tuple[str, str]] = Counter()
    places = {}
    for place, (recording, side) in enumerate(zip(table[named], table["side"], strict=True)):
        key = (str(recording), str(side))
        places[(*key, seen[key])] = place
        seen[key] += 1
    return places


def _names(first: Path, second: Path) -> tuple[str, str]:
    """What the two are called, without the folders they lie in, unless these tell them apart."""
    if first.name != second.name:
        return first.name, second.name
    return f"{first.parent.name}/{first.name}", f"{second.parent.name}/{second.name}"


def _told(table: Table, place: int) -> str:
    """A row in words."""
    named = next(name for name in ("recording", *HASHES) if name in table)
    return f"{table[named][place]}, {table['side'][place]}"


def _column(name: str, tables: tuple[Table, Table], pairs: list[tuple[int, int]]) -> ColumnChange:
    """One column of numbers over the rows that both have."""
    cells = [[table[name][pair[k]] for pair in pairs] for k, table in enumerate(tables)]
    first, second = (np.array([np.nan if c is None else c for c in column], dtype=float) for column in cells)
    known = np.isfinite(first) & np.isfinite(second)
    difference = np.abs(second - first)[known]
    whose = [_whose(tables[0], pair[0]) for pair, keep in zip(pairs, known, strict=True) if keep]
    changed = int(np.count_nonzero(difference))
    drawn = changed > 0 and name.endswith(DEGREES)
    return ColumnChange(
        name=name,
        both=int(known.sum()),
        changed=changed,
        gained=int((np.isnan(first) & np.isfinite(second)).sum()),
        lost=int((np.isfinite(first) & np.isnan(second)).sum()),
        largest=float(difference.max(initial=0.0)),
        first=first[known],
        second=second[known],
        limits=bland_altman(second[known], first[known], whose) if drawn else None,
    )


def _whose(table: Table, place: int) -> str:
    """The person a row is of; a recording of nobody known is somebody of its own."""
    return _person(table, place) or f"row {place}"


def _person(table: Table, place: int) -> str:
    """The person a row is of; empty where nobody is named."""
    cells = table.get("person")
    return "" if cells is None or cells[place] is None else str(cells[place])


def _changes(tables: tuple[Table, Table], pairs: list[tuple[int, int]], shared: list[str]) -> Iterator[Change]:
    """Every cell that is not the same, row by row."""
    before, after = tables
    for i, j in pairs:
        for name in shared:
            first, second = before[name][i], after[name][j]
            if first == second or (first != first and second != second):  # noqa: PLR0124 - NaN is NaN
                continue
            both = all(isinstance(cell, (int, float)) for cell in (first, second))
            yield Change(
                recording=str(before["recording"][i]) if "recording" in before else str(before[HASHES[0]][i]),
                person=_person(before, i),
                side=str(before["side"][i]),
                column=name,
                first=first,
                second=second,
                difference=float(second - first) if both else None,
            )


def _files(first: Path, second: Path) -> dict[str, bool]:
    """Name of every table that both have, and whether the bytes are the same."""
    if not (first.is_dir() and second.is_dir()):
        return {first.name: _digest(first) == _digest(second)} if first.is_file() and second.is_file() else {}
    names = sorted(path.name for kind in ("*.parquet", "failures.csv") for path in first.glob(kind))
    return {name: _digest(first / name) == _digest(second / name) for name in names if (second / name).is_file()}


def _digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _made_with(first: Path, second: Path) -> Iterator[tuple[str, str, str]]:
    """What study.json says differently: versions, settings, models."""
    about = [_flat(_about(path)) for path in (first, second)]
    for name in dict.fromkeys([*about[0], *about[1]]):
        words = [one.get(name, "not said") for one in about]
        if words[0] != words[1] and name.partition(".")[0] not in RUN:
            yield name, words[0], words[1]


def _about(path: Path) -> dict[str, Any]:
    """What study.json holds; nothing where there is none."""
    try:
        told = json.loads((path / STUDY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _flat(told: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """``settings.cutoff_hz`` and so on, to words."""
    flat: dict[str, str] = {}
    for name, value in told.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        else:
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            flat[before + name] = words[:CHECKSUM_LETTERS] if CHECKSUM.fullmatch(words) else words
    return flat
