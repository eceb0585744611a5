"""What every column of a study means, for people (Markdown) and for programs (JSON schema); made from the rows."""

from collections.abc import Sequence
from typing import Any

from rom.batch.columns import Column, Table
from rom.batch.rows import ANGLES, FAILED, FAILURES, MEASURES, REPETITIONS, recordings_table

INTRODUCTION = """# What the columns mean

Angles are in degrees: dorsiflexion is positive and plantar flexion negative in `angles`; in `recordings` and
`repetitions` each motion is positive in its own direction, so a foot that never reaches neutral has a negative
maximal dorsiflexion. Times are the recording's own, in seconds from its first frame. An empty cell (null) is a
missing value, never 0. Rows of one recording share its `id`.

A value stands only where it could be told: look at `dorsiflexion_status`, `dorsiflexion_quality` and the interval
before you take a mean, and at `failures.csv` for what is not in the tables at all.
"""
LANDMARKS = """## landmarks/

One Parquet file a recording, named in the column `landmarks`; one row a person and frame, and one without a
`person` where nobody was seen. `frame`, `time_s` and `shot` (the continuous take); `brightness` (0 to 255) and
`roll_deg` of the picture; then for every landmark `NAME_x_px`, `NAME_y_px` (pixels of the upright picture, from its
top left corner) and `NAME_confidence` (0 to 1); from the leg landmarker `leg_...`: which side (0 left, 1 right),
presence (0 to 1), the angle in this picture and its SD in degrees, the directions of shank and sole, and the
covariance of each of its landmarks in square pixels. `rom measure` reads these files again.
"""
_JSON: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def tables_of(further: tuple[Column, ...] = ()) -> tuple[Table, ...]:
    """All tables of a study; `further` : the manifest's own columns."""
    return (recordings_table(further), REPETITIONS, MEASURES, ANGLES, FAILED)


def dictionary_text(tables: Sequence[Table]) -> str:
    """The data dictionary as Markdown."""
    parts = [INTRODUCTION, *(_table_text(table) for table in tables), LANDMARKS]
    reasons = [f"- `{name}`: {words}" for name, words in FAILURES.items()]
    return "\n".join([*parts, "## What keeps a recording out\n", *reasons, ""])


def _table_text(table: Table) -> str:
    """One table: its columns with unit, range and meaning."""
    ending = ".csv" if table is FAILED else ".parquet"
    lines = [
        f"## {table.name}{ending}\n",
        f"One row: {table.row}.\n",
        "| column | unit | range | missing | meaning |",
    ]
    lines.append("|---|---|---|---|---|")
    for one in table.columns:
        missing = "may be" if one.nullable else "never"
        lines.append(f"| `{one.name}` | {one.unit or '-'} | {one.range} | {missing} | {one.meaning} |")
    return "\n".join([*lines, ""])


def tables_schema(tables: Sequence[Table]) -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a row of each table."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:ankle-rom:study:1",
        "title": "The tables of a study by rom",
        "$defs": {table.name: _row_schema(table) for table in tables},
    }


def _row_schema(table: Table) -> dict[str, Any]:
    return {
        "type": "object",
        "description": table.row,
        "properties": {one.name: _column_schema(one) for one in table.columns},
        "required": [one.name for one in table.columns],
        "additionalProperties": False,
    }


def _column_schema(one: Column) -> dict[str, Any]:
    kind = _JSON[one.kind]
    told: dict[str, Any] = {"description": one.meaning, "type": [kind, "null"] if one.nullable else kind}
    if one.unit:
        told["unit"] = one.unit
    if one.words:
        told["enum"] = [*one.words, *([None] if one.nullable else [])]
    if one.low is not None:
        told["minimum"] = one.low
    if one.high is not None:
        told["maximum"] = one.high
    return told
