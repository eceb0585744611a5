"""Whom somebody may see, by their role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rom.records import Person
from rom.store import Store, open_store
from rom.store.clinic import THERAPIST, AccountRow, CareRow
from rom.store.exams import add_exam
from rom.store.people import add_person
from rom.web.who import LOCAL, NOBODY, NotTheirs, Who, exam_for, person_for, theirs
from tests.store.filled import DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(folder=tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def people(store: Store) -> dict[str, str]:
    """Ada, whom a therapist cares for, and Bob, for whom nobody does: their IDs, and those of their exams."""
    with store.session() as session, session.begin():
        account = AccountRow(name="t", role=THERAPIST, password_hash="")
        session.add(account)
        session.flush()
        found = {"t": account.id}
        for label in ("Ada", "Bob"):
            person = add_person(session, Person(), label=label)
            exam = add_exam(session, person.id, protocol="seated", side="left", recorded_on=DAY, said={})
            found |= {label: person.id, f"{label}'s exam": exam.id}
        session.add(CareRow(account_id=account.id, person_id=found["Ada"]))
    return found


@pytest.mark.parametrize(
    ("role", "seen"),
    [("local", "Ada Bob"), ("nobody", ""), ("patient", "Bob"), ("therapist", "Ada"), ("admin", "")],
)
def test_each_role_sees_its_own_people_and_their_examinations(
    store: Store, people: dict[str, str], role: str, seen: str
) -> None:
    who = {
        "local": LOCAL,
        "nobody": NOBODY,
        "patient": Who("patient", "p", "p", people["Bob"]),
        "therapist": Who("therapist", people["t"], "t"),
        "admin": Who("admin", "a", "a"),
    }[role]
    with store.session() as session:
        assert sorted(row.label for row in session.scalars(theirs(who))) == seen.split()
        for label in ("Ada", "Bob"):
            if label in seen:
                assert person_for(session, who, people[label]).label == label
                assert exam_for(session, who, people[f"{label}'s exam"]).person_id == people[label]
            else:
                with pytest.raises(NotTheirs, match="somebody of one of your own people"):
                    person_for(session, who, people[label])
                with pytest.raises(NotTheirs, match="an examination of one of your own people"):
                    exam_for(session, who, people[f"{label}'s exam"])


def test_what_is_not_there_is_answered_as_what_is_not_theirs(store: Store, people: dict[str, str]) -> None:
    therapist = Who("therapist", people["t"], "t")
    with store.session() as session:
        told = []
        for exam in (people["Bob's exam"], "none"):
            with pytest.raises(NotTheirs) as refused:
                exam_for(session, therapist, exam)
            told.append(str(refused.value))
    assert told[0] == told[1]
