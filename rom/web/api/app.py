"""The API put together: its own description, and every error as one sentence."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

import rom
from rom.errors import RomError
from rom.store.trouble import sentence_of
from rom.web.api import exams, people, readings, reports, uploads
from rom.web.api.forms import Trouble
from rom.web.arriving import OutOfStep
from rom.web.ground import Ground
from rom.web.who import NotTheirs

PREFIX = "/api/v1"
PARTS = (people, exams, readings, reports, uploads)
#: What any address of the API may answer beside what it is for.
ANSWERS: dict[int | str, dict[str, object]] = {
    400: {"model": Trouble, "description": "What was sent cannot be read."},
    401: {"model": Trouble, "description": "No token, or one that has ended."},
    403: {"model": Trouble, "description": "The token is not for this."},
    404: {"model": Trouble, "description": "There is nothing of one's own people at this address."},
    422: {"model": Trouble, "description": "What was sent is not what is expected; one sentence says why."},
}


def build_api(ground: Ground) -> FastAPI:
    """The application that answers below `PREFIX`."""
    api = FastAPI(
        title="rom",
        version=rom.__version__,
        summary="Push recordings of ankles and pull what was measured in them.",
        description="Angles are degrees, each motion positive in its own direction. Never a diagnosis.",
        openapi_url="/openapi.json",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        responses={**ANSWERS},
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
    )
    for part in PARTS:
        api.include_router(part.routes(ground))
    _told(api)
    return api


def _told(api: FastAPI) -> None:
    """Errors in the words of the house."""

    @api.exception_handler(DBAPIError)
    @api.exception_handler(OSError)
    @api.exception_handler(RomError)
    def said(_: Request, error: Exception) -> JSONResponse:
        if isinstance(error, NotTheirs):
            return _answer(404, str(error))
        return _answer(422 if isinstance(error, RomError) else 503, sentence_of(error))

    api.add_exception_handler(OutOfStep, uploads.out_of_step)  # type: ignore[arg-type]

    @api.exception_handler(RequestValidationError)
    def not_understood(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        status = 400 if first["type"] == "json_invalid" else 422
        return _answer(status, f"Expected something else at '{where}': {first['msg']}.")

    @api.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> JSONResponse:
        said = str(error.detail).removesuffix(".")
        return JSONResponse({"reason": f"{said}."}, error.status_code, error.headers)


def _answer(status: int, reason: str) -> JSONResponse:
    """A refusal; what cannot be written as text is left out of it."""
    return JSONResponse({"reason": reason.encode("utf-8", "replace").decode()}, status)
