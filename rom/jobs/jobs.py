"""The server's side of the jobs: takes rows, has them worked off, and keeps what was found."""

import json
import logging
import shutil
import threading
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from rom.cluster import Cluster
from rom.errors import RomError
from rom.jobs import again
from rom.jobs.attempt import Attempt
from rom.jobs.measuring import DOCUMENT, Outcome, Spec, measure_job, outcome, unexpected
from rom.jobs.specs import spec_of
from rom.store import Store
from rom.store import jobs as rows
from rom.store.choices import choice
from rom.store.results import ORIGINAL, keep_result
from rom.store.tables import RUNNING, ExamRow, JobRow

if TYPE_CHECKING:
    from distributed import Future

logger = logging.getLogger(__name__)

#: How often running jobs are asked how far they are, and how often a queue where nothing runs is looked at for rows
#: that came without a `wake`.
PROGRESS_S, IDLE_S = 1.0, 5.0
#: How long `stop` waits for what is being saved.
STOPPING_S = 30.0
#: How often a database that answers, and yet does not keep a result, is asked to.
TRIES_TO_KEEP = 5
#: What SQLAlchemy raises where a database does not answer, is held up, or has no room.
AWAY = (OperationalError, InterfaceError)
NO_RECORDING = "The recording is not there any more; please record it again."


@dataclass(frozen=True, slots=True)
class Running:
    """A job that was given to the cluster."""

    exam_id: str
    spec: Spec
    future: "Future[Any]"

    @property
    def attempt(self) -> Attempt:
        """Its folder."""
        return Attempt(Path(self.spec["folder"]))


class Jobs:
    """The jobs of a store, worked off in the background while it is open.

    One thread of its own speaks to the database and the cluster, so that neither can hold a page up; where one of
    them is away, it tries again until it is back. Two `Jobs` on one store at a time are not meant to be.

    Parameters
    ----------
    store : its rows are the truth.
    scheduler : the address of a Dask scheduler (``tls://host:8786``); None for workers on this computer.
    workers : how many of those; one a core where it is None.
    """

    def __init__(self, store: Store, scheduler: str | None = None, *, workers: int | None = None) -> None:
        self.store = store
        self.cluster = Cluster(scheduler, workers)
        self._running: dict[str, Running] = {}
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._compared_at_s = 0.0
        self._refused: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Put back what ran when the server was killed, do what it had no time for, and begin; once is enough."""
        if self._thread is not None:
            return
        with self.store.session() as session, session.begin():
            again.requeue_running(session)
            again.pick_up(self.store, session)
        again.take_away_measured(self.store)
        for left in self.store.work.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look at the queue now: a row was added."""
        self._woken.set()

    def cancel(self, job_id: str) -> bool:
        """End a job that waits or runs; False where it has ended already."""
        with self.store.session() as session, session.begin():
            done = rows.cancel(session, job_id)
        running = self._running.get(job_id)
        if done and running is not None:
            running.attempt.ask_to_stop()
        return done

    def stop(self) -> None:
        """End; what runs waits again, and the attempt does not count."""
        if self._thread is None:
            return
        self._stopping.set()
        self.wake()
        self._thread.join(STOPPING_S)
        self._thread = None
        for running in self._running.values():
            running.attempt.ask_to_stop()
        self.cluster.close()
        try:
            with self.store.session() as session, session.begin():
                for job_id in self._running:
                    again.put_back(session, job_id, counted=False)
        except AWAY:
            logger.warning("The database is away; what ran is put back at the next start.")
        self._running.clear()

    def _run(self) -> None:
        """The thread: one round after another, whatever is away meanwhile."""
        while not self._stopping.is_set():
            try:
                self._round()
            except Exception:
                logger.exception("the jobs could not go on, and try again")
                self._stopping.wait(PROGRESS_S)
            self._woken.wait(PROGRESS_S if self._running else IDLE_S)
            self._woken.clear()

    def _round(self) -> None:
        """Keep what is done, say how far the rest is, and begin what there is room for."""
        for job_id, running in list(self._running.items()):
            if running.future.done() and not self._stopping.is_set():
                self._end(job_id, running)
        if monotonic() - self._compared_at_s >= PROGRESS_S:
            self._compare()
        self._begin_next()

    def _begin_next(self) -> None:
        """Begin the oldest jobs that wait, as far as the cluster has room."""
        with self.store.session() as session:
            if not rows.next_jobs(session, 1):
                return  # no cluster is started before there is something to do
        room = self.cluster.room() - len(self._running)
        with self.store.session() as session:
            waiting = rows.next_jobs(session, max(0, room))
        for job in waiting:
            if job.id not in self._running:  # cancelled and wanted again, while its first attempt still ends
                self._begin(job)

    def _begin(self, job: JobRow) -> None:
        """Take a job and give it to the cluster."""
        folder = self.store.work / job.id / uuid4().hex
        with self.store.session() as session, session.begin():
            if not rows.take(session, job.id):
                return
            exam = session.get(ExamRow, job.exam_id) if job.kind == rows.MEASURE else None
            spec = None if exam is None else spec_of(self.store, session, exam, folder)
            if exam is None or spec is None:
                rows.fail(session, job.id, NO_RECORDING)
                return
        try:
            future = self.cluster.submit(f"{job.id}-{folder.name}", measure_job, spec)
        except Exception:
            with self.store.session() as session, session.begin():
                again.put_back(session, job.id, counted=False)
            raise
        self._running[job.id] = Running(exam.id, spec, future)
        future.add_done_callback(lambda _: self.wake())

    def _compare(self) -> None:
        """Compare the rows that run with what the cluster was given, at most once a second.

        Progress comes into the rows; what is wanted no more is stopped; and a row that runs although the cluster
        knows nothing of it waits again: the database went away while it was taken.
        """
        self._compared_at_s = monotonic()
        with self.store.session() as session:
            ids = {*session.scalars(select(JobRow.id).where(JobRow.state == RUNNING))}
        for job_id in self._running.keys() - ids:
            self._running[job_id].attempt.ask_to_stop()  # cancelled as it began, or its examination was erased
        if ids:
            with self.store.session() as session, session.begin():
                for job_id in ids & self._running.keys():
                    rows.tell_progress(session, job_id, self._running[job_id].attempt.progress() or 0.0)
                for job_id in ids - self._running.keys():
                    again.put_back(session, job_id, counted=False)

    def _end(self, job_id: str, running: Running) -> None:
        """Bring what became of a job into the store; it is let go only when that is done."""
        found = _outcome_of(running.future)
        if self._is_a_result(job_id, found):
            try:
                self._keep(running, found)
            except (*AWAY, OSError, RomError, ValueError) as error:
                self._could_not_keep(job_id, error)
        del self._running[job_id]
        self._refused.pop(job_id, None)
        shutil.rmtree(self.store.work / job_id, ignore_errors=True)

    def _is_a_result(self, job_id: str, found: Outcome) -> bool:
        """Whether there is a result to be kept; what else came of a job is in its row then.

        Nothing is kept of a job that was cancelled or erased meanwhile.
        """
        if found["trace"]:
            logger.error("a measurement failed in a way that was not expected\n%s", found["trace"])
        with self.store.session() as session, session.begin():
            job = session.get(JobRow, job_id)
            if job is None or job.state != RUNNING:
                return False
            if found["state"] in ("crashed", "stopped"):
                again.put_back(session, job_id, counted=found["state"] == "crashed")
            elif found["state"] == "failed":
                rows.fail(session, job_id, found["reason"])
        return found["state"] == "done"

    def _keep(self, running: Running, found: Outcome) -> None:
        """Keep a result, and the original where the user chose so."""
        with self.store.session() as session:
            keep_original, days = choice(session, "keep_video", default=False), choice(session, "keep_days", None)
        until = None if days is None else datetime.now(UTC).date() + timedelta(days=int(days))
        folder, recording = running.attempt.folder, Path(running.spec["recording"])
        document = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
        files = {role: folder / name for role, name in found["files"].items()}
        if recording.parent == self.store.incoming:
            files[ORIGINAL] = recording
        keep_result(self.store, running.exam_id, document, files, keep_original=keep_original, keep_until=until)

    def _could_not_keep(self, job_id: str, error: Exception) -> None:
        """Fail a job whose result could not be kept; raise where the database is away, to try again later."""
        database = error if isinstance(error, AWAY) else error.__cause__
        if isinstance(database, AWAY):
            self._refused[job_id] = self._refused.get(job_id, 0) + 1
            if self._refused[job_id] < TRIES_TO_KEEP:
                raise error
        logger.error("what a job found could not be kept", exc_info=error)
        reason = str(error) if isinstance(error, RomError) else unexpected(error)
        with self.store.session() as session, session.begin():
            rows.fail(session, job_id, reason)


def _outcome_of(future: "Future[Any]") -> Outcome:
    """What a worker said; "stopped" where the cluster forgot the job, which then waits again."""
    import concurrent.futures

    from distributed import CancelledError, KilledWorker

    try:
        found: Outcome = future.result()
    except KilledWorker:
        return outcome("crashed")
    except (concurrent.futures.CancelledError, CancelledError):
        return outcome("stopped")
    except Exception as error:  # noqa: BLE001 - a worker that is not as it should be: another version, another disk
        return outcome("failed", unexpected(error), trace="".join(traceback.format_exception(error)))
    return found
