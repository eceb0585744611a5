"""``/sign-in``, ``/sign-out``, ``/password``: where there are accounts, who somebody is; nothing else is asked."""

import math
import re
from datetime import timedelta

from fastapi import FastAPI
from nicegui import html, ui
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.errors import UsageError
from rom.report.language import Words
from rom.store.accounts import PASSWORD_LETTERS, change_password
from rom.store.clinic import AccountRow
from rom.store.sign_ins import Try, forget_own, kept, sign_in, sign_out, wait_for_own
from rom.web.access import HOMES, home_of
from rom.web.cookies import token_cookie, token_of
from rom.web.ground import Ground
from rom.web.theme import entry, form, frame, note, trouble
from rom.web.who import who_asks

#: Where somebody may be led after signing in: an address of our own.
OWN_ADDRESS = re.compile(r"/(?![/\\])[\w\-./]*")


def register(app: FastAPI, ground: Ground) -> None:
    """Signing in, signing out, the password."""
    _sign_in(app, ground)
    _password(app, ground)

    @app.post("/sign-out")
    def signed_out(request: Request) -> RedirectResponse:
        with ground.store.session() as session, session.begin():
            sign_out(session, _token(request))
        return _led("/sign-in", request, token="")

    @app.get("/here")
    @app.post("/here")
    def here() -> Response:
        """A page asks whether it may still be shown, or says that somebody sits before it."""
        return Response(status_code=204)


def _sign_in(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/sign-in")
    def page(request: Request, again: int = 0, wait: int = 0, over: int = 0, to: str = "") -> Response | None:
        who = who_asks(request)
        if who.role != "nobody":
            return RedirectResponse(home_of(who))
        with frame(say("Sign in"), say):
            if wait:
                trouble(_waiting(wait, say))
            elif again:
                trouble(say("This name and password do not belong together. Please type both again."))
            elif over:
                note(say("You were signed out because nothing was done for a while. What you saved is kept."))
            with form("/sign-in", say=say, go_on=say("Sign in")):
                _line(say("Your name"), "name", "username", at_once=True)
                _line(say("Your password"), "password", "current-password")
                html.input_(type="hidden", name="to", value=own_address(to))
            note(say("Forgotten? Whoever looks after the accounts gives you a new password."))
        return None

    @app.post("/sign-in")
    async def tried(request: Request) -> RedirectResponse:
        said = await request.form()
        address = request.client.host if request.client else ""
        typed = Try(str(said.get("name", "")), str(said.get("password", "")), address, request.scope["rom_browser"])
        answer = await run_in_threadpool(sign_in, ground.store, typed)
        if answer.account is None:
            minutes = _minutes(answer.wait)
            return RedirectResponse(f"/sign-in?wait={minutes}" if minutes else "/sign-in?again=1", 303)
        await run_in_threadpool(_ended, ground, _token(request))  # whoever sat here before
        account, to = answer.account, own_address(str(said.get("to", "")))
        page = "/password" if account.must_change else to or HOMES[account.role]
        return _led(page, request, answer.token)


def _line(words: str, name: str, fills: str, hint: str = "", *, at_once: bool = False) -> None:
    """A line that the browser may fill in, hidden where it is a password; and written in `at_once`."""
    kind = "password" if "password" in fills else "text"
    focus = {"autofocus": True} if at_once else {}
    entry(
        words,
        name,
        hint=hint,
        type=kind,
        required=True,
        autocomplete=fills,
        autocapitalize="none",
        spellcheck="false",
        **focus,  # type: ignore[arg-type] # none of the named ones
    )


def _minutes(wait: timedelta) -> int:
    """A wait in whole minutes, as it is told."""
    return math.ceil(wait / timedelta(minutes=1))


def _waiting(minutes: int, say: Words) -> str:
    """How long; the same for every name."""
    if minutes == 1:
        return say("Too many tries. Please wait a minute, then try again.")
    return say("Too many tries. Please wait {minutes} minutes, then try again.", minutes=minutes)


def own_address(text: str) -> str:
    """An address of our own, or nothing.

    >>> own_address("/desk/person/1"), own_address("//evil.example"), own_address("https://evil.example")
    ('/desk/person/1', '', '')
    """
    return text if OWN_ADDRESS.fullmatch(text) else ""


def _password(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/password")
    def page(request: Request, again: int = 0, done: int = 0, wait: int = 0) -> None:
        with ground.store.session() as session:
            account = session.get_one(AccountRow, who_asks(request).account_id)
        lead = say("This one was given to you. Choose your own before you go on.") if account.must_change else ""
        with frame(say("Your password"), say, lead=lead):
            if again:
                trouble(say("The two new passwords are not the same. Please type them again."))
            if wait:
                trouble(_waiting(wait, say))
            if done:
                html.p(say("Changed. Other browsers are signed out."), role="status").classes("rom-said")
            with form("/password", back="" if account.must_change else "/", say=say, go_on=say("Change it")):
                _line(say("Your password as it is now"), "before", "current-password")
                hint = say(
                    "At least {letters} letters; four words that have nothing to do with each other are good.",
                    letters=PASSWORD_LETTERS,
                )
                _line(say("A new password"), "after", "new-password", hint=hint)
                _line(say("The new password once more"), "more", "new-password")

    @app.post("/password")
    async def changed(request: Request) -> RedirectResponse:
        said = await request.form()
        before, after, more = (str(said.get(name, "")) for name in ("before", "after", "more"))
        if after != more:
            return RedirectResponse("/password?again=1", 303)
        wait = await run_in_threadpool(wait_for_own, ground.store, str(who_asks(request).account_id))
        if wait:
            return RedirectResponse(f"/password?wait={_minutes(wait)}", 303)
        was_given = await run_in_threadpool(_change, ground, request, before, after)
        return RedirectResponse(home_of(who_asks(request)) if was_given else "/password?done=1", 303)


def _change(ground: Ground, request: Request, before: str, after: str) -> bool:
    """Whether it was the one that an admin gave, which is now changed."""
    with ground.store.session() as session, session.begin():
        account = session.get_one(AccountRow, who_asks(request).account_id)
        if account.ended is not None:
            raise UsageError("Expected an account that may sign in, but yours has ended; ask whoever keeps them.")
        was_given = account.must_change
        change_password(session, account, before, after, stays=kept(_token(request)))
        forget_own(session, account.id)
        return was_given


def _ended(ground: Ground, token: str) -> None:
    """The sign-in that this browser had before."""
    if token:
        with ground.store.session() as session, session.begin():
            sign_out(session, token)


def _token(request: Request) -> str:
    """The browser's token."""
    return token_of(Headers(scope=request.scope), https=request.scope["rom_exposure"].https)


def _led(to: str, request: Request, token: str) -> RedirectResponse:
    """Led on, with a token kept or taken away."""
    answer = RedirectResponse(to, 303)
    answer.headers.append("set-cookie", token_cookie(token, https=request.scope["rom_exposure"].https))
    return answer
