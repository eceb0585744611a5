"""Who asks: the account of a browser that is signed in, found anew at every request."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from nicegui import Client
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.types import Scope

from rom.errors import RomError
from rom.store import Store
from rom.store.clinic import SignInRow
from rom.store.sign_ins import saw, signed_in
from rom.web.cookies import token_of
from rom.web.exposure import Exposure
from rom.web.who import LOCAL, NOBODY, Who, who_of

#: So often a WebSocket's sign-in is looked at, seconds: what a signed-out browser still holds open ends by then.
LOOKS_EVERY_S = 5.0
#: NiceGUI's own WebSocket, which belongs to one page.
PAGES = "/_nicegui_ws/"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who asks, and by which sign-in.

    `must_change` : the password is still the one that an admin gave. `strange` : asks for the WebSocket of a page
    that was made for somebody else.
    """

    who: Who
    row: SignInRow | None = None
    token: str = ""
    must_change: bool = False
    strange: bool = False


class Sessions:
    """The sign-ins of a store; without accounts whoever asks is this computer's user."""

    def __init__(self, store: Store, exposure: Exposure) -> None:
        self.store, self.exposure = store, exposure
        self.nobody = Signed(NOBODY if exposure.accounts else LOCAL)

    async def signed(self, scope: Scope, headers: Headers) -> Signed:
        """Who asks; what they do now is the last that they did."""
        if not self.exposure.accounts:
            return self.nobody
        token = token_of(headers, https=self.exposure.https)
        found = await run_in_threadpool(self._found, token) if token else self.nobody
        if found.row is not None and does_something(scope, headers):
            await run_in_threadpool(self._saw, found.row)
        return replace(found, strange=scope["path"].startswith(PAGES) and not _is_own_page(scope, found.who))

    def over(self, signed: Signed) -> Callable[[], Awaitable[None]] | None:
        """What waits until a sign-in is over; None where there is none to be over."""
        if signed.row is None:
            return None

        async def wait() -> None:
            while await run_in_threadpool(self._goes_on, signed.token):
                await asyncio.sleep(LOOKS_EVERY_S)

        return wait

    def _found(self, token: str) -> Signed:
        """The account of a token."""
        with self.store.session() as session:
            found = signed_in(session, token, self.exposure.idle)
        if found is None:
            return self.nobody
        return Signed(who_of(found.account), found.row, token, found.account.must_change)

    def _goes_on(self, token: str) -> bool:
        """Whether a sign-in is not over yet; a database that does not answer ends none."""
        try:
            return self._found(token).row is not None
        except DBAPIError:
            return True

    def _saw(self, row: SignInRow) -> None:
        """Written down; where the database is busy it is the next request's."""
        try:
            saw(self.store, row)
        except (DBAPIError, RomError) as error:
            logging.getLogger(__name__).warning("a sign-in's time could not be kept: %s", type(error).__name__)


def does_something(scope: Scope, headers: Headers) -> bool:
    """Whether a person does something: opens a page or sends something, where a page by itself only looks."""
    if scope["type"] == "websocket":
        return True
    if scope["path"].startswith(PAGES):
        return False
    return scope["method"] not in ("GET", "HEAD") or headers.get("sec-fetch-mode", "navigate") == "navigate"


def _is_own_page(scope: Scope, who: Who) -> bool:
    """Whether the page of a WebSocket was made for who asks for it."""
    client = Client.instances.get(QueryParams(scope["query_string"]).get("client_id", ""))
    if client is None:
        return False
    of: Who = client.request.scope["rom_who"]
    return of.account_id == who.account_id
