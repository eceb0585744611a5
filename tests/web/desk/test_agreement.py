"""The agreement page: nothing from fewer than ten pairs, then the study's own statistics; no number is changed."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rom.records import MOTIONS
from rom.store import Store, open_store
from rom.store.audit import Doer
from rom.store.clinic import THERAPIST, AccountRow, CareRow
from rom.store.readings import add_reading
from rom.store.tables import ExamRow
from rom.study.reliability import agreement
from rom.web.desk.agreement import CSV_COLUMNS, PAIRS_LEAST, groups, pairs_of
from rom.web.who import LOCAL, NOBODY, Who
from tests.web.conftest import Served
from tests.web.desk.kept_pairs import keep_pairs
from tests.web.desk.looked_at import faults


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(folder=tmp_path / "store") as opened:
        yield opened


def test_from_ten_pairs_on_the_numbers_are_the_studys_own(store: Store) -> None:
    keep_pairs(store, people=5, each=2)
    pairs = pairs_of(store, LOCAL)
    assert len(pairs) == 2 * PAIRS_LEAST
    found = groups(pairs)
    assert [(group.motion, group.protocol, len(group.pairs)) for group in found] == [(m, "", 10) for m in MOTIONS]
    for group in found:
        own = [pair for pair in pairs if pair.motion == group.motion]
        people = [pair.person_id for pair in own]
        alone = agreement([p.camera_deg for p in own], [p.goniometer_deg for p in own], people)
        assert group.found == alone
        assert group.found is not None
        assert (group.found.limits.people, group.found.limits.clustered) == (5, True)


def test_nine_pairs_say_nothing(store: Store) -> None:
    keep_pairs(store, people=3, each=3)
    assert [(len(group.pairs), group.found) for group in groups(pairs_of(store, LOCAL))] == [(9, None)] * 2


def test_exams_of_two_kinds_are_told_apart_too(store: Store) -> None:
    exams = keep_pairs(store, people=5, each=3)
    with store.session() as session, session.begin():
        for exam_id in exams[:4]:
            session.get_one(ExamRow, exam_id).protocol = "long-sit"
    found = [(g.protocol, len(g.pairs), g.found is not None) for g in groups(pairs_of(store, LOCAL))]
    assert found == [("", 15, True), ("long-sit", 4, False), ("seated", 11, True)] * 2


def test_the_cameras_own_number_counts_and_each_raters_last_reading(store: Store) -> None:
    (exam_id,) = keep_pairs(store, people=1, each=1)
    with store.session() as session, session.begin():
        exam = session.get_one(ExamRow, exam_id)
        exam.automatic = exam.document
        corrected = dict(exam.document or {})
        corrected["results"] = [row | {"value_deg": 33.3} for row in corrected["results"]]
        exam.document = corrected
        automatic = exam.automatic or {}
        for by, degrees in (("Dr. A", 20.0), ("Dr. B", 10.0), ("Dr. B", 11.0)):
            add_reading(session, exam_id, motion="dorsiflexion", degrees=degrees, by=by, doer=Doer())
    own = [pair for pair in pairs_of(store, LOCAL) if pair.motion == "dorsiflexion"]
    (camera,) = (
        row["value_deg"]
        for row in automatic["results"]
        if (row["side"], row["motion"]) == ("right", "dorsiflexion")
    )
    assert [(pair.by, pair.goniometer_deg) for pair in own] == [("Dr. A", 20.0), ("Dr. B", 11.0)]
    assert {(pair.camera_deg, pair.corrected_deg) for pair in own} == {(camera, 33.3)}


def test_a_therapist_sees_the_pairs_of_their_own_people_alone(store: Store) -> None:
    exams = keep_pairs(store, people=2, each=1)
    with store.session() as session, session.begin():
        account = AccountRow(name="t", role=THERAPIST, password_hash="")
        session.add(account)
        session.flush()
        whose = session.get_one(ExamRow, exams[0]).person_id
        session.add(CareRow(account_id=account.id, person_id=whose))
    assert {pair.person_id for pair in pairs_of(store, Who("therapist", account.id, "t"))} == {whose}
    assert pairs_of(store, NOBODY) == []


def test_the_page_and_its_table_and_that_nothing_changes(page: Page, served: Served) -> None:
    with served.store() as store:
        exams = keep_pairs(store, people=5, each=2, label="Agnes")
        with store.session() as session:
            before = [session.get_one(ExamRow, exam_id).document for exam_id in exams]
    page.goto("/desk/agreement")
    expect(page.get_by_text("Nothing here changes any number")).to_be_visible()
    expect(page.get_by_role("img", name="Bland-Altman picture")).to_have_count(2)
    for motion in ("Dorsiflexion", "Plantar flexion"):
        row = page.get_by_role("region", name=f"{motion}: camera against").locator("tbody tr").first
        for head in ("Bias", "Lower limit", "Upper limit", "ICC(2,1)", "Standard error (SEM)", "Detectable change"):
            expect(row.locator(f'td[data-head^="{head}"] .rom-interval')).to_have_text(re.compile(r" to -?\d"))
    expect(page.get_by_role("link", name="Agnes 1").first).to_have_attribute("href", re.compile("^/desk/person/"))
    link = page.get_by_role("region", name="Every pair").locator("th a").first
    expect(link).to_have_attribute("href", re.compile("^/desk/exam/"))
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page) == []
    rows = list(csv.DictReader(page.request.get("/desk/agreement.csv").text().splitlines()))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert {row["exam"] for row in rows} >= {*exams}
    assert "Agnes" not in page.request.get("/desk/agreement.csv").text()
    with served.store() as store, store.session() as session:
        assert [session.get_one(ExamRow, exam_id).document for exam_id in exams] == before
