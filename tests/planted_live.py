"""Planted people before the live camera: they hear the guide's prompts and move as planned."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rom.live.guide import NOTHING, Answers, Guide, GuideState
from rom.live.reading import LiveReading
from rom.records import LEG_LANDMARKS, Side

SIZE_PX = (1280, 720)
#: A right leg, toes right, its shank upright: places as shares of a picture of `SIZE_PX`.
ANKLE = (0.45, 0.75)
SHANK_PX = 250.0
FOOT_PX = 140.0


def reading(
    time_s: float,
    angle_deg: float = 0.0,
    side: Side = "right",
    *,
    lean_deg: float = 0.0,
    tilt_deg: float | None = None,
    at: tuple[float, float] = ANKLE,
    larger: float = 1.0,
) -> LiveReading:
    """What is seen of a leg that is well placed; the foot's tilt follows from angle and lean unless it is said."""
    facing = 1 if side == "right" else -1
    lean, foot = np.radians(lean_deg), np.radians(angle_deg - lean_deg if tilt_deg is None else tilt_deg)
    ankle = np.array(at) * SIZE_PX
    up = np.array([facing * np.sin(lean), -np.cos(lean)])
    ahead = np.array([facing * np.cos(foot), -np.sin(foot)])
    knee = ankle + larger * SHANK_PX * up
    heel = ankle - larger * 0.25 * FOOT_PX * ahead + np.array([0.0, larger * 20.0])
    places = {
        "fibular_head": 0.9 * knee + 0.1 * ankle,
        "lateral_malleolus": ankle,
        "plantar_heel": heel + larger * 0.1 * FOOT_PX * ahead,
        "plantar_mt5": heel + larger * 0.65 * FOOT_PX * ahead,
        "posterior_heel": heel,
        "plantar_mt1": heel + larger * 0.7 * FOOT_PX * ahead,
        "toe_tip": heel + larger * FOOT_PX * ahead,
        "knee_centre": knee,
        "ankle_centre": ankle,
    }
    shares = {name: tuple(float(v) for v in places[name] / SIZE_PX) for name in LEG_LANDMARKS}
    return LiveReading(
        time_s=time_s,
        size_px=SIZE_PX,
        angle_deg=angle_deg,
        angle_sd_deg=2.0,
        points={name: (x, y) for name, (x, y) in shares.items()},
        side=side,
        presence=0.99,
        shank_px=larger * SHANK_PX,
        foot_px=larger * FOOT_PX,
        people=1,
        brightness=120.0,
        yaw_deg=5.0,
        yaw_sd_deg=8.0,
    )


def nobody(time_s: float, people: int = 0) -> LiveReading:
    """A bright, empty picture."""
    return LiveReading(time_s, size_px=SIZE_PX, people=people, brightness=120.0)


@dataclass
class Patient:
    """Hears what is said, waits, and moves at a steady pace to where they can.

    `up_deg`, `down_deg` : the ends that this ankle reaches. `hold_s` : how long an end is held before the foot is
    let go. `delay_s` : from hearing to moving. `answers` : what is said at a state. `gone` : whether the leg is out
    of the picture at a time since the recording began. `lean`, `tilt` : of shank and foot (None where it follows),
    from the angle and the number of the movement. `reach` : how far the foot really goes. Ends that are reached are
    counted: `ups`, `downs`.
    """

    up_deg: float = 15.0
    down_deg: float = -45.0
    hold_s: float = 60.0
    delay_s: float = 0.8
    pace_deg_s: float = 40.0
    noise_deg: float = 0.5
    rate_hz: float = 25.0
    side: Side = "right"
    seed: int = 1
    answers: Callable[[GuideState], Answers] = lambda _state: NOTHING
    gone: Callable[[float], bool] = lambda _passed_s: False
    lean: Callable[[float, int], float] = lambda _angle_deg, _attempt: 0.0
    tilt: Callable[[float, int], float | None] = lambda _angle_deg, _attempt: None
    reach: Callable[[float, int], float] = lambda target_deg, _attempt: target_deg
    ups: int = 0
    downs: int = 0

    def follow(self, guide: Guide, most_s: float = 2000.0, start_s: float = 0.0) -> Iterator[GuideState]:
        """Every state until the guide ends."""
        random = np.random.default_rng(self.seed)
        angle = target = 0.0
        phase, heard_s, arrived_s, began_s, attempt = "", start_s, np.inf, np.inf, 0
        letting_go_s, answers = -np.inf, NOTHING
        for k in range(round(most_s * self.rate_hz)):
            time_s = start_s + k / self.rate_hz
            away = time_s >= began_s and self.gone(time_s - began_s)
            seen = (
                nobody(time_s)
                if away
                else reading(
                    time_s,
                    angle + self.noise_deg * random.normal(),
                    self.side,
                    lean_deg=self.lean(angle, attempt),
                    tilt_deg=self.tilt(angle, attempt),
                )
            )
            state = guide.step(seen, time_s, answers)
            yield state
            answers = self.answers(state)
            if state.phase in ("done", "stopped"):
                return
            began_s = min(began_s, time_s) if state.recording else began_s
            said = state.phase + state.remark
            if said != phase:
                again = state.remark and state.phase.startswith("move") and not phase.startswith(state.phase)
                attempt += int(state.phase.startswith("move") and said != phase)
                phase = said
                if not said.startswith("hold"):  # who is told to hold does what is under way
                    target = self._target(state, target, attempt)
                    heard_s, arrived_s = time_s, np.inf
                    letting_go_s = time_s + 1.5 if again else -np.inf
            wanted = 0.0 if time_s < letting_go_s or time_s - arrived_s > self.hold_s else target
            if time_s - heard_s >= self.delay_s:
                before = angle
                angle += float(np.sign(wanted - angle)) * min(self.pace_deg_s / self.rate_hz, abs(wanted - angle))
                self._count(before, angle, target)
                if angle == target and not np.isfinite(arrived_s):
                    arrived_s = time_s

    def _target(self, state: GuideState, target: float, attempt: int) -> float:
        """Where the foot goes when a phase begins."""
        ends = {"move_up": self.up_deg, "move_down": self.down_deg, "rest": 0.0, "ask_pain": 0.0}
        return self.reach(ends[state.phase], attempt) if state.phase in ends else target

    def _count(self, before: float, angle: float, target: float) -> None:
        """An end is reached."""
        if before != angle == target != 0.0:
            self.ups += int(target > 0)
            self.downs += int(target < 0)


def phases(states: list[GuideState]) -> list[str]:
    """The phases in order, each once."""
    named = [state.phase for state in states]
    return [name for k, name in enumerate(named) if k == 0 or named[k - 1] != name]
