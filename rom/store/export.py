"""Everything that is held about a person, in one ZIP that can be read without rom."""

import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.store.clinic import CorrectionRow, NoteRow, ReadingRow, ReportRow, UploadRow
from rom.store.erase import drafts_of
from rom.store.exams import arrived, exams_of
from rom.store.files import write_whole
from rom.store.media import shelved
from rom.store.store import Store
from rom.store.tables import Base, ExamRow, PersonRow
from rom.store.trouble import told


def export_person(store: Store, person_id: str, path: Path) -> int:
    """Write everything that is held about somebody; how many examinations.

    ``person.json`` is their row, ``drafts.json`` their unfinished ways, ``notes.json`` what was written down about
    them, ``uploads.json`` what was sent; each examination has a folder with ``exam.json`` (what was said, done,
    corrected and read by hand), ``examination.json`` (what was measured) and its files; each report has one with
    ``report.json`` and its files.

    Raises
    ------
    UsageError : there is nobody of that ID, or the file is there already.
    RomError : the disk is full, or the database does not answer; no file is left.
    """
    if path.exists():
        raise UsageError(f"Expected the name of a new file, but '{path.name}' is there already; name another.")
    with told("write the export"), store.session() as session:
        person = session.get(PersonRow, person_id)
        if person is None:
            raise UsageError(f"Expected the ID of somebody in the store, but there is no '{person_id}'.")
        exams, reports = exams_of(session, person_id), _own(session, ReportRow, person_id)

        def write(file: BinaryIO) -> str:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, held in _texts(session, person, exams, reports):
                    archive.writestr(name, json.dumps(held, indent=2, ensure_ascii=False, default=_as_text))
                for name, source in (*_files(store, exams), *_report_files(store, reports)):
                    archive.write(source, name, zipfile.ZIP_STORED)
            return path.name

        write_whole(path.parent, write)
    return len(exams)


def _texts(
    session: Session, person: PersonRow, exams: list[ExamRow], reports: Sequence[ReportRow]
) -> Iterator[tuple[str, Any]]:
    """What is held in rows, by the name in the ZIP."""
    yield "person.json", _values(person)
    yield "drafts.json", [_values(draft) for draft in drafts_of(session, person)]
    yield "notes.json", [_values(row) for row in _own(session, NoteRow, person.id)]
    yield "uploads.json", [_values(row) for row in _own(session, UploadRow, person.id)]
    for report in reports:
        media = [_values(medium) for medium in report.files]
        yield f"{_report_folder(report)}/report.json", _values(report) | {"media": media}
    for exam in exams:
        held = _values(exam)
        document = held.pop("document")
        jobs = [_values(job) for job in exam.jobs]
        media = [_values(medium) for medium in exam.media]
        by_hand = {
            name: [_values(row) for row in session.scalars(select(table).where(table.exam_id == exam.id))]
            for name, table in (("corrections", CorrectionRow), ("readings", ReadingRow))
        }
        yield f"{_folder(exam)}/exam.json", held | {"jobs": jobs, "media": media} | by_hand
        yield f"{_folder(exam)}/examination.json", document


def _files(store: Store, exams: list[ExamRow]) -> Iterator[tuple[str, Path]]:
    """Files, by the name in the ZIP."""
    for exam in exams:
        for row in exam.media:
            yield f"{_folder(exam)}/{row.role}{row.medium.suffix}", shelved(store, row.sha256, row.medium.suffix)
        for path in arrived(store, exam.id):
            yield f"{_folder(exam)}/recording{''.join(path.suffixes)}", path


def _report_files(store: Store, reports: Sequence[ReportRow]) -> Iterator[tuple[str, Path]]:
    """Files of reports, by the name in the ZIP."""
    for report in reports:
        for row in report.files:
            name = f"{_report_folder(report)}/{row.role}{row.medium.suffix}"
            yield name, shelved(store, row.sha256, row.medium.suffix)


def _own(session: Session, table: type[NoteRow | UploadRow | ReportRow], person_id: str) -> list[Any]:
    """Rows of a table that are about somebody, in the order in which they were made."""
    return [*session.scalars(select(table).where(table.person_id == person_id).order_by(table.created, table.id))]


def _report_folder(report: ReportRow) -> str:
    """The folder of a version of a report."""
    return f"reports/{report.day.isoformat()} version {report.version}"


def _folder(exam: ExamRow) -> str:
    """The folder of an examination."""
    return f"exams/{exam.recorded_on.isoformat()} {exam.protocol} {exam.side} {exam.id}"


def _values(row: Base) -> dict[str, Any]:
    """All columns of a row."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _as_text(value: date | datetime) -> str:
    """A day or a moment."""
    return value.isoformat()
