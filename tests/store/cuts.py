"""A process that is killed at every step of a piece of work, one after another, and what is left each time.

Run on its own (``python -m tests.store.cuts ADDRESS FOLDER WORK``), for it forks.
"""

import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event

from rom.errors import RomError
from rom.store import Store, open_store, sealed
from rom.store.backup import backup
from rom.store.check import check
from rom.store.database import engine_of
from rom.store.erase import erase_all, erase_person
from rom.store.jobs import next_jobs, requeue_running, take
from rom.store.media import attach, path_of, put
from rom.store.restore import restore
from rom.store.results import keep_result
from rom.store.tables import MEASURED, RECORDED, RUNNING, ExamMediumRow, ExamRow, JobRow, PersonRow
from tests.store.filled import DOCUMENT, files_of, measured, recorded, rows_of, scratch

KILLED = 9
PASSPHRASE = "correct horse"


class Steps:
    """Counts what changes disk or database, before and after it, and ends the process at one of them."""

    def __init__(self, last: int) -> None:
        self.last, self.done = last, 0

    def step(self, *_: Any) -> None:
        self.done += 1
        if self.done == self.last:
            os._exit(KILLED)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*words: Any, **named: Any) -> Any:
            self.step()
            result = function(*words, **named)
            self.step()
            return result

        return stepped


def killed_at(last: int, store: Store, work: Callable[[Store], object]) -> bool:
    """Do the work in a child that is killed at a step; False where it came to its end before."""
    child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, KILLED), code
        return code == KILLED
    steps = Steps(last)
    for name in ("fsync", "replace", "unlink", "rmdir", "mkdir"):
        setattr(os, name, steps.around(getattr(os, name)))
    engine = engine_of(store.engine.url)
    event.listen(engine, "commit", steps.step)
    try:
        work(Store(engine, store.folder))
        engine.dispose()
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the child ends here
        print(repr(error), file=sys.stderr)
        os._exit(1)


def mend(store: Store) -> None:
    """Nothing is broken but what is left over, and that is mended."""
    kinds = {flaw.kind for flaw in check(store, settled_s=0)}
    assert kinds <= {"orphan", "half", "left"}, kinds
    check(store, repair=True, settled_s=0)
    assert check(store, settled_s=0) == ()


def keeping(store: Store, last: int) -> bool:
    """A result is kept wholly, or its recording waits for the job to run again, which then succeeds."""
    known = recorded(store)
    files = scratch(store, known)

    def work(store: Store) -> None:
        keep_result(store, known.exam, DOCUMENT, files, keep_original=True, keep_until=None)

    cut = killed_at(last, store, work)
    mend(store)
    with store.session() as session, session.begin():
        exam, job = session.get_one(ExamRow, known.exam), session.get_one(JobRow, known.job)
        if exam.state == RECORDED:
            assert cut
            assert job.state == RUNNING
            assert exam.document is None
            assert not exam.media
            assert (store.incoming / f"{known.exam}.webm").read_bytes() == b"video"
            assert requeue_running(session) == 1
            assert [one.id for one in next_jobs(session)] == [known.job]
            assert take(session, known.job)
    if exam.state == RECORDED:
        for path in files.values():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"again")
        work(store)
    with store.session() as session:
        exam = session.get_one(ExamRow, known.exam)
        assert (exam.state, exam.document, session.get_one(JobRow, known.job).state) == (MEASURED, DOCUMENT, "done")
        assert {row.role for row in exam.media} == {*files, "original"}
        assert all(path_of(store, row.sha256).exists() for row in exam.media)
    return cut


def attaching(store: Store, last: int) -> bool:
    """A file is there before its row is; one that replaces another takes it away only afterwards."""
    known = measured(store)

    def work(store: Store) -> None:
        digest = put(store, b"new", ".mp4")
        with store.session() as session, session.begin():
            attach(session, known.exam, "overlay", digest)

    cut = killed_at(last, store, work)
    with store.session() as session:
        row = session.get_one(ExamMediumRow, (known.exam, "overlay"))
        content = path_of(store, row.sha256).read_bytes()
    assert content in ((b"overlay", b"new") if cut else (b"new",))
    kinds = {flaw.kind for flaw in check(store, settled_s=0)}
    assert kinds <= {"orphan", "half"}, kinds
    return cut


def erasing(store: Store, last: int) -> bool:
    """Somebody is there wholly, or gone, and what is left of their files goes too."""
    known, other = measured(store), measured(store, label="Bob", mark=b"2")
    cut = killed_at(last, store, lambda store: erase_person(store, known.person))
    mend(store)
    with store.session() as session:
        there = session.get(PersonRow, known.person) is not None
        assert session.get(PersonRow, other.person) is not None
    assert cut or not there
    assert len(files_of(store)) == (8 if there else 4), "four files of each"
    return cut


def restoring(store: Store, last: int) -> bool:
    """A store is brought back wholly, or is still empty and can be brought back."""
    measured(store)
    file = store.folder.parent / f"{last}.backup"
    backup(store, file, PASSPHRASE)
    rows, files = rows_of(store), files_of(store)
    erase_all(store)
    cut = killed_at(last, store, lambda store: restore(store, file, PASSPHRASE))
    mend(store)
    if not any(rows_of(store).values()):
        assert cut
        assert files_of(store) == {}
        restore(store, file, PASSPHRASE)
    assert (rows_of(store), files_of(store)) == (rows, files)
    file.unlink()
    return cut


def backing_up(store: Store, last: int) -> bool:
    """A backup is there wholly, or not at all."""
    measured(store)
    file = store.folder.parent / f"{last}.backup"
    rows = rows_of(store)
    cut = killed_at(last, store, lambda store: backup(store, file, PASSPHRASE))
    mend(store)
    if file.exists():
        erase_all(store)
        restore(store, file, PASSPHRASE)
        file.unlink()
    else:
        assert cut
    assert rows_of(store) == rows
    return cut


WORKS: dict[str, Callable[[Store, int], bool]] = {
    "keeping": keeping,
    "attaching": attaching,
    "erasing": erasing,
    "restoring": restoring,
    "backing_up": backing_up,
}


def main(address: str, folder: str, name: str) -> None:
    """Kill it at the first step, the second, and so on, until it comes to its end; print how many there were."""
    sealed.SCRYPT_N = 2**4  # the cost of a passphrase is not what is tried here
    with open_store(address, Path(folder)) as store:
        for last in count(1):
            store.engine.dispose()
            cut = WORKS[name](store, last)
            erase_all(store)
            if not cut:
                print(last - 1)
                return


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except RomError as error:
        sys.exit(repr(error))
