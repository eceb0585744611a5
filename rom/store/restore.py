"""Bringing a backup back: all of it, into an empty store, or nothing.

A backup of an older version of rom is brought back to the tables of its own revision, and they are brought up to
date.
"""

import json
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from sqlalchemy import Column, Connection, MetaData, func, select

import rom
from rom.errors import InputUnreadable, RomError, UsageError
from rom.store.backup import FIRST, FORMAT, LAST, MEDIUM, RECORDING, ROWS, Counted
from rom.store.clinic import AuditRow
from rom.store.database import is_sqlite
from rom.store.files import PIECE_BYTES, remove, write_whole
from rom.store.media import put, remove_files
from rom.store.migrating import changing, head, move, revisions
from rom.store.sealed import Unsealing
from rom.store.store import Store
from rom.store.tables import Base, ChoiceRow, DraftRow
from rom.store.trouble import told

#: What a restore replaces: it is there as soon as the app was looked at.
PASSING = {ChoiceRow.__tablename__, DraftRow.__tablename__}


@dataclass
class _Seen:
    """What a backup says of itself, while it is read."""

    revision: str = ""
    rows: int = -1
    gone: set[str] = field(default_factory=set)
    media: set[str] = field(default_factory=set)
    recordings: set[str] = field(default_factory=set)


def restore(store: Store, path: Path, passphrase: str) -> Counted:
    """Bring a backup back into an empty store: all of it, or nothing.

    The file is read twice: first to see that every part of it is whole, then to bring it back; media first, and the
    rows in one transaction.

    Raises
    ------
    UsageError : the store is not empty, or the backup is of a later version of rom.
    InputUnreadable : the passphrase is wrong, or the file is damaged, cut off, or no backup.
    RomError : the disk is full, or the database does not answer.
    """
    with told("restore the backup"):
        with store.engine.connect() as connection:
            _refuse_filled(connection)
        with _opened(path, passphrase) as members:
            seen = _looked_through(members)
        try:
            with _opened(path, passphrase) as members, changing(store.engine.url) as connection:
                _refuse_filled(connection)
                _bring_back(store, connection, members, seen)
        except BaseException:
            with suppress(RomError, OSError):
                remove_files(store, seen.media)
                remove(*(store.incoming / name for name in seen.recordings))
            raise
    return Counted(seen.rows, len(seen.media) + len(seen.recordings), len(seen.gone))


@contextmanager
def _opened(path: Path, passphrase: str) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of a backup; when it closes, all of the file was read and authenticated."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputUnreadable(
            f"Could not open the backup '{path.name}' ({error.strerror}); look at its name."
        ) from error
    with file:
        unsealing = Unsealing(file, passphrase)
        try:
            with tarfile.open(fileobj=cast("IO[bytes]", unsealing), mode="r|", bufsize=PIECE_BYTES) as tar:
                yield _members(tar)
        except (tarfile.TarError, json.JSONDecodeError) as error:
            raise InputUnreadable(
                "The backup cannot be read, and nothing was restored; use another copy."
            ) from error
        while unsealing.read(PIECE_BYTES):
            pass


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of each member."""
    for member in tar:
        content = tar.extractfile(member)
        if content is None:
            raise tarfile.ReadError
        yield member.name, content


def _looked_through(members: Iterable[tuple[str, IO[bytes]]]) -> _Seen:
    """What a backup holds, every part of it read and known."""
    seen = _Seen()
    for name, content in members:
        if name == FIRST:
            seen.revision = _revision_of(json.load(content))
        elif name == LAST:
            end = json.load(content)
            seen.rows, seen.gone = end["rows"], set(end["gone"])
        elif medium := MEDIUM.fullmatch(name):
            seen.media.add(medium["sha256"])
        elif recording := RECORDING.fullmatch(name):
            seen.recordings.add(recording["name"])
        elif not ROWS.fullmatch(name):
            raise tarfile.ReadError
    if not seen.revision or seen.rows < 0:
        raise tarfile.ReadError
    seen.media -= seen.gone
    return seen


def _revision_of(said: dict[str, Any]) -> str:
    """The revision of a backup, if this version of rom knows it."""
    if said["format"] != FORMAT or said["revision"] not in revisions():
        raise UsageError(
            f"Expected a backup of this version of rom ({rom.__version__}) or an older one, but it was made by "
            f"{said['version']}; install the newest rom."
        )
    return str(said["revision"])


def _refuse_filled(connection: Connection) -> None:
    """Refuse a store with anybody or anything in it."""
    for table in Base.metadata.sorted_tables:
        if table.name not in PASSING and connection.execute(select(func.count()).select_from(table)).scalar():
            raise UsageError(
                "Expected an empty store, but there are people or examinations in it; restore --into another "
                "folder, or erase everything first."
            )


def _bring_back(
    store: Store, connection: Connection, members: Iterable[tuple[str, IO[bytes]]], seen: _Seen
) -> None:
    """Media and rows, in the transaction of the connection."""
    for name in PASSING:
        connection.execute(Base.metadata.tables[name].delete())
    move(connection, seen.revision)
    tables = MetaData()
    tables.reflect(connection)
    for name, content in members:
        if medium := MEDIUM.fullmatch(name):
            if (
                medium["sha256"] in seen.media
                and put(store, cast("BinaryIO", content), medium["suffix"]) != medium["sha256"]
            ):
                raise tarfile.ReadError
        elif recording := RECORDING.fullmatch(name):
            _bring_recording(store, recording["name"], content)
        elif ROWS.fullmatch(name):
            _insert(connection, tables, content)
    for name in ("exam_media", "media"):
        table = tables.tables[name]
        for digest in seen.gone:
            connection.execute(table.delete().where(table.c.sha256 == digest))
    move(connection, head())
    _count_on(connection)
    if is_sqlite(store.engine) and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise tarfile.ReadError


def _count_on(connection: Connection) -> None:
    """PostgreSQL counts the log's lines by itself: on from the last one that was brought back."""
    if connection.dialect.name == "postgresql":
        last = select(func.max(AuditRow.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence("audit", "id"), func.coalesce(last, 1))))


def _bring_recording(store: Store, name: str, content: IO[bytes]) -> None:
    """A recording that waits to be measured."""

    def write(file: BinaryIO) -> str:
        shutil.copyfileobj(content, file, PIECE_BYTES)
        return name

    write_whole(store.incoming, write)


def _insert(connection: Connection, tables: MetaData, lines: IO[bytes]) -> None:
    """Rows, table by table."""
    records = (json.loads(line) for line in lines)
    for name, group in groupby(records, key=itemgetter("table")):
        table = tables.tables[name]
        rows = [{key: _as_value(table.c[key], value) for key, value in one["row"].items()} for one in group]
        connection.execute(table.insert(), rows)


def _as_value(column: Column[Any], value: Any) -> Any:
    """A value as the column holds it: days and moments were text."""
    kind = column.type.python_type
    if isinstance(value, str) and kind in (date, datetime):
        return kind.fromisoformat(value)
    return value
