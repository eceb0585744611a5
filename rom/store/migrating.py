"""Bringing the tables of a database up to date, once, whoever opens it first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect

from rom.errors import UsageError
from rom.store.database import TABLES_LOCK, WRITES, engine_of, wait_for
from rom.store.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"


def head() -> str:
    """The revision that this version of rom works with."""
    return str(ScriptDirectory(MIGRATIONS).get_current_head())


def revisions() -> tuple[str, ...]:
    """Every revision, the last first."""
    return tuple(script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions())


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None before its first."""
    return MigrationContext.configure(connection).get_current_revision()


def bring_up(url: URL) -> None:
    """Bring a database to the head, or leave it as it is: one transaction, and one opener at a time."""
    with changing(url) as connection:
        refuse_unknown(connection)
        move(connection, head())


@contextmanager
def changing(url: URL) -> Iterator[Connection]:
    """A connection that may change tables; all that is done with it is kept, or nothing."""
    engine = engine_of(url, keys=False)
    try:
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            wait_for(connection, TABLES_LOCK)
            yield connection
    finally:
        engine.dispose()


def move(connection: Connection, revision: str) -> None:
    """Take a database up or down to a revision, in the transaction of its connection."""
    config = config_of(connection)
    now, order = revision_of(connection), (*revisions(), None)
    if order.index(now) > order.index(revision):
        command.upgrade(config, revision)
    elif now != revision:
        command.downgrade(config, revision)


def config_of(connection: Connection) -> Config:
    """What Alembic's commands need to work in a connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def refuse_unknown(connection: Connection) -> None:
    """Refuse a database of a later version, and one with tables of somebody else."""
    now = revision_of(connection)
    if now is not None and now not in revisions():
        raise UsageError(
            f"Expected a store of this version of rom (tables up to {head()}) or an older one, but its tables are "
            f"'{now}', of a later version; install the newest rom."
        )
    strangers = {*inspect(connection).get_table_names()} & {*Base.metadata.tables}
    if now is None and strangers:
        raise UsageError(
            "Expected an empty database or a store of rom, but another program has tables called "
            f"{', '.join(sorted(strangers))} in it; name an empty database."
        )
