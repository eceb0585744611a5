"""What is wrong is found, and mended where it can be."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rom.errors import RomError
from rom.store import Store, open_store
from rom.store.check import check
from rom.store.erase import make_anew
from rom.store.jobs import fail, finish
from rom.store.media import path_of, put
from rom.store.tables import MEASURED, RECORDED, RECORDING, ExamMediumRow, ExamRow, JobRow
from tests.store.filled import files_of, fill, measured, recorded, rows_of

#: SQLite's default.
PAGE_BYTES = 4096

Harm = Callable[[Store], object]


def overlay(store: Store) -> Path:
    with store.session() as session:
        return path_of(store, session.query(ExamMediumRow).filter_by(role="overlay").one().sha256)


def set_state(store: Store, state: str, *, jobs: bool) -> None:
    """The examination that waits is in this state, with or without its job."""
    with store.session() as session, session.begin():
        exam = session.query(ExamRow).filter(ExamRow.state == RECORDED).one()
        exam.state = state
        if not jobs:
            exam.jobs.clear()


def grow(store: Store, state: str) -> None:
    set_state(store, state, jobs=False)
    path = next(store.incoming.iterdir())
    path.rename(path.with_name(path.name + ".part"))


def end_job(store: Store) -> None:
    with store.session() as session, session.begin():
        job = session.query(JobRow).filter_by(state="running").one()
        folder = store.work / job.id
        folder.mkdir()
        (folder / "x").write_bytes(b"x")
        finish(session, job.id)


HARMS: dict[str, tuple[str, Harm]] = {
    "file gone": ("missing", lambda store: overlay(store).unlink()),
    "file longer": ("altered", lambda store: overlay(store).write_bytes(b"something longer")),
    "one letter": ("altered", lambda store: overlay(store).write_bytes(b"overlaY")),
    "no row": ("orphan", lambda store: put(store, b"nobody's", ".jpg")),
    "half put": ("half", lambda store: (store.media / ".1234.part").write_bytes(b"ha")),
    "stranger": ("left", lambda store: (store.incoming / "token.webm").write_bytes(b"x")),
    "measured": ("left", lambda store: set_state(store, MEASURED, jobs=False)),
    "half recording": ("half", lambda store: grow(store, RECORDED)),
    "no job": ("forgotten", lambda store: set_state(store, RECORDED, jobs=False)),
    "renamed, then cut": ("forgotten", lambda store: set_state(store, RECORDING, jobs=False)),
    "job's folder": ("left", end_job),
    "nobody's folder": ("left", lambda store: (store.work / "none").mkdir()),
}


def test_a_store_in_use_has_no_flaw(store: Store) -> None:
    fill(store)
    assert check(store, settled_s=0) == ()


def test_a_recording_that_grows_is_no_flaw(store: Store) -> None:
    fill(store)
    grow(store, RECORDING)
    assert check(store, repair=True, settled_s=0) == ()
    assert len([*store.incoming.iterdir()]) == 1


@pytest.mark.parametrize("name", HARMS)
def test_harm_is_found_and_mended(store: Store, name: str) -> None:
    kind, harm = HARMS[name]
    fill(store)
    harm(store)
    full = rows_of(store)
    (flaw,) = check(store, settled_s=0)
    assert (flaw.kind, flaw.repaired) == (kind, False)
    assert rows_of(store) == full, "looking changes nothing"
    (mended,) = check(store, repair=True, settled_s=0)
    assert (mended.kind, mended.repaired) == (kind, True)
    assert check(store, settled_s=0) == ()
    assert rows_of(store)["people"] == full["people"]
    documents = [row["document"] for row in rows_of(store)["exams"]]
    assert documents == [row["document"] for row in full["exams"]], "numbers stay"


def test_a_bad_file_goes_with_its_row_and_no_other(store: Store) -> None:
    known = measured(store)
    overlay(store).write_bytes(b"overlaY")
    check(store, repair=True)
    with store.session() as session:
        kept = {row.role for row in session.get_one(ExamRow, known.exam).media}
    assert kept == {"original", "landmarks", "peak_dorsiflexion"}
    assert len(files_of(store)) == 3


def test_a_forgotten_recording_gets_its_job(store: Store) -> None:
    fill(store)
    set_state(store, RECORDING, jobs=False)
    check(store, repair=True, settled_s=0)
    with store.session() as session:
        exam = session.query(ExamRow).filter(ExamRow.state == RECORDED).one()
        assert [(job.kind, job.state) for job in exam.jobs] == [("measure", "waiting")]


def test_a_recording_that_failed_is_kept_to_be_tried_again(store: Store) -> None:
    known = recorded(store)
    with store.session() as session, session.begin():
        fail(session, known.job, "Too dark.")
    assert check(store, repair=True, settled_s=0) == ()
    assert len(files_of(store)) == 1


def test_what_was_written_a_moment_ago_is_left_alone(store: Store) -> None:
    put(store, b"on its way", ".jpg")
    assert check(store, repair=True) == ()
    (name,) = files_of(store)
    long_ago = time.time() - 3601
    os.utime(store.folder / name, (long_ago, long_ago))
    assert [flaw.kind for flaw in check(store, repair=True)] == ["orphan"]
    assert files_of(store) == {}


def test_with_the_disk_of_the_files_gone_no_row_is_let_go(store: Store) -> None:
    fill(store)
    full = rows_of(store)
    away = store.folder / "away"
    store.media.rename(away)
    store.media.mkdir()
    flaws = check(store, repair=True)
    assert {(flaw.kind, flaw.repaired) for flaw in flaws} == {("missing", False)}
    assert all("connect the disk" in flaw.message for flaw in flaws)
    assert rows_of(store) == full
    shutil.rmtree(store.media)
    away.rename(store.media)
    assert check(store) == ()


def test_a_damaged_sqlite_file_is_told(tmp_path: Path) -> None:
    with open_store(folder=tmp_path) as store:
        for number in range(200):
            recorded(store, label=f"{number} " + "x" * 150)
        make_anew(store)
    file = tmp_path / "rom.sqlite"
    content = bytearray(file.read_bytes())
    page = content.find(b"100 xxxx") // PAGE_BYTES * PAGE_BYTES
    content[page : page + 100] = bytes(100)  # its header, and where its rows are
    file.write_bytes(content)
    with open_store(folder=tmp_path) as store:
        flaws = check(store, repair=True)
    assert {(flaw.kind, flaw.repaired) for flaw in flaws} == {("database", False)}
    file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(RomError, match=r"its file is damaged. Move it away, and restore the last backup\."):
        open_store(folder=tmp_path)
