"""How quickly pages answer while a clinic's queue is full: 100 uploads, 20 readers, and no job is lost.

``python -m calibration.benchmarks.clinic_load [--uploads 100] [--readers 20] [--within S] [--video FILE]
[--json FILE]``

The app runs as a clinic would run it, its jobs measuring on every core of the same machine. Readers are programs
that ask for the desk's pages one after another, with a pause as between two looks at a page, and keep a page's
WebSocket open while they look, as a browser does; a browser's own work is not in the times. They ask from the first
upload until the queue is empty.
"""

import random
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from calibration.benchmarks.clinic import Clinic, add_person, clinic, upload, wait_for_jobs, watched
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.samples import sample_folder

BAR_MS = 300.0
PEOPLE = 20
#: Between two pages of one reader, seconds: somebody who looks for something and goes on.
PAUSE_S = (0.5, 2.0)
WITHIN_S = 3600.0


@dataclass
class Read:
    """What the readers saw: milliseconds by page; answers that were none."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def note(self, page: str, ms: float, wrong: str) -> None:
        """One answer; `wrong` : why it is none."""
        with self.lock:
            self.ms.setdefault(page, []).append(ms)
            if wrong:
                self.failed.append(f"{page}: {wrong}")


def read(clinic: Clinic, people: list[str], exams: list[str], seen: Read, seed: int) -> None:
    """One reader, until it is over."""
    chance = random.Random(seed)  # noqa: S311 - the same pages again
    with httpx.Client(base_url=clinic.address, timeout=60, headers={"Accept": "text/html"}) as asks:
        while not seen.over.is_set():
            page, path = a_page(chance, people, list(exams))
            before = time.perf_counter()
            try:
                answer = asks.get(path)
                wrong = "" if answer.status_code == 200 else str(answer.status_code)
            except httpx.HTTPError as error:
                answer, wrong = None, type(error).__name__
            seen.note(page, 1000 * (time.perf_counter() - before), wrong)
            with opened(clinic, asks, answer.text, seen) if answer and not wrong else nullcontext():
                seen.over.wait(chance.uniform(*PAUSE_S))


@contextmanager
def opened(clinic: Clinic, asks: httpx.Client, page: str, seen: Read) -> Iterator[None]:
    """The page's own WebSocket, open for a while, as its script opens it (Socket.IO over Engine.IO 4)."""
    (client_id,) = re.findall(r"client_id'?: '([0-9a-f-]{36})'", page)
    asked = {
        "EIO": 4,
        "transport": "websocket",
        "client_id": client_id,
        "tab_id": client_id,
        "document_id": client_id,
        "next_message_id": 0,
        "implicit_handshake": "true",
    }
    address = f"{clinic.address.replace('http', 'ws')}/_nicegui_ws/socket.io/?{urlencode(asked)}"
    cookies = "; ".join(f"{one.name}={one.value}" for one in asks.cookies.jar)
    with ExitStack() as stack:
        try:
            kept = connect(address, origin=Origin(clinic.address), additional_headers={"Cookie": cookies})
            socket = stack.enter_context(kept)
            socket.recv(timeout=30)
            socket.send("40")  # into the default namespace
            if not str(socket.recv(timeout=30)).startswith("40"):
                seen.failed.append("a page's WebSocket was refused")
        except (OSError, WebSocketException) as error:  # the reader goes on, and it counts
            seen.failed.append(f"a page's WebSocket: {type(error).__name__}")
        yield


def a_page(chance: random.Random, people: list[str], exams: list[str]) -> tuple[str, str]:
    """One page of the desk: its name and address."""
    choices = [("people", "/desk"), ("queue", "/desk/queue"), ("person", f"/desk/person/{chance.choice(people)}")]
    if exams:
        choices.append(("review", f"/desk/exam/{chance.choice(exams)}"))
    return chance.choice(choices)


def run(
    uploads: int,
    readers: int,
    *,
    video: Path | None = None,
    within_s: float = WITHIN_S,
    report: Callable[[str], object] = print,
) -> dict[str, Any]:
    """Fill the queue with one video (else a sample), read meanwhile, wait until it is empty or the time is over."""
    content = (video or sample_folder() / "seated_right.mp4").read_bytes()
    seen, exams = Read(), list[str]()
    with clinic() as served, served.asking() as asks, watched(served) as used:
        people = [add_person(asks, f"Person {number}") for number in range(PEOPLE)]
        threads = [
            threading.Thread(target=read, args=(served, people, exams, seen, number)) for number in range(readers)
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        for number in range(uploads):
            answer = upload(asks, people[number % PEOPLE], content)
            answer.raise_for_status()
            exams.append(answer.json()["id"])
        queued_s = time.monotonic() - began
        report(f"{uploads} uploads queued in {queued_s:.0f} s")
        ended = wait_for_jobs(asks, exams, within_s)
        waiting = sum(still_waits(asks, exam) for exam in exams if exam not in ended)
        emptied_s = time.monotonic() - began
        seen.over.set()
        for thread in threads:
            thread.join()
    all_ms = [ms for page in seen.ms.values() for ms in page]
    return {
        "question": "milliseconds until the desk's pages answer while the queue runs; jobs that were lost",
        "bar_ms_p95": BAR_MS,
        "uploads": uploads,
        "readers": readers,
        "pages_read": len(all_ms),
        "pages_failed": len(seen.failed),
        "failed": sorted(set(seen.failed))[:10],
        "ms_median": round(statistics.median(all_ms), 1),
        "ms_p95": round(_p95(all_ms), 1),
        "ms_p95_by_page": {page: round(_p95(times), 1) for page, times in sorted(seen.ms.items())},
        "measured": sum(told["state"] == "measured" for told in ended.values()),
        "failed_jobs": sum(told["state"] == "failed" for told in ended.values()),
        "still_waiting": waiting,
        "lost": uploads - len(ended) - waiting,
        "queued_s": round(queued_s, 1),
        "emptied_s": round(emptied_s, 1),
        "app_mib_most": used.app_bytes >> 20,
        **made_on(),
    }


def still_waits(asks: httpx.Client, exam: str) -> bool:
    """Whether an examination that has not ended has a job that runs or waits."""
    return asks.get(f"/exams/{exam}").json()["progress"] is not None


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    """From the command line."""
    parser = parser_of(__doc__)
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--within", type=float, default=WITHIN_S, help="seconds; what waits then still waits")
    parser.add_argument("--video", type=Path, help="what is uploaded; a sample of 12 s where none is given")
    asked = parser.parse_args()
    tell(run(asked.uploads, asked.readers, video=asked.video, within_s=asked.within), asked.json)


if __name__ == "__main__":
    main()
