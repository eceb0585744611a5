"""A leg and a guide that need no camera: they go by the time of the pictures alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import pi, sin
from typing import Any, Self

CODES = (
    "leg_in_view",
    "foot_large_enough",
    "side_on",
    "level",
    "bright_enough",
    "right_side",
    "standing_still",
)
POINTS = {
    "fibular_head": (0.55, 0.30),
    "lateral_malleolus": (0.52, 0.62),
    "plantar_heel": (0.49, 0.70),
    "plantar_mt5": (0.66, 0.68),
}


@dataclass(frozen=True)
class FakeReading:
    time_s: float
    angle_deg: float
    points: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(POINTS))


class FakeLeg:
    """Swings by 20 degrees every four seconds; the largest picture that it was shown is remembered."""

    shapes: set[tuple[int, ...]] = set()  # noqa: RUF012 - of all of them, on purpose
    means: list[tuple[float, float]] = []  # noqa: RUF012 - brightness of the left and the right half

    def __init__(self, recorded_px: tuple[int, int]) -> None:
        self.recorded_px = recorded_px

    def look(self, image: Any, time_s: float) -> FakeReading:
        FakeLeg.shapes.add(image.shape)
        half = image.shape[1] // 2
        FakeLeg.means.append((float(image[:, :half].mean()), float(image[:, half:].mean())))
        return FakeReading(time_s, 20 * sin(2 * pi * time_s / 4))

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


@dataclass(frozen=True)
class FakeCheck:
    code: str
    ok: bool
    message: str


@dataclass(frozen=True)
class FakePrompt:
    code: str
    sentence: str


@dataclass(frozen=True)
class FakeState:
    phase: str
    repetition: int = 0
    repetitions: int = 2
    hold_share: float = 0.0
    countdown_s: float = 0.0
    prompt: FakePrompt = FakePrompt("", "")
    remark: str = ""
    recording: bool = False
    reason: str = ""


@dataclass
class Plan:
    """How the fakes behave; tests change it."""

    green_after_s: float = 0.6
    move_s: float = 0.8
    pain_s: float = 1.5
    begun_s: dict[str, float] = field(default_factory=dict)


plan = Plan()


def fake_checks(readings: Sequence[FakeReading], side: str, protocol: str) -> tuple[FakeCheck, ...]:
    """All red at first, then one after the other green."""
    first = plan.begun_s.setdefault(side, readings[0].time_s)
    passed = readings[-1].time_s - first
    each = plan.green_after_s / len(CODES)
    return tuple(
        FakeCheck(code, passed > each * (k + 1), "Move the laptop two steps back.") for k, code in enumerate(CODES)
    )


class FakeGuide:
    """Two repetitions: up, hold, down, hold, and pain asked for between them."""

    def __init__(self, protocol: str, side: str) -> None:
        self.side = side
        self.start_s: float | None = None
        self.answered = False
        self.pain: list[Any] = []

    def step(self, reading: FakeReading, time_s: float, answers: Sequence[Any]) -> FakeState:
        first = plan.begun_s.get(self.side)
        if first is None or reading.time_s - first <= plan.green_after_s + 0.2:
            return FakeState("set_up", prompt=FakePrompt("ready", "Very good. Stay like that."))
        if self.start_s is None:
            self.start_s = time_s
        self.pain += answers
        if any(isinstance(pain, int) and pain >= 6 for pain in self.pain):
            reason = "That hurts too much: we stop here. Please tell a provider."
            return FakeState("stopped", 1, prompt=FakePrompt("stopped", reason), recording=False, reason=reason)
        return self._at(time_s - self.start_s + (plan.pain_s if answers or self.answered else 0), bool(answers))

    def _at(self, passed: float, answered: bool) -> FakeState:
        """The phase of a moment; an answer ends the asking at once."""
        self.answered |= answered
        course = [("countdown", 1.0, "Ready?")]
        for repetition in (1, 2):
            course += [
                ("move_up", plan.move_s, "Pull your foot up, as far as it goes"),
                ("hold_up", plan.move_s, "Hold it there"),
                ("move_down", plan.move_s, "Point your foot, as far as it goes"),
                ("hold_down", plan.move_s, "Hold it there"),
            ]
            if repetition == 1:
                course += [("ask_pain", plan.pain_s, "Does it hurt?")]
        begun = 0.0
        for k, (phase, lasts, sentence) in enumerate(course):
            if passed < begun + lasts:
                share = (passed - begun) / lasts if phase.startswith("hold") else 0.0
                left = begun + lasts - passed if phase == "countdown" else 0.0
                prompt = FakePrompt(phase, sentence)
                return FakeState(phase, 1 + (k > 5), 2, share, left, prompt, recording=phase != "countdown")
            begun += lasts
        return FakeState("done", 2, prompt=FakePrompt("done", "Well done."))
