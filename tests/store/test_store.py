"""Opening a store: its tables brought up and down, whoever comes first, and what is refused."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from rom.errors import RomError, UsageError
from rom.store import Store, migrating, open_store
from rom.store.database import engine_of, url_of
from rom.store.tables import Base, ExamRow, PersonRow
from tests.store.filled import fill, measured, rows_of

ROOT = Path(__file__).parents[2]


def test_every_revision_goes_down_and_up_again_on_a_filled_database(store: Store) -> None:
    fill(store)
    full = rows_of(store)
    order = migrating.revisions()
    url = store.engine.url
    for revision, before in zip(order, (*order[1:], "base"), strict=True):
        with migrating.changing(url) as connection:
            if before == "base":
                break
            migrating.move(connection, before)
            assert migrating.revision_of(connection) == before
            migrating.move(connection, revision)
    assert rows_of(store) == full
    from alembic import command

    with migrating.changing(url) as connection:
        command.downgrade(migrating.config_of(connection), "base")
        assert {*inspect(connection).get_table_names()} <= {"alembic_version"}
        migrating.move(connection, migrating.head())
    assert {*rows_of(store)} == {*full}
    assert not any(rows_of(store).values())


def test_a_further_revision_keeps_all_rows_both_ways(store: Store, later: Callable[[bool], None]) -> None:
    """SQLite makes the table of people anew for it: the examinations that point at them must not go."""
    fill(store)
    full = rows_of(store)
    later(True)
    url = store.engine.url
    migrating.bring_up(url)
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM people WHERE hair = 'none'")).scalar() == 2
    assert rows_of(store) == full
    with migrating.changing(url) as connection:
        migrating.move(connection, migrating.revisions()[1])
    assert rows_of(store) == full


def test_examinations_of_an_older_version_are_summed_up(store: Store) -> None:
    known = measured(store)
    with store.session() as session:
        summary = session.get_one(ExamRow, known.exam).summary
    assert summary is not None
    url = store.engine.url
    store.close()
    with migrating.changing(url) as connection:
        migrating.move(connection, "0001")
        migrating.move(connection, migrating.head())
    with store.session() as session:
        assert session.get_one(ExamRow, known.exam).summary == summary


def test_models_and_migrations_say_the_same(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_of_a_later_version_is_refused_and_left_alone(
    store: Store, address: str, later: Callable[[bool], None]
) -> None:
    fill(store)
    later(True)
    migrating.bring_up(store.engine.url)
    full = rows_of(store)
    later(False)
    with pytest.raises(UsageError, match=r"its tables are '9999', of a later version; install the newest rom\."):
        open_store(address, store.folder)
    assert rows_of(store) == full


def test_a_database_of_another_program_is_refused(address: str, tmp_path: Path) -> None:
    engine = create_engine(url_of(address))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE people (name TEXT)"))
    engine.dispose()
    with pytest.raises(UsageError, match=r"another program has tables called people in it"):
        open_store(address, tmp_path / "store")


def test_a_migration_that_fails_changes_nothing(
    store: Store, later: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    full = rows_of(store)
    later(True)
    broken = migrating.MIGRATIONS / "versions" / "r9999.py"
    broken.write_text(
        broken.read_text().replace("def downgrade", "    raise ValueError('half-way')\ndef downgrade")
    )
    with pytest.raises(ValueError, match="half-way"):
        migrating.bring_up(store.engine.url)
    assert rows_of(store) == full
    with store.engine.connect() as connection:
        assert "hair" not in {column["name"] for column in inspect(connection).get_columns("people")}


def test_many_openers_at_once_make_one_store(address: str, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from rom.store import open_store\n"
    code += "sys.stdin.readline(); open_store(sys.argv[1], Path(sys.argv[2])).close()"
    words = [sys.executable, "-W", "error", "-c", code, address, str(tmp_path / "store")]
    openers = [
        subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    for opener in openers:  # all have imported and wait
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    said = [opener.communicate(timeout=120)[1] for opener in openers]
    assert [opener.returncode for opener in openers] == [0] * 5, said
    with open_store(address, tmp_path / "store") as store:
        assert not any(rows_of(store).values())


def test_a_new_sqlite_file_in_which_another_writes_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "rom.sqlite"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    end = threading.Timer(0.5, lambda: other.execute("COMMIT"))
    end.start()
    try:
        with open_store(f"sqlite:///{file}", tmp_path / "store") as store, store.session() as session:
            assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    finally:
        end.join()
        other.close()


def test_sqlite_is_written_through_and_holds_its_keys(sqlite: Callable[[], str], tmp_path: Path) -> None:
    with open_store(sqlite(), tmp_path / "store") as store, store.session() as session:
        asked = ("journal_mode", "foreign_keys", "synchronous", "secure_delete", "busy_timeout")
        said = [session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert said == ["wal", 1, 2, 1, 30_000], "2 is FULL"


def test_an_exam_needs_its_person(store: Store) -> None:
    exam = ExamRow(person_id="nobody", recorded_on=datetime.now(UTC).date(), protocol="free", side="left")
    with store.session() as session, pytest.raises(IntegrityError), session.begin():
        session.add(exam)


def test_moments_keep_their_zone(store: Store) -> None:
    moment = datetime.fromisoformat("2026-03-01T23:30:00+05:30")
    with store.session() as session, session.begin():
        session.add(PersonRow(id="a", created=moment))
    with store.session() as session:
        read = session.get_one(PersonRow, "a").created
    assert read == moment
    assert read.utcoffset() is not None


def test_a_reader_holds_no_writer_up_and_a_writer_no_reader(store: Store) -> None:
    with store.session() as reading, store.session() as writing:
        assert reading.get(PersonRow, "a") is None
        with writing.begin():
            writing.add(PersonRow(id="a"))
            writing.flush()
            assert reading.get(PersonRow, "a") is None
    with store.session() as session:
        assert session.get(PersonRow, "a") is not None


def test_two_writers_that_read_first_both_get_through(store: Store) -> None:
    """Each counts one on; without the lock at the beginning SQLite would refuse the second."""
    from concurrent.futures import ThreadPoolExecutor

    from rom.store.choices import choice, choose
    from rom.store.database import alone

    def count_on(_: int) -> None:
        for _ in range(10):
            with store.session() as session, session.begin():
                alone(session)
                choose(session, "count", choice(session, "count", 0) + 1)

    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(count_on, range(4))] == [None] * 4
    with store.session() as session:
        assert choice(session, "count", 0) == 40


def test_the_folder_is_for_this_user_only(store: Store) -> None:
    assert {path.stat().st_mode & 0o77 for path in (store.folder, store.media, store.incoming, store.work)} == {0}


def test_postgresql_is_spoken_to_by_psycopg_3() -> None:
    for name in ("postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"):
        url = url_of(name)
        assert url.drivername == "postgresql+psycopg"
        assert url.password == "p"
        assert engine_of(url).dialect.driver == "psycopg"


@pytest.mark.parametrize("name", ["mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", "no address"])
def test_another_database_is_refused_without_its_password(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ROM_DATABASE_URL") as caught:
        open_store(name, tmp_path / "store")
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(RomError, match=r"^Could not open the store: the database says") as caught:
        open_store(f"postgresql://u:secret@/d?host={tmp_path}", tmp_path / "store")
    assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RomError, match="Could not open the store: the disk says"):
        open_store(folder=tmp_path / "file" / "store")


def test_the_environment_names_folder_and_database(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROM_DATA_FOLDER", str(tmp_path / "here"))
    monkeypatch.setenv("ROM_DATABASE_URL", address)
    with open_store() as store:
        assert store.folder == tmp_path / "here"
        assert store.engine.url == url_of(address)
    monkeypatch.delenv("ROM_DATABASE_URL")
    with open_store() as store:
        assert store.engine.url == url_of(f"sqlite:///{tmp_path / 'here' / 'rom.sqlite'}")
