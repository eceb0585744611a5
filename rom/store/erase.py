"""Taking away: a person, everything, or what has been kept for as long as it was meant to be.

Rows go first, and then files. Nothing of what was erased stays in the database's file: deleted content is
overwritten, the write-ahead log is emptied, the file is made anew. Backups that were made before, and what the disk
itself keeps of a deleted file, are out of reach: the operating system's encryption is the answer to the second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from rom.errors import RomError, UsageError
from rom.store.clinic import ARRIVING, REFUSED, UploadRow
from rom.store.database import alone, is_sqlite
from rom.store.exams import arrived
from rom.store.files import remove
from rom.store.media import drop_unneeded, remove_files
from rom.store.store import Store
from rom.store.tables import (
    FAILED,
    MEASURED,
    RUNNING,
    WAITING,
    Base,
    DraftRow,
    ExamMediumRow,
    ExamRow,
    JobRow,
    PersonRow,
)
from rom.store.trouble import told

#: An unfinished way through the app is kept so long: long enough to come back to it, our choice.
DRAFT_DAYS = 7
#: A recording that could not be measured is kept so long, to be tried again: our choice.
INCOMING_DAYS = 14
#: An upload that broke off may go on for so long, and a refused one is told of: our choice.
UPLOAD_DAYS = 7


@dataclass(frozen=True, slots=True)
class Expired:
    """How much was taken away because its time was over."""

    media: int
    drafts: int
    recordings: int
    uploads: int = 0


def erase_person(store: Store, person_id: str) -> None:
    """Erase somebody: their rows, files, recordings, unfinished ways, and what the database's file held of them."""
    with told("erase the person"):
        with store.session() as session, session.begin():
            alone(session)
            row = session.get(PersonRow, person_id)
            if row is None:
                raise UsageError(f"Expected the ID of somebody in the store, but there is no '{person_id}'.")
            scratch = _scratch(store, session, row)
            for draft in drafts_of(session, row):
                session.delete(draft)
            session.execute(delete(PersonRow).where(PersonRow.id == person_id))
            media = drop_unneeded(session)
        remove(*scratch)
        remove_files(store, media)
        make_anew(store)


def erase_exam(store: Store, exam_id: str) -> None:
    """Erase one examination: its rows, files and recording; nothing where it is gone already."""
    with told("erase the examination"):
        with store.session() as session, session.begin():
            jobs = session.scalars(select(JobRow.id).where(JobRow.exam_id == exam_id))
            scratch = [*arrived(store, exam_id), *(store.work / job for job in jobs)]
            session.execute(delete(ExamRow).where(ExamRow.id == exam_id))
            media = drop_unneeded(session)
        remove(*scratch)
        remove_files(store, media)
        make_anew(store)


def erase_all(store: Store) -> None:
    """Erase everybody and everything, the choices too; an empty store is left."""
    with told("erase the store"):
        with store.session() as session, session.begin():
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())
        for folder in (store.media, store.incoming, store.work):
            remove(*folder.iterdir())
        make_anew(store)


def expire(store: Store, today: date) -> Expired:
    """Take away what has been kept for as long as it was meant to be; called once a day, and at the start.

    Media on the day of their `keep_until`; drafts after `DRAFT_DAYS`; uploads that broke off after `UPLOAD_DAYS`;
    recordings that wait for no job after `INCOMING_DAYS`, and their examination then says why it has no result.
    """
    with told("take away what is old"):
        with store.session() as session, session.begin():
            alone(session)
            old = delete(ExamMediumRow).where(ExamMediumRow.keep_until <= today).returning(ExamMediumRow.role)
            media = len(session.scalars(old).all())
            before = datetime.combine(today - timedelta(days=DRAFT_DAYS), time(), UTC)
            stale = delete(DraftRow).where(DraftRow.updated < before).returning(DraftRow.id)
            drafts = len(session.scalars(stale).all())
            uploads = _expired_uploads(session, today)
            recordings = _expired_recordings(store, session, today)
            unneeded = drop_unneeded(session)
        remove(*recordings, *(path for upload in uploads for path in arrived(store, upload)))
        remove_files(store, unneeded)
    return Expired(media, drafts, len(recordings), len(uploads))


def drafts_of(session: Session, person: PersonRow) -> list[DraftRow]:
    """The unfinished ways of somebody: those that name them or one of their examinations."""
    exams = session.scalars(select(ExamRow.id).where(ExamRow.person_id == person.id))
    names = {person.id, *exams}
    return [row for row in session.scalars(select(DraftRow)) if names & set(_words(row.answers))]


def make_anew(store: Store) -> None:
    """Write the database anew, so that nothing deleted is left in its files."""
    if not is_sqlite(store.engine):
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in Base.metadata.sorted_tables:
                connection.execute(text(f"VACUUM FULL {table.name}"))
        return
    raw = store.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = [row[0] for row in cursor.fetchall()] != [0]
    finally:
        raw.close()
    if busy:
        raise RomError(
            "The rows and files are erased, but another program is reading the database, and its log may still "
            "hold what was in them; end that program and run 'rom store check --repair'."
        )


def _scratch(store: Store, session: Session, person: PersonRow) -> list[Path]:
    """Recordings on their way, and folders of jobs, of somebody."""
    exams = [*session.scalars(select(ExamRow.id).where(ExamRow.person_id == person.id))]
    uploads = [*session.scalars(select(UploadRow.id).where(UploadRow.person_id == person.id))]
    jobs = session.scalars(select(JobRow.id).where(JobRow.exam_id.in_(exams)))
    return [path for one in (*exams, *uploads) for path in arrived(store, one)] + [store.work / job for job in jobs]


def _expired_uploads(session: Session, today: date) -> list[str]:
    """Uploads that nobody went on with, and what was told of refused ones; their IDs."""
    before = datetime.combine(today - timedelta(days=UPLOAD_DAYS), time(), UTC)
    over = UploadRow.state.in_((ARRIVING, REFUSED)), UploadRow.updated < before
    return [*session.scalars(delete(UploadRow).where(*over).returning(UploadRow.id))]


def _expired_recordings(store: Store, session: Session, today: date) -> list[Path]:
    """Recordings that nobody waits for any more; their examinations say so."""
    gone = []
    for path in store.incoming.iterdir():
        name = path.name.split(".")[0]
        exam = session.get(ExamRow, name)
        if session.get(UploadRow, name) is not None:
            continue
        wanted = exam is not None and any(job.state in (WAITING, RUNNING) for job in exam.jobs)
        filmed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
        if wanted or (today - filmed).days < INCOMING_DAYS:
            continue
        gone.append(path)
        if exam is not None and exam.state != MEASURED:
            exam.state = FAILED
            exam.reason = f"{exam.reason} Its recording was taken away after {INCOMING_DAYS} days.".strip()
    return gone


def _words(value: object) -> Iterable[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (word for part in value.values() for word in _words(part))
    elif isinstance(value, list):
        yield from (word for part in value for word in _words(part))
