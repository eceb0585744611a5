"""Drawings as SVG text: elements, letters, and a scale from numbers to places. No colour says anything alone."""

from dataclasses import dataclass
from math import ceil, floor
from xml.sax.saxutils import escape, quoteattr

import numpy as np

INK, GREY, BAND, EDGE, PAPER = "#1a1f24", "#5a636b", "#dfe4e8", "#8a939b", "#ffffff"
OWN = "#0b4f79"
#: Letters, in units of the drawing: drawings are about 360 wide and shown about as wide as that.
LETTERS = 14.0
FONTS = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
#: Steps of an axis, smallest first.
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def drawing(width: float, height: float, parts: list[str]) -> bytes:
    """A whole SVG file."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-family="{FONTS}"'
    hatch = (
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)">'
        f'<line x1="0" y1="0" x2="0" y2="5" stroke="{EDGE}" stroke-width="2"/></pattern></defs>'
    )
    sheet = element("rect", width=width, height=height, fill=PAPER)
    body = "".join([hatch, sheet, *parts])
    return f'{head} width="{width:g}" height="{height:g}">{body}</svg>'.encode()


def element(name: str, words: str | None = None, **attributes: object) -> str:
    """One element; ``stroke_width=2`` is written ``stroke-width="2"``, floats to a tenth."""
    said = "".join(f" {key.replace('_', '-')}={quoteattr(_plain(value))}" for key, value in attributes.items())
    return f"<{name}{said}/>" if words is None else f"<{name}{said}>{escape(words)}</{name}>"


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = INK, width: float = 1.0, dash: str = "") -> str:
    """A straight line."""
    more = {"stroke_dasharray": dash} if dash else {}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, **more)


def segment(start: np.ndarray, end: np.ndarray, stroke: str = INK, width: float = 1.0, dash: str = "") -> str:
    """A straight line between two places (x, y)."""
    return line(float(start[0]), float(start[1]), float(end[0]), float(end[1]), stroke, width, dash)


def letters(
    words: str,
    x: float,
    y: float,
    *,
    anchor: str = "start",
    size: float = LETTERS,
    fill: str = INK,
    bold: bool = False,
) -> str:
    """A line of text whose foot stands at y."""
    weight = {"font_weight": "bold"} if bold else {}
    return element("text", words, x=x, y=y, text_anchor=anchor, font_size=size, fill=fill, **weight)


def rectangle(x1: float, y1: float, x2: float, y2: float, fill: str, stroke: str = "none") -> str:
    """A rectangle between two corners."""
    return element("rect", x=x1, y=y1, width=max(0.0, x2 - x1), height=max(0.0, y2 - y1), fill=fill, stroke=stroke)


@dataclass(frozen=True, slots=True)
class Scale:
    """From numbers (low to high) to places in a drawing (start to end)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int) -> list[float]:
        """Round numbers along the scale, `most` of them or fewer."""
        step = next((s for s in STEPS if (self.high - self.low) / s <= most), STEPS[-1])
        return [float(step * k) for k in range(ceil(self.low / step), floor(self.high / step) + 1)]


def rounded(low: float, high: float, to: float) -> tuple[float, float]:
    """The span from low to high, grown to multiples of `to`."""
    return to * floor(low / to), to * max(ceil(high / to), floor(low / to) + 1)


def polyline(points: np.ndarray, stroke: str = INK, width: float = 1.6) -> str:
    """A line through (N, 2) places."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polyline", points=path, fill="none", stroke=stroke, stroke_width=width, stroke_linejoin="round")


def polygon(points: np.ndarray, fill: str, stroke: str = INK, width: float = 1.4) -> str:
    """A closed shape through (N, 2) places."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polygon", points=path, fill=fill, stroke=stroke, stroke_width=width, stroke_linejoin="round")


def _plain(value: object) -> str:
    """A value as an attribute holds it."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
