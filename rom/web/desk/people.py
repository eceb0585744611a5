"""``/desk``: everybody who is theirs, to search, add and open; and two rows of one person to be made one."""

from datetime import date
from math import floor
from urllib.parse import urlencode

from fastapi import FastAPI
from nicegui import html, ui
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.errors import RomError
from rom.records import Person
from rom.report.language import Words
from rom.report.naming import person_words
from rom.store.audit import note as write_down
from rom.store.clinic import CareRow
from rom.store.lists import Order, Page, exam_lines, listed
from rom.store.merging import merge
from rom.store.people import add_person, person_of
from rom.store.tables import PersonRow
from rom.web.desk.layout import desk, page_again, show_part
from rom.web.desk.sayings import Answers, answers_of, asked_person, person_questions
from rom.web.ground import Ground, today
from rom.web.theme import actions, form, link, note, post, trouble
from rom.web.who import Who, person_for, theirs, who_asks

PEOPLE = ("People", "/desk")


def register(app: FastAPI, ground: Ground) -> None:
    """The list, somebody new, and merging."""
    _list(ground)
    _new(app, ground)
    _merging(app, ground)


def label_of(row: PersonRow, say: Words) -> str:
    """What somebody is called at the desk."""
    return row.label or say("Without a name")


def about_of(row: PersonRow, say: Words) -> str:
    """Age, sex and sport."""
    who = person_of(row, today())
    age = None if who.age_years is None else float(floor(who.age_years))
    return ", ".join(person_words(Person(age, who.sex, who.sport), say))


def _list(ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk")
    def everybody(request: Request, q: str = "", order: str = "last", archived: str = "", page: int = 1) -> None:
        asked = {"q": q[:100], "order": order, "archived": archived, "one": ""}
        with ground.store.session() as session:
            found = _found(session, who_asks(request), asked, page)
        with desk(say("People"), say, here="/desk"):
            _show(found, asked, "/desk", say)


def _found(session: Session, who: Who, asked: dict[str, str], page: int) -> Page:
    """A page of their people."""
    order: Order = "name" if asked["order"] == "name" else "last"
    return listed(session, theirs(who), search=asked["q"], order=order, archived=bool(asked["archived"]), page=page)


def _show(found: Page, asked: dict[str, str], address: str, say: Words) -> None:
    """The search and what it found; where one is to be merged, each name leads to the question whether."""
    said = {name: value for name, value in asked.items() if value}
    one = asked["one"]

    def to(number: int) -> str:
        return f"{address}?{urlencode({**said, 'page': number})}"

    def way(person_id: str) -> str:
        return f"/desk/merge?{urlencode({'one': one, 'other': person_id})}" if one else f"/desk/person/{person_id}"

    def day(last: date | None) -> str:
        return say("None yet") if last is None else say.short_date(last.isoformat())

    nobody = say("Nobody was found; try fewer letters, or add them.") if asked["q"] else say("There is nobody yet.")
    counted = say("1 person") if found.found == 1 else say("{count} people", count=found.found)
    more = {"to": to, "link": way, "day": day, "nobody": nobody, "counted": counted}
    named = {"called": lambda row: label_of(row, say), "about": lambda row: about_of(row, say)}
    show_part("people", say, page=found, asked=asked, address=address, **more, **named)


def _new(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/new")
    def new() -> None:
        _ask(Answers(), say)

    @app.post("/desk/new", response_model=None)
    async def added(request: Request) -> Response:
        answers = answers_of(await request.form())
        try:
            person_id = add(ground, who_asks(request), answers)
        except RomError as error:
            wrong = say.sentence(str(error))
            return page_again(request, lambda: _ask(answers, say, wrong))
        return RedirectResponse(f"/desk/person/{person_id}", 303)


def _ask(answers: Answers, say: Words, wrong: str = "") -> None:
    """Who somebody new is."""
    with desk(say("Add somebody"), say, here="/desk", trail=[(say("People"), "/desk")]):
        if wrong:
            trouble(wrong)
        with form("/desk/new", back="/desk", say=say, go_on=say("Add")):
            person_questions(answers, say)


def add(ground: Ground, who: Who, answers: Answers) -> str:
    """Somebody new, who is theirs from then on; the ID."""
    with ground.store.session() as session, session.begin():
        row = add_person(
            session, asked_person(answers), label=answers.label, guardian=answers.guardian, said_on=today()
        )
        if who.account_id is not None:
            session.add(CareRow(account_id=who.account_id, person_id=row.id))
        write_down(session, who.doer, "person added", "person", row.id)
    return row.id


def _merging(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/merge")
    def merging(request: Request, one: str = "", other: str = "", q: str = "", page: int = 1) -> None:
        who = who_asks(request)
        with ground.store.session() as session:
            first = person_for(session, who, one)
            second = person_for(session, who, other) if other else None
            asked = {"q": q[:100], "order": "name", "archived": "", "one": one}
            found = None if second is not None else _found(session, who, asked, page)
        trail = [(say("People"), "/desk"), (label_of(first, say), f"/desk/person/{one}")]
        if found is not None:
            with desk(say("Who is the same person?"), say, here="/desk", trail=trail):
                note(say("Choose the other entry of {name}.", name=label_of(first, say)))
                rows = tuple(line for line in found.rows if line.row.id != one)
                _show(Page(rows, found.number, found.pages, found.found), asked, "/desk/merge", say)
        elif second is not None:
            with ground.store.session() as session:
                both = [_facts(session, row, say) for row in (first, second)]
            with desk(say("Are these two one person?"), say, here="/desk", trail=trail):
                _compare(first, second, both, say)

    @app.post("/desk/merge", response_model=None)
    async def merged(request: Request) -> RedirectResponse:
        said, who = await request.form(), who_asks(request)
        kept, gone = str(said.get("kept", "")), str(said.get("gone", ""))
        with ground.store.session() as session, session.begin():
            for person_id in (kept, gone):
                person_for(session, who, person_id)
            merge(session, who.doer, kept, gone)
        return RedirectResponse(f"/desk/person/{kept}", 303)


def _facts(session: Session, row: PersonRow, say: Words) -> dict[str, str]:
    """What tells two entries apart."""
    lines = exam_lines(session, row.id)
    days = [line.recorded_on.isoformat() for line in lines]
    return {
        say("About"): about_of(row, say) or say("Nothing was said"),
        say("Guardian"): row.guardian,
        say("Added"): say.date(row.created.isoformat()),
        say("Exams"): str(len(lines)),
        say("First exam"): say.date(days[0]) if days else say("None yet"),
        say("Last exam"): say.date(days[-1]) if days else say("None yet"),
    }


def _compare(first: PersonRow, second: PersonRow, both: list[dict[str, str]], say: Words) -> None:
    """Both entries beside each other; either may be the one that stays."""
    note(
        say(
            "Exams, notes, readings, reports and uploads of both will stand under the one that you keep, with its "
            "name. What it does not say itself is taken from the other. Merging cannot be taken back."
        )
    )
    with html.div().classes("rom-pair"):
        for row, facts, other in ((first, both[0], second), (second, both[1], first)):
            with html.section().classes("rom-sheet"):
                html.h2(label_of(row, say))
                with html.dl().classes("rom-facts"):
                    for words, value in facts.items():
                        if value:
                            html.dt(words)
                            html.dd(value)
                keep = say("Merge, and keep {name}", name=label_of(row, say))
                post(keep, "/desk/merge", "main" if row is first else "calm", kept=row.id, gone=other.id)
    with actions():
        link(say("They are two people: change nothing"), f"/desk/person/{first.id}", "calm")
