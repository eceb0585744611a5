"""``/desk/exam/ID``: an examination looked at picture by picture, and corrected by hand."""

import mimetypes
from importlib import import_module
from typing import Any

from fastapi import BackgroundTasks, FastAPI, HTTPException
from nicegui import html, ui
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import FileResponse, Response

import rom
from rom.report.language import Words
from rom.store.tables import MEASURED, ExamRow
from rom.web.desk import correcting
from rom.web.desk.brought import brought_words
from rom.web.desk.layout import desk
from rom.web.desk.readings import readings_form
from rom.web.desk.reviewed import STILLS, VIDEOS, results_told, told
from rom.web.ground import Ground
from rom.web.theme import actions, link, note, trouble
from rom.web.visits import media_of
from rom.web.who import exam_for, who_asks

SCRIPT = "review.js"
STYLE = '<link rel="stylesheet" href="/static/review.css?{version}">'


class Undone(BaseModel):
    """A correction to be taken back. `known` : the IDs of those in force when the page was loaded."""

    known: list[str]
    correction: str


def register(app: FastAPI, ground: Ground) -> None:
    """The page, what it draws, its videos, and what it sends."""
    _page(ground)
    _drawn(app, ground)
    _corrected(app, ground)


def _page(ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/exam/{exam_id}")
    def review(request: Request, exam_id: str) -> None:
        with ground.store.session() as session:
            row = exam_for(session, who_asks(request), exam_id)
            label = row.person.label or say("Without a name")
        trail = ((say("People"), "/desk"), (label, f"/desk/person/{row.person_id}"))
        day = say.date(row.recorded_on.isoformat())
        with desk(say("Review, {day}", day=day), say, trail=trail, scripts=(SCRIPT,)):
            ui.add_head_html(STYLE.format(version=rom.__version__))
            _shown(row, say)
            readings_form(ground, who_asks(request), row, back=f"/desk/exam/{row.id}")


def _shown(row: ExamRow, say: Words) -> None:
    """The place that the script fills, or why there is nothing to review."""
    if row.document is None:
        trouble(say.sentence(row.reason) if row.reason else say("It is not measured yet."))
        return
    if row.state != MEASURED:
        note(say("It is being measured again; this is what was found before."))
    if brought := brought_words(row, say):
        note(brought)
    html.div(id="review", **{"data-exam": row.id}).classes("review")
    with actions():
        link(say("Compare"), f"/desk/compare?one={row.id}", "calm")
        link(say("Report of the day"), f"/desk/report/{row.person_id}/{row.recorded_on}", "calm")


def _drawn(app: FastAPI, ground: Ground) -> None:
    """What the page draws, and the videos; a browser may ask for any part of a video."""

    @app.get("/desk/exam/{exam_id}/told")
    def drawn(request: Request, exam_id: str, later: BackgroundTasks) -> dict[str, Any]:
        later.add_task(_get_ready)
        return _told(ground, request, exam_id)

    @app.get("/desk/exam/{exam_id}/media/{role}")
    def medium(request: Request, exam_id: str, role: str) -> Response:
        with ground.store.session() as session:
            exam_for(session, who_asks(request), exam_id)
        path = media_of(ground.store, exam_id).get(role) if role in (*VIDEOS, *STILLS) else None
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type=mimetypes.guess_type(path)[0])


def _told(ground: Ground, request: Request, exam_id: str) -> dict[str, Any]:
    with ground.store.session() as session:
        row = exam_for(session, who_asks(request), exam_id)
        if row.document is None:
            raise HTTPException(404)
        return told(ground.store, session, row, ground.say)


def _get_ready() -> None:
    """Load what measuring needs while the page is looked at: the first correction would wait seconds for it."""
    import_module("scipy.interpolate")
    import_module("scipy.signal")


def _corrected(app: FastAPI, ground: Ground) -> None:
    """Corrections: tried, kept, taken back."""

    @app.post("/desk/exam/{exam_id}/try")
    def tried(request: Request, exam_id: str, asked: correcting.Asked) -> dict[str, Any]:
        exam = correcting.tried(ground.store, who_asks(request), exam_id, asked)
        return {"results": results_told(exam, ground.say)}

    @app.post("/desk/exam/{exam_id}/correct")
    def correct(request: Request, exam_id: str, asked: correcting.Asked) -> dict[str, Any]:
        correcting.keep(ground.store, who_asks(request), exam_id, asked)
        return _told(ground, request, exam_id)

    @app.post("/desk/exam/{exam_id}/undo")
    def undo(request: Request, exam_id: str, asked: Undone) -> dict[str, Any]:
        correcting.undo(ground.store, who_asks(request), exam_id, asked.correction, asked.known)
        return _told(ground, request, exam_id)
