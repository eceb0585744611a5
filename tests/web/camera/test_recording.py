"""What the server takes of a recording, without a browser."""

import errno
from collections.abc import Iterator
from typing import Any, BinaryIO

import httpx
import pytest

from rom.store.tables import RECORDED, ExamRow, JobRow
from rom.web.camera import growing
from rom.web.journey import COOKIE
from tests.web.camera.conftest import Site

FIRST, SECOND = growing.EBML + b"first", b"second"


def client(site: Site, way: str) -> httpx.Client:
    return httpx.Client(base_url=site.url, cookies={COOKIE: way}, headers={"Origin": site.url})


@pytest.fixture
def browser_of(site: Site, way: str) -> Iterator[httpx.Client]:
    with client(site, way) as asks:
        yield asks


def begun(asks: httpx.Client) -> str:
    answer = asks.post("/record/exams", json={"side": "right"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["exam"])


def put(asks: httpx.Client, exam: str, number: int, start: int, piece: bytes) -> httpx.Response:
    return asks.put(f"/record/{exam}/chunks/{number}", params={"from": start}, content=piece)


def rows(site: Site, kind: type[Any]) -> list[Any]:
    with site.store.session() as session:
        return [*session.query(kind)]


def test_an_end_that_is_told_twice_ends_it_once(site: Site, way: str, browser_of: httpx.Client) -> None:
    exam = begun(browser_of)
    put(browser_of, exam, 0, 0, FIRST)
    ended = {"chunks": 1, "size": len(FIRST), "notes": {"repetitions": 3}}
    answers = [browser_of.post(f"/record/{exam}/done", json=ended).json() for _ in range(2)]
    assert answers == [{"side": None, "go": "/result"}] * 2
    assert len(rows(site, JobRow)) == 1
    assert site.journey(way).exams == (exam,)
    assert put(browser_of, exam, 1, len(FIRST), SECOND).status_code == 409, "a whole recording does not grow"


def test_a_server_that_died_between_file_and_row_is_told_again(site: Site, browser_of: httpx.Client) -> None:
    exam = begun(browser_of)
    put(browser_of, exam, 0, 0, FIRST)
    growing.finish(site.store, exam, len(FIRST))
    assert browser_of.post(f"/record/{exam}/done", json={"size": len(FIRST)}).status_code == 200
    assert rows(site, ExamRow)[0].state == RECORDED


def test_a_recording_that_lacks_a_piece_is_not_ended(site: Site, browser_of: httpx.Client) -> None:
    exam = begun(browser_of)
    put(browser_of, exam, 0, 0, FIRST)
    answer = browser_of.post(f"/record/{exam}/done", json={"size": 15})
    assert (answer.status_code, rows(site, JobRow)) == (409, [])
    assert "expected 15 bytes, but got 9" in answer.json()["detail"]


def test_a_full_disk_is_said_and_the_piece_may_come_again(
    site: Site, browser_of: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = begun(browser_of)

    def full(file: BinaryIO) -> None:
        raise OSError(errno.ENOSPC, f"no room for {file.name}")

    with monkeypatch.context() as patch:
        patch.setattr(growing, "flush", full)
        assert put(browser_of, exam, 0, 0, FIRST).status_code == 507
    assert put(browser_of, exam, 0, 0, FIRST).json() == {"kept": len(FIRST)}


def test_nobody_touches_anybody_elses(site: Site, browser_of: httpx.Client) -> None:
    exam = begun(browser_of)
    put(browser_of, exam, 0, 0, FIRST)
    with client(site, site.way("right")) as other:
        assert put(other, exam, 1, len(FIRST), SECOND).status_code == 409
        assert other.post(f"/record/{exam}/done", json={}).status_code == 409
        assert other.delete(f"/record/{exam}").status_code == 409
    with client(site, "0" * 32) as nobody:
        assert nobody.post("/record/exams", json={"side": "right"}).status_code == 409
        assert nobody.get("/record").headers["location"] == "/"
    assert growing.kept_bytes(site.store, exam) == len(FIRST)


@pytest.mark.parametrize("path", ["chunks/-1?from=0", "chunks/0?from=-1", "chunks/0", "chunks/1800?from=0"])
def test_pieces_out_of_bounds_are_refused(browser_of: httpx.Client, path: str) -> None:
    assert browser_of.put(f"/record/{begun(browser_of)}/{path}", content=FIRST).status_code == 422


def test_a_piece_that_is_too_long_is_refused(browser_of: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "PIECE_BYTES_MOST", 8)
    assert put(browser_of, begun(browser_of), 0, 0, FIRST).status_code == 413


def test_a_side_that_is_not_to_be_filmed_is_refused(browser_of: httpx.Client) -> None:
    assert browser_of.post("/record/exams", json={"side": "left"}).status_code == 409
    assert browser_of.post("/record/exams", json={"side": "both"}).status_code == 422


def test_with_nothing_to_film_the_way_goes_on(site: Site) -> None:
    with client(site, site.way()) as asks:
        assert asks.get("/record").headers["location"] == "/exam"


def test_a_row_of_which_nothing_was_kept_goes(site: Site, browser_of: httpx.Client) -> None:
    begun(browser_of)
    assert '"left": []' in browser_of.get("/record").text
    assert rows(site, ExamRow) == []
