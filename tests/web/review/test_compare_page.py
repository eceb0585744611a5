"""Two examinations beside each other in a browser: aligned, played together, and never what cannot be compared."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.report.visits import mirrored, shifted
from tests.web.conftest import Served
from tests.web.kept import keep_person
from tests.web.review.reviewed import keep_reviewed, measured
from tests.web.review.test_review_page import SIZES, grave

EARLIER = date(2026, 9, 3)


@pytest.fixture
def kept(served: Served) -> dict[str, str]:
    """Somebody's examinations: earlier, later, of the other side, of another exam, and somebody else's."""
    with served.store() as store:
        tom, ann = keep_person(store, "Tom"), keep_person(store, "Ann")
        before = shifted(measured(), -6.0, "2026-09-03T10:00:00+00:00")
        return {
            "earlier": keep_reviewed(store, tom, before, day=EARLIER),
            "later": keep_reviewed(store, tom, measured()),
            "left": keep_reviewed(store, tom, mirrored(measured())),
            "lunge": keep_reviewed(store, tom, measured("lunge_right", "lunge"), "lunge_right"),
            "Ann's": keep_reviewed(store, ann, measured()),
        }


def compare(page: Page, one: str, other: str) -> None:
    page.goto(f"/desk/compare?one={one}&other={other}")
    page.wait_for_selector("#compare[data-ready]")


def test_two_days_are_set_beside_each_other(page: Page, kept: dict[str, str]) -> None:
    compare(page, kept["earlier"], kept["later"])
    row = page.get_by_role("row", name=re.compile("^Dorsiflexion"))
    assert row.get_by_role("cell").all_inner_texts() == ["9.5°", "15.5°", "+6.0°", "5.3°", "yes"]
    expect(page.get_by_text("more than measurement error explains").first).to_be_visible()
    assert page.locator(".review-course").count() == 2


def test_both_go_by_the_same_step_and_play_together(page: Page, kept: dict[str, str]) -> None:
    compare(page, kept["earlier"], kept["later"])
    line = page.get_by_role("slider", name="Time in both repetitions")
    assert float(line.get_attribute("aria-valuenow") or "nan") == pytest.approx(0.0, abs=0.02)
    page.keyboard.press("Shift+ArrowRight")
    assert float(line.get_attribute("aria-valuenow") or "nan") == pytest.approx(10 / 30, abs=0.02)
    times = page.locator("video").evaluate_all("videos => videos.map(video => video.currentTime)")
    assert times[0] == pytest.approx(times[1], abs=0.001), "the same recording, at the same place"
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('[role=slider]').getAttribute('aria-valuenow')) > -1")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play both")).to_be_visible()


def test_repetitions_are_chosen_and_stretched_to_one_length(page: Page, kept: dict[str, str]) -> None:
    compare(page, kept["earlier"], kept["later"])
    page.get_by_label(re.compile("^Repetition: Right, 20 November")).select_option(label="Dorsiflexion 2, 15.0°")
    page.get_by_label("Aligned").select_option("stretched")
    line = page.get_by_role("slider", name="Time in both repetitions")
    expect(line).to_have_attribute("aria-valuemax", "100.00")
    expect(line).to_have_attribute("aria-valuetext", re.compile("^50 %.*apart$"))
    page.get_by_label(re.compile("^Repetition: Right, 20 November")).select_option(label="Plantar flexion 1, 49.3°")
    expect(page.get_by_role("status")).to_contain_text("two different motions")


def test_two_sides_are_set_beside_each_other(page: Page, kept: dict[str, str]) -> None:
    compare(page, kept["left"], kept["later"])
    row = page.get_by_role("row", name=re.compile("^Dorsiflexion"))
    cells = row.get_by_role("cell").all_inner_texts()
    assert (cells[:3], cells[4]) == (["15.5°", "15.5°", "0.0°"], "no")
    expect(page.get_by_role("columnheader", name="Error of both")).to_be_visible()


@pytest.mark.parametrize(
    ("other", "said"),
    [("lunge", "never compared"), ("Ann's", "of two people"), ("later", "the same one twice")],
)
def test_what_cannot_be_compared_is_refused(page: Page, kept: dict[str, str], other: str, said: str) -> None:
    page.goto(f"/desk/compare?one={kept['later']}&other={kept[other]}")
    expect(page.get_by_role("alert")).to_contain_text(said)
    assert page.locator("#compare").count() == 0


def test_the_other_one_is_chosen_from_those_that_fit(page: Page, kept: dict[str, str]) -> None:
    page.goto(f"/desk/compare?one={kept['later']}")
    expect(page.get_by_text("never compared")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Left, Seated")).click()
    page.wait_for_selector("#compare[data-ready]")


def test_it_is_accessible_and_fits_every_screen(page: Page, kept: dict[str, str]) -> None:
    compare(page, kept["earlier"], kept["later"])
    for size in SIZES:
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, size
        assert grave(page) == [], size
