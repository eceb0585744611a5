"""Everything that is held about a person, in one ZIP that can be read without rom."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.store.erase import drafts_of
from rom.store.exams import arrived, exams_of
from rom.store.files import write_whole
from rom.store.media import shelved
from rom.store.store import Store
from rom.store.tables import Base, ExamRow, PersonRow
from rom.store.trouble import told


def export_person(store: Store, person_id: str, path: Path) -> int:
    """Write everything that is held about somebody; how many examinations.

    ``person.json`` is their row, ``drafts.json`` their unfinished ways; each examination has a folder with
    ``exam.json`` (what was said, what was done), ``examination.json`` (what was measured) and its files.

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
        exams = exams_of(session, person_id)

        def write(file: BinaryIO) -> str:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, held in _texts(session, person, exams):
                    archive.writestr(name, json.dumps(held, indent=2, ensure_ascii=False, default=_as_text))
                for name, source in _files(store, exams):
                    archive.write(source, name, zipfile.ZIP_STORED)
            return path.name

        write_whole(path.parent, write)
    return len(exams)


def _texts(session: Session, person: PersonRow, exams: list[ExamRow]) -> Iterator[tuple[str, Any]]:
    """What is held in rows, by the name in the ZIP."""
    yield "person.json", _values(person)
    yield "drafts.json", [_values(draft) for draft in drafts_of(session, person)]
    for exam in exams:
        held = _values(exam)
        document = held.pop("document")
        jobs = [_values(job) for job in exam.jobs]
        media = [_values(medium) for medium in exam.media]
        yield f"{_folder(exam)}/exam.json", held | {"jobs": jobs, "media": media}
        yield f"{_folder(exam)}/examination.json", document


def _files(store: Store, exams: list[ExamRow]) -> Iterator[tuple[str, Path]]:
    """Files, by the name in the ZIP."""
    for exam in exams:
        for row in exam.media:
            yield f"{_folder(exam)}/{row.role}{row.medium.suffix}", shelved(store, row.sha256, row.medium.suffix)
        for path in arrived(store, exam.id):
            yield f"{_folder(exam)}/recording{''.join(path.suffixes)}", path


def _folder(exam: ExamRow) -> str:
    """The folder of an examination."""
    return f"exams/{exam.recorded_on.isoformat()} {exam.protocol} {exam.side} {exam.id}"


def _values(row: Base) -> dict[str, Any]:
    """All columns of a row."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _as_text(value: date | datetime) -> str:
    """A day or a moment."""
    return value.isoformat()
