"""Recordings that another program sends: begun, sent in pieces that go on where they broke off, finished."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse

from rom.store.clinic import UploadRow
from rom.web.api.forms import ExamBrief, Id, Trouble, UploadIn, UploadOut
from rom.web.api.keys import caller
from rom.web.arriving import OutOfStep, Said, add_piece, begin, finish, give_up, upload_for
from rom.web.ground import Ground, today
from rom.web.who import Who, exam_for

#: A piece that does not begin where the upload stands is answered with where it does.
OUT_OF_STEP: dict[int | str, dict[str, object]] = {
    409: {"model": Trouble, "description": "It stands elsewhere; the header Upload-Offset says where."}
}
WHOLE_FILE = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


def routes(ground: Ground) -> APIRouter:
    """Their addresses."""
    made = APIRouter(tags=["uploads"])
    writing = Annotated[Who, Depends(caller(ground.store, "write"))]

    @made.post("/uploads", status_code=201)
    def begun(who: writing, said: UploadIn) -> UploadOut:
        """Say what is to come; nothing is measured before it is finished."""
        told = Said(said.recorded_on or today(), said.side, said.protocol, said.moved_by, said.footwear)
        return _out(begin(ground.store, who, said.person_id, name=said.name, size=said.size, said=told))

    @made.get("/uploads/{upload_id}")
    def stands(who: writing, upload_id: Id) -> UploadOut:
        """How far it is: after a broken connection, the next piece begins at `received`."""
        with ground.store.session() as session:
            return _out(upload_for(session, who, upload_id))

    @made.patch("/uploads/{upload_id}", responses=OUT_OF_STEP, openapi_extra=WHOLE_FILE)
    async def piece(
        who: writing, request: Request, upload_id: Id, offset: Annotated[int, Query(ge=0, le=2**40)]
    ) -> UploadOut:
        """Bytes from `offset` on; what arrived before a connection broke is kept."""
        await add_piece(ground.store, who, upload_id, offset, request.stream())
        with ground.store.session() as session:
            return _out(upload_for(session, who, upload_id))

    @made.post("/uploads/{upload_id}/finish", status_code=201, responses=OUT_OF_STEP)
    def finished(who: writing, upload_id: Id) -> ExamBrief:
        """All is there: it is looked at, and waits to be measured. Asking again is no harm."""
        exam_id = finish(ground.store, who, upload_id)
        ground.jobs.wake()
        with ground.store.session() as session:
            return ExamBrief.model_validate(exam_for(session, who, exam_id))

    @made.delete("/uploads/{upload_id}", status_code=204)
    def given_up(who: writing, upload_id: Id) -> None:
        """It is not wanted any more."""
        give_up(ground.store, who, upload_id)

    return made


def out_of_step(_: Request, error: OutOfStep) -> JSONResponse:
    """Where the upload stands."""
    return JSONResponse({"reason": str(error)}, 409, {"Upload-Offset": str(error.offset)})


def _out(row: UploadRow) -> UploadOut:
    return UploadOut.model_validate(row)
