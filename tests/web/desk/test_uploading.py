"""Many videos at once, in a real browser and over cut connections."""

import json
import re
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select

from rom.samples import sample_folder
from rom.store.clinic import ARRIVED, ARRIVING, UploadRow
from rom.store.exams import AUTO, exams_of
from rom.store.tables import WAITING
from rom.web.desk.upload import PIECE_BYTES
from tests.web.conftest import Served
from tests.web.desk.looked_at import faults
from tests.web.kept import keep_person

#: Two pieces and a bit: so much of an MP4 that players skip (ISO/IEC 14496-12, a box of type "free").
PADDING = 2 * PIECE_BYTES
VIDEO = (sample_folder() / "walk_right.mp4").read_bytes()


@pytest.fixture
def asks(served: Served) -> Iterator[httpx.Client]:
    """The page's script, without a browser."""
    with httpx.Client(base_url=served.address, timeout=30, headers={"Origin": served.address}) as client:
        yield client


def large(folder: Path, name: str) -> Path:
    """A video of several pieces."""
    path = folder / name
    path.write_bytes(VIDEO + struct.pack(">I4s", PADDING + 8, b"free") + bytes(PADDING))
    return path


def upload_of(served: Served, person_id: str, name: str) -> UploadRow:
    with served.store() as store, store.session() as session:
        own = select(UploadRow).where(UploadRow.person_id == person_id, UploadRow.name == name)
        return session.scalars(own).one()


def test_three_videos_one_of_them_broken_and_the_connection_cut(
    page: Page, visitor: BrowserContext, served: Served, tmp_path: Path
) -> None:
    """The keyboard alone, but for the system's own dialog in which the files are chosen."""
    with served.store() as store:
        person_id = keep_person(store, "Ada Uploaded")
    broken, whole = tmp_path / "broken<b>.mp4", large(tmp_path, "long.mp4")
    broken.write_bytes(VIDEO[:40] + bytes(20_000))
    page.goto("/desk/upload")
    page.wait_for_selector("[data-ready]")
    page.get_by_role("combobox", name="Person").press_sequentially("ada uplo")
    page.get_by_role("option", name="Ada Uploaded").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Person")).to_have_value("Ada Uploaded")
    page.get_by_label("Choose videos").set_input_files([whole, broken, sample_folder() / "seated_right.mp4"])
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    rows.nth(2).get_by_label("Side of seated_right.mp4").select_option("right")
    rows.nth(2).get_by_label("Exam of seated_right.mp4").select_option("seated")
    assert faults(page) == []

    cut: list[str] = []

    def cutting(route: Route) -> None:
        """The second piece of the long one does not get through, twice."""
        if f"offset={PIECE_BYTES}" in route.request.url and len(cut) < 2:
            cut.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.fallback()

    visitor.route(re.compile("/desk/uploads/"), cutting)
    page.get_by_role("button", name="Send all").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_contain_text("The connection broke; trying again in", timeout=60_000)
    for k in (0, 2):
        expect(rows.nth(k)).to_contain_text("Arrived, waiting to be measured", timeout=60_000)
    expect(rows.nth(1)).to_contain_text("there is no picture in this file")
    expect(rows.nth(1)).to_contain_text("broken<b>.mp4")
    expect(page.get_by_role("status")).to_have_text("2 of 3 sent.")
    assert len(cut) == 2
    assert faults(page) == []
    with served.store() as store, store.session() as session:
        exams = exams_of(session, person_id)
        assert sorted((exam.protocol, exam.side) for exam in exams) == [(AUTO, AUTO), ("seated", "right")]
        assert [[job.state for job in exam.jobs] for exam in exams] == [[WAITING], [WAITING]]
        found = {(store.incoming / f"{exam.id}.mp4").stat().st_size for exam in exams}
    assert whole.stat().st_size in found


def test_videos_are_dropped_and_what_cannot_be_is_said_at_once(page: Page, served: Served) -> None:
    with served.store() as store:
        person_id = keep_person(store, "Dora Dropped")
    page.goto(f"/desk/upload?person={person_id}")
    page.wait_for_selector("[data-ready]")
    page.evaluate(
        """() => {
          const moved = new DataTransfer();
          moved.items.add(new File([new Uint8Array(5000)], "knee.mov", {lastModified: Date.UTC(2026, 9, 5, 12)}));
          moved.items.add(new File([], "empty.mov"));
          document.getElementById("drop").dispatchEvent(new DragEvent("drop", {dataTransfer: moved}));
        }"""
    )
    rows = page.locator("tbody tr")
    expect(rows.nth(0).get_by_label("Day of knee.mov")).to_have_value("2026-10-05")
    expect(rows.nth(0).get_by_label("Person of knee.mov")).to_have_value(person_id)
    expect(rows.nth(1)).to_contain_text("This file is empty; please choose another.")
    page.get_by_role("button", name="Leave out of empty.mov").press("Enter")
    expect(rows).to_have_count(1)
    rows.nth(0).get_by_label("Person of knee.mov").select_option("")
    page.get_by_role("button", name="Send all").press("Enter")
    expect(page.locator("#said")).to_have_text("Choose a person first.")
    expect(rows.nth(0).get_by_label("Person of knee.mov")).to_be_focused()


def test_a_page_that_was_left_goes_on_with_the_same_file(page: Page, served: Served, tmp_path: Path) -> None:
    with served.store() as store:
        person_id = keep_person(store, "Bea Reloaded")
    whole = large(tmp_path, "again.mp4")
    asked: list[str] = []

    def choose() -> None:
        page.goto(f"/desk/upload?person={person_id}")
        page.wait_for_selector("[data-ready]")
        page.get_by_label("Choose videos").set_input_files(whole)
        page.get_by_role("button", name="Send all").click()

    def stopping(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if f"offset={PIECE_BYTES}" in route.request.url else route.fallback()

    page.on("dialog", lambda dialog: dialog.accept())
    page.route(re.compile(r"\?offset="), stopping)
    choose()
    expect(page.locator("tbody tr")).to_contain_text("trying again", timeout=60_000)
    page.get_by_role("button", name="Pause of again.mp4").click()
    expect(page.locator("tbody tr")).to_contain_text("Paused")
    row = upload_of(served, person_id, "again.mp4")
    assert (row.state, row.received) == (ARRIVING, PIECE_BYTES)
    page.unroute(re.compile(r"\?offset="))
    page.goto("/desk/upload")
    expect(page.get_by_role("heading", name="Broken off")).to_be_visible()
    expect(page.get_by_text("again.mp4: 48% arrived")).to_be_visible()
    assert faults(page) == []
    page.on("request", lambda request: asked.append(request.url))
    del asked[:]
    choose()
    expect(page.locator("tbody tr")).to_contain_text("Arrived, waiting to be measured", timeout=60_000)
    assert f"offset={PIECE_BYTES}" in next(url for url in asked if "offset=" in url), "not from the beginning"
    after = upload_of(served, person_id, "again.mp4")
    assert (after.id, after.state) == (row.id, ARRIVED)


def test_a_connection_that_dies_in_the_middle_of_a_piece_keeps_what_came(
    asks: httpx.Client, served: Served
) -> None:
    with served.store() as store:
        person_id = keep_person(store, "Cut")
    said = {"name": "cut.mp4", "size": len(VIDEO), "person": person_id, "day": "2026-11-20", "mark": "m"}
    begun = asks.post("/desk/uploads", content=json.dumps(said))
    assert begun.status_code == 201
    upload, part = begun.json()["id"], 100_000
    address = urlsplit(served.address)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        head = (
            f"PATCH /desk/uploads/{upload}?offset=0 HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Origin: {served.address}\r\nContent-Length: {len(VIDEO)}\r\n\r\n"
        )
        connection.sendall(head.encode() + VIDEO[:part])
    for _ in range(100):
        at = asks.get(f"/desk/uploads/{upload}").json()["offset"]
        if at:
            break
    assert 0 < at <= part
    assert asks.patch(f"/desk/uploads/{upload}?offset=0", content=VIDEO).status_code == 409
    assert asks.patch(f"/desk/uploads/{upload}?offset={at}", content=VIDEO[at:]).json() == {"offset": len(VIDEO)}
    assert asks.post(f"/desk/uploads/{upload}/finish").status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"size": "many"}', b'{"size": 1e999}', b'{"person": {"a": 1}}', b"\xff", b"x" * 50_000],
)
def test_what_is_no_beginning_is_refused_with_a_sentence(asks: httpx.Client, body: bytes) -> None:
    answer = asks.post("/desk/uploads", content=body)
    assert answer.status_code in (404, 415, 422)
    assert answer.json()["reason"].startswith("Expected")


@pytest.mark.parametrize("upload", ["x", "..%2f..%2from.sqlite", "a" * 32])
def test_an_upload_that_is_not_there_is_not_found(asks: httpx.Client, upload: str) -> None:
    assert asks.get(f"/desk/uploads/{upload}").status_code == 404
    assert asks.patch(f"/desk/uploads/{upload}?offset=0", content=b"x").status_code == 404
    assert asks.post(f"/desk/uploads/{upload}/finish").status_code == 404
