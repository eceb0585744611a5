"""``/about``: who is measured, asked once, then whether it is still you; under 16 a guardian's consent."""

import math
from dataclasses import replace

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from rom.records import SEXES, Person
from rom.report.language import Words
from rom.report.naming import person_words
from rom.report.patient_page import GUARDIAN_BELOW_YEARS
from rom.store.care import take_care
from rom.store.clinic import PATIENT
from rom.store.people import LABEL_LETTERS, SPORT_LETTERS, add_person, people, person_of
from rom.store.tables import PersonRow
from rom.web.ground import Ground, today
from rom.web.journey import Journey, journey_of, save
from rom.web.pages.safety import parts
from rom.web.theme import actions, choice, entry, form, frame, link, note, post, stays, trouble
from rom.web.who import Who, theirs, who_asks

#: No one grows older; a larger number is a slip.
OLDEST_YEARS = 120
LAST_OF_SAFETY = f"/safety?part={len(parts())}"


def register(app: FastAPI, ground: Ground) -> None:
    """Who it is, a new person, a guardian."""
    _who(app, ground)
    _new(app, ground)
    _guardian(app, ground)


def name_of(row: PersonRow, say: Words) -> str:
    """What somebody is called, or what is known of them."""
    who = person_of(row, today())
    age = None if who.age_years is None else float(math.floor(who.age_years))  # as ages are told
    words = ", ".join(person_words(replace(who, age_years=age), say))
    return f"{row.label} ({words})" if row.label and words else row.label or words or say("Somebody without a name")


def _who(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/about")
    def about(request: Request) -> RedirectResponse | None:
        journey = journey_of(request)
        if not journey.safe:
            return RedirectResponse("/safety")
        who = who_asks(request)
        with ground.store.session() as session:
            known = people(session, theirs(who))
        if not known:
            return RedirectResponse("/about/new")
        same = next((row for row in known if row.id == journey.person_id), None)
        title = say("Is this still you?") if same is not None else say("Who is measured today?")
        with frame(title, say, step=2):
            _asked_who(known, same, who, say)
        return None

    @app.post("/about")
    async def chosen(request: Request) -> RedirectResponse:
        person_id = str((await request.form()).get("person", ""))
        with ground.store.session() as session:
            row = session.scalars(theirs(who_asks(request)).where(PersonRow.id == person_id)).first()
        if row is None:
            return RedirectResponse("/about", 303)
        save(ground.store, replace(journey_of(request), person_id=row.id, sure=True))
        return RedirectResponse("/feels", 303)


def _asked_who(known: list[PersonRow], same: PersonRow | None, who: Who, say: Words) -> None:
    """Whether it is still the same one, or which of those that are known; a patient is nobody else."""
    if same is not None:
        html.p(name_of(same, say)).classes("rom-said")
        with actions():
            post(say("Yes, this is me"), "/about", "main", person=same.id)
        if who.role != PATIENT:
            html.h2(say("Or is it somebody else?"))
    with actions():
        for row in known:
            if row is not same:
                post(name_of(row, say), "/about", "calm", person=row.id)
        if who.role != PATIENT:
            link(say("Somebody else"), "/about/new", "calm")
        link(say("Back"), LAST_OF_SAFETY, "calm")


def _new(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/about/new")
    def new(request: Request, again: int = 0) -> RedirectResponse | None:
        journey = journey_of(request)
        if not journey.safe:
            return RedirectResponse("/safety")
        lead = f"{say('Ankles differ with age and sex; this is asked once.')} {stays(who_asks(request), say)}"
        with frame(say("About you"), say, step=2, lead=lead):
            if again:
                trouble(say("Please give your age in years, from 1 to {most}.", most=OLDEST_YEARS))
            with form("/about/new", back=LAST_OF_SAFETY, say=say):
                _questions(journey, say)
        return None

    @app.post("/about/new")
    async def answered(request: Request) -> RedirectResponse:
        said = await request.form()
        journey = journey_of(request)
        words = {name: str(said.get(name, "")).strip() for name in ("label", "age", "sex", "sport")}
        journey = replace(journey, about=words)
        save(ground.store, journey)
        who = person_said(words)
        if who is None or who.age_years is None:
            return RedirectResponse("/about/new?again=1", 303)
        if who.age_years < GUARDIAN_BELOW_YEARS:
            return RedirectResponse("/about/guardian", 303)
        _keep(ground, journey, who, "", who_asks(request))
        return RedirectResponse("/feels", 303)


def _questions(journey: Journey, say: Words) -> None:
    """What is asked of somebody new."""
    said = journey.about
    entry(
        say("What may we call you?"),
        "label",
        said.get("label", ""),
        hint=say("Any name will do; you may leave it empty."),
        maxlength=str(LABEL_LETTERS),
    )
    entry(say("How old are you, in years?"), "age", said.get("age", ""), inputmode="decimal", required=True)
    sexes = {"female": say("Female"), "male": say("Male"), "unsaid": say("I prefer not to say")}
    choice(
        say("Your sex"),
        "sex",
        sexes,
        said.get("sex", ""),
        hint=say("Women and men are compared separately. Without it there may be nothing to compare with."),
    )
    entry(
        say("Which sport do you do most?"),
        "sport",
        said.get("sport", ""),
        hint=say("For example football or ballet; you may leave it empty."),
        maxlength=str(SPORT_LETTERS),
    )


def person_said(words: dict[str, str]) -> Person | None:
    """The person as said; None where the age cannot be one."""
    try:
        age = float(words.get("age", "").replace(",", "."))
    except ValueError:
        return None
    if not math.isfinite(age) or not 1 <= age <= OLDEST_YEARS:
        return None
    sex = next((one for one in SEXES if one == words.get("sex")), None)
    return Person(age, sex, words.get("sport", "")[:SPORT_LETTERS])


def _guardian(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/about/guardian")
    def guardian(request: Request, again: int = 0) -> RedirectResponse | None:
        journey = journey_of(request)
        if person_said(journey.about) is None:
            return RedirectResponse("/about/new")
        lead = say("You are under {years}: please fetch a parent or guardian now.", years=GUARDIAN_BELOW_YEARS)
        with frame(say("An adult, please"), say, step=2, lead=lead):
            if again:
                trouble(say("Please give the guardian's name and the tick; the exam goes on with both."))
            note(
                say(
                    "For the guardian: the exam films a leg while the foot is moved as far as it goes, and keeps "
                    "numbers and pictures on this computer. It is not a diagnosis. Stay in the room, and stop "
                    "if it hurts."
                )
            )
            with form("/about/guardian", back="/about/new", say=say):
                entry(say("Name of the guardian"), "guardian", required=True, maxlength=str(LABEL_LETTERS))
                with html.label().classes("rom-option"):
                    html.input_(type="checkbox", name="consent", value="yes", required=True)
                    html.span(say("I am the parent or guardian, I have read this, and I agree."))
        return None

    @app.post("/about/guardian")
    async def consented(request: Request) -> RedirectResponse:
        said = await request.form()
        journey = journey_of(request)
        name, who = str(said.get("guardian", "")).strip()[:LABEL_LETTERS], person_said(journey.about)
        if who is None:
            return RedirectResponse("/about/new", 303)
        if not name or said.get("consent") != "yes":
            return RedirectResponse("/about/guardian?again=1", 303)
        _keep(ground, journey, who, name, who_asks(request))
        return RedirectResponse("/feels", 303)


def _keep(ground: Ground, journey: Journey, who: Person, guardian: str, by: Who) -> None:
    """Keep somebody new, in the care of the therapist who adds them, and go on as them."""
    with ground.store.session() as session, session.begin():
        label = journey.about.get("label", "")[:LABEL_LETTERS]
        row = add_person(session, who, label=label, guardian=guardian, said_on=today())
        if by.account_id is not None:
            take_care(session, by.doer, by.account_id, row.id)
    save(ground.store, replace(journey, about={}, person_id=row.id, sure=True))
