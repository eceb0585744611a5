"""A store with recordings in it, and what a worker is told in tests that break it."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import rom.jobs.measuring as real
from rom.jobs.attempt import Attempt, Pace, Stopped
from rom.jobs.measuring import Outcome, Spec
from rom.samples import sample_folder
from rom.store import Store
from rom.store.jobs import add_job
from rom.store.tables import RECORDED, ExamRow, JobRow, PersonRow

#: What a recording holds that ends its worker, or goes on until it is stopped.
DEADLY, ENDLESS = b"ends its worker", b"goes on and on"


def person(store: Store) -> str:
    """The girl of the samples."""
    with store.session() as session, session.begin():
        row = PersonRow(age_years=6.2, age_said_on=date(2026, 11, 1), sex="female")
        session.add(row)
        session.flush()
        return row.id


def exam(
    store: Store, recording: Path | bytes, *, state: str = RECORDED, protocol: str = "seated", **said: Any
) -> str:
    """An examination whose recording arrived; no job yet."""
    whose = person(store)
    with store.session() as session, session.begin():
        row = ExamRow(
            person_id=whose, recorded_on=date(2026, 11, 20), protocol=protocol, side="right", state=state, said=said
        )
        session.add(row)
        session.flush()
        if isinstance(recording, bytes):
            arrived(store, row.id).write_bytes(recording)
        else:
            shutil.copy(recording, store.incoming / (row.id + recording.name[recording.name.index(".") :]))
        return row.id


def arrived(store: Store, exam_id: str) -> Path:
    """Where the recording of an examination is that is given as its content."""
    return store.incoming / f"{exam_id}.landmarks.npz"


def queued(store: Store, exam_id: str) -> str:
    """A job that measures it."""
    with store.session() as session, session.begin():
        return add_job(session, "measure", exam_id=exam_id).id


def job(store: Store, job_id: str) -> JobRow:
    """A job as it is now."""
    with store.session() as session:
        return session.get_one(JobRow, job_id)


def measured_exam(store: Store, exam_id: str) -> ExamRow:
    """An examination as it is now."""
    with store.session() as session:
        return session.get_one(ExamRow, exam_id)


def until(true: Callable[[], bool], seconds: float = 240.0) -> None:
    """Wait for something that is to come about."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"did not come about within {seconds:g} s"
        time.sleep(0.1)


def landmarks(name: str = "seated_right") -> Path:
    """Landmarks of a sample: measured in a moment."""
    return sample_folder() / f"{name}.landmarks.npz"


def measure_or_break(spec: Spec) -> Outcome:
    """`measure_job`, on a worker whose measuring ends it, or never ends, where the recording says so."""
    content = Path(spec["recording"]).read_bytes()
    way = {DEADLY: _deadly, ENDLESS: _until_stopped}.get(content, _here)
    setattr(real, "guarded", way)  # noqa: B010 - on this worker alone
    return real.measure_job(spec)


def _deadly(function: Callable[[Spec], Outcome], spec: Spec) -> Outcome:
    """End this worker."""
    os.kill(os.getpid(), signal.SIGKILL)
    return real.outcome("done")


def _here(function: Callable[[Spec], Outcome], spec: Spec) -> Outcome:
    """In this process: no time for another."""
    return real.outcome("done", files=real._examined(spec, Attempt(Path(spec["folder"]))))


def _until_stopped(function: Callable[[Spec], Outcome], spec: Spec) -> Outcome:
    """Go on until it is stopped, and say that half is done."""
    pace = Pace(Attempt(Path(spec["folder"])))
    try:
        while True:
            pace(0.5)
            time.sleep(0.05)
    except Stopped:
        return real.outcome("stopped")
