"""``/safety``: the stop signs, a few at a time; any of them ends in ``/see-a-provider``, without an exam."""

from dataclasses import replace

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.exam.symptoms import Asked, asked, why_no_exam
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of, save
from rom.web.theme import actions, choice, form, frame, link, post, trouble

#: So many questions stand on a screen: more are not read.
ON_A_SCREEN = 4


def parts() -> list[list[Asked]]:
    """The stop signs, screen by screen."""
    signs = list(asked("stop").values())
    return [signs[k : k + ON_A_SCREEN] for k in range(0, len(signs), ON_A_SCREEN)]


def register(app: FastAPI, ground: Ground) -> None:
    """The screens of questions, and where they end."""
    _questions(ground)
    _see_a_provider(app, ground)  # before the screens: its route is the narrower one

    @app.post("/safety/{part}")
    async def answered(request: Request, part: int) -> Response:
        signs = parts()[part - 1] if 1 <= part <= len(parts()) else []
        said = await request.form()
        journey = after(journey_of(request), signs, {sign.code: str(said.get(sign.code, "")) for sign in signs})
        save(ground.store, journey)
        if stopped(journey):
            return RedirectResponse("/see-a-provider", 303)
        if not signs or any(sign.code not in journey.calm for sign in signs):
            return RedirectResponse(f"/safety?part={part}&again=1", 303)
        if part < len(parts()):
            return RedirectResponse(f"/safety?part={part + 1}", 303)
        every = {sign.code for screen in parts() for sign in screen}
        save(ground.store, replace(journey, safe=every <= set(journey.calm)))
        return RedirectResponse("/about" if every <= set(journey.calm) else "/safety", 303)


def after(journey: Journey, signs: list[Asked], answers: dict[str, str]) -> Journey:
    """The way once some stop signs were answered with "yes" or "no"."""
    here = {sign.code for sign in signs}
    yes = {code for code, word in answers.items() if word == "yes"}
    no = {code for code, word in answers.items() if word == "no"}
    calm = [code for code in journey.calm if code not in here] + [s.code for s in signs if s.code in no]
    kept = [code for code in journey.symptoms.get("signs", ()) if code not in here]
    found = [*kept, *(sign.code for sign in signs if sign.code in yes)]
    safe = journey.safe and not yes
    return replace(journey, calm=tuple(calm), safe=safe, symptoms={**journey.symptoms, "signs": found})


def stopped(journey: Journey) -> bool:
    """Whether a stop sign was answered with yes."""
    return any(code in asked("stop") for code in journey.symptoms.get("signs", ()))


def _questions(ground: Ground) -> None:
    say = ground.say

    @ui.page("/safety")
    def safety(request: Request, part: int = 1, again: int = 0) -> None:
        journey = journey_of(request)
        screens = parts()
        part = min(max(part, 1), len(screens))
        lead = say("Some ankles should be seen by a doctor before they are measured.") if part == 1 else ""
        signs = journey.symptoms.get("signs", ())
        with frame(say("Safety first"), say, step=1, lead=lead):
            html.p(say("Questions {part} of {parts}", part=part, parts=len(screens))).classes("rom-note")
            if again:
                trouble(say("Please answer every question with yes or no."))
            back = "/" if part == 1 else f"/safety?part={part - 1}"
            with form(f"/safety/{part}", back=back, say=say):
                for sign in screens[part - 1]:
                    chosen = "no" if sign.code in journey.calm else "yes" if sign.code in signs else ""
                    answers = {"no": say("No"), "yes": say("Yes")}
                    choice(say.sentence(sign.question), sign.code, answers, chosen, row=True)


def _see_a_provider(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/see-a-provider")
    def see_a_provider(request: Request) -> RedirectResponse | None:
        journey = journey_of(request)
        why = why_no_exam(journey.said)
        if not why:
            return RedirectResponse("/")
        with frame(say("Please do not measure now"), say):
            html.p(say.sentence(why)).classes("rom-stop")
            html.p(say("Nothing was measured. This page cannot tell what it is: someone who sees you can."))
            with actions():
                link(say("To the first page"), "/")
                post(say("I answered by mistake"), "/safety/mistake")
        return None

    @app.post("/safety/mistake")
    def mistake(request: Request) -> RedirectResponse:
        journey = journey_of(request)
        signs = [code for code in journey.symptoms.get("signs", ()) if code not in asked("stop")]
        page = "/safety" if stopped(journey) else "/feels"
        save(ground.store, replace(journey, felt=False, symptoms={**journey.symptoms, "signs": signs}))
        return RedirectResponse(page, 303)
