"""Lists: a page at a time, searched and in order, and without documents."""

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from rom.records import Person
from rom.store import Store
from rom.store.lists import Order, exam_lines, listed
from rom.store.people import add_person
from rom.store.summary import side_shown, summary_of
from rom.store.tables import ExamRow, PersonRow, now
from tests.report.visits import exam_of, mirrored

EVERYBODY = select(PersonRow)


@pytest.fixture
def people(store: Store) -> Store:
    """Four people, one of them put away."""
    with store.session() as session, session.begin():
        for label, sport, days in (
            ("Zoë", "Fencing", (3, 9)),
            ("ada", "football", (7,)),
            ("Bob", "", ()),
            ("Old", "football", (1,)),
        ):
            row = add_person(session, Person(sport=sport), label=label)
            row.archived = now() if label == "Old" else None
            for day in days:
                session.add(
                    ExamRow(person_id=row.id, recorded_on=date(2026, 3, day), protocol="seated", side="left")
                )
    return store


@pytest.mark.parametrize(
    ("search", "order", "archived", "found"),
    [
        ("", "last", False, ["Zoë", "ada", "Bob"]),
        ("", "name", False, ["ada", "Bob", "Zoë"]),
        ("zoe", "name", False, ["Zoë"]),
        ("FOOT ad", "name", False, ["ada"]),
        ("foot zoe", "name", False, []),
        ("", "name", True, ["Old"]),
    ],
)
def test_people_are_found_and_ordered(
    people: Store, search: str, order: Order, archived: bool, found: list[str]
) -> None:
    with people.session() as session:
        page = listed(session, EVERYBODY, search=search, order=order, archived=archived)
        assert [one.row.label for one in page.rows] == found
        assert (page.found, page.number, page.pages) == (len(found), 1, 1)


def test_each_has_the_number_of_exams_and_the_day_of_the_last(people: Store) -> None:
    with people.session() as session:
        page = listed(session, EVERYBODY, order="name")
    assert [(one.exams, one.last) for one in page.rows] == [
        (1, date(2026, 3, 7)),
        (0, None),
        (2, date(2026, 3, 9)),
    ]


def test_a_page_beyond_the_last_is_the_last(people: Store) -> None:
    with people.session() as session:
        pages = [listed(session, EVERYBODY, order="name", page=page, rows=2) for page in (-1, 1, 2, 9)]
    assert [[one.row.label for one in page.rows] for page in pages] == [["ada", "Bob"]] * 2 + [["Zoë"]] * 2
    assert pages[-1].number == 2


def test_no_list_reads_a_document_and_none_asks_once_a_row(people: Store) -> None:
    asked: list[str] = []

    def seen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    with people.session() as session:
        person_id = session.scalars(select(PersonRow.id).where(PersonRow.label == "Zoë")).one()
    event.listen(people.engine, "before_cursor_execute", seen)
    with people.session() as session:
        listed(session, EVERYBODY)
        assert len(exam_lines(session, person_id)) == 2
    own = [statement for statement in asked if statement.lstrip().upper().startswith("SELECT")]
    assert len(own) == 3
    read = re.compile(r"exams\.(document|automatic)\b(?! IS NOT NULL)")  # whether there is one is no reading
    assert not [statement for statement in own if read.search(statement)]


def test_the_summary_follows_the_document(people: Store) -> None:
    exam = exam_of("seated_right", "seated")
    with people.session() as session, session.begin():
        row = session.scalars(select(ExamRow)).first()
        assert row is not None
        assert row.summary is None
        row.document = exam.to_dict()
        exam_id = row.id
    with people.session() as session:
        summary = session.get_one(ExamRow, exam_id).summary
    assert summary is not None
    assert summary == summary_of(exam.to_dict())
    values = [(one["side"], one["motion"]) for one in summary["results"] if one["value_deg"] is not None]
    assert values == [("right", "dorsiflexion"), ("right", "plantar_flexion")]
    assert summary["alike"] == ["seated", "not_told", "not_told", "unknown", "leg_landmarker"]


def test_the_side_is_the_one_with_numbers_else_the_one_that_faced_the_camera() -> None:
    exam = exam_of("seated_right", "seated")
    shown = [side_shown(summary_of(one.to_dict()) or {}) for one in (exam, mirrored(exam))]
    assert shown == ["right", "left"]
    nothing = {"results": [], "near": ["left"]}
    assert side_shown(nothing) == "left"
    assert side_shown({"results": [], "near": ["left", "right"]}) is None
    assert side_shown({"results": [], "near": []}) is None
