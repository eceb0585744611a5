"""``/history``: the days that were measured, how each motion went over them, and erasing one of them."""

from dataclasses import replace
from datetime import date

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from rom.errors import RomError
from rom.exam.visit import visit_of
from rom.report.content import Picture
from rom.report.language import Words
from rom.report.patient_page import trend
from rom.report.shown import groups
from rom.report.web_page import picture_html
from rom.store.audit import note as note_done
from rom.store.erase import erase_exam
from rom.store.exams import AUTO, exams_of
from rom.store.people import people
from rom.store.reports import reports_of
from rom.store.tables import MEASURED, ExamRow
from rom.web.desk.timeline import exam_title
from rom.web.ground import Ground
from rom.web.journey import journey_of, save
from rom.web.pages.about import name_of
from rom.web.pages.result import has_number, standing
from rom.web.theme import actions, frame, link, note, post, trouble
from rom.web.visits import examination_of, rows_on
from rom.web.who import theirs, who_asks


def register(app: FastAPI, ground: Ground) -> None:
    """The days, whose they are, and erasing one."""
    _days(app, ground)
    _erasing(app, ground)


def _days(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/history")
    def history(request: Request) -> None:
        journey = journey_of(request)
        who = who_asks(request)
        with ground.store.session() as session:
            known = people(session, theirs(who))
            rows = [] if journey.person_id is None else exams_of(session, journey.person_id)
        mine = next((row for row in known if row.id == journey.person_id), None)
        others = [row for row in known if row is not mine]
        with frame(say("Earlier results"), say, lead="" if mine is None else name_of(mine, say), wide=True):
            if mine is not None and not rows:
                note(say("Nothing was measured yet."))
            _trends(rows, say)
            if rows:
                html.h2(say("Day by day"))
            for day in sorted({row.recorded_on for row in rows}, reverse=True):
                _one_day(day, [row for row in rows if row.recorded_on == day], say, may_erase=who.at_the_desk)
            if others:
                html.h2(say("Whose results?") if mine is None else say("Somebody else's"))
                with actions():
                    for row in others:
                        post(name_of(row, say), "/history", "calm", person=row.id)
            if not known:
                note(say("Nobody was measured here yet."))
            with actions():
                link(say("To the first page"), "/", "calm" if known else "main")

    @app.post("/history")
    async def whose(request: Request) -> RedirectResponse:
        person_id = str((await request.form()).get("person", ""))
        with ground.store.session() as session:
            known = {row.id for row in people(session, theirs(who_asks(request)))}
        if person_id in known:
            save(ground.store, replace(journey_of(request), person_id=person_id, sure=False, exams=()))
        return RedirectResponse("/history", 303)


def _one_day(day: date, rows: list[ExamRow], say: Words, *, may_erase: bool) -> None:
    """A day: what was done, and the ways on."""
    with html.article().classes("rom-day"):
        html.h3(say.date(day.isoformat()))
        sides = {"left": say("left"), "right": say("right"), AUTO: say("side not recognised yet")}
        for name in dict.fromkeys(row.protocol for row in rows):
            done = ", ".join(sides[row.side] for row in rows if row.protocol == name)
            html.p(f"{exam_title(name, say)}: {done}")
        for row in rows:
            if not has_number(row):
                note(standing(row, say))
        with actions():
            spoken = say.date(day.isoformat())
            link(say("Open"), f"/day/{day}", "calm", **{"aria-label": say("Open {day}", day=spoken)})
            if may_erase:
                link(say("Erase"), f"/erase/{day}", "calm", **{"aria-label": say("Erase {day}", day=spoken)})


def _trends(rows: list[ExamRow], say: Words) -> None:
    """How each motion of each exam went, where there are two days or more."""
    measured = [row for row in rows if row.state == MEASURED]
    pictures: list[Picture] = []
    try:
        for name in dict.fromkeys(row.protocol for row in measured):
            own = [row for row in measured if row.protocol == name]
            last = own[-1].recorded_on
            today = [examination_of(row) for row in own if row.recorded_on == last]
            before = [examination_of(row) for row in own if row.recorded_on < last]
            shown = [one for group in groups(visit_of(today, before)) for one in group.results]
            pictures += [picture for one in shown for picture in trend(one, say)]
    except RomError as error:
        trouble(say.sentence(str(error)))
    if pictures:
        html.h2(say("Over time"))
        ui.html("".join(map(picture_html, pictures)), sanitize=False).classes("rom-report rom-trends")
        note(say("Within a grey band a change cannot be told from measurement error."))


def _erasing(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/erase/{day}")
    def erase(request: Request, day: str) -> RedirectResponse | None:
        journey = journey_of(request)
        rows = _rows_of(ground, journey.person_id, day)
        if not rows:
            return RedirectResponse("/history")
        on = rows[0].recorded_on.isoformat()
        with frame(say("Erase {day}?", day=say.date(on)), say):
            note(say("Numbers, pictures and videos of this day are taken away for good."))
            if _is_signed(ground, rows[0]):
                note(say("The signed report of this day stays until you are erased altogether."))
            with actions():
                post(say("Erase it"), f"/erase/{on}", "danger")
                link(say("Keep it"), "/history", "calm")
        return None

    @app.post("/erase/{day}")
    def erased(request: Request, day: str) -> RedirectResponse:
        for row in _rows_of(ground, journey_of(request).person_id, day):
            erase_exam(ground.store, row.id)
            with ground.store.session() as session, session.begin():
                note_done(session, who_asks(request).doer, "exam erased", "exam", row.id)
        return RedirectResponse("/history", 303)


def _is_signed(ground: Ground, row: ExamRow) -> bool:
    """Whether a report of its day was signed, which holds numbers of its own."""
    with ground.store.session() as session:
        return bool(reports_of(session, row.person_id, row.recorded_on))


def _rows_of(ground: Ground, person_id: str | None, day: str) -> list[ExamRow]:
    """Everything of a day of an address; nothing where it is no day."""
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return []
    return [] if person_id is None else rows_on(ground.store, person_id, asked)
