"""One browser whose camera plays a rendered exam, and one server with the real camera side in it."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from starlette.responses import PlainTextResponse

import rom.live.guide
import rom.live.leg
from calibration.benchmarks.live_page import motion_jpeg
from rom.records import Person, Side
from rom.store import Store, open_store
from rom.store.people import add_person
from rom.store.tables import new_id
from rom.web import camera
from rom.web.ground import Ground
from rom.web.guard import Guard
from rom.web.journey import COOKIE, Journey, load, save
from tests.web.camera import fakes
from tests.web.conftest import CHROMIUM
from tests.web.requests import ARGUMENTS

SAMPLE = Path(__file__).parents[3] / "samples" / "seated_right.mp4"
#: Seconds of the sample that the camera plays, and its width: small pictures, so that encoding is quick.
PLAYED_S, WIDTH_PX = 4.0, 640


class Jobs:
    """Counts how often it was woken."""

    woken = 0

    def wake(self) -> None:
        self.woken += 1

    def cancel(self, job_id: str) -> None:
        raise AssertionError(f"nothing is cancelled here: {job_id}")


@dataclass
class Site:
    """A server that can be stopped and started again at the same address."""

    store: Store
    jobs: Jobs = field(default_factory=Jobs)
    port: int = 0
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", self.port))
            self.port = free.getsockname()[1]
        app = FastAPI()
        camera.register(app, Ground(self.store, self.jobs))
        for path in ("/result", "/file", "/phone", "/exam", "/"):
            app.add_route(path, lambda request: PlainTextResponse(f"the page {request.url.path}"))
        app.add_middleware(Guard, store=self.store)
        config = uvicorn.Config(app, "127.0.0.1", self.port, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = True
        self._thread.join()

    def way(self, *sides: Side, protocol: str = "seated") -> str:
        """Somebody who has answered everything before the recording."""
        with self.store.session() as session, session.begin():
            person_id = add_person(session, Person(30.0, "female")).id
        journey = Journey(
            new_id(),
            safe=True,
            person_id=person_id,
            protocol=protocol,
            sides=sides,
            symptoms={"pain": {"rest": 1}},
        )
        save(self.store, journey)
        return journey.id

    def journey(self, way: str) -> Journey:
        return load(self.store, way)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as the browser's camera takes it: Motion JPEG, over and over."""
    path = tmp_path_factory.mktemp("camera") / "clip.mjpeg"
    motion_jpeg(SAMPLE, path, WIDTH_PX, PLAYED_S)
    return path


@pytest.fixture(scope="session")
def browser(playwright: Playwright, clip: Path) -> Iterator[Browser]:
    camera = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
    yield browser
    browser.close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A store of its own, and the fakes in the place of the models."""
    monkeypatch.setattr(fakes, "plan", fakes.Plan())
    monkeypatch.setattr(rom.live.leg, "LiveLeg", fakes.FakeLeg)
    monkeypatch.setattr(rom.live.guide, "Guide", fakes.FakeGuide)
    with open_store(f"sqlite:///{tmp_path / 'rom.sqlite'}", tmp_path) as store:
        site = Site(store)
        site.start()
        yield site
        site.stop()


def context_of(browser: Browser, site: Site, way: str, *, camera: bool = True) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    if camera:
        context.grant_permissions(["camera"], origin=site.url)
    context.add_cookies([{"name": COOKIE, "value": way, "url": site.url}])
    return context


@pytest.fixture
def way(site: Site) -> str:
    """A way with the right ankle to be filmed."""
    return site.way("right")


@pytest.fixture
def page(browser: Browser, site: Site, way: str) -> Iterator[Page]:
    context = context_of(browser, site, way)
    page = context.new_page()
    page.set_default_timeout(15_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith(site.url) else problems.append(sent.url))
    yield page
    context.close()
    assert problems == []
