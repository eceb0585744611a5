"""Jobs: what is to be done in the background, one row each, so that a server that was killed goes on where it was.

Every change names the state that it starts from, so that a job is taken by one worker, and a cancelled one is never
finished. Sessions are begun by ``begin()``.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rom.store.tables import (
    CANCELLED,
    DONE,
    FAILED,
    RECORDED,
    RUNNING,
    STOPPED,
    WAITING,
    ExamRow,
    JobRow,
    now,
)

MEASURE = "measure"


def add_job(
    session: Session, kind: str, *, exam_id: str | None = None, asked: dict[str, Any] | None = None
) -> JobRow:
    """Something to be done, at the end of the queue."""
    row = JobRow(kind=kind, exam_id=exam_id, asked=asked or {})
    session.add(row)
    session.flush()
    return row


def next_jobs(session: Session, most: int | None = None) -> list[JobRow]:
    """What waits, the oldest first."""
    waiting = select(JobRow).where(JobRow.state == WAITING).order_by(JobRow.created, JobRow.id)
    return [*session.scalars(waiting.limit(most))]


def take(session: Session, job_id: str) -> bool:
    """Begin a waiting job; False where somebody else has, or it was cancelled."""
    begun = {"attempts": JobRow.attempts + 1, "started": now(), "ended": None, "progress": 0.0, "reason": ""}
    return _moved(session, job_id, (WAITING,), RUNNING, **begun)


def tell_progress(session: Session, job_id: str, share: float) -> bool:
    """How far a running job is, 0 to 1; False where it runs no longer."""
    return _moved(session, job_id, (RUNNING,), RUNNING, progress=share)


def finish(session: Session, job_id: str) -> bool:
    """A running job is done; False where it was cancelled in the meantime."""
    return _moved(session, job_id, (RUNNING,), DONE, progress=1.0, ended=now())


def fail(session: Session, job_id: str, reason: str) -> bool:
    """A job could not be done, and why, in one sentence; an examination without a result says so too."""
    if not _moved(session, job_id, (WAITING, RUNNING), FAILED, reason=reason, ended=now()):
        return False
    _move_exam(session, job_id, (RECORDED,), FAILED, reason)
    return True


def cancel(session: Session, job_id: str) -> bool:
    """A job is not wanted any more, nor its examination without a result; False where it has ended already."""
    if not _moved(session, job_id, (WAITING, RUNNING), CANCELLED, ended=now()):
        return False
    _move_exam(session, job_id, (RECORDED,), STOPPED, "")
    return True


def retry(session: Session, job_id: str) -> bool:
    """A job that failed or was cancelled waits again, as a new one would; False where it did neither."""
    anew = {"reason": "", "attempts": 0, "progress": 0.0, "started": None, "ended": None, "created": now()}
    if not _moved(session, job_id, (FAILED, CANCELLED), WAITING, **anew):
        return False
    _move_exam(session, job_id, (FAILED, STOPPED), RECORDED, "")
    return True


def requeue_running(session: Session) -> int:
    """At the start of the only server: what ran when the last one was killed waits again; how many."""
    waits = update(JobRow).where(JobRow.state == RUNNING).values(state=WAITING, progress=0.0, started=None)
    return len(session.scalars(waits.returning(JobRow.id)).all())


def _moved(session: Session, job_id: str, origins: tuple[str, ...], state: str, **values: Any) -> bool:
    """Change a job's state if it is one of these; whether it was."""
    change = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(origins)).values(state=state, **values)
    return session.scalars(change.returning(JobRow.id)).first() is not None


def _move_exam(session: Session, job_id: str, origins: tuple[str, ...], state: str, reason: str) -> None:
    """The same for the examination of a job."""
    its = select(JobRow.exam_id).where(JobRow.id == job_id).scalar_subquery()
    change = update(ExamRow).where(ExamRow.id == its, ExamRow.state.in_(origins))
    session.execute(change.values(state=state, reason=reason), execution_options={"synchronize_session": "fetch"})
