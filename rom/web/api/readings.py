"""A goniometer's readings beside an examination."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import select

from rom.store.audit import note
from rom.store.clinic import ReadingRow
from rom.web.api.forms import Id, ReadingIn, ReadingOut
from rom.web.api.keys import caller
from rom.web.ground import Ground
from rom.web.who import Who, exam_for


def routes(ground: Ground) -> APIRouter:
    """Their addresses."""
    made = APIRouter(tags=["readings"])
    reading = Annotated[Who, Depends(caller(ground.store, "read"))]
    writing = Annotated[Who, Depends(caller(ground.store, "write"))]

    @made.get("/exams/{exam_id}/readings")
    def readings(who: reading, exam_id: Id) -> list[ReadingOut]:
        with ground.store.session() as session:
            exam_for(session, who, exam_id)
            asked = select(ReadingRow).where(ReadingRow.exam_id == exam_id)
            found = session.scalars(asked.order_by(ReadingRow.created, ReadingRow.id))
            return [ReadingOut.model_validate(row) for row in found]

    @made.post("/exams/{exam_id}/readings", status_code=201)
    def add(who: writing, exam_id: Id, said: ReadingIn) -> ReadingOut:
        """Never changes what the camera measured."""
        with ground.store.session() as session, session.begin():
            exam_for(session, who, exam_id)
            row = ReadingRow(exam_id=exam_id, motion=said.motion, degrees=said.degrees, by=said.by or who.name)
            row.account_id = who.account_id
            session.add(row)
            session.flush()
            note(session, who.doer, "reading added", "exam", exam_id, motion=said.motion, through="api")
            return ReadingOut.model_validate(row)

    return made
