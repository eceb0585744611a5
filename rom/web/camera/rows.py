"""The rows of a recording: begun with it, ended with it together with the job that measures it."""

from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.exam.symptoms import PAIN_MOST
from rom.records import Side
from rom.store import Store
from rom.store.exams import add_exam
from rom.store.jobs import MEASURE, add_job
from rom.store.tables import RECORDED, RECORDING, ExamRow
from rom.web.camera.growing import finish, kept_bytes, throw_away
from rom.web.ground import today
from rom.web.journey import Journey, said_of

#: Lines of notes that are taken: a phase takes about a second.
NOTES_MOST = 2000


class PhaseNote(BaseModel):
    """When a phase of the guide began, in seconds of the recording."""

    phase: str = Field(max_length=20)
    time_s: float


class PainNote(BaseModel):
    """What was answered when pain was asked for: 0 to 10, "as_before", or None where nothing was."""

    pain: Literal["as_before"] | int | None
    time_s: float


class Notes(BaseModel):
    """What the guide saw while it was recorded. No number of it is measured."""

    phases: list[PhaseNote] = Field(default_factory=list, max_length=NOTES_MOST)
    pain: list[PainNote] = Field(default_factory=list, max_length=NOTES_MOST)
    repetitions: int = Field(default=0, ge=0, le=NOTES_MOST)


def begin(store: Store, journey: Journey, side: Side) -> str:
    """A row for a recording that begins; its name."""
    if not journey.person_id or side not in journey.sides:
        raise UsageError("It is not said yet who is filmed and for which exam; please begin with those pages.")
    with store.session() as session, session.begin():
        row = add_exam(
            session,
            journey.person_id,
            protocol=journey.protocol,
            side=side,
            recorded_on=today(),
            said=said_of(journey),
        )
        return row.id


def end(store: Store, journey: Journey, exam_id: str, size: int | None, notes: Notes) -> Side:
    """The recording is whole: file first, then row and job in one transaction. Done again, it does nothing.

    Returns the side that was recorded.
    """
    with store.session() as session, session.begin():
        row = _row(session, journey, exam_id)
        if row.state == RECORDING:
            finish(store, exam_id, size)
            row.state = RECORDED
            row.said = {**row.said, "notes": notes.model_dump(), "symptoms": _symptoms(row.said, notes)}
            add_job(session, MEASURE, exam_id=exam_id)
        return "right" if row.side == "right" else "left"


def being_recorded(store: Store, journey: Journey, exam_id: str) -> None:
    """``UsageError`` unless it is a recording of this person's that still grows."""
    with store.session() as session:
        if _row(session, journey, exam_id).state != RECORDING:
            raise UsageError("This recording is already whole; nothing can be added to it.")


def discard(store: Store, journey: Journey, exam_id: str) -> None:
    """Throw away a recording that is not whole: its row, then its file."""
    with store.session() as session, session.begin():
        row = _row(session, journey, exam_id)
        if row.state != RECORDING:
            raise UsageError("This recording is already whole; it can be erased on the page of past exams.")
        session.delete(row)
    throw_away(store, exam_id)


def left_behind(store: Store, journey: Journey) -> list[ExamRow]:
    """Recordings of this person that were interrupted, the oldest first; those of which nothing was kept go."""
    if not journey.person_id:
        return []
    with store.session() as session, session.begin():
        asked = select(ExamRow).where(ExamRow.person_id == journey.person_id, ExamRow.state == RECORDING)
        rows = list(session.scalars(asked.order_by(ExamRow.created)))
        for row in rows:
            if not kept_bytes(store, row.id):
                session.delete(row)
        return [row for row in rows if kept_bytes(store, row.id)]


def _row(session: Session, journey: Journey, exam_id: str) -> ExamRow:
    """The row, where it is this person's."""
    row = session.get(ExamRow, exam_id)
    if row is None or not journey.person_id or row.person_id != journey.person_id:
        raise UsageError("There is no such recording; please film this side again.")
    return row


def _symptoms(said: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """What was said before, and the worst pain that was said during it."""
    symptoms: dict[str, Any] = said.get("symptoms") or {}
    told = [note.pain for note in notes.pain if isinstance(note.pain, int) and 0 <= note.pain <= PAIN_MOST]
    return {**symptoms, "pain": {**symptoms.get("pain", {}), "during": max(told)}} if told else symptoms
