"""``/desk/person/ID``: the timeline of somebody, their goals and notes, and changing what is said of them."""

from fastapi import FastAPI
from markupsafe import Markup
from nicegui import html, ui
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rom.errors import RomError, UsageError
from rom.exam.symptoms import OCCASIONS
from rom.records import MOTIONS, Motion
from rom.report.language import Words
from rom.report.naming import MOTION_NAMES
from rom.report.web_page import picture_html
from rom.store.audit import note as write_down
from rom.store.clinic import NoteRow
from rom.store.lists import ExamLine, exam_lines
from rom.store.people import GOAL_DEG, change_person, set_goals
from rom.store.tables import PersonRow, now
from rom.web.desk.layout import desk, page_again, show_part
from rom.web.desk.people import about_of, label_of
from rom.web.desk.sayings import (
    Answers,
    answers_about,
    answers_of,
    asked_person,
    number_of,
    person_questions,
)
from rom.web.desk.timeline import days_of, many_days, symptoms_of, trends_of
from rom.web.ground import Ground, today
from rom.web.theme import actions, form, link, note, post, trouble
from rom.web.who import person_for, who_asks

#: So many days stand on the page at first; so long is a note at most.
DAYS_MOST, NOTE_LETTERS = 20, 4000


def register(app: FastAPI, ground: Ground) -> None:
    """The timeline, changes, goals, notes, archiving."""
    _timeline(ground)
    _changing(app, ground)
    _beside(app, ground)
    _archiving(app, ground)


def _timeline(ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/person/{person_id}")
    def timeline(request: Request, person_id: str, all: str = "") -> None:  # noqa: A002 - a word of the address
        with ground.store.session() as session:
            person = person_for(session, who_asks(request), person_id)
            lines, notes = exam_lines(session, person_id), _notes(session, person_id)
        _show(person, lines, notes, bool(all), say)


def _notes(session: Session, person_id: str) -> list[NoteRow]:
    """What was written down about somebody, the latest first."""
    own = select(NoteRow).where(NoteRow.person_id == person_id)
    return [*session.scalars(own.order_by(NoteRow.created.desc(), NoteRow.id))]


def _show(
    person: PersonRow, lines: list[ExamLine], notes: list[NoteRow], whole: bool, say: Words, wrong: str = ""
) -> None:
    """The page."""
    trail = [(say("People"), "/desk")]
    with desk(label_of(person, say), say, here="/desk", lead=about_of(person, say), trail=trail):
        if wrong:
            trouble(wrong)
        if person.archived is not None:
            note(say("Archived on {day}.", day=say.date(person.archived.isoformat())))
        _ways(person, say)
        with html.div().classes("rom-columns"):
            with html.div():
                _show_lines(person, lines, whole, say)
            with html.aside(**{"aria-label": say("Goals and notes")}):
                _show_beside(person, notes, say)


def _ways(person: PersonRow, say: Words) -> None:
    """What can be done with somebody."""
    with actions():
        link(say("Upload videos"), f"/desk/upload?person={person.id}")
        link(say("Change"), f"/desk/person/{person.id}/edit", "calm")
        link(say("Merge with another entry"), f"/desk/merge?one={person.id}", "calm")
        link(
            say("Whole record as ZIP"), f"/desk/person/{person.id}/record.zip", "calm", download="ankle_record.zip"
        )
        if person.archived is None:
            post(say("Archive"), f"/desk/person/{person.id}/archive")
        else:
            post(say("Take out of the archive"), f"/desk/person/{person.id}/restore")


def _show_lines(person: PersonRow, lines: list[ExamLine], whole: bool, say: Words) -> None:
    """Trends, days and symptoms."""
    days = days_of(lines, say)
    hidden = 0 if whole else max(0, len(days) - DAYS_MOST)
    pictures = trends_of(lines, person.goal_deg, say)
    show_part(
        "person",
        say,
        person=person,
        pictures=Markup("".join(map(picture_html, pictures))),  # noqa: S704 - drawn here, its words escaped there
        wide=many_days(lines),
        days=days[: len(days) - hidden],
        more=say("Show {count} earlier days", count=hidden) if hidden else "",
        symptoms=symptoms_of(lines, say),
        occasions=[say("Pain {occasion}", occasion=say(words)) for words in OCCASIONS.values()],
    )


def _show_beside(person: PersonRow, notes: list[NoteRow], say: Words) -> None:
    """Goals and notes."""
    goals = []
    for motion in MOTIONS:
        value = person.goal_deg.get(motion)
        goals.append((motion, f"{say(MOTION_NAMES[motion])} (°)", "" if value is None else f"{value:g}"))

    def written(one: NoteRow) -> str:
        day = say.date(one.created.astimezone().isoformat())
        clock = f"{one.created.astimezone():%H:%M}"
        by = one.by or say("this computer's user")
        return say("{day}, {clock}, by {by}", day=day, clock=clock, by=by)

    show_part("beside", say, person=person, goals=goals, notes=notes, written=written, most=NOTE_LETTERS)


def _changing(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/person/{person_id}/edit")
    def edit(request: Request, person_id: str) -> None:
        with ground.store.session() as session:
            person = person_for(session, who_asks(request), person_id)
        _ask(person, answers_about(person), say)

    @app.post("/desk/person/{person_id}/edit", response_model=None)
    async def changed(request: Request, person_id: str) -> Response:
        answers, who = answers_of(await request.form()), who_asks(request)
        with ground.store.session() as session:
            before = person_for(session, who, person_id)
        try:
            with ground.store.session() as session, session.begin():
                person = person_for(session, who, person_id)
                _change(person, answers)
                write_down(session, who.doer, "person changed", "person", person_id)
        except RomError as error:
            wrong = say.sentence(str(error))
            return page_again(request, lambda: _ask(before, answers, say, wrong))
        return RedirectResponse(f"/desk/person/{person_id}", 303)


def _change(person: PersonRow, answers: Answers) -> None:
    """What is said of somebody now; an age that was left as it stood stays as it was said."""
    known, said_on = answers_about(person), person.age_said_on
    who = asked_person(answers)
    kept = (person.age_years, said_on) if answers.age == known.age else (who.age_years, today())
    change_person(person, who, label=answers.label, guardian=answers.guardian, said_on=today())
    person.age_years, person.age_said_on = kept[0], None if kept[0] is None else kept[1]


def _ask(person: PersonRow, answers: Answers, say: Words, wrong: str = "") -> None:
    """What is said of somebody, to be changed."""
    here = f"/desk/person/{person.id}"
    trail = [(say("People"), "/desk"), (label_of(person, say), here)]
    with desk(say("Change {name}", name=label_of(person, say)), say, here="/desk", trail=trail):
        if wrong:
            trouble(wrong)
        note(say("Exams that were measured before keep what was said then."))
        with form(f"{here}/edit", back=here, say=say, go_on=say("Keep")):
            person_questions(answers, say)


def _beside(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @app.post("/desk/person/{person_id}/note", response_model=None)
    async def noted(request: Request, person_id: str) -> RedirectResponse:
        who, text = who_asks(request), str((await request.form()).get("text", ""))
        text = text.replace("\0", "").replace("\r\n", "\n").strip()
        with ground.store.session() as session, session.begin():
            person_for(session, who, person_id)
            if not 0 < len(text) <= NOTE_LETTERS:
                raise UsageError(
                    f"Expected a note of 1 to {NOTE_LETTERS} letters, but got {len(text)}; write it anew."
                )
            session.add(NoteRow(person_id=person_id, account_id=who.account_id, by=who.name, text=text))
            write_down(session, who.doer, "note added", "person", person_id)
        return RedirectResponse(f"/desk/person/{person_id}#notes", 303)

    @app.post("/desk/person/{person_id}/goals", response_model=None)
    async def aimed(request: Request, person_id: str) -> Response:
        who, said = who_asks(request), await request.form()
        with ground.store.session() as session:
            before = person_for(session, who, person_id)
            lines, notes = exam_lines(session, person_id), _notes(session, person_id)
        try:
            goals = {
                m: number_of(str(said.get(m, "")).strip(), f"goal of {m.replace('_', ' ')}", *GOAL_DEG)
                for m in MOTIONS
            }
            with ground.store.session() as session, session.begin():
                set_goals(person_for(session, who, person_id), goals)
                write_down(session, who.doer, "goals set", "person", person_id, **goals)
        except RomError as error:
            wrong = say.sentence(str(error))
            return page_again(request, lambda: _show(before, lines, notes, False, say, wrong))
        return RedirectResponse(f"/desk/person/{person_id}", 303)


def _goal(said: FormData, motion: Motion) -> float | None:
    """A goal as it was written."""
    return number_of(str(said.get(motion, "")).strip(), f"goal of {motion.replace('_', ' ')}", *GOAL_DEG)


def _archiving(app: FastAPI, ground: Ground) -> None:
    @app.post("/desk/person/{person_id}/archive", response_model=None)
    def archived(request: Request, person_id: str) -> RedirectResponse:
        _put_away(ground, request, person_id, away=True)
        return RedirectResponse("/desk", 303)

    @app.post("/desk/person/{person_id}/restore", response_model=None)
    def restored(request: Request, person_id: str) -> RedirectResponse:
        _put_away(ground, request, person_id, away=False)
        return RedirectResponse(f"/desk/person/{person_id}", 303)


def _put_away(ground: Ground, request: Request, person_id: str, *, away: bool) -> None:
    """Out of the lists, or back into them."""
    who = who_asks(request)
    with ground.store.session() as session, session.begin():
        person_for(session, who, person_id).archived = now() if away else None
        write_down(session, who.doer, "person archived" if away else "person restored", "person", person_id)
