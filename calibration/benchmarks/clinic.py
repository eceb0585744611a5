"""A clinic's app in a process of its own, with jobs that measure, asked through its API."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from rom.store import open_store
from rom.store.tokens import add_token

ROOT = Path(__file__).parents[2]
STARTS_IN_S = 60.0
#: So often the app's memory and its folder's size are looked at, seconds.
LOOKS_EVERY_S = 0.25
#: A sentence of ours: one line that ends as a sentence does, and names no folder.
SENTENCE = re.compile(r"(?!.*(/tmp|/root|/home))[^\n]{10,400}[.!]")


@dataclass
class Clinic:
    """Where it answers, its folder, and a token that opens everything."""

    address: str
    folder: Path
    token: str
    process: subprocess.Popen[bytes]

    def asking(self) -> httpx.Client:
        """Another program, with the token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=120)


@dataclass
class Watched:
    """The most that was seen: memory of the app and everything that it started, bytes; bytes of its folder."""

    app_bytes: int = 0
    all_bytes: int = 0
    folder_bytes: int = 0
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def clinic() -> Iterator[Clinic]:
    """An app on an empty folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rom-clinic-") as name:
        folder = Path(name) / "store"
        address = f"sqlite:///{folder / 'rom.sqlite'}"
        with open_store(address, folder) as store, store.session() as session, session.begin():
            token = add_token(session, None, label="benchmark", scopes=("read", "write"), days=1)[1]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = [sys.executable, "-m", "rom", "app", "--no-browser", "--port", str(port), "--folder", str(folder)]
        with (Path(name) / "log").open("wb") as log:
            process = subprocess.Popen(
                words, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"}
            )
        found = Clinic(f"http://127.0.0.1:{port}", folder, token, process)
        try:
            wait_for_answer(found)
            yield found
        finally:
            process.terminate()
            process.wait(60)


def wait_for_answer(clinic: Clinic) -> None:
    """Until the app answers."""
    until = time.monotonic() + STARTS_IN_S
    while time.monotonic() < until:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{clinic.address}/health", timeout=5).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the app does not answer")


@contextmanager
def watched(clinic: Clinic) -> Iterator[Watched]:
    """Look at memory and disk now and then, in a thread."""
    seen = Watched()
    thread = threading.Thread(target=_watch, args=(clinic, seen))
    thread.start()
    try:
        yield seen
    finally:
        seen.over.set()
        thread.join()


def _watch(clinic: Clinic, seen: Watched) -> None:
    app = psutil.Process(clinic.process.pid)
    while not seen.over.wait(LOOKS_EVERY_S):
        with suppress(psutil.Error):
            own = app.memory_info().rss
            seen.app_bytes = max(seen.app_bytes, own)
            seen.all_bytes = max(seen.all_bytes, own + sum(map(_rss, app.children(recursive=True))))
        seen.folder_bytes = max(seen.folder_bytes, folder_bytes(clinic.folder))


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def folder_bytes(folder: Path) -> int:
    """Bytes of everything in a folder; what goes while it is counted does not count."""
    total = 0
    for at, _, names in os.walk(folder):  # passes over folders that go meanwhile
        for name in names:
            with suppress(OSError):
                total += (Path(at) / name).stat().st_size
    return total


def add_person(asks: httpx.Client, label: str) -> str:
    """Somebody, for uploads; their ID."""
    answer = asks.post("/people", json={"label": label})
    answer.raise_for_status()
    return str(answer.json()["id"])


def upload(
    asks: httpx.Client, person: str, content: bytes, *, name: str = "", size: int | None = None
) -> httpx.Response:
    """Send a recording; the first answer that refuses it, or that of its end."""
    begun = asks.post("/uploads", json={"person_id": person, "size": size or len(content), "name": name})
    if begun.status_code != 201:
        return begun
    at = f"/uploads/{begun.json()['id']}"
    sent = asks.patch(at, params={"offset": 0}, content=content)
    return sent if sent.status_code != 200 else asks.post(f"{at}/finish")


def wait_for_jobs(asks: httpx.Client, exams: list[str], within_s: float) -> dict[str, dict[str, object]]:
    """What became of examinations, once each is measured or failed, or the time is over."""
    until = time.monotonic() + within_s
    ended: dict[str, dict[str, object]] = {}
    while len(ended) < len(exams) and time.monotonic() < until:
        for exam in exams:
            if exam not in ended:
                told = asks.get(f"/exams/{exam}").json()
                if told["state"] in ("measured", "failed"):
                    ended[exam] = told
        time.sleep(1.0)
    return ended
