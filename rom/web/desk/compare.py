"""``/desk/compare?one=EXAM&other=EXAM``: two examinations of one person, or two sides, beside each other."""

from collections.abc import Iterator

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import Request

import rom
from rom.exam.protocols import protocol
from rom.exam.visit import changes, side_differences, why_not_together
from rom.records import MOTIONS, Examination, Finding, Motion, Side
from rom.report.language import Words, later
from rom.report.naming import MOTION_NAMES, SIDE_NAMES
from rom.store.exams import exams_of
from rom.store.tables import MEASURED, ExamRow
from rom.web.desk.layout import cell, desk, table
from rom.web.desk.review import STYLE
from rom.web.desk.reviewed import side_of
from rom.web.ground import Ground
from rom.web.theme import note, points, trouble
from rom.web.visits import examination_of
from rom.web.who import exam_for, who_asks

SCRIPT = "compare.js"
NOTHING = "–"


def register(app: FastAPI, ground: Ground) -> None:  # noqa: ARG001 - the same for every page
    """The page."""
    say = ground.say

    @ui.page("/desk/compare")
    def compare(request: Request, one: str = "", other: str = "") -> None:
        with ground.store.session() as session:
            rows = [exam_for(session, who_asks(request), exam_id) for exam_id in (one, other) if exam_id]
            label = rows[0].person.label if rows else ""
            others = exams_of(session, rows[0].person_id) if len(rows) == 1 else []
        trail = [(say("People"), "/desk")]
        if rows:
            trail.append((label or say("Without a name"), f"/desk/person/{rows[0].person_id}"))
        with desk(say("Compare"), say, trail=trail, scripts=(SCRIPT,)):
            ui.add_head_html(STYLE.format(version=rom.__version__))
            if len(rows) == 2:
                _beside(rows[0], rows[1], say)
            elif rows:
                _choice(rows[0], others, say)
            else:
                note(say("Choose an examination on somebody's page first; then the one to set beside it."))


def _choice(row: ExamRow, others: list[ExamRow], say: Words) -> None:
    """Which examinations of the same person this one may be set beside."""
    if row.document is None:
        trouble(say("It is not measured yet."))
        return
    exam, own = examination_of(row), _name(row, say)
    left = [one for one in others if one.id != row.id and one.state == MEASURED]
    html.h2(say("Set {exam} beside", exam=own))
    if not left:
        note(say("Nothing else of this person was measured."))
    for one in left:
        why = why_not_together(exam, examination_of(one))
        with html.p():
            if why:
                html.span(f"{_name(one, say)}: {say.sentence(why)}").classes("rom-note")
            else:
                html.a(_name(one, say), href=f"/desk/compare?one={row.id}&other={one.id}")


def _beside(one: ExamRow, other: ExamRow, say: Words) -> None:
    """Two examinations, or why they are not set beside each other."""
    why = _why_not(one, other)
    if why:
        trouble(say.sentence(why))
        return
    exams = [examination_of(row) for row in (one, other)]
    html.div(id="compare", **{"data-one": one.id, "data-other": other.id})
    html.h2(say("Values"))
    _values((one, other), exams, say)
    if any(exam.corrections for exam in exams):
        note(
            say(
                "Corrected by hand: the minimal detectable change is that of automatic readings, and says less of "
                "corrected ones."
            )
        )


def _why_not(one: ExamRow, other: ExamRow) -> str:
    """Why two rows are not compared; empty where they are."""
    if one.id == other.id:
        return later("Expected two examinations, but it is the same one twice. Choose another one.")
    if one.person_id != other.person_id:
        return later(
            "Expected two examinations of one person, but they are of two people. Choose two of the same person."
        )
    if one.document is None or other.document is None:
        return later(
            "Expected two examinations that were measured, but one was not yet. Wait until it is, and load again."
        )
    return why_not_together(examination_of(one), examination_of(other))


def _values(rows: tuple[ExamRow, ExamRow], exams: list[Examination], say: Words) -> None:
    """Each motion of both, their difference, and whether it is more than the measurement's own doing."""
    sides = [side_of(row, exam) for row, exam in zip(rows, exams, strict=True)]
    found = _findings(exams, sides)
    names = [
        f"{say(SIDE_NAMES[side])}, {say.short_date(exam.day)}" for side, exam in zip(sides, exams, strict=True)
    ]
    error = say("Minimal detectable change") if sides[0] == sides[1] else say("Error of both")
    heads = (say("Motion"), *names, say("Difference"), error, say("Beyond it"))
    with table(say("Values"), heads, numbers=(1, 2, 3, 4, 5)):
        for motion in MOTIONS:
            values = [_value(exam, side, motion) for exam, side in zip(exams, sides, strict=True)]
            if values != [None, None]:
                with html.tr():
                    html.th(say(MOTION_NAMES[motion]), scope="row")
                    finding = next((f for f in found if f.motion == motion), None)
                    for words in _cells(values[0], values[1], finding, say):
                        cell(words, number=True)
    said = [f"{say(MOTION_NAMES[one.motion])}: {say.sentence(one.message)}" for one in found if one.motion]
    if said:
        points(*said)
    else:
        note(
            say(
                "What the difference means cannot be told: the quality of one was poor, or it was not done as it "
                "should be."
            )
        )


def _findings(exams: list[Examination], sides: list[Side]) -> list[Finding]:
    """What the difference says: between days on one side, or between the sides."""
    if sides[0] != sides[1]:
        return side_differences(exams)
    earlier, later = sorted(exams, key=lambda exam: (exam.day, exam.created))
    return [finding for finding in changes([later], [earlier]) if finding.side == sides[0]]


def _cells(first: float | None, second: float | None, finding: Finding | None, say: Words) -> Iterator[str]:
    """Both values, the second less the first, what measuring alone may make of it, and whether it is more."""
    for value in (first, second):
        yield say("Cannot tell") if value is None else say.degrees(value, 1)
    apart = None if first is None or second is None else second - first
    yield NOTHING if apart is None else f"{'+' if apart > 0 else ''}{say.degrees(apart, 1)}"
    numbers = {} if finding is None else finding.numbers
    least = numbers.get("mdc", numbers.get("error"))
    yield NOTHING if least is None else say.degrees(least, 1)
    yield NOTHING if least is None or apart is None else say("yes") if abs(apart) > least else say("no")


def _value(exam: Examination, side: Side, motion: Motion) -> float | None:
    """The number of a motion of a side."""
    own = (one.value_deg for one in exam.results if (one.side, one.motion) == (side, motion))
    return next(own, None)


def _name(row: ExamRow, say: Words) -> str:
    """An examination in a few words: its side, its exam and its day."""
    exam = examination_of(row)
    side = say(SIDE_NAMES[side_of(row, exam)])
    return f"{side}, {say(protocol(exam.protocol.name).title)}, {say.date(exam.day)}"
