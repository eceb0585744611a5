"""The live picture's WebSocket: one small picture comes, one answer goes, and the newest picture wins.

A message is the time a picture was taken (8 bytes, float64, little-endian, in ms of the browser's clock) and its
JPEG; or JSON from a button. No number that goes back is a result.
"""

import json
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from rom.exam.symptoms import PAIN_MOST
from rom.records import Image, Side
from rom.report.language import Words
from rom.web.ground import Ground
from rom.web.journey import journey_of

if TYPE_CHECKING:
    from rom.live.guide import Guide, GuideState
    from rom.live.leg import LiveLeg
    from rom.live.reading import LiveReading

#: Pictures that are looked at live: the browser sends 640 px on the long side. Larger ones are refused undecoded.
SIDE_PX_MOST = 1280
#: Recordings that a browser may say it makes: 8K.
RECORDED_PX_MOST = 7680
#: What the page is told of the guide.
SHOWN = (
    "phase",
    "repetition",
    "repetitions",
    "hold_share",
    "countdown_s",
    "recording",
)
#: WebSocket's own codes: the way is not so far, and what was sent is no picture (RFC 6455, 7.4.1).
NOT_NOW, NO_PICTURE = 1008, 1003


def routes(ground: Ground) -> APIRouter:
    """The WebSocket; a page that lost its connection finds its guide again."""
    router = APIRouter()
    guided: dict[str, Guided] = {}

    @router.websocket("/record/live")
    async def live(socket: WebSocket, side: Side, page: str, width: int = 1280, height: int = 720) -> None:
        from rom.live.guide import Guide

        journey = journey_of(socket)
        possible = 0 < width <= RECORDED_PX_MOST and 0 < height <= RECORDED_PX_MOST
        if not journey.protocol or side not in journey.sides or not possible:
            await socket.close(NOT_NOW)
            return
        await socket.accept()
        guide = guided.get(journey.id)
        if guide is None or (guide.page, guide.side) != (page, side):
            before = journey.symptoms.get("pain", {}).get("rest", 0)
            guide = guided[journey.id] = Guided(page, side, Guide(journey.protocol, side, before))
        await _serve(socket, guide, (width, height), ground.say)

    return router


async def _serve(socket: WebSocket, guided: "Guided", recorded_px: tuple[int, int], say: Words) -> None:
    """Answer until the browser goes. The models live on one thread, which is not the server's."""
    import asyncio

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "live") as thread:
        leg = await loop.run_in_executor(thread, _leg, recorded_px)
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if message.get("bytes"):
                    answer = await loop.run_in_executor(thread, _answer, leg, guided, message["bytes"], say)
                    await socket.send_text(answer)
                else:
                    guided.hear(json.loads(message.get("text") or ""))
        except WebSocketDisconnect:
            return  # the browser went while its answer was made
        except ValueError:
            await socket.close(NO_PICTURE)
        finally:
            await loop.run_in_executor(thread, leg.close)


def _leg(recorded_px: tuple[int, int]) -> "LiveLeg":
    """Loads the models."""
    from rom.live.leg import LiveLeg

    return LiveLeg(recorded_px)


def _answer(leg: "LiveLeg", guided: "Guided", message: bytes, say: Words) -> str:
    """What is seen in a picture, and where the guide stands."""
    time_s, image = unpacked(message)
    reading = leg.look(image, time_s)
    return packed(reading, guided.step(reading), say)


def unpacked(message: bytes) -> tuple[float, Image]:
    """The time in seconds and the (H, W, 3) RGB picture of a message.

    Raises
    ------
    ValueError : it is no picture, or a larger one than is looked at.
    """
    import cv2
    import numpy as np
    from PIL import Image as Pillow

    (time_ms,) = struct.unpack_from("<d", message) if len(message) > 8 else (float("nan"),)
    try:
        with Pillow.open(BytesIO(message[8:]), formats=["JPEG"]) as header:
            too_large = max(header.size) > SIDE_PX_MOST
    except OSError as error:
        raise ValueError("Expected a JPEG picture.") from error
    if too_large or not isfinite(time_ms):
        raise ValueError(f"Expected a time and a picture of at most {SIDE_PX_MOST} px.")
    image = cv2.imdecode(np.frombuffer(message, np.uint8, offset=8), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise ValueError("Expected a whole JPEG picture.")
    return time_ms / 1000.0, image


def packed(reading: "LiveReading", state: "GuideState", say: Words) -> str:
    """The answer as JSON, its sentences in the language of `say`; what is not known is null."""
    told = {
        "angle_deg": reading.angle_deg if isfinite(reading.angle_deg) else None,
        "points": {name: [round(x, 4), round(y, 4)] for name, (x, y) in reading.points.items()},
        "checks": [
            asdict(check) | {"title": say.sentence(check.title), "message": say.sentence(check.message)}
            for check in state.checks
        ],
        "guide": {name: getattr(state, name) for name in SHOWN}
        | {"remark": say.sentence(state.remark), "reason": say.sentence(state.reason)}
        | {"prompt": {"code": state.prompt.code, "sentence": say.sentence(state.prompt.sentence)}},
    }
    return json.dumps(told, allow_nan=False)


@dataclass
class Guided:
    """The guide of one try of a page at one side, and what was told to it between pictures.

    While the person pauses, the guide's time stands still.
    """

    page: str
    side: Side
    guide: "Guide"
    paused: bool = False
    answers: dict[str, Any] = field(default_factory=dict)
    state: "GuideState | None" = None
    last_s: float = float("nan")
    away_s: float = 0.0

    def hear(self, said: Any) -> None:
        """A button, as JSON: one of ``pause`` (true or false), ``pain`` (0 to 10), ``same`` (as before), ``start``.

        Raises
        ------
        ValueError : it is anything else.
        """
        name, value = next(iter(said.items())) if isinstance(said, dict) and len(said) == 1 else ("", None)
        if name == "pause" and isinstance(value, bool):
            self.paused = value
        elif (name == "pain" and type(value) is int and 0 <= value <= PAIN_MOST) or (
            name in ("same", "start") and value is True
        ):
            self.answers[name] = value
        else:
            raise ValueError("Expected a pause, an answer about pain, or a start.")

    def step(self, reading: "LiveReading") -> "GuideState":
        """Where the guide stands after this picture."""
        from rom.live.guide import Answers

        if self.paused and self.state is not None:
            self.away_s += max(0.0, reading.time_s - self.last_s)
            self.last_s = reading.time_s
            return replace(self.state, phase="paused")
        answers, self.answers = Answers(**self.answers), {}
        self.last_s = reading.time_s
        self.state = self.guide.step(reading, reading.time_s - self.away_s, answers)
        return self.state
