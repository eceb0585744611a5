"""A full disk is told in one sentence, and nothing is broken."""

import errno
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from rom.errors import RomError
from rom.store import Store, open_store, sealed
from rom.store.backup import backup
from rom.store.check import check
from rom.store.export import export_person
from rom.store.media import put
from rom.store.results import keep_result
from rom.store.trouble import told
from tests.store.filled import DOCUMENT, files_of, measured, recorded, rows_of, scratch

ROOT = Path(__file__).parents[2]
SENTENCE = (
    r"^Could not {doing}: the (database's )?disk (is full|could not be written)\. Nothing was changed; make room"
)


def full_after(monkeypatch: pytest.MonkeyPatch, flushes: int) -> None:
    """The disk is full at the flush after so many."""
    fsync, done = os.fsync, []

    def limited(handle: int) -> None:
        done.append(handle)
        if len(done) > flushes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", limited)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "SCRYPT_N", 2**4)  # what guessing costs is tried elsewhere


@pytest.mark.parametrize("flushes", [0, 1, 4, 9])
def test_a_result_that_does_not_fit_is_not_kept_and_can_be_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, flushes: int
) -> None:
    known = recorded(store)
    kept = scratch(store, known)
    before = rows_of(store), files_of(store)
    with monkeypatch.context() as patch:
        full_after(patch, flushes)
        with pytest.raises(RomError, match=SENTENCE.format(doing="keep the (file|result)")):
            keep_result(store, known.exam, DOCUMENT, kept, keep_original=True, keep_until=None)
    rows, left = rows_of(store), files_of(store)
    assert rows == before[0]
    assert {*before[1].items()} <= {*left.items()}, "what it needs to be tried again"
    assert len(left) - len(before[1]) <= 1, "a file whose name may not be on the disk yet: no row points at it"
    assert {flaw.kind for flaw in check(store, settled_s=0)} <= {"orphan"}
    keep_result(store, known.exam, DOCUMENT, kept, keep_original=True, keep_until=None)
    assert check(store, settled_s=0) == ()


def test_a_file_a_backup_and_an_export_that_do_not_fit_leave_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = measured(store)
    before = rows_of(store), files_of(store)
    full_after(monkeypatch, 0)
    tries: dict[str, Callable[[], object]] = {
        "keep the file": lambda: put(store, b"x", ".jpg"),
        "write the backup": lambda: backup(store, tmp_path / "rom.backup", "correct horse"),
        "write the export": lambda: export_person(store, known.person, tmp_path / "x.zip"),
    }
    for doing, work in tries.items():
        with pytest.raises(RomError, match=SENTENCE.format(doing=doing)):
            work()
    assert (rows_of(store), files_of(store)) == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".part", ".backup", ".zip")] == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from rom.errors import RomError
from rom.store import open_store, sealed
from rom.store.backup import backup
from rom.store.media import put
from rom.store.results import keep_result
sealed.SCRYPT_N = 2**4
folder, what, exam, most = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
with open_store(folder=folder) as store:
    scratch = store.work / "x"
    scratch.mkdir()
    (scratch / "x.mp4").write_bytes(bytes(1000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        if what == "put":
            put(store, bytes(most + 1), ".mp4")
        elif what == "backup":
            backup(store, folder.parent / "rom.backup", "correct horse")
        else:  # the media fit, the row does not
            document = {"text": "x" * 2 * most}
            keep_result(store, exam, document, {"overlay": scratch / "x.mp4"}, keep_original=True, keep_until=None)
    except RomError as error:
        print(error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system does not limit the size of files")
@pytest.mark.parametrize(
    ("what", "doing"),
    [("put", "keep the file"), ("backup", "write the backup"), ("keep", "keep the result")],
)
def test_a_real_limit_of_the_system_is_told(tmp_path: Path, what: str, doing: str) -> None:
    """The system itself refuses to write on: in a file of ours, and in SQLite's own."""
    folder = tmp_path / "store"
    with open_store(folder=folder) as store:
        measured(store, mark=os.urandom(300_000))
        known = recorded(store, label="Bob")
        before = rows_of(store)
    words: list[Any] = [sys.executable, "-W", "error", "-c", LIMITED, folder, what, known.exam, 250_000]
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.match(SENTENCE.format(doing=doing), done.stdout), done.stdout
    assert not (tmp_path / "rom.backup").exists()
    with open_store(folder=folder) as store:
        assert rows_of(store) == before
        assert {flaw.kind for flaw in check(store, settled_s=0)} == {"left"}, "the scratch file, to be tried again"
        assert (store.incoming / f"{known.exam}.webm").exists()


class FakeError(Exception):
    """An error as a driver raises it."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        for name, value in values.items():
            setattr(self, name, value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FakeError("database or disk is full", sqlite_errorcode=13), "the database's disk is full"),
        (FakeError("could not extend file", sqlstate="53100"), "the database's disk is full"),
        (FakeError("disk I/O error", sqlite_errorcode=10 | 3 << 8), "the database's disk could not be written"),
        (FakeError("database is locked", sqlite_errorcode=5), "another program has held the database"),
        (FakeError("server closed\nDETAIL: Ada", sqlstate="57P01"), "the database says 'server closed'"),
    ],
)
def test_what_a_database_says_is_told_without_names(error: FakeError, said: str) -> None:
    with pytest.raises(RomError, match=rf"^Could not x: {said}") as caught, told("x"):
        raise OperationalError("INSERT", {"label": "Ada"}, error)
    assert "Ada" not in str(caught.value)
