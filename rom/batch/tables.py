"""The tables of a study, from what follows from each recording: in order, in pieces, whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rom.batch.columns import Column, Table
from rom.batch.names import Names
from rom.batch.pieces import Piece, read_piece
from rom.batch.plan import Line
from rom.batch.rows import ANGLES, FAILED, FAILURES, MEASURES, REPETITIONS, recordings_table
from rom.batch.work import Work
from rom.errors import RomError
from rom.report.tables import explained

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows that are held before they are written: what Parquet calls a row group.
HELD = 65_536
#: Rows that are gathered before they become a table.
GATHERED = 1024
FAILURES_FILE = "failures.csv"
SETTINGS_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lines came to what: `measured` have rows; `failed` by what kept them out."""

    measured: int
    failed: dict[str, int]


class Writer:
    """Writes one table as Parquet, or CSV, in row groups of one size: the same rows give the same bytes."""

    def __init__(self, table: Table, path: Path) -> None:
        self._table, self._path = table, path
        self._part = path.with_name(path.name + ".part")
        self._held: list[pa.Table] = []
        self._rows = 0
        self._out: Any = None

    def __enter__(self) -> Self:
        import pyarrow.csv
        import pyarrow.parquet as pq

        with explained(self._path):
            if self._path.suffix == ".csv":
                self._out = pyarrow.csv.CSVWriter(self._part, self._table.schema)
            else:
                self._out = pq.ParquetWriter(self._part, self._table.schema, compression="zstd")
        return self

    def __exit__(self, kind: object, *exc: object) -> None:
        with explained(self._path):
            if kind is None:
                self._flush(1)
            self._out.close()
            if kind is not None:
                self._part.unlink(missing_ok=True)

    def put(self, rows: "pa.Table") -> None:
        """Add rows; they are written when there are enough."""
        self._held.append(rows)
        self._rows += rows.num_rows
        if self._rows >= HELD:
            with explained(self._path):
                self._flush(HELD)

    def name(self) -> None:
        """Give the file its name: it is whole."""
        with explained(self._path):
            self._part.replace(self._path)

    def _flush(self, least: int) -> None:
        """Write whole row groups as long as there are `least` rows."""
        import pyarrow as pa

        whole = pa.concat_tables([self._table.schema.empty_table(), *self._held])
        at = 0
        while whole.num_rows - at >= least:
            group = whole.slice(at, HELD)
            self._out.write_table(group.combine_chunks())
            at += group.num_rows
        self._held, self._rows = [whole.slice(at).combine_chunks()], whole.num_rows - at


def further_columns(lines: Sequence[Line]) -> tuple[Column, ...]:
    """The manifest's own columns, in its order."""
    kinds: dict[str, set[type]] = {}
    for line in lines:
        for name, cell in line.order.further.items():
            kinds.setdefault(name, set()).update(() if cell is None else (type(cell),))
    return tuple(Column(name, _kind(found), True, "as the manifest has it") for name, found in kinds.items())


def _kind(found: set[type]) -> type:
    """The kind of a column that holds these: two manifests may disagree."""
    if found <= {int} and found:
        return int
    return float if found and found <= {int, float} else str


def write_tables(work: Work, lines: Sequence[Line], names: Names, settings: str, *, csv: bool = False) -> Counted:
    """Write all tables of a study; every one has its name only when all are whole.

    Parameters
    ----------
    settings : what the rows say of the settings. csv : beside Parquet.
    """
    recordings = recordings_table(further_columns(lines))
    named = sorted(lines, key=lambda line: (names.recording(line.order), "" if line.keys is None else line.keys.id))
    tables = (recordings, REPETITIONS, MEASURES, ANGLES)
    measured, failed = 0, dict.fromkeys(FAILURES, 0)
    with _writers(work.folder, tables, csv=csv) as writers:
        for line in named:
            piece, failure = _outcome(work, line)
            if piece is not None:
                _put(writers, recordings, line, names, settings, piece)
                measured += 1
            elif failure is not None:
                failed[failure[0]] += 1
                writers[FAILED.name].gather([_failure_row(line, names, failure)])
    return Counted(measured, {what: count for what, count in failed.items() if count})


class _Both:
    """The writers of one table, as Parquet and as CSV; single rows are gathered before they become a table."""

    def __init__(self, table: Table, writers: Sequence[Writer]) -> None:
        self._table, self._writers = table, writers
        self._gathered: list[dict[str, Any]] = []

    def put(self, rows: "pa.Table") -> None:
        """Add rows."""
        for writer in self._writers:
            writer.put(rows)

    def gather(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows that are no table yet."""
        self._gathered += rows
        if len(self._gathered) >= GATHERED:
            self.flush()

    def flush(self) -> None:
        """Hand on what was gathered."""
        self.put(self._table.batch(self._gathered))
        self._gathered = []


@contextmanager
def _writers(folder: Path, tables: Sequence[Table], *, csv: bool) -> Iterator[dict[str, _Both]]:
    """Open writers by the names of their tables; at the end every file is given its name."""
    endings = (".parquet", ".csv") if csv else (".parquet",)
    files = {table: [Writer(table, folder / f"{table.name}{ending}") for ending in endings] for table in tables}
    files[FAILED] = [Writer(FAILED, folder / FAILURES_FILE)]
    every = [writer for group in files.values() for writer in group]
    with ExitStack() as stack:
        for writer in every:
            stack.enter_context(writer)
        both = {table.name: _Both(table, group) for table, group in files.items()}
        yield both
        for one in both.values():
            one.flush()
    for writer in every:
        writer.name()


def _outcome(work: Work, line: Line) -> tuple[Piece | None, tuple[str, str] | None]:
    """What follows from a line, or what keeps it out; neither where it was not its turn."""
    if line.keys is None or line.failure is not None:
        return None, line.failure
    path = work.judged_of(line.keys.judge)
    if path.exists():
        try:
            return read_piece(path), None
        except (OSError, ValueError, KeyError, TypeError) as error:
            path.unlink(missing_ok=True)
            raise RomError(
                "What was measured of one recording was damaged on the disk and is taken away; start the same "
                "command again to make it anew from its landmarks."
            ) from error
    return None, work.failure(line.keys.judge) if work.failed_of(line.keys.judge).exists() else None


def _put(
    writers: Mapping[str, "_Both"], recordings: Table, line: Line, names: Names, settings: str, piece: Piece
) -> None:
    """The rows of one line, with what is the line's own."""
    import pyarrow as pa

    assert line.keys is not None
    which = {"id": line.keys.id, "recording": names.recording(line.order), "person": names.person(line.order)}
    own = (
        which
        | line.order.further
        | {
            "sha256": line.glance.sha256,
            "landmarks": Work(Path()).landmarks_of(line.keys.look).name,
            "settings": settings[:SETTINGS_LETTERS],
        }
    )
    writers[recordings.name].gather([row | own for row in piece.recordings])
    writers[REPETITIONS.name].gather([row | which for row in piece.repetitions])
    writers[MEASURES.name].gather([row | which for row in piece.measures])
    columns = {"id": pa.repeat(line.keys.id, piece.angles.num_rows)} | {
        name: piece.angles.column(name) for name in piece.angles.column_names
    }
    arrays = [columns[name] for name in ANGLES.schema.names]
    writers[ANGLES.name].put(pa.Table.from_arrays(arrays, schema=ANGLES.schema))


def _failure_row(line: Line, names: Names, failure: tuple[str, str]) -> dict[str, Any]:
    return {
        "recording": names.recording(line.order),
        "person": names.person(line.order),
        "what": failure[0],
        "reason": failure[1],
        "sha256": line.glance.sha256 or None,
    }
