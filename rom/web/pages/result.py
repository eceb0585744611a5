"""``/result``: waiting for what was recorded, then the report of its day; ``/day/...`` opens any day again."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI, HTTPException
from nicegui import html, ui
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from rom.errors import RomError
from rom.exchange import PARTS, ExamParts, write_rom
from rom.records import Side, Visit
from rom.report.language import Words, later
from rom.report.pages import report_of
from rom.report.report import report_bytes
from rom.report.web_page import web_parts
from rom.store.jobs import retry
from rom.store.tables import FAILED, MEASURED, RECORDING, STOPPED, ExamRow, JobRow
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of, save
from rom.web.theme import Kind, actions, frame, link, note, post, trouble
from rom.web.visits import last_job, media_of, pictures_of, rows_on, visit_on

#: So often a waiting page looks, seconds.
LOOKS_EVERY_S = 1.0
#: What a browser may have of an examination.
ROLES = {"overlay": "video/mp4", "peak_dorsiflexion": "image/jpeg", "peak_plantar_flexion": "image/jpeg"}
#: How far the reading is, in words; the last whose share is reached.
READING = (
    (0.0, later("Your video waits for its turn.")),
    (0.01, later("Your video is being read, picture by picture.")),
    (0.5, later("More than half of the video is read.")),
    (0.9, later("Almost done.")),
)


def register(app: FastAPI, ground: Ground) -> None:
    """The result of this way, any day's result, and its files."""
    _result(ground)
    _ways_on(app, ground)
    _day(ground)
    _files(app, ground)
    _media(app, ground)


def _result(ground: Ground) -> None:
    say = ground.say

    @ui.page("/result")
    def result(request: Request) -> RedirectResponse | None:
        journey = journey_of(request)
        rows = _rows(ground, journey)
        if not rows:
            return RedirectResponse("/")
        if any(_waits(row) for row in rows):
            _waiting(ground, journey, rows)
        elif all(row.state != MEASURED for row in rows):
            did_fail = any(row.state == FAILED for row in rows)
            title = say("That did not work") if did_fail else say("Measuring was stopped")
            lead = (
                say("That happens, and says nothing about your ankle. Filming again often helps.")
                if did_fail
                else ""
            )
            with frame(title, say, step=6, lead=lead):
                _unmeasured(rows, say)
                with actions():
                    link(say("To the first page"), "/", "calm")
        else:
            unmeasured = [row for row in rows if not has_number(row)]
            _shown(ground, journey, rows[0].recorded_on, unmeasured, step=6)
        return None


def _ways_on(app: FastAPI, ground: Ground) -> None:
    """Stopping the measurement, measuring after all, filming again."""

    @app.post("/result/stop")
    def stop(request: Request) -> RedirectResponse:
        for row in _rows(ground, journey_of(request)):
            job = _job(ground, row)
            if job is not None and _waits(row):
                ground.jobs.cancel(job.id)
        return RedirectResponse("/result", 303)

    @app.post("/result/measure")
    async def measure(request: Request) -> RedirectResponse:
        exam_id = str((await request.form()).get("exam", ""))
        journey = journey_of(request)
        row = _own(ground, journey, exam_id)
        job = None if row is None else _job(ground, row)
        if job is not None:
            with ground.store.session() as session, session.begin():
                retry(session, job.id)
            ground.jobs.wake()
            exams = journey.exams if exam_id in journey.exams else (exam_id,)
            save(ground.store, replace(journey, exams=exams))
        return RedirectResponse("/result", 303)

    @app.post("/result/again")
    async def again(request: Request) -> RedirectResponse:
        exam_id = str((await request.form()).get("exam", ""))
        journey = journey_of(request)
        row = _own(ground, journey, exam_id)
        if row is None:
            return RedirectResponse("/result", 303)
        side: Side = "left" if row.side == "left" else "right"
        rest = tuple(one for one in journey.exams if one != exam_id)
        save(ground.store, replace(journey, protocol=row.protocol, sides=(side,), exams=rest))
        return RedirectResponse("/exam/place" if journey.safe else "/safety", 303)


def _rows(ground: Ground, journey: Journey) -> list[ExamRow]:
    """What was recorded on this way."""
    found = [_own(ground, journey, exam_id) for exam_id in journey.exams]
    return [row for row in found if row is not None]


def _own(ground: Ground, journey: Journey, exam_id: str) -> ExamRow | None:
    """An examination of the person whose way it is."""
    with ground.store.session() as session:
        row = session.get(ExamRow, exam_id)
    return row if row is not None and row.person_id == journey.person_id else None


def _job(ground: Ground, row: ExamRow) -> JobRow | None:
    """What was last asked for it."""
    with ground.store.session() as session:
        return last_job(session, row.id)


def _waits(row: ExamRow) -> bool:
    """Whether it will still be measured: neither measured nor given up, nor stopped by the person."""
    return row.state not in (MEASURED, FAILED, STOPPED)


def _waiting(ground: Ground, journey: Journey, rows: list[ExamRow]) -> None:
    """Calm words until all is measured; then the page is asked for anew."""
    say = ground.say
    with frame(say("Your result is being worked out"), say, step=6):
        with html.div(role="status").classes("rom-waiting"):
            lines = [html.p(_reading(ground, row)) for row in rows]
        note(say("This takes about as long as the recording. You may leave this page and come back."))
        with actions():
            post(say("Stop measuring"), "/result/stop")

    def look() -> None:
        now = _rows(ground, journey)
        if not any(_waits(row) for row in now):
            ui.navigate.to("/result")
            return
        for line, row in zip(lines, now, strict=False):
            line._text = _reading(ground, row)
            line.update()

    ui.timer(LOOKS_EVERY_S, look)


def _reading(ground: Ground, row: ExamRow) -> str:
    """How far one recording is, in words."""
    say = ground.say
    whose = ankle_of(row, say)
    if row.state == MEASURED:
        return f"{whose}: {say('Done.')}"
    if row.state == FAILED:
        return f"{whose}: {say.sentence(row.reason)}"
    job = _job(ground, row)
    share = 0.0 if job is None else job.progress
    return f"{whose}: {say([words for start, words in READING if share >= start][-1])}"


def _unmeasured(rows: list[ExamRow], say: Words) -> None:
    """What was not measured, why, and the ways on."""
    for row in rows:
        with html.section().classes("rom-unmeasured"):
            if row.state == FAILED and row.reason:
                trouble(f"{ankle_of(row, say)}: {say.sentence(row.reason)}")
            else:
                note(standing(row, say))
            if row.state in (FAILED, STOPPED, MEASURED):
                _once_more(row, say)


def _once_more(row: ExamRow, say: Words) -> None:
    """Measuring what is there, and filming again."""
    with actions():
        kind: Kind = "calm" if row.state == STOPPED else "main"
        if row.state == STOPPED:
            post(say("Measure it after all"), "/result/measure", "main", exam=row.id)
        post(say("Film it again, same set-up"), "/result/again", kind, exam=row.id)


def has_number(row: ExamRow) -> bool:
    """Whether a recording was measured, and not every number of it "cannot be told"."""
    found = [] if row.document is None else [one for one in row.document["results"] if one["side"] == row.side]
    told = [one for one in found if one["value_deg"] is not None]
    return row.state == MEASURED and (bool(told) or not found)


def standing(row: ExamRow, say: Words) -> str:
    """Why there is no result of a recording, or not yet."""
    whose = ankle_of(row, say)
    if row.state == MEASURED:
        return say("{whose}: no number could be told this time. Filming again often helps.", whose=whose)
    if row.state == RECORDING:
        return say("{whose}: the recording was interrupted; you will be asked about it when you film.", whose=whose)
    if row.state == STOPPED:
        return say("{whose}: measuring was stopped. The video is kept for now.", whose=whose)
    if row.state == FAILED:
        return say("{whose}: it could not be measured.", whose=whose)
    return say("{whose}: it is still being measured.", whose=whose)


def ankle_of(row: ExamRow, say: Words) -> str:
    """Which ankle was recorded."""
    known = {"left": say("Left ankle"), "right": say("Right ankle")}
    return known.get(row.side, say("An ankle"))


def _day(ground: Ground) -> None:
    @ui.page("/day/{day}")
    def day_page(request: Request, day: str) -> RedirectResponse | None:
        journey = journey_of(request)
        asked = _date(day)
        if asked is None or journey.person_id is None:
            return RedirectResponse("/history")
        rows = rows_on(ground.store, journey.person_id, asked)
        unmeasured = [row for row in rows if not has_number(row)]
        _shown(ground, journey, asked, unmeasured, step=0)
        return None


def _shown(ground: Ground, journey: Journey, day: date, unmeasured: list[ExamRow], *, step: int) -> None:
    """The report's page for the person, the videos, and what can be done with it."""
    say = ground.say
    rows = rows_on(ground.store, journey.person_id or "", day)
    try:
        visit = visit_on(ground.store, journey.person_id or "", day)
    except RomError as error:
        with frame(say("That did not work"), say, step=step):
            trouble(say.sentence(str(error)))
        return
    with frame(say("How far your ankle moves"), say, step=step, lead=say.date(day.isoformat()), wide=True):
        _unmeasured(unmeasured, say)
        if visit is None and not unmeasured:
            note(say("Nothing was measured on this day."))
        if visit is not None:
            page = report_of(visit, pictures_of(ground.store, rows), say).pages[0]
            ui.html(web_parts(page), sanitize=False).classes("rom-report")
            _videos(ground, rows)
            _doings(say, day)
        with actions():
            link(say("To the first page"), "/")
            link(say("Earlier results"), "/history", "calm")


def _videos(ground: Ground, rows: list[ExamRow]) -> None:
    """Each recording with what was read drawn on it."""
    say = ground.say
    with_video = [row for row in rows if "overlay" in media_of(ground.store, row.id)]
    if with_video:
        html.h2(say("The video, and what was read in it"))
        note(say("Every face is blurred."))
    for row in with_video:
        whose = ankle_of(row, say)
        with html.figure().classes("rom-video"):
            html.video(
                src=f"/media/{row.id}/overlay",
                controls=True,
                preload="metadata",
                playsinline=True,
                **{"aria-label": say("Video: {whose}", whose=whose)},
            )
            html.figcaption(whose)


def _doings(say: Words, day: date) -> None:
    """Print, keep, hand on."""
    html.h2(say("Keep it, or show it to somebody"))
    with actions():
        link(say("Print"), f"/day/{day}/report.html", "calm", target="_blank", **{"data-print": ""})
        link(say("Save as PDF"), f"/day/{day}/report.pdf", "calm", download=f"ankle_{day}.pdf")
        link(say("Save as one file for a therapist"), f"/day/{day}/visit.rom", "calm", download=f"ankle_{day}.rom")
        link(say("What a therapist sees"), f"/day/{day}/report.html#part-2", "calm", target="_blank")


def _date(text: str) -> date | None:
    """A day of an address; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _files(app: FastAPI, ground: Ground) -> None:
    """The report as page and PDF, the visit as one file."""

    def visit_of_day(request: Request, day: str) -> tuple[Visit, list[ExamRow]]:
        journey, asked = journey_of(request), _date(day)
        if asked is None or journey.person_id is None:
            raise HTTPException(404)
        visit = visit_on(ground.store, journey.person_id, asked)
        if visit is None:
            raise HTTPException(404)
        return visit, rows_on(ground.store, journey.person_id, asked)

    @app.get("/day/{day}/report.html")
    def page(request: Request, day: str) -> Response:
        visit, rows = visit_of_day(request, day)
        pictures = pictures_of(ground.store, rows)
        return HTMLResponse(report_bytes(visit, ".html", language=ground.language, pictures=pictures))

    @app.get("/day/{day}/report.pdf")
    def pdf(request: Request, day: str) -> Response:
        visit, rows = visit_of_day(request, day)
        pictures = pictures_of(ground.store, rows)
        made = report_bytes(visit, ".pdf", language=ground.language, pictures=pictures)
        return Response(made, media_type="application/pdf")

    @app.get("/day/{day}/visit.rom")
    def one_file(request: Request, day: str) -> Response:
        _, rows = visit_of_day(request, day)
        with TemporaryDirectory(dir=ground.store.work) as folder:
            path = Path(folder) / "visit.rom"
            write_rom(path, [_parts(ground, row) for row in rows if row.document is not None])
            return Response(path.read_bytes(), media_type="application/zip")


def _parts(ground: Ground, row: ExamRow) -> ExamParts:
    """A measured row as it goes into one file: never the original video."""
    files = {role: path for role, path in media_of(ground.store, row.id).items() if role in PARTS}
    return ExamParts(row.document or {}, files)


def _media(app: FastAPI, ground: Ground) -> None:
    """The videos and pictures that are kept, of the person whose way it is."""

    @app.get("/media/{exam_id}/{role}")
    def medium(request: Request, exam_id: str, role: str) -> Response:
        with ground.store.session() as session:
            row = session.get(ExamRow, exam_id)
            if row is None or row.person_id != journey_of(request).person_id or role not in ROLES:
                raise HTTPException(404)
        path = media_of(ground.store, exam_id).get(role)
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type=ROLES[role])
