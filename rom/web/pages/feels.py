"""``/feels``: which ankle hurts, how much, where, what else is noticed, since when; one question a screen."""

from dataclasses import replace

from fastapi import FastAPI
from nicegui import html, ui
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.exam.symptoms import OCCASIONS, PAIN_MOST, asked, why_no_exam
from rom.report.language import Words, later
from rom.web.drawings.ankle import ankle_map
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of, save
from rom.web.theme import choice, drawing, entry, form, frame, note, ticks, trouble

#: When pain is asked for before an exam; the rest is asked in it.
BEFORE = tuple(when for when in OCCASIONS if when != "during")
#: "cleared" is asked beside surgery.
NOTICED = tuple(code for code in asked("sign") if code != "cleared")
#: An onset is a sentence or two.
ONSET_LETTERS = 500
#: Longer ago than anybody lives, in weeks.
WEEKS_MOST = 52 * 120
#: Screen to the one before and the one after; without pain the two about pain are left out.
ORDER = ("which", "pain", "where", "signs", "since")
PAINLESS = ("which", "signs", "since")


def register(app: FastAPI, ground: Ground) -> None:
    """The screens, and what was answered on each."""
    say = ground.say

    @ui.page("/feels")
    def feels(request: Request, at: str = "which", again: int = 0) -> RedirectResponse | None:
        journey = journey_of(request)
        if not (journey.safe and journey.person_id and journey.sure):
            return RedirectResponse("/about")
        at = at if at in SCREENS else "which"
        screens = order(journey)
        before = screens[screens.index(at) - 1] if at in screens and at != "which" else ""
        title, draw = SCREENS[at]
        if at == "since" and journey.hurts == "none":
            title = WITHOUT_PAIN
        with frame(say(title), say, step=3, wide=at == "where"):
            if again:
                trouble(say("Please answer this before you go on."))
            with form(f"/feels/{at}", back=f"/feels?at={before}" if before else "/about", say=say):
                draw(journey, say)
        return None

    @app.post("/feels/{at}")
    async def answered(request: Request, at: str) -> Response:
        if at not in TAKEN:
            return RedirectResponse("/feels", 303)
        try:
            journey = TAKEN[at](journey_of(request), await request.form())
        except ValueError:
            return RedirectResponse(f"/feels?at={at}&again=1", 303)
        screens = order(journey)
        last = at == screens[-1]
        journey = replace(journey, felt=last)
        save(ground.store, journey)
        if why_no_exam(journey.said):
            return RedirectResponse("/see-a-provider", 303)
        return RedirectResponse("/exam" if last else f"/feels?at={screens[screens.index(at) + 1]}", 303)


def order(journey: Journey) -> tuple[str, ...]:
    """The screens that are asked."""
    return PAINLESS if journey.hurts == "none" else ORDER


def _which(journey: Journey, say: Words) -> None:
    sides = {
        "none": say("Neither hurts"),
        "left": say("The left one"),
        "right": say("The right one"),
        "both": say("Both"),
    }
    choice(say("Does an ankle hurt, now or when you move it?"), "hurts", sides, journey.hurts)


def _pain(journey: Journey, say: Words) -> None:
    note(say("0 is no pain at all, {most} is the worst pain you can imagine.", most=PAIN_MOST))
    pain = journey.symptoms.get("pain", {})
    for when in BEFORE:
        numbers = {str(number): str(number) for number in range(PAIN_MOST + 1)}
        with html.div().classes("rom-numbers"):
            choice(say.sentence(OCCASIONS[when]).capitalize(), when, numbers, str(pain.get(when, "")), row=True)


def _where(journey: Journey, say: Words) -> None:
    places = {code: say.sentence(place.question) for code, place in asked("place").items()}
    chosen = journey.symptoms.get("places", ())
    note(say("Tap on the drawing, or tick the boxes below it."))
    drawing(ankle_map(places, chosen, say))
    ticks(say("It hurts here"), "place", places, chosen)


def _signs(journey: Journey, say: Words) -> None:
    signs = journey.symptoms.get("signs", ())
    for code in NOTICED:
        chosen = "yes" if code in signs else "no" if code in journey.calm else ""
        choice(
            say.sentence(asked("sign")[code].question), code, {"no": say("No"), "yes": say("Yes")}, chosen, row=True
        )


def _since(journey: Journey, say: Words) -> None:
    said = journey.symptoms
    note(say("All of this may be left empty."))
    if journey.hurts != "none":
        entry(say("How and when did it begin?"), "onset", said.get("onset", ""), maxlength=str(ONSET_LETTERS))
    hint = say("0 for this week; empty if there was none.")
    entry(
        say("Weeks since an injury"),
        "injury",
        _weeks_said(said.get("weeks_since_injury")),
        hint=hint,
        inputmode="decimal",
    )
    entry(
        say("Weeks since surgery"),
        "surgery",
        _weeks_said(said.get("weeks_since_surgery")),
        hint=hint,
        inputmode="decimal",
    )
    cleared = {"cleared": say("The surgeon has said that the ankle may be exercised")}
    ticks(say("After surgery"), "cleared", cleared, said.get("signs", ()))


SCREENS = {
    "which": (later("How does it feel?"), _which),
    "pain": (later("How much does it hurt?"), _pain),
    "where": (later("Where does it hurt?"), _where),
    "signs": (later("What else do you notice?"), _signs),
    "since": (later("Since when?"), _since),
}
#: The title of "since" where nothing hurts, so that nothing began.
WITHOUT_PAIN = later("An injury or surgery?")


def _take_which(journey: Journey, said: FormData) -> Journey:
    hurts = str(said.get("hurts", ""))
    if hurts not in ("none", "left", "right", "both"):
        raise ValueError(hurts)
    symptoms = {**journey.symptoms, "side": hurts if hurts in ("left", "right") else None}
    if hurts == "none":
        symptoms |= {"pain": {}, "places": []}
    return replace(journey, hurts=hurts, symptoms=symptoms)


def _take_pain(journey: Journey, said: FormData) -> Journey:
    pain = {when: int(str(said.get(when, ""))) for when in BEFORE}
    if not all(0 <= number <= PAIN_MOST for number in pain.values()):
        raise ValueError(pain)
    return replace(journey, symptoms={**journey.symptoms, "pain": pain})


def _take_where(journey: Journey, said: FormData) -> Journey:
    places = [str(place) for place in said.getlist("place") if place in asked("place")]
    return replace(journey, symptoms={**journey.symptoms, "places": places})


def _take_signs(journey: Journey, said: FormData) -> Journey:
    answers = {code: str(said.get(code, "")) for code in NOTICED}
    if not set(answers.values()) <= {"yes", "no"}:
        raise ValueError(answers)
    kept = [code for code in journey.symptoms.get("signs", ()) if code not in NOTICED]
    found = [code for code in NOTICED if answers[code] == "yes"]
    calm = [code for code in journey.calm if code not in NOTICED]
    calm += [code for code in NOTICED if answers[code] == "no"]
    return replace(journey, calm=tuple(calm), symptoms={**journey.symptoms, "signs": [*kept, *found]})


def _take_since(journey: Journey, said: FormData) -> Journey:
    signs = [code for code in journey.symptoms.get("signs", ()) if code != "cleared"]
    told = {
        "onset": str(said.get("onset", "")).strip()[:ONSET_LETTERS],
        "weeks_since_injury": weeks_of(str(said.get("injury", ""))),
        "weeks_since_surgery": weeks_of(str(said.get("surgery", ""))),
        "signs": [*signs, *(["cleared"] if said.get("cleared") else [])],
    }
    return replace(journey, symptoms={**journey.symptoms, **told})


TAKEN = {
    "which": _take_which,
    "pain": _take_pain,
    "where": _take_where,
    "signs": _take_signs,
    "since": _take_since,
}


def weeks_of(text: str) -> float | None:
    """Weeks as a number; None where nothing is said, ``ValueError`` for what is no number of weeks."""
    text = text.strip().replace(",", ".")
    weeks = float(text) if text else None
    if weeks is not None and not 0 <= weeks <= WEEKS_MOST:
        raise ValueError(text)
    return weeks


def _weeks_said(weeks: float | None) -> str:
    """Weeks as they are written."""
    return "" if weeks is None else f"{weeks:g}"
