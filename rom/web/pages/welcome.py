"""``/``: what this does, what it never does, and the way in."""

from fastapi import FastAPI
from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from rom.web.drawings.exams import exam_drawing
from rom.web.ground import Ground
from rom.web.journey import Journey, begun, journey_of, next_page, save
from rom.web.theme import actions, drawing, frame, link, points, post, stays
from rom.web.who import who_asks


def register(app: FastAPI, ground: Ground) -> None:
    """The first page, and the start of a new way."""
    say = ground.say

    @ui.page("/")
    def welcome(request: Request) -> None:
        journey = journey_of(request)
        lead = say("Your camera watches your foot move, and tells you how far it goes and how sure that is.")
        with frame(say("How far does your ankle move?"), say, lead=lead):
            drawing(exam_drawing("seated"), "rom-hero")
            points(
                say("It takes about ten minutes. You need a chair, bare feet, and a camera or a phone."),
                stays(who_asks(request), say),
                say("It measures. It never says what you have: for that, see a doctor or physiotherapist."),
            )
            with actions():
                if begun(journey):
                    link(say("Go on where you were"), next_page(journey))
                    post(say("Start over"), "/start")
                else:
                    post(say("Begin"), "/start", "main")
                link(say("Earlier results"), "/history", "calm")

    @app.post("/start")
    def start(request: Request) -> RedirectResponse:
        before = journey_of(request)
        save(ground.store, Journey(before.id, person_id=before.person_id))
        return RedirectResponse("/safety", 303)
