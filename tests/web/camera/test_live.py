"""The live picture's messages."""

import json
import struct
from typing import Any

import cv2
import numpy as np
import pytest

from rom.live.guide import Guide
from rom.live.reading import LiveReading
from rom.report.language import Words
from rom.web.camera.live import Guided, packed, unpacked


def message(width: int, height: int, time_ms: float = 1500.0) -> bytes:
    """A picture whose left third is red."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 3, 2] = 255  # OpenCV writes blue, green, red
    ok, jpeg = cv2.imencode(".jpg", image)
    assert ok
    return struct.pack("<d", time_ms) + jpeg.tobytes()


def test_a_picture_comes_with_its_time_in_seconds_and_as_rgb() -> None:
    time_s, image = unpacked(message(640, 360))
    assert (time_s, image.shape) == (1.5, (360, 640, 3))
    assert image[180, 100] == pytest.approx([255, 0, 0], abs=6), "JPEG changes a little"
    assert image[180, 500] == pytest.approx([0, 0, 0], abs=6)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"12345678",
        struct.pack("<d", 1.0) + b"\x89PNG\r\n\x1a\n",
        message(2000, 10),
        message(640, 360, float("nan")),
        message(640, 360)[:400],
    ],
    ids=["nothing", "time alone", "another kind", "too large", "no time", "cut off"],
)
def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match="Expected"):
        unpacked(sent)


def guided() -> Guided:
    return Guided("page", "right", Guide("seated", "right"))


def test_what_is_not_known_is_null() -> None:
    one = guided()
    reading = LiveReading(1.0)
    told = json.loads(packed(reading, one.step(reading), Words()))
    assert (told["angle_deg"], told["points"], told["guide"]["phase"]) == (None, {}, "set_up")
    assert [check["ok"] for check in told["checks"]] == [False] * 8
    assert told["guide"]["prompt"]["sentence"] == told["checks"][0]["message"]


class Marked(Words):
    """A language of its own: what it said can be told from what it did not."""

    def sentence(self, text: str) -> str:
        return f"<{text}>"


def test_every_sentence_is_said_in_the_language_of_the_page() -> None:
    one = guided()
    reading = LiveReading(1.0)
    told = json.loads(packed(reading, one.step(reading), Marked()))
    shown = [told["guide"]["remark"], told["guide"]["reason"], told["guide"]["prompt"]["sentence"]]
    shown += [check[name] for check in told["checks"] for name in ("title", "message")]
    assert len(shown) == 3 + 8 * 2
    assert all(sentence[0] == "<" and sentence[-1] == ">" for sentence in shown)


@pytest.mark.parametrize(
    "said",
    [{}, {"pain": 11}, {"pain": True}, {"pain": "3"}, {"pause": 1}, {"same": False}, {"pain": 3, "pause": True}, 7],
)
def test_only_buttons_are_heard(said: Any) -> None:
    with pytest.raises(ValueError, match="Expected a pause"):
        guided().hear(said)


def test_while_it_is_paused_the_guides_time_stands_still() -> None:
    """It is paused from 2 to 12 s: at 13 s the guide has seen 3 s, as many as without the pause."""
    times: list[float] = []

    class Clock(Guide):
        def step(self, reading: Any, time_s: float, answers: Any = None) -> Any:
            times.append(time_s)
            return super().step(reading, time_s, answers)

    one = Guided("page", "right", Clock("seated", "right"))
    for time_s in range(14):
        if time_s in (3, 13):
            one.hear({"pause": time_s == 3})
        phase = one.step(LiveReading(float(time_s))).phase
        assert (phase == "paused") == (3 <= time_s < 13)
    assert times == [0.0, 1.0, 2.0, 3.0]


def test_answers_reach_the_guide_once() -> None:
    heard: list[Any] = []

    class Listening(Guide):
        def step(self, reading: Any, time_s: float, answers: Any = None) -> Any:
            heard.append((answers.pain, answers.same))
            return super().step(reading, time_s, answers)

    one = Guided("page", "right", Listening("seated", "right"))
    one.hear({"pain": 1})
    one.step(LiveReading(0.0))
    one.hear({"same": True})
    one.step(LiveReading(0.1))
    one.step(LiveReading(0.2))
    assert heard == [(1, False), (None, True), (None, False)]
