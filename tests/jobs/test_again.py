"""After a crash or a kill: what waits again, what nobody had time to queue, what nobody had time to take away."""

from rom.jobs import again
from rom.store import Store
from rom.store import jobs as rows
from rom.store.tables import DONE, FAILED, MEASURED, RECORDED, RECORDING, WAITING
from tests.jobs.ground import arrived, exam, job, landmarks, measured_exam, queued


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


def test_a_recording_that_was_measured_is_taken_away_and_one_that_is_measured_again_stays(store: Store) -> None:
    left, again_wanted, recorded = (exam(store, b"-", state=s) for s in (MEASURED, MEASURED, RECORDED))
    queued(store, again_wanted)
    assert again.take_away_measured(store) == 1
    assert not arrived(store, left).exists()
    assert arrived(store, again_wanted).exists()
    assert arrived(store, recorded).exists()
