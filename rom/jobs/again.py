"""What waits again: jobs whose worker or server ended, and recordings that the server had no time to queue."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rom.jobs.keeping import recording_of
from rom.jobs.rows import add_job, fail
from rom.store import Store
from rom.store.tables import RECORDED, RECORDING, RUNNING, WAITING, ExamRow, JobRow

#: A job that was begun so often, and each time ended the program that did it, is set aside.
ATTEMPTS_MOST = 3
SET_ASIDE = (
    "The recording crashed the program three times while it was measured, so it was set aside; try once more, or "
    "record it again."
)


def put_back(session: Session, job_id: str, *, counted: bool) -> None:
    """Let a running job wait again; `counted` : the attempt counts, and the last one sets the job aside."""
    job = session.get(JobRow, job_id)
    if job is None:
        return
    if counted and job.attempts >= ATTEMPTS_MOST:
        fail(session, job_id, SET_ASIDE)
        return
    waits = update(JobRow).where(JobRow.id == job_id, JobRow.state == RUNNING)
    attempts = job.attempts if counted else job.attempts - 1
    session.execute(waits.values(state=WAITING, attempts=attempts, progress=0.0))


def requeue_running(session: Session) -> int:
    """Let everything wait again that ran when the server was killed; how many there were.

    These attempts count: a recording that takes the whole computer down would do so at every start.
    """
    ids = list(session.scalars(select(JobRow.id).where(JobRow.state == RUNNING)))
    for job_id in ids:
        put_back(session, job_id, counted=True)
    return len(ids)


def pick_up(store: Store, session: Session) -> int:
    """Queue whole recordings that never had a job: the server was killed before it could; how many there were."""
    exams = select(ExamRow).where(ExamRow.state.in_((RECORDING, RECORDED)), ~ExamRow.jobs.any())
    left = [exam for exam in session.scalars(exams) if recording_of(store, exam.id) is not None]
    for exam in left:
        exam.state = RECORDED
        add_job(session, "measure", exam_id=exam.id)
    return len(left)
