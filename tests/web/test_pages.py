"""Every page: accessible, within the width of a small phone, on its own in a household, and what it shows."""

import re
import resource
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, ViewportSize, expect

from rom.records import Side
from rom.report.language import Words
from rom.samples import sample_folder
from rom.store.choices import choice
from rom.store.clinic import ReportRow
from rom.store.exams import exams_of
from rom.store.tables import (
    CANCELLED,
    FAILED,
    MEASURED,
    RECORDED,
    RECORDING,
    STOPPED,
    WAITING,
    ExamRow,
    JobRow,
    PersonRow,
)
from rom.web.journey import COOKIE, load, save
from rom.web.pages.feels import NOTICED
from rom.web.pages.result import standing
from tests.report.visits import exam_of
from tests.web import walking
from tests.web.conftest import Served
from tests.web.kept import keep_person, keep_two_days

#: What a page that a person meets first, in the middle of the way, and afterwards needs to be looked at.
EVERY_PAGE = (
    "/",
    "/safety",
    "/about",
    "/about/new",
    "/feels",
    "/feels?at=pain",
    "/feels?at=where",
    "/feels?at=signs",
    "/feels?at=since",
    "/exam",
    "/exam/sides",
    "/exam/place",
    "/file",
    "/history",
    "/privacy",
    "/nowhere",
)
#: axe counts these as faults that keep somebody out.
GRAVE = ("serious", "critical")
SMALL: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 900}


def faults(page: Page) -> list[str]:
    """What axe finds grave, and what sticks out to the right on a small phone."""
    page.wait_for_selector("h1")
    found = [
        f"{one['id']}: {node['html'][:120]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
    page.set_viewport_size(SMALL)
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    short = page.evaluate(
        "[...document.querySelectorAll('.rom-button, .rom-option, .rom-entry input')]"
        ".filter(e => e.getBoundingClientRect().height < 48).map(e => e.innerText)"
    )
    page.set_viewport_size(WIDE)
    return [*found, *([f"{beyond} px too wide"] if beyond > 0 else []), *(f"too small: {words}" for words in short)]


@pytest.fixture
def tom(page: Page, served: Served) -> Iterator[tuple[str, tuple[date, date]]]:
    """The browser of somebody who was measured on two days."""
    with served.store() as store:
        kept = keep_two_days(store)
        page.goto("/health")
        page.goto("/")
        journey = load(store, way(page))
        save(store, replace(journey, person_id=kept[0]))
        yield kept


def way(page: Page) -> str:
    return next(str(cookie["value"]) for cookie in page.context.cookies() if cookie["name"] == COOKIE)


def test_every_page_is_accessible_and_fits_a_small_phone(page: Page, served: Served) -> None:
    walking.felt_some_pain(page, served.address)
    walking.send(page, served.address, "/feels/signs", **dict.fromkeys(NOTICED, "no"))
    walking.send(page, served.address, "/feels/since")
    walking.send(page, served.address, "/exam", protocol="long-sit")
    walking.send(page, served.address, "/exam/sides", sides="left-right", footwear="sock")
    found = {}
    for path in EVERY_PAGE:
        page.goto(path)
        found[path] = faults(page)
        assert page.url.endswith(path), "the page itself, not where it led to"
    walking.send(page, served.address, "/safety/1", four_steps="yes")
    page.goto("/see-a-provider")
    found["/see-a-provider"] = faults(page)
    walking.was_safe(page, served.address)
    walking.send(page, served.address, "/about/new", age="11")
    page.goto("/about/guardian")
    found["/about/guardian"] = faults(page)
    assert {path: words for path, words in found.items() if words} == {}


def test_dark_pages_are_legible_too(page: Page, served: Served) -> None:
    walking.felt_some_pain(page, served.address)
    page.emulate_media(color_scheme="dark")
    found = {}
    for path in ("/", "/feels?at=pain", "/feels?at=where", "/privacy"):
        page.goto(path)
        found[path] = faults(page)
    assert {path: words for path, words in found.items() if words} == {}


def test_a_day_shows_the_page_of_the_report_and_its_videos(
    page: Page, served: Served, tom: tuple[str, tuple[date, date]]
) -> None:
    page.goto("/history")
    assert faults(page) == []
    expect(page.get_by_role("img", name="Right ankle, foot pulled up.")).to_be_visible()
    page.get_by_role("link", name="Open 20 November 2026").click()
    expect(page.get_by_role("heading", name="How far your ankle moves")).to_be_visible()
    assert faults(page) == []
    with served.store() as store, store.session() as session:
        document = exams_of(session, tom[0])[-1].document
    assert document is not None
    value = next(one for one in document["results"] if one["side"] == "left" and one["motion"] == "dorsiflexion")
    expect(page.get_by_text(f"{round(value['value_deg'])}°", exact=True).first).to_be_visible()
    assert page.locator("video").count() == 2
    page.wait_for_function("[...document.querySelectorAll('video')].every(video => video.videoWidth > 0)")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="What a therapist sees").click()
    expect(opened.value.get_by_role("heading", name="For your provider")).to_be_visible()
    pdf = page.request.get("/day/2026-11-20/report.pdf")
    assert pdf.body().startswith(b"%PDF")
    one_file = zipfile.ZipFile(BytesIO(page.request.get("/day/2026-11-20/visit.rom").body()))
    inside = {name.rpartition("/")[2] for name in one_file.namelist()}
    assert inside == {"manifest.json", "examination.json", "overlay.mp4"}


def test_a_video_may_be_read_from_its_middle_and_by_its_owner_only(
    page: Page, served: Served, tom: tuple[str, tuple[date, date]]
) -> None:
    with served.store() as store, store.session() as session:
        exam_id = exams_of(session, tom[0])[0].id
    part = page.request.get(f"/media/{exam_id}/overlay", headers={"Range": "bytes=100-199"})
    assert (part.status, len(part.body())) == (206, 100)
    for path in (f"/media/{exam_id}/original", f"/media/{exam_id}/..%2f..%2from.sqlite", "/media/x/overlay"):
        assert page.request.get(path).status == 404
    page.context.clear_cookies()
    for path in (f"/media/{exam_id}/overlay", "/day/2026-11-20/report.html", "/privacy/mine.zip"):
        assert page.request.get(path).status == 404


def test_waiting_ends_by_itself_and_a_failure_says_why_and_how_to_go_on(page: Page, served: Served) -> None:
    page.goto("/")
    with served.store() as store:
        person_id = keep_person(store, "Ada")
        with store.session() as session, session.begin():
            ids = []
            sides: tuple[Side, Side] = ("right", "left")
            for side in sides:
                row = ExamRow(
                    person_id=person_id,
                    recorded_on=date(2026, 11, 24),
                    protocol="seated",
                    side=side,
                    state="recorded",
                )
                session.add(row)
                session.flush()
                session.add(JobRow(kind="measure", exam_id=row.id, progress=0.6))
                ids.append(row.id)
        journey = replace(
            load(store, way(page)), safe=True, person_id=person_id, protocol="seated", exams=tuple(ids), sides=()
        )
        save(store, journey)
        page.goto("/result")
        expect(page.get_by_role("status")).to_contain_text("Right ankle: More than half of the video is read.")
        assert faults(page) == []
        with store.session() as session, session.begin():
            right, left = (session.get_one(ExamRow, exam_id) for exam_id in ids)
            right.state, right.document = MEASURED, exam_of("seated_right", "seated").to_dict()
        expect(page.get_by_role("status")).to_contain_text("Right ankle: Done.")
        with store.session() as session, session.begin():
            left = session.get_one(ExamRow, ids[1])
            left.state, left.reason = FAILED, "The foot is too small in the picture; move the laptop nearer."
        expect(page.get_by_role("heading", name="How far your ankle moves")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_text(
            "Left ankle: The foot is too small in the picture; move the laptop nearer."
        )
        assert faults(page) == []
        page.get_by_role("button", name="Film it again, same set-up").click()
        expect(page.get_by_role("heading", name="Get ready: the left ankle")).to_be_visible()
        after = load(store, way(page))
    assert (after.sides, after.exams, after.protocol) == (("left",), (ids[0],), "seated")


def test_measuring_can_be_stopped_and_taken_up_again(page: Page, served: Served) -> None:
    walking.chose(page, served.address)
    page.goto("/file")
    page.get_by_label("The video", exact=True).set_input_files(sample_folder() / "seated_right.mp4")
    page.get_by_role("button", name="Measure this video").click()
    page.get_by_role("button", name="Stop measuring").click()
    expect(page.get_by_role("heading", name="Measuring was stopped")).to_be_visible()
    expect(page.get_by_text("Right ankle: measuring was stopped. The video is kept for now.")).to_be_visible()
    assert faults(page) == []
    with served.store() as store:
        (exam_id,) = load(store, way(page)).exams
        with store.session() as session:
            assert [job.state for job in session.query(JobRow).filter_by(exam_id=exam_id)] == [CANCELLED]
            assert session.get_one(ExamRow, exam_id).state == STOPPED
        page.goto("/history")
        expect(page.get_by_text("Right ankle: measuring was stopped.")).to_be_visible()
        page.get_by_role("link", name="Open").click()
        page.get_by_role("button", name="Measure it after all").click()
        expect(page.get_by_role("heading", name="Your result is being worked out")).to_be_visible()
        page.goto("/history")
        expect(page.get_by_text("Right ankle: it is still being measured.")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("link", name="Open").click()
        expect(page.get_by_text("Right ankle: it is still being measured.")).to_be_visible()
        with store.session() as session:
            assert [job.state for job in session.query(JobRow).filter_by(exam_id=exam_id)] == [WAITING]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RECORDING, "the recording was interrupted; you will be asked about it when you film."),
        (RECORDED, "it is still being measured."),
        (STOPPED, "measuring was stopped. The video is kept for now."),
        (FAILED, "it could not be measured."),
        (MEASURED, "no number could be told this time. Filming again often helps."),
    ],
)
def test_what_has_no_result_says_why(state: str, words: str) -> None:
    assert standing(ExamRow(side="left", state=state), Words()) == f"Left ankle: {words}"


def test_where_no_number_could_be_told_it_can_be_filmed_again(
    page: Page, served: Served, tom: tuple[str, tuple[date, date]]
) -> None:
    with served.store() as store, store.session() as session, session.begin():
        row = next(row for row in exams_of(session, tom[0]) if row.side == "left" and row.recorded_on == tom[1][1])
        document = deepcopy(row.document or {})
        for result in document["results"]:
            result |= {"value_deg": None, "ci95_deg": None, "status": "cannot_tell"}
        row.document = document
    page.goto("/history")
    expect(page.get_by_text("Left ankle: no number could be told this time.")).to_be_visible()
    page.get_by_role("link", name="Open 20 November 2026").click()
    expect(page.get_by_role("heading", name="How far your ankle moves")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Film it again, same set-up").click()
    expect(page.get_by_role("heading", name="Safety first")).to_be_visible()
    with served.store() as store:
        assert load(store, way(page)).sides == ("left",)


def test_nobody_stops_or_begins_measuring_for_somebody_else(page: Page, served: Served) -> None:
    with served.store() as store:
        person_id = keep_person(store, "Eve")
        with store.session() as session, session.begin():
            row = ExamRow(person_id=person_id, recorded_on=date(2026, 11, 24), protocol="seated", side="left")
            row.jobs.append(JobRow(kind="measure", state=CANCELLED))
            session.add(row)
            session.flush()
            exam_id = row.id
        walking.felt_well(page, served.address)
        walking.send(page, served.address, "/result/measure", exam=exam_id)
        walking.send(page, served.address, "/result/stop")
        with store.session() as session:
            assert [job.state for job in session.get_one(ExamRow, exam_id).jobs] == [CANCELLED]


def test_a_form_that_cannot_be_kept_says_so_in_the_frame(page: Page, served: Served) -> None:
    walking.was_safe(page, served.address)
    page.goto("/about/new")
    page.get_by_label("How old are you").fill("34")
    page.get_by_role("radio", name="Female", exact=True).check()
    holding = sqlite3.connect(served.folder / "rom.sqlite", isolation_level=None)
    try:
        holding.execute("BEGIN IMMEDIATE")
        walking.go_on(page)
        expect(page.get_by_role("alert")).to_contain_text("another program has held the database for too long")
        expect(page.get_by_role("link", name="Privacy")).to_be_visible()
        assert faults(page) == []
    finally:
        holding.close()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="About you")).to_be_visible()


@contextmanager
def full_disk(served: Served) -> Iterator[None]:
    """No file of the app grows while this lasts, as on a disk without room (EFBIG for ENOSPC)."""
    assert served.process is not None
    before = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_in_one_sentence_and_nothing_is_broken(page: Page, served: Served) -> None:
    walking.was_safe(page, served.address)
    page.goto("/about/new")
    page.get_by_label("How old are you").fill("34")
    page.get_by_role("radio", name="Female", exact=True).check()
    with full_disk(served):
        walking.go_on(page)
        expect(page.get_by_role("alert")).to_have_text(
            re.compile("^Could not keep this: .*disk .*Nothing was changed; make room .*try again.$")
        )
        expect(page.get_by_text("What you answered before is kept.")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    walking.about(page)
    expect(page.get_by_role("heading", name="How does it feel?")).to_be_visible()


def test_a_full_disk_takes_no_video_and_leaves_nothing_of_it(page: Page, served: Served) -> None:
    walking.chose(page, served.address)
    page.goto("/file")
    page.get_by_label("The video", exact=True).set_input_files(sample_folder() / "seated_right.mp4")
    before = sorted((served.folder / "incoming").iterdir())
    with full_disk(served):
        page.get_by_role("button", name="Measure this video").click()
        expect(page.locator("[data-said]")).to_have_text(
            "Could not take the video in: the disk is full. Nothing was changed; make room and try again."
        )
        assert sorted((served.folder / "incoming").iterdir()) == before
    page.get_by_role("button", name="Measure this video").click()
    expect(page.get_by_role("heading", name="Your result is being worked out")).to_be_visible()


def test_one_day_is_erased_with_its_files(page: Page, served: Served, tom: tuple[str, tuple[date, date]]) -> None:
    with served.store() as store, store.session() as session, session.begin():
        session.add(ReportRow(person_id=tom[0], day=date(2026, 9, 3)))
    page.goto("/history")
    page.get_by_role("link", name="Erase 3 September 2026").click()
    expect(page.get_by_role("heading", name="Erase 3 September 2026?")).to_be_visible()
    expect(page.get_by_text("The signed report of this day stays")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Erase it").click()
    expect(page.get_by_role("heading", name="Earlier results")).to_be_visible()
    with served.store() as store, store.session() as session:
        assert {row.recorded_on for row in exams_of(session, tom[0])} == {date(2026, 11, 20)}


def test_a_household_keeps_its_results_apart(
    page: Page, served: Served, tom: tuple[str, tuple[date, date]]
) -> None:
    with served.store() as store:
        keep_person(store, "Uma")
    page.goto("/history")
    page.get_by_role("button", name="Uma (45 years, male, ballet)").first.click()
    expect(page.get_by_text("Nothing was measured yet.")).to_be_visible()
    assert page.request.get("/day/2026-11-20/report.html").status == 404


def test_choices_about_the_video_are_kept(page: Page, served: Served) -> None:
    page.goto("/privacy")
    page.get_by_role("radio", name="Yes, keep it").check()
    page.get_by_role("radio", name="90 days").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_role("radio", name="Yes, keep it")).to_be_checked()
    with served.store() as store, store.session() as session:
        assert (choice(session, "keep_video", False), choice(session, "keep_days", 30)) == (True, 90)


def test_everything_of_somebody_is_taken_along_and_erased(
    page: Page, served: Served, tom: tuple[str, tuple[date, date]]
) -> None:
    archive = zipfile.ZipFile(BytesIO(page.request.get("/privacy/mine.zip").body()))
    names = archive.namelist()
    assert "person.json" in names
    assert sum(name.endswith("/examination.json") for name in names) == 4
    assert sum(name.endswith("/overlay.mp4") for name in names) == 4
    page.goto("/privacy")
    page.get_by_label("Type ERASE to be sure").fill("yes")
    page.get_by_role("button", name="Erase all of Tom").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was erased")
    page.get_by_label("Type ERASE to be sure").fill("ERASE")
    page.get_by_role("button", name="Erase everybody and everything").click()
    expect(page.get_by_role("heading", name="How far does your ankle move?")).to_be_visible()
    with served.store() as store, store.session() as session:
        assert session.query(PersonRow).count() == 0
        assert session.query(ExamRow).count() == 0
    assert list((served.folder / "media").iterdir()) == []
