"""What is erased is gone: from the rows, the folder, and the database's own files."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from rom.errors import RomError, UsageError
from rom.store import Store, database, open_store
from rom.store.check import check
from rom.store.choices import choose
from rom.store.clinic import ARRIVED, ARRIVING, REFUSED, NoteRow, UploadRow
from rom.store.erase import Expired, erase_all, erase_person, expire
from rom.store.jobs import fail
from rom.store.tables import FAILED, MEASURED, RECORDED, DraftRow, ExamRow
from tests.store.filled import files_of, measured, recorded, rows_of

PLANTED = "Wilhelmina-Planted"
TODAY = datetime.now(UTC).date()
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def in_folder(folder: Path, word: str) -> list[str]:
    """The files in which a word stands."""
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def planted(store: Store) -> str:
    """Somebody whose name stands in every kind of row, among others."""
    for number in range(20):
        measured(store, label=f"before {number}", mark=str(number).encode())
    known = measured(store, label=PLANTED, mark=PLANTED.encode())
    recorded_too = recorded(store, label="after", content=b"other")
    with store.session() as session, session.begin():
        exam = session.get_one(ExamRow, known.exam)
        exam.document, exam.said = {"text": [PLANTED] * 2000}, {"onset": PLANTED}
        exam.jobs[0].reason = PLANTED
        session.add(DraftRow(answers={"person_id": known.person, "onset": PLANTED}))
        session.add(DraftRow(answers={"exams": [known.exam], "onset": PLANTED}))
        session.add(DraftRow(answers={"person_id": recorded_too.person}))
        session.add(NoteRow(person_id=known.person, text=PLANTED))
        upload = UploadRow(person_id=known.person, name=PLANTED, size=1000)
        session.add(upload)
    (store.incoming / f"{upload.id}.part").write_text(PLANTED)
    (store.incoming / f"{known.exam}.mp4").write_text(PLANTED)
    (store.work / known.job).mkdir()
    (store.work / known.job / "overlay.mp4").write_text(PLANTED)
    return known.person


def test_a_person_is_gone_and_nobody_else(store: Store) -> None:
    person = planted(store)
    before = rows_of(store)
    erase_person(store, person)
    after = rows_of(store)
    counts = {name: len(before[name]) - len(after[name]) for name in before}
    assert {name: count for name, count in counts.items() if count} == {
        "people": 1,
        "exams": 1,
        "exam_media": 4,
        "media": 4,
        "jobs": 1,
        "drafts": 2,
        "notes": 1,
        "uploads": 1,
    }
    assert PLANTED not in str(after)
    assert in_folder(store.media, PLANTED) == in_folder(store.incoming, PLANTED) == []
    assert in_folder(store.work, PLANTED) == []
    assert check(store, settled_s=0) == ()


def test_nothing_of_a_person_is_left_in_the_files_of_sqlite(tmp_path: Path) -> None:
    with open_store(folder=tmp_path) as store:
        person = planted(store)
        assert in_folder(tmp_path, PLANTED), "what is looked for can be found"
        erase_person(store, person)
        assert in_folder(tmp_path, PLANTED) == []
        assert (tmp_path / "rom.sqlite-wal").stat().st_size == 0


def test_a_reader_keeps_the_log_from_being_emptied_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 100)
    with open_store(folder=tmp_path) as store:
        person = planted(store)
        with store.session() as reader:
            assert rows_of(store)
            assert reader.get(ExamRow, "none") is None
            with pytest.raises(RomError, match=r"erased, but another program is reading the database"):
                erase_person(store, person)
        assert PLANTED not in str(rows_of(store))
        check(store, repair=True)
        assert in_folder(tmp_path, PLANTED) == []


def test_everything_is_gone(store: Store) -> None:
    planted(store)
    with store.session() as session, session.begin():
        choose(session, "language", PLANTED)
    erase_all(store)
    assert not any(rows_of(store).values())
    assert files_of(store) == {}
    assert in_folder(store.folder, PLANTED) == []
    measured(store)
    assert check(store, settled_s=0) == (), "and it can be used again"


def test_nobody_of_that_id_is_told(store: Store) -> None:
    measured(store)
    before = rows_of(store)
    with pytest.raises(UsageError, match="there is no 'somebody'"):
        erase_person(store, "somebody")
    assert rows_of(store) == before


def test_videos_go_on_their_day_and_numbers_stay(store: Store) -> None:
    until = date(2026, 6, 1)
    known = measured(store, keep_until=until)
    forever = measured(store, label="Bob", mark=b"2")
    assert expire(store, until - timedelta(days=1)).media == 0
    assert expire(store, until) == Expired(media=2, drafts=0, recordings=0)
    left = {(row["exam_id"], row["role"]) for row in rows_of(store)["exam_media"]}
    assert {role for exam, role in left if exam == known.exam} == {"landmarks", "peak_dorsiflexion"}
    assert len([role for exam, role in left if exam == forever.exam]) == 4
    assert len(files_of(store)) == 6
    assert all(row["document"] for row in rows_of(store)["exams"])
    assert check(store, settled_s=0) == ()
    assert expire(store, until) == Expired(0, 0, 0)


def test_unfinished_ways_go_after_a_week(store: Store) -> None:
    with store.session() as session, session.begin():
        session.add_all([DraftRow(id="old"), DraftRow(id="new")])
        session.flush()
        last_week = datetime.now(UTC) - timedelta(days=8)
        session.execute(update(DraftRow).where(DraftRow.id == "old").values(updated=last_week))
    assert expire(store, TODAY).drafts == 1
    assert [row["id"] for row in rows_of(store)["drafts"]] == ["new"]


def test_recordings_that_nobody_waits_for_go_after_two_weeks_and_that_is_told(store: Store) -> None:
    old, waits, new, done = (recorded(store, label=name) for name in ("old", "waits", "new", "done"))
    with store.session() as session, session.begin():
        for known in (old, new, done):
            fail(session, known.job, "Too dark.")
        session.get_one(ExamRow, done.exam).state = MEASURED
    for known in (old, waits, done):
        then = datetime.now(UTC).timestamp() - 15 * 86400
        os.utime(store.incoming / f"{known.exam}.webm", (then, then))
    assert expire(store, TODAY).recordings == 2
    assert {path.stem for path in store.incoming.iterdir()} == {waits.exam, new.exam}
    with store.session() as session:
        said = {known: session.get_one(ExamRow, known.exam) for known in (old, waits, new, done)}
    assert [said[known].state for known in (old, waits, new, done)] == [FAILED, RECORDED, FAILED, MEASURED]
    assert said[old].reason == "Too dark. Its recording was taken away after 14 days."
    assert said[new].reason == "Too dark."


def test_uploads_that_nobody_went_on_with_go_after_a_week(store: Store) -> None:
    known = recorded(store)
    with store.session() as session, session.begin():
        rows = {
            name: UploadRow(person_id=known.person, name=name, size=5, state=state, updated=moment)
            for name, state, moment in (
                ("broke off", ARRIVING, LONG_AGO),
                ("refused", REFUSED, LONG_AGO),
                ("arrived", ARRIVED, LONG_AGO),
                ("going on", ARRIVING, datetime.now(UTC)),
            )
        }
        session.add_all(rows.values())
    for row in rows.values():
        if row.state == ARRIVING:
            (store.incoming / f"{row.id}.part").write_bytes(b"ab")
    assert check(store, repair=True, settled_s=0) == (), "it may still go on"
    assert expire(store, date.today()).uploads == 2
    with store.session() as session:
        assert {*session.scalars(select(UploadRow.name))} == {"arrived", "going on"}
    left = {path.name for path in store.incoming.iterdir()}
    assert left == {f"{known.exam}.webm", f"{rows['going on'].id}.part"}
