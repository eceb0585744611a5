"""Two rows of one person made one: everything of both is there, and under one of them."""

from datetime import date

import pytest
from sqlalchemy import select

from rom.errors import UsageError
from rom.records import Person
from rom.store import Store
from rom.store.audit import Doer
from rom.store.clinic import (
    PATIENT,
    THERAPIST,
    AccountRow,
    AuditRow,
    CareRow,
    CorrectionRow,
    NoteRow,
    ReadingRow,
    ReportRow,
    UploadRow,
)
from rom.store.merging import merge
from rom.store.people import add_person
from rom.store.tables import DraftRow, ExamRow, PersonRow
from tests.store.filled import DAY, measured, rows_of

DOER = Doer(None, "T")
OTHER_DAY = date(2026, 3, 2)
MOVES = (
    "exams",
    "exam_media",
    "jobs",
    "notes",
    "readings",
    "corrections",
    "reports",
    "uploads",
    "accounts",
    "drafts",
)


def clinical(store: Store, person_id: str, exam_id: str, name: str, day: date = DAY) -> None:
    """What a clinic has about somebody."""
    with store.session() as session, session.begin():
        therapist = AccountRow(name=f"t-{name}", role=THERAPIST, password_hash="")
        session.add_all([therapist, AccountRow(name=name, role=PATIENT, password_hash="", person_id=person_id)])
        session.flush()
        session.add_all(
            [
                CareRow(account_id=therapist.id, person_id=person_id),
                NoteRow(person_id=person_id, text=name),
                ReadingRow(exam_id=exam_id, motion="dorsiflexion", degrees=12.0),
                CorrectionRow(exam_id=exam_id, kind="side"),
                ReportRow(person_id=person_id, day=day, version=1, signer=name),
                UploadRow(person_id=person_id, exam_id=exam_id, name=f"{name}.mp4", size=5),
                DraftRow(answers={"person_id": person_id, "exams": [exam_id]}),
            ]
        )


def test_everything_of_both_is_under_the_kept_one(store: Store) -> None:
    kept, gone = measured(store, label="Ada", mark=b"1"), measured(store, label="A.", mark=b"2")
    clinical(store, kept.person, kept.exam, "ada")
    clinical(store, gone.person, gone.exam, "a", OTHER_DAY)
    before = rows_of(store)
    with store.session() as session, session.begin():
        merge(session, DOER, kept.person, gone.person)
    after = rows_of(store)
    assert {name: len(after[name]) for name in MOVES} == {name: len(before[name]) for name in MOVES}, "nothing lost"
    assert [row["id"] for row in after["people"]] == [kept.person]
    for name in ("exams", "notes", "reports", "uploads"):
        assert {row["person_id"] for row in after[name]} == {kept.person}, name
    assert len(after["care"]) == 2
    assert after["reports"] == [row | {"person_id": kept.person} for row in before["reports"]], "a version stays"
    assert {row["answers"]["person_id"] for row in after["drafts"]} == {kept.person}
    with store.session() as session:
        told = session.scalars(select(AuditRow)).one()
        assert (told.action, told.about_id, told.who) == ("people merged", kept.person, "T")
        assert told.details == {"gone": gone.person, "exams": 1}


def test_two_reports_of_one_day_cannot_become_those_of_one_person(store: Store) -> None:
    """Each is on paper as version 1 of that day."""
    kept, gone = measured(store, label="Ada", mark=b"1"), measured(store, label="A.", mark=b"2")
    clinical(store, kept.person, kept.exam, "ada")
    clinical(store, gone.person, gone.exam, "a")
    before = rows_of(store)
    with (
        pytest.raises(UsageError, match="but on 2026-03-01 both have"),
        store.session() as session,
        session.begin(),
    ):
        merge(session, DOER, kept.person, gone.person)
    assert rows_of(store) == before


def test_whoever_cared_for_both_cares_once(store: Store) -> None:
    with store.session() as session, session.begin():
        one, other = add_person(session, Person(), label="1"), add_person(session, Person(), label="2")
        account = AccountRow(name="t", role=THERAPIST, password_hash="")
        session.add(account)
        session.flush()
        session.add_all([CareRow(account_id=account.id, person_id=row.id) for row in (one, other)])
    with store.session() as session, session.begin():
        merge(session, DOER, one.id, other.id)
        assert [row.person_id for row in session.scalars(select(CareRow))] == [one.id]


def test_the_kept_one_takes_over_what_it_does_not_say(store: Store) -> None:
    with store.session() as session, session.begin():
        one = add_person(session, Person(sport="football"), label="Ada")
        two = add_person(session, Person(30.0, "female", "ballet", 0.8), label="A.", said_on=date(2026, 1, 1))
        one.goal_deg, two.goal_deg = {"dorsiflexion": 20.0}, {"dorsiflexion": 10.0, "plantar_flexion": 50.0}
    with store.session() as session, session.begin():
        kept = merge(session, DOER, one.id, two.id)
        assert (kept.label, kept.sport, kept.sex, kept.leg_length_m) == ("Ada", "football", "female", 0.8)
        assert (kept.age_years, kept.age_said_on) == (30.0, date(2026, 1, 1))
        assert kept.goal_deg == {"dorsiflexion": 20.0, "plantar_flexion": 50.0}


def test_a_woman_and_a_man_one_alone_and_nobody_are_refused(store: Store) -> None:
    with store.session() as session, session.begin():
        one = add_person(session, Person(sex="female"), label="1")
        two = add_person(session, Person(sex="male"), label="2")
    for kept, gone, why in (
        (one.id, two.id, "one is said to be female and the other male"),
        (one.id, one.id, "two different people"),
        (one.id, "nobody", "two different people"),
    ):
        with store.session() as session, session.begin(), pytest.raises(UsageError, match=why):
            merge(session, DOER, kept, gone)
    with store.session() as session:
        assert len(session.scalars(select(PersonRow)).all()) == 2
        assert session.scalars(select(ExamRow)).all() == []
