"""People, their ages, and their examinations."""

import math
from datetime import date

import pytest

from rom.errors import UsageError
from rom.records import Person
from rom.store import Store
from rom.store.choices import choice, choose
from rom.store.exams import add_exam, exams_of
from rom.store.people import add_person, people, person_of, set_goals
from rom.store.tables import RECORDING, PersonRow, now

ADA = Person(15.5, "female", "basketball", 0.82)
DAY = date(2026, 3, 1)


def added(store: Store, person: Person = ADA, label: str = "Ada") -> str:
    with store.session() as session, session.begin():
        return add_person(session, person, label=label, guardian="Their mother", said_on=DAY).id


def test_somebody_comes_back_as_they_went_in(store: Store) -> None:
    name = added(store, label="  Ada ✓ ")
    with store.session() as session:
        row = session.get_one(PersonRow, name)
    assert person_of(row, DAY) == ADA
    assert (row.label, row.guardian, row.goal_deg) == ("Ada ✓", "Their mother", {})


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2028, 2, 29), 17.5), (date(2026, 8, 31), 16.0), (date(2024, 2, 29), 13.5), (date(1990, 1, 1), 0.0)],
)
def test_the_age_is_counted_on_and_back(store: Store, day: date, age: float) -> None:
    """Within a day or so: years are 365 or 366 days long."""
    name = added(store)
    with store.session() as session:
        person = person_of(session.get_one(PersonRow, name), day)
    assert person.age_years == pytest.approx(age, abs=2 / 365)


def test_who_was_put_away_is_out_of_the_list(store: Store) -> None:
    name = added(store)
    with store.session() as session, session.begin():
        session.get_one(PersonRow, name).archived = now()
    with store.session() as session:
        assert people(session) == []
        assert [row.id for row in people(session, archived=True)] == [name]


@pytest.mark.parametrize("goal", [-31.0, 90.5, math.nan])
def test_a_goal_that_no_ankle_has_is_refused(store: Store, goal: float) -> None:
    name = added(store)
    with store.session() as session, session.begin():
        row = session.get_one(PersonRow, name)
        set_goals(row, {"dorsiflexion": 20.0, "plantar_flexion": None})
        with pytest.raises(UsageError, match="Expected the goal of a motion from -30 to 90 degrees"):
            set_goals(row, {"dorsiflexion": goal})
        assert row.goal_deg == {"dorsiflexion": 20.0}


def test_what_was_not_said_stays_unsaid(store: Store) -> None:
    name = added(store, Person())
    with store.session() as session:
        row = session.get_one(PersonRow, name)
    assert row.age_said_on is None
    assert person_of(row, DAY) == Person()


@pytest.mark.parametrize(
    ("person", "label"),
    [
        (Person(-1.0), ""),
        (Person(math.nan), ""),
        (Person(leg_length_m=math.inf), ""),
        (Person(sex="other"), ""),  # type: ignore[arg-type]
        (Person(sport="x" * 101), ""),
        (Person(), "x" * 201),
        (Person(), "a\0b"),
    ],
)
def test_what_no_database_holds_is_refused(store: Store, person: Person, label: str) -> None:
    with pytest.raises(UsageError, match=r"^Expected"):
        added(store, person, label)
    with store.session() as session:
        assert people(session) == []


def test_examinations_come_in_the_order_of_their_days(store: Store) -> None:
    one, other = added(store), added(store)
    with store.session() as session, session.begin():
        for whose, day in ((one, 3), (one, 1), (other, 2), (one, 2)):
            when = date(2026, 3, day)
            exam = add_exam(
                session, whose, protocol="lunge", side="right", recorded_on=when, said={"footwear": "bare"}
            )
            assert exam.state == RECORDING
    with store.session() as session:
        assert [exam.recorded_on.day for exam in exams_of(session, one)] == [1, 2, 3]
        assert [exam.said for exam in exams_of(session, other)] == [{"footwear": "bare"}]


def test_an_examination_of_nobody_or_of_no_side_is_refused(store: Store) -> None:
    name = added(store)
    with store.session() as session, pytest.raises(UsageError, match="nobody of that ID"), session.begin():
        add_exam(session, "0" * 32, protocol="lunge", side="left", recorded_on=DAY, said={})
    with store.session() as session, pytest.raises(UsageError, match="left or right"), session.begin():
        add_exam(session, name, protocol="lunge", side="both", recorded_on=DAY, said={})


@pytest.mark.parametrize("value", [True, 0, "es", None, ["a"], {"b": 1.5}])
def test_a_choice_is_kept_and_changed(store: Store, value: object) -> None:
    with store.session() as session:
        assert choice(session, "keep_video", "default") == "default"
    for chosen in (False, value):
        with store.session() as session, session.begin():
            choose(session, "keep_video", chosen)
    with store.session() as session:
        assert choice(session, "keep_video", "default") == value
