"""``/desk/person/ID/record.zip``: everything that is held about somebody, sent while it is put together."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rom.store.audit import note
from rom.store.export import person_zip
from rom.web.ground import Ground, today
from rom.web.who import person_for, who_asks


def register(app: FastAPI, ground: Ground) -> None:
    """Where it is taken from."""

    @app.get("/desk/person/{person_id}/record.zip")
    def record(request: Request, person_id: str) -> Response:
        who = who_asks(request)
        with ground.store.session() as session, session.begin():
            person_for(session, who, person_id)
            note(session, who.doer, "record taken along", "person", person_id)
        named = {"Content-Disposition": f'attachment; filename="ankle_record_{today()}.zip"'}
        return StreamingResponse(person_zip(ground.store, person_id), media_type="application/zip", headers=named)
