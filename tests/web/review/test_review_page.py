"""The review desk in a browser: looked at picture by picture, corrected, before and after, taken back."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select

from rom.store.clinic import AuditRow
from rom.store.corrections import corrections_of
from rom.store.tables import ExamRow
from tests.web.conftest import Served
from tests.web.kept import keep_person
from tests.web.review.reviewed import keep_reviewed, measured

GRAVE = ("serious", "critical")
SIZES: tuple[ViewportSize, ...] = (
    {"width": 360, "height": 740},
    {"width": 768, "height": 1000},
    {"width": 1280, "height": 900},
)
#: The first measurement of a process loads what it needs.
MEASURED_MS = 40_000


@pytest.fixture
def exam_id(served: Served) -> str:
    with served.store() as store:
        return keep_reviewed(store, keep_person(store, "Tom"), measured())


@pytest.fixture
def desk(visitor: BrowserContext, exam_id: str) -> Iterator[Page]:
    """The review page, drawn; a fault of its script fails the test."""
    page, faults = visitor.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(MEASURED_MS)
    expect.set_options(timeout=MEASURED_MS)
    page.goto(f"/desk/exam/{exam_id}")
    page.wait_for_selector("#review[data-ready]")
    yield page
    expect.set_options(timeout=5_000)
    assert faults == []


def kept(served: Served, exam_id: str) -> ExamRow:
    with served.store() as store, store.session() as session:
        row = session.get(ExamRow, exam_id)
        assert row is not None
        return row


def value(row: ExamRow, motion: str) -> float:
    assert row.document is not None
    return float(next(one["value_deg"] for one in row.document["results"] if one["motion"] == motion))


def grave(page: Page) -> list[str]:
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def cell(page: Page, motion: str, column: int) -> str:
    """What stands in the table of results: 0 automatic, 1 now."""
    return page.locator(".review-results tr", has_text=motion).locator("td").nth(column).inner_text()


def test_the_whole_review_by_keyboard(desk: Page, served: Served, exam_id: str) -> None:
    """A landmark moved, a repetition rejected, both taken back; not one click."""
    automatic = cell(desk, "Dorsiflexion", 0)
    desk.keyboard.press("p")
    expect(desk.get_by_role("status")).to_contain_text("Put the landmarks")
    desk.keyboard.press("Tab")  # head of the fibula, outer ankle bone, heel, fifth metatarsal
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    expect(desk.get_by_label(re.compile("fifth metatarsal.*across"))).to_be_focused()
    desk.keyboard.press("Shift+ArrowUp")
    desk.keyboard.press("ArrowUp")
    preview = desk.get_by_role("region", name="Before and after")
    expect(preview.get_by_role("button", name="Keep it")).to_be_visible()
    assert kept(served, exam_id).automatic is None, "nothing is kept before it is said"
    preview.get_by_role("button", name="Keep it").press("Enter")
    expect(desk.locator(".review-trail")).to_contain_text("fifth metatarsal on the sole put at")
    row = kept(served, exam_id)
    assert row.automatic is not None
    assert value(row, "dorsiflexion") > value(_automatic(row), "dorsiflexion") + 2.0, "the ball of the foot went up"
    assert cell(desk, "Dorsiflexion", 0) == automatic, "the automatic value stays beside it"
    assert cell(desk, "Dorsiflexion", 1) != automatic

    desk.locator("body").press("]")
    desk.keyboard.press("r")
    expect(desk.locator(".review-repetitions li").nth(1)).to_contain_text("rejected by hand")
    assert len(desk.locator(".review-trail li").all()) == 2
    desk.keyboard.press("u")
    expect(desk.locator(".review-repetitions li").nth(1)).to_contain_text("counts")
    desk.keyboard.press("u")
    expect(desk.locator(".review-trail")).to_contain_text("(taken back)")
    expect(desk.locator(".review-undone")).to_have_count(2)
    row = kept(served, exam_id)
    assert row.document == measured().to_dict()
    assert row.automatic is None


def _automatic(row: ExamRow) -> ExamRow:
    return ExamRow(document=row.automatic)


def test_what_was_done_is_in_the_audit_log_and_names_nobody(desk: Page, served: Served, exam_id: str) -> None:
    desk.get_by_role("button", name="Reject: Plantar flexion 1").click()
    expect(desk.locator(".review-trail")).to_contain_text("rejected")
    desk.get_by_role("button", name=re.compile("^Undo")).click()
    expect(desk.locator(".review-trail")).to_contain_text("(taken back)")
    with served.store() as store, store.session() as session:
        log = [*session.scalars(select(AuditRow).where(AuditRow.about_id == exam_id).order_by(AuditRow.id))]
        (row,) = corrections_of(session, exam_id)
    assert [one.action for one in log] == ["exam corrected", "correction undone"]
    assert [one.details for one in log] == [{"correction": row.id, "kind": "repetition"}] * 2
    assert row.undone is not None
    assert row.before["right plantar_flexion"]["value_deg"] == pytest.approx(48.85, abs=0.1)
    assert row.after["right plantar_flexion"]["value_deg"] == pytest.approx(48.41, abs=0.1)


def test_a_landmark_is_dragged_with_the_mouse(desk: Page, served: Served, exam_id: str) -> None:
    desk.get_by_role("button", name="Landmarks: Dorsiflexion 1").click()
    handle = desk.get_by_label(re.compile("fifth metatarsal.*across"))
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x, y - 4, steps=4)
    desk.mouse.move(x, y - 8, steps=4)
    desk.mouse.up()
    desk.get_by_role("button", name="Keep it").click()
    expect(desk.locator(".review-trail")).to_contain_text("put at")
    assert value(kept(served, exam_id), "dorsiflexion") > value(_automatic(kept(served, exam_id)), "dorsiflexion")


def test_a_hold_is_moved_by_whole_pictures(desk: Page, served: Served, exam_id: str) -> None:
    desk.locator("body").press("m")
    expect(desk.get_by_role("button", name=re.compile("^Begin of the hold"))).to_be_focused()
    desk.keyboard.press("Shift+ArrowRight")
    desk.get_by_role("button", name="Keep it").click()
    expect(desk.locator(".review-repetitions li").first).to_contain_text("hold moved by hand")
    document = kept(served, exam_id).document
    assert document is not None
    (moved, *_) = document["results"][0]["repetitions"]
    assert moved["start_s"] == pytest.approx(1.2667 + 10 / 30, abs=0.002)
    assert moved["end_s"] == pytest.approx(2.5667, abs=0.002)


def test_another_side_is_measured_and_taken_back(desk: Page, served: Served, exam_id: str) -> None:
    desk.get_by_label("Side").select_option("left")
    desk.get_by_role("button", name="Keep it").click()
    expect(desk.locator(".review-trail")).to_contain_text("Measured as the left ankle")
    row = kept(served, exam_id)
    assert row.side == "left"
    assert row.document is not None
    alone = measured(side="left").to_dict()
    assert row.document["results"] == alone["results"]
    assert row.document["findings"] == alone["findings"]
    desk.get_by_role("button", name=re.compile("^Undo")).click()
    expect(desk.locator(".review-trail")).to_contain_text("(taken back)")
    assert (kept(served, exam_id).side, kept(served, exam_id).document) == ("right", measured().to_dict())


def test_pictures_are_stepped_through_at_their_own_times(desk: Page) -> None:
    """The video shows the picture whose landmarks are drawn, one after the other, and the chart follows."""
    times = [float(time) for time in measured().angles["right"].time_s]
    chart = desk.get_by_role("slider", name="Time in the recording")
    for count in range(1, 4):
        desk.keyboard.press("ArrowRight")
        expect(chart).to_have_attribute("aria-valuenow", str(count))
        shown = desk.locator("video").evaluate("video => video.currentTime")
        assert times[count] < shown < times[count + 1]
    desk.keyboard.press("Shift+ArrowRight")
    expect(chart).to_have_attribute("aria-valuenow", "13")
    desk.keyboard.press("End")
    expect(chart).to_have_attribute("aria-valuenow", str(len(times) - 1))
    desk.keyboard.press("Home")
    expect(chart).to_have_attribute("aria-valuenow", "0")
    box = chart.bounding_box()
    assert box is not None
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + 100)
    assert abs(int(chart.get_attribute("aria-valuenow") or 0) - len(times) / 2) < 20


def test_it_plays_and_stops_and_plays_backwards(desk: Page) -> None:
    chart = desk.get_by_role("slider", name="Time in the recording")
    desk.keyboard.press("l")
    expect(desk.get_by_role("button", name="Stop")).to_be_visible()
    desk.wait_for_function("Number(document.querySelector('[role=slider]').getAttribute('aria-valuenow')) > 15")
    desk.keyboard.press("k")
    expect(desk.get_by_role("button", name="Play")).to_be_visible()
    at = int(chart.get_attribute("aria-valuenow") or 0)
    desk.keyboard.press("j")
    desk.wait_for_function(f"Number(document.querySelector('[role=slider]').getAttribute('aria-valuenow')) < {at}")
    desk.keyboard.press("Space")
    expect(desk.get_by_role("button", name="Play")).to_be_visible()


def test_it_is_accessible_and_fits_every_screen(desk: Page) -> None:
    desk.keyboard.press("p")
    desk.keyboard.press("Shift+ArrowUp")
    expect(desk.get_by_role("button", name="Keep it")).to_be_visible()
    for size in SIZES:
        desk.set_viewport_size(size)
        assert desk.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, size
        assert grave(desk) == [], size
    desk.emulate_media(color_scheme="dark")
    assert grave(desk) == []


def test_without_a_video_the_drawn_leg_is_shown(visitor: BrowserContext, served: Served) -> None:
    with served.store() as store:
        bare = keep_reviewed(store, keep_person(store, "Ann"), measured(), video="")
    page = visitor.new_page()
    page.goto(f"/desk/exam/{bare}")
    page.wait_for_selector("#review[data-ready]")
    expect(page.locator(".review-lines line")).to_have_count(2)
    assert page.locator("video").count() == 0
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('[role=slider]').getAttribute('aria-valuenow')) > 5")


def test_any_part_of_a_video_may_be_asked_for(page: Page, exam_id: str) -> None:
    video = f"/desk/exam/{exam_id}/media/original"
    part = page.request.get(video, headers={"Range": "bytes=100-199"})
    assert (part.status, part.headers["content-type"], len(part.body())) == (206, "video/mp4", 100)
    assert part.body() == page.request.get(video).body()[100:200]


@pytest.mark.parametrize(
    "path", ["media/landmarks", "media/overlay", "media/..%2F..%2From.sqlite", "media/%00", "nothing"]
)
def test_nothing_else_of_an_examination_is_handed_out(page: Page, exam_id: str, path: str) -> None:
    assert page.request.get(f"/desk/exam/{exam_id}/{path}").status == 404


@pytest.mark.parametrize("path", ["", "/told", "/media/original"])
def test_an_examination_that_is_not_there_is_not_found(page: Page, path: str) -> None:
    assert page.request.get(f"/desk/exam/{'0' * 32}{path}").status == 404
