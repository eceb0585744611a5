"""``/desk/queue``: what is measured, waits, failed or is done, live; to cancel, and to measure again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from nicegui import html, ui
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from rom.errors import UsageError
from rom.exam.protocols import protocols
from rom.records import SIDES
from rom.report.language import Words
from rom.store import jobs
from rom.store.audit import note as write_down
from rom.store.clinic import ARRIVED, ARRIVING, REFUSED, UploadRow
from rom.store.exams import AUTO
from rom.store.tables import CANCELLED, DONE, FAILED, MEASURED, RUNNING, WAITING, ExamRow, JobRow, PersonRow
from rom.web.arriving import uploads_of
from rom.web.desk.layout import desk, part, show_part
from rom.web.desk.people import label_of
from rom.web.desk.timeline import exam_words
from rom.web.desk.upload import choices
from rom.web.ground import Ground
from rom.web.who import NotTheirs, Who, exam_for, theirs, who_asks

PAGE_ROWS = 100
#: State of a job to words, kind of its mark, and what can be done.
STATES = {
    RUNNING: ("Being measured", "busy", "cancel"),
    WAITING: ("Waiting", "", "cancel"),
    FAILED: ("Failed", "bad", "retry"),
    CANCELLED: ("Cancelled", "", "retry"),
    DONE: ("Measured", "good", ""),
}
#: The same of an upload.
UPLOADS = {ARRIVING: ("Arriving", "busy", "let_go"), REFUSED: ("Refused", "bad", "let_go")}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the queue, in words. `can` : "cancel", "retry", "let_go", or nothing. `share` : per cent."""

    id: str
    person_id: str
    person: str
    exam_id: str
    title: str
    name: str
    words: str
    kind: str
    share: int | None
    reason: str
    since: str
    can: str
    side: str
    protocol: str

    @property
    def called(self) -> str:
        """What a button's name says of it."""
        return ", ".join(part for part in (self.person, self.title, self.name) if part)


def register(app: FastAPI, ground: Ground) -> None:
    """The page, its rows, and what can be done with them."""
    _page(app, ground)
    _doing(app, ground)


def _page(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/queue")
    def queue(request: Request, state: str = "", page: int = 1) -> None:
        values = _values(ground, who_asks(request), state, page, say)
        with (
            desk(say("Queue"), say, here="/desk/queue", scripts=("queue.js",)),
            html.div(**{"data-queue": f"/desk/queue/rows?state={values['state']}&page={values['page']}"}),
        ):
            show_part("queue_rows", say, **values)

    @app.get("/desk/queue/rows")
    def rows(request: Request, state: str = "", page: int = 1) -> HTMLResponse:
        return HTMLResponse(part("queue_rows", say, **_values(ground, who_asks(request), state, page, say)))


def _values(ground: Ground, who: Who, state: str, page: int, say: Words) -> dict[str, Any]:
    """What the rows are made of."""
    state = state if state in (*STATES, *UPLOADS) else ""
    with ground.store.session() as session:
        uploads = uploads_of(session, who, ARRIVING, REFUSED)
        numbers = _numbers(session, who, uploads)
        found = numbers.get(state, 0) if state else sum(numbers.values())
        pages = max(1, -(-found // PAGE_ROWS))
        page = min(max(1, page), pages)
        lines = [*_upload_lines(session, uploads, state, say)] if page == 1 else []
        if state not in UPLOADS:
            lines += _job_lines(session, who, state, page, say)
    counts = [{"state": "", "words": say("All"), "count": sum(numbers.values())}]
    for name, (words, *_) in (*UPLOADS.items(), *STATES.items()):
        if numbers.get(name) or name == state:
            counts.append({"state": name, "words": say(words), "count": numbers.get(name, 0)})
    chosen = choices(say)
    shown = {"sides": chosen["sides"], "exams": chosen["exams"], "rows": lines, "counts": counts}
    return {"state": state, "page": page, "pages": pages, **shown}


def _theirs(who: Who) -> Select[Any]:
    """Jobs on examinations of their people."""
    own, all_jobs = theirs(who), select(JobRow.id).join(ExamRow, ExamRow.id == JobRow.exam_id)
    if own.whereclause is None:
        return all_jobs  # everybody: SQLite would look through all people to find it out
    return all_jobs.where(ExamRow.person_id.in_(own.with_only_columns(PersonRow.id)))


def _numbers(session: Session, who: Who, uploads: Sequence[UploadRow]) -> dict[str, int]:
    """How many there are of each state."""
    counted = _theirs(who).with_only_columns(JobRow.state, func.count()).group_by(JobRow.state)
    numbers = {state: count for state, count in session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
    for row in uploads:
        numbers[row.state] = numbers.get(row.state, 0) + 1
    return numbers


def _job_lines(session: Session, who: Who, state: str, page: int, say: Words) -> Iterator[Line]:
    """Jobs: what runs first, then what waits, the oldest first, then what ended, the latest first."""
    columns = (
        ExamRow.id,
        ExamRow.person_id,
        ExamRow.protocol,
        ExamRow.side,
        PersonRow.label,
        UploadRow.name,
    )
    rank = case({RUNNING: 0, WAITING: 1}, value=JobRow.state, else_=2)
    waits = case((JobRow.state == WAITING, JobRow.created))
    asked = _theirs(who).with_only_columns(JobRow, *columns).join(PersonRow, PersonRow.id == ExamRow.person_id)
    asked = asked.outerjoin(UploadRow, (UploadRow.exam_id == ExamRow.id) & (UploadRow.state == ARRIVED))
    if state:
        asked = asked.where(JobRow.state == state)
    order = (rank, waits, func.coalesce(JobRow.ended, JobRow.created).desc(), JobRow.id)
    for job, exam_id, person_id, protocol, side, label, name in session.execute(
        asked.order_by(*order).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)
    ):
        words, kind, can = STATES[job.state]
        yield Line(
            id=job.id,
            person_id=person_id,
            person=label or say("Without a name"),
            exam_id=exam_id,
            title=exam_words(protocol, side, say),
            name=name or "",
            words=say(words),
            kind=kind,
            share=round(100 * job.progress) if job.state == RUNNING else None,
            reason=say.sentence(job.reason),
            since=_moment(job.ended or job.started or job.created, say),
            can=can,
            side=side,
            protocol=protocol,
        )


def _upload_lines(session: Session, uploads: Sequence[UploadRow], state: str, say: Words) -> Iterator[Line]:
    """What is still arriving, or was refused."""
    shown = [row for row in uploads if not state or row.state == state]
    those = select(PersonRow).where(PersonRow.id.in_({row.person_id for row in shown}))
    people = {row.id: label_of(row, say) for row in session.scalars(those)}
    for row in shown:
        words, kind, can = UPLOADS[row.state]
        yield Line(
            id=row.id,
            person_id=row.person_id or "",
            person=people.get(row.person_id or "", ""),
            exam_id="",
            title=row.name,
            name="",
            words=say(words),
            kind=kind,
            share=round(100 * row.received / row.size) if row.state == ARRIVING else None,
            reason=say.sentence(row.reason),
            since=_moment(row.updated, say),
            can=can,
            side=AUTO,
            protocol=AUTO,
        )


def _moment(moment: datetime, say: Words) -> str:
    """A moment, where the computer stands."""
    local = moment.astimezone()
    return f"{say.short_date(local.date().isoformat())}, {local:%H:%M}"


def _doing(app: FastAPI, ground: Ground) -> None:
    @app.post("/desk/queue/{job_id}/cancel", response_model=None)
    def cancelled(request: Request, job_id: str) -> RedirectResponse:
        who = who_asks(request)
        with ground.store.session() as session, session.begin():
            _, exam = job_for(session, who, job_id)
            write_down(session, who.doer, "measuring cancelled", "exam", exam.id)
        ground.jobs.cancel(job_id)
        return RedirectResponse("/desk/queue", 303)

    @app.post("/desk/queue/{job_id}/retry", response_model=None)
    async def again(request: Request, job_id: str) -> RedirectResponse:
        who, said = who_asks(request), await request.form()
        side, name = str(said.get("side", "")), str(said.get("protocol", ""))
        with ground.store.session() as session, session.begin():
            _, exam = job_for(session, who, job_id)
            measure_again(session, who, job_id, exam, side=side, protocol=name)
        ground.jobs.wake()
        return RedirectResponse("/desk/queue", 303)


def job_for(session: Session, who: Who, job_id: str) -> tuple[JobRow, ExamRow]:
    """A job on an examination of one of their people.

    Raises
    ------
    NotTheirs : there is none of that ID among theirs.
    """
    job = session.get(JobRow, job_id)
    if job is None or job.exam_id is None:
        raise NotTheirs("a job")
    return job, exam_for(session, who, job.exam_id)


def measure_again(
    session: Session, who: Who, job_id: str, exam: ExamRow, *, side: str = "", protocol: str = ""
) -> None:
    """A job that failed or was cancelled waits again; where side or exam are said, as these.

    Raises
    ------
    UsageError : there is no such side or exam, or the job has not ended so.
    """
    if side not in ("", AUTO, *SIDES) or protocol not in ("", AUTO, *protocols()):
        raise UsageError("Expected a side and an exam of the list, but got others; choose them once more.")
    if not jobs.retry(session, job_id):
        raise UsageError("Expected what failed or was cancelled, but it has not; look at the queue again.")
    if exam.state != MEASURED:
        exam.side, exam.protocol = side or exam.side, protocol or exam.protocol
    write_down(session, who.doer, "measured again", "exam", exam.id, side=exam.side, protocol=exam.protocol)
