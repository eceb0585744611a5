"""A store with people in it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from rom.records import Person
from rom.store import Store
from rom.store.choices import choose
from rom.store.exams import add_exam
from rom.store.jobs import add_job, take
from rom.store.people import add_person
from rom.store.results import keep_result
from rom.store.tables import RECORDED, Base, DraftRow

DAY = date(2026, 3, 1)
DOCUMENT = {
    "results": [{"side": "left", "value_deg": 12.5, "ci95_deg": [10.0, 15.0]}],
    "note": "knöchel ✓",
    "x": None,
}
SAID = {"footwear": "sock", "moved_by": "self", "symptoms": {"pain": {"rest": 2}}}


@dataclass(frozen=True)
class Known:
    """Whom and what `fill` made."""

    person: str
    exam: str
    job: str


def recorded(store: Store, *, label: str = "Ada", content: bytes = b"video") -> Known:
    """Somebody with an examination that was recorded, and its job, which runs."""
    with store.session() as session, session.begin():
        person = add_person(
            session, Person(12.0, "female", "football", 0.7), label=label, guardian="G", said_on=DAY
        )
        person.goal_deg = {"dorsiflexion": 15.0}
        exam = add_exam(session, person.id, protocol="seated", side="left", recorded_on=DAY, said=SAID)
        exam.state = RECORDED
        job = add_job(session, "measure", exam_id=exam.id)
        take(session, job.id)
    (store.incoming / f"{exam.id}.webm").write_bytes(content)
    return Known(person.id, exam.id, job.id)


def scratch(store: Store, known: Known, mark: bytes = b"") -> dict[str, Path]:
    """What a job wrote."""
    folder = store.work / known.job
    folder.mkdir()
    files = {
        "overlay": folder / "overlay.mp4",
        "landmarks": folder / "one.landmarks.npz",
        "peak_dorsiflexion": folder / "peak.jpg",
    }
    for role, path in files.items():
        path.write_bytes(role.encode() + mark)
    return files


def measured(store: Store, *, label: str = "Ada", keep_until: date | None = None, mark: bytes = b"") -> Known:
    """Somebody with an examination that was measured, its video kept."""
    known = recorded(store, label=label, content=b"video" + mark)
    files = scratch(store, known, mark)
    keep_result(store, known.exam, DOCUMENT, files, keep_original=True, keep_until=keep_until)
    return known


def fill(store: Store) -> Known:
    """One person measured, one whose recording waits, a draft, a choice."""
    known = measured(store)
    recorded(store, label="Bob", content=b"waits")
    with store.session() as session, session.begin():
        session.add(DraftRow(answers={"person_id": known.person, "safe": True}))
        choose(session, "keep_days", 30)
    return known


def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with store.engine.connect() as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def files_of(store: Store) -> dict[str, bytes]:
    """Every file of the folder but the database's own."""
    parts = (path for folder in (store.media, store.incoming, store.work) for path in folder.rglob("*"))
    return {str(path.relative_to(store.folder)): path.read_bytes() for path in parts if path.is_file()}
