"""The page that films, in a real browser, with the real server side behind it."""

import hashlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from rom.store.tables import RECORDED, WAITING, ExamRow, JobRow
from tests.web.camera.conftest import Site

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
    page.add_init_script(KEEP_PIECES)
    begin(page, site)
    page.wait_for_selector("#checks li[data-ok] >> nth=6")
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
    assert phases == [*["move_up", "hold_up", "move_down", "hold_down"], "ask_pain"] + phases[:4] + ["done"]
    count, length_s = decoded(recording)
    # Two repetitions of 4 x 0.8 s and 1.5 s of asking are 7.9 s; the browser's start and end may cost half a second.
    assert 7.0 < length_s < 10.0
    assert count > 10 * length_s, "an encoder without time drops pictures, but not two in three"
