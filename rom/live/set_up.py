"""Whether everything stands as it should before a recording, and what to do where it does not."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rom.ankle.checks import BORDER_SHARE, DARK_CAUTION, ROLL_CAUTION_DEG
from rom.exam.posture import span
from rom.exam.protocols import Protocol, protocol
from rom.live.prompts import sentence
from rom.live.reading import LiveReading
from rom.records import Side
from rom.settings import Settings

#: Limits of our own: how a list of checks is kept from flickering, and when somebody stands still.
HELD_S = 1.0  # a line turns green when it was right for so long
COVERED_SHARE = 0.8  # of that time, for which readings must be there
GREEN_SHARE = 0.9  # of the readings, for a line to turn green
KEPT_SHARE = 0.3  # of the readings, for a green line to stay so
STILL_SHANKS = 0.08  # ankle and knee travel by less within that time
STILL_KEPT_SHANKS = 0.2  # while the line is green
ROOM_SHARE = 0.9  # a leg that fills more of the picture has no room around it
NEARLY = 0.7  # a foot of so much of the wanted length is one step too far away, not two
#: Stature over the shank's length: 1 / 0.246 (Drillis and Contini, in Winter, Biomechanics and Motor Control).
STATURE_SHANKS = 4.07


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """One line of the list.

    Attributes
    ----------
    code, title : which. ok : whether it is green.
    message, advice : what to do, and its code; empty where it is green.
    """

    code: str
    ok: bool
    message: str
    title: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for."""

    side: Side
    which: Protocol
    settings: Settings


def setup_checks(
    readings: Sequence[LiveReading],
    side: Side,
    protocol_name: str,
    before: Sequence[SetupCheck] = (),
    settings: Settings | None = None,
) -> tuple[SetupCheck, ...]:
    """The list of checks, in its order.

    Parameters
    ----------
    readings : those of the last second or more, in order of time. Older ones are left out.
    side : the leg that is to be recorded. protocol_name : the exam.
    before : the list as it was shown last: a green line stays green through slips.
    settings : limits that the instrument shares.

    Returns
    -------
    leg_in_view, alone, foot_large_enough, side_on, level, bright_enough, right_side, standing_still.
    """
    wanted = _Wanted(side, protocol(protocol_name), settings or Settings())
    recent = [one for one in readings if 0.0 <= readings[-1].time_s - one.time_s <= HELD_S]
    green = {check.code for check in before if check.ok}
    lines = [_line(code, recent, wanted, code in green) for code in CHECKS]
    return (*lines, _still(recent, wanted, "standing_still" in green))


def _line(code: str, recent: list[LiveReading], wanted: _Wanted, green: bool) -> SetupCheck:
    """One check over the last readings."""
    found = [CHECKS[code](reading, wanted) for reading in recent]
    wrong = Counter(advice for advice in found if advice)
    share = 1.0 - wrong.total() / len(found) if found else 0.0
    ok = share >= KEPT_SHARE if green else share >= GREEN_SHARE and _covered(recent)
    likely = wrong.most_common(1)[0][0] if wrong else "no_picture" if not found else "one_moment"
    return _check(code, ok, likely, wanted)


def _still(recent: list[LiveReading], wanted: _Wanted, green: bool) -> SetupCheck:
    """Whether leg and laptop stand still."""
    seen = [reading for reading in recent if reading.seen]
    advice = "stand_still" if wanted.which.posture in ("standing", "walking", "lunge") else "keep_still"
    if len(seen) < GREEN_SHARE * len(recent) or not seen:
        return _check("standing_still", green and bool(seen), "leg_first" if not seen else advice, wanted)
    places = np.stack([one.places_px("lateral_malleolus", "fibular_head") for one in seen])
    shank_px = float(np.median([one.shank_px for one in seen]))
    travel = max(span(places[:, k, axis]) for k in range(2) for axis in range(2)) / shank_px
    limit = STILL_KEPT_SHANKS if green else STILL_SHANKS
    return _check("standing_still", travel <= limit and (green or _covered(recent)), advice, wanted)


def _covered(recent: list[LiveReading]) -> bool:
    """Whether readings are there for about the time that is asked for."""
    return bool(recent) and recent[-1].time_s - recent[0].time_s >= COVERED_SHARE * HELD_S


def _check(code: str, ok: bool, advice: str, wanted: _Wanted) -> SetupCheck:
    """A line with its words."""
    title = sentence("title", code, wanted.side)
    if ok:
        return SetupCheck(code, True, "", title, "")
    return SetupCheck(code, False, sentence("set_up", advice, wanted.which.name), title, advice)


def _leg_in_view(reading: LiveReading, wanted: _Wanted) -> str:
    """The whole leg lies in the picture."""
    if not reading.seen:
        return "leg_hidden" if reading.people else "nobody"
    places = np.array(list(reading.points.values()))
    left, top = (bool(cut) for cut in places.min(axis=0) < BORDER_SHARE)
    right, bottom = (bool(cut) for cut in places.max(axis=0) > 1.0 - BORDER_SHARE)
    too_large = bool((np.ptp(places, axis=0) > ROOM_SHARE).any())
    if too_large or (left and right) or (top and bottom):
        return "too_near"
    if top or bottom:
        return "top_cut" if top else "bottom_cut"
    if left or right:
        return "toes_cut" if right == (reading.facing > 0) else "heel_cut"
    if wanted.which.posture == "walking" and reading.shank_px * STATURE_SHANKS > reading.size_px[1]:
        return "too_near_walk"
    return ""


def _alone(reading: LiveReading, wanted: _Wanted) -> str:  # noqa: ARG001 - asked like the others
    """Nobody else is there, whose leg might be taken for the one that is measured."""
    return "others" if reading.people > 1 else ""


def _foot_large_enough(reading: LiveReading, wanted: _Wanted) -> str:
    """The foot is drawn by enough pixels of the recording; in a walk the whole path must be in view."""
    if not reading.seen:
        return "leg_first"
    walks = wanted.which.posture == "walking"
    least_px = wanted.settings.foot_stop_px if walks else wanted.settings.foot_caution_px
    if reading.foot_px >= least_px:
        return ""
    return "closer_one" if reading.foot_px >= NEARLY * least_px else "closer_two"


def _side_on(reading: LiveReading, wanted: _Wanted) -> str:
    """The camera looks from the side; said to be off only where it is so beyond the estimate's own SD."""
    if not reading.seen:
        return "leg_first"
    if abs(reading.yaw_deg) <= wanted.settings.view_caution_deg + reading.yaw_sd_deg:
        return ""
    return "turn_left" if (reading.yaw_deg > 0) == (reading.side == "right") else "turn_right"


def _level(reading: LiveReading, wanted: _Wanted) -> str:  # noqa: ARG001
    """The camera is level, as far as lines in the room tell; a picture turned clockwise is raised on the right."""
    if not abs(reading.roll_deg) > ROLL_CAUTION_DEG:
        return ""
    return "raise_right" if reading.roll_deg > 0 else "raise_left"


def _bright_enough(reading: LiveReading, wanted: _Wanted) -> str:  # noqa: ARG001
    """There is light."""
    return "" if reading.brightness >= DARK_CAUTION else "more_light"


def _right_side(reading: LiveReading, wanted: _Wanted) -> str:
    """The leg that is asked for faces the camera."""
    if not reading.seen:
        return "leg_first"
    return "" if reading.side == wanted.side else f"show_{wanted.side}"


CHECKS: dict[str, Callable[[LiveReading, _Wanted], str]] = {
    "leg_in_view": _leg_in_view,
    "alone": _alone,
    "foot_large_enough": _foot_large_enough,
    "side_on": _side_on,
    "level": _level,
    "bright_enough": _bright_enough,
    "right_side": _right_side,
}
