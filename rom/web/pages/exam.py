"""``/exam``: which exam, which sides and in which order, where the laptop stands; one question a screen."""

from dataclasses import replace

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.exam.protocols import Protocol, protocol, protocols
from rom.exam.symptoms import why_no_exam
from rom.records import FOOTWEAR, Side
from rom.report.language import Words, later
from rom.web.drawings.exams import FIGURES, exam_drawing
from rom.web.drawings.room import room_drawing
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of, save
from rom.web.theme import actions, choice, drawing, form, frame, link, note, points, trouble
from rom.web.who import who_asks

#: Value of the form to the sides in their order, and to words.
SIDES_ASKED: dict[str, tuple[tuple[Side, ...], str]] = {
    "right-left": (("right", "left"), later("Both, the right one first")),
    "left-right": (("left", "right"), later("Both, the left one first")),
    "right": (("right",), later("Only the right one")),
    "left": (("left",), later("Only the left one")),
}
#: What an exam is good for, in a few words.
GOOD_FOR = {
    "seated": later("Sitting on a chair: pull the foot up, then point it. If you are not sure, take this one."),
    "long-sit": later("Leg stretched out: the same, with the calf pulled tight."),
    "lunge": later("Standing at a wall: how far the knee goes over the foot."),
    "heel-raise": later("Standing: how high you come onto your toes."),
    "walk": later("Walking past the camera: how the ankle moves with each step."),
}
FOOTWEAR_WORDS = {"bare": later("Bare feet"), "sock": later("Socks"), "shoe": later("Shoes")}
#: How far away the laptop stands, for the drawing; as in the sentences of ``protocols.csv``.
DISTANCE, WALK_DISTANCE = later("2 to 3 metres"), later("3 to 4 metres")
#: Postures on a chair or a bench.
SITTING = ("seated", "long sitting")


def register(app: FastAPI, ground: Ground) -> None:
    """Which exam, which sides, where the laptop stands."""
    _which(app, ground)
    _sides(app, ground)
    _place(ground)


def _which(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/exam")
    def exam(request: Request) -> RedirectResponse | None:
        journey = journey_of(request)
        if not (journey.safe and journey.person_id and journey.felt):
            return RedirectResponse("/feels")
        with frame(say("Which exam?"), say, step=4, wide=True):
            with html.form(action="/exam", method="post"):
                for name in FIGURES:
                    _card(protocol(name), journey, say)
            with actions():
                link(say("Back"), "/feels?at=since", "calm")
        return None

    @app.post("/exam")
    async def chosen(request: Request) -> Response:
        name = str((await request.form()).get("protocol", ""))
        journey = journey_of(request)
        if name not in FIGURES or why_not(protocol(name), journey):
            return RedirectResponse("/exam", 303)
        save(ground.store, replace(journey, protocol=name))
        return RedirectResponse("/exam/sides", 303)


def why_not(which: Protocol, journey: Journey) -> str:
    """Why this exam is not for this person now; empty where it is."""
    return why_no_exam(journey.said, which.weight_bearing == "yes")


def _card(which: Protocol, journey: Journey, say: Words) -> None:
    """One exam to choose."""
    reason = why_not(which, journey)
    with html.article().classes("rom-card" + (" rom-shut" if reason else "")):
        drawing(exam_drawing(which.name), "rom-figure")
        with html.div():
            html.h2(say(which.title))
            html.p(say(GOOD_FOR[which.name]))
            if reason:
                note(say.sentence(reason))
            else:
                html.button(
                    say("Choose"),
                    type="submit",
                    name="protocol",
                    value=which.name,
                    **{"aria-label": say("Choose: {title}", title=say(which.title))},
                ).classes("rom-button rom-main")


def _sides(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/exam/sides")
    def sides(request: Request, again: int = 0) -> RedirectResponse | None:
        journey = journey_of(request)
        if journey.protocol not in protocols():
            return RedirectResponse("/exam")
        lead = say("Both are best: your other ankle is the closest comparison.")
        with frame(say("Which ankle?"), say, step=4, lead=lead):
            if again:
                trouble(say("Please answer this before you go on."))
            with form("/exam/sides", back="/exam", say=say):
                words = {name: say(text) for name, (_, text) in SIDES_ASKED.items()}
                choice(say("Which one is filmed?"), "sides", words, "-".join(journey.sides) or "right-left")
                feet = {name: say(text) for name, text in FOOTWEAR_WORDS.items()}
                hint = say("Bare feet are measured best; roll the trousers up over the knee.")
                choice(say("What is on the foot?"), "footwear", feet, journey.footwear, hint=hint)
        return None

    @app.post("/exam/sides")
    async def chosen(request: Request) -> Response:
        said = await request.form()
        order, footwear = str(said.get("sides", "")), str(said.get("footwear", ""))
        if order not in SIDES_ASKED or footwear not in FOOTWEAR:
            return RedirectResponse("/exam/sides?again=1", 303)
        journey = replace(journey_of(request), sides=SIDES_ASKED[order][0], exams=(), footwear=footwear)
        save(ground.store, journey)
        return RedirectResponse("/exam/place", 303)


def _place(ground: Ground) -> None:
    say = ground.say

    @ui.page("/exam/place")
    def place(request: Request) -> RedirectResponse | None:
        journey = journey_of(request)
        if journey.protocol not in protocols() or not journey.sides:
            return RedirectResponse("/exam/sides")
        which, side = protocol(journey.protocol), journey.sides[0]
        title = say("Get ready: the right ankle") if side == "right" else say("Get ready: the left ankle")
        with frame(title, say, step=4, wide=True):
            with html.div().classes("rom-pair"):
                with html.section():
                    html.h2(say("Where the laptop stands"))
                    drawing(_room(which, side, say), "rom-room")
                    points(say.sentence(which.camera), say.sentence(which.framing))
                with html.section():
                    html.h2(say("What you will do"))
                    drawing(exam_drawing(which.name), "rom-figure")
                    points(*_told(which, say))
            note(say("You will hear and read each step. Stop at any time, and stop if it hurts more."))
            with actions():
                link(say("I am ready: start the camera"), "/record")
                if who_asks(request).role == "local":  # elsewhere a phone opens this very page
                    link(say("Film with a phone instead"), "/phone", "calm")
                link(say("Measure a video file instead"), "/file", "calm")
                link(say("Back"), "/exam/sides", "calm")
        return None


def _room(which: Protocol, side: Side, say: Words) -> str:
    """Where the laptop stands in this exam."""
    distance = WALK_DISTANCE if which.name == "walk" else DISTANCE
    return room_drawing(side, which.posture in SITTING, say(distance), say)


def _told(which: Protocol, say: Words) -> list[str]:
    """Warm-up and movement, sentence by sentence as the table has them."""
    warm_up = [say("Warm up: {how}", how=say.sentence(which.warm_up))] if which.warm_up else []
    return [*warm_up, say.sentence(which.how)]
