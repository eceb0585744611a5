"""Examinations: what was asked for, what was said, and what came of it."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.records.words import SIDES
from rom.store.files import PART
from rom.store.store import Store
from rom.store.tables import ExamRow, PersonRow

#: Side or exam of a recording where nobody said which: found out when it is measured, as `rom.measure` takes it.
AUTO = "auto"
#: In what was said of an examination: that it came in a file, and in which.
BROUGHT = "brought"


def add_exam(
    session: Session, person_id: str, *, protocol: str, side: str, recorded_on: date, said: dict[str, Any]
) -> ExamRow:
    """An examination whose recording is on its way; state "recording".

    `protocol`, `side` : as said, or `AUTO`.
    `said` : ``footwear``, ``moved_by``, ``symptoms`` (fields of `rom.records.Symptoms`) and what else is told.
    """
    if side not in (*SIDES, AUTO):
        raise UsageError(f"Expected the side as {' or '.join(SIDES)}, or {AUTO}, but got '{side}'.")
    if session.get(PersonRow, person_id) is None:
        raise UsageError("Expected somebody who is in the store, but there is nobody of that ID; add them first.")
    row = ExamRow(person_id=person_id, protocol=protocol, side=side, recorded_on=recorded_on, said=said)
    session.add(row)
    session.flush()
    return row


def exams_of(session: Session, person_id: str) -> list[ExamRow]:
    """Somebody's examinations, the first one first."""
    own = select(ExamRow).where(ExamRow.person_id == person_id)
    return [*session.scalars(own.order_by(ExamRow.recorded_on, ExamRow.created, ExamRow.id))]


def arrived(store: Store, exam_id: str) -> list[Path]:
    """What arrived for an examination and is still in ``incoming``, whole or growing."""
    return [path for path in store.incoming.iterdir() if path.name.split(".")[0] == exam_id]


def recording_of(store: Store, exam_id: str) -> Path | None:
    """The whole recording of an examination, while it is in ``incoming``."""
    return next((path for path in arrived(store, exam_id) if path.suffix != PART), None)
