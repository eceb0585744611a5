"""``/privacy``: what is kept and where, for how long, taking it along, and erasing it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI, HTTPException
from nicegui import html, ui
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.report.language import later
from rom.store.audit import note as note_done
from rom.store.choices import choice as chosen
from rom.store.choices import choose
from rom.store.clinic import PATIENT
from rom.store.erase import erase_all, erase_person
from rom.store.export import export_person
from rom.store.tables import PersonRow
from rom.web.access import may
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of, save
from rom.web.pages.about import name_of
from rom.web.theme import actions, button, choice, entry, form, frame, link, note, points, stays, trouble
from rom.web.who import Who, theirs, who_asks

#: What must be typed before anything is erased for good.
TYPED = later("ERASE")
#: For how long an original video may be kept, days; 0 until it is erased.
KEEP_DAYS = (30, 90, 365, 0)


def register(app: FastAPI, ground: Ground) -> None:
    """What is kept, taking it along, erasing it."""
    _kept(app, ground)
    _taken_along(app, ground)
    _erased(app, ground)


def _kept(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/privacy")
    def privacy(request: Request, again: int = 0, saved: int = 0) -> None:
        journey, who = journey_of(request), who_asks(request)
        with ground.store.session() as session:
            person = session.scalars(theirs(who).where(PersonRow.id == journey.person_id)).first()
        keeps_house = may("POST", "/privacy", who)
        with frame(say("Your data"), say, lead=stays(who, say)):
            points(
                say(
                    "Kept: numbers, the points on the leg, a picture of each end of the movement, and the video "
                    "with lines drawn on it."
                ),
                say("Every face in pictures and videos is blurred before they are kept."),
            )
            if keeps_house:
                note(say("All of it lies in this folder: {folder}", folder=ground.store.folder))
            if saved:
                html.p(say("Saved."), role="status").classes("rom-said")
            if keeps_house:
                _ask_how_long(ground)
            if person is not None:
                html.h2(say("Take your data with you"))
                with actions():
                    link(say("Save all my data as a ZIP"), "/privacy/mine.zip", "calm", download="ankle_all.zip")
            _ask_to_erase(ground, person, who, again)
            with actions():
                link(say("To the first page"), "/", "calm")

    @app.post("/privacy")
    async def save_choices(request: Request) -> RedirectResponse:
        said = await request.form()
        days, keep = str(said.get("keep_days", "")), said.get("keep_video") == "yes"
        for_days = int(days) if days in map(str, KEEP_DAYS) else KEEP_DAYS[0]
        with ground.store.session() as session, session.begin():
            choose(session, "keep_video", keep)
            choose(session, "keep_days", for_days)
            note_done(session, who_asks(request).doer, "videos kept", keep=keep, days=for_days)
        return RedirectResponse("/privacy?saved=1", 303)


def _ask_how_long(ground: Ground) -> None:
    """Whether original videos are kept, and for how long."""
    say = ground.say
    with ground.store.session() as session:
        keep = chosen(session, "keep_video", False)
        days = chosen(session, "keep_days", KEEP_DAYS[0])
    html.h2(say("The original video"))
    with form("/privacy", say=say, go_on=say("Save")):
        choice(
            say("Keep it after it was measured? Faces in it are not blurred."),
            "keep_video",
            {"no": say("No, erase it"), "yes": say("Yes, keep it")},
            "yes" if keep else "no",
        )
        words = {str(n): say("{days} days", days=n) if n else say("Until I erase it") for n in KEEP_DAYS}
        choice(say("If it is kept, for how long?"), "keep_days", words, str(days))


def _ask_to_erase(ground: Ground, person: PersonRow | None, who: Who, again: int) -> None:
    """Erasing, behind a typed word; where there are accounts it is the therapist's to do."""
    say = ground.say
    if who.role == PATIENT:
        html.h2(say("Erase"))
        note(say("Your practice keeps this as part of your record. Ask your therapist to erase it."))
    if not who.at_the_desk or (who.role != "local" and person is None):
        return
    html.h2(say("Erase"))
    note(say("What is erased is gone from this computer for good."))
    if again:
        trouble(say("Nothing was erased: please type {word} first.", word=say(TYPED)))
    with html.form(action="/privacy/erase", method="post").classes("rom-form"):
        entry(say("Type {word} to be sure", word=say(TYPED)), "typed", required=True)
        with actions():
            if person is not None:
                name = name_of(person, say)
                whose = name if person.label else say("this person ({who})", who=name)
                button(say("Erase all of {name}", name=whose), "danger", name="what", value="me")
            if who.role == "local":
                button(say("Erase everybody and everything"), "danger", name="what", value="all")


def _taken_along(app: FastAPI, ground: Ground) -> None:
    @app.get("/privacy/mine.zip")
    def mine(request: Request) -> Response:
        person_id = journey_of(request).person_id
        with ground.store.session() as session:
            if person_id is None or session.get(PersonRow, person_id) is None:
                raise HTTPException(404)
        with TemporaryDirectory(dir=ground.store.folder / "work") as folder:
            path = Path(folder) / "mine.zip"
            export_person(ground.store, person_id, path)
            return Response(path.read_bytes(), media_type="application/zip")


def _erased(app: FastAPI, ground: Ground) -> None:
    @app.post("/privacy/erase")
    async def erase(request: Request) -> RedirectResponse:
        said, journey = await request.form(), journey_of(request)
        if str(said.get("typed", "")).strip().upper() != ground.say(TYPED):
            return RedirectResponse("/privacy?again=1", 303)
        who = who_asks(request)
        if said.get("what") == "all" and who.role == "local":
            await run_in_threadpool(erase_all, ground.store)
        elif said.get("what") != "all" and journey.person_id is not None:
            await run_in_threadpool(erase_person, ground.store, journey.person_id)
            with ground.store.session() as session, session.begin():
                note_done(session, who.doer, "person erased", "person", journey.person_id)
        save(ground.store, Journey(journey.id))
        return RedirectResponse("/", 303)
