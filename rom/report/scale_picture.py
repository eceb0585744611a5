"""Where a number lies among people: a scale with their usual band, and this ankle, the other, and last time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rom.report.svg import (
    BAND,
    EDGE,
    GREY,
    INK,
    LETTERS,
    OWN,
    PAPER,
    Scale,
    drawing,
    element,
    letters,
    line,
    polygon,
    rectangle,
    rounded,
)

WIDTH, LABELS, ROW, TOP, FOOT = 330.0, 106.0, 32.0, 28.0, 30.0
#: Ends of the scale lie on multiples of this.
ROUND_TO = 10.0
#: Half the size of a mark.
MARK = 6.0

Shape = Literal["this", "other", "earlier", "mean"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of the scale: a value, with its interval where it has one.

    `shape`: *this* ankle is a filled diamond, the *other* a square, *earlier* a dashed circle, a *mean* of other
    people a triangle.
    """

    label: str
    value: float
    interval: tuple[float, float] | None
    shape: Shape


@dataclass(frozen=True, slots=True)
class Usual:
    """The band in which most people lie (2.5th to 97.5th percentile), and its 16th."""

    low: float
    middle: float
    high: float
    label: str


def scale_picture(marks: Sequence[Mark], usual: Usual | None, unit: str) -> bytes:
    """The scale as SVG.

    Parameters
    ----------
    marks : this ankle's first. usual : None where nobody can be compared with. unit : ``°`` or `` cm``.
    """
    known = [value for mark in marks for value in (mark.value, *(mark.interval or ()))]
    known += [usual.low, usual.high] if usual is not None else []
    low, high = rounded(min([*known, 0.0]), max(known) + MARK / 2, ROUND_TO)
    across = Scale(low, high, LABELS, WIDTH - 14.0)
    bottom = TOP + ROW * len(marks)
    parts = [] if usual is None else _band(usual, across, bottom)
    parts += _axis(across, bottom, unit)
    for k, mark in enumerate(marks):
        parts += _row(mark, across, TOP + ROW * (k + 0.5))
    return drawing(WIDTH, bottom + FOOT, parts)


def _band(usual: Usual, across: Scale, bottom: float) -> list[str]:
    """The usual band: shaded, its lower 16 of 100 hatched, its name above."""
    left, middle, right = (across(value) for value in (usual.low, usual.middle, usual.high))
    centre = min(max((left + right) / 2, LABELS + 50), WIDTH - 60)
    return [
        rectangle(left, TOP, right, bottom, BAND),
        rectangle(left, TOP, middle, bottom, "url(#hatch)"),
        *(line(x, TOP, x, bottom, EDGE, 1.2) for x in (left, right)),
        line(middle, TOP, middle, bottom, EDGE, 1.2, "3 2"),
        letters(usual.label, centre, TOP - 9, anchor="middle", fill=GREY),
    ]


def _axis(across: Scale, bottom: float, unit: str) -> list[str]:
    """The axis with round numbers."""
    parts = [line(across.start, bottom, across.end, bottom)]
    for tick in across.ticks(7):
        x = across(tick)
        parts += [line(x, bottom, x, bottom + 5), letters(f"{tick:g}{unit}", x, bottom + 19, anchor="middle")]
    return parts


def _row(mark: Mark, across: Scale, y: float) -> list[str]:
    """The label, the interval as a bar with ends, and the mark on it."""
    own = mark.shape == "this"
    colour = {"this": OWN, "other": INK, "earlier": GREY, "mean": INK}[mark.shape]
    parts = [letters(mark.label, 2, y + 4.5, bold=own, fill=INK if own else GREY, size=LETTERS)]
    if mark.interval is not None:
        left, right = (across(value) for value in mark.interval)
        width, dash = (3.0 if own else 1.8), ("4 3" if mark.shape == "earlier" else "")
        parts.append(line(left, y, right, y, PAPER, width + 3))
        parts.append(line(left, y, right, y, colour, width, dash))
        parts += [line(x, y - 5, x, y + 5, colour, width * 0.8) for x in (left, right)]
    return [*parts, _mark(mark.shape, across(mark.value), y, colour)]


def _mark(shape: Shape, x: float, y: float, colour: str) -> str:
    """The mark alone."""
    if shape == "earlier":
        return element("circle", cx=x, cy=y, r=MARK - 0.5, fill=PAPER, stroke=colour, stroke_width=2)
    corners = {
        "this": [(-1.25, 0), (0, -1.25), (1.25, 0), (0, 1.25)],
        "other": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        "mean": [(-1.1, 0.9), (1.1, 0.9), (0, -1.1)],
    }[shape]
    fill = colour if shape == "this" else PAPER
    return polygon(np.array([x, y]) + MARK * np.array(corners), fill, colour if fill == PAPER else PAPER, 2.0)
