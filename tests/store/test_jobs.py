"""The queue: each job is taken once, and what was running when a server died waits again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from rom.store import Store
from rom.store.jobs import add_job, cancel, fail, finish, next_jobs, requeue_running, retry, take, tell_progress
from rom.store.tables import CANCELLED, DONE, FAILED, MEASURED, RECORDED, RUNNING, STOPPED, WAITING, ExamRow, JobRow
from tests.store.filled import recorded

Step = Callable[[Session, str], bool]


def add(store: Store) -> str:
    with store.session() as session, session.begin():
        return add_job(session, "measure", asked={"again": True}).id


def do(store: Store, step: Step, job: str) -> bool:
    with store.session() as session, session.begin():
        return step(session, job)


def read(store: Store, job: str) -> JobRow:
    with store.session() as session:
        return session.get_one(JobRow, job)


def failed(session: Session, job: str) -> bool:
    return fail(session, job, "The video is broken.")


def test_a_job_goes_its_way(store: Store) -> None:
    job = add(store)
    assert (read(store, job).state, read(store, job).asked, read(store, job).attempts) == (
        WAITING,
        {"again": True},
        0,
    )
    assert do(store, take, job)
    row = read(store, job)
    assert (row.state, row.attempts, row.ended) == (RUNNING, 1, None)
    assert row.started is not None
    assert do(store, lambda session, job: tell_progress(session, job, 0.5), job)
    assert read(store, job).progress == 0.5
    assert do(store, finish, job)
    row = read(store, job)
    assert (row.state, row.progress, row.reason) == (DONE, 1.0, "")
    assert row.ended is not None


@pytest.mark.parametrize(
    ("before", "step", "state"),
    [
        ((), finish, WAITING),
        ((cancel,), take, CANCELLED),
        ((take,), take, RUNNING),
        ((take, cancel), finish, CANCELLED),
        ((take, cancel), failed, CANCELLED),
        ((take, finish), cancel, DONE),
        ((take, finish), retry, DONE),
        ((take,), retry, RUNNING),
    ],
)
def test_a_step_from_another_state_is_not_made(
    store: Store, before: tuple[Step, ...], step: Step, state: str
) -> None:
    job = add(store)
    assert all(do(store, one, job) for one in before)
    assert not do(store, step, job)
    assert read(store, job).state == state


def test_the_oldest_is_next_and_a_second_try_is_the_youngest(store: Store) -> None:
    first, second, third = (add(store) for _ in range(3))
    with store.session() as session:
        assert [row.id for row in next_jobs(session)] == [first, second, third]
        assert [row.id for row in next_jobs(session, 2)] == [first, second]
    do(store, take, first)
    do(store, failed, first)
    do(store, retry, first)
    with store.session() as session:
        assert [row.id for row in next_jobs(session)] == [second, third, first]


def test_of_many_workers_one_gets_the_job(store: Store) -> None:
    job = add(store)
    with ThreadPoolExecutor(4) as pool:
        got = [*pool.map(lambda _: do(store, take, job), range(8))]
    assert sum(got) == 1
    assert read(store, job).attempts == 1


def test_a_failure_is_told_to_the_examination_and_taken_back_by_a_second_try(store: Store) -> None:
    known = recorded(store)
    assert do(store, failed, known.job)
    with store.session() as session:
        exam = session.get_one(ExamRow, known.exam)
    assert (exam.state, exam.reason) == (FAILED, "The video is broken.")
    assert read(store, known.job).reason == "The video is broken."
    assert do(store, retry, known.job)
    with store.session() as session:
        exam = session.get_one(ExamRow, known.exam)
    assert (exam.state, exam.reason) == (RECORDED, "")
    row = read(store, known.job)
    assert (row.state, row.reason, row.started, row.ended) == (WAITING, "", None, None)


def test_an_examination_is_stopped_with_its_job_and_wanted_again_with_it(store: Store) -> None:
    known = recorded(store)

    def state() -> str:
        with store.session() as session:
            return session.get_one(ExamRow, known.exam).state

    assert do(store, cancel, known.job)
    assert state() == STOPPED
    assert do(store, retry, known.job)
    assert state() == RECORDED


def test_a_result_outlives_a_later_stop(store: Store) -> None:
    known = recorded(store)
    with store.session() as session, session.begin():
        session.get_one(ExamRow, known.exam).state = MEASURED
    assert do(store, cancel, known.job)
    with store.session() as session:
        assert session.get_one(ExamRow, known.exam).state == MEASURED


def test_a_result_outlives_a_later_failure(store: Store) -> None:
    known = recorded(store)
    with store.session() as session, session.begin():
        session.get_one(ExamRow, known.exam).state = MEASURED
    assert do(store, failed, known.job)
    with store.session() as session:
        assert session.get_one(ExamRow, known.exam).state == MEASURED


def test_what_ran_when_the_server_died_waits_again(store: Store) -> None:
    ran, done, waiting = (add(store) for _ in range(3))
    do(store, take, ran)
    do(store, take, done)
    do(store, finish, done)
    with store.session() as session, session.begin():
        assert requeue_running(session) == 1
    with store.session() as session:
        assert [row.id for row in next_jobs(session)] == [ran, waiting]
    assert read(store, done).state == DONE
    assert read(store, ran).attempts == 1, "how often it was tried is still known"
