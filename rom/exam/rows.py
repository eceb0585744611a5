"""Clinical tables: CSV files in the package, read once, a dictionary a row."""

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(name: str, room: str = "rom.exam") -> tuple[dict[str, str], ...]:
    """All rows of ``{name}.csv`` in a room of the package."""
    with files(room).joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def number(cell: str) -> float | None:
    """A cell as a number; None where it is empty."""
    return float(cell) if cell else None
