"""A flow chart of a study: what was found, what fell out at each step and why, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from rom.report.content import Picture
from rom.report.svg import BAND, EDGE, GREY, INK, LETTERS, PAPER, drawing, element, letters, line, rectangle

WIDTH, BOX_WIDTH, BOX_HEIGHT = 400.0, 182.0, 54.0
GAP, LINE_HEIGHT, MARGIN = 34.0, 19.0, 12.0
ARROW = 5.0


@dataclass(frozen=True, slots=True)
class Step:
    """A box with its count, and what falls out after it: words and how many; what is 0 is not drawn."""

    words: str
    count: int
    out: Sequence[tuple[str, int]]


def flow_chart(steps: Sequence[Step]) -> Picture:
    """The chart from top to bottom."""
    parts: list[str] = []
    top = MARGIN
    for number, step in enumerate(steps):
        parts += _box(step, top)
        out = [(words, count) for words, count in step.out if count]
        foot = top + BOX_HEIGHT
        if number + 1 < len(steps):
            below = foot + max(GAP, MARGIN + LINE_HEIGHT * len(out) + MARGIN)
            parts += _down(foot, below)
            parts += _aside(out, foot, below)
            top = below
    return Picture(drawing(WIDTH, top + BOX_HEIGHT + MARGIN, parts), "image/svg+xml", _alt(steps))


def _box(step: Step, top: float) -> list[str]:
    middle = MARGIN + BOX_WIDTH / 2
    return [
        rectangle(MARGIN, top, MARGIN + BOX_WIDTH, top + BOX_HEIGHT, PAPER, INK),
        letters(step.words, middle, top + 21, anchor="middle"),
        letters(f"{step.count:,}", middle, top + 43, anchor="middle", size=LETTERS + 4, bold=True),
    ]


def _down(top: float, bottom: float) -> list[str]:
    """An arrow to the next box."""
    x = MARGIN + BOX_WIDTH / 2
    tip = f"{x - ARROW},{bottom - 2 * ARROW} {x + ARROW},{bottom - 2 * ARROW} {x},{bottom}"
    return [line(x, top, x, bottom - ARROW, INK, 1.4), element("polygon", points=tip, fill=INK)]


def _aside(out: Sequence[tuple[str, int]], top: float, bottom: float) -> list[str]:
    """What falls out, to the right of the arrow."""
    if not out:
        return []
    start, left = MARGIN + BOX_WIDTH / 2, MARGIN + BOX_WIDTH + 14
    high = (top + bottom) / 2 - LINE_HEIGHT * len(out) / 2
    rows = [
        rectangle(left, high - 3, WIDTH - MARGIN, high + LINE_HEIGHT * len(out) + 3, BAND, EDGE),
        line(start, (top + bottom) / 2, left, (top + bottom) / 2, GREY, 1.2),
    ]
    for number, (words, count) in enumerate(out):
        rows.append(letters(f"{count:,} {words}", left + 10, high + LINE_HEIGHT * number + 14))
    return rows


def _alt(steps: Sequence[Step]) -> str:
    """The chart in words."""
    said = []
    for step in steps:
        out = ", ".join(f"{count} {words}" for words, count in step.out if count)
        said.append(f"{step.words}: {step.count}" + (f" (left out: {out})" if out else ""))
    return "; ".join(said) + "."
