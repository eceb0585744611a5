"""Corrections are kept as rows on top of what was measured: whole, in their order, by whom they may be."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import select

from rom.errors import UsageError
from rom.records import Correction
from rom.report.language import Words
from rom.store import Store, open_store
from rom.store.clinic import AccountRow, AuditRow, CareRow
from rom.store.corrections import corrections_of
from rom.store.lists import exam_lines
from rom.store.results import keep_result
from rom.store.tables import ExamMediumRow, ExamRow
from rom.web.desk.correcting import Asked, keep, tried, undo
from rom.web.desk.reviewed import told
from rom.web.desk.timeline import days_of
from rom.web.visits import examination_of, pictures_of
from rom.web.who import LOCAL, NotTheirs, Who
from tests.web.kept import keep_person
from tests.web.review.reviewed import keep_reviewed, measured

FIRST, SECOND = 1.9167, 6.8833  # middles of both holds of dorsiflexion


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(folder=tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def exam_id(store: Store) -> str:
    return keep_reviewed(store, keep_person(store, "Tom"), measured(), video="")


def rejected(hold_s: float = FIRST) -> Correction:
    return Correction("repetition", side="right", motion="dorsiflexion", hold_s=hold_s, verdict="rejected")


def row_of(store: Store, exam_id: str) -> ExamRow:
    with store.session() as session:
        return session.get_one(ExamRow, exam_id)


def known(store: Store, exam_id: str) -> list[str]:
    with store.session() as session:
        return [row.id for row in corrections_of(session, exam_id) if row.undone is None]


def now(store: Store, exam_id: str) -> dict[str, Any]:
    document = row_of(store, exam_id).document
    assert document is not None
    return document


def on_the_timeline(store: Store, row: ExamRow) -> list[str]:
    with store.session() as session:
        (day,) = days_of(exam_lines(session, row.person_id), Words("en"))
    return [words for words in day.exams[0].findings if "hand" in words]


def ask(store: Store, exam_id: str, *corrections: Correction) -> Asked:
    return Asked(known=known(store, exam_id), corrections=[*corrections])


def test_what_is_tried_is_not_kept(store: Store, exam_id: str) -> None:
    exam = tried(store, LOCAL, exam_id, ask(store, exam_id, rejected()))
    assert exam.results[0].value_deg == pytest.approx(15.01, abs=0.05)
    assert row_of(store, exam_id).automatic is None
    assert known(store, exam_id) == []


def test_what_was_measured_is_kept_beside_what_was_corrected(store: Store, exam_id: str) -> None:
    keep(store, LOCAL, exam_id, ask(store, exam_id, rejected()))
    row = row_of(store, exam_id)
    assert row.automatic == measured().to_dict()
    assert on_the_timeline(store, row) == ["Corrected by hand; the automatic value is in the exam."]
    document = now(store, exam_id)
    assert document["automatic"][0]["value_deg"] == pytest.approx(15.46, abs=0.01)
    assert [one["verdict"] for one in document["corrections"]] == ["rejected"]


def test_several_are_rows_of_their_own_each_with_its_before_and_after(store: Store, exam_id: str) -> None:
    second = replace(rejected(SECOND), verdict="accepted")
    keep(store, LOCAL, exam_id, ask(store, exam_id, rejected(), second))
    with store.session() as session:
        rows = corrections_of(session, exam_id)
    assert [row.change["verdict"] for row in rows] == ["rejected", "accepted"]
    assert rows[0].after == rows[1].before
    assert len(now(store, exam_id)["corrections"]) == 2


def test_one_of_several_is_taken_back_and_the_other_stays(store: Store, exam_id: str) -> None:
    left = Correction("protocol", protocol="free")
    keep(store, LOCAL, exam_id, ask(store, exam_id, rejected(), left))
    first, second = known(store, exam_id)
    undo(store, LOCAL, exam_id, first, [first, second])
    document = now(store, exam_id)
    assert (document["protocol"]["name"], row_of(store, exam_id).protocol) == ("free", "free")
    assert all(one["used"] for one in document["results"][0]["repetitions"])
    undo(store, LOCAL, exam_id, second, [second])
    assert now(store, exam_id) == measured().to_dict()
    assert row_of(store, exam_id).automatic is None
    assert on_the_timeline(store, row_of(store, exam_id)) == []
    with pytest.raises(UsageError, match="taken back already"):
        undo(store, LOCAL, exam_id, second, [])


def test_nobody_writes_over_what_somebody_else_corrected(store: Store, exam_id: str) -> None:
    asked = ask(store, exam_id, rejected())
    keep(store, LOCAL, exam_id, asked)
    before = now(store, exam_id)
    with pytest.raises(UsageError, match="somebody else corrected it in the meantime"):
        keep(store, LOCAL, exam_id, replace_known(asked))
    assert now(store, exam_id) == before


def replace_known(asked: Asked) -> Asked:
    """The same, asked for from a page that was loaded before."""
    return Asked(known=[], corrections=asked.corrections)


def test_it_says_who_corrected_it(store: Store, exam_id: str) -> None:
    therapist = _therapist(store, exam_id, cares=True)
    keep(store, therapist, exam_id, ask(store, exam_id, rejected()))
    (correction,) = now(store, exam_id)["corrections"]
    assert correction["by"] == "Eva Roth"
    assert correction["at"].startswith("20")
    with store.session() as session:
        (log,) = session.scalars(select(AuditRow))
    assert (log.account_id, log.who, log.action, log.about_id) == (
        therapist.account_id,
        "Eva Roth",
        "exam corrected",
        exam_id,
    )


@pytest.mark.parametrize("role", ["nobody", "patient", "therapist", "admin"])
def test_nobody_corrects_somebody_elses(
    store: Store, exam_id: str, role: Literal["nobody", "patient", "therapist", "admin"]
) -> None:
    who = Who(role, person_id=keep_person(store, "Ann"))
    for does in (tried, keep):
        with pytest.raises(NotTheirs):
            does(store, who, exam_id, ask(store, exam_id, rejected()))
    with pytest.raises(NotTheirs):
        undo(store, who, exam_id, "x", [])
    assert row_of(store, exam_id).automatic is None


def _therapist(store: Store, exam_id: str, *, cares: bool) -> Who:
    with store.session() as session, session.begin():
        account = AccountRow(name="eva", role="therapist", password_hash="-")
        session.add(account)
        session.flush()
        if cares:
            session.add(CareRow(account_id=account.id, person_id=session.get_one(ExamRow, exam_id).person_id))
        return Who("therapist", account.id, "Eva Roth")


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (rejected(float("nan")), "Expected a number as 'hold_s'"),
        (rejected(0.2), "Expected a repetition"),
        (Correction("protocol", protocol="hop"), "Expected a protocol"),
    ],
)
def test_what_fits_nothing_is_refused_and_nothing_is_kept(
    store: Store, exam_id: str, correction: Correction, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        keep(store, LOCAL, exam_id, ask(store, exam_id, rejected(), correction))
    assert known(store, exam_id) == []
    assert row_of(store, exam_id).automatic is None


def test_without_landmarks_it_is_said_that_nothing_can_be_corrected(store: Store, exam_id: str) -> None:
    with store.session() as session, session.begin():
        session.delete(session.get_one(ExamMediumRow, (exam_id, "landmarks")))
    with pytest.raises(UsageError, match="measure the recording again first"):
        tried(store, LOCAL, exam_id, ask(store, exam_id, rejected()))


def test_a_new_measurement_begins_anew(store: Store, exam_id: str) -> None:
    keep(store, LOCAL, exam_id, ask(store, exam_id, rejected()))
    keep_result(store, exam_id, measured().to_dict(), {}, keep_original=False, keep_until=None)
    assert row_of(store, exam_id).automatic is None
    assert known(store, exam_id) == []


@pytest.mark.parametrize(
    ("correction", "shown"),
    [(rejected(), ["plantar_flexion"]), (Correction("side", side="left"), []), (None, None)],
    ids=["a repetition of one motion", "the side", "nothing"],
)
def test_a_picture_of_what_was_corrected_since_is_not_shown(
    store: Store, correction: Correction | None, shown: list[str] | None
) -> None:
    exam_id = keep_reviewed(store, keep_person(store, "Tom"), measured(), video="peak_dorsiflexion")
    with store.session() as session, session.begin():
        sha256 = session.get_one(ExamMediumRow, (exam_id, "peak_dorsiflexion")).sha256
        session.add(ExamMediumRow(exam_id=exam_id, role="peak_plantar_flexion", sha256=sha256))
    if correction is not None:
        keep(store, LOCAL, exam_id, ask(store, exam_id, correction))
    found = [motion for _, _, motion in pictures_of(store, [row_of(store, exam_id)])]
    assert found == (["dorsiflexion", "plantar_flexion"] if shown is None else shown)


def test_where_both_sides_were_measured_the_one_with_numbers_is_looked_at(store: Store) -> None:
    exam_id = keep_reviewed(store, keep_person(store, "Tom"), measured(side="auto"), video="")
    with store.session() as session, session.begin():
        session.get_one(ExamRow, exam_id).side = "right"
    keep(store, LOCAL, exam_id, ask(store, exam_id, rejected()))
    with store.session() as session:
        row = session.get_one(ExamRow, exam_id)
        found = told(store, session, row, Words())
    assert (row.side, found["side"]) == ("right", "right")
    assert [one["name"] for one in found["results"]][:1] == ["Left, Dorsiflexion"]
    assert found["results"][2]["automatic_deg"] == pytest.approx(15.46, abs=0.01)


def test_what_was_corrected_before_it_came_here_is_told_and_not_taken_back(store: Store, exam_id: str) -> None:
    keep(store, LOCAL, exam_id, ask(store, exam_id, rejected()))
    arrived = examination_of(row_of(store, exam_id))
    other = keep_reviewed(store, keep_person(store, "Ann"), arrived, video="")
    keep(store, LOCAL, other, ask(store, other, replace(rejected(), verdict="accepted")))
    with store.session() as session:
        found = told(store, session, session.get_one(ExamRow, other), Words())
    assert found["elsewhere"] == ["Right, Dorsiflexion at 1.9 s: rejected"]
    assert [one["words"] for one in found["corrections"]] == ["Right, Dorsiflexion at 1.9 s: accepted"]
    undo(store, LOCAL, other, found["known"][0], found["known"])
    assert now(store, other) == arrived.to_dict()
