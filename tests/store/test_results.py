"""What a measurement leaves is kept together."""

import math
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from rom.errors import UsageError
from rom.store import Store
from rom.store.check import check
from rom.store.erase import erase_person
from rom.store.media import path_of
from rom.store.results import keep_result
from rom.store.tables import DONE, MEASURED, RECORDED, ExamRow, JobRow
from tests.store.filled import DOCUMENT, Known, files_of, measured, recorded, scratch

UNTIL = date(2026, 6, 1)


def roles(store: Store, known: Known) -> dict[str, tuple[str, date | None, bytes]]:
    """Role -> suffix, last day, content."""
    with store.session() as session:
        rows = session.get_one(ExamRow, known.exam).media
        return {
            row.role: (row.medium.suffix, row.keep_until, path_of(store, row.sha256).read_bytes()) for row in rows
        }


def test_everything_is_kept_and_the_scratch_files_go(store: Store) -> None:
    known = recorded(store)
    keep_result(store, known.exam, DOCUMENT, scratch(store, known), keep_original=True, keep_until=UNTIL)
    assert roles(store, known) == {
        "original": (".webm", UNTIL, b"video"),
        "overlay": (".mp4", UNTIL, b"overlay"),
        "landmarks": (".landmarks.npz", None, b"landmarks"),
        "peak_dorsiflexion": (".jpg", None, b"peak_dorsiflexion"),
    }
    with store.session() as session:
        exam, job = session.get_one(ExamRow, known.exam), session.get_one(JobRow, known.job)
        assert (exam.state, exam.reason, exam.document) == (MEASURED, "", DOCUMENT)
        assert (job.state, job.progress) == (DONE, 1.0)
    assert all(name.startswith("media") for name in files_of(store))
    assert [*store.work.iterdir()] == []


def test_the_original_goes_unless_it_is_asked_for(store: Store) -> None:
    known = recorded(store)
    keep_result(store, known.exam, DOCUMENT, scratch(store, known), keep_original=False, keep_until=None)
    assert {*roles(store, known)} == {"overlay", "landmarks", "peak_dorsiflexion"}
    assert b"video" not in files_of(store).values()


def test_a_file_of_the_users_own_is_left_where_it_is(store: Store, tmp_path: Path) -> None:
    known = recorded(store)
    own = tmp_path / "film.mp4"
    own.write_bytes(b"own")
    keep_result(store, known.exam, DOCUMENT, {"original": own}, keep_original=True, keep_until=None)
    assert own.exists()
    assert roles(store, known) == {"original": (".mp4", None, b"own")}


def test_measured_again_the_old_files_go_and_the_original_stays(store: Store) -> None:
    known = measured(store)
    new = store.work / "again"
    new.mkdir()
    (new / "overlay.mp4").write_bytes(b"new")
    files = {"overlay": new / "overlay.mp4"}
    keep_result(store, known.exam, {"v": 2}, files, keep_original=False, keep_until=None)
    assert {role: kept[2] for role, kept in roles(store, known).items()} == {
        "overlay": b"new",
        "original": b"video",
    }
    assert sorted(files_of(store).values()) == [b"new", b"video"]
    assert check(store, settled_s=0) == ()


def test_erased_while_it_was_measured_nothing_is_kept(store: Store) -> None:
    known = recorded(store)
    files = scratch(store, known)
    erase_person(store, known.person)
    for path in files.values():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"written all the same")
    with pytest.raises(UsageError, match="it was erased while it was measured"):
        keep_result(store, known.exam, DOCUMENT, files, keep_original=True, keep_until=None)
    assert files_of(store) == {}


def test_a_result_without_files_takes_its_recording_away_too(store: Store) -> None:
    known = recorded(store)
    keep_result(store, known.exam, DOCUMENT, {}, keep_original=False, keep_until=None)
    assert files_of(store) == {}


def test_what_is_no_json_changes_nothing(store: Store) -> None:
    known = recorded(store)
    files = scratch(store, known)
    with pytest.raises((ValueError, StatementError), match="not JSON compliant"):
        keep_result(store, known.exam, {"x": math.nan}, files, keep_original=True, keep_until=None)
    with store.session() as session:
        assert session.get_one(ExamRow, known.exam).state == RECORDED
    assert {name.split("/")[0] for name in files_of(store)} == {"work", "incoming"}, "to be tried again"


@pytest.mark.parametrize(
    ("side", "protocol", "after"), [("auto", "auto", ("right", "walk")), ("left", "seated", ("left", "seated"))]
)
def test_what_nobody_said_is_filled_in_by_what_was_recognised(
    store: Store, side: str, protocol: str, after: tuple[str, str]
) -> None:
    known = recorded(store)
    with store.session() as session, session.begin():
        exam = session.get_one(ExamRow, known.exam)
        exam.side, exam.protocol = side, protocol
    document = {
        "protocol": {"name": "walk"},
        "results": [{"side": "left", "value_deg": None}, {"side": "right", "value_deg": 12.0}],
        "sides": [{"side": "right", "near": True}],
    }
    keep_result(store, known.exam, document, {}, keep_original=False, keep_until=None)
    with store.session() as session:
        exam = session.get_one(ExamRow, known.exam)
        assert (exam.side, exam.protocol) == after
