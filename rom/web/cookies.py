"""The two cookies: the way of a browser through the exam, and who is signed in in it."""

import re
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers

from rom.web.journey import COOKIE

WAY = re.compile(r"[0-9a-f]{32}")
WAY_S = 365 * 24 * 3600
#: With TLS a browser takes a cookie of this beginning from this very host alone: no neighbour can plant one.
HOST_ONLY = "__Host-"
SIGNED_IN = "rom_session"


def cookie_of(headers: Headers, name: str) -> str:
    """What a browser says; empty where it says nothing that can be read."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""


def way_of(headers: Headers) -> str:
    """The way that the browser names; empty where it names none, or none of ours."""
    way = cookie_of(headers, COOKIE)
    return way if WAY.fullmatch(way) else ""


def way_cookie(way: str, *, https: bool) -> str:
    """The header that keeps a way for a year."""
    return f"{COOKIE}={way}; Path=/; Max-Age={WAY_S}; HttpOnly; SameSite=Strict{_secure(https)}"


def own_way(way: str, account_id: str | None) -> str:
    """The name of the draft of a browser and an account: nobody goes on where another one was.

    >>> own_way("0" * 32, None) == "0" * 32, own_way("0" * 32, "a") == own_way("0" * 32, "b")
    (True, False)
    """
    return way if account_id is None else sha256(f"{way} {account_id}".encode()).hexdigest()[:32]


def token_of(headers: Headers, *, https: bool) -> str:
    """The token of a browser that is signed in; empty where it has none."""
    return cookie_of(headers, _session_name(https))


def token_cookie(token: str, *, https: bool) -> str:
    """The header that keeps a token until the browser is closed; an empty one takes it away."""
    gone = "" if token else "; Max-Age=0"
    return f"{_session_name(https)}={token}; Path=/; HttpOnly; SameSite=Strict{_secure(https)}{gone}"


def _session_name(https: bool) -> str:
    return HOST_ONLY + SIGNED_IN if https else SIGNED_IN


def _secure(https: bool) -> str:
    return "; Secure" if https else ""
