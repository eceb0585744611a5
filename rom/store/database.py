"""The two databases: a SQLite file of one's own, or a clinic's PostgreSQL."""

import json
import sqlite3
from functools import partial
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session, SessionTransaction

from rom.errors import InstallationError, UsageError

#: Said of a connection that is going to write: SQLite then takes its one write lock at the beginning.
WRITES = "rom_writes"
#: How long a program waits for another that is writing.
BUSY_MS = 30_000
#: And how soon it asks again where the database does not wait by itself.
ASKED_AGAIN_S = 0.02
#: PostgreSQL's advisory locks: of bringing up the tables, of media and their rows, of tries to sign in.
TABLES_LOCK, MEDIA_LOCK, SIGN_IN_LOCK = 7_106_001, 7_106_002, 7_106_003


class WritingSession(Session):
    """A session whose ``begin()`` takes SQLite's write lock at once.

    Otherwise a transaction that reads and then writes fails where another one has written in between, and no
    waiting helps. A session that only reads, without ``begin()``, holds nobody up.
    """

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin to write."""
        transaction = super().begin(nested)
        if not nested:
            self.connection(execution_options={WRITES: True})
        return transaction


def url_of(name: str) -> URL:
    """The address of a database that can be used; PostgreSQL is spoken to by psycopg 3."""
    try:
        url = make_url(name)
    except ArgumentError as error:
        raise UsageError(
            "Expected the database's address as postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE, "
            "but it cannot be read; correct ROM_DATABASE_URL."
        ) from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    raise UsageError(
        f"Expected a PostgreSQL address or the file of a SQLite database, but got "
        f"'{url.render_as_string(hide_password=True)}'; correct ROM_DATABASE_URL."
    )


def engine_of(url: URL, *, keys: bool = True) -> Engine:
    """An engine; without `keys` for changing tables: SQLite empties a table's children when it is made anew."""
    options: dict[str, Any] = {} if keys else {"poolclass": NullPool}
    try:
        engine = create_engine(url, json_serializer=partial(json.dumps, allow_nan=False), **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise InstallationError(
            "A PostgreSQL database needs a driver that is not installed; run: pip install 'ankle-rom[postgresql]'."
        ) from error
    if url.drivername == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, keys=keys))
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def alone(session: Session, lock: int = MEDIA_LOCK) -> None:
    """Wait until nobody else is past this line, and keep others out until the transaction ends.

    The session was begun by ``begin()``: SQLite has one writer at a time anyway.
    """
    wait_for(session.connection(), lock)


def wait_for(connection: Connection, lock: int) -> None:
    """Hold one of the locks until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def is_sqlite(engine: Engine) -> bool:
    """Whether the database is a file of one's own."""
    return engine.dialect.name == "sqlite"


def _prepare_sqlite(raw: Any, _record: object, *, keys: bool) -> None:
    """Every connection: written through to the disk, keys held, deleted content overwritten, begun by us."""
    raw.isolation_level = None  # sqlite3 would begin late, and not before a change of tables
    raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _use_wal(raw)
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA fullfsync=ON")  # macOS: to the disk itself, and not only to its cache
    raw.execute("PRAGMA secure_delete=ON")
    raw.execute(f"PRAGMA foreign_keys={'ON' if keys else 'OFF'}")


def _use_wal(raw: Any) -> None:
    """Have the file write ahead, however many open a new one at once.

    Who asks for it while another writes is refused at once, whatever the time to wait: SQLite sees that two which
    have both begun to read could wait for each other for ever.
    """
    until = monotonic() + BUSY_MS / 1000
    while raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if monotonic() > until:
                raise
            sleep(ASKED_AGAIN_S)
        else:
            return  # or it cannot: a network's file system


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction, with the write lock where it is going to write."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
