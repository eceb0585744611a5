"""The live picture's WebSocket: one small picture comes, one answer goes, and the newest picture wins.

A message is the time a picture was taken (8 bytes, float64, little-endian, in ms of the browser's clock) and its
JPEG; or JSON from a button. No number that goes back is a result.
"""

import json
import struct
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, WebSocket

from rom.exam.symptoms import PAIN_MOST
from rom.records import Image, Side
from rom.web.journey import journey_of

if TYPE_CHECKING:
    from rom.live import GuideState, LiveLeg, LiveReading, SetupCheck

#: Pictures that are looked at live: the browser sends 640 px on the long side. Larger ones are refused undecoded.
SIDE_PX_MOST = 1280
#: Recordings that a browser may say it makes: 8K.
RECORDED_PX_MOST = 7680
#: The set-up is judged from so much of the last pictures.
CHECKED_S = 3.0
#: WebSocket's own codes: the way is not so far, and what was sent is no picture (RFC 6455, 7.4.1).
NOT_NOW, NO_PICTURE = 1008, 1003


def routes() -> APIRouter:
    """The WebSocket; a page that lost its connection finds its guide again."""
    router = APIRouter()
    guided: dict[str, Guided] = {}

    @router.websocket("/record/live")
    async def live(socket: WebSocket, side: Side, page: str, width: int = 1280, height: int = 720) -> None:
        journey = journey_of(socket)
        possible = 0 < width <= RECORDED_PX_MOST and 0 < height <= RECORDED_PX_MOST
        if not journey.protocol or side not in journey.sides or not possible:
            await socket.close(NOT_NOW)
            return
        await socket.accept()
        guide = guided.get(journey.id)
        if guide is None or (guide.page, guide.side) != (page, side):
            guide = guided[journey.id] = Guided(page, side, journey.protocol)
        await _serve(socket, guide, (width, height))

    return router


async def _serve(socket: WebSocket, guided: "Guided", recorded_px: tuple[int, int]) -> None:
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
                    answer = await loop.run_in_executor(thread, _answer, leg, guided, message["bytes"])
                    await socket.send_text(answer)
                else:
                    guided.hear(json.loads(message["text"]))
        except ValueError:
            await socket.close(NO_PICTURE)
        finally:
            await loop.run_in_executor(thread, leg.close)


def _leg(recorded_px: tuple[int, int]) -> "LiveLeg":
    """Loads the models."""
    from rom.live import LiveLeg

    return LiveLeg(recorded_px)


def _answer(leg: "LiveLeg", guided: "Guided", message: bytes) -> str:
    """What is seen in a picture, and where the guide stands."""
    time_s, image = unpacked(message)
    reading = leg.look(image, time_s)
    checks = guided.checks(reading)
    return packed(reading, checks, guided.step(reading))


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


def packed(reading: "LiveReading", checks: "tuple[SetupCheck, ...]", guide: "GuideState") -> str:
    """The answer as JSON; what is not known is null."""
    told = {
        "reading": {
            "angle_deg": _known(reading.angle_deg),
            "points": {name: [round(x, 4), round(y, 4)] for name, (x, y) in reading.points.items()},
        },
        "checks": [asdict(check) for check in checks],
        "guide": {name: _known(value) for name, value in asdict(guide).items()},
    }
    return json.dumps(told, allow_nan=False)


def _known(value: Any) -> Any:
    """The value; None for NaN."""
    return None if isinstance(value, float) and not isfinite(value) else value


@dataclass
class Guided:
    """The guide of one page through one side, and what was told to it between pictures.

    While the person pauses, the guide's time stands still.
    """

    page: str
    side: Side
    protocol: str
    paused: bool = False
    answers: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The guide at its beginning."""
        from rom.live import Guide

        self._guide: Guide = Guide(self.protocol, self.side)
        self._state: GuideState | None = None
        self._readings: deque[LiveReading] = deque()
        self._last_s: float | None = None
        self._away_s = 0.0

    def hear(self, said: Any) -> None:
        """A button: ``{"pause": true}``, or an answer about pain, 0 to 10; ``ValueError`` for anything else."""
        if not isinstance(said, dict):
            raise ValueError("Expected a button's message.")
        pain = said.get("pain")
        if isinstance(said.get("pause"), bool):
            self.paused = said["pause"]
        elif pain == "as_before" or (type(pain) is int and 0 <= pain <= PAIN_MOST):
            self.answers.append(pain)
        else:
            raise ValueError("Expected a pause, or pain from 0 to 10.")

    def checks(self, reading: "LiveReading") -> "tuple[SetupCheck, ...]":
        """The list of the set-up, from the last pictures."""
        from rom.live import setup_checks

        self._readings.append(reading)
        while reading.time_s - self._readings[0].time_s > CHECKED_S:
            self._readings.popleft()
        return setup_checks(tuple(self._readings), self.side, self.protocol)

    def step(self, reading: "LiveReading") -> "GuideState":
        """Where the guide stands after this picture."""
        if self.paused and self._state is not None:
            self._away_s += 0.0 if self._last_s is None else reading.time_s - self._last_s
            self._last_s = reading.time_s
            return replace(self._state, phase="paused")
        self._last_s = reading.time_s
        answers, self.answers = tuple(self.answers), []
        self._state = self._guide.step(reading, reading.time_s - self._away_s, answers)
        return self._state
