"""The recorder of requests: it sees what a page asks for, and fails where that leads elsewhere."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.web.requests import is_own, only_own_requests

PAGES = {
    "/own": "<link rel='icon' href='data:,'><img src='/picture'><script>fetch('/data')</script>own",
    "/picture": "",
    "/data": "",
    "/image": "<link rel='icon' href='data:,'><img src='https://telemetry.example/pixel.gif'>image",
    "/port": "<link rel='icon' href='data:,'><script>fetch('http://127.0.0.1:9/')</script>port",
    "/socket": "<link rel='icon' href='data:,'><script>new WebSocket('wss://telemetry.example/')</script>socket",
    "/beacon": "<link rel='icon' href='data:,'><script>navigator.sendBeacon('https://telemetry.example/')</script>b",
}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    yield made
    made.close()


def test_what_stays_here_is_recorded(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    with only_own_requests(context, site) as asked:
        page.goto(f"{site}/own", wait_until="networkidle")
    assert {url.removeprefix(site) for url in asked if not url.startswith("data:")} == {"/own", "/picture", "/data"}


@pytest.mark.parametrize("path", ["/image", "/port", "/socket", "/beacon"])
def test_what_goes_elsewhere_fails(path: str, context: BrowserContext, site: str) -> None:
    page = context.new_page()
    with (
        pytest.raises(AssertionError, match=r"asked others .*(telemetry\.example|127\.0\.0\.1:9)"),
        only_own_requests(context, site),
    ):
        page.goto(f"{site}{path}", wait_until="networkidle")


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost:8080/x", True),
        ("ws://127.0.0.1:8080/x", True),
        ("data:text/plain,x", True),
        ("blob:http://127.0.0.1:8080/x", True),
        ("https://127.0.0.1:8080/x", False),
        ("http://127.0.0.1:8081/x", False),
        ("http://127.0.0.1.example:8080/x", False),
        ("http://user@example:8080/127.0.0.1", False),
        ("ftp://127.0.0.1:8080/x", False),
    ],
)
def test_own_is_loopback_and_the_same_port(url: str, own: bool) -> None:
    assert is_own(url, "http://127.0.0.1:8080") == own
