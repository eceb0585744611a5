"""What a thousand hostile uploads do to a clinic's app: each refused or failed in one sentence, and it goes on.

``python -m calibration.benchmarks.hostile [--uploads 1000] [--seed 1] [--json FILE]``

Files are cut off, changed at random bytes, of another kind than they say, of huge pictures or endless duration,
unpack to far more than they are, are called by paths and control characters, or lie about their size. A file that
was only changed may still be a video, and is measured then. Meanwhile somebody asks the app for a page, over and
over.
"""

import gzip
import io
import random
import re
import statistics
import struct
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx

from calibration.benchmarks.broken import png_of
from calibration.benchmarks.clinic import SENTENCE, Clinic, add_person, clinic, upload, wait_for_jobs, watched
from calibration.benchmarks.faults import short_clip
from calibration.benchmarks.told import made_on, parser_of, tell

SENDERS = 4
WITHIN_S = 7200.0
#: Kinds that may still be videos after what was done to them.
MAY_BE_MEASURED = ("cut_off", "changed", "named", "duration")


@dataclass(frozen=True, slots=True)
class File:
    """What is sent: its kind, name, content, and the size that is said where it is not the true one."""

    kind: str
    name: str
    content: bytes
    size: int | None = None


@dataclass
class Seen:
    """What became of them: by kind and end; answers that were not as they should be; waits for a page, ms."""

    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    exams: dict[str, str] = field(default_factory=dict)
    page_ms: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, file: File, answer: httpx.Response) -> None:
        """One answer."""
        with self.lock:
            if answer.status_code == 201:
                self.exams[answer.json()["id"]] = file.kind
                return
            self.ends[file.kind, "refused"] += 1
            reason = str(answer.json().get("reason", ""))
            if answer.status_code >= 500 or not SENTENCE.fullmatch(reason):
                self.wrong.append(f"{file.kind}: {answer.status_code} {reason[:200]}")


def files(count: int, seed: int, video: bytes) -> list[File]:
    """So many files, every kind as often."""
    chance = random.Random(seed)  # noqa: S311 - the same files again
    return [make(chance, video) for make in islice(cycle(MAKERS), count)]


def cut_off(chance: random.Random, video: bytes) -> File:
    """The beginning of a video."""
    return File("cut_off", "cut.mp4", video[: chance.randrange(1, len(video))])


def changed(chance: random.Random, video: bytes) -> File:
    """A video with a few bytes changed, anywhere or in its header."""
    content = bytearray(video)
    most = len(content) if chance.random() < 0.5 else 4096
    for _ in range(chance.choice((1, 10, 100, 1000))):
        content[chance.randrange(most)] = chance.randrange(256)
    return File("changed", "changed.mp4", bytes(content))


def of_another_kind(chance: random.Random, video: bytes) -> File:
    """Something else that is called a video, or stands behind a video's first bytes."""
    other = chance.choice(
        (
            b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
            b"<html><script>alert(1)</script></html>",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
            b"\x7fELF\x02\x01\x01" + bytes(9000),
            b"ffconcat version 1.0\nfile /etc/passwd\n",
            png_of(chance.choice((64, 60_000)), chance.choice((64, 60_000))),
            chance.randbytes(chance.randrange(1, 20_000)),
        )
    )
    content = video[: chance.choice((12, 64))] + other if chance.random() < 0.5 else other
    return File("of_another_kind", "other.mp4", content)


def huge(chance: random.Random, video: bytes) -> File:
    """A video that says its pictures are huge, in its sample description and in its track."""
    content = bytearray(video)
    size = struct.pack(">HH", chance.choice((16_000, 65_535)), chance.choice((16_000, 65_535)))
    for found in re.finditer(rb"avc1", video):
        at = found.start() + 4 + 24  # reserved, index, predefined: ISO/IEC 14496-12, VisualSampleEntry
        content[at : at + 4] = size
    for found in re.finditer(rb"tkhd", video):
        at = found.start() + 4 + 76
        content[at : at + 8] = struct.pack(">II", 0xFFFF0000, 0xFFFF0000)
    return File("huge", "huge.mp4", bytes(content))


def endless(chance: random.Random, video: bytes) -> File:
    """A video whose headers say that it takes years, or whose pictures do."""
    content = bytearray(video)
    for found in re.finditer(rb"mvhd|mdhd", video):
        at = found.start() + 4 + 12  # version and flags, created, changed; then the time scale and the duration
        content[at : at + 8] = struct.pack(">II", 1, chance.choice((10**6, 2**31)))
    return File("duration", "endless.mp4", bytes(content))


def bomb(chance: random.Random, video: bytes) -> File:
    """A few bytes that unpack to many."""
    packed = io.BytesIO()
    if chance.random() < 0.5:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("examination.json", bytes(chance.choice((10**7, 5 * 10**7))))
    else:
        packed.write(gzip.compress(bytes(2 * 10**7)))
    head = video[:64] if chance.random() < 0.3 else b""
    return File("bomb", "bomb.mp4", head + packed.getvalue())


def named(chance: random.Random, video: bytes) -> File:
    """A video by a name that should lead elsewhere."""
    names = (
        "../../../../etc/passwd",
        "C:\\Windows\\System32\\drivers\\etc\\hosts",
        "a\x00b.mp4",
        "\u202egpm.exe",
        "x" * 5000,
        "<script>alert(1)</script>.mp4",
        "'; DROP TABLE people; --",
        "\r\nSet-Cookie: a=b",
        "CON",
        ".",
    )
    return File("named", chance.choice(names), video)


def lying(chance: random.Random, video: bytes) -> File:
    """A size that is not the file's."""
    size = chance.choice((1, len(video) - 1, len(video) + 1, 2**40, 10 * len(video)))
    return File("lying_about_its_size", "size.mp4", video, size)


def nested(chance: random.Random, video: bytes) -> File:
    """Boxes in boxes, boxes without an end, boxes larger than the file."""
    depth = chance.choice((100, 5000))
    boxes = b"".join(struct.pack(">I4s", 8 * (depth - level), b"moov") for level in range(depth))
    wild = struct.pack(">I4sQ", 1, b"moov", chance.choice((2**63 - 1, 2**62, 0)))
    return File("nested", "boxes.mp4", video[:32] + chance.choice((boxes, wild, wild + boxes)))


MAKERS = (cut_off, changed, of_another_kind, huge, endless, bomb, named, lying, nested)


def send(served: Clinic, person: str, batch: list[File], seen: Seen) -> None:
    """Some of them, one after another."""
    with served.asking() as asks:
        for file in batch:
            try:
                seen.note(file, upload(asks, person, file.content, name=file.name, size=file.size))
            except httpx.HTTPError as error:
                seen.wrong.append(f"{file.kind}: no answer ({type(error).__name__})")


def look(served: Clinic, seen: Seen, over: threading.Event) -> None:
    """Somebody who asks for a page, over and over."""
    with httpx.Client(base_url=served.address, timeout=60) as asks:
        while not over.wait(0.5):
            before = time.perf_counter()
            try:
                if asks.get("/").status_code != 200:
                    seen.wrong.append("a page was not served")
            except httpx.HTTPError as error:
                seen.wrong.append(f"a page was not served ({type(error).__name__})")
            seen.page_ms.append(1000 * (time.perf_counter() - before))


def run(uploads: int, *, seed: int = 1, report: Callable[[str], object] = print) -> dict[str, Any]:
    """Send them all, wait for the jobs of those that were let in."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "clip.mp4"
        short_clip(path)
        video = path.read_bytes()
    seen, over = Seen(), threading.Event()
    with clinic() as served, served.asking() as asks, watched(served) as used:
        person = add_person(asks, "Nobody")
        looking = threading.Thread(target=look, args=(served, seen, over))
        looking.start()
        try:
            batches = [files(uploads, seed, video)[number::SENDERS] for number in range(SENDERS)]
            with ThreadPoolExecutor(SENDERS) as senders:
                list(senders.map(lambda batch: send(served, person, batch, seen), batches))
            report(f"{uploads} sent, {len(seen.exams)} let in")
            ended = wait_for_jobs(asks, [*seen.exams], WITHIN_S)
            _note_ends(seen, ended)
        finally:
            over.set()
            looking.join()
    return _told(uploads, seed, seen, used.app_bytes, used.all_bytes, used.folder_bytes)


def _note_ends(seen: Seen, ended: dict[str, dict[str, object]]) -> None:
    """What the jobs made of those that were let in."""
    for exam, kind in seen.exams.items():
        told = ended.get(exam)
        state = "lost" if told is None else str(told["state"])
        seen.ends[kind, state] += 1
        reason = "" if told is None else str(told["reason"])
        wrong = state == "lost" or (state == "measured" and kind not in MAY_BE_MEASURED)
        if wrong or (state == "failed" and not SENTENCE.fullmatch(reason)):
            seen.wrong.append(f"{kind}: {state} {reason[:200]}")


def _told(uploads: int, seed: int, seen: Seen, app: int, everything: int, folder: int) -> dict[str, Any]:
    """The result."""
    kinds = sorted({kind for kind, _ in seen.ends})
    return {
        "question": "what becomes of hostile uploads, and of the app meanwhile",
        "uploads": uploads,
        "seed": seed,
        "ends": {kind: dict(_ends_of(seen, kind)) for kind in kinds},
        "wrong": seen.wrong[:20],
        "wrong_count": len(seen.wrong),
        "pages_asked": len(seen.page_ms),
        "page_ms_median": round(statistics.median(seen.page_ms), 1),
        "page_ms_most": round(max(seen.page_ms), 1),
        "app_mib_most": app >> 20,
        "app_and_workers_mib_most": everything >> 20,
        "folder_mib_most": folder >> 20,
        **made_on(),
    }


def _ends_of(seen: Seen, kind: str) -> Iterator[tuple[str, int]]:
    for (whose, end), count in sorted(seen.ends.items()):
        if whose == kind:
            yield end, count


def main() -> None:
    """From the command line."""
    parser = parser_of(__doc__)
    parser.add_argument("--uploads", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tell(run(asked.uploads, seed=asked.seed), asked.json)


if __name__ == "__main__":
    main()
