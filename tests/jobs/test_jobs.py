"""The jobs of a store on a cluster: the queue goes on whatever happens to one of them, and to the server."""

import json
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import rom
from rom.jobs import Jobs
from rom.records import Person
from rom.store import Store
from rom.store import jobs as rows
from rom.store.tables import (
    CANCELLED,
    DONE,
    FAILED,
    MEASURED,
    RECORDING,
    RUNNING,
    STOPPED,
    WAITING,
    ChoiceRow,
    ExamRow,
)
from tests.jobs.ground import (
    DEADLY,
    ENDLESS,
    arrived,
    exam,
    job,
    landmarks,
    measure_or_break,
    measured_exam,
    queued,
    until,
)


@pytest.fixture
def jobs(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """Two workers that measure in their own process, and break where a recording says so."""
    monkeypatch.setattr("rom.jobs.jobs.measure_job", measure_or_break)
    with Jobs(store, workers=2) as running:
        yield running


def test_a_recording_is_measured_kept_and_its_scratch_taken_away(jobs: Jobs, store: Store) -> None:
    exam_id = exam(store, landmarks(), footwear="bare")
    job_id = queued(store, exam_id)
    jobs.wake()
    until(lambda: job(store, job_id).state == DONE)
    row = measured_exam(store, exam_id)
    assert row.state == MEASURED
    told = rom.measure(
        landmarks(),
        side="right",
        protocol="seated",
        who=Person(6.2 + 19 / 365.25, "female"),  # 19 days after the age was said
        footwear="bare",
        recorded_on="2026-11-20",
    ).to_dict()
    assert row.document is not None
    for part in ("results", "findings", "checks", "recorded_on", "footwear"):
        assert row.document[part] == json.loads(json.dumps(told[part]))
    assert job(store, job_id).progress == 1.0
    until(lambda: not list((store.folder / "work").iterdir()))
    assert list(store.incoming.iterdir()) == []
    kept = [path for path in (store.folder / "media").rglob("*") if path.is_file()]
    assert [path.suffix for path in kept] == [".npz"]  # the landmarks; the original is kept only where it is said


def test_the_original_is_kept_where_the_user_chose_so(jobs: Jobs, store: Store) -> None:
    with store.session() as session, session.begin():
        session.add(ChoiceRow(name="keep_video", value={"is": True}))
        session.add(ChoiceRow(name="keep_days", value={"is": 30}))
    exam_id = exam(store, landmarks())
    job_id = queued(store, exam_id)
    jobs.wake()
    until(lambda: job(store, job_id).state == DONE)
    with store.session() as session:
        roles = {m.role: m.keep_until for m in session.get_one(ExamRow, exam_id).media}
    assert set(roles) == {"original", "landmarks"}
    assert roles["original"] is not None
    assert roles["landmarks"] is None


def test_a_worker_killed_by_a_recording_fails_that_job_alone(jobs: Jobs, store: Store) -> None:
    deadly = queued(store, exam(store, DEADLY))
    others = [queued(store, exam(store, landmarks())) for _ in range(4)]
    jobs.wake()
    until(lambda: job(store, deadly).state == FAILED)
    assert (job(store, deadly).attempts, "three times" in job(store, deadly).reason) == (3, True)
    until(lambda: all(job(store, other).state == DONE for other in others))
    assert {job(store, other).attempts for other in others} == {1}


def test_a_job_whose_worker_is_killed_once_is_measured_in_the_end(jobs: Jobs, store: Store) -> None:
    exam_id = exam(store, ENDLESS)
    job_id = queued(store, exam_id)
    jobs.wake()
    until(lambda: job(store, job_id).progress == 0.5)
    arrived(store, exam_id).write_bytes(landmarks().read_bytes())
    for worker in jobs.cluster.worker_processes():
        os.kill(worker, signal.SIGKILL)
    until(lambda: job(store, job_id).state == DONE)
    assert job(store, job_id).attempts == 2


def test_a_running_job_is_cancelled_and_the_next_one_begins(jobs: Jobs, store: Store) -> None:
    endless = [queued(store, exam(store, ENDLESS)) for _ in range(3)]  # one more than there are workers
    last = queued(store, exam(store, landmarks()))
    jobs.wake()
    until(lambda: all(job(store, i).progress == 0.5 for i in endless[:2]))
    assert (job(store, endless[2]).state, job(store, last).state) == (RUNNING, WAITING)  # workers and one more
    for job_id in endless:
        assert jobs.cancel(job_id)
    until(lambda: job(store, last).state == DONE)
    assert {job(store, job_id).state for job_id in endless} == {CANCELLED}
    assert not jobs.cancel(last)


def test_a_waiting_job_is_cancelled_and_wanted_again(jobs: Jobs, store: Store) -> None:
    exam_id = exam(store, landmarks())
    job_id = queued(store, exam_id)
    assert jobs.cancel(job_id)
    jobs.wake()
    assert measured_exam(store, exam_id).state == STOPPED
    with store.session() as session, session.begin():
        assert rows.retry(session, job_id)
    jobs.wake()
    until(lambda: job(store, job_id).state == DONE)


def test_a_job_cancelled_while_it_runs_and_wanted_again_at_once_is_measured(jobs: Jobs, store: Store) -> None:
    exam_id = exam(store, ENDLESS)
    job_id = queued(store, exam_id)
    jobs.wake()
    until(lambda: job(store, job_id).progress == 0.5)
    arrived(store, exam_id).write_bytes(landmarks().read_bytes())
    jobs.cancel(job_id)
    with store.session() as session, session.begin():
        rows.retry(session, job_id)
    until(lambda: job(store, job_id).state == DONE)


def test_a_recording_that_is_gone_is_a_reason(jobs: Jobs, store: Store) -> None:
    exam_id = exam(store, b"-")
    arrived(store, exam_id).unlink()
    job_id = queued(store, exam_id)
    jobs.wake()
    until(lambda: job(store, job_id).state == FAILED)
    assert "not there any more" in measured_exam(store, exam_id).reason


def test_an_examination_erased_while_it_is_measured_leaves_nothing(jobs: Jobs, store: Store) -> None:
    exam_id = exam(store, ENDLESS)
    job_id = queued(store, exam_id)
    jobs.wake()
    until(lambda: job(store, job_id).progress == 0.5)
    with store.session() as session, session.begin():
        session.delete(session.get_one(ExamRow, exam_id))
    after = queued(store, exam(store, landmarks()))
    jobs.wake()
    until(lambda: job(store, after).state == DONE)
    until(lambda: not (store.folder / "work" / job_id).exists())


def test_a_server_that_stops_puts_back_what_ran_and_the_next_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rom.jobs.jobs.measure_job", measure_or_break)
    exam_id = exam(store, ENDLESS)
    job_id = queued(store, exam_id)
    with Jobs(store, workers=1) as first:
        until(lambda: job(store, job_id).progress == 0.5)
        workers = first.cluster.worker_processes()
    assert (job(store, job_id).state, job(store, job_id).attempts) == (WAITING, 0)
    assert not any(psutil.pid_exists(worker) for worker in workers)
    arrived(store, exam_id).write_bytes(landmarks().read_bytes())
    unqueued = exam(store, landmarks(), state=RECORDING)
    with Jobs(store, workers=1):
        until(lambda: job(store, job_id).state == DONE)
        until(lambda: measured_exam(store, unqueued).state == MEASURED)


def test_nothing_is_started_before_there_is_something_to_do(store: Store) -> None:
    before = len(psutil.Process().children())
    with Jobs(store, workers=1) as jobs:
        jobs.wake()
        assert jobs.cluster._client is None
        assert len(psutil.Process().children()) == before


def test_the_cluster_listens_on_this_computer_alone(jobs: Jobs, store: Store) -> None:
    job_id = queued(store, exam(store, ENDLESS))
    jobs.wake()
    until(lambda: job(store, job_id).progress == 0.5)
    ours = [psutil.Process(), *psutil.Process().children(recursive=True)]
    listening = {c.laddr.ip for one in ours for c in one.net_connections() if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    jobs.cancel(job_id)


def test_our_own_cluster_is_closed_to_other_programs_on_this_computer(jobs: Jobs, store: Store) -> None:
    from distributed import Client

    job_id = queued(store, exam(store, landmarks()))
    jobs.wake()
    until(lambda: job(store, job_id).state == DONE)
    assert jobs.cluster._client is not None
    address = str(jobs.cluster._client.scheduler.address)  # type: ignore[union-attr]
    assert address.startswith("tls://127.0.0.1:")
    with pytest.raises((OSError, TypeError, RuntimeError)):
        Client(address, timeout=2, set_as_default=False)


def test_a_result_waits_while_the_database_is_away(
    jobs: Jobs, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    from rom.store.results import keep_result

    away = [3]

    def sometimes(*told: object, **more: object) -> None:
        if away[0]:
            away[0] -= 1
            raise OperationalError("", None, Exception("the database is away"))
        keep_result(*told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("rom.jobs.jobs.keep_result", sometimes)
    job_id = queued(store, exam(store, landmarks()))
    jobs.wake()
    until(lambda: job(store, job_id).state == DONE)
    assert away == [0]
    assert job(store, job_id).attempts == 1


def test_a_job_that_was_taken_while_the_database_went_away_is_not_forgotten(jobs: Jobs, store: Store) -> None:
    job_id = queued(store, exam(store, landmarks()))
    with store.session() as session, session.begin():
        rows.take(session, job_id)  # in the database; nobody learned of it
    jobs.wake()
    until(lambda: job(store, job_id).state == DONE)


def test_a_full_disk_fails_the_job_with_a_clear_word_and_keeps_the_recording(
    jobs: Jobs, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*told: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("rom.jobs.jobs.keep_result", full)
        exam_id = exam(store, landmarks())
        job_id = queued(store, exam_id)
        jobs.wake()
        until(lambda: job(store, job_id).state == FAILED)
    assert "no room left on the disk" in job(store, job_id).reason
    assert arrived(store, exam_id).exists()
    with store.session() as session, session.begin():
        rows.retry(session, job_id)
    jobs.wake()
    until(lambda: job(store, job_id).state == DONE)


def test_a_scheduler_elsewhere_is_used_by_its_address_and_said_to_be_unencrypted(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr("rom.jobs.jobs.measure_job", measure_or_break)
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as elsewhere:
        with caplog.at_level(logging.WARNING, "rom.cluster"):
            jobs = Jobs(store, elsewhere.scheduler_address)
        assert "without encryption" in caplog.text
        with jobs:
            deadly, fine = queued(store, exam(store, DEADLY)), queued(store, exam(store, landmarks()))
            jobs.wake()
            until(lambda: job(store, fine).state == DONE)
            until(lambda: job(store, deadly).state == FAILED)
            assert (job(store, deadly).attempts, job(store, fine).attempts) == (3, 1)


def test_a_scheduler_that_does_not_answer_leaves_jobs_waiting(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("rom.cluster.ANSWER_S", 1)
    job_id = queued(store, exam(store, landmarks()))
    with Jobs(store, "tls://127.0.0.1:9"):  # nobody listens on the discard port
        until(lambda: "could not go on" in caplog.text)
    assert (job(store, job_id).state, job(store, job_id).attempts) == (WAITING, 0)
