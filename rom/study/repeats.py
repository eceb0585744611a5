"""Which rows of a table are readings of the same thing: camera beside goniometer, or one after another."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rom.errors import UsageError
from rom.records import Floats
from rom.study.reliability import BlandAltman, Reliability, bland_altman, reliability
from rom.study.tables import Table, numbers

#: Columns that together say what was measured, as far as a table has them.
THING = ("person", "side", "protocol")
PERSON = "person"
#: Columns that are looked at where none is named.
VALUES = ("dorsiflexion_deg", "plantar_flexion_deg")


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of several things.

    Attributes
    ----------
    title : what was read. names : K names of readings: columns, days, cameras, or 1st, 2nd, ...
    values : (N, K), NaN where a reading is missing. person : N; None where nobody knows whose they are.
    """

    title: str
    names: tuple[str, ...]
    values: Floats
    person: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of the readings beside each other, first minus second."""

    first: str
    second: str
    limits: BlandAltman


@dataclass(frozen=True, slots=True)
class Found:
    """How well readings agree: all of them together, and pairs of them."""

    readings: Readings
    reliability: Reliability
    pairs: tuple[Pair, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        return {
            "what": self.readings.title,
            "readings": list(self.readings.names),
            "reliability": self.reliability.to_dict(),
            "pairs": [
                {"first": pair.first, "second": pair.second, "limits": pair.limits.to_dict()} for pair in self.pairs
            ],
        }


def found_in(readings: Readings) -> Found:
    """The statistics of readings; with more than two, each later one is set beside the first."""
    first, *others = range(len(readings.names))
    pairs = [
        Pair(
            readings.names[first],
            readings.names[other],
            bland_altman(readings.values[:, first], readings.values[:, other], readings.person),
        )
        for other in others
    ]
    return Found(readings, reliability(readings.values, readings.person), tuple(pairs))


def beside(table: Table, value: str, against: str, person: str = PERSON) -> Readings:
    """Two columns of the same row, such as the camera's and the goniometer's angle."""
    values = np.stack([numbers(table, value), numbers(table, against)], axis=1)
    return Readings(f"{value} against {against}", (value, against), values, _people(table, person))


def repeated(table: Table, value: str, by: str = "", thing: Sequence[str] = (), person: str = PERSON) -> Readings:
    """Rows that are readings of the same thing.

    Parameters
    ----------
    by : the column that tells readings apart (day, camera, rater); empty: the order of the rows.
    thing : columns that together say what was measured; none: those of `THING` that are there.

    Raises
    ------
    UsageError : columns are missing, nothing was read twice, or one reading is there twice.
    """
    keys, cells = _keys(table, thing, by), numbers(table, value)
    labels = _labels(table, by, keys)
    names = _names(labels, keys, ordered=not by)
    rows = list(dict.fromkeys(keys))
    place = {(key, label): k for k, (key, label) in enumerate(zip(keys, labels, strict=True))}
    if len(place) < len(keys):
        twice = next(one for one, count in Counter(zip(keys, labels, strict=True)).items() if count > 1)
        raise UsageError(
            f"Expected one reading of each, but '{', '.join(twice[0])}' has several in which {by} is '{twice[1]}'; "
            "name further columns that tell them apart (--thing)."
        )
    values = np.full((len(rows), len(names)), np.nan)
    for i, key in enumerate(rows):
        for k, name in enumerate(names):
            if (key, name) in place:
                values[i, k] = cells[place[key, name]]
    first = {key: k for k, key in reversed(list(enumerate(keys)))}
    people = _people(table, person)
    whose = None if people is None else tuple(people[first[key]] for key in rows)
    title = f"{value}, read again" if not by else f"{value} by {by}"
    return Readings(title, names, values, whose)


def _keys(table: Table, thing: Sequence[str], by: str) -> list[tuple[str, ...]]:
    """What each row is a reading of."""
    for name in [*thing, *([by] if by else [])]:
        if name not in table:
            raise UsageError(f"Expected a column '{name}', but there is none; the columns are: {', '.join(table)}.")
    used = list(thing) or [name for name in THING if name in table and name != by]
    if not used:
        raise UsageError(
            f"Expected a column {' or '.join(THING)} that says what was measured, but there is none; name the "
            "columns that do (--thing), or the column to compare with (--against)."
        )
    rows = zip(*(table[name] for name in used), strict=True)
    return [
        tuple(_cell(cell, name, place) for cell, name in zip(row, used, strict=True))
        for place, row in enumerate(rows)
    ]


def _cell(cell: object, column: str, place: int) -> str:
    """A cell as part of a key; somebody who is not known is nobody else."""
    if cell is None:
        return f"row {place}" if column == PERSON else ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _labels(table: Table, by: str, keys: Sequence[tuple[str, ...]]) -> list[str]:
    """Which reading each row is."""
    if by:
        return [_cell(cell, by, place) for place, cell in enumerate(table[by])]
    seen: Counter[tuple[str, ...]] = Counter()
    labels = []
    for key in keys:
        seen[key] += 1
        labels.append(str(seen[key]))
    return labels


def _names(labels: Sequence[str], keys: Sequence[tuple[str, ...]], *, ordered: bool) -> tuple[str, ...]:
    """The readings that are compared: all that are told apart, or as many as most things have."""
    names = tuple(dict.fromkeys(labels))
    if ordered:
        counts = Counter(count for count in Counter(keys).values() if count > 1)
        usual = max(counts, key=lambda count: (counts[count], count), default=1)
        names = names[:usual]
    if len(names) < 2:
        raise UsageError(
            "Expected at least two readings of the same thing, but every one has a single row; name the column to "
            "compare with (--against), or the columns that say what was measured (--thing)."
        )
    return names


def _people(table: Table, person: str) -> tuple[str, ...] | None:
    """Whose each row is; a row of nobody known is somebody of its own."""
    cells = table.get(person)
    if cells is None or all(cell is None for cell in cells):
        return None
    return tuple(_cell(cell, PERSON, place) for place, cell in enumerate(cells))
