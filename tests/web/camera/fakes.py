"""A leg and a guide that need no camera: they go by the time of the pictures alone."""

from dataclasses import dataclass, field
from math import pi, sin
from typing import Any

from rom.live.guide import NOTHING, Answers, GuideState, Phase
from rom.live.prompts import Prompt
from rom.live.reading import LiveReading
from rom.live.set_up import CHECKS, SetupCheck
from rom.records import Side
from rom.records.words import SIDES

POINTS = {
    "fibular_head": (0.55, 0.30),
    "lateral_malleolus": (0.52, 0.62),
    "plantar_heel": (0.49, 0.70),
    "plantar_mt5": (0.66, 0.68),
}
CODES = (*CHECKS, "standing_still")
UP = "Pull your foot up, as far as it goes."
DOWN = "Point your foot, as far as it goes."
HURTS = "Does it hurt? 0 is not at all, 10 is the worst."


@dataclass
class Plan:
    """How long everything takes, in seconds; tests change it."""

    green: float = 0.4
    countdown: float = 0.5
    move: float = 0.3
    pain: float = 1.0
    #: What the leg was shown: shapes, and brightness of the left less that of the right half.
    shapes: set[tuple[int, ...]] = field(default_factory=set)
    halves: list[float] = field(default_factory=list)


plan = Plan()


class FakeLeg:
    """Swings by 20 degrees every four seconds."""

    def __init__(self, recorded_px: tuple[int, int]) -> None:
        self.recorded_px = recorded_px

    def look(self, image: Any, time_s: float) -> LiveReading:
        half = image.shape[1] // 2
        plan.shapes.add(image.shape)
        plan.halves.append(float(image[:, :half].mean() - image[:, half:].mean()))
        return LiveReading(time_s, self.recorded_px, 20 * sin(2 * pi * time_s / 4), points=POINTS, side="right")

    def close(self) -> None:
        pass


class FakeGuide:
    """Checks that turn green one by one; two repetitions up and down, and pain asked for between them."""

    def __init__(self, protocol: str, side: Side, pain_before: int) -> None:
        assert (protocol, pain_before, side in SIDES) == ("seated", 1, True)
        movement: list[tuple[Phase, float, str]] = [
            ("move_up", plan.move, UP),
            ("hold_up", plan.move, "Hold it there."),
            ("move_down", plan.move, DOWN),
            ("hold_down", plan.move, "Hold it there."),
        ]
        self.course: list[tuple[Phase, float, str]] = [
            ("set_up", plan.green, "Ready."),
            ("countdown", plan.countdown, "Ready."),
            *movement,
            ("ask_pain", plan.pain, HURTS),
            *movement,
        ]
        self.stage = 0
        self.since_s: float | None = None
        self.stopped = False

    def step(self, reading: LiveReading, time_s: float, answers: Answers = NOTHING) -> GuideState:
        assert reading.seen
        self.since_s = time_s if self.since_s is None else self.since_s
        self.stopped |= answers.pain is not None and answers.pain >= 6
        answered = answers.pain is not None or answers.same
        if self.stage < len(self.course):
            over = time_s - self.since_s >= self.course[self.stage][1] or (answered and self.stage == 6)
            self.since_s = time_s if over else self.since_s
            self.stage += over
        return self._state(time_s - self.since_s)

    def _state(self, passed_s: float) -> GuideState:
        if self.stopped:
            reason = "That hurts too much: we stop here."
            return GuideState("stopped", 1, 2, 0.0, 0.0, Prompt("stopped", reason), "", False, reason)
        if self.stage == len(self.course):
            return GuideState("done", 2, 2, 0.0, 0.0, Prompt("done", "Well done."), "", False, "")
        phase, lasts_s, sentence = self.course[self.stage]
        share = passed_s / lasts_s
        green = share * len(CODES) if phase == "set_up" else len(CODES)
        checks = tuple(
            SetupCheck(code, k < green, "" if k < green else "Move the laptop two steps back.", code, "")
            for k, code in enumerate(CODES)
        )
        return GuideState(
            phase,
            1 + (self.stage > 6),
            2,
            share if phase.startswith("hold") else 0.0,
            lasts_s - passed_s,
            Prompt(phase, sentence),
            "",
            self.stage > 1,
            "",
            checks,
        )
