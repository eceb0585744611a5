"""After a worker or the server was killed: what waits again, and what is taken away."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rom.store import Store, jobs
from rom.store.exams import recording_of
from rom.store.jobs import MEASURE, add_job, fail
from rom.store.tables import MEASURED, RECORDED, RECORDING, RUNNING, WAITING, ExamRow, JobRow

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
    spent = select(JobRow.id).where(JobRow.state == RUNNING, JobRow.attempts >= ATTEMPTS_MOST)
    for job_id in [*session.scalars(spent)]:
        fail(session, job_id, SET_ASIDE)
    return jobs.requeue_running(session)


def pick_up(store: Store, session: Session) -> int:
    """Queue whole recordings that never had a job: the server was killed before it could; how many there were."""
    exams = select(ExamRow).where(ExamRow.state.in_((RECORDING, RECORDED)), ~ExamRow.jobs.any())
    left = [exam for exam in session.scalars(exams) if recording_of(store, exam.id) is not None]
    for exam in left:
        exam.state = RECORDED
        add_job(session, MEASURE, exam_id=exam.id)
    return len(left)


def take_away_measured(store: Store) -> int:
    """Take away recordings that were measured: the server was killed between keeping the result and doing this.

    Nobody chose to keep them: where the user did, they are in the media folder. How many there were.
    """
    with store.session() as session:
        busy = ExamRow.jobs.any(JobRow.state.in_((WAITING, RUNNING)))
        measured = {*session.scalars(select(ExamRow.id).where(ExamRow.state == MEASURED, ~busy))}
    left = [path for path in store.incoming.iterdir() if path.name.split(".")[0] in measured]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
