"""``/file``: a video of this computer instead of the camera, sent into the store and given to the jobs."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse

from rom.errors import InputUnreadable
from rom.store.tables import PersonRow, new_id
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of, said_of, save
from rom.web.keeping import add_exam, add_job
from rom.web.pages.about import today
from rom.web.theme import actions, button, frame, link

#: The largest video that is taken, bytes: half an hour of a phone's best. Our own limit.
BYTES_MOST = 4 * 1024**3
#: Beginnings of the containers that are taken: the bytes, where they stand, the suffix.
CONTAINERS = ((b"\x1aE\xdf\xa3", 0, ".webm"), (b"ftyp", 4, ".mp4"))
#: So many bytes tell a container.
HEAD_BYTES = 12


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
        lead = say("It stays on this computer. MP4, MOV and WebM are taken.")
        with frame(title, say, step=5, lead=lead):
            words = {
                "data-upload": "",
                "data-most": str(BYTES_MOST),
                "data-none": say("Please choose a video first."),
                "data-large": say("This video is too large; the most is {size} GB.", size=BYTES_MOST // 1024**3),
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
            path = await taken_in(request.stream(), ground.store.incoming)
        except InputUnreadable as error:
            return JSONResponse({"reason": say.sentence(str(error))}, status_code=415)
        except ClientDisconnect:
            return JSONResponse({}, status_code=400)
        with ground.store.session() as session:
            known = session.get(PersonRow, journey.person_id) is not None
        if not known:  # erased meanwhile
            path.unlink()
            return JSONResponse({"next": "/about"})
        after = _kept(ground, journey, path, _day(day))
        save(ground.store, after)
        return JSONResponse({"next": "/exam/place" if after.sides else "/result"})


async def taken_in(stream: AsyncIterator[bytes], folder: Path, most: int = BYTES_MOST) -> Path:
    """What is sent, whole in a file whose suffix says what it is; nothing is left behind where it is not taken.

    Raises
    ------
    InputUnreadable : no container that is known by its first bytes, or more than `most` bytes.
    """
    name = new_id()
    part = folder / f"{name}.part"
    size, head, suffix = 0, b"", ""
    try:
        with part.open("xb") as file:
            async for piece in stream:
                size += len(piece)
                head = (head + piece)[:HEAD_BYTES] if len(head) < HEAD_BYTES else head
                suffix = suffix or _suffix(head)
                if size > most:
                    raise InputUnreadable(
                        f"Expected a video of at most {most // 1024**3} GB, but it is larger; cut it."
                    )
                if not suffix and size >= HEAD_BYTES:
                    break
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if not suffix:
            raise InputUnreadable("Expected a video (MP4, MOV or WebM), but this is none; choose another file.")
        return part.rename(folder / f"{name}{suffix}.whole")
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _suffix(head: bytes) -> str:
    """The suffix of a container, by its first bytes; empty for none that is known."""
    return next((suffix for mark, at, suffix in CONTAINERS if head[at : at + len(mark)] == mark), "")


def _kept(ground: Ground, journey: Journey, path: Path, day: date) -> Journey:
    """The recording of the next side as a row, its file named by it, and its job; the way goes on."""
    assert journey.person_id is not None
    with ground.store.session() as session, session.begin():
        exam = add_exam(
            session,
            journey.person_id,
            protocol=journey.protocol,
            side=journey.sides[0],
            recorded_on=day,
            said=said_of(journey),
        )
        path.rename(path.with_name(exam.id + Path(path.stem).suffix))
        add_job(session, "measure", exam_id=exam.id)
    ground.jobs.wake()
    return replace(journey, sides=journey.sides[1:], exams=(*journey.exams, exam.id))


def _day(text: str) -> date:
    """The day that was said; today where it is none, or still to come."""
    try:
        return min(date.fromisoformat(text), today())
    except ValueError:
        return today()
