"""The queue in the database: which job is next, and what became of it.

Each function changes rows in the session it is given, and commits nothing. A state is only left for another where
it still is what it is thought to be, so that a job cancelled meanwhile stays cancelled.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rom.store.tables import CANCELLED, DONE, FAILED, RECORDED, RUNNING, WAITING, ExamRow, JobRow, now


def add_job(
    session: Session, kind: str, *, exam_id: str | None = None, asked: dict[str, Any] | None = None
) -> JobRow:
    """A new job at the end of the queue."""
    job = JobRow(kind=kind, exam_id=exam_id, asked=asked or {})
    session.add(job)
    session.flush()
    return job


def next_jobs(session: Session, most: int | None = None) -> list[JobRow]:
    """Jobs that wait, the oldest first."""
    waiting = select(JobRow).where(JobRow.state == WAITING).order_by(JobRow.created, JobRow.id)
    return list(session.scalars(waiting.limit(most)))


def take(session: Session, job_id: str) -> bool:
    """Begin a job that waits; False where it does not wait any more."""
    begun = {"attempts": JobRow.attempts + 1, "started": now(), "progress": 0.0, "reason": ""}
    return _moved(session, job_id, (WAITING,), RUNNING, **begun)


def tell_progress(session: Session, job_id: str, share: float) -> bool:
    """How far a running job is, 0 to 1."""
    return _moved(session, job_id, (RUNNING,), RUNNING, progress=share)


def finish(session: Session, job_id: str) -> bool:
    """A running job is done."""
    return _moved(session, job_id, (RUNNING,), DONE, progress=1.0, ended=now())


def fail(session: Session, job_id: str, reason: str) -> bool:
    """End a running job with a reason, which its examination shows as well where it was not measured before."""
    if not _moved(session, job_id, (WAITING, RUNNING), FAILED, reason=reason, ended=now()):
        return False
    _move_exam(session, job_id, RECORDED, FAILED, reason)
    return True


def cancel(session: Session, job_id: str) -> bool:
    """End a job that waits or runs because it is not wanted any more; its examination stays recorded."""
    return _moved(session, job_id, (WAITING, RUNNING), CANCELLED, ended=now())


def retry(session: Session, job_id: str) -> bool:
    """Let a failed or cancelled job wait again, its attempts forgotten."""
    anew = {"attempts": 0, "progress": 0.0, "reason": "", "started": None, "ended": None}
    if not _moved(session, job_id, (FAILED, CANCELLED), WAITING, **anew):
        return False
    _move_exam(session, job_id, FAILED, RECORDED, "")
    return True


def _moved(session: Session, job_id: str, origins: tuple[str, ...], state: str, **values: Any) -> bool:
    """Change a job that is in one of the states; False where it is in another."""
    change = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(origins)).values(state=state, **values)
    return session.scalars(change.returning(JobRow.id)).first() is not None


def _move_exam(session: Session, job_id: str, origin: str, state: str, reason: str) -> None:
    """The same for the examination of a job."""
    its = select(JobRow.exam_id).where(JobRow.id == job_id).scalar_subquery()
    change = update(ExamRow).where(ExamRow.id == its, ExamRow.state == origin).values(state=state, reason=reason)
    session.execute(change, execution_options={"synchronize_session": "fetch"})
