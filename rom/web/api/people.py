"""People: list, add, look at, change."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from rom.records import Person
from rom.store.audit import note
from rom.store.clinic import CareRow
from rom.store.people import add_person
from rom.store.tables import PersonRow, now
from rom.web.api.forms import Id, Limit, Offset, PersonIn, PersonOut
from rom.web.api.keys import caller
from rom.web.ground import Ground, today
from rom.web.who import Who, person_for, theirs


def routes(ground: Ground) -> APIRouter:
    """Their addresses."""
    made = APIRouter(tags=["people"])
    reading = Annotated[Who, Depends(caller(ground.store, "read"))]
    writing = Annotated[Who, Depends(caller(ground.store, "write"))]

    @made.get("/people")
    def people(
        who: reading,
        label: Annotated[str, Query(max_length=200, description="Exactly this one.")] = "",
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> list[PersonOut]:
        asked = theirs(who).order_by(PersonRow.label, PersonRow.created, PersonRow.id)
        if label:
            asked = asked.where(PersonRow.label == label.replace("\0", ""))
        with ground.store.session() as session:
            return [_out(row) for row in session.scalars(asked.limit(limit).offset(offset))]

    @made.post("/people", status_code=201)
    def add(who: writing, said: PersonIn) -> PersonOut:
        with ground.store.session() as session, session.begin():
            row = add_person(session, _person(said), label=said.label)
            if who.account_id is not None:
                session.add(CareRow(account_id=who.account_id, person_id=row.id))
            note(session, who.doer, "person added", "person", row.id, through="api")
        return _out(row)

    @made.get("/people/{person_id}")
    def one(who: reading, person_id: Id) -> PersonOut:
        with ground.store.session() as session:
            return _out(person_for(session, who, person_id))

    @made.put("/people/{person_id}")
    def change(who: writing, person_id: Id, said: PersonIn) -> PersonOut:
        with ground.store.session() as session, session.begin():
            row = person_for(session, who, person_id)
            _changed(row, said, today())
            note(session, who.doer, "person changed", "person", row.id, through="api")
        return _out(row)

    @made.put("/people/{person_id}/archived")
    def archive(who: writing, person_id: Id, archived: bool) -> PersonOut:
        with ground.store.session() as session, session.begin():
            row = person_for(session, who, person_id)
            row.archived = (row.archived or now()) if archived else None
            what = "person archived" if archived else "person brought back"
            note(session, who.doer, what, "person", row.id, through="api")
        return _out(row)

    return made


def _person(said: PersonIn) -> Person:
    return Person(said.age_years, said.sex, said.sport, said.leg_length_m)


def _changed(row: PersonRow, said: PersonIn, day: date) -> None:
    """Everything as it is said now; an age counts from the day on which it was said."""
    if said.age_years != row.age_years:
        row.age_years, row.age_said_on = said.age_years, None if said.age_years is None else day
    row.label, row.sex, row.sport, row.leg_length_m = said.label, said.sex, said.sport, said.leg_length_m


def _out(row: PersonRow) -> PersonOut:
    return PersonOut.model_validate(row)
