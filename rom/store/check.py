"""Whether the database and the files beside it still say the same, and what can be mended where they do not."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from rom.store.clinic import ARRIVING, ReportMediumRow, UploadRow
from rom.store.database import alone, is_sqlite
from rom.store.erase import make_anew
from rom.store.files import PART, remove
from rom.store.jobs import MEASURE, add_job
from rom.store.media import drop_unneeded, hash_of, needed, shelved
from rom.store.store import Store
from rom.store.tables import (
    MEASURED,
    RECORDED,
    RECORDING,
    RUNNING,
    WAITING,
    ExamMediumRow,
    ExamRow,
    JobRow,
    MediumRow,
)
from rom.store.trouble import is_damage, told

#: What was written to within this time may still be on its way: longer than an upload pauses, our choice.
SETTLED_S = 3600.0
#: So much of a file's name is shown.
NAME_LETTERS = 24


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it should be.

    Attributes
    ----------
    kind : "database", "missing", "altered", "orphan", "half", "left", "forgotten".
    name : of what, without a folder.
    message : one sentence: what is wrong.
    repaired : whether it was mended.
    """

    kind: str
    name: str
    message: str
    repaired: bool = False


def check(store: Store, *, repair: bool = False, settled_s: float = SETTLED_S) -> tuple[Flaw, ...]:
    """Look through the whole store, every file read; with `repair` mend what can be.

    Safe while the store is in use: files that were written to within `settled_s` are left alone, and repairs are
    made under the same lock as writes.

    * "database": the database's own check of itself (SQLite). Not mended, and nothing else is looked at.
    * "missing", "altered": a file that a row points at is not there, or is not what it was. Mended: its rows go,
      the numbers of the examination stay. Not mended where not one file is there: the disk is not connected then.
    * "orphan", "half": a file that no examination and no report has, or that is not whole. Mended: taken away.
    * "left": recordings and folders of jobs that nobody needs any more. Mended: taken away. An upload that broke
      off and may still go on is needed.
    * "forgotten": a whole recording that no job was ever made for. Mended: the job is made.
    """
    with told("check the store"):
        if damaged := (*_database(store),):
            return damaged  # what its rows say is not to be acted on
        flaws = (
            *_rows(store, repair),
            *_files(store, repair, settled_s),
            *_recordings(store, repair, settled_s),
            *_work(store, repair, settled_s),
        )
        if repair:
            make_anew(store)
    return flaws


def _database(store: Store) -> Iterator[Flaw]:
    """The database's own check of itself."""
    if not is_sqlite(store.engine):
        return  # a server looks after its own files
    try:
        with store.engine.connect() as connection:
            found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            if found == ["ok"]:
                torn = connection.exec_driver_sql("PRAGMA foreign_key_check")
                found = [f"rows of {row[0]} belong to nothing" for row in torn]
    except DatabaseError as error:  # too damaged to be looked through
        if not is_damage(error):
            raise
        found = [str(error.orig)]
    for what in found:
        yield Flaw("database", "database", f"the database is damaged ({what}); restore the last backup")


def _rows(store: Store, repair: bool) -> Iterator[Flaw]:
    """Files that rows point at."""
    with store.session() as session:
        rows = [*session.scalars(select(MediumRow))]
    bad = [(row, kind) for row in rows if (kind := _state_of(store, row))]
    connected = any(path.is_file() for path in store.media.rglob("*"))
    for row, kind in bad:
        name = f"{row.sha256[:NAME_LETTERS]}{row.suffix}"
        what = {"missing": "is not there", "altered": "is not what it was"}[kind]
        if connected and repair:
            _let_go(store, row)
        advice = "a backup may have it" if connected else "nor is any other; connect the disk, or restore a backup"
        yield Flaw(kind, name, f"the file {name} {what}; {advice}", connected and repair)


def _state_of(store: Store, row: MediumRow) -> str:
    """What is wrong with a row's file: "missing", "altered", or nothing."""
    path = shelved(store, row.sha256, row.suffix)
    if path.exists():
        return "" if path.stat().st_size == row.size and hash_of(path) == row.sha256 else "altered"
    with store.session() as session:  # it may have been erased while we looked
        return "missing" if session.get(MediumRow, row.sha256) else ""


def _let_go(store: Store, row: MediumRow) -> None:
    """Let the rows of a bad file go, then the file."""
    with store.session() as session, session.begin():
        alone(session)
        if not _state_of(store, row):
            return  # it was put again
        for pointing in (ExamMediumRow, ReportMediumRow):
            session.execute(delete(pointing).where(pointing.sha256 == row.sha256))
        session.execute(delete(MediumRow).where(MediumRow.sha256 == row.sha256))
    _take(store, shelved(store, row.sha256, row.suffix))


def _files(store: Store, repair: bool, settled_s: float) -> Iterator[Flaw]:
    """Files of the media folder that no row points at."""
    with store.session() as session, session.begin():
        known = {*session.scalars(needed())}
        if repair:
            drop_unneeded(session)
    for path in sorted(store.media.rglob("*")):
        if path.is_dir() or path.name.split(".")[0] in known or not _settled(path, settled_s):
            continue
        kind, what = ("half", "is not whole") if path.suffix == PART else ("orphan", "belongs to nothing")
        if repair:
            _take(store, path)
        yield Flaw(kind, path.name, f"the file {path.name[:NAME_LETTERS]} {what}", repair)


def _take(store: Store, path: Path) -> None:
    """Take a file away, unless a row points at it when nobody else writes."""
    with store.session() as session, session.begin():
        alone(session)
        if session.get(MediumRow, path.name.split(".")[0]) is None:
            remove(path)


def _recordings(store: Store, repair: bool, settled_s: float) -> Iterator[Flaw]:
    """What stands in ``incoming``, against the states of the examinations."""
    for path in sorted(store.incoming.iterdir()):
        if not _settled(path, settled_s):
            continue
        with store.session() as session, session.begin():
            name = path.name.split(".")[0]
            upload = session.get(UploadRow, name)
            if upload is not None and upload.state == ARRIVING:
                continue  # it may go on for days; `rom.store.erase.expire` ends it
            exam = session.get(ExamRow, name)
            kind, what = _of_recording(exam, path)
            if repair and kind == "forgotten":
                _make_job(session, exam)
            elif repair and kind:
                remove(path)
        if kind:
            yield Flaw(kind, path.name, f"the recording {path.name[:NAME_LETTERS]} {what}", repair)


def _of_recording(exam: ExamRow | None, path: Path) -> tuple[str, str]:
    """What is wrong with a file in ``incoming``: a kind and words, or nothing."""
    if exam is None:
        return "left", "belongs to no examination"
    busy = any(job.state in (WAITING, RUNNING) for job in exam.jobs)
    if exam.state == MEASURED and not busy:
        return "left", "was measured"
    whole = path.suffix != PART
    if not whole and exam.state != RECORDING:
        return "half", "is not whole"
    if whole and exam.state in (RECORDING, RECORDED) and not exam.jobs:
        return "forgotten", "waits for no job"
    return "", ""


def _make_job(session: Session, exam: ExamRow | None) -> None:
    """The job that was never made."""
    assert exam is not None
    exam.state = RECORDED
    add_job(session, MEASURE, exam_id=exam.id)


def _work(store: Store, repair: bool, settled_s: float) -> Iterator[Flaw]:
    """Folders of jobs that do not run."""
    for path in sorted(store.work.iterdir()):
        with store.session() as session:
            job = session.get(JobRow, path.name)
        if (job is not None and job.state in (WAITING, RUNNING)) or not _settled(path, settled_s):
            continue
        if repair:
            remove(path)
        yield Flaw("left", path.name, f"the job {path.name[:NAME_LETTERS]} does not run and has files", repair)


def _settled(path: Path, settled_s: float) -> bool:
    """Whether nothing was written to it lately; what has just gone is nobody's business."""
    parts = (path, *path.rglob("*")) if path.is_dir() else (path,)
    try:
        newest = max(part.stat().st_mtime for part in parts)
    except FileNotFoundError:
        return False
    return time.time() - newest >= settled_s
