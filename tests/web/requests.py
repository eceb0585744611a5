"""What a browser asks for while the app is used: nothing may go anywhere but to the app itself.

Any test of the web may use it::

    with only_own_requests(context, address) as asked:
        page.goto(f"{address}/")
        ...
    assert asked  # the addresses, in order

What goes elsewhere is stopped before it leaves, and fails the test when the block ends. Start the browser with
`ARGUMENTS`: its own errands (updates, spelling, safe browsing) are off, and no name but this machine's leads
anywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request, Route, WebSocket

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
#: What never leaves the browser.
INSIDE = ("data", "blob", "about")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_own(url: str, address: str) -> bool:
    """Whether a request stays in the browser, or goes to the app's own loopback address and port."""
    asked, own = urlsplit(url), urlsplit(address)
    if asked.scheme in INSIDE:
        return True
    sockets = own.scheme.replace("http", "ws")
    return asked.hostname in LOOPBACK and asked.port == own.port and asked.scheme in (own.scheme, sockets)


@contextmanager
def only_own_requests(context: BrowserContext, address: str) -> Iterator[list[str]]:
    """Record every request of a browser session; ``AssertionError`` where one goes to anybody but `address`."""
    asked: list[str] = []

    def seen(request: Request) -> None:
        asked.append(request.url)

    def connected(socket: WebSocket) -> None:
        asked.append(socket.url)

    def watched(page: Page) -> None:
        page.on("websocket", connected)

    def gate(route: Route) -> None:
        if is_own(route.request.url, address):
            route.fallback()
        else:
            route.abort()

    context.on("request", seen)
    context.on("page", watched)
    for page in context.pages:
        watched(page)
    context.route("**/*", gate)
    try:
        yield asked
    finally:
        context.unroute("**/*", gate)
        context.remove_listener("request", seen)
        context.remove_listener("page", watched)
    foreign = sorted({url for url in asked if not is_own(url, address)})
    assert not foreign, f"the browser asked others than {address}: {', '.join(foreign)}"
