"""``/admin/accounts``: who may sign in; add somebody, give a new password, end an account."""

from collections.abc import Callable

from fastapi import FastAPI
from nicegui import Client, html, ui
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.report.language import Words, later
from rom.store.accounts import accounts, add_account, end_account, reset_password
from rom.store.care import cared_for
from rom.store.clinic import ADMIN, PATIENT, THERAPIST, AccountRow
from rom.store.people import people
from rom.web.admin.layout import admin, select
from rom.web.desk.layout import cell, mark, table
from rom.web.ground import Ground
from rom.web.theme import actions, entry, form, link, note, post
from rom.web.who import who_asks

ROLE_WORDS = {THERAPIST: later("Therapist"), PATIENT: later("Patient"), ADMIN: later("Admin")}


def register(app: FastAPI, ground: Ground) -> None:
    """The list, and what is done with an account."""
    _list(ground)
    _add(app, ground)
    _one(app, ground)


def _list(ground: Ground) -> None:
    say = ground.say

    @ui.page("/admin/accounts")
    def listed() -> None:
        with ground.store.session() as session:
            rows, caring, known = accounts(session), cared_for(session), people(session)
        with admin(say("Accounts"), say):
            heads = [say("Name"), say("On reports"), say("Role"), say("People"), say("State"), say("Changes")]
            with table(say("Accounts"), heads, numbers=(3,)):
                for row in rows:
                    with html.tr():
                        _row(row, caring.get(row.id, 0), say)
            html.h2(say("Add somebody"))
            taken = {row.person_id for row in rows if row.ended is None}
            free = {row.id: row.label or row.id[:8] for row in known if row.id not in taken}
            with form("/admin/accounts", say=say, go_on=say("Add")), html.div().classes("rom-fields"):
                entry(say("Name to sign in with"), "name", required=True, autocapitalize="none", spellcheck="false")
                entry(say("Name on reports, if another"), "shown")
                select(say("Role"), "role", {role: say(words) for role, words in ROLE_WORDS.items()}, THERAPIST)
                select(say("A patient's own record"), "person", {"": say("Not a patient"), **free})


def _row(row: AccountRow, people: int, say: Words) -> None:
    """An account, and what may be done with it."""
    cell(row.name, head=say("Name"))
    cell(row.shown, head=say("On reports"))
    cell(say(ROLE_WORDS[row.role]), head=say("Role"))
    cell(str(people) if row.role == THERAPIST else "", number=True, head=say("People"))
    with html.td():
        if row.ended is not None:
            mark(say("ended"))
        elif row.must_change:
            mark(say("first password"), "busy")
        else:
            mark(say("may sign in"), "good")
    with html.td():
        if row.ended is None:
            words = say("Change {name}", name=row.name)
            html.a(say("Change"), href=f"/admin/accounts/{row.id}", **{"aria-label": words})


def _add(app: FastAPI, ground: Ground) -> None:
    @app.post("/admin/accounts")
    async def added(request: Request) -> Response:
        said = await request.form()
        name, role, shown, person = (str(said.get(one, "")) for one in ("name", "role", "shown", "person"))

        def add() -> tuple[str, str]:
            with ground.store.session() as session, session.begin():
                doer = who_asks(request).doer
                row, password = add_account(session, doer, name, role, shown=shown, person_id=person or None)
                return row.name, password

        return await _shown_once(ground, request, add)


def _one(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/admin/accounts/{account_id}")
    def one(account_id: str) -> RedirectResponse | None:
        with ground.store.session() as session:
            row = session.get(AccountRow, account_id)
            count = cared_for(session).get(account_id, 0)
        if row is None or row.ended is not None:
            return RedirectResponse("/admin/accounts")
        with admin(row.name, say, lead=f"{row.shown}, {say(ROLE_WORDS[row.role])}"):
            html.h2(say("A new password"))
            note(say("It is shown once, and changed at the first sign-in. Signed-in browsers are signed out."))
            post(say("Give a new password"), f"/admin/accounts/{row.id}/reset")
            html.h2(say("End this account"))
            note(say("Nobody signs in with it any more. What it signed and wrote stays, with its name."))
            if count:
                note(_in_care(count, say))
                with actions():
                    link(say("Hand over"), f"/admin/care?of={row.id}", "calm")
            post(say("End this account"), f"/admin/accounts/{row.id}/end", "danger")
            with actions():
                link(say("Back"), "/admin/accounts", "calm")
        return None

    @app.post("/admin/accounts/{account_id}/reset")
    async def reset(request: Request, account_id: str) -> Response:
        def give() -> tuple[str, str]:
            with ground.store.session() as session, session.begin():
                password = reset_password(session, who_asks(request).doer, account_id)
                return session.get_one(AccountRow, account_id).name, password

        return await _shown_once(ground, request, give)

    @app.post("/admin/accounts/{account_id}/end")
    def end(request: Request, account_id: str) -> RedirectResponse:
        with ground.store.session() as session, session.begin():
            end_account(session, who_asks(request).doer, account_id)
        return RedirectResponse("/admin/accounts", 303)


def _in_care(count: int, say: Words) -> str:
    """Whom nobody would see any more."""
    if count == 1:
        return say("1 person is in its care; hand them over first, or nobody sees them.")
    return say("{count} people are in its care; hand them over first, or nobody sees them.", count=count)


async def _shown_once(ground: Ground, request: Request, make: Callable[[], tuple[str, str]]) -> Response:
    """The page that shows a password: it is the answer itself, so that no address leads to it again."""
    name, password = await run_in_threadpool(make)
    say = ground.say
    with Client(ui.page(""), request=request) as client, admin(say("Hand this over"), say):
        note(say("{name} signs in with this password once, and then chooses another:", name=name))
        html.p(password).classes("rom-password")
        note(say("It is not shown again. Should it be lost, give a new one."))
        with actions():
            link(say("Done"), "/admin/accounts")
    return client.build_response(request, 200)
