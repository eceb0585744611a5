"""Recordings that arrive in pieces: whole or refused, whatever breaks off, and only one's own people's."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select
from starlette.requests import ClientDisconnect

from rom.errors import InputUnreadable, RomError, UsageError
from rom.intake import LIMITS
from rom.intake.limits import SPARE_BYTES
from rom.records import Person
from rom.samples import sample_folder
from rom.store import Store, open_store
from rom.store.clinic import ARRIVED, REFUSED, THERAPIST, AccountRow, AuditRow, CareRow, UploadRow
from rom.store.people import add_person
from rom.store.tables import RECORDED, WAITING, ExamRow, JobRow
from rom.web.arriving import OutOfStep, Said, add_piece, begin, finish, give_up, part_of, shown_name, upload_for
from rom.web.who import LOCAL, NotTheirs, Who
from tests.web.apart import run_apart

VIDEO = (sample_folder() / "walk_right.mp4").read_bytes()
SAID = Said(date(2026, 11, 20), side="right", protocol="walk")


class Ground(NamedTuple):
    """A store with Ada, whom a therapist cares for, and Bob, for whom nobody does."""

    store: Store
    therapist: Who
    ada: str
    bob: str


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with open_store(folder=tmp_path / "store") as store:
        with store.session() as session, session.begin():
            account = AccountRow(name="t", role=THERAPIST, password_hash="")
            ada, bob = add_person(session, Person(), label="Ada"), add_person(session, Person(), label="Bob")
            session.add(account)
            session.flush()
            session.add(CareRow(account_id=account.id, person_id=ada.id))
        yield Ground(store, Who("therapist", account.id, "T"), ada.id, bob.id)


async def sent(data: bytes, size: int = 50_000, lost: bool = False) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
    if lost:
        raise ClientDisconnect


def begun(ground: Ground, data: bytes = VIDEO, name: str = "walk.mp4", mark: str = "m") -> UploadRow:
    return begin(ground.store, ground.therapist, ground.ada, name=name, size=len(data), said=SAID, mark=mark)


def put(ground: Ground, upload: str, offset: int, data: bytes, lost: bool = False) -> int:
    return run_apart(add_piece(ground.store, ground.therapist, upload, offset, sent(data, lost=lost)))


def test_a_video_in_pieces_becomes_an_examination_and_a_job(ground: Ground) -> None:
    row = begun(ground)
    half = len(VIDEO) // 2
    assert put(ground, row.id, 0, VIDEO[:half]) == half
    with pytest.raises(OutOfStep):
        finish(ground.store, ground.therapist, row.id)
    assert put(ground, row.id, half, VIDEO[half:]) == len(VIDEO)
    exam_id = finish(ground.store, ground.therapist, row.id)
    assert finish(ground.store, ground.therapist, row.id) == exam_id, "asked again: the same one, and no second"
    assert [path.name for path in ground.store.incoming.iterdir()] == [f"{exam_id}.mp4"]
    assert (ground.store.incoming / f"{exam_id}.mp4").read_bytes() == VIDEO
    with ground.store.session() as session:
        exam = session.get_one(ExamRow, exam_id)
        assert (exam.person_id, exam.state, exam.protocol, exam.side) == (ground.ada, RECORDED, "walk", "right")
        assert exam.recorded_on == date(2026, 11, 20)
        assert [job.state for job in exam.jobs] == [WAITING]
        assert session.get_one(UploadRow, row.id).state == ARRIVED
        audit = session.scalars(select(AuditRow)).one()
        assert (audit.action, audit.about_id, audit.who, audit.details) == ("recording uploaded", exam_id, "T", {})


def test_what_came_before_the_connection_broke_is_kept_and_gone_on_with(ground: Ground) -> None:
    row = begun(ground)
    with pytest.raises(ClientDisconnect):
        put(ground, row.id, 0, VIDEO[:120_000], lost=True)
    again = begun(ground)
    assert (again.id, again.received) == (row.id, 120_000)
    with pytest.raises(OutOfStep) as stands:
        put(ground, row.id, 0, VIDEO)
    assert stands.value.offset == 120_000
    put(ground, row.id, 120_000, VIDEO[120_000:])
    assert finish(ground.store, ground.therapist, row.id)


def test_bytes_that_the_row_does_not_know_of_are_sent_once_more(ground: Ground) -> None:
    row = begun(ground)
    put(ground, row.id, 0, VIDEO[:50_000])
    with part_of(ground.store, row.id).open("ab") as file:
        file.write(b"half written when the power went")
    assert put(ground, row.id, 50_000, VIDEO[50_000:]) == len(VIDEO)
    assert part_of(ground.store, row.id).read_bytes() == VIDEO
    part_of(ground.store, row.id).unlink()
    assert begun(ground).received == 0


def test_the_newest_connection_counts(ground: Ground) -> None:
    row = begun(ground)

    async def both() -> tuple[int | BaseException, int | BaseException]:
        gate = asyncio.Event()

        async def hangs() -> AsyncIterator[bytes]:
            yield VIDEO[:10_000]
            await gate.wait()
            yield b"what a dead connection still had to say"

        old = asyncio.create_task(add_piece(ground.store, ground.therapist, row.id, 0, hangs()))
        await asyncio.sleep(0.05)
        new = await add_piece(ground.store, ground.therapist, row.id, 0, sent(VIDEO))
        gate.set()
        (late,) = await asyncio.gather(old, return_exceptions=True)
        return late, new

    late, new = run_apart(both())
    assert isinstance(late, OutOfStep)
    assert new == len(VIDEO)
    assert part_of(ground.store, row.id).read_bytes() == VIDEO


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff" + bytes(9000), b"MZ" + bytes(9000), b"#EXTM3U\nfile:///etc/passwd\n" * 300]
)
def test_what_is_no_video_is_refused_with_its_first_bytes(ground: Ground, data: bytes) -> None:
    row = begun(ground, data * 1000)
    with pytest.raises(InputUnreadable, match="is not a video"):
        put(ground, row.id, 0, data)
    refused(ground, row.id, "is not a video")


def test_a_broken_video_is_refused_when_it_is_whole(ground: Ground) -> None:
    broken = VIDEO[:40] + bytes(20_000)
    row = begun(ground, broken)
    put(ground, row.id, 0, broken)
    with pytest.raises(InputUnreadable, match="no picture in this file"):
        finish(ground.store, ground.therapist, row.id)
    refused(ground, row.id, "no picture in this file")
    with pytest.raises(InputUnreadable, match="no picture in this file"):
        finish(ground.store, ground.therapist, row.id)


def test_more_than_was_said_is_refused(ground: Ground) -> None:
    row = begun(ground, VIDEO[:20_000])
    with pytest.raises(InputUnreadable, match="but more came"):
        put(ground, row.id, 0, VIDEO)
    refused(ground, row.id, "but more came")


def refused(ground: Ground, upload: str, why: str) -> None:
    """Nothing is left of it but a row that says why."""
    assert list(ground.store.incoming.iterdir()) == []
    with ground.store.session() as session:
        row = session.get_one(UploadRow, upload)
        assert row.state == REFUSED
        assert why in row.reason
        assert session.scalars(select(ExamRow)).all() == []
        assert session.scalars(select(JobRow)).all() == []
    with pytest.raises(InputUnreadable, match=why):
        put(ground, upload, 0, VIDEO)


@pytest.mark.parametrize(
    ("size", "why"), [(0, "is empty"), (-5, "is empty"), (LIMITS.bytes_most + 1, "at most 2 GB")]
)
def test_a_size_that_cannot_be_is_refused_at_once(ground: Ground, size: int, why: str) -> None:
    with pytest.raises(InputUnreadable, match=why):
        begin(ground.store, LOCAL, ground.ada, name="x", size=size, said=SAID)


def test_uploads_that_the_disk_has_no_room_for_are_refused(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(ground.store, LOCAL, ground.ada, name="x", size=10**9, said=SAID)
    free = 10**9 + SPARE_BYTES + 5000
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12 - free, free))
    assert begin(ground.store, LOCAL, ground.ada, name="y", size=4000, said=SAID)
    with pytest.raises(RomError, match="no room for this video"):
        begin(ground.store, LOCAL, ground.ada, name="z", size=2000, said=SAID)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (replace(SAID, side="both"), "the side as left, right or auto"),
        (replace(SAID, protocol="dance"), "Expected a protocol"),
        (replace(SAID, moved_by="passive"), "The protocol 'walk' is done"),
        (replace(SAID, footwear="boots"), "Expected the footwear"),
        (replace(SAID, symptoms={"pain": {"rest": 20}}), "Expected pain from 0"),
        (replace(SAID, symptoms={"mood": "fine"}), "Expected symptoms"),
    ],
)
def test_what_cannot_be_meant_is_refused(ground: Ground, said: Said, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        begin(ground.store, LOCAL, ground.ada, name="x", size=1000, said=said)


def test_nobody_uploads_to_another_ones_people_or_into_another_ones_upload(ground: Ground) -> None:
    with pytest.raises(NotTheirs):
        begin(ground.store, ground.therapist, ground.bob, name="x", size=1000, said=SAID)
    row = begin(ground.store, LOCAL, ground.bob, name="x", size=1000, said=SAID)
    other = Who("therapist", "somebody else", "E")
    for who in (ground.therapist, other, Who("nobody"), Who("admin", "a", "A")):
        with pytest.raises(NotTheirs):
            run_apart(add_piece(ground.store, who, row.id, 0, sent(VIDEO)))
        with pytest.raises(NotTheirs):
            finish(ground.store, who, row.id)
        with pytest.raises(NotTheirs):
            give_up(ground.store, who, row.id)


def test_one_that_is_not_wanted_any_more_goes(ground: Ground) -> None:
    row = begun(ground)
    put(ground, row.id, 0, VIDEO[:50_000])
    give_up(ground.store, ground.therapist, row.id)
    assert list(ground.store.incoming.iterdir()) == []
    with ground.store.session() as session, pytest.raises(NotTheirs):
        upload_for(session, ground.therapist, row.id)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("knee.mp4", "knee.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ada\\knee.mov", "knee.mov"),
        ("a\0b\nc\x1b[31m.mp4", "abc[31m.mp4"),
        ("evil\u202e4pm.exe", "evil4pm.exe"),
        ("", "video"),
        ("////", "video"),
        ("x" * 500, "x" * 200),
        ("<script>alert(1)<script>.mp4", "<script>alert(1)<script>.mp4"),
    ],
)
def test_a_name_is_only_shown(ground: Ground, name: str, shown: str) -> None:
    assert shown_name(name) == shown
    row = begun(ground, name=name)
    assert row.name == shown
    assert part_of(ground.store, row.id).parent == ground.store.incoming
