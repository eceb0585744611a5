"""What is left when programs are killed at random moments: server, worker and database, on both databases.

``python -m calibration.benchmarks.faults [--rounds 50] [--seed 1] [--json FILE]``

A round: two recordings (stored landmarks of a sample, and a second of its video) arrive in pieces, are measured and
saved, while one program is killed (``SIGKILL``) at a random moment of one phase: recording, upload, measurement or
save. A killed server or database is started again; whoever records goes on where nothing was confirmed. When the
queue is empty, the round is held to this:

* every recording that was begun is measured, once, and its numbers are those of a round without a kill;
* every row of a file points at a file with that content, and every file's name tells the truth;
* nothing half-written stands under the name of something whole, and no recording is left that was measured.

A file that no row points at may be left over by a kill. After the last round `rom.store.check` takes those away;
then it finds nothing.
"""

import hashlib
import http.client
import itertools
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from calibration.benchmarks.postgresql import Postgresql, is_installed
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.records import Person
from rom.samples import DEMO, sample_folder
from rom.store import Store, open_store
from rom.store.check import check
from rom.store.people import add_person
from rom.store.tables import DONE, MEASURED, ExamRow, JobRow, MediumRow, new_id

PIECES = 12  # of each recording
CLIP_S = 1.0
ROUND_S = 180.0  # a round that takes longer has lost something
START_S = 60.0
PAUSE_S = 0.2  # between two tries of whoever records
#: The phases, and the longest time after the beginning of one at which something is killed in it.
PHASES_S = {"recording": 0.8, "upload": 0.2, "measurement": 3.0, "save": 0.6}
VICTIMS = {"sqlite": ("server", "worker"), "postgresql": ("server", "worker", "database")}
#: What of an examination differs from one measurement of the same recording to the next.
ITS_OWN = ("created", "timings_s", "recording")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is killed in a round, in which phase, and how long after that began."""

    database: str
    victim: str
    phase: str
    after_s: float


@dataclass(slots=True)
class Round:
    """What came of a round: `hit` : the phase that was open at the kill. `wrong` : what was not as it should be."""

    plan: Plan
    hit: str = "between phases"
    back_s: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Server:
    """The server process."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.phases = folder / "phases.log"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with (self.folder / "server.log").open("a", encoding="utf-8") as log:
            words = [sys.executable, "-m", "calibration.benchmarks.fault_server", str(self.folder), self.url]
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The server does not start; see '{self.folder / 'server.log'}'.")
        self.port = int(line)

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def kill_worker(self, chance: random.Random) -> None:
        """End one of its workers, one that measures where there is one."""
        import psutil

        workers: list[psutil.Process] = []
        while not workers:
            children = psutil.Process(self.process.pid).children()
            workers = [child for child in children if any("spawn_main" in word for word in child.cmdline())]
        busy = [worker for worker in workers if worker.children()]
        chance.choice(busy or workers).kill()

    def ask(self, step: str, exam_id: str, body: bytes = b"", **words: Any) -> None:
        """Say something to it until it is done."""
        while True:
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                try:
                    connection.request("POST", f"/{step}/{exam_id}?{urlencode(words)}", body)
                    if connection.getresponse().status == 204:
                        return
                finally:
                    connection.close()
            time.sleep(PAUSE_S)


class Ground:
    """A database, a server on it, and what an undisturbed round found."""

    def __init__(self, kind: str, folder: Path, recordings: list[Path], stack: ExitStack) -> None:
        self.kind, self.folder, self.recordings = kind, folder, recordings
        folder.mkdir()
        self.postgresql = stack.enter_context(Postgresql()) if kind == "postgresql" else None
        self.url = self.postgresql.url if self.postgresql else f"sqlite:///{folder / 'rom.sqlite'}"
        self.store: Store = stack.enter_context(open_store(self.url, folder / "data"))
        with self.store.session() as session, session.begin():
            self.person = add_person(session, Person(6.2, "female"), said_on=date(2026, 11, 1)).id
        self.server = Server(folder, self.url)
        stack.callback(self.kill_server)
        self.reference: dict[str, Any] = {}
        undisturbed = self.record()
        self.finish(undisturbed)
        self.reference = {path.name: self.numbers(exam_id) for exam_id, path in undisturbed.exams.items()}

    def kill_server(self) -> None:
        """End whichever server runs now."""
        self.server.kill()

    def record(self) -> "Recording":
        """Begin to record; it goes on by itself."""
        return Recording(self, {new_id(): path for path in self.recordings})

    def finish(self, recording: "Recording") -> None:
        """Wait until all of it is measured and nothing is left to do."""
        recording.wait()
        end = time.monotonic() + ROUND_S
        while self.unfinished(recording):
            if time.monotonic() > end:
                raise TimeoutError(f"not measured within {ROUND_S:g} s: {self.unfinished(recording)}")
            time.sleep(PAUSE_S)

    def unfinished(self, recording: "Recording") -> list[str]:
        """The examinations whose jobs have not ended."""
        with self.store.session() as session:
            ended = select(JobRow.exam_id).where(JobRow.ended.is_not(None))
            return sorted(set(recording.exams) - {str(exam_id) for exam_id in session.scalars(ended)})

    def numbers(self, exam_id: str) -> dict[str, Any]:
        """What was measured."""
        with self.store.session() as session:
            document = session.get_one(ExamRow, exam_id).document or {}
        return {name: value for name, value in document.items() if name not in ITS_OWN}

    def kill(self, victim: str, chance: random.Random) -> None:
        """End a program without a word, and start it again where nobody else does."""
        if victim == "worker":
            self.server.kill_worker(chance)
        elif victim == "database" and self.postgresql is not None:
            self.postgresql.kill()
            time.sleep(chance.uniform(0.0, 1.5))  # a while without it
            self.postgresql.start()
            self.store.engine.dispose()
        else:
            self.server.kill()
            time.sleep(chance.uniform(0.0, 0.5))
            self.server.start()

    def wrong(self, recording: "Recording") -> list[str]:
        """What is not as it should be, in words."""
        return [*self._wrong_rows(recording), *self._wrong_files(recording)]

    def _wrong_rows(self, recording: "Recording") -> list[str]:
        """Examinations and jobs that are not done, and numbers that are others."""
        found = []
        with self.store.session() as session:
            for exam_id, path in recording.exams.items():
                exam = session.get_one(ExamRow, exam_id)
                states = [job.state for job in exam.jobs]
                if exam.state != MEASURED or states != [DONE]:
                    found.append(f"{path.name}: {exam.state}, {states}, {exam.reason}")
                elif self.numbers(exam_id) != self.reference[path.name]:
                    found.append(f"{path.name}: other numbers")
                roles = {row.role for row in exam.media}
                if "landmarks" not in roles or (path.suffix == ".mp4" and "overlay" not in roles):
                    found.append(f"{path.name}: files only of {sorted(roles)}")
        return found

    def _wrong_files(self, recording: "Recording") -> list[str]:
        """Rows without their file, names that do not tell the truth, recordings that were left or cut."""
        with self.store.session() as session:
            rows = [*session.scalars(select(MediumRow))]
        files = [path for path in self.store.media.rglob("*") if path.is_file() and path.suffix != ".part"]
        there = {path.name.split(".")[0] for path in files}
        found = [f"no file {row.sha256}" for row in rows if row.sha256 not in there]
        found += [f"half a file {path.name}" for path in files if not path.name.startswith(_sha256(path))]
        left = [path for path in self.store.incoming.iterdir() if path.name.split(".")[0] in recording.exams]
        return found + [f"left in incoming: {path.name}" for path in left]

    def left_over(self) -> tuple[Counter[str], list[str]]:
        """What the store's check mends, by kind; and what it still finds after that."""
        mended = Counter(flaw.kind for flaw in check(self.store, repair=True, settled_s=0.0))
        return mended, [flaw.message for flaw in check(self.store, settled_s=0.0)]


class Recording:
    """Recordings on their way, each in a thread that goes on until everything was confirmed."""

    def __init__(self, ground: Ground, exams: dict[str, Path]) -> None:
        self.exams, self._ground = exams, ground
        self._threads = [threading.Thread(target=self._send, args=one, daemon=True) for one in exams.items()]
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Until everything was confirmed."""
        for thread in self._threads:
            thread.join(ROUND_S)
            if thread.is_alive():
                raise TimeoutError(f"not recorded within {ROUND_S:g} s")

    def _send(self, exam_id: str, path: Path) -> None:
        ask, suffix = self._ground.server.ask, path.name[path.name.index(".") :]
        content = path.read_bytes()
        size = -(-len(content) // PIECES)
        ask("begin", exam_id, person=self._ground.person)
        for start in range(0, len(content), size):
            ask("piece", exam_id, content[start : start + size], start=start, suffix=suffix)
        ask("whole", exam_id, suffix=suffix)


def play(ground: Ground, plan: Plan, chance: random.Random) -> Round:
    """One round."""
    came = Round(plan)
    seen = _lines(ground.server.phases)
    recording = ground.record()
    began = f"{plan.phase} begin"
    _await(lambda: any(line.startswith(began) for line in _lines(ground.server.phases)[len(seen) :]))
    time.sleep(plan.after_s)
    came.hit = _open_phase(_lines(ground.server.phases)[len(seen) :], plan.phase)
    killed = time.monotonic()
    try:
        ground.kill(plan.victim, chance)
        ground.finish(recording)
        time.sleep(2 * PAUSE_S)  # what is taken away after the last commit
        came.wrong = ground.wrong(recording)
    except (TimeoutError, RuntimeError) as error:
        came.wrong = [str(error)]
    came.back_s = time.monotonic() - killed
    return came


def _lines(path: Path) -> list[str]:
    """The lines of the phases so far."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _open_phase(lines: list[str], wanted: str) -> str:
    """The phase that is open after these lines: the one that was wanted, if it is among them."""
    balance: Counter[str] = Counter()
    for line in lines:
        phase, what, name = line.split()
        balance[f"{phase} {name}"] += 1 if what == "begin" else -1
    still = {key.split()[0] for key, count in balance.items() if count > 0}
    return wanted if wanted in still else min(still, default="between phases")


def _await(true: Callable[[], bool]) -> None:
    """Wait closely for something."""
    end = time.monotonic() + ROUND_S
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the phase never came")
        time.sleep(0.002)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plans(rounds: int, chance: random.Random, databases: tuple[str, ...]) -> list[Plan]:
    """As many rounds, every victim in every phase as evenly as can be, in random order, at random moments."""
    every = [(d, v, p) for d in databases for v in VICTIMS[d] for p in PHASES_S]
    chance.shuffle(every)
    chosen = itertools.islice(itertools.cycle(every), rounds)
    made = [Plan(*one, after_s=round(chance.uniform(0.0, PHASES_S[one[2]]), 3)) for one in chosen]
    return sorted(made, key=lambda plan: plan.database)


def short_clip(path: Path) -> None:
    """The first second of the demo sample."""
    import av

    with av.open(str(sample_folder() / f"{DEMO}.mp4")) as whole, av.open(str(path), "w") as short:
        stream = whole.streams.video[0]
        copied = short.add_stream_from_template(stream)
        for packet in whole.demux(stream):
            if packet.pts is not None and packet.time_base is not None and packet.pts * packet.time_base < CLIP_S:
                packet.stream = copied
                short.mux(packet)


def run(
    rounds: int,
    *,
    seed: int = 1,
    databases: tuple[str, ...] = ("sqlite", "postgresql"),
    video: bool = True,
    report: Callable[[str], object] = print,
) -> dict[str, Any]:
    """All rounds; a database is opened, and its server started, once."""
    chance = random.Random(seed)  # noqa: S311 - the same moments again, for whoever looks into one
    folder = Path(tempfile.mkdtemp(prefix="rom-faults-"))
    done: list[Round] = []
    mended: Counter[str] = Counter()
    try:
        recordings = [folder / f"{DEMO}.landmarks.npz"]
        shutil.copy(sample_folder() / recordings[0].name, recordings[0])
        if video:
            recordings.append(folder / "clip.mp4")
            short_clip(recordings[-1])
        for kind, group in itertools.groupby(plans(rounds, chance, databases), key=lambda plan: plan.database):
            with ExitStack() as stack:
                ground = Ground(kind, folder / kind, recordings, stack)
                for plan in group:
                    done.append(play(ground, plan, chance))
                    report(f"{len(done)}: {plan}, hit {done[-1].hit}, {done[-1].back_s:.1f} s, {done[-1].wrong}")
                kinds, found = ground.left_over()
                mended.update(kinds)
                done[-1].wrong += found
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return summary(done, len(recordings), seed) | {"left_over_and_taken_away_by_the_check": dict(mended)}


def summary(done: list[Round], recordings: int, seed: int) -> dict[str, Any]:
    """The rounds in numbers."""
    kills: dict[str, dict[str, dict[str, int]]] = {}
    for one in done:
        phases = kills.setdefault(one.plan.database, {}).setdefault(one.plan.victim, {})
        phases[one.hit] = phases.get(one.hit, 0) + 1
    return {
        "question": "what is lost, half-written or measured otherwise when programs are killed at random moments",
        "rounds": len(done),
        "rounds_with_something_wrong": sum(bool(one.wrong) for one in done),
        "wrong": [f"{one.plan}: {what}" for one in done for what in one.wrong],
        "recordings_measured": recordings * sum(not one.wrong for one in done),
        "kills": kills,
        "kills_by_phase": dict(Counter(one.hit for one in done)),
        "until_all_is_measured_s": {
            "median": round(statistics.median(one.back_s for one in done), 1),
            "longest": round(max(one.back_s for one in done), 1),
        },
        "seed": seed,
        **made_on(),
    }


def main() -> int:
    """Run, print, and write the result where asked; 1 where something was wrong."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    databases = ("sqlite", "postgresql") if is_installed() else ("sqlite",)
    result = run(given.rounds, seed=given.seed, databases=databases, report=lambda text: print(text, flush=True))
    tell(result, given.json)
    return 1 if result["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
