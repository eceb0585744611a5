"""A backup brings everything back, on either database, or is refused whole."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from rom.errors import InputUnreadable, RomError, UsageError
from rom.store import Store, migrating, open_store, sealed
from rom.store import backup as backing_up
from rom.store.audit import Doer, note
from rom.store.backup import backup
from rom.store.check import check
from rom.store.choices import choose
from rom.store.clinic import THERAPIST, AccountRow, AttemptRow, SignInRow
from rom.store.erase import erase_person
from rom.store.media import path_of
from rom.store.restore import restore
from rom.store.tables import DraftRow, MediumRow
from tests.store.filled import files_of, fill, measured, rows_of

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "SCRYPT_N", 2**4)  # what guessing costs is tried elsewhere


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rom.backup"


def another(address: str, folder: Path) -> Iterator[Store]:
    with open_store(address, folder) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on either database whichever the first is on."""
    yield from another(request.getfixturevalue(request.param)(), tmp_path / "other")


@pytest.fixture
def plain(sqlite: Callable[[], str], tmp_path: Path) -> Iterator[Store]:
    """An empty store, on SQLite."""
    yield from another(sqlite(), tmp_path / "plain")


def test_everything_comes_back_also_on_the_other_database(store: Store, other: Store, file: Path) -> None:
    fill(store)
    counted = backup(store, file, PASSPHRASE)
    assert (counted.rows, counted.files, counted.missing) == (2 + 2 + 4 + 4 + 2 + 1 + 1, 4 + 1, 0)
    assert restore(other, file, PASSPHRASE) == counted
    assert rows_of(other) == rows_of(store)
    assert files_of(other) == files_of(store)
    assert check(other, settled_s=0) == ()


def test_an_empty_store_comes_back_empty(store: Store, plain: Store, file: Path) -> None:
    backup(store, file, PASSPHRASE)
    restore(plain, file, PASSPHRASE)
    assert not any(rows_of(plain).values())


def test_many_rows_come_back(store: Store, other: Store, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backing_up, "ROWS_BYTES", 1000)  # several members, tables broken across them
    for number in range(20):
        measured(store, label=f"{number}", mark=str(number).encode())
    backup(store, file, PASSPHRASE)
    restore(other, file, PASSPHRASE)
    assert (rows_of(other), files_of(other)) == (rows_of(store), files_of(store))


def test_nothing_of_a_person_can_be_read_in_the_file(store: Store, file: Path) -> None:
    measured(store, label="Wilhelmina Planted")
    backup(store, file, PASSPHRASE)
    assert b"Wilhelmina" not in file.read_bytes()
    assert [path.name for path in file.parent.iterdir() if path.is_file() and "sqlite" not in path.name] == [
        file.name
    ]


def test_choices_and_drafts_of_a_new_store_give_way(store: Store, plain: Store, file: Path) -> None:
    fill(store)
    backup(store, file, PASSPHRASE)
    with plain.session() as session, session.begin():
        choose(session, "keep_days", 1)
        session.add(DraftRow())
    restore(plain, file, PASSPHRASE)
    assert rows_of(plain) == rows_of(store)


def test_a_store_with_people_is_left_alone(store: Store, plain: Store, file: Path) -> None:
    fill(store)
    backup(store, file, PASSPHRASE)
    measured(plain, label="Bob")
    before = rows_of(plain), files_of(plain)
    with pytest.raises(UsageError, match="Expected an empty store"):
        restore(plain, file, PASSPHRASE)
    assert (rows_of(plain), files_of(plain)) == before


def test_a_file_that_is_there_is_not_written_over(store: Store, file: Path) -> None:
    file.write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        backup(store, file, PASSPHRASE)
    assert file.read_text() == "precious"


@pytest.mark.parametrize("harm", ["cut", "changed", "passphrase", "absent"])
def test_what_cannot_be_opened_restores_nothing(store: Store, other: Store, file: Path, harm: str) -> None:
    for number in range(3):
        measured(store, label=str(number), mark=bytes(700_000) + bytes([number]))
    backup(store, file, PASSPHRASE)
    content = file.read_bytes()
    assert len(content) > 2 << 20, "several chunks, so that the harm comes late"
    if harm == "cut":
        file.write_bytes(content[:-1])
    elif harm == "changed":
        file.write_bytes(content[:-100] + bytes(50) + content[-50:])
    elif harm == "absent":
        file.unlink()
    with pytest.raises(InputUnreadable, match=r"\.$"):
        restore(other, file, "another phrase" if harm == "passphrase" else PASSPHRASE)
    assert not any(rows_of(other).values())
    assert files_of(other) == {}


def test_a_restore_that_fails_half_way_leaves_nothing(
    store: Store, other: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    backup(store, file, PASSPHRASE)
    from rom.store import restore as restoring

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring, "_bring_recording", full)
    with pytest.raises(RomError, match="Could not restore the backup: the disk is full"):
        restore(other, file, PASSPHRASE)
    assert not any(rows_of(other).values())
    assert files_of(other) == {}


def test_a_backup_is_of_one_moment(store: Store, plain: Store, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody comes and somebody goes while it is written: neither is there by halves."""
    goes, stays = measured(store, label="goes", mark=b"1"), measured(store, label="stays", mark=b"2")
    add_rows, done = backing_up._add_rows, threading.Event()

    def meanwhile(*words: object) -> int:
        def change() -> None:
            measured(store, label="comes", mark=b"3")
            done.set()

        thread = threading.Thread(target=change)
        thread.start()
        thread.join()
        return add_rows(*words)  # type: ignore[arg-type]

    add_medium, erased = backing_up._add_medium, threading.Event()

    def erase_first(*words: object) -> bool:
        if not erased.is_set():
            erase_person(store, goes.person)
            erased.set()
        return add_medium(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(backing_up, "_add_rows", meanwhile)
    monkeypatch.setattr(backing_up, "_add_medium", erase_first)
    counted = backup(store, file, PASSPHRASE)
    assert done.is_set()
    assert erased.is_set()
    assert counted.missing == 0
    restore(plain, file, PASSPHRASE)
    assert {row["label"] for row in rows_of(plain)["people"]} == {"goes", "stays"}
    assert check(plain, settled_s=0) == (), "no row points at a file that was erased"
    assert {row["exam_id"] for row in rows_of(plain)["exam_media"]} == {stays.exam}


def test_a_recording_that_is_measured_meanwhile_is_still_in_the_backup(
    store: Store, plain: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    names = {path.name for path in store.incoming.iterdir()}
    add_rows = backing_up._add_rows

    def measured_meanwhile(*words: object) -> int:
        for path in store.incoming.iterdir():
            path.unlink()
        return add_rows(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(backing_up, "_add_rows", measured_meanwhile)
    backup(store, file, PASSPHRASE)
    restore(plain, file, PASSPHRASE)
    assert {path.name for path in plain.incoming.iterdir()} == names


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_a_broken_file_of_the_store_is_counted_and_left_out(
    store: Store, plain: Store, file: Path, harm: str
) -> None:
    known = measured(store)
    with store.session() as session:
        row = session.query(MediumRow).filter_by(suffix=".jpg").one()
    path = path_of(store, row.sha256)
    path.unlink() if harm == "gone" else path.write_bytes(b"damaged")
    assert backup(store, file, PASSPHRASE).missing == 1
    restore(plain, file, PASSPHRASE)
    assert check(plain, settled_s=0) == ()
    assert {row["role"] for row in rows_of(plain)["exam_media"]} == {"original", "overlay", "landmarks"}
    assert known.person


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    store: Store,
    other: Store,
    file: Path,
    later: Callable[[bool], None],
) -> None:
    fill(store)
    backup(store, file, PASSPHRASE)
    later(True)
    migrating.bring_up(other.engine.url)
    restore(other, file, PASSPHRASE)
    assert rows_of(other) == rows_of(store)
    with other.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM people WHERE hair = 'none'")).scalar() == 2


def test_a_backup_of_a_later_version_is_refused(
    store: Store,
    plain: Store,
    file: Path,
    later: Callable[[bool], None],
) -> None:
    later(True)
    migrating.bring_up(store.engine.url)
    fill(store)
    backup(store, file, PASSPHRASE)
    later(False)
    with pytest.raises(UsageError, match="install the newest rom"):
        restore(plain, file, PASSPHRASE)
    assert not any(rows_of(plain).values())


def test_accounts_and_the_log_come_back_and_sign_ins_do_not(store: Store, other: Store, file: Path) -> None:
    def log(at: Store, action: str) -> None:
        with at.session() as session, session.begin():
            note(session, Doer("t", "theo") if action == "first" else Doer(), action)

    with store.session() as session, session.begin():
        session.add(AccountRow(id="t", name="theo", role=THERAPIST, password_hash="hash"))
        session.flush()
        session.add_all([SignInRow(sha256="token", account_id="t"), AttemptRow(key="key", failures=3)])
    log(store, "first")
    log(store, "second")
    backup(store, file, PASSPHRASE)
    restore(other, file, PASSPHRASE)
    log(other, "third")
    back = rows_of(other)
    assert [row["name"] for row in back["accounts"]] == ["theo"]
    assert [(row["id"], row["action"], row["who"]) for row in back["audit"]] == [
        (1, "first", "theo"),
        (2, "second", ""),
        (3, "third", ""),
    ]
    assert (back["sign_ins"], back["sign_in_attempts"]) == ([], [])
