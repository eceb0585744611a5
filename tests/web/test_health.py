"""`/health` and who looked at whose record: what is told, to whom, and what is written down."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from starlette.types import Receive, Scope, Send

from rom.records import Person
from rom.store import Store, open_store
from rom.store.clinic import AuditRow
from rom.store.people import add_person
from rom.store.tables import now
from rom.web import health
from rom.web.ground import Ground
from rom.web.views import ONCE_IN, VIEWED, note_view
from rom.web.who import LOCAL, NOBODY, Who
from tests.web.apart import run_apart
from tests.web.served import NoJobs

ELSEWHERE, HERE = ("10.0.0.9", 5000), ("127.0.0.1", 5000)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(folder=tmp_path / "store") as opened:
        with opened.session() as session, session.begin():
            add_person(session, Person(45.0), label="Ada Lovelace")
        yield opened


def told(store: Store, who: Who, client: tuple[str, int]) -> tuple[int, dict[str, Any], str]:
    app = FastAPI()
    health.register(app, Ground(store, NoJobs(store)), "instance-1")

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "rom_who": who}, receive, send)

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(asked, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as asks:
            return await asks.get("/health")

    answer = run_apart(get())
    return answer.status_code, answer.json(), answer.text


@pytest.mark.parametrize("who", [NOBODY, Who("patient", "p", "ana"), Who("therapist", "t", "theo")])
def test_others_are_told_that_it_is_well_and_nothing_else(store: Store, who: Who) -> None:
    assert told(store, who, ELSEWHERE)[:2] == (200, {"app": "rom", "well": True})


@pytest.mark.parametrize(("who", "client"), [(NOBODY, HERE), (Who("admin", "a", "adam"), ELSEWHERE), (LOCAL, HERE)])
def test_this_machine_and_admins_are_told_how_much_and_nothing_of_anybody(
    store: Store, who: Who, client: tuple[str, int]
) -> None:
    status, said, text = told(store, who, client)
    assert status == 200
    assert {*said} == {
        "app", "well", "version", "instance", "disk", "free_bytes", "store", "tables", "queue"
    }  # fmt: skip
    assert said["queue"] == {"waiting": 0, "running": 0, "failed": 0}
    assert "Ada" not in text
    assert str(store.folder) not in text


def test_a_full_disk_and_a_store_that_does_not_answer_are_not_well(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage(NamedTuple):
        total: int
        used: int
        free: int

    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))
        status, said, _ = told(store, LOCAL, HERE)
        assert (status, said["well"], said["disk"]) == (503, False, "almost full")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE jobs")
    status, said, _ = told(store, LOCAL, HERE)
    assert (status, said["store"]) == (503, "does not answer")
    assert told(store, NOBODY, ELSEWHERE)[:2] == (503, {"app": "rom", "well": False})


def views(store: Store) -> list[tuple[str, str, str]]:
    with store.session() as session:
        return [
            (row.who, row.about, row.about_id) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))
        ]


def test_a_look_at_a_record_is_noted_once_an_hour_for_each_who_looks(store: Store) -> None:
    for path in ("/desk/person/p1", "/desk", "/desk/queue", "/history", "/desk/person/p1/edit"):
        note_view(store, LOCAL, path)
    assert views(store) == [], "this computer's user is everybody: it would say nothing"
    theo, tina = _with_accounts(store)
    for who, path in (
        (theo, "/desk/person/p1"),
        (theo, "/desk/person/p1"),
        (tina, "/desk/person/p1"),
        (theo, "/desk/report/p1/2026-11-20"),
        (theo, "/desk/exam/e1"),
        (theo, "/desk/exam/e1/told"),
        (theo, "/desk/exam/e2/told"),  # of the page that sets two beside each other
        (theo, "/desk"),
        (theo, "/desk/person/p1/edit"),
    ):
        note_view(store, who, path)
    first = [("theo", "person", "p1"), ("tina", "person", "p1"), ("theo", "exam", "e1"), ("theo", "exam", "e2")]
    assert views(store) == first
    with store.session() as session, session.begin():
        session.execute(update(AuditRow).values(at=now() - ONCE_IN))
    note_view(store, theo, "/desk/person/p1")
    assert views(store) == [*first, first[0]]
    with store.session() as session:
        assert {*session.scalars(select(AuditRow.action))} == {VIEWED}


def _with_accounts(store: Store) -> tuple[Who, Who]:
    from rom.store.clinic import THERAPIST, AccountRow

    with store.session() as session, session.begin():
        session.add_all(
            [AccountRow(id=one, name=one, role=THERAPIST, password_hash="") for one in ("theo", "tina")]
        )
    return Who("therapist", "theo", "theo"), Who("therapist", "tina", "tina")
