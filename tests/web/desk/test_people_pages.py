"""People at the desk: the list, somebody's page, changing, merging, archiving; by whom it may be seen."""

import re
from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from rom.store.clinic import AuditRow, NoteRow
from rom.store.tables import FAILED, ExamRow, PersonRow
from tests.web.conftest import Served
from tests.web.desk.looked_at import faults
from tests.web.kept import keep_person, keep_two_days

SYMPTOMS = {"pain": {"rest": 1, "pulling_up": 4}, "places": ["front"], "signs": ["giving_way"], "onset": "a fall"}


@pytest.fixture
def asks(served: Served) -> Iterator[httpx.Client]:
    """A browser without scripts."""
    with httpx.Client(base_url=served.address, timeout=30, headers={"Origin": served.address}) as client:
        yield client


def actions_about(served: Served, person_id: str) -> list[str]:
    """What the audit log says of somebody."""
    with served.store() as store, store.session() as session:
        own = select(AuditRow.action).where(AuditRow.about_id == person_id).order_by(AuditRow.id)
        return [*session.scalars(own)]


def test_somebody_is_added_found_changed_archived_and_taken_out_again(page: Page, served: Served) -> None:
    page.goto("/desk")
    page.get_by_role("link", name="Add somebody").click()
    expect(page.get_by_role("heading", name="Add somebody")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Name, or a code").fill("Zoë Ångström")
    page.get_by_label("Age in years").fill("eleven")
    page.get_by_label("Sport").fill("Fencing")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Expected the age in years as a number from 1 to 120")
    expect(page.get_by_label("Sport")).to_have_value("Fencing")
    assert faults(page) == []
    page.get_by_label("Age in years").fill("34,5")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Zoë Ångström")).to_be_visible()
    expect(page.get_by_text("34 years, Fencing")).to_be_visible()
    person_id = page.url.rpartition("/")[2]

    page.goto("/desk")
    page.get_by_label("Name or sport").fill("fenc angst")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 person")
    page.get_by_role("link", name="Zoë Ångström").click()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Female").check()
    assert faults(page) == []
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("34 years, female, Fencing")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page.get_by_role("link", name="Zoë Ångström")).to_have_count(0)
    page.get_by_label("Show").select_option("Archived")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Zoë Ångström").click()
    page.get_by_role("button", name="Take out of the archive").click()
    expect(page.get_by_role("button", name="Archive")).to_be_visible()
    done = ["person added", "person changed", "person archived", "person restored"]
    assert actions_about(served, person_id) == done


def test_the_timeline_shows_days_trends_symptoms_goals_and_notes(page: Page, served: Served) -> None:
    with served.store() as store:
        person_id, (first, second) = keep_two_days(store, "Tom Timeline")
        with store.session() as session, session.begin():
            for row in session.scalars(select(ExamRow).where(ExamRow.person_id == person_id)):
                row.said = {"symptoms": SYMPTOMS}
            failed = ExamRow(
                person_id=person_id, recorded_on=date(2026, 11, 25), protocol="auto", side="auto", state=FAILED
            )
            failed.reason = "The foot is too small in the picture; move the camera nearer."
            session.add(failed)
    page.goto(f"/desk/person/{person_id}")
    expect(page.get_by_role("heading", name="20 November 2026")).to_be_visible()
    expect(page.get_by_text("Exam and side not recognised yet")).to_be_visible()
    expect(page.get_by_text("The foot is too small in the picture; move the camera nearer.")).to_be_visible()
    expect(page.get_by_text("Could not be measured")).to_be_visible()
    expect(page.get_by_text("likely between 18° and 24°").first).to_be_visible()
    expect(
        page.get_by_text("Dorsiflexion: Within the usual range of people like this (2° to 22°).").first
    ).to_be_visible()
    assert page.get_by_role("link", name="Report of 20 November 2026").get_attribute("href") == (
        f"/desk/report/{person_id}/{second}"
    )
    expect(page.get_by_role("link", name="Report of 25 November 2026")).to_have_count(0)
    trend = page.get_by_role("img", name=re.compile("^Left ankle, foot pulled up"))
    expect(trend).to_have_attribute(
        "alt", re.compile(f"3 September {first.year}: 15°.*20 November {second.year}: 21°")
    )
    said = page.get_by_role("row", name=re.compile("^20 Nov 26 Left ankle"))
    expect(said).to_contain_text("In front of the ankle, Gives way, a fall")
    page.get_by_label("Dorsiflexion (°)").fill("200")
    page.get_by_role("button", name="Keep the goals").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Expected the goal of dorsiflexion as a number from -30 to 90"
    )
    page.get_by_label("Dorsiflexion (°)").fill("25")
    page.get_by_role("button", name="Keep the goals").click()
    expect(page.get_by_label("Dorsiflexion (°)")).to_have_value("25")
    page.get_by_label("A new note").fill("Ice after training.\n<b>No</b> jumps.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("<b>No</b> jumps.")).to_be_visible()
    expect(page.get_by_text(re.compile("by this computer's user"))).to_be_visible()
    assert faults(page) == []
    with served.store() as store, store.session() as session:
        assert session.get_one(PersonRow, person_id).goal_deg == {"dorsiflexion": 25.0}
        assert [note.text for note in session.scalars(select(NoteRow).where(NoteRow.person_id == person_id))] == [
            "Ice after training.\n<b>No</b> jumps."
        ]
        logged = session.scalars(select(AuditRow).where(AuditRow.about_id == person_id)).all()
        assert "Ice" not in str([one.details for one in logged])
    assert actions_about(served, person_id) == ["goals set", "note added"]


def test_two_entries_of_one_person_are_merged_after_both_were_shown(page: Page, served: Served) -> None:
    with served.store() as store:
        kept, _ = keep_two_days(store, "Uma Merge")
        gone = keep_person(store, "U. Merge")
        with store.session() as session, session.begin():
            session.add(ExamRow(person_id=gone, recorded_on=date(2026, 1, 2), protocol="lunge", side="left"))
    page.goto(f"/desk/person/{kept}")
    page.get_by_role("link", name="Merge with another entry").click()
    page.get_by_label("Name or sport").fill("merge")
    page.get_by_role("button", name="Search").click()
    assert faults(page) == []
    page.get_by_role("link", name="U. Merge").click()
    expect(page.get_by_role("heading", name="Are these two one person?")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="2 January 2026")).to_have_count(2)
    assert faults(page) == []
    page.get_by_role("button", name="Merge, and keep Uma Merge").click()
    expect(page.get_by_role("heading", name="Uma Merge")).to_be_visible()
    expect(page.get_by_role("heading", name="2 January 2026")).to_be_visible()
    assert page.request.get(f"/desk/person/{gone}").status == 404
    assert actions_about(served, kept) == ["people merged"]


@pytest.mark.parametrize(
    "path", ["/desk/person/x", "/desk/person/x/edit", "/desk/merge?one=x", "/desk/upload?person=x"]
)
def test_who_is_not_there_is_not_found(asks: httpx.Client, path: str) -> None:
    answer = asks.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404


@pytest.mark.parametrize("what", ["note", "goals", "archive", "restore", "edit"])
def test_nothing_is_changed_of_who_is_not_there(asks: httpx.Client, what: str) -> None:
    assert asks.post(f"/desk/person/x/{what}", data={"text": "a"}).status_code == 404


def test_a_list_of_many_comes_a_page_at_a_time(asks: httpx.Client, served: Served) -> None:
    with served.store() as store, store.session() as session, session.begin():
        session.add_all([PersonRow(label=f"Many {number:03d}", goal_deg={}) for number in range(120)])
    first = asks.get("/desk", params={"q": "many", "order": "name"}).text
    last = asks.get("/desk", params={"q": "many", "order": "name", "page": "99"}).text
    assert ("Many 000" in first, "Many 049" in first, "Many 050" in first) == (True, True, False)
    assert ("Many 099" in last, "Many 119" in last) == (False, True)
    assert "Page 3 of 3" in last
