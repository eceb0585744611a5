"""What pages keep and find again, on the tables of the store.

Stands in for functions of the same names in `rom.store` (people, exams, media, jobs, choices, erase, export).
"""

import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.records import SEXES, Person
from rom.store import Store
from rom.store.tables import (
    RECORDED,
    Base,
    ChoiceRow,
    ExamMediumRow,
    ExamRow,
    JobRow,
    MediumRow,
    PersonRow,
)

DAYS_A_YEAR = 365.25


def people(session: Session) -> list[PersonRow]:
    """Everybody who is kept, in the order of their coming."""
    return list(session.scalars(select(PersonRow).order_by(PersonRow.created)))


def add_person(session: Session, who: Person, *, label: str = "", guardian: str = "", said_on: date) -> PersonRow:
    """Keep somebody new."""
    row = PersonRow(
        label=label,
        age_years=who.age_years,
        age_said_on=said_on,
        sex=who.sex,
        sport=who.sport,
        guardian=guardian,
    )
    session.add(row)
    session.flush()
    return row


def person_of(row: PersonRow, day: date) -> Person:
    """Who somebody is on a day, the age counted on from when it was said."""
    age = row.age_years
    if age is not None and row.age_said_on is not None:
        age += max(0.0, (day - row.age_said_on) / timedelta(days=1) / DAYS_A_YEAR)
    return Person(age, next((sex for sex in SEXES if sex == row.sex), None), row.sport)


def add_exam(
    session: Session, person_id: str, *, protocol: str, side: str, recorded_on: date, said: dict[str, Any]
) -> ExamRow:
    """Keep a recording that is to be measured."""
    row = ExamRow(
        person_id=person_id, protocol=protocol, side=side, recorded_on=recorded_on, said=said, state=RECORDED
    )
    session.add(row)
    session.flush()
    return row


def exams_of(session: Session, person_id: str) -> list[ExamRow]:
    """All of somebody's recordings, in the order of their days."""
    found = select(ExamRow).where(ExamRow.person_id == person_id).order_by(ExamRow.recorded_on, ExamRow.created)
    return list(session.scalars(found))


def add_job(session: Session, kind: str, *, exam_id: str | None = None) -> JobRow:
    """Something to be done."""
    row = JobRow(kind=kind, exam_id=exam_id)
    session.add(row)
    session.flush()
    return row


def last_job(session: Session, exam_id: str) -> JobRow | None:
    """What was last asked for an examination."""
    return session.scalars(select(JobRow).where(JobRow.exam_id == exam_id).order_by(JobRow.created.desc())).first()


def choice(session: Session, name: str, default: Any) -> Any:
    """A choice that was made; `default` where none was."""
    row = session.get(ChoiceRow, name)
    return default if row is None else row.value["value"]


def choose(session: Session, name: str, value: Any) -> None:
    """Keep a choice."""
    session.merge(ChoiceRow(name=name, value={"value": value}))


def path_of(store: Store, sha256: str, suffix: str) -> Path:
    """Where a file is kept."""
    return store.folder / "media" / f"{sha256}{suffix}"


def media_of(store: Store, session: Session, exam_id: str) -> dict[str, Path]:
    """Role to file."""
    rows = session.scalars(select(ExamMediumRow).where(ExamMediumRow.exam_id == exam_id))
    return {row.role: path_of(store, row.sha256, row.medium.suffix) for row in rows}


def erase_exam(store: Store, exam_id: str) -> None:
    """Take an examination away, then the files that nothing else needs."""
    with store.session() as session, session.begin():
        row = session.get(ExamRow, exam_id)
        if row is not None:
            session.delete(row)
    for part in store.incoming.glob(f"{exam_id}.*"):
        part.unlink(missing_ok=True)
    _sweep(store)


def erase_person(store: Store, person_id: str) -> None:
    """Take somebody away with everything that was measured."""
    with store.session() as session, session.begin():
        ids = [row.id for row in exams_of(session, person_id)]
        row = session.get(PersonRow, person_id)
        if row is not None:
            session.delete(row)
    for exam_id in ids:
        for part in store.incoming.glob(f"{exam_id}.*"):
            part.unlink(missing_ok=True)
    _sweep(store)


def erase_everything(store: Store) -> None:
    """Take every row and every file away; choices go too."""
    with store.session() as session, session.begin():
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    for name in ("media", "incoming", "work"):
        for path in sorted((store.folder / name).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)


def export_person(store: Store, person_id: str, path: Path) -> None:
    """Everything of somebody in one ZIP: what was said, the examinations as JSON, the files."""
    with store.session() as session, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        row = session.get_one(PersonRow, person_id)
        who = {name: getattr(row, name) for name in ("label", "age_years", "sex", "sport", "guardian", "goal_deg")}
        archive.writestr("person.json", json.dumps(who, indent=1))
        for exam in exams_of(session, person_id):
            folder = f"{exam.recorded_on.isoformat()}_{exam.protocol}_{exam.side}_{exam.id[:8]}"
            told = {"said": exam.said, "state": exam.state, "examination": exam.document}
            archive.writestr(f"{folder}/examination.json", json.dumps(told))
            for role, file in media_of(store, session, exam.id).items():
                if file.exists():
                    archive.write(file, f"{folder}/{role}{file.suffix}")


def _sweep(store: Store) -> None:
    """Rows of files that no examination has any more go first, then the files."""
    with store.session() as session, session.begin():
        used = select(ExamMediumRow.sha256)
        loose = list(session.scalars(select(MediumRow).where(MediumRow.sha256.not_in(used))))
        paths = [path_of(store, row.sha256, row.suffix) for row in loose]
        for row in loose:
            session.delete(row)
    for path in paths:
        path.unlink(missing_ok=True)
