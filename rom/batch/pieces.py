"""What follows from one recording, as one file: the frames as an Arrow table, the other rows in its metadata."""

import json
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rom.batch.results import angle_table, measure_rows, repetition_rows, side_rows
from rom.records import Examination

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = b"rows"


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows of every table that one line of a study has; what is the line's own is not in them."""

    recordings: list[dict[str, Any]]
    repetitions: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    angles: "pa.Table"


def write_piece(path: Path, exam: Examination) -> None:
    """Write what follows from a recording."""
    import pyarrow as pa

    rows = {
        "recordings": _known(side_rows(exam)),
        "repetitions": _known(repetition_rows(exam)),
        "measures": _known(measure_rows(exam)),
    }
    table = angle_table(exam).replace_schema_metadata({ROWS: json.dumps(rows, allow_nan=False)})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def read_piece(path: Path) -> Piece:
    """Read it again; ``ValueError`` (of Arrow's, too) or ``OSError`` where it is damaged."""
    import pyarrow as pa

    with pa.OSFile(str(path), "rb") as file, pa.ipc.open_file(file) as reader:
        table = reader.read_all()
    rows = json.loads((table.schema.metadata or {})[ROWS])
    return Piece(**rows, angles=table.replace_schema_metadata(None))


def _known(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in which None stands for what is not known."""
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not isfinite(value) else value
