"""The page that films, in a real browser, with the real server side behind it."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from rom.store.tables import RECORDED, RECORDING, WAITING, ExamRow, JobRow
from rom.video import open_recording
from tests.web import walking
from tests.web.camera import fakes
from tests.web.camera.conftest import SAMPLE, Site, context_of

#: Keeps what the page sends, so that it can be compared with what arrived.
KEEP_PIECES = """
window.pieces = [];
const real = window.fetch;
window.fetch = (path, options) => {
  if (options?.method === "PUT") window.pieces[Number(path.match(/chunks\\/(\\d+)/)[1])] = options.body;
  return real(path, options);
};
window.sha = async () => {
  const bytes = await new Blob(window.pieces).arrayBuffer();
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
"""


#: For what a server that begins anew has to load on a busy machine.
PATIENCE_MS = 15_000


def rows(site: Site) -> list[ExamRow]:
    with site.store.session() as session:
        return [*session.query(ExamRow).order_by(ExamRow.created)]


def jobs(site: Site) -> list[JobRow]:
    with site.store.session() as session:
        return [*session.query(JobRow)]


def begin(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/record")
    page.get_by_role("button", name="Turn on the camera").click()


def prompt(page: Page, words: str) -> None:
    page.wait_for_function("words => document.getElementById('prompt').textContent.includes(words)", arg=words)


def decoded(path: Path) -> tuple[int, float]:
    """Pictures in a recording, and the time of the last one in seconds."""
    import av

    with av.open(str(path)) as container:
        times = [float(frame.time) for frame in container.decode(video=0) if frame.time is not None]
    return len(times), times[-1] - times[0]


def test_a_side_is_recorded_by_itself_and_arrives_whole(page: Page, site: Site, way: str) -> None:
    """Set-up, countdown, two repetitions, pain not answered, end: nobody touches anything after the start."""
    fakes.plan.green = 1.5
    page.add_init_script(KEEP_PIECES)
    begin(page, site)
    page.wait_for_selector("#checks li[data-ok] >> nth=3")
    page.wait_for_selector("#countdown:visible")
    prompt(page, "Pull your foot up")
    page.wait_for_selector("#lamp:visible")
    prompt(page, "Does it hurt?")
    prompt(page, "Well done. That was everything.")
    sha = page.evaluate("window.sha()")
    page.wait_for_url("**/result")

    (row,) = rows(site)
    (job,) = jobs(site)
    recording = site.store.incoming / f"{row.id}.webm"
    assert hashlib.sha256(recording.read_bytes()).hexdigest() == sha
    assert [path.name for path in site.store.incoming.iterdir()] == [recording.name]
    assert (row.state, row.side, row.protocol, row.said["footwear"]) == (RECORDED, "right", "seated", "bare")
    assert row.said["moved_by"] == "active"
    assert (job.exam_id, job.kind, job.state, site.jobs.woken) == (row.id, "measure", WAITING, 1)
    assert site.journey(way).sides == ()
    assert site.journey(way).exams == (row.id,)
    notes: dict[str, Any] = row.said["notes"]
    assert notes["repetitions"] == 2
    assert [note["pain"] for note in notes["pain"]] == [None]
    assert row.said["symptoms"] == {"pain": {"rest": 1}}, "no answer is not an answer"
    phases = [note["phase"] for note in notes["phases"]]
    movement = ["move_up", "hold_up", "move_down", "hold_down"]
    assert phases == [*movement, "ask_pain", *movement, "done"]
    with open_recording(recording) as film:
        assert film.info.codec == "h264", "the one that keeps its pictures on a busy computer"
    count, length_s = decoded(recording)
    # Two repetitions of 4 x 0.3 s and 1.0 s of asking are 3.4 s; the start and the end may cost half a second.
    assert 2.9 < length_s < 5.5
    assert count > 10 * length_s, "an encoder without time drops pictures, but not two in three"


def halves(path: Path) -> float:
    """How much brighter the left half of a recording's first picture is than the right one."""
    import av

    with av.open(str(path)) as container:
        image = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(float)
    half = image.shape[1] // 2
    return float(image[:, :half].mean() - image[:, half:].mean())


def test_what_is_sent_and_recorded_is_not_mirrored(page: Page, site: Site) -> None:
    begin(page, site)
    page.wait_for_selector("#lamp:visible")
    page.wait_for_timeout(1500)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Measure what was recorded").click()
    page.wait_for_url("**/result")

    true = halves(SAMPLE)
    assert abs(true) > 5, "the sample's halves must differ for this test to tell anything"
    sent = np.mean(fakes.plan.halves)
    recorded = halves(site.store.incoming / f"{rows(site)[0].id}.webm")
    assert sent == pytest.approx(true, abs=4), "the sample moves, and JPEG changes little"
    assert recorded == pytest.approx(true, abs=4)
    assert fakes.plan.shapes == {(360, 640, 3)}


def test_the_picture_is_mirrored_for_the_eye_and_the_leg_lies_on_it(page: Page, site: Site) -> None:
    fakes.plan.green = 30.0
    begin(page, site)
    page.wait_for_selector("#checks li")
    assert page.evaluate("getComputedStyle(picture).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    # The foot's end at (0.66, 0.68) of the picture is drawn in the line's blue at 1 - 0.66 of the shown one.
    blue = page.wait_for_function(
        """() => {
          const scale = Math.min(leg.width / picture.videoWidth, leg.height / picture.videoHeight);
          const [w, h] = [picture.videoWidth * scale, picture.videoHeight * scale];
          const x = (leg.width - w) / 2 + (1 - 0.66) * w, y = (leg.height - h) / 2 + 0.68 * h;
          const [r, g, b, a] = leg.getContext("2d").getImageData(x, y, 1, 1).data;
          return a === 255 && b > r ? [r, g, b] : null;
        }"""
    )
    assert blue.json_value() == [0x4F, 0xD1, 0xFF]


def test_both_sides_in_turn(browser: Browser, site: Site) -> None:
    way = site.way("right", "left")
    with context_of(browser, site, way) as context:
        page = context.new_page()
        begin(page, site)
        prompt(page, "turn round: the left side")
        page.get_by_role("button", name="Start now").click()
        page.wait_for_function("document.title === 'Film the left ankle'")
        page.wait_for_url("**/result")
    assert [row.side for row in rows(site)] == ["right", "left"]
    assert site.journey(way).exams == tuple(row.id for row in rows(site))
    assert len(jobs(site)) == 2


def test_pain_that_is_too_much_stops_it_and_is_kept(page: Page, site: Site) -> None:
    fakes.plan.pain = 10.0
    begin(page, site)
    page.wait_for_selector("#pain:visible")
    page.keyboard.press("7")
    prompt(page, "That hurts too much")
    page.get_by_role("link", name="To the result").click()
    page.wait_for_url("**/result")
    (row,) = rows(site)
    assert row.said["symptoms"] == {"pain": {"rest": 1, "during": 7}}
    assert [note["pain"] for note in row.said["notes"]["pain"]] == [7]


def test_by_keyboard_alone(page: Page, site: Site) -> None:
    """Start, mute, pause, go on, answer, stop, and say what becomes of it."""
    fakes.plan.move, fakes.plan.pain = 1.5, 10.0
    page.goto(f"{site.url}/record")
    page.keyboard.press("Enter")
    page.wait_for_selector("main[data-phase=move_up]")
    page.keyboard.press("m")
    assert page.locator("#mute").get_attribute("aria-pressed") == "true"
    page.keyboard.press(" ")
    prompt(page, "Paused")
    page.wait_for_selector("main[data-phase=paused]")
    page.keyboard.press(" ")
    page.wait_for_selector("#pain:visible")
    page.keyboard.press("2")
    page.wait_for_selector("main[data-phase=move_up]")
    page.keyboard.press("Escape")
    prompt(page, "Stopped")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    (row,) = rows(site)
    assert [note["pain"] for note in row.said["notes"]["pain"]] == [2]
    assert "paused" in [note["phase"] for note in row.said["notes"]["phases"]]
    page.goto(f"{site.url}/record")
    assert page.evaluate("localStorage.getItem('rom_muted')") == "yes"


def test_a_camera_that_is_refused(browser: Browser, site: Site, way: str) -> None:
    fakes.plan.green = 30.0
    with context_of(browser, site, way, camera=False) as context:
        page = context.new_page()
        begin(page, site)
        prompt(page, "The camera is not allowed")
        context.grant_permissions(["camera"], origin=site.url)
        page.get_by_role("button", name="Try again").click()
        page.wait_for_selector("#checks li")


REJECTS = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s'); };"


@pytest.mark.parametrize(
    ("made_so", "sentence"),
    [
        (REJECTS % "NotFoundError", "No camera was found"),
        (REJECTS % "NotReadableError", "Another program is using the camera"),
        (REJECTS % "AbortError", "The camera could not be opened"),
        ("delete window.MediaRecorder;", "This browser cannot film"),
    ],
)
def test_without_a_camera_there_is_a_way_on(page: Page, site: Site, made_so: str, sentence: str) -> None:
    page.add_init_script(made_so)
    begin(page, site)
    prompt(page, sentence)
    assert page.get_by_role("link", name="Film with a phone instead").get_attribute("href") == "/phone"
    page.get_by_role("link", name="Use a video file instead").click()
    page.wait_for_url("**/file")


def test_a_camera_unplugged_half_way_keeps_what_was_recorded(page: Page, site: Site, way: str) -> None:
    begin(page, site)
    page.wait_for_selector("#lamp:visible")
    page.wait_for_timeout(1500)
    page.evaluate(walking.UNPLUG)
    prompt(page, "The camera was disconnected")
    page.get_by_role("button", name="Measure what was recorded").click()
    page.wait_for_url("**/result")
    (row,) = rows(site)
    assert row.state == RECORDED
    assert decoded(site.store.incoming / f"{row.id}.webm")[1] > 1.0
    assert site.journey(way).exams == (row.id,)


def test_a_side_filmed_again_leaves_nothing_of_the_first(page: Page, site: Site) -> None:
    begin(page, site)
    page.wait_for_selector("#lamp:visible")
    page.wait_for_timeout(1200)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Film this side again").click()
    page.wait_for_selector("main[data-phase=set_up]")
    page.wait_for_url("**/result")
    (row,) = rows(site)
    assert [path.stem for path in site.store.incoming.iterdir()] == [row.id]


def test_nobody_goes_on_for_a_recording_that_is_refused(page: Page, site: Site) -> None:
    fakes.plan.move = 10.0
    page.route("**/chunks/**", lambda route: route.fulfill(status=409, json={"detail": "It has grown too long."}))
    begin(page, site)
    prompt(page, "The recording could not be kept")
    assert page.locator("#detail").inner_text() == "It has grown too long."
    assert page.locator("#lamp").is_hidden()
    assert jobs(site) == []
    page.unroute("**/chunks/**")
    fakes.plan.move = 0.3  # for the guide that begins anew
    page.get_by_role("button", name="Film this side again").click()
    page.wait_for_url("**/result")


def test_a_server_that_was_gone_misses_nothing(page: Page, site: Site) -> None:
    page.add_init_script(KEEP_PIECES)
    begin(page, site)
    page.wait_for_selector("#lamp:visible")
    page.wait_for_timeout(1200)
    site.stop()
    page.wait_for_selector("#fault:visible")
    assert "does not answer" in page.locator("#fault").inner_text()
    page.wait_for_timeout(1500)
    fakes.plan.green = 3.0  # of the guide that begins anew: the one before went with its server
    site.start()
    fault = page.locator("#fault")
    expect(fault).to_contain_text("The program was started again; what was recorded is kept.", timeout=PATIENCE_MS)
    expect(page.locator("#lamp")).to_be_visible()
    expect(fault).to_be_hidden(timeout=PATIENCE_MS)
    prompt(page, "Well done. That was everything.")
    sha = page.evaluate("window.sha()")
    page.wait_for_url("**/result")
    (row,) = rows(site)
    recording = site.store.incoming / f"{row.id}.webm"
    assert hashlib.sha256(recording.read_bytes()).hexdigest() == sha
    assert decoded(recording)[1] > 3.5, "the recording went on while the server was gone"


@pytest.fixture
def interrupted(browser: Browser, site: Site, way: str) -> str:
    """The name of an examination whose browser was closed in the middle."""
    with context_of(browser, site, way) as context:
        page = context.new_page()
        begin(page, site)
        page.wait_for_selector("#lamp:visible")
        while not (arrived := list(site.store.incoming.glob("*.part"))):
            page.wait_for_timeout(100)
    (row,) = rows(site)
    assert (row.state, arrived[0].name) == (RECORDING, f"{row.id}.webm.part")
    return row.id


def test_an_interrupted_recording_can_be_measured(interrupted: str, page: Page, site: Site) -> None:
    page.goto(f"{site.url}/record")
    prompt(page, "A recording of the right ankle was interrupted")
    page.get_by_role("button", name="Measure what was recorded").click()
    page.wait_for_url("**/result")
    (row,) = rows(site)
    assert (row.id, row.state, jobs(site)[0].exam_id) == (interrupted, RECORDED, interrupted)
    assert decoded(site.store.incoming / f"{interrupted}.webm")[1] > 0.4, "the browser's first piece is a second"


def test_an_interrupted_recording_can_be_thrown_away(interrupted: str, page: Page, site: Site) -> None:
    page.goto(f"{site.url}/record")
    page.get_by_role("button", name="Throw it away").click()
    page.get_by_role("button", name="Turn on the camera").wait_for()
    assert rows(site) == []
    assert list(site.store.incoming.iterdir()) == []


IN_BACKGROUND = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SLEPT = "const real = Date.now; Date.now = () => real() + 60_000;"


def test_a_page_in_the_background_and_a_computer_asleep_pause(page: Page, site: Site) -> None:
    fakes.plan.move = 1.5
    begin(page, site)
    page.wait_for_selector("main[data-phase=move_up]")
    page.evaluate(IN_BACKGROUND, True)
    prompt(page, "this page was in the background")
    page.evaluate(IN_BACKGROUND, False)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function("document.getElementById('main').dataset.phase !== 'paused'")
    page.evaluate(SLEPT)
    prompt(page, "the computer was asleep")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    assert rows(site)[0].state == RECORDED


def test_accessible(page: Page, site: Site) -> None:
    """No serious or critical finding of axe, no sideways scrolling, and words to be read from two metres."""
    fakes.plan.green, fakes.plan.move, fakes.plan.pain = 2.0, 3.0, 10.0
    page.goto(f"{site.url}/record")
    problems = found(page)
    page.keyboard.press("Enter")
    for moment in ("#checks li[data-ok]", "main[data-phase=hold_up]", "#pain:visible"):
        page.wait_for_selector(moment)
        problems += found(page)
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 720})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (moment, width)
            assert page.evaluate("document.getElementById('stop').getBoundingClientRect().bottom <= innerHeight"), (
                moment,
                width,
            )
        size_px = page.evaluate("parseFloat(getComputedStyle(document.getElementById('prompt')).fontSize)")
        assert size_px >= 56
    assert problems == []


def found(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    results = Axe().run(page)
    return [
        f"{finding['id']}: {finding['nodes'][0]['html']}"
        for finding in results.response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]
