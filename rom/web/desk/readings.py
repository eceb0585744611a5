"""``/desk/readings/ID``: what a goniometer read beside an examination; other pages show the same small form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import FastAPI, Form
from nicegui import html, ui
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse

from rom.errors import UsageError
from rom.records import MOTIONS, Motion
from rom.report.language import Words
from rom.report.naming import MOTION_NAMES
from rom.store.clinic import ReadingRow
from rom.store.readings import RANGES_DEG, SIGNS, add_reading, check_reading, readings_of, standing
from rom.store.tables import ExamRow, PersonRow
from rom.web.desk.asked import ExamAsked
from rom.web.desk.layout import cell, desk, mark, table
from rom.web.desk.signer import signer_of
from rom.web.desk.timeline import ankle_words, exam_title
from rom.web.ground import Ground
from rom.web.pages.about import name_of
from rom.web.theme import button, entry, trouble
from rom.web.who import Who, exam_for, who_asks

#: Pages of the desk that a reading may lead back to.
BACK = re.compile(r"/desk/[A-Za-z0-9/_.-]*")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed and not taken: it is shown again, with why."""

    motion: str = ""
    degrees: str = ""
    by: str = ""


def register(app: FastAPI, ground: Ground) -> None:
    """The page, and where a reading is sent to."""
    say = ground.say

    @ui.page("/desk/readings/{exam_id}")
    def page(
        request: Request, exam: ExamAsked, motion: str = "", degrees: str = "", by: str = "", back: str = ""
    ) -> None:
        with ground.store.session() as session:
            person = session.get_one(PersonRow, exam.person_id)
        day = say.date(exam.recorded_on.isoformat())
        title = say("Goniometer: {ankle}, {day}", ankle=ankle_words(exam.side, say).lower(), day=day)
        trail = [
            (say("People"), "/desk"),
            (name_of(person, say), f"/desk/person/{person.id}"),
            (exam_title(exam.protocol, say), f"/desk/exam/{exam.id}"),
        ]
        with desk(title, say, trail=trail):
            typed = Typed(motion, degrees, by) if motion or degrees else None
            readings_form(ground, who_asks(request), exam, back=back, typed=typed, heading=False)

    @app.post("/desk/readings/{exam_id}")
    def add(
        request: Request,
        exam_id: str,
        motion: Annotated[str, Form()] = "",
        degrees: Annotated[str, Form()] = "",
        by: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        who = who_asks(request)
        own = back if BACK.fullmatch(back) else f"/desk/readings/{exam_id}"
        with ground.store.session() as session, session.begin():
            exam_for(session, who, exam_id)
            try:
                number = number_in(degrees)
                add_reading(session, exam_id, motion=motion, degrees=number, by=by, doer=who.doer)
            except UsageError:
                typed = {"motion": motion, "degrees": degrees, "by": by, "back": back}
                again = URL(f"/desk/readings/{exam_id}").include_query_params(**typed)
                return RedirectResponse(str(again), 303)
        return RedirectResponse(own, 303)


def readings_form(
    ground: Ground, who: Who, exam: ExamRow, *, back: str = "", typed: Typed | None = None, heading: bool = True
) -> None:
    """Draw the readings of an examination beside the camera's numbers, and the form that adds one.

    Parameters
    ----------
    back : the address of the desk that it leads back to. typed : what was typed before, and could not be taken.
    heading : whether it has one of its own.
    """
    say = ground.say
    with ground.store.session() as session:
        rows = readings_of(session, exam.id)
        name = signer_of(session, who)
    if heading:
        html.h2(say("Goniometer"))
    if typed is not None:
        trouble(say.sentence(_why(typed)))
    if rows:
        _readings(rows, exam, say)
    typed = typed or Typed(by=rows[-1].by if rows else name)
    with html.form(action=f"/desk/readings/{exam.id}", method="post").classes("rom-readings"):
        html.input_(type="hidden", name="back", value=back)
        with html.div().classes("rom-line"):
            with html.label().classes("rom-entry"):
                html.span(say("Motion"))
                with html.select(name="motion"):
                    for motion in MOTIONS:
                        more = {"selected": True} if motion == typed.motion else {}
                        html.option(say(MOTION_NAMES[motion]), value=motion, **more)
            told: dict[str, str | bool] = {
                "inputmode": "decimal",
                "required": True,
                "aria-describedby": "readings-sign",
            }
            entry(say("Degrees"), "degrees", typed.degrees, hint="", **told)
            entry(say("Read by"), "by", typed.by, required=True)
            button(say("Add the reading"))
        with html.ul(id="readings-sign").classes("rom-note rom-signs"):
            for motion in MOTIONS:
                html.li(_sign(motion, say))


def number_in(text: str) -> float:
    """A number of degrees as people write it: ``12,5``, ``−3°``.

    Raises
    ------
    UsageError : it is none.
    """
    plain = text.strip().removesuffix("°").strip().replace(",", ".").replace("−", "-")
    try:
        return float(plain)
    except ValueError as error:
        raise UsageError(
            f"Expected a number of degrees such as 12 or -3.5, but got '{text[:20]}'; write the number alone."
        ) from error


def camera_deg(results: Sequence[dict[str, object]] | None, side: str, motion: str) -> float | None:
    """What the camera found of a motion, in the results of a document; None where it cannot be told."""
    own = (row["value_deg"] for row in results or () if (row["side"], row["motion"]) == (side, motion))
    return cast("float | None", next(own, None))


def _readings(rows: Sequence[ReadingRow], exam: ExamRow, say: Words) -> None:
    """The readings, the last one first, each beside the camera's number."""
    counted = {row.id for row in standing(rows)}
    heads = [
        say(words) for words in ("Motion", "Goniometer", "Camera", "Camera − goniometer", "Read by", "When", "")
    ]
    results = (exam.document or {}).get("results")
    with table(say("Readings of this examination"), heads, numbers=(1, 2, 3)):
        for row in reversed(rows):
            camera = camera_deg(results, exam.side, row.motion)
            with html.tr():
                html.th(say(MOTION_NAMES[cast("Motion", row.motion)]), scope="row")
                cell(say.degrees(row.degrees, 1), number=True, head=heads[1])
                cell("–" if camera is None else say.degrees(camera, 1), number=True, head=heads[2])
                apart = "–" if camera is None else say.degrees(camera - row.degrees, 1)
                cell(apart, number=True, head=heads[3])
                cell(row.by, head=heads[4])
                cell(f"{row.created.astimezone():%Y-%m-%d %H:%M}", head=heads[5])
                with html.td():
                    if row.id not in counted:
                        mark(say("replaced"))


def _why(typed: Typed) -> str:
    """Why what was typed could not be taken."""
    try:
        check_reading(typed.motion, number_in(typed.degrees))
    except UsageError as error:
        return str(error)
    return "Expected the name of whoever read the goniometer; write it in."


def _sign(motion: Motion, say: Words) -> str:
    """What a motion is counted from, and what may be written."""
    low, high = (say.degrees(end) for end in RANGES_DEG[motion])
    return say(
        "{motion}: {sign}. From {low} to {high}.",
        motion=say(MOTION_NAMES[motion]),
        sign=say(SIGNS[motion]),
        low=low,
        high=high,
    )
