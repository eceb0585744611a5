"""``/record``: one page, its texts and what the script must know."""

from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from rom.report.language import Words
from rom.store.tables import new_id
from rom.web.camera.rows import left_behind
from rom.web.camera.texts import faults, texts
from rom.web.ground import Ground
from rom.web.journey import Journey, journey_of
from rom.web.who import Who, who_asks

#: Of the recording, bits a second: 720p at 30 pictures a second without blocks at the outline of the foot. Ours.
BITS_PER_S = 8_000_000
#: Where a person goes on who cannot film here, and who has filmed everything.
UPLOAD, PHONE, RESULT, EXAM = "/file", "/phone", "/result", "/exam"


def routes(ground: Ground) -> APIRouter:
    """The page."""
    router = APIRouter()

    @router.get("/record")
    def record(request: Request) -> Response:
        """Films the sides that are still to be recorded; without any, the way goes on where it is."""
        journey = journey_of(request)
        left = [{"exam": row.id, "side": row.side} for row in left_behind(ground.store, journey)]
        if not journey.person_id or not journey.protocol:
            return RedirectResponse("/", 303)
        if not journey.sides and not left:
            return RedirectResponse(RESULT if journey.exams else EXAM, 303)
        return HTMLResponse(_html(Words(ground.language), journey, left, who_asks(request)))

    return router


def _html(say: Words, journey: Journey, left: list[dict[str, str]], who: Who) -> str:
    """The page of a way."""
    from jinja2 import Environment, StrictUndefined

    said = texts(say)
    side = journey.sides[0] if journey.sides else left[0]["side"]
    told = {
        "texts": said,
        "faults": faults(say),
        "side": side,
        "left": left,
        "page": new_id(),
        "bits_per_s": BITS_PER_S,
        "upload": UPLOAD,
        "phone": PHONE if who.role == "local" else "",
    }
    pages = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = pages.from_string(files("rom.web.camera").joinpath("record.html").read_text(encoding="utf-8"))
    title = said["title"].format(side=said[side])
    return template.render(say=say, texts=said, told=told, title=title, language=say.language)
