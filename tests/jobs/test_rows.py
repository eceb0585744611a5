"""The queue in the database: who is next, and that each change starts from the state it thinks it does."""

import pytest

from rom.jobs import again, rows
from rom.store import Store
from rom.store.tables import CANCELLED, DONE, FAILED, MEASURED, RECORDED, RECORDING, RUNNING, WAITING
from tests.jobs.ground import arrived, exam, job, landmarks, measured_exam, queued


def test_the_oldest_is_next_and_no_more_than_asked_for(store: Store) -> None:
    ids = [queued(store, exam(store, b"-")) for _ in range(3)]
    with store.session() as session:
        assert [row.id for row in rows.next_jobs(session, 2)] == ids[:2]


def test_a_job_is_taken_once(store: Store) -> None:
    job_id = queued(store, exam(store, b"-"))
    with store.session() as session, session.begin():
        assert [rows.take(session, job_id), rows.take(session, job_id)] == [True, False]
    assert (job(store, job_id).state, job(store, job_id).attempts) == (RUNNING, 1)


@pytest.mark.parametrize("end", [rows.finish, lambda s, i: rows.fail(s, i, "why"), rows.cancel])
def test_what_was_cancelled_is_neither_finished_nor_failed(store: Store, end: object) -> None:
    job_id = queued(store, exam(store, b"-"))
    with store.session() as session, session.begin():
        rows.take(session, job_id)
        assert rows.cancel(session, job_id)
        assert not end(session, job_id)  # type: ignore[operator]
    assert job(store, job_id).state == CANCELLED


def test_a_reason_is_shown_by_the_examination_and_forgotten_when_it_is_tried_again(store: Store) -> None:
    exam_id = exam(store, b"-")
    job_id = queued(store, exam_id)
    with store.session() as session, session.begin():
        rows.take(session, job_id)
        rows.fail(session, job_id, "It is too dark.")
    assert (measured_exam(store, exam_id).state, measured_exam(store, exam_id).reason) == (
        FAILED,
        "It is too dark.",
    )
    with store.session() as session, session.begin():
        assert rows.retry(session, job_id)
    assert (job(store, job_id).state, job(store, job_id).attempts) == (WAITING, 0)
    assert (measured_exam(store, exam_id).state, measured_exam(store, exam_id).reason) == (RECORDED, "")


def test_what_was_measured_before_stays_measured_when_measuring_again_fails(store: Store) -> None:
    exam_id = exam(store, b"-", state=MEASURED)
    job_id = queued(store, exam_id)
    with store.session() as session, session.begin():
        rows.take(session, job_id)
        rows.fail(session, job_id, "why")
    assert measured_exam(store, exam_id).state == MEASURED


def test_after_three_crashes_a_job_is_set_aside(store: Store) -> None:
    job_id = queued(store, exam(store, b"-"))
    for attempt in (1, 2, 3):
        with store.session() as session, session.begin():
            rows.take(session, job_id)
            again.put_back(session, job_id, counted=True)
        assert job(store, job_id).attempts == attempt
        assert job(store, job_id).state == (FAILED if attempt == 3 else WAITING)
    assert "crashed the program three times" in job(store, job_id).reason


def test_an_attempt_that_was_ended_on_purpose_does_not_count(store: Store) -> None:
    job_id = queued(store, exam(store, b"-"))
    for _ in range(5):
        with store.session() as session, session.begin():
            rows.take(session, job_id)
            again.put_back(session, job_id, counted=False)
    assert (job(store, job_id).state, job(store, job_id).attempts) == (WAITING, 0)


def test_what_ran_when_the_server_was_killed_waits_again_and_the_rest_is_left_alone(store: Store) -> None:
    ran, waits, done = (queued(store, exam(store, b"-")) for _ in range(3))
    with store.session() as session, session.begin():
        for job_id in (ran, done):
            rows.take(session, job_id)
        rows.finish(session, done)
    with store.session() as session, session.begin():
        assert again.requeue_running(session) == 1
    assert [job(store, i).state for i in (ran, waits, done)] == [WAITING, WAITING, DONE]
    assert [job(store, i).attempts for i in (ran, waits, done)] == [1, 0, 1]


def test_a_whole_recording_that_has_no_job_gets_one_and_a_growing_one_none(store: Store) -> None:
    whole, queued_already, growing = exam(store, landmarks(), state=RECORDING), exam(store, b"-"), exam(store, b"-")
    queued(store, queued_already)
    arrived(store, growing).rename(f"{arrived(store, growing)}.part")
    with store.session() as session, session.begin():
        assert again.pick_up(store, session) == 1
        assert {row.exam_id for row in rows.next_jobs(session)} == {whole, queued_already}
    assert measured_exam(store, whole).state == RECORDED
    with store.session() as session, session.begin():
        assert again.pick_up(store, session) == 0
