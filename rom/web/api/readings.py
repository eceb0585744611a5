"""A goniometer's readings beside an examination."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import select

from rom.store.clinic import ReadingRow
from rom.store.readings import add_reading
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
            by, of = said.by or who.name or "API", said.motion
            row = add_reading(session, exam_id, motion=of, degrees=said.degrees, by=by, doer=who.doer)
            return ReadingOut.model_validate(row)

    return made
