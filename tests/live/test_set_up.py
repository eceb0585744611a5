"""The set-up list: each line alone, what it says to do, and that it does not flicker."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from rom.ankle.checks import DARK_CAUTION, ROLL_CAUTION_DEG
from rom.exam.protocols import protocols
from rom.live.reading import LiveReading
from rom.live.set_up import HELD_S, SetupCheck, setup_checks
from rom.records import Side
from rom.settings import Settings
from tests.planted_live import nobody, reading

CODES = [
    "leg_in_view",
    "alone",
    "foot_large_enough",
    "side_on",
    "level",
    "bright_enough",
    "right_side",
    "standing_still",
]


def after(
    made: Callable[[float], LiveReading], side: Side = "right", name: str = "seated", seconds: float = 1.2
) -> dict[str, SetupCheck]:
    """The list after so long of these readings."""
    readings = [made(k / 25) for k in range(round(seconds * 25))]
    return {check.code: check for check in setup_checks(readings, side, name)}


@pytest.mark.parametrize("name", [name for name in protocols() if name != "walk"])
@pytest.mark.parametrize("side", ["right", "left"])
def test_a_leg_that_is_well_placed_is_all_green(name: str, side: Side) -> None:
    lines = after(lambda t: reading(t, 3.0 * np.sin(9 * t), side), side, name)
    assert list(lines) == CODES
    assert [line.code for line in lines.values() if not line.ok] == []
    assert {line.message for line in lines.values()} == {""}


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_walk_wants_all_of_the_person_and_a_smaller_foot_will_do(side: Side) -> None:
    near = after(lambda t: reading(t, side=side), side, "walk")
    assert near["leg_in_view"].message.startswith("Move the laptop further back")
    far = after(lambda t: reading(t, side=side, larger=0.6), side, "walk")
    assert all(line.ok for line in far.values())
    assert not after(lambda t: reading(t, side=side, larger=0.6), side, "seated")["foot_large_enough"].ok


def turned(yaw_deg: float, side: Side) -> Callable[[float], LiveReading]:
    return lambda t: replace(reading(t, side=side), yaw_deg=yaw_deg)


# By hand, seen from above: who faces east shows a camera in the south the right side. A camera in the south-east
# sees the front (+); facing north-east instead, the right side points at it: a turn to the left.
@pytest.mark.parametrize(
    ("made", "side", "code", "advice"),
    [
        (nobody, "right", "leg_in_view", "nobody"),
        (lambda t: nobody(t, people=1), "right", "leg_in_view", "leg_hidden"),
        (lambda t: reading(t, at=(0.45, 0.2)), "right", "leg_in_view", "top_cut"),
        (lambda t: reading(t, at=(0.45, 0.98)), "right", "leg_in_view", "bottom_cut"),
        (lambda t: reading(t, at=(0.95, 0.7)), "right", "leg_in_view", "toes_cut"),
        (lambda t: reading(t, at=(0.02, 0.7)), "right", "leg_in_view", "heel_cut"),
        (lambda t: reading(t, side="left", at=(0.05, 0.7)), "left", "leg_in_view", "toes_cut"),
        (lambda t: reading(t, side="left", at=(0.98, 0.7)), "left", "leg_in_view", "heel_cut"),
        (lambda t: reading(t, larger=4.0), "right", "leg_in_view", "too_near"),
        (lambda t: replace(reading(t), people=2), "right", "alone", "others"),
        (lambda t: reading(t, larger=0.6), "right", "foot_large_enough", "closer_one"),
        (lambda t: reading(t, larger=0.4), "right", "foot_large_enough", "closer_two"),
        (turned(40.0, "right"), "right", "side_on", "turn_left"),
        (turned(-40.0, "right"), "right", "side_on", "turn_right"),
        (turned(40.0, "left"), "left", "side_on", "turn_right"),
        (turned(-40.0, "left"), "left", "side_on", "turn_left"),
        (lambda t: replace(reading(t), roll_deg=ROLL_CAUTION_DEG + 1), "right", "level", "raise_right"),
        (lambda t: replace(reading(t), roll_deg=-ROLL_CAUTION_DEG - 1), "right", "level", "raise_left"),
        (lambda t: replace(reading(t), brightness=DARK_CAUTION - 1), "right", "bright_enough", "more_light"),
        (lambda t: reading(t, side="left"), "right", "right_side", "show_right"),
        (lambda t: reading(t, side="right"), "left", "right_side", "show_left"),
        (lambda t: reading(t, at=(0.45 + 0.05 * np.sin(6 * t), 0.7)), "right", "standing_still", "keep_still"),
        (lambda t: reading(t, lean_deg=20 * np.sin(4 * t)), "right", "standing_still", "keep_still"),
    ],
)
def test_each_red_line_says_what_to_do(
    made: Callable[[float], LiveReading], side: Side, code: str, advice: str
) -> None:
    line = after(made, side)[code]
    assert (line.ok, line.advice) == (False, advice)
    assert line.message.endswith(".")
    alone = [other.code for other in after(made, side).values() if not other.ok and other.advice != "leg_first"]
    assert set(alone) - {"foot_large_enough", "standing_still"} <= {code}, "nothing else is blamed for it"


def test_the_limits_are_those_of_the_instrument() -> None:
    limit_px = Settings().foot_caution_px
    for foot_px, ok in ((limit_px - 1, False), (limit_px + 1, True)):
        lines = after(lambda t, px=foot_px: replace(reading(t), foot_px=px))  # type: ignore[misc]
        assert lines["foot_large_enough"].ok == ok
    allowed_deg = Settings().view_caution_deg + 8.0  # and the estimate's own SD
    for yaw_deg, ok in ((allowed_deg + 1, False), (allowed_deg - 1, True)):
        assert after(turned(yaw_deg, "right"))["side_on"].ok == ok


def test_a_level_that_no_line_tells_is_not_held_against_anybody() -> None:
    assert after(reading)["level"].ok
    assert np.isnan(reading(0.0).roll_deg)


def test_no_reading_at_all() -> None:
    lines = setup_checks([], "right", "seated")
    assert [line.code for line in lines] == CODES
    assert not any(line.ok for line in lines)
    assert lines[0].message == "Waiting for the camera."


def course(ok: Callable[[float], bool], seconds: float, rate_hz: float = 25.0) -> list[bool]:
    """Whether the light's line is green, from picture to picture, where the light is there or not."""
    readings: list[LiveReading] = []
    shown: tuple[SetupCheck, ...] = ()
    greens = []
    for k in range(round(seconds * rate_hz)):
        t = k / rate_hz
        readings.append(replace(reading(t), brightness=100.0 if ok(t) else 10.0))
        shown = setup_checks(readings[-40:], "right", "seated", shown)
        greens.append(shown[CODES.index("bright_enough")].ok)
    return greens


@pytest.mark.parametrize("rate_hz", [8.0, 25.0, 30.0])
def test_a_line_turns_green_after_about_a_second(rate_hz: float) -> None:
    greens = course(lambda t: t >= 2.0, 5.0, rate_hz)
    assert greens.index(True) / rate_hz == pytest.approx(2.0 + HELD_S, abs=0.2)
    assert all(greens[greens.index(True) :])


def test_slips_of_single_pictures_change_nothing() -> None:
    random = np.random.default_rng(3)
    greens = course(lambda t: t > 0.0 and random.random() > 0.2 * (t > 2.0), 12.0)
    assert sum(a != b for a, b in pairwise(greens)) == 1


def test_what_is_right_half_of_the_time_does_not_flicker() -> None:
    random = np.random.default_rng(4)
    assert not any(course(lambda _: random.random() > 0.5, 20.0)), "red stays red"
    held = course(lambda t: t < 2.0 or random.random() > 0.4, 20.0)
    assert sum(a != b for a, b in pairwise(held)) <= 2, "and green goes out once at most"


def test_what_goes_wrong_for_good_turns_red_within_a_second() -> None:
    greens = course(lambda t: t < 3.0, 6.0)
    assert greens[70]
    gone = len(greens) - greens[::-1].index(True)
    assert gone / 25 == pytest.approx(3.0 + 0.7 * HELD_S, abs=0.2)
