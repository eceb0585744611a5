"""One motion over several visits, each with its likely range, and what the measurement error alone could do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rom.report.language import Words
from rom.report.svg import (
    BAND,
    GREY,
    INK,
    OWN,
    PAPER,
    Scale,
    drawing,
    element,
    letters,
    line,
    polygon,
    polyline,
    rectangle,
    rounded,
)

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 360.0, 170.0, 40.0, 40.0, 24.0, 30.0
#: As many visits as have room for their dates; the latest are shown.
MOST_VISITS = 4
#: The wide picture, for a professional: so much wider, and as many visits.
WIDE, WIDE_MOST_VISITS = 2.0, 9
ROUND_TO_DEG = 5.0


@dataclass(frozen=True, slots=True)
class Past:
    """One motion on one day."""

    date: str
    value_deg: float
    ci95_deg: tuple[float, float]


def trend_picture(
    visits: Sequence[Past],
    mdc_deg: float | None,
    say: Words,
    *,
    goal_deg: float | None = None,
    wide: bool = False,
) -> bytes:
    """The latest visits as SVG, today last.

    Parameters
    ----------
    visits : in order of time, two or more. mdc_deg : minimal detectable change; a band of this half-width about
        the value before today's is shaded: a value within it is no change that can be told.
    goal_deg : what is to be reached, as a line. wide : room for more visits.
    """
    shown, width = list(visits)[-(WIDE_MOST_VISITS if wide else MOST_VISITS) :], WIDTH * (WIDE if wide else 1.0)
    ends = [end for past in shown for end in past.ci95_deg]
    before = shown[-2].value_deg
    if mdc_deg is not None:
        ends += [before - mdc_deg, before + mdc_deg]
    if goal_deg is not None:
        ends.append(goal_deg)
    up = Scale(*rounded(min(ends), max(ends), ROUND_TO_DEG), HEIGHT - FOOT, TOP)
    across = Scale(0.0, len(shown) - 1.0, LEFT + 38.0, width - RIGHT - 22.0)
    parts = _grid(up, width, say)
    if mdc_deg is not None:
        left, right = across(len(shown) - 2.0), across(len(shown) - 1.0)
        parts.append(rectangle(left, up(before + mdc_deg), right, up(before - mdc_deg), BAND))
    if goal_deg is not None:
        y = up(goal_deg)
        words = say("goal {degrees}", degrees=say.degrees(goal_deg))
        parts += [line(LEFT, y, width - 8, y, INK, 1.4, "7 4"), letters(words, LEFT + 4, y - 4, fill=INK)]
    places = [(across(float(k)), up(past.value_deg)) for k, past in enumerate(shown)]
    parts.append(polyline(np.array(places), GREY, 1.2))
    for k, past in enumerate(shown):
        parts += _visit(past, across(float(k)), up, say, today=k == len(shown) - 1)
    return drawing(width, HEIGHT, parts)


def _grid(up: Scale, width: float, say: Words) -> list[str]:
    """Round angles with fine lines."""
    parts = []
    for tick in up.ticks(5):
        y = up(tick)
        parts += [line(LEFT, y, width - 8, y, BAND), letters(say.degrees(tick), LEFT - 6, y + 4, anchor="end")]
    return parts


def _visit(past: Past, x: float, up: Scale, say: Words, *, today: bool) -> list[str]:
    """One visit: a bar for its likely range, a mark, its number and its date below.

    Today's number stands beside its mark, where no line goes on; an earlier one above its bar.
    """
    low, high = (up(end) for end in past.ci95_deg)
    y, colour = up(past.value_deg), OWN if today else GREY
    circle = element("circle", cx=x, cy=y, r=5.5, fill=PAPER, stroke=colour, stroke_width=2)
    diamond = polygon(np.array([x, y]) + 7.5 * np.array([(-1, 0), (0, -1), (1, 0), (0, 1)]), colour, PAPER, 2.0)
    number = say.degrees(past.value_deg)
    return [
        line(x, low, x, high, colour, 3.0 if today else 1.8, "" if today else "4 3"),
        *(line(x - 5, end, x + 5, end, colour, 1.8) for end in (low, high)),
        diamond if today else circle,
        letters(number, x + 11, y - 5, bold=True, fill=INK)
        if today
        else letters(number, x, high - 7, anchor="middle", fill=INK),
        letters(say.short_date(past.date), x, HEIGHT - 10, anchor="middle", size=11.5, bold=today),
    ]
