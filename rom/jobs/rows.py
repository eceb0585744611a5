"""The queue in the database: which job is next, and what became of it.

Each function changes rows in the session it is given, and commits nothing. A state is only left for another where
it still is what it is thought to be, so that a job cancelled meanwhile stays cancelled.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from rom.store.tables import (
    CANCELLED,
    FAILED,
    MEASURED,
    RECORDED,
    RECORDING,
    RUNNING,
    WAITING,
    ExamRow,
    JobRow,
    now,
)

#: A job that was begun so often, and each time ended the program that did it, is set aside.
ATTEMPTS_MOST = 3
SET_ASIDE = (
    f"The recording crashed the program {ATTEMPTS_MOST} times while it was measured, so it was set aside; try it "
    "once more, or record it again."
)
#: What a recording on its way is called beside its examination's name.
PART = ".part"


def add_job(
    session: Session, kind: str, *, exam_id: str | None = None, asked: dict[str, Any] | None = None
) -> JobRow:
    """A new job at the end of the queue."""
    job = JobRow(kind=kind, exam_id=exam_id, asked=asked or {})
    session.add(job)
    session.flush()
    return job


def next_jobs(session: Session, most: int) -> list[JobRow]:
    """Jobs that wait, the oldest first."""
    waiting = select(JobRow).where(JobRow.state == WAITING).order_by(JobRow.created, JobRow.id).limit(most)
    return list(session.scalars(waiting))


def take(session: Session, job_id: str) -> bool:
    """Begin a job that waits; False where it does not wait any more."""
    changes = {"state": RUNNING, "attempts": JobRow.attempts + 1, "started": now(), "progress": 0.0, "reason": ""}
    return _changed(session, job_id, (WAITING,), changes)


def put_back(session: Session, job_id: str, *, counted: bool) -> bool:
    """Let a running job wait again; `counted` : the attempt counts, and the last one sets the job aside."""
    job = session.get(JobRow, job_id)
    if job is None:
        return False
    if counted and job.attempts >= ATTEMPTS_MOST:
        return fail(session, job_id, SET_ASIDE)
    attempts = JobRow.attempts if counted else JobRow.attempts - 1
    return _changed(session, job_id, (RUNNING,), {"state": WAITING, "attempts": attempts, "progress": 0.0})


def fail(session: Session, job_id: str, reason: str) -> bool:
    """End a running job with a reason, which its examination shows as well."""
    changes = {"state": FAILED, "reason": reason, "ended": now()}
    if not _changed(session, job_id, (RUNNING,), changes):
        return False
    exam = _exam_of(session, job_id)
    if exam is not None:
        exam.reason = reason
        exam.state = MEASURED if exam.document else FAILED  # what was measured before stays
    return True


def cancel(session: Session, job_id: str) -> bool:
    """End a job that waits or runs because it is not wanted any more; its examination stays recorded."""
    return _changed(session, job_id, (WAITING, RUNNING), {"state": CANCELLED, "ended": now()})


def retry(session: Session, job_id: str) -> bool:
    """Let a failed or cancelled job wait again, its attempts forgotten."""
    changes = {"state": WAITING, "attempts": 0, "progress": 0.0, "reason": "", "ended": None}
    if not _changed(session, job_id, (FAILED, CANCELLED), changes):
        return False
    exam = _exam_of(session, job_id)
    if exam is not None:
        exam.reason = ""
        exam.state = MEASURED if exam.document else RECORDED
    return True


def requeue_running(session: Session) -> int:
    """Let everything wait again that ran when the server ended; how many there were."""
    ids = list(session.scalars(select(JobRow.id).where(JobRow.state == RUNNING)))
    for job_id in ids:
        put_back(session, job_id, counted=True)
    return len(ids)


def note_progress(session: Session, shares: Mapping[str, float]) -> None:
    """How far running jobs are, 0 to 1."""
    for job_id, share in shares.items():
        _changed(session, job_id, (RUNNING,), {"progress": share})


def is_running(session: Session, job_id: str) -> bool:
    """Whether a job is still wanted, and its examination not erased."""
    return session.scalar(select(JobRow.state).where(JobRow.id == job_id)) == RUNNING


def pick_up(session: Session, incoming: Path) -> int:
    """Add the jobs of whole recordings that have none: the server ended before it could; how many there were."""
    exams = select(ExamRow).where(ExamRow.state.in_((RECORDING, RECORDED)), ~ExamRow.jobs.any())
    left = [exam for exam in session.scalars(exams) if whole_recording(incoming, exam.id) is not None]
    for exam in left:
        exam.state = RECORDED
        add_job(session, "measure", exam_id=exam.id)
    return len(left)


def whole_recording(incoming: Path, exam_id: str) -> Path | None:
    """The recording of an examination where it arrived whole and was not measured yet."""
    return next((path for path in sorted(incoming.glob(f"{exam_id}.*")) if path.suffix != PART), None)


def _exam_of(session: Session, job_id: str) -> ExamRow | None:
    """The examination of a job, as it is in the database now."""
    of_job = select(ExamRow).join(JobRow, JobRow.exam_id == ExamRow.id).where(JobRow.id == job_id)
    return session.scalar(of_job.execution_options(populate_existing=True))


def _changed(session: Session, job_id: str, states: tuple[str, ...], changes: Mapping[str, Any]) -> bool:
    """Change a job that is in one of the states; False where it is in another."""
    statement = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(states)).values(**changes)
    done = session.execute(statement.execution_options(synchronize_session="fetch"))
    return isinstance(done, CursorResult) and done.rowcount == 1
