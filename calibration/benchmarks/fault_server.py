"""The server that `calibration.benchmarks.faults` kills: a store, its jobs, and recordings that arrive in pieces.

``python -m calibration.benchmarks.fault_server FOLDER URL``; it says its port on the first line of its output, and
writes the beginning and end of every phase to ``phases.log``. Each step of a phase is drawn out by a moment, so
that a kill falls between any two of them and not only where most of the time is spent.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import event

import rom.jobs.jobs as under_test
from rom.jobs import Jobs
from rom.store import Store, open_store
from rom.store.jobs import MEASURE, add_job
from rom.store.results import keep_result
from rom.store.tables import RECORDED, RECORDING, ExamRow

MOMENT_S = 0.03  # how long each step is drawn out
#: How recordings of the benchmark end: stored landmarks, or a video.
SUFFIXES = (".landmarks.npz", ".mp4")


class Phases:
    """Writes down which phase begins and ends when."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "phases.log").open("a", encoding="utf-8", buffering=1)

    def mark(self, phase: str, what: str, name: str) -> None:
        """One line; `what` : "begin" or "end"."""
        self._file.write(f"{phase} {what} {name}\n")

    @contextmanager
    def phase(self, phase: str, name: str) -> Iterator[None]:
        """A phase from here to the end of the block, however that ends."""
        self.mark(phase, "begin", name)
        try:
            yield
        finally:
            self.mark(phase, "end", name)


class Door(BaseHTTPRequestHandler):
    """Takes recordings in: ``begin``, pieces at their place, ``whole``. Each may be said again after a failure."""

    def __init__(self, store: Store, jobs: Jobs, phases: Phases, *told: Any) -> None:
        self.store, self.jobs, self.phases = store, jobs, phases
        super().__init__(*told)

    def log_message(self, *_: Any) -> None:
        """Nothing: the phases are written down."""

    def do_POST(self) -> None:
        """``/STEP/EXAM?...``; 503 where it could not be done now."""
        url = urlsplit(self.path)
        _, step, exam_id = url.path.split("/")
        words = {name: values[0] for name, values in parse_qs(url.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            {"begin": self.begin, "piece": self.piece, "whole": self.whole}[step](exam_id, words, body)
        except Exception:  # the client says it again
            logging.exception("not now")
            self.send_error(503)
        else:
            self.send_response(204)
            self.end_headers()

    def begin(self, exam_id: str, words: dict[str, str], _body: bytes) -> None:
        """The examination's row."""
        with self.store.session() as session, session.begin():
            if session.get(ExamRow, exam_id) is None:
                day = datetime.now(UTC).date()
                told = {"protocol": "seated", "side": "right", "recorded_on": day, "said": {"footwear": "bare"}}
                session.add(ExamRow(id=exam_id, person_id=words["person"], **told))

    def piece(self, exam_id: str, words: dict[str, str], body: bytes) -> None:
        """A piece of the recording, at its place."""
        with self.phases.phase("recording", exam_id):
            path, start = self.part(exam_id, words), int(words["start"])
            with path.open("r+b" if path.exists() else "w+b") as file:
                if os.fstat(file.fileno()).st_size < start:
                    raise ValueError("a piece before this one is missing")
                file.truncate(start)
                file.seek(start)
                for half in (body[: len(body) // 2], body[len(body) // 2 :]):
                    file.write(half)
                    file.flush()
                    time.sleep(MOMENT_S)

    def whole(self, exam_id: str, words: dict[str, str], _body: bytes) -> None:
        """The recording is whole: to the disk, to its name, and into the queue."""
        with self.phases.phase("upload", exam_id):
            path = self.part(exam_id, words)
            if path.exists():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                time.sleep(MOMENT_S)
                path.replace(path.with_suffix(""))
                time.sleep(MOMENT_S)
            with self.store.session() as session, session.begin():
                exam = session.get_one(ExamRow, exam_id)
                if exam.state == RECORDING:
                    exam.state = RECORDED
                    add_job(session, MEASURE, exam_id=exam_id)
            time.sleep(MOMENT_S)
        self.jobs.wake()

    def part(self, exam_id: str, words: dict[str, str]) -> Path:
        """Where the recording grows."""
        if words["suffix"] not in SUFFIXES:
            raise ValueError("an unknown suffix")
        return self.store.incoming / f"{exam_id}{words['suffix']}.part"


def draw_out(store: Store, jobs: Jobs, phases: Phases) -> None:
    """Mark measuring and saving, and draw saving out."""
    submit, keep, fsync = jobs.cluster.submit, keep_result, os.fsync

    def marked_submit(key: str, *told: Any) -> Any:
        phases.mark("measurement", "begin", key)
        future = submit(key, *told)
        future.add_done_callback(lambda _: phases.mark("measurement", "end", key))
        return future

    def slow_fsync(handle: Any) -> None:
        time.sleep(MOMENT_S)
        fsync(handle)
        time.sleep(MOMENT_S)

    def marked_keep(of: Store, exam_id: str, *told: Any, **more: Any) -> None:
        with phases.phase("save", exam_id):
            keep(of, exam_id, *told, **more)
            time.sleep(MOMENT_S)

    for owner, name, slow in (
        (jobs.cluster, "submit", marked_submit),
        (under_test, "keep_result", marked_keep),
        (os, "fsync", slow_fsync),
    ):
        setattr(owner, name, slow)
    event.listen(store.engine, "commit", lambda _: time.sleep(MOMENT_S))


def serve(folder: Path, url: str) -> None:
    """Serve until killed."""
    phases = Phases(folder)
    with open_store(url, folder / "data") as store, Jobs(store, workers=2) as jobs:
        draw_out(store, jobs, phases)
        jobs.cluster.room()  # its workers are there to be killed
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Door, store, jobs, phases)) as door:
            print(door.server_address[1], flush=True)
            door.serve_forever()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    serve(given.folder, given.url)


if __name__ == "__main__":
    main()
