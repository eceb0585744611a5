"""Whom or what an address of the desk is about, found before its page is made: what is not theirs is a 404."""

from datetime import date
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from rom.store.tables import ExamRow, PersonRow
from rom.web.who import NotTheirs, exam_for, person_for, who_asks


def _exam(request: Request, exam_id: str) -> ExamRow:
    with request.scope["rom_store"].session() as session:
        return exam_for(session, who_asks(request), exam_id)


def _person(request: Request, person_id: str) -> PersonRow:
    with request.scope["rom_store"].session() as session:
        return person_for(session, who_asks(request), person_id)


def _day(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise NotTheirs("a day") from error


#: Parameters of a page: ``{exam_id}``, ``{person_id}`` and ``{day}`` of its address.
ExamAsked = Annotated[ExamRow, Depends(_exam)]
PersonAsked = Annotated[PersonRow, Depends(_person)]
DayAsked = Annotated[date, Depends(_day)]
