"""What the browser hands over: the pieces of a recording, its end, or that it is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from rom.errors import RomError
from rom.records import Side
from rom.report.language import Words
from rom.store import Store
from rom.store.trouble import NO_ROOM
from rom.web.camera import growing, rows
from rom.web.camera.page import EXAM, RESULT
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of, recorded, save


class Begun(BaseModel):
    """A recording begins."""

    side: Side


class Ended(BaseModel):
    """A recording ends. `chunks`, `size` : pieces and bytes that were sent; None where nobody knows."""

    chunks: int | None = Field(default=None, ge=0, le=growing.PIECES_MOST)
    size: int | None = Field(default=None, ge=0, le=growing.RECORDING_BYTES_MOST)
    notes: rows.Notes = Field(default_factory=rows.Notes)


def routes(ground: Ground) -> APIRouter:
    """``/record/...``; every one asks whose way it is."""
    router = APIRouter(prefix="/record")
    store = ground.store

    @router.post("/exams")
    def begin(request: Request, begun: Begun) -> dict[str, str]:
        with _told(ground.say):
            return {"exam": rows.begin(store, journey_of(request), begun.side)}

    @router.put("/{exam_id}/chunks/{number}")
    async def piece(request: Request, exam_id: str, number: int) -> dict[str, int]:
        with _told(ground.say):
            start = _start(request, number)
            await run_in_threadpool(rows.being_recorded, store, journey_of(request), exam_id)
            body = await _body(request)
            return {"kept": await run_in_threadpool(growing.append, store, exam_id, start, body)}

    @router.post("/{exam_id}/done")
    def done(request: Request, exam_id: str, ended: Ended) -> dict[str, str | None]:
        with _told(ground.say):
            side = rows.end(store, journey_of(request), exam_id, ended.size, ended.notes)
            ground.jobs.wake()
            return _way_on(_recorded(store, journey_of(request), exam_id, side))

    @router.delete("/{exam_id}")
    def discard(request: Request, exam_id: str) -> dict[str, str | None]:
        with _told(ground.say):
            rows.discard(store, journey_of(request), exam_id)
            return _way_on(journey_of(request))

    return router


@contextmanager
def _told(say: Words) -> Iterator[None]:
    """Failures as a browser's script knows them: 4xx will not be better next time, 507 and 500 may be."""
    try:
        yield
    except RomError as error:
        raise HTTPException(409, say.sentence(str(error))) from error
    except OSError as error:
        raise HTTPException(
            507 if error.errno in NO_ROOM else 500, "The recording could not be written."
        ) from error


def _start(request: Request, number: int) -> int:
    """Where a piece begins, in bytes."""
    start = request.query_params.get("from", "")
    if not start.isdecimal() or not 0 <= number < growing.PIECES_MOST:
        raise HTTPException(422, "Expected a piece's number and the byte it begins at.")
    return int(start)


async def _body(request: Request) -> bytes:
    """A piece, as long as it is not too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > growing.PIECE_BYTES_MOST:
            raise HTTPException(413, "This piece of the recording is too long.")
    return bytes(body)


def _recorded(store: Store, journey: Journey, exam_id: str, side: Side) -> Journey:
    """The way with one side less to record."""
    if exam_id not in journey.exams:
        journey = recorded(journey, exam_id, side)
        save(store, journey)
    return journey


def _way_on(journey: Journey) -> dict[str, str | None]:
    """The next side, or the page of the result."""
    return {"side": journey.sides[0] if journey.sides else None, "go": RESULT if journey.exams else EXAM}
