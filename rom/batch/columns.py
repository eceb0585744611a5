"""Columns of tables, declared once: from them come the tables, the data dictionary and the JSON schema."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

if TYPE_CHECKING:
    import pyarrow as pa

#: Meaning, range and unit of a column, as the dictionary's own lines hold them in a Parquet schema.
MEANING, UNIT, RANGE = b"meaning", b"unit", b"range"


def column(
    meaning: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    *,
    words: Iterable[str] = (),
    single: bool = False,
) -> Any:
    """Declare a column: a field of a row's dataclass that carries what it means.

    `words` : all that it may hold, where it holds one of a few. `single` : numbers in single precision.
    """
    told = {"meaning": meaning, "unit": unit, "low": low, "high": high, "words": tuple(words), "single": single}
    return field(metadata=told)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `low` and `high` are None where there is no bound."""

    name: str
    kind: type
    nullable: bool
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    single: bool = False

    @property
    def range(self) -> str:
        """What it may hold, in words."""
        if self.words:
            return ", ".join(self.words)
        if self.low is None and self.high is None:
            return {bool: "true, false", str: "text"}.get(self.kind, "any number")
        if self.high is None:
            return f"{self.low:g} or more"
        return f"up to {self.high:g}" if self.low is None else f"{self.low:g} to {self.high:g}"

    @property
    def arrow(self) -> "pa.Field":
        """As an Arrow table declares it, with what it means."""
        import pyarrow as pa

        kinds = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
        kind = pa.float32() if self.single else kinds[self.kind]
        told = {MEANING: self.meaning, UNIT: self.unit, RANGE: self.range}
        return pa.field(self.name, kind, self.nullable, told)


def columns_of(record: type, prefix: str = "", about: str = "") -> tuple[Column, ...]:
    """The columns that a row's dataclass declares.

    `prefix` : stands before every name; `about` : before every meaning, for a record that comes twice.
    """
    hints = get_type_hints(record)
    made = []
    for row in fields(record):
        kinds = get_args(hints[row.name]) or (hints[row.name],)
        kind = next(one for one in kinds if one is not NoneType)
        told = dict(row.metadata)
        told["meaning"] = f"{about}{told['meaning']}"
        made.append(Column(f"{prefix}{row.name}", kind, NoneType in kinds, **told))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a study: its file's name without an ending, what one row is, and its columns."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> "pa.Schema":
        """The Arrow schema; the meaning of each column goes with it into the Parquet file."""
        import pyarrow as pa

        return pa.schema([one.arrow for one in self.columns], metadata={b"row": self.row.encode()})

    def batch(self, rows: Iterable[Mapping[str, Any]]) -> "pa.Table":
        """Rows as an Arrow table; what a row does not name is null."""
        import pyarrow as pa

        rows = list(rows)
        arrays = [pa.array([row.get(one.name) for row in rows], one.arrow.type) for one in self.columns]
        return pa.Table.from_arrays(arrays, schema=self.schema)


def plain(prefix: str, record: object) -> Iterator[tuple[str, Any]]:
    """A record's fields as cells of a row: name to value."""
    for row in fields(record):  # type: ignore[arg-type] # a dataclass
        yield f"{prefix}{row.name}", getattr(record, row.name)
