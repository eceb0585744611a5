"""``/desk/agreement``: how well the camera agrees with the goniometer in this clinic; it changes no number."""

import csv
from asyncio import to_thread
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from math import isfinite
from typing import cast

import numpy as np
from fastapi import FastAPI
from nicegui import html, ui
from sqlalchemy import select
from sqlalchemy.orm import defer
from starlette.requests import Request
from starlette.responses import Response

from rom.records import MOTIONS, Motion
from rom.report.agreement_picture import agreement_picture
from rom.report.content import Picture
from rom.report.language import Words
from rom.report.naming import MOTION_NAMES
from rom.report.results_table import text_cell
from rom.report.web_page import picture_html
from rom.store import Store
from rom.store.clinic import ReadingRow
from rom.store.readings import standing
from rom.store.tables import ExamRow, PersonRow
from rom.study.reliability import Agreement, Estimate, agreement
from rom.web.desk.layout import cell, desk, table
from rom.web.desk.readings import camera_deg
from rom.web.desk.signing import PATIENCE_S
from rom.web.desk.timeline import ankle_words, exam_title
from rom.web.ground import Ground
from rom.web.theme import actions, link, note, points
from rom.web.who import Who, theirs, who_asks

#: An agreement from fewer pairs says nothing yet: with ten, the limits are already known to no better than ±1.2 SD
#: of the differences (Bland and Altman 1999: √(3/n) × t); our choice.
PAIRS_LEAST = 10
CSV_COLUMNS = (
    "person",
    "exam",
    "day",
    "protocol",
    "side",
    "motion",
    "camera_deg",
    "goniometer_deg",
    "corrected_deg",
    "read_by",
    "read_at",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One reading beside what the camera found by itself. `corrected_deg` : after somebody corrected it, if so."""

    person_id: str
    person: str
    exam_id: str
    day: date
    protocol: str
    side: str
    motion: Motion
    camera_deg: float
    goniometer_deg: float
    corrected_deg: float | None
    by: str
    read: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The pairs of a motion, of one exam or of all; `found` is None where they are too few."""

    motion: Motion
    protocol: str
    pairs: tuple[Pair, ...]
    found: Agreement | None


def register(app: FastAPI, ground: Ground) -> None:
    """The page, and its pairs as a table."""
    say = ground.say

    @ui.page("/desk/agreement", response_timeout=PATIENCE_S)
    async def page(request: Request) -> None:
        who = who_asks(request)
        pairs = await to_thread(pairs_of, ground.store, who)
        found = await to_thread(groups, pairs)
        lead = say("How far the camera and a goniometer are apart, in the examinations of your own people.")
        with desk(say("Camera and goniometer"), say, here="/desk/agreement", lead=lead):
            points(
                say("Nothing here changes any number: every examination and every report keeps what it says."),
                say(
                    "The camera's number is the one it found by itself, before any correction; the goniometer's is "
                    "each rater's last reading of that motion."
                ),
                say("Intervals are 95 %; people with several pairs are drawn together, with all of theirs."),
            )
            for motion in MOTIONS:
                _of_motion(motion, [group for group in found if group.motion == motion], say)
            _listed(pairs, say)

    @app.get("/desk/agreement.csv")
    def as_csv(request: Request) -> Response:
        text = StringIO(newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(CSV_COLUMNS)
        rows.writerows(_cells(pair) for pair in pairs_of(ground.store, who_asks(request)))
        named = {"Content-Disposition": 'attachment; filename="camera_and_goniometer.csv"'}
        return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=named)


def pairs_of(store: Store, who: Who) -> list[Pair]:
    """Every reading that counts beside the camera's own number, by day."""
    own = theirs(who).with_only_columns(PersonRow.id)
    asked = (
        select(ReadingRow, ExamRow, PersonRow.label, ExamRow.document["results"], ExamRow.automatic["results"])
        .join(ExamRow, ReadingRow.exam_id == ExamRow.id)
        .join(PersonRow, ExamRow.person_id == PersonRow.id)
        .where(PersonRow.id.in_(own))
        .options(defer(ExamRow.document), defer(ExamRow.automatic))
        .order_by(ExamRow.recorded_on, ReadingRow.created, ReadingRow.id)
    )
    with store.session() as session:
        rows = session.execute(asked).all()
    counted = {reading.id for reading in standing([row[0] for row in rows])}
    return [pair for row in rows if row[0].id in counted for pair in _pairs(*row)]


def groups(pairs: Sequence[Pair]) -> list[Group]:
    """Each motion over all exams, then exam by exam; never both motions together, which any camera would pass."""
    found = []
    for motion in MOTIONS:
        own = [pair for pair in pairs if pair.motion == motion]
        names = sorted({pair.protocol for pair in own})
        for name in ("", *(names if len(names) > 1 else ())):
            some = tuple(pair for pair in own if name in ("", pair.protocol))
            found.append(Group(motion, name, some, _agreement(some)))
    return found


def _agreement(pairs: Sequence[Pair]) -> Agreement | None:
    """How well they agree; None where they are too few to say anything."""
    if len(pairs) < PAIRS_LEAST:
        return None
    return agreement(
        [pair.camera_deg for pair in pairs],
        [pair.goniometer_deg for pair in pairs],
        [pair.person_id for pair in pairs],
    )


def _pairs(
    reading: ReadingRow,
    exam: ExamRow,
    person: str,
    results: list[dict[str, object]] | None,
    automatic: list[dict[str, object]] | None,
) -> Iterator[Pair]:
    """The pair of a reading, where the camera has a number for it."""
    own = camera_deg(automatic or results, exam.side, reading.motion)
    if own is None:
        return
    yield Pair(
        person_id=exam.person_id,
        person=person,
        exam_id=exam.id,
        day=exam.recorded_on,
        protocol=exam.protocol,
        side=exam.side,
        motion=cast("Motion", reading.motion),
        camera_deg=own,
        goniometer_deg=reading.degrees,
        corrected_deg=camera_deg(results, exam.side, reading.motion) if automatic else None,
        by=reading.by,
        read=reading.created,
    )


def _of_motion(motion: Motion, found: Sequence[Group], say: Words) -> None:
    """A motion: its numbers exam by exam, and the picture over all."""
    html.h2(say(MOTION_NAMES[motion]))
    whole = found[0]
    if whole.found is None:
        html.p(_too_few(whole, say), role="status").classes("rom-said")
        return
    heads = [
        say(words)
        for words in (
            "Exam",
            "Pairs",
            "People",
            "Bias",
            "Lower limit",
            "Upper limit",
            "ICC(2,1)",
            "Standard error (SEM)",
            "Detectable change (MDC95)",
        )
    ]
    with table(say("{motion}: camera against goniometer", motion=say(MOTION_NAMES[motion])), heads):
        for group in found:
            with html.tr():
                html.th(exam_title(group.protocol, say) if group.protocol else say("All exams"), scope="row")
                if group.found is None:
                    html.td(_too_few(group, say), colspan=str(len(heads) - 1))
                else:
                    _numbers(group.found, heads, say)
    _picture(whole, whole.found, say)


def _numbers(found: Agreement, heads: Sequence[str], say: Words) -> None:
    """The cells of a row."""
    limits, reliability = found.limits, found.reliability
    cell(str(limits.pairs), head=heads[1])
    cell(str(limits.people), head=heads[2])
    shown = (limits.bias_deg, limits.lower_deg, limits.upper_deg)
    for head, estimate in zip(heads[3:6], shown, strict=True):
        _estimate(estimate, head, say, unit="°", decimals=1)
    _estimate(reliability.icc_2_1, heads[6], say, unit="", decimals=2)
    _estimate(reliability.sem_deg, heads[7], say, unit="°", decimals=1)
    _estimate(reliability.mdc95_deg, heads[8], say, unit="°", decimals=1)


def _estimate(estimate: Estimate, head: str, say: Words, *, unit: str, decimals: int) -> None:
    """A number with its interval below it."""

    def words(value: float) -> str:
        return f"{say.number(value, decimals)}{unit}" if isfinite(value) else "–"

    with html.td(**{"data-head": head}):
        html.strong(words(estimate.value))
        known = isfinite(estimate.low) and isfinite(estimate.high)
        told = (
            say("{low} to {high}", low=words(estimate.low), high=words(estimate.high))
            if known
            else say("no interval: fewer than three people")
        )
        html.span(told).classes("rom-interval")


def _picture(group: Group, found: Agreement, say: Words) -> None:
    """Differences over means."""
    limits = found.limits
    drawn = agreement_picture(
        np.array([pair.camera_deg for pair in group.pairs]),
        np.array([pair.goniometer_deg for pair in group.pairs]),
        limits.levels,
        say("Mean of camera and goniometer"),
        say("Camera − goniometer"),
    )
    alt = say(
        "Bland-Altman picture of {pairs} pairs: bias {bias}, limits of agreement {low} to {high}.",
        pairs=limits.pairs,
        bias=say.degrees(limits.bias_deg.value, 1),
        low=say.degrees(limits.lower_deg.value, 1),
        high=say.degrees(limits.upper_deg.value, 1),
    )
    caption = say(
        "Each circle is a pair. Dashed: 95 % of differences lie between these limits. Bands: how well the lines "
        "themselves are known. Slope of the differences: {slope} degrees for each degree of the mean.",
        slope=say.number(limits.trend.value, 2) if isfinite(limits.trend.value) else "–",
    )
    picture = picture_html(Picture(drawn, "image/svg+xml", alt, caption))
    ui.html(picture, sanitize=False).classes("rom-report rom-agreement")


def _listed(pairs: Sequence[Pair], say: Words) -> None:
    """Every pair, with the way to it."""
    html.h2(say("The pairs"))
    if not pairs:
        note(say("No goniometer reading was kept yet; it is written down beside an examination."))
        return
    heads = [
        say(words) for words in ("Day", "Person", "Exam", "Motion", "Camera", "Goniometer", "Difference", "Read by")
    ]
    with table(say("Every pair"), heads, numbers=(4, 5, 6)):
        for pair in reversed(pairs):
            with html.tr():
                with html.th(scope="row"):
                    html.a(pair.day.isoformat(), href=f"/desk/exam/{pair.exam_id}")
                with html.td(**{"data-head": heads[1]}):
                    name = pair.person or say("Somebody without a name")
                    html.a(name, href=f"/desk/person/{pair.person_id}")
                ankle = ankle_words(pair.side, say).lower()
                cell(f"{exam_title(pair.protocol, say)}, {ankle}", head=heads[2])
                cell(say(MOTION_NAMES[pair.motion]), head=heads[3])
                apart = pair.camera_deg - pair.goniometer_deg
                for head, value in zip(heads[4:7], (pair.camera_deg, pair.goniometer_deg, apart), strict=True):
                    cell(say.degrees(value, 1), number=True, head=head)
                cell(pair.by, head=heads[7])
    with actions():
        link(say("Save the pairs as a table (CSV)"), "/desk/agreement.csv", "calm")


def _too_few(group: Group, say: Words) -> str:
    """That nothing can be said yet."""
    return say(
        "{pairs} of {least} pairs; an agreement from fewer says nothing yet.",
        pairs=len(group.pairs),
        least=PAIRS_LEAST,
    )


def _cells(pair: Pair) -> list[str]:
    """One row of the table; people stand there by their IDs."""
    corrected = "" if pair.corrected_deg is None else f"{pair.corrected_deg:.2f}"
    return [
        pair.person_id,
        pair.exam_id,
        pair.day.isoformat(),
        pair.protocol,
        pair.side,
        pair.motion,
        f"{pair.camera_deg:.2f}",
        f"{pair.goniometer_deg:.2f}",
        corrected,
        text_cell(pair.by),
        pair.read.isoformat(timespec="seconds"),
    ]
