"""Everything that is held about a person, in one ZIP that can be read without rom."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from rom.errors import UsageError
from rom.store.clinic import AccountRow, AuditRow, CareRow, CorrectionRow, NoteRow, ReportRow, UploadRow
from rom.store.erase import drafts_of
from rom.store.exams import arrived
from rom.store.files import PIECE_BYTES, write_whole
from rom.store.media import shelved
from rom.store.readings import readings_of
from rom.store.reports import reports_of
from rom.store.store import Store
from rom.store.tables import Base, ExamRow, PersonRow
from rom.store.trouble import told

#: What is nobody's to take along, not even the person's own: it lets whoever has it try passwords.
SECRET = ("password_hash",)


def export_person(store: Store, person_id: str, path: Path) -> int:
    """Write everything that is held about somebody (`person_zip`) to a file; how many examinations.

    Raises
    ------
    UsageError : there is nobody of that ID, or the file is there already.
    RomError : the disk is full, or the database does not answer; no file is left.
    """
    if path.exists():
        raise UsageError(f"Expected the name of a new file, but '{path.name}' is there already; name another.")
    with told("write the export"):
        pieces = person_zip(store, person_id)

        def write(file: BinaryIO) -> str:
            for piece in pieces:
                file.write(piece)
            return path.name

        write_whole(path.parent, write)
    with store.session() as session:
        return len(session.scalars(_exams(person_id).with_only_columns(ExamRow.id)).all())


def person_zip(store: Store, person_id: str) -> Iterator[bytes]:
    """Everything that is held about somebody, piece by piece as a ZIP: no file is made, little memory is used.

    ``person.json`` is their row, beside it their notes, unfinished ways, uploads, account, who cares for them, and
    what the audit log says was done. Each examination has a folder with ``exam.json`` (what was said, done,
    corrected and read with a goniometer), ``examination.json`` (what was measured), ``automatic.json`` (before it
    was corrected) and its files; each signed report one with ``report.json`` and its files. Files that are not
    there any more are named by ``missing.json``.

    Raises
    ------
    UsageError : there is nobody of that ID; raised at once, not when the first piece is asked for.
    """
    with store.session() as session:
        if session.get(PersonRow, person_id) is None:
            raise UsageError(f"Expected the ID of somebody in the store, but there is no '{person_id}'.")
    return _zipped(store, person_id)


def _zipped(store: Store, person_id: str) -> Iterator[bytes]:
    """The ZIP; one examination is in memory at a time."""
    out = _Outgoing()
    with (
        told("write the export"),
        store.session() as session,
        zipfile.ZipFile(cast("BinaryIO", out), "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        person = session.get_one(PersonRow, person_id)
        for name, held in _texts(session, person):
            archive.writestr(name, json.dumps(held, indent=2, ensure_ascii=False, default=_as_text))
            yield out.taken()
        missing = []
        for name, source in _files(store, session, person_id):
            try:
                for _ in _put(archive, name, source):
                    yield out.taken()
            except FileNotFoundError:  # erased a moment ago, or lost: the rest is theirs all the same
                missing.append(name)
        if missing:
            archive.writestr("missing.json", json.dumps(missing, indent=2, ensure_ascii=False))
    yield out.taken()


def _put(archive: zipfile.ZipFile, name: str, source: Path) -> Iterator[None]:
    """Put a file into the archive as it is, in pieces."""
    info = zipfile.ZipInfo.from_file(source, name, strict_timestamps=False)
    with source.open("rb") as file, archive.open(info, "w") as member:
        while piece := file.read(PIECE_BYTES):
            member.write(piece)
            yield
    yield


class _Outgoing(RawIOBase):
    """What was written since it was last taken; a ZIP that cannot go back puts its sums behind each file."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Hold it until it is taken."""
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        """What is held, which then goes."""
        data = bytes(self._held)
        self._held.clear()
        return data


def _texts(session: Session, person: PersonRow) -> Iterator[tuple[str, Any]]:
    """What is held in rows, by the name in the ZIP."""
    yield "person.json", _values(person)
    yield "drafts.json", [_values(draft) for draft in drafts_of(session, person)]
    for name, table in (("notes", NoteRow), ("uploads", UploadRow), ("account", AccountRow), ("care", CareRow)):
        own = session.scalars(select(table).where(table.person_id == person.id))
        yield f"{name}.json", [_values(row) for row in own]
    about = [person.id, *session.scalars(_exams(person.id).with_only_columns(ExamRow.id))]
    for exam_id in about[1:]:
        exam = session.get_one(ExamRow, exam_id)
        yield from _of_exam(session, exam)
        session.expunge(exam)  # the next one takes its room
    for report in reports_of(session, person.id):
        about.append(report.id)
        yield (
            f"{_report_folder(report)}/report.json",
            _values(report) | {"files": [_values(f) for f in report.files]},
        )
    log = session.scalars(select(AuditRow).where(AuditRow.about_id.in_(about)).order_by(AuditRow.id))
    yield "audit.json", [_values(row) for row in log]


def _of_exam(session: Session, exam: ExamRow) -> Iterator[tuple[str, Any]]:
    """What is held of an examination."""
    held = _values(exam)
    document, automatic = held.pop("document"), held.pop("automatic")
    corrections = session.scalars(
        select(CorrectionRow).where(CorrectionRow.exam_id == exam.id).order_by(CorrectionRow.created)
    )
    beside = {
        "jobs": [_values(job) for job in exam.jobs],
        "media": [_values(medium) for medium in exam.media],
        "corrections": [_values(row) for row in corrections],
        "readings": [_values(row) for row in readings_of(session, exam.id)],
    }
    yield f"{_folder(exam)}/exam.json", held | beside
    yield f"{_folder(exam)}/examination.json", document
    if automatic is not None:
        yield f"{_folder(exam)}/automatic.json", automatic


def _files(store: Store, session: Session, person_id: str) -> Iterator[tuple[str, Path]]:
    """Files, by the name in the ZIP."""
    for exam in session.scalars(_exams(person_id).options(defer(ExamRow.document), defer(ExamRow.automatic))):
        for row in exam.media:
            yield f"{_folder(exam)}/{row.role}{row.medium.suffix}", shelved(store, row.sha256, row.medium.suffix)
        for path in arrived(store, exam.id):
            yield f"{_folder(exam)}/recording{''.join(path.suffixes)}", path
    for report in reports_of(session, person_id):
        for file in report.files:
            name = f"{_report_folder(report)}/{file.role}{file.medium.suffix}"
            yield name, shelved(store, file.sha256, file.medium.suffix)


def _exams(person_id: str) -> Select[ExamRow]:
    """Somebody's examinations, the first one first."""
    own = select(ExamRow).where(ExamRow.person_id == person_id)
    return own.order_by(ExamRow.recorded_on, ExamRow.created, ExamRow.id)


def _folder(exam: ExamRow) -> str:
    """The folder of an examination."""
    return f"exams/{exam.recorded_on.isoformat()} {exam.protocol} {exam.side} {exam.id}"


def _report_folder(report: ReportRow) -> str:
    """The folder of a report."""
    return f"reports/{report.day.isoformat()} version {report.version}"


def _values(row: Base) -> dict[str, Any]:
    """All columns of a row, secrets apart."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in SECRET}


def _as_text(value: date | datetime) -> str:
    """A day or a moment."""
    return value.isoformat()
