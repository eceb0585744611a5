"""The app put together: pages of NiceGUI on FastAPI, behind the guard."""

import logging
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from fastapi import FastAPI
from nicegui import Client, run, ui
from nicegui import app as nicegui_app
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

import rom
from rom.errors import RomError
from rom.report.web_page import parts_css
from rom.store import Store
from rom.store.erase import expire
from rom.store.sign_ins import forget_old
from rom.store.tables import now
from rom.store.trouble import sentence_of
from rom.web import admin, camera, desk, health, phone
from rom.web.api import PREFIX as API
from rom.web.api import build_api
from rom.web.exposure import AT_HOME, Exposure
from rom.web.ground import Ground, Queue, today
from rom.web.guard import Guard
from rom.web.pages import about, exam, feels, file, history, privacy, result, safety, sign_in, welcome
from rom.web.theme import actions, frame, link, note, trouble
from rom.web.who import NotTheirs

STATIC = Path(__file__).parent / "static"
PAGES = (welcome, safety, about, feels, exam, camera, file, phone, result, history, privacy, sign_in, desk, admin)
#: A page waits so long for a browser that lost its connection (a laptop that slept) before it is made anew.
RECONNECT_S = 60.0
DAY_S = 24 * 3600.0
HEAD = (
    '<link rel="stylesheet" href="/report.css?{version}"><link rel="stylesheet" href="/static/theme.css?{version}">'
    '<script type="module" src="/static/pages.js?{version}"></script>'
)


def build(
    store: Store, jobs: Queue, language: str = "en", instance: str = "", exposure: Exposure = AT_HOME
) -> FastAPI:
    """The app of a store and its jobs.

    Parameters
    ----------
    language : "en" or "es". instance : told at ``/health``, by which a running app is known.
    exposure : to whom it answers; this computer's user alone by default.

    NiceGUI keeps its pages for the whole process: build one app a process.
    """
    app = FastAPI(title="rom", version=rom.__version__, docs_url=None, redoc_url=None, openapi_url=None)
    ground = Ground(store, jobs, language)
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/report.css")
    def report_css() -> Response:
        return Response(f".rom-report {{\n{parts_css()}}}", media_type="text/css")

    @app.exception_handler(DBAPIError)
    @app.exception_handler(OSError)
    @app.exception_handler(RomError)
    async def said(request: Request, error: Exception) -> Response:
        sentence, status = ground.say.sentence(sentence_of(error)), 404 if isinstance(error, NotTheirs) else 422
        if "text/html" not in request.headers.get("accept", ""):  # a script asked, and shows it itself
            return PlainTextResponse(sentence, status_code=status)
        with Client(ui.page(""), request=request) as client:
            _not_done(ground, request, sentence)
        return client.build_response(request, status)

    app.mount(API, build_api(ground))
    health.register(app, ground, instance)
    for page in PAGES:
        page.register(app, ground)
    ui.add_head_html(HEAD.format(version=rom.__version__), shared=True)
    _no_page(ground)
    nicegui_app.timer(DAY_S, partial(run.io_bound, _take_away_old, store))
    ui.run_with(
        app,
        root=lambda: _nowhere(ground),
        title="rom",
        favicon=STATIC / "favicon.svg",
        dark=None,
        language="en-US" if language == "en" else "es",
        reconnect_timeout=RECONNECT_S,
        gzip_middleware_factory=None,  # nothing travels, and the guard reads the pages
        tailwind=False,
        show_welcome_message=False,
    )
    app.add_middleware(Guard, store=store, exposure=exposure)
    return app


def _take_away_old(store: Store) -> None:
    """What was kept for as long as it was meant to be goes; a store that does not answer is asked the next day."""
    try:
        expire(store, today())
        with store.session() as session, session.begin():
            forget_old(session, now())
    except RomError as error:
        logging.getLogger(__name__).warning("%s", error)


def _nowhere(ground: Ground) -> None:
    """An address that leads nowhere."""
    say = ground.say
    ui.status_code(404)
    with frame(say("There is no such page"), say), actions():
        link(say("To the first page"), "/")


def _not_done(ground: Ground, request: Request, sentence: str) -> None:
    """What was sent could not be kept (a full disk, a busy database): why, and the way back to its page."""
    say = ground.say
    came_from = urlsplit(request.headers.get("referer", ""))
    back = urlunsplit(("", "", came_from.path or "/", came_from.query, ""))
    with frame(say("That did not work"), say):
        trouble(sentence)
        note(say("What you answered before is kept."))
        with actions():
            link(say("Try again"), back)
            link(say("To the first page"), "/", "calm")


def _no_page(ground: Ground) -> None:
    """What is shown where a page could not be made; the reason goes to the log, not to the reader."""
    say = ground.say

    def failed(error: Exception) -> None:
        if isinstance(error, RomError):
            raise error  # an expected failure, such as somebody who is not theirs: answered as everywhere
        logging.getLogger(__name__).error("a page could not be made", exc_info=error)
        with frame(say("That did not work"), say):
            note(say("Your answers are kept. Please go back to the first page and try again."))
            with actions():
                link(say("To the first page"), "/")

    nicegui_app.on_page_exception(failed)
