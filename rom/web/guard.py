"""What stands before every request: who may ask, who asks, what a browser may do with the answer.

The app answers by the names of its `Exposure` alone: another site whose name was made to lead here (DNS rebinding)
is refused by its Host, one that posts or opens a WebSocket from elsewhere by its Origin. A request that changes
something without an Origin is refused as well, and cookies are SameSite=Strict: a token in every form would say
nothing that these two do not. Then comes who asks (`rom.web.session`), and whether the address answers them
(`rom.web.access`); what has no line there answers nobody.
"""

import logging
from secrets import token_urlsafe
from urllib.parse import quote, urlsplit

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rom.store import Store
from rom.store.tables import new_id
from rom.web.access import API, for_programs, home_of, may
from rom.web.cookies import own_way, way_cookie, way_of
from rom.web.exposure import AT_HOME, Exposure
from rom.web.session import Sessions, Signed
from rom.web.sockets import closing
from rom.web.views import note_view

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
#: Paths of files that belong to the app itself: no way, nobody asks who wants them, the browser may keep them.
OWN_FILES = ("/_nicegui/", "/static/", "/record/static/", "/favicon.ico", "/report.css")
#: What somebody whose password was given by an admin may do before they choose their own.
BEFORE_OWN_PASSWORD = ("/password", "/sign-out", "/_nicegui_ws/", "/here", "/health")
#: An address of no page.
NOWHERE = "/nowhere"
#: What a proxy says of whom it speaks for.
OF_A_PROXY = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
#: NiceGUI needs 'unsafe-eval' (its client evaluates what the server sends) and 'unsafe-inline' for styles in
#: elements; its scripts in the page are let in one by one, by a nonce.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self' {sockets}; "
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
#: A browser that came by TLS once does not come without for so long: a year.
ONLY_TLS = "max-age=31536000"


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, store: Store, exposure: Exposure = AT_HOME) -> None:
        self.app, self.store, self.exposure = app, store, exposure
        self.sessions = Sessions(store, exposure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through with the store, who asks, and the browser's way in the scope."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = why_refused(scope, headers, self.exposure)
        if refusal and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        elif refusal:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
        else:
            await self._asked(scope, headers, receive, send)

    async def _asked(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Somebody asks as our own pages do: find out who, and whether they may."""
        is_own_file = scope["path"].startswith(OWN_FILES)
        try:
            signed = (
                self.sessions.nobody
                if is_own_file or scope["path"].startswith(API)
                else await self.sessions.signed(scope, headers)
            )
        except DBAPIError as error:
            logging.getLogger(__name__).error("nobody could be let in: %s", type(error).__name__)
            await _unanswered(scope, receive, send)
            return
        named = way_of(headers)
        browser = named or new_id()
        scope = {
            **scope,
            "rom_store": self.store,
            "rom_exposure": self.exposure,
            "rom_who": signed.who,
            "rom_browser": browser,
            "rom_way": own_way(browser, signed.who.account_id),
        }
        answer = send
        if scope["type"] == "http":
            answer = _Answer(scope, send, self.exposure, "" if named or is_own_file else browser)
        instead = _instead(scope, headers, signed)
        if scope["type"] == "websocket" and instead is not None:
            await send({"type": "websocket.close", "code": 1008, "reason": "Sign in first."})
        elif isinstance(instead, Response):
            await instead(scope, receive, answer)
        elif scope["type"] == "websocket":
            await closing(self.app, scope, receive, answer, self.sessions.over(signed))
        else:
            await self.app({**scope, "path": instead or scope["path"]}, receive, answer)
            if isinstance(answer, _Answer) and answer.status == 200 and instead is None:
                await run_in_threadpool(note_view, self.store, signed.who, scope["path"])


async def _unanswered(scope: Scope, receive: Receive, send: Send) -> None:
    """The database does not say who asks."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1013, "reason": "Try again later."})
        return
    words = "The database of this app does not answer now; try again in a minute."
    await PlainTextResponse(words, status_code=503)(scope, receive, send)


def why_refused(scope: Scope, headers: Headers, exposure: Exposure = AT_HOME) -> str:
    """Why nobody is let in who asks so; empty where they are."""
    host = headers.get("host", "")
    why = _why_not_by_this_way(scope, headers, exposure, host)
    if why or (scope["type"] == "http" and scope["method"] in SAFE_METHODS) or scope["path"].startswith(API):
        return why
    if headers.get("origin") != f"{'https' if exposure.https else 'http'}://{host}":
        return "This app takes answers from its own pages only."
    return ""


def _why_not_by_this_way(scope: Scope, headers: Headers, exposure: Exposure, host: str) -> str:
    """Why nobody is let in by this name, or over this connection."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    if name not in exposure.names and exposure.names == AT_HOME.names:
        return "This app answers this computer only, as 127.0.0.1 or localhost."
    if name not in exposure.names:
        return "This app answers by the names of 'rom app --allowed-host' only; open it by one of them."
    if not exposure.proxies and any(one in headers for one in OF_A_PROXY):
        return "A proxy stands before this app, which was not told so; start it with 'rom app --behind-proxy'."
    if exposure.proxies and scope["scheme"] not in ("https", "wss") and not _from_this_machine(scope):
        return "This app is reached by https only, through the web server before it."
    return ""


def _from_this_machine(scope: Scope) -> bool:
    """Whether it is this machine's own request for the app's health: nothing else goes without TLS."""
    return bool(scope["path"] == "/health" and scope["client"] and scope["client"][0] in ("127.0.0.1", "::1"))


def _instead(scope: Scope, headers: Headers, signed: Signed) -> Response | str | None:
    """What is answered instead: another page's answer, the path of no page, or None where nothing is in the way."""
    who, path = signed.who, scope["path"]
    if signed.strange:
        return PlainTextResponse("This page was made for somebody else; load it anew.", status_code=403)
    if signed.must_change and not path.startswith((*BEFORE_OWN_PASSWORD, *OWN_FILES)):
        return RedirectResponse("/password", 303)
    if for_programs(path) or may(scope.get("method", "GET"), path, who):
        return None
    is_page = scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    if who.role == "nobody" and is_page:
        return RedirectResponse(f"/sign-in?to={quote(path, safe='/')}" if path != "/" else "/sign-in", 303)
    if who.role == "nobody":
        return PlainTextResponse("Expected somebody who is signed in; sign in and try again.", status_code=401)
    if path == "/" and home_of(who) != "/":
        return RedirectResponse(home_of(who), 303)
    return NOWHERE


class _Answer:
    """Sends an answer on with our headers; a page's scripts get their nonce. `way` : a new one, to be kept."""

    def __init__(self, scope: Scope, send: Send, exposure: Exposure, way: str) -> None:
        self.send, self.exposure, self.way = send, exposure, way
        self.own_file = scope["path"].startswith(OWN_FILES)
        self.host = Headers(scope=scope).get("host", "")
        self.nonce = token_urlsafe(16)
        self.start: Message | None = None
        self.status = 0
        self.page = b""

    async def __call__(self, message: Message) -> None:
        """Headers first; a page is held back until it is whole."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self.status = message["status"]
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
        https = self.exposure.https
        sockets = f"{'wss' if https else 'ws'}://{self.host}"
        headers["Content-Security-Policy"] = POLICY.format(nonce=self.nonce, sockets=sockets)
        for name, value in HEADERS.items():
            headers[name] = value
        if https:
            headers["Strict-Transport-Security"] = ONLY_TLS
        if not self.own_file:
            headers["Cache-Control"] = "no-store"
        if self.way:
            headers.append("set-cookie", way_cookie(self.way, https=https))
