"""One app and one browser for all tests of the pages."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from rom.store import Store, open_store
from rom.web.serving import running_at
from tests.web.requests import ARGUMENTS, only_own_requests

if TYPE_CHECKING:
    from tests.web.clinic import Clinic

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
#: One thread, and a phone's door that opens on a machine without a network, too.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "ROM_LAN_ADDRESS": "127.0.0.1"}


class Served:
    """An app in a process of its own, on a folder; it may be ended and begun again."""

    starts_in_s = 30.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None

    def words(self) -> list[str]:
        """What begins it."""
        return [sys.executable, "-m", "tests.web.served", str(self.folder), str(self.port)]

    def begin(self) -> None:
        self.process = subprocess.Popen(self.words(), cwd=ROOT, env={**os.environ, **ENVIRONMENT}, text=True)
        until = time.monotonic() + self.starts_in_s
        while not running_at(self.folder):
            assert self.process.poll() is None, "the app ended before it answered"
            assert time.monotonic() < until, "the app does not answer"
            time.sleep(0.05)

    def end(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def store(self) -> Store:
        return open_store(folder=self.folder)

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


class WholeApp(Served):
    """As anybody begins it."""

    starts_in_s = 120.0

    def words(self) -> list[str]:
        at = ("--port", str(self.port), "--folder", str(self.folder))
        return [sys.executable, "-m", "rom", "app", "--no-browser", *at]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Clinic"]:
    from tests.web.clinic import Clinic

    with Clinic(tmp_path_factory.mktemp("clinic")) as clinic:
        yield clinic


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for the session: two of them do not stand in one thread."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture
def visitor(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """A browser that was never here: no cookie. What it asks of others than this machine fails the test."""
    context = browser.new_context(base_url=served.address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    try:
        with only_own_requests(context, served.address):
            yield context
    finally:
        context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    return visitor.new_page()
