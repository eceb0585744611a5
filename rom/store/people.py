"""People: who is measured, under a name they chose."""

import math
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.records import Motion, Person
from rom.records.words import SEXES, Sex
from rom.store.erase import erase_person
from rom.store.tables import PersonRow

__all__ = ["add_person", "change_person", "erase_person", "people", "person_of", "set_goals"]

YEAR_DAYS = 365.25  # days in a year, on average (Julian year)
#: What the columns hold.
LABEL_LETTERS, SPORT_LETTERS = 200, 100
#: Goals that an ankle may have, in degrees; beyond them lies a slip of the hand.
GOAL_DEG = (-30.0, 90.0)


def add_person(
    session: Session, person: Person, *, label: str = "", guardian: str = "", said_on: date | None = None
) -> PersonRow:
    """Somebody new.

    Parameters
    ----------
    label : the name they chose for themselves. guardian : who consented for somebody under 16.
    said_on : the day on which the age was said; by default today.
    """
    row = PersonRow(goal_deg={})
    change_person(row, person, label=label, guardian=guardian, said_on=said_on)
    session.add(row)
    session.flush()
    return row


def change_person(
    row: PersonRow, person: Person, *, label: str, guardian: str, said_on: date | None = None
) -> None:
    """Somebody as they are said to be now; the parameters are those of `add_person`."""
    if person.sex is not None and person.sex not in SEXES:
        raise UsageError(f"Expected the sex as {' or '.join(SEXES)} or left open, but got '{person.sex}'.")
    age = _number(person.age_years, "age")
    row.label, row.guardian = (
        _text(label, LABEL_LETTERS, "name"),
        _text(guardian, LABEL_LETTERS, "guardian's name"),
    )
    row.age_years, row.age_said_on = age, None if age is None else said_on or date.today()
    row.sex, row.sport = person.sex, _text(person.sport, SPORT_LETTERS, "sport")
    row.leg_length_m = _number(person.leg_length_m, "leg length")


def set_goals(row: PersonRow, goal_deg: dict[Motion, float | None]) -> None:
    """What each motion is to reach; None where there is no goal."""
    for goal in goal_deg.values():
        if goal is not None and not GOAL_DEG[0] <= goal <= GOAL_DEG[1]:
            raise UsageError(
                f"Expected the goal of a motion from {GOAL_DEG[0]:g} to {GOAL_DEG[1]:g} degrees, or left open, "
                f"but got {goal:g}; correct it."
            )
    row.goal_deg = {motion: goal for motion, goal in goal_deg.items() if goal is not None}


def people(session: Session, among: Select[Any] | None = None, *, archived: bool = False) -> list[PersonRow]:
    """Everybody, or everybody `among` some, by name; with `archived` those too who were put away."""
    asked = select(PersonRow) if among is None else among
    shown = asked if archived else asked.where(PersonRow.archived.is_(None))
    return [*session.scalars(shown.order_by(PersonRow.label, PersonRow.created, PersonRow.id))]


def person_of(row: PersonRow, day: date) -> Person:
    """Somebody as they were, or will be, on a day: the age is counted on from the day on which it was said."""
    age = row.age_years
    if age is not None and row.age_said_on is not None:
        age = max(0.0, age + (day - row.age_said_on).days / YEAR_DAYS)
    return Person(age, cast("Sex | None", row.sex), row.sport, row.leg_length_m)


def _text(text: str, most: int, what: str) -> str:
    """Text as every database holds it."""
    if len(text) > most or "\0" in text:
        raise UsageError(f"Expected a {what} of at most {most} letters, but got one that is longer or unreadable.")
    return text.strip()


def _number(number: float | None, what: str) -> float | None:
    """A number, or what was not said."""
    if number is not None and not (math.isfinite(number) and number >= 0):
        raise UsageError(f"Expected the {what} as a number from 0 on, or left open, but got {number:g}.")
    return number
