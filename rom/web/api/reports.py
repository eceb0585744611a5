"""Signed reports: every version, and its files as they were signed."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.responses import FileResponse, Response

from rom.store.clinic import ReportRow
from rom.store.media import path_of
from rom.web.api.forms import Id, ReportOut
from rom.web.api.keys import caller
from rom.web.ground import Ground
from rom.web.who import NotTheirs, Who, person_for

KINDS = {"pdf": "application/pdf", "csv": "text/csv", "fhir": "application/fhir+json", "page": "text/html"}
File = Literal["pdf", "csv", "fhir", "page"]


def routes(ground: Ground) -> APIRouter:
    """Their addresses."""
    made = APIRouter(tags=["reports"])
    reading = Annotated[Who, Depends(caller(ground.store, "read"))]

    @made.get("/people/{person_id}/reports")
    def reports(who: reading, person_id: Id) -> list[ReportOut]:
        with ground.store.session() as session:
            person_for(session, who, person_id)
            signed = select(ReportRow).where(ReportRow.person_id == person_id, ReportRow.signed.is_not(None))
            return [_out(row) for row in session.scalars(signed.order_by(ReportRow.day, ReportRow.version))]

    @made.get("/reports/{report_id}/files/{name}", response_class=FileResponse)
    def file(who: reading, report_id: Id, name: File) -> Response:
        with ground.store.session() as session:
            row = session.get(ReportRow, report_id)
            if row is None or row.signed is None:
                raise NotTheirs("a signed report")
            person_for(session, who, row.person_id)
            found = next((one.sha256 for one in row.files if one.role == name), None)
        if found is None:
            raise NotTheirs("a file")
        path = path_of(ground.store, found)
        return FileResponse(path, media_type=KINDS[name], filename=f"report_{row.day}_{row.version}{path.suffix}")

    return made


def _out(row: ReportRow) -> ReportOut:
    files = sorted(one.role for one in row.files)
    names = [name for name in ReportOut.model_fields if name != "files"]
    return ReportOut(**{name: getattr(row, name) for name in names}, files=files)
