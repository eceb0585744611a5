"""The whole way of somebody at home, with nothing in the place of anything: from the first page to the PDF.

The app is the one that ``rom app`` begins, with its worker, its models and its guide. Only the camera is played: a
rendered person whose ankle angle was planted moves in it over and over, and hears no prompt.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from calibration.benchmarks.live_page import motion_jpeg
from rom.exchange import read_rom
from rom.live.guide import RECORDING_MOST_S
from rom.records import MOTIONS, Motion
from rom.samples import DEMO, sample_folder
from rom.store.tables import FAILED, MEASURED, ExamRow
from rom.web.visits import media_of
from tests.web import walking
from tests.web.conftest import CHROMIUM, Served, WholeApp
from tests.web.requests import ARGUMENTS, only_own_requests

pytestmark = [pytest.mark.slow, pytest.mark.alone]

WIDTH_PX, PLAYED_S = 1280, 12.0  # all of the sample, at its full size
#: Rendered people, a camera that plays what it can on a busy machine, and an encoder: the bar of the home exam.
WITHIN_DEG = 5.0
#: A machine that does other work too: the guide's own limit and more, and a worker that has to load everything.
GUIDED_MS, MEASURED_MS, STEP_MS = 360_000, 400_000, 60_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with WholeApp(tmp_path_factory.mktemp("whole")) as served:
        yield served


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its camera plays the sample over and over."""
    clip = tmp_path_factory.mktemp("camera") / "clip.mjpeg"
    motion_jpeg(sample_folder() / f"{DEMO}.mp4", clip, WIDTH_PX, PLAYED_S)
    camera = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
    yield browser
    browser.close()


@pytest.fixture
def visitor(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """Somebody who allows the camera, and whose browser asks nobody but the app."""
    context = browser.new_context(base_url=served.address, viewport={"width": 1280, "height": 720})
    context.set_default_timeout(STEP_MS)
    context.grant_permissions(["camera"], origin=served.address)
    try:
        with only_own_requests(context, served.address):
            yield context
    finally:
        context.close()


def to_the_camera(page: Page) -> None:
    """By clicks from the first page: somebody well, on a chair, the right ankle, bare."""
    walking.safe(page)
    walking.about(page, "30", "Ana")
    page.get_by_role("radio", name="Neither hurts").check()
    walking.go_on(page)
    page.get_by_role("heading", name="What else do you notice?").wait_for()
    for answer in page.get_by_role("radio", name="No", exact=True).all():
        answer.check()
    walking.go_on(page)
    page.get_by_role("heading", name="An injury or surgery?").wait_for()
    walking.go_on(page)
    walking.seated_right(page)
    page.get_by_role("link", name="I am ready: start the camera").click()
    page.wait_for_url("**/record")
    page.get_by_role("button", name="Turn on the camera").click()


def all_green(page: Page) -> None:
    """Every line of the list, and with it the countdown."""
    page.wait_for_selector("#checks li")
    page.wait_for_selector("main[data-phase=countdown]", timeout=GUIDED_MS)
    assert page.locator("#checks li").count() == page.locator("#checks li[data-ok]").count() == 8


def the_row(served: Served, page: Page) -> ExamRow:
    """The examination of this browser's way."""
    with served.store() as store, store.session() as session:
        (row,) = session.query(ExamRow).order_by(ExamRow.created.desc()).limit(1)
        session.expunge(row)
    return row


def went_its_way(row: ExamRow) -> None:
    """The guide led through all movements and asked between them, as far as its own time allowed."""
    notes = row.said["notes"]
    phases = [note["phase"] for note in notes["phases"]]
    assert phases[-1] == "done"
    assert notes["repetitions"] == 3 or notes["phases"][-1]["time_s"] > RECORDING_MOST_S / 2
    answers = [note["pain"] for note in notes["pain"]]
    assert len(answers) == phases.count("ask_pain")
    assert set(answers) <= {"as_before", None}
    assert answers.count("as_before") == 1, "pressed once"


def truth_deg() -> dict[Motion, float]:
    """What was planted."""
    told = json.loads((sample_folder() / f"{DEMO}.json").read_text(encoding="utf-8"))["truth"]
    return {motion: told[f"{motion}_deg"] for motion in MOTIONS}


def values_deg(row: ExamRow) -> dict[Motion, float]:
    """What was measured, without what could not be told."""
    assert row.document is not None
    found = {result["motion"]: result["value_deg"] for result in row.document["results"]}
    return {motion: found[motion] for motion in MOTIONS if found.get(motion) is not None}


def test_from_the_first_page_to_the_file_for_a_therapist(page: Page, served: Served, tmp_path: Path) -> None:
    to_the_camera(page)
    all_green(page)
    page.wait_for_selector("#lamp:visible")
    page.get_by_role("button", name="As before").click(timeout=GUIDED_MS)  # and the second time nobody answers
    page.wait_for_url("**/result", timeout=GUIDED_MS)
    page.get_by_role("heading", name="How far your ankle moves").wait_for(timeout=MEASURED_MS)

    row = the_row(served, page)
    assert (row.state, row.side, row.protocol) == (MEASURED, "right", "seated")
    went_its_way(row)
    found = values_deg(row)
    assert set(found) == set(MOTIONS), "neither is missing"
    assert found == pytest.approx(truth_deg(), abs=WITHIN_DEG)
    for value_deg in found.values():
        expect(page.locator(".rom-report").get_by_text(f"{value_deg:.0f}°", exact=True).first).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Save as one file for a therapist").click()
    download.value.save_as(tmp_path / "visit.rom")
    (tmp_path / "opened").mkdir()
    (opened,) = read_rom(tmp_path / "visit.rom", tmp_path / "opened").exams
    assert {result.motion: result.value_deg for result in opened.exam.results} == found
    assert "overlay" in opened.files
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as PDF").click()
    download.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")

    with served.store() as store:
        kept = media_of(store, row.id)
        assert "overlay" in kept
        assert "original" not in kept
        assert list(store.incoming.iterdir()) == []
    assert page.request.get(f"/media/{row.id}/overlay").body()[4:8] == b"ftyp"


def test_a_camera_that_is_lost_half_way_leaves_what_was_filmed(page: Page, served: Served) -> None:
    to_the_camera(page)
    all_green(page)
    page.wait_for_selector("main[data-phase=ask_pain]", timeout=GUIDED_MS)
    page.evaluate(walking.UNPLUG)
    expect(page.locator("#prompt")).to_have_text("The camera was disconnected.")
    expect(page.locator("#detail")).to_contain_text("What was recorded is kept.")
    expect(page.get_by_role("button", name="Film this side again")).to_be_visible()
    page.get_by_role("button", name="Measure what was recorded").click()
    page.wait_for_url("**/result")
    ended = page.get_by_role("heading", name=re.compile("How far your ankle moves|That did not work"))
    ended.wait_for(timeout=MEASURED_MS)

    row = the_row(served, page)
    assert row.state in (MEASURED, FAILED)
    if row.state == FAILED:
        expect(page.locator("main")).to_contain_text(row.reason)
        expect(page.get_by_role("button", name="Film it again, same set-up")).to_be_visible()
        return
    found = values_deg(row)
    assert found, "a result that holds no number would have failed"
    assert found == pytest.approx({motion: truth_deg()[motion] for motion in found}, abs=WITHIN_DEG)
    with served.store() as store:
        assert "original" not in media_of(store, row.id)
