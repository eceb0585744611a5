"""What stands before every request: who may ask, what a browser may do with the answer, and whose way it is.

Only this machine may ask, by one of its own names: another site whose name was made to lead here (DNS rebinding) is
refused by its Host, one that posts or opens a WebSocket from elsewhere by its Origin.
"""

import re
from http.cookies import CookieError, SimpleCookie
from secrets import token_urlsafe
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rom.store import Store
from rom.store.tables import new_id
from rom.web.journey import COOKIE
from rom.web.who import LOCAL

HOSTS = ("localhost", "127.0.0.1", "::1")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
WAY = re.compile(r"[0-9a-f]{32}")
COOKIE_S = 365 * 24 * 3600
#: Paths of files that belong to the app itself: no way, and they may be kept by the browser.
OWN_FILES = ("/_nicegui", "/static/", "/favicon.ico")
#: NiceGUI needs 'unsafe-eval' (its client evaluates what the server sends) and 'unsafe-inline' for styles in
#: elements; its scripts in the page are let in one by one, by a nonce.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self' ws://{host}; "
    "worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()",
    "Referrer-Policy": "same-origin",  # "no-referrer" would turn the Origin of our own forms into null
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self.app, self.store = app, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through with the store and the browser's way in the scope."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = why_refused(scope, headers)
        if refusal and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        elif refusal:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
        else:
            way = _way_of(headers)
            known = way or new_id()
            answer = send if scope["type"] == "websocket" else _Answer(scope, send, known, not way)
            await self.app({**scope, "rom_store": self.store, "rom_way": known, "rom_who": LOCAL}, receive, answer)


def why_refused(scope: Scope, headers: Headers) -> str:
    """Why nobody is let in who asks so; empty where they are."""
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in HOSTS:
        return "This app answers this computer only, as 127.0.0.1 or localhost."
    if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
        return ""
    if headers.get("origin") != f"http://{host}":
        return "This app takes answers from its own pages only."
    return ""


def _way_of(headers: Headers) -> str:
    """The way that the browser names; empty where it names none, or none of ours."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    way = cookies[COOKIE].value if COOKIE in cookies else ""
    return way if WAY.fullmatch(way) else ""


class _Answer:
    """Sends an answer on with our headers; a page's scripts get their nonce."""

    def __init__(self, scope: Scope, send: Send, way: str, is_new: bool) -> None:
        self.send, self.way = send, way
        self.own_file = scope["path"].startswith(OWN_FILES)
        self.is_new = is_new and not self.own_file
        self.host = Headers(scope=scope).get("host", "")
        self.nonce = token_urlsafe(16)
        self.start: Message | None = None
        self.page = b""

    async def __call__(self, message: Message) -> None:
        """Headers first; a page is held back until it is whole."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._add(headers)
            if headers.get("content-type", "").startswith("text/html"):
                self.start = message
                return
        elif message["type"] == "http.response.body" and self.start is not None:
            self.page += message.get("body", b"")
            if message.get("more_body"):
                return
            page = self.page.replace(b"<script", f'<script nonce="{self.nonce}"'.encode())
            MutableHeaders(scope=self.start)["content-length"] = str(len(page))
            await self.send(self.start)
            message = {"type": "http.response.body", "body": page}
        await self.send(message)

    def _add(self, headers: MutableHeaders) -> None:
        """What a browser may do with the answer, and whose way it is."""
        headers["Content-Security-Policy"] = POLICY.format(nonce=self.nonce, host=self.host)
        for name, value in HEADERS.items():
            headers[name] = value
        if not self.own_file:
            headers["Cache-Control"] = "no-store"
        if self.is_new:
            cookie = f"{COOKIE}={self.way}; Path=/; Max-Age={COOKIE_S}; HttpOnly; SameSite=Strict"
            headers.append("set-cookie", cookie)
