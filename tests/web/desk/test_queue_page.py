"""The queue, live: what waits, runs, failed and is done; cancelled and measured again."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from rom.errors import UsageError
from rom.records import Person
from rom.store import Store
from rom.store.clinic import REFUSED, THERAPIST, AccountRow, AuditRow, CareRow, UploadRow
from rom.store.exams import AUTO, add_exam
from rom.store.jobs import MEASURE, add_job, fail, take, tell_progress
from rom.store.people import add_person
from rom.store.tables import CANCELLED, FAILED, RECORDED, WAITING, ExamRow, JobRow
from rom.web.desk.queue import job_for, measure_again
from rom.web.who import NotTheirs, Who
from tests.web.conftest import Served
from tests.web.desk.looked_at import faults

DAY = date(2026, 11, 24)
UNCLEAR = "Which exam this recording shows is not clear: 'seated' (60% sure) or 'lunge'; say which it is."


def queued(store: Store, label: str) -> tuple[str, str, str]:
    """Somebody with a recording that waits to be measured: IDs of person, examination and job."""
    with store.session() as session, session.begin():
        person = add_person(session, Person(), label=label)
        exam = add_exam(session, person.id, protocol=AUTO, side=AUTO, recorded_on=DAY, said={})
        exam.state = RECORDED
        return person.id, exam.id, add_job(session, MEASURE, exam_id=exam.id).id


def test_it_follows_what_happens_without_reloading(page: Page, served: Served) -> None:
    with served.store() as store:
        person_id, exam_id, job_id = queued(store, "Queue Ada")
        _, _, other = queued(store, "Queue Bob")
        with store.session() as session, session.begin():
            upload = UploadRow(person_id=person_id, name="bad.mp4", size=10, received=0, state=REFUSED)
            upload.reason = "This file is not a video, whatever its name says; please choose another."
            session.add(upload)
        page.goto("/desk/queue")
        row, refused = page.locator(f'tr[data-key="{job_id}"]'), page.get_by_role("row").filter(has_text="bad.mp4")
        expect(row).to_contain_text("Waiting")
        expect(refused).to_contain_text("Refused")
        expect(refused).to_contain_text("This file is not a video, whatever its name says; please choose another.")
        assert faults(page) == []
        row.get_by_role("button", name="Cancel").focus()
        with store.session() as session, session.begin():
            take(session, job_id)
            tell_progress(session, job_id, 0.4)
        expect(row).to_contain_text("Being measured")
        expect(row).to_contain_text("40 %")
        expect(row.get_by_role("button", name="Cancel")).to_be_focused()
        with store.session() as session, session.begin():
            fail(session, job_id, UNCLEAR)
        expect(row).to_contain_text("say which it is.")
        assert faults(page) == []
        row.get_by_text("As …").click()
        row.locator("select[name=side]").select_option("Left")
        row.locator("select[name=protocol]").select_option("Seated, knee bent, foot free")
        row.get_by_role("button", name="Measure again").focus()
        page.keyboard.press("Enter")
        expect(row).to_contain_text("Waiting")
        expect(row).to_contain_text("Left ankle")
        page.locator(f'tr[data-key="{other}"]').get_by_role("button", name="Cancel").press("Enter")
        expect(page.locator(f'tr[data-key="{other}"]')).to_contain_text("Cancelled")
        refused.get_by_role("button", name="Let go").press("Enter")
        expect(refused).to_have_count(0)
        with store.session() as session:
            exam = session.get_one(ExamRow, exam_id)
            assert (exam.side, exam.protocol, exam.state) == ("left", "seated", RECORDED)
            states = {job.id: job.state for job in session.scalars(select(JobRow))}
            assert (states[job_id], states[other]) == (WAITING, CANCELLED)
            about = select(AuditRow.action).where(AuditRow.about_id == exam_id)
            assert [*session.scalars(about)] == ["measured again"]


def test_a_hundred_rows_come_at_once_and_by_state(page: Page, served: Served) -> None:
    with served.store() as store, store.session() as session, session.begin():
        person = add_person(session, Person(), label="Queue Many")
        for _ in range(100):
            exam = add_exam(session, person.id, protocol="seated", side="left", recorded_on=DAY, said={})
            exam.state, exam.jobs = (
                FAILED,
                [JobRow(kind=MEASURE, state=FAILED, reason="It was too dark; add light.")],
            )
    page.goto("/desk/queue?state=failed")
    expect(page.locator("tbody tr")).to_have_count(100)
    expect(page.get_by_role("link", name=re.compile("^Failed [0-9]+$"))).to_have_attribute("aria-current", "true")


def test_nobody_cancels_or_measures_another_ones(served: Served) -> None:
    with served.store() as store:
        _, exam_id, job_id = queued(store, "Queue Eve")
        with store.session() as session, session.begin():
            account = AccountRow(name="queue-t", role=THERAPIST, password_hash="")
            session.add(account)
            session.flush()
            session.add(CareRow(account_id=account.id, person_id=add_person(session, Person(), label="Own").id))
        therapist = Who("therapist", account.id, "T")
        with store.session() as session, pytest.raises(NotTheirs):
            job_for(session, therapist, job_id)
        with store.session() as session, pytest.raises(NotTheirs):
            job_for(session, therapist, "x")
        with store.session() as session, session.begin():
            exam = session.get_one(ExamRow, exam_id)
            with pytest.raises(UsageError, match="failed or was cancelled, but it has not"):
                measure_again(session, therapist, job_id, exam)
            with pytest.raises(UsageError, match="Expected a side and an exam"):
                measure_again(session, therapist, job_id, exam, side="both")
