"""The whole way of a therapist, with nothing in the place of anything: from three videos to a signed report."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from rom.samples import sample_folder
from rom.store.tables import MEASURED, ExamRow
from tests.web.conftest import Served, WholeApp

pytestmark = pytest.mark.slow

#: A worker that has to load everything, on a machine that does other work too.
MEASURED_MS, STEP_MS = 400_000, 60_000
#: Three minutes of clicking: a practised hand takes at most three seconds to an action (our estimate: the keystroke
#: model of Card, Moran and Newell 1980 has 1.1 s to point, 0.2 s to click and 1.35 s to make up one's mind).
ACTION_S, BAR_S = 3.0, 180.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with WholeApp(tmp_path_factory.mktemp("clinic_path")) as served:
        yield served


@dataclass
class Hand:
    """Counts what a hand does: a click, a choice, a word that is typed, a key."""

    page: Page
    actions: int = 0

    def click(self, what: Locator) -> None:
        self.actions += 1
        what.click()

    def type(self, what: Locator, words: str) -> None:
        self.actions += 1
        what.fill(words)

    def choose(self, what: Locator, value: str) -> None:
        self.actions += 1
        what.select_option(value)

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)


def send(hand: Hand, broken: Path) -> None:
    """Somebody new, and three videos of theirs; one is none."""
    page = hand.page
    page.goto("/desk/upload")
    page.wait_for_selector("[data-ready]")
    hand.click(page.get_by_text("Somebody new"))
    hand.type(page.get_by_label("Name, or a code"), "Tom Clinic")
    hand.click(page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_role("combobox", name="Person")).to_have_value(re.compile("Tom Clinic"))
    hand.actions += 1  # the system's dialog
    seated = sample_folder() / "seated_right.mp4"
    page.get_by_label("Choose videos").set_input_files([seated, broken, sample_folder() / "long_sitting_left.mp4"])
    rows = page.locator("tbody tr")
    hand.choose(rows.nth(0).get_by_label("Exam of seated_right.mp4"), "seated")
    hand.choose(rows.nth(2).get_by_label("Exam of long_sitting_left.mp4"), "long-sit")
    hand.click(page.get_by_role("button", name="Send all"))
    expect(page.get_by_role("status")).to_have_text("2 of 3 sent.", timeout=STEP_MS)
    expect(rows.nth(1)).to_contain_text("Expected")


def exams_in(served: Served) -> dict[str, ExamRow]:
    """Protocol to what was measured of it."""
    with served.store() as store, store.session() as session:
        return {row.protocol: row for row in session.query(ExamRow).all()}


def wait_until_measured(hand: Hand, served: Served) -> dict[str, ExamRow]:
    """The queue says so by itself."""
    page = hand.page
    hand.click(page.get_by_role("link", name=re.compile("queue", re.IGNORECASE)).first)
    expect(page.locator("tbody tr", has_text="Measured")).to_have_count(2, timeout=MEASURED_MS)
    rows = exams_in(served)
    assert {row.state for row in rows.values()} == {MEASURED}
    assert rows["seated"].side == "right", "the side was recognised"
    return rows


def review(hand: Hand, exam: ExamRow) -> None:
    """A repetition is rejected, a landmark put right; before and after stand beside each other."""
    page = hand.page
    page.goto(f"/desk/exam/{exam.id}")
    page.wait_for_selector("#review[data-ready]", timeout=STEP_MS)
    hand.click(page.get_by_role("button", name="Reject: Plantar flexion 1"))
    expect(page.locator(".review-trail")).to_contain_text("rejected", timeout=STEP_MS)
    hand.click(page.get_by_role("button", name="Landmarks: Dorsiflexion 1"))
    for key in ("Tab", "Tab", "Tab", "Shift+ArrowUp"):
        hand.press(key)
    keep = page.get_by_role("button", name="Keep it")
    expect(keep).to_be_visible(timeout=STEP_MS)
    hand.click(keep)
    expect(page.locator(".review-trail li")).to_have_count(2, timeout=STEP_MS)


def sign(hand: Hand, exam: ExamRow) -> None:
    """The report of the day, signed and locked."""
    page = hand.page
    page.goto(f"/desk/report/{exam.person_id}/{exam.recorded_on}")
    hand.type(page.get_by_label("Your name"), "Dr. Ana Ruiz")
    hand.click(page.get_by_role("button", name=re.compile("^Sign")))
    expect(page.get_by_text("Signed: version 1. Nothing changed since.")).to_be_visible(timeout=STEP_MS)


def test_from_three_videos_to_a_signed_report(visitor: BrowserContext, served: Served, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes((sample_folder() / "seated_right.mp4").read_bytes()[:40] + bytes(20_000))
    visitor.set_default_timeout(STEP_MS)
    hand = Hand(visitor.new_page())
    send(hand, broken)
    rows = wait_until_measured(hand, served)
    review(hand, rows["seated"])
    sign(hand, rows["seated"])
    moves = (
        3  # from the queue to the exam, from there to the person, and to the report: links that `goto` stood for
    )
    assert (hand.actions + moves) * ACTION_S <= BAR_S
    report = hand.page.request.get(f"/desk/report/{rows['seated'].person_id}/{rows['seated'].recorded_on}/1/csv")
    table = report.text()
    assert "seated" in table
    assert "long-sit" in table
    changed = exams_in(served)["seated"]
    assert changed.automatic is not None
    assert changed.automatic != changed.document


def test_two_exams_stand_beside_each_other(visitor: BrowserContext, served: Served) -> None:
    """Not these two: one was seated, one in long sitting, and no number says what their difference means."""
    rows = exams_in(served)
    page = visitor.new_page()
    page.goto(f"/desk/compare?one={rows['seated'].id}&other={rows['long-sit'].id}")
    expect(page.get_by_role("main")).to_contain_text(re.compile("another exam|same exam|two different"))
