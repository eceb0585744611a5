"""The same tests on both databases: SQLite, and a PostgreSQL server that is started for them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from rom.store import Store, migrating, open_store

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
BINARIES = DEBIAN[-1] if DEBIAN else Path(shutil.which("pg_ctl") or "/none/pg_ctl").parent
#: A server for tests need not survive a power loss.
HASTY = "-c fsync=off -c listen_addresses= -c full_page_writes=off"

LATER = """
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{before}"
def upgrade():
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("hair", sa.String(20), server_default="none", nullable=False))
def downgrade():
    with op.batch_alter_table("people") as people:
        people.drop_column("hair")
"""


def _as_postgres(*words: str) -> None:
    """Run a program of PostgreSQL's; root may not, and becomes somebody else."""
    become = ["runuser", "-u", "postgres", "--"] if os.name == "posix" and os.geteuid() == 0 else []
    subprocess.run([*become, *words], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server of one's own, without the name of a database."""
    if not (BINARIES / "pg_ctl").exists():
        pytest.skip("PostgreSQL is not installed here (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="rom-postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = str(folder / "data")
        _as_postgres(str(BINARIES / "initdb"), "-D", data, "-U", "rom", "-A", "trust", "-E", "UTF8", "-N")
        options = f"{HASTY} -k {folder}"
        _as_postgres(str(BINARIES / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://rom@/{{name}}?host={folder}"
        finally:
            _as_postgres(str(BINARIES / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql(server: str) -> Callable[[], str]:
    """Makes a new PostgreSQL database and says its address."""
    numbers = count()

    def make() -> str:
        name = f"rom_{next(numbers)}"
        engine = create_engine(server.format(name="postgres").replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return server.format(name=name)

    return make


@pytest.fixture
def sqlite(tmp_path: Path) -> Callable[[], str]:
    """The same for a SQLite file."""
    numbers = count()
    return lambda: f"sqlite:///{tmp_path / f'rom{next(numbers)}.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes a new database and says its address."""
    made: Callable[[], str] = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def address(new_address: Callable[[], str]) -> str:
    """A new database."""
    return new_address()


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    with open_store(address, tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes this a later version of rom, with one more revision, or the one it is."""
    own, folder = migrating.MIGRATIONS, tmp_path / "migrations"
    shutil.copytree(own, folder)
    (folder / "versions" / "r9999.py").write_text(LATER.format(before=migrating.head()), encoding="utf-8")
    return lambda on: monkeypatch.setattr(migrating, "MIGRATIONS", folder if on else own)
