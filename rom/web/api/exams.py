"""Examinations: list, pull the numbers, the whole document, FHIR and files; measure again, stop, erase."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from sqlalchemy import Select, select
from sqlalchemy.orm import defer, raiseload
from starlette.responses import FileResponse, JSONResponse, Response

from rom.exam.visit import visit_of
from rom.report.fhir import fhir_bundle
from rom.store.audit import note
from rom.store.erase import erase_exam
from rom.store.jobs import retry
from rom.store.tables import CANCELLED, FAILED, RUNNING, WAITING, ExamRow, JobRow
from rom.web.api.forms import ExamBrief, ExamOut, Id, Limit, Offset, Result
from rom.web.api.keys import caller
from rom.web.ground import Ground
from rom.web.visits import examination_of, last_job, media_of
from rom.web.who import NotTheirs, Who, exam_for, person_for, theirs

#: What is kept beside the numbers, and may be had.
KINDS = {
    "overlay": "video/mp4",
    "peak_dorsiflexion": "image/jpeg",
    "peak_plantar_flexion": "image/jpeg",
    "landmarks": "application/octet-stream",
    "original": "application/octet-stream",
}
File = Literal["overlay", "peak_dorsiflexion", "peak_plantar_flexion", "landmarks", "original"]
State = Literal["recording", "recorded", "measured", "failed"]


def routes(ground: Ground) -> APIRouter:
    """Their addresses."""
    made = APIRouter(tags=["exams"])
    _reading(made, ground)
    _parts(made, ground)
    _doing(made, ground)
    return made


def _reading(made: APIRouter, ground: Ground) -> None:
    reading = Annotated[Who, Depends(caller(ground.store, "read"))]

    @made.get("/exams")
    def exams(
        who: reading,
        person_id: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")] = None,
        state: State | None = None,
        recorded_from: date | None = None,
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> list[ExamBrief]:
        with ground.store.session() as session:
            asked = _of_theirs(who)
            if person_id is not None:
                asked = asked.where(ExamRow.person_id == person_for(session, who, person_id).id)
            if state is not None:
                asked = asked.where(ExamRow.state == state)
            if recorded_from is not None:
                asked = asked.where(ExamRow.recorded_on >= recorded_from)
            found = session.scalars(asked.limit(limit).offset(offset))
            return [ExamBrief.model_validate(row) for row in found]

    @made.get("/exams/{exam_id}")
    def one(who: reading, exam_id: Id) -> ExamOut:
        with ground.store.session() as session:
            row = exam_for(session, who, exam_id)
            job = last_job(session, exam_id)
        return _out(row, job, [name for name in media_of(ground.store, exam_id) if name in KINDS])


def _parts(made: APIRouter, ground: Ground) -> None:
    """The whole of an examination, as other programs take it."""
    reading = Annotated[Who, Depends(caller(ground.store, "read"))]

    def measured(who: Who, exam_id: str) -> ExamRow:
        with ground.store.session() as session:
            row = exam_for(session, who, exam_id)
        if row.document is None:
            raise NotTheirs("a measured examination")
        return row

    @made.get("/exams/{exam_id}/document")
    def document(who: reading, exam_id: Id) -> dict[str, Any]:
        """As the published schema of examinations has it."""
        return measured(who, exam_id).document or {}

    @made.get("/exams/{exam_id}/fhir")
    def fhir(who: reading, exam_id: Id) -> JSONResponse:
        """A FHIR bundle (R4), for a clinic's record; the person's ID is the pseudonym."""
        row = measured(who, exam_id)
        bundle = fhir_bundle(visit_of([examination_of(row)], []), subject=row.person_id)
        return JSONResponse(bundle, media_type="application/fhir+json")

    @made.get("/exams/{exam_id}/files/{name}", response_class=FileResponse)
    def file(who: reading, exam_id: Id, name: File) -> Response:
        with ground.store.session() as session:
            exam_for(session, who, exam_id)
        path = media_of(ground.store, exam_id).get(name)
        if path is None:
            raise NotTheirs("a file")
        return FileResponse(path, media_type=KINDS[name], filename=f"{name}{''.join(path.suffixes)}")


def _doing(made: APIRouter, ground: Ground) -> None:
    writing = Annotated[Who, Depends(caller(ground.store, "write"))]

    @made.post("/exams/{exam_id}/measure", status_code=202, responses={409: {"description": "It is measured now."}})
    def measure(who: writing, exam_id: Id) -> ExamBrief:
        """Measure again what failed or was stopped."""
        with ground.store.session() as session, session.begin():
            row = exam_for(session, who, exam_id)
            job = last_job(session, exam_id)
            if job is None or job.state not in (FAILED, CANCELLED):
                raise HTTPException(409, "Expected an examination that failed or was stopped; this one did not.")
            retry(session, job.id)
            note(session, who.doer, "exam measured again", "exam", exam_id, through="api")
            session.refresh(row)
            told = ExamBrief.model_validate(row)
        ground.jobs.wake()
        return told

    @made.post("/exams/{exam_id}/stop", status_code=202)
    def stop(who: writing, exam_id: Id) -> ExamBrief:
        """Stop measuring."""
        with ground.store.session() as session, session.begin():
            row = exam_for(session, who, exam_id)
            job = last_job(session, exam_id)
            note(session, who.doer, "exam stopped", "exam", exam_id, through="api")
        if job is not None and job.state in (WAITING, RUNNING):
            ground.jobs.cancel(job.id)
        return ExamBrief.model_validate(row)

    @made.delete("/exams/{exam_id}", status_code=204)
    def erase(who: writing, exam_id: Id) -> None:
        """Erase it for good: rows, files and recording."""
        with ground.store.session() as session, session.begin():
            exam_for(session, who, exam_id)
            note(session, who.doer, "exam erased", "exam", exam_id, through="api")
        erase_exam(ground.store, exam_id)


def _of_theirs(who: Who) -> Select[Any]:
    """The examinations of their people, the newest first, without what is large in them."""
    own = theirs(who).subquery()
    light = (defer(ExamRow.document), defer(ExamRow.automatic), defer(ExamRow.said), raiseload("*"))
    asked = select(ExamRow).where(ExamRow.person_id.in_(select(own.c.id))).options(*light)
    return asked.order_by(ExamRow.recorded_on.desc(), ExamRow.created.desc(), ExamRow.id)


def _out(row: ExamRow, job: JobRow | None, files: list[str]) -> ExamOut:
    """Everything that is short."""
    document = row.document or {}
    brief = ExamBrief.model_validate(row).model_dump()
    return ExamOut(
        **brief,
        progress=None if job is None or job.state not in (WAITING, RUNNING) else job.progress,
        corrected=row.automatic is not None,
        results=_results(document),
        automatic=None if row.automatic is None else _results(row.automatic),
        findings=document.get("findings", []),
        files=sorted(files),
    )


def _results(document: dict[str, Any]) -> list[Result]:
    """The motions of a document."""
    names = Result.model_fields
    return [Result(**{name: row[name] for name in names}) for row in document.get("results", [])]
