"""Goniometer readings at the desk: written down by keyboard, refused with why, the last of each rater counting."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from rom.errors import UsageError
from rom.store.readings import readings_of
from rom.web.desk.readings import number_in
from tests.report.visits import exam_of
from tests.web.conftest import Served
from tests.web.desk.looked_at import faults, reach
from tests.web.kept import keep_measured, keep_person

DAY = date(2026, 11, 3)


@pytest.fixture
def exam_id(served: Served) -> str:
    with served.store() as store:
        person_id = keep_person(store, "Rita Read")
        return keep_measured(store, person_id, exam_of("seated_right", "seated"), "right", DAY)


@pytest.mark.parametrize(
    ("text", "degrees"), [("12", 12.0), (" 12,5° ", 12.5), ("−3", -3.0), ("-3.25 °", -3.25), ("+7", 7.0)]
)
def test_degrees_are_taken_as_people_write_them(text: str, degrees: float) -> None:
    assert number_in(text) == degrees


@pytest.mark.parametrize("text", ["", "ten", "1,2,3", "12°30'", "1e"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"Expected a number of degrees such as 12 or -3\.5"):
        number_in(text)


def test_by_keyboard_two_raters_and_a_correction(page: Page, served: Served, exam_id: str) -> None:
    page.goto(f"/desk/readings/{exam_id}")
    for by, degrees, rows in (("Dr. A", "12,5", 1), ("Dr. B", "14", 2), ("Dr. A", "13", 3)):
        reach(page, "Motion")
        reach(page, "Degrees")
        page.keyboard.type(degrees)
        reach(page, "Read by")
        page.keyboard.press("Control+a")
        page.keyboard.type(by)
        page.keyboard.press("Enter")
        expect(page.locator(".rom-table tbody tr")).to_have_count(rows)
    latest, _, first = page.locator(".rom-table tbody tr").all()
    expect(latest).to_contain_text("13.0°")
    expect(latest).not_to_contain_text("replaced")
    expect(first).to_contain_text("12.5°")
    expect(first).to_contain_text("replaced")
    expect(latest).to_contain_text("15.5°")  # the camera's
    with served.store() as store, store.session() as session:
        found = [(row.by, row.degrees, row.motion) for row in readings_of(session, exam_id)]
    assert found == [(by, deg, "dorsiflexion") for by, deg in (("Dr. A", 12.5), ("Dr. B", 14.0), ("Dr. A", 13.0))]
    assert faults(page) == []


@pytest.mark.parametrize(
    ("motion", "degrees", "by", "words"),
    [
        ("plantar_flexion", "-50", "A", "Expected plantar flexion in degrees from -40 to 120, but got -50; 0 is"),
        ("dorsiflexion", "ten", "A", "Expected a number of degrees such as 12 or -3.5, but got 'ten'"),
        ("dorsiflexion", "10", " ", "Expected the name of whoever read the goniometer"),
    ],
)
def test_what_cannot_be_is_said_and_typed_words_stay(
    page: Page, served: Served, exam_id: str, motion: str, degrees: str, by: str, words: str
) -> None:
    page.goto(f"/desk/readings/{exam_id}")
    page.get_by_label("Motion").select_option(motion)
    page.get_by_label("Degrees").fill(degrees)
    page.get_by_label("Read by").fill(by)
    page.get_by_role("button", name="Add the reading").click()
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_label("Motion")).to_have_value(motion)
    expect(page.get_by_label("Degrees")).to_have_value(degrees)
    with served.store() as store, store.session() as session:
        assert readings_of(session, exam_id) == []
    assert faults(page) == []


def test_a_reading_leads_back_within_the_desk_alone(page: Page, served: Served, exam_id: str) -> None:
    asked = {"motion": "dorsiflexion", "degrees": "10", "by": "A"}
    backs = {
        f"/desk/exam/{exam_id}": f"/desk/exam/{exam_id}",
        "https://example.org/": f"/desk/readings/{exam_id}",
        "//example.org/desk/": f"/desk/readings/{exam_id}",
        "/desk/\\example.org": f"/desk/readings/{exam_id}",
    }
    for back, leads_to in backs.items():
        said = page.request.post(
            f"/desk/readings/{exam_id}",
            form={**asked, "back": back},
            headers={"Origin": served.address},
            max_redirects=0,
        )
        assert (said.status, said.headers["location"]) == (303, leads_to)


def test_an_examination_that_is_not_there_is_a_404(page: Page, served: Served) -> None:
    answer = page.goto("/desk/readings/none")
    assert answer is not None
    assert answer.status == 404
    said = page.request.post(
        "/desk/readings/none", form={"motion": "dorsiflexion", "degrees": "1"}, headers={"Origin": served.address}
    )
    assert said.status == 404
