"""``/desk/upload``: many videos at once, said to be of whom; each goes on where a connection broke it off.

====================================  =========================================================================
``POST /desk/uploads``                begins one, or finds the one that broke off: its ID, and where it stands
``GET /desk/uploads/ID``              where it stands
``PATCH /desk/uploads/ID?offset=N``   a piece; the answer says where it stands then
``POST /desk/uploads/ID/finish``      it is whole: it is looked at, and becomes an examination
``POST /desk/uploads/ID/give-up``     it is not wanted any more
====================================  =========================================================================
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from functools import wraps
from typing import Any

from fastapi import FastAPI
from nicegui import ui
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse

from rom.errors import InputUnreadable, RomError, UsageError
from rom.exam.protocols import protocols
from rom.intake import LIMITS
from rom.intake.limits import GIB
from rom.report.language import Words
from rom.report.naming import FOOTWEAR_NAMES, SIDE_NAMES
from rom.store.clinic import ARRIVING, UploadRow
from rom.store.exams import AUTO
from rom.store.lists import listed
from rom.web.arriving import OutOfStep, Said, add_piece, begin, finish, give_up, upload_for, uploads_of
from rom.web.desk.layout import desk, show_part
from rom.web.desk.people import about_of, add, label_of
from rom.web.desk.sayings import answers_of
from rom.web.ground import Ground, today
from rom.web.who import NotTheirs, person_for, theirs, who_asks

#: A piece of a video, in bytes; halved by the browser where a proxy takes less: 4 MiB.
PIECE_BYTES = 1 << 22
#: What is sent to begin with is small.
ASKED_MOST = 20_000
FOUND_MOST = 12
NOT_FOUND, OUT_OF_STEP, NOT_TAKEN, NO_VIDEO = 404, 409, 422, 415
Answer = Callable[..., Awaitable[JSONResponse]]


def register(app: FastAPI, ground: Ground) -> None:
    """The page, the pieces, and finding people."""
    _page(ground)
    _pieces(app, ground)
    _finding(app, ground)


def _page(ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/upload")
    def upload(request: Request, person: str = "") -> None:
        who = who_asks(request)
        with ground.store.session() as session:
            row = person_for(session, who, person) if person else None
            broken = uploads_of(session, who, ARRIVING)
        chosen = {"id": "" if row is None else row.id, "words": "" if row is None else label_of(row, say)}
        with desk(say("Upload videos"), say, here="/desk/upload", scripts=("upload.js",)):
            show_part(
                "upload",
                say,
                chosen=chosen,
                told=json.dumps(_told(say)),
                broken=[_broken(one, say) for one in broken],
                **choices(say),
            )


def choices(say: Words) -> dict[str, list[tuple[str, str]]]:
    """What can be said of a video: value and words."""
    movers = {"": "Not said", "active": "Themselves", "passive": "An examiner"}
    return {
        "sides": [(AUTO, say("Recognise")), *((side, say(words)) for side, words in SIDE_NAMES.items())],
        "exams": [(AUTO, say("Recognise")), *((one.name, say(one.title)) for one in protocols().values())],
        "movers": [(value, say(words)) for value, words in movers.items()],
        "footwear": [(name, say(FOOTWEAR_NAMES[name])) for name in ("unknown", "bare", "sock", "shoe")],
    }


def _told(say: Words) -> dict[str, Any]:
    """What the script must know: words and limits."""
    words = {
        "waits": "Not sent yet",
        "sending": "Sending",
        "paused": "Paused",
        "again": "The connection broke; trying again in {seconds} s",
        "looking": "Looking at it",
        "done": "Arrived, waiting to be measured",
        "pause": "Pause",
        "go_on": "Go on",
        "leave_out": "Leave out",
        "nobody": "Choose a person first.",
        "not_chosen": "Choose a person",
        "large": "This video is too large; the most is {size} GB. Please cut it.",
        "empty": "This file is empty; please choose another.",
        "open_queue": "See it in the queue",
        "none_found": "Nobody was found",
        "all_sent": "{done} of {all} sent.",
        "failed": "That did not work; please try again.",
        "of": "{words} of {name}",
        "day": "Day",
        "side": "Side",
        "exam": "Exam",
        "person": "Person",
    }
    numbers = {"most": LIMITS.bytes_most, "most_gb": LIMITS.bytes_most // GIB, "piece": PIECE_BYTES}
    return {**{name: say(text) for name, text in words.items()}, **numbers, "today": today().isoformat()}


def _broken(row: UploadRow, say: Words) -> dict[str, str]:
    """An upload that broke off, in words."""
    share = f"{row.received / row.size:.0%}"
    day = say.date(row.updated.isoformat())
    return {
        "id": row.id,
        "name": row.name,
        "words": say("{name}: {share} arrived until {day}", name=row.name, share=share, day=day),
    }


def _answered(ground: Ground, answer: Answer) -> Answer:
    """An answer for the script: what went wrong as a sentence in JSON."""

    @wraps(answer)
    async def told(request: Request, **named: Any) -> JSONResponse:
        try:
            return await answer(request, **named)
        except OutOfStep as error:
            return JSONResponse({"offset": error.offset}, OUT_OF_STEP)
        except NotTheirs as error:
            return _wrong(ground, error, NOT_FOUND)
        except InputUnreadable as error:
            return _wrong(ground, error, NO_VIDEO)
        except RomError as error:
            return _wrong(ground, error, NOT_TAKEN)
        except ClientDisconnect:
            return JSONResponse({}, 400)

    return told


def _wrong(ground: Ground, error: Exception, status: int) -> JSONResponse:
    return JSONResponse({"reason": ground.say.sentence(str(error))}, status)


def _pieces(app: FastAPI, ground: Ground) -> None:
    store = ground.store

    async def begun(request: Request) -> JSONResponse:
        asked = await _asked(request)
        said = Said(
            _day(asked.get("day")),
            side=str(asked.get("side", AUTO)),
            protocol=str(asked.get("protocol", AUTO)),
            moved_by=str(asked.get("moved_by", "")),
            footwear=str(asked.get("footwear", "unknown")),
        )
        size = asked.get("size")
        row = await asyncio.to_thread(
            begin,
            store,
            who_asks(request),
            str(asked.get("person", "")),
            name=str(asked.get("name", "")),
            size=size if isinstance(size, int) else 0,
            said=said,
            mark=str(asked.get("mark", "")),
        )
        return JSONResponse({"id": row.id, "offset": row.received}, 201)

    async def stands(request: Request, upload_id: str) -> JSONResponse:
        with store.session() as session:
            row = upload_for(session, who_asks(request), upload_id)
        return JSONResponse({"offset": row.received, "size": row.size, "state": row.state, "reason": row.reason})

    async def piece(request: Request, upload_id: str, offset: int) -> JSONResponse:
        at = await add_piece(store, who_asks(request), upload_id, offset, request.stream())
        return JSONResponse({"offset": at})

    async def finished(request: Request, upload_id: str) -> JSONResponse:
        exam_id = await asyncio.to_thread(finish, store, who_asks(request), upload_id)
        ground.jobs.wake()
        return JSONResponse({"exam": exam_id})

    at = "/desk/uploads/{upload_id}"
    app.post("/desk/uploads", response_model=None)(_answered(ground, begun))
    app.get(at, response_model=None)(_answered(ground, stands))
    app.patch(at, response_model=None)(_answered(ground, piece))
    app.post(f"{at}/finish", response_model=None)(_answered(ground, finished))

    @app.post(f"{at}/give-up", response_model=None)
    def let_go(request: Request, upload_id: str) -> RedirectResponse:
        give_up(store, who_asks(request), upload_id)
        return RedirectResponse("/desk/upload", 303)


async def _asked(request: Request) -> dict[str, Any]:
    """What is sent to begin with; ``UsageError`` where it is no such thing."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > ASKED_MOST:
            break
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise UsageError("Expected what the video is, as JSON, but got something else; reload the page.")
    return asked


def _day(text: object) -> date:
    """The day that was said; today where it is none, or still to come."""
    try:
        return min(date.fromisoformat(str(text)), today())
    except ValueError:
        return today()


def _finding(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @app.get("/desk/find")
    def find(request: Request, q: str = "") -> JSONResponse:
        with ground.store.session() as session:
            page = listed(session, theirs(who_asks(request)), search=q[:100], rows=FOUND_MOST)
        found = [
            {"id": one.row.id, "words": label_of(one.row, say), "about": about_of(one.row, say)}
            for one in page.rows
        ]
        return JSONResponse(found)

    async def added(request: Request) -> JSONResponse:
        answers = answers_of(await request.form())
        person_id = await asyncio.to_thread(add, ground, who_asks(request), answers)
        return JSONResponse({"id": person_id, "words": answers.label or say("Without a name")}, 201)

    app.post("/desk/find", response_model=None)(_answered(ground, added))
