"""``/desk/compare?one=EXAM&other=EXAM``: two examinations of one person, or two sides, beside each other."""

from collections.abc import Iterator

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import Request

import rom
from rom.exam.protocols import protocol
from rom.exam.visit import changes, side_differences, why_not_together
from rom.records import MOTIONS, Examination, Finding, Motion
from rom.report.language import Words
from rom.report.naming import MOTION_NAMES, SIDE_NAMES
from rom.store.exams import exams_of
from rom.store.tables import MEASURED, ExamRow
from rom.web.desk.layout import cell, desk, table
from rom.web.desk.review import STYLE
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
    exam = examination_of(row)
    left = [one for one in others if one.id != row.id and one.state == MEASURED]
    html.h2(say("Set {exam} beside", exam=_name(exam, say)))
    if not left:
        note(say("Nothing else of this person was measured."))
    for one in left:
        found = examination_of(one)
        why = why_not_together(exam, found)
        with html.p():
            if why:
                html.span(f"{_name(found, say)}: {say.sentence(why)}").classes("rom-note")
            else:
                html.a(_name(found, say), href=f"/desk/compare?one={row.id}&other={one.id}")


def _beside(one: ExamRow, other: ExamRow, say: Words) -> None:
    """Two examinations, or why they are not set beside each other."""
    why = _why_not(one, other)
    if why:
        trouble(say.sentence(why))
        return
    exams = [examination_of(row) for row in (one, other)]
    html.div(id="compare", **{"data-one": one.id, "data-other": other.id})
    html.h2(say("Values"))
    _values(exams[0], exams[1], say)
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
        return "Expected two examinations, but it is the same one twice. Choose another one."
    if one.person_id != other.person_id:
        return "Expected two examinations of one person, but they are of two people. Choose two of the same person."
    if one.document is None or other.document is None:
        return (
            "Expected two examinations that were measured, but one was not yet. Wait until it is, and load again."
        )
    return why_not_together(examination_of(one), examination_of(other))


def _values(one: Examination, other: Examination, say: Words) -> None:
    """Each motion of both, their difference, and whether it is more than the measurement's own doing."""
    found = _findings(one, other)
    names = [_short(exam, say) for exam in (one, other)]
    sides = {exam.sides[0].side for exam in (one, other)}
    error = say("Minimal detectable change") if len(sides) == 1 else say("Error of both")
    heads = (say("Motion"), *names, say("Difference"), error, say("Beyond it"))
    with table(say("Values"), heads, numbers=(1, 2, 3, 4, 5)):
        for motion in MOTIONS:
            values = [_value(exam, motion) for exam in (one, other)]
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


def _findings(one: Examination, other: Examination) -> list[Finding]:
    """What the difference says: between days on one side, or between the sides."""
    if {result.side for result in one.results} != {result.side for result in other.results}:
        return side_differences([one, other])
    earlier, later = sorted((one, other), key=lambda exam: (exam.day, exam.created))
    return changes([later], [earlier])


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


def _value(exam: Examination, motion: Motion) -> float | None:
    """The number of a motion, of the side that was measured."""
    found = (
        result.value_deg for result in exam.results if result.motion == motion and result.value_deg is not None
    )
    return next(found, None)


def _short(exam: Examination, say: Words) -> str:
    """Its side and its day."""
    return f"{say(SIDE_NAMES[exam.sides[0].side])}, {say.short_date(exam.day)}"


def _name(exam: Examination, say: Words) -> str:
    """An examination in a few words: its side, its exam and its day."""
    side = say(SIDE_NAMES[exam.sides[0].side])
    return f"{side}, {say(protocol(exam.protocol.name).title)}, {say.date(exam.day)}"
