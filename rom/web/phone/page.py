"""``/phone``: the computer's side of filming with a phone: the code to scan, and how far the video is."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import html, ui
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.errors import RomError, UsageError
from rom.exam.protocols import Protocol, protocol, protocols
from rom.report.language import Words
from rom.web.arriving import video_kind
from rom.web.ground import Ground, today
from rom.web.journey import Journey, journey_of, load, next_page, save
from rom.web.pages.file import kept
from rom.web.phone.door import PhoneDoor
from rom.web.phone.qr import qr_svg
from rom.web.theme import actions, drawing, form, frame, note, points, post, ticks, trouble

LOOKS_EVERY_S = 1.0
#: The code is read from an arm's length away.
CODE_CSS = """
.rom-code { max-width: 17rem; margin-bottom: 1.2rem; }
.rom-code svg { display: block; width: 100%; height: auto; border-radius: 14px; }
.rom-address { font: 0.9rem/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
"""


@dataclass
class Door:
    """The one door of this app, and whose way it belongs to. `trouble` : why it did not open."""

    phone: PhoneDoor | None = None
    way: str = ""
    trouble: str = ""

    def of(self, way: str) -> PhoneDoor | None:
        """The door of a way, once it was opened."""
        return self.phone if self.way == way else None

    def shut(self) -> None:
        """Close it, whoever's it is; one door is open in all."""
        if self.phone is not None:
            self.phone.close()
        self.phone, self.way, self.trouble = None, "", ""


def register(app: FastAPI, ground: Ground) -> None:
    """The page, and the two answers that open and shut the door. It is shut until somebody opens it."""
    door, say = Door(), ground.say
    nicegui_app.on_shutdown(door.shut)

    @ui.page("/phone")
    async def phone(request: Request) -> RedirectResponse | None:
        journey = journey_of(request)
        own = door.of(journey.id)
        if own is not None and own.state == "received":
            await run_in_threadpool(door.shut)
            return RedirectResponse(next_page(journey))
        if not may_film(journey):
            return RedirectResponse(next_page(journey))
        title = say("The right ankle, by phone") if journey.sides[0] == "right" else say("The left ankle, by phone")
        with frame(title, say, step=5):
            if own is None or own.state == "closed":
                _shut(protocol(journey.protocol), say, door.trouble, timed_out=own is not None)
            else:
                _open(own, ground, journey.id)
        return None

    @app.post("/phone")
    async def opened(request: Request) -> Response:
        journey, asked = journey_of(request), await request.form()
        if may_film(journey):
            await run_in_threadpool(_open_door, door, ground, journey, encrypted="encrypted" in asked)
        return RedirectResponse("/phone", 303)

    @app.post("/phone/shut")
    async def shut(request: Request) -> Response:
        journey = journey_of(request)
        if door.of(journey.id) is not None:
            await run_in_threadpool(door.shut)
        return RedirectResponse(next_page(journey), 303)


def may_film(journey: Journey) -> bool:
    """Whether the way has come as far as a recording."""
    return bool(journey.safe and journey.person_id and journey.sides and journey.protocol in protocols())


def _open_door(door: Door, ground: Ground, journey: Journey, *, encrypted: bool) -> None:
    """Shut the old one, open a new one for the next side of this way."""
    way, side = journey.id, journey.sides[0]
    door.shut()

    def arrived(path: Path) -> None:
        """In the door's thread: the recording becomes a row and a job, whoever still looks at the page."""
        now = load(ground.store, way)
        if not may_film(now) or now.sides[0] != side:
            raise UsageError("The exam went on without this video; begin again on the computer.")
        save(ground.store, kept(ground, now, path, video_kind(path), today()))

    try:
        door.phone = PhoneDoor(
            ground.store.incoming, tls=encrypted, language=ground.language, received=arrived
        ).open()
        door.way = way
    except RomError as error:
        door.trouble = str(error)


def _shut(which: Protocol, say: Words, why: str, *, timed_out: bool) -> None:
    """What it is, what it means, and the button that opens it."""
    if why:
        trouble(say.sentence(why))
    elif timed_out:
        note(say("The time was over, or it was stopped. Nothing was received; you can show the code again."))
    points(
        say("The phone and this computer must be on the same Wi-Fi."),
        say("Lean the phone against something, so that it stands by itself."),
        say.sentence(which.camera),
        say.sentence(which.how),
    )
    note(say("For 15 minutes this computer takes one video from your home network, through a secret address."))
    with form("/phone", back="/exam/place", say=say, go_on=say("Show the code")):
        words = say("Encrypt the connection (your phone will warn you first, as it does not know this computer)")
        ticks(say("On a network you share with others?"), "encrypted", {"encrypted": words}, ())


def _open(phone: PhoneDoor, ground: Ground, way: str) -> None:
    """The code, its address in letters, what the way means, and how far the video is."""
    say = ground.say
    ui.add_css(CODE_CSS)
    html.p(say("Point the phone's camera at this code and tap the link.")).classes("rom-lead")
    drawing(f'<div role="img" aria-label="{say("Code to scan")}">{qr_svg(phone.url)}</div>', "rom-code")
    note(say("Or type this address into the phone's browser:"))
    html.p(phone.url).classes("rom-address")
    if phone.fingerprint:
        note(say("The phone says that it does not know this computer. Its certificate must have this fingerprint:"))
        html.p(phone.fingerprint).classes("rom-address")
        note(say("If it is another, somebody else answers: do not send the video."))
    else:
        note(say("The connection is not encrypted: others on this Wi-Fi could see it. At home that is fine."))
    said = ui.label().props("role=status aria-live=polite").classes("rom-said")
    with actions():
        post(say("Stop"), "/phone/shut")

    def look() -> None:
        """Say what is going on, and go on when the video is there."""
        if phone.state == "received":
            ui.navigate.to(next_page(load(ground.store, way)))
        elif phone.state == "closed":
            ui.navigate.to("/phone")
        else:
            said.set_text(state_words(phone.state, phone.share, phone.seconds_left, say))

    look()
    ui.timer(LOOKS_EVERY_S, look)


def state_words(state: str, share: float, seconds_left: float, say: Words) -> str:
    """How far it is; minutes are told, not seconds, so that nobody hurries."""
    if state == "receiving" and share >= 1:
        return say("The video is here and is looked at.")
    if state == "receiving":
        return say("The video is coming: {percent} %.", percent=int(100 * share))
    minutes = max(1, round(seconds_left / 60))
    return say("Waiting for the phone. This stays open for {minutes} minutes more.", minutes=minutes)
