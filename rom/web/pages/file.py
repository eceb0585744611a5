"""``/file``: a video of this computer instead of the camera, sent into the store and given to the jobs."""

from datetime import date
from pathlib import Path

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse

from rom.errors import RomError
from rom.intake import LIMITS, Kind
from rom.intake.limits import GIB
from rom.store.trouble import told
from rom.web.arriving import keep, taken_in
from rom.web.ground import Ground, today
from rom.web.journey import Journey, journey_of, recorded, said_of, save
from rom.web.theme import actions, button, frame, link, stays
from rom.web.who import who_asks


def register(app: FastAPI, ground: Ground) -> None:
    """The page, and where the video is sent to."""
    say = ground.say

    @ui.page("/file")
    def file(request: Request) -> RedirectResponse | None:
        journey = journey_of(request)
        if not journey.sides or not journey.person_id or not journey.safe:
            return RedirectResponse("/exam")
        side = journey.sides[0]
        title = say("A video of the right ankle") if side == "right" else say("A video of the left ankle")
        with frame(title, say, step=5, lead=stays(who_asks(request), say)):
            words = {
                "data-upload": "",
                "data-most": str(LIMITS.bytes_most),
                "data-none": say("Please choose a video first."),
                "data-large": say("This video is too large; the most is {size} GB.", size=LIMITS.bytes_most // GIB),
                "data-sending": say("Taking the video in"),
                "data-failed": say("That did not work; please try again."),
            }
            with html.form(action="/file", method="post", **words).classes("rom-form"):
                with html.label().classes("rom-entry"):
                    html.span(say("The video"))
                    html.input_(type="file", name="file", accept="video/*,.mkv")
                with html.label().classes("rom-entry"):
                    html.span(say("When was it filmed?"))
                    day = today().isoformat()
                    html.input_(type="date", name="day", value=day, max=day)
                html.p(role="status", **{"data-said": ""}).classes("rom-note")
                html.progress(max="1", value="0", hidden=True, **{"aria-label": say("Taking the video in")})
                with actions():
                    button(say("Measure this video"))
                    link(say("Back"), "/exam/place", "calm")
        return None

    @app.post("/file")
    async def sent(request: Request, day: str = "") -> JSONResponse:
        journey = journey_of(request)
        if not journey.sides or journey.person_id is None or not journey.safe:
            return JSONResponse({"next": "/exam"})
        try:
            with told("take the video in"):
                path, kind = await taken_in(request.stream(), ground.store.incoming)
                after = kept(ground, journey, path, kind, _day(day))
                save(ground.store, after)
        except RomError as error:
            return JSONResponse({"reason": say.sentence(str(error))}, status_code=415)
        except ClientDisconnect:
            return JSONResponse({}, status_code=400)
        return JSONResponse({"next": "/exam/place" if after.sides else "/result"})


def kept(ground: Ground, journey: Journey, path: Path, kind: Kind, day: date) -> Journey:
    """The recording of the next side as a row, its file named by it, and its job; the way goes on.

    Raises
    ------
    UsageError : the person was erased meanwhile.
    """
    with ground.store.session() as session, session.begin():
        exam = keep(
            session,
            path,
            kind,
            journey.person_id or "",
            protocol=journey.protocol,
            side=journey.sides[0],
            recorded_on=day,
            said=said_of(journey),
        )
    ground.jobs.wake()
    return recorded(journey, exam.id, journey.sides[0])


def _day(text: str) -> date:
    """The day that was said; today where it is none, or still to come."""
    try:
        return min(date.fromisoformat(text), today())
    except ValueError:
        return today()
