"""How values are distributed, as a picture."""

import numpy as np

from rom.records import Floats
from rom.report.content import Picture
from rom.report.svg import BAND, GREY, INK, OWN, Scale, drawing, letters, line, rectangle, rounded
from rom.report.words import degrees

WIDTH, HEIGHT = 360.0, 200.0
LEFT, RIGHT, TOP, FOOT = 36.0, 348.0, 14.0, 156.0
#: Bars are this wide, in degrees; wider where there would be more than so many.
BAR_DEG, BARS_MOST = 2.5, 24


def histogram(words: str, values: Floats) -> Picture | None:
    """Bars of how many ankles have which value; None where there is none. `words` : what the values are."""
    if not len(values):
        return None
    width = BAR_DEG
    while np.ptp(values) / width > BARS_MOST:
        width *= 2
    low, high = rounded(float(values.min()), float(values.max()), width)
    edges = np.arange(low, high + width / 2, width)
    counts, _ = np.histogram(values, edges)
    across, up = Scale(low, high, LEFT, RIGHT), Scale(0.0, float(counts.max()), FOOT, TOP)
    parts = []
    for tick in up.ticks(4):
        parts += [
            line(LEFT, up(tick), RIGHT, up(tick), BAND),
            letters(f"{tick:.0f}", LEFT - 6, up(tick) + 4, anchor="end", size=12, fill=GREY),
        ]
    for count, edge in zip(counts, edges[:-1], strict=True):
        parts.append(rectangle(across(edge) + 1, up(float(count)), across(edge + width) - 1, FOOT, OWN))
    parts.append(line(LEFT, FOOT, RIGHT, FOOT, INK, 1.4))
    for tick in across.ticks(6):
        parts.append(letters(f"{tick:.0f}°", across(tick), FOOT + 18, anchor="middle", size=12, fill=GREY))
    parts.append(letters(f"{words}, degrees; ankles", LEFT, HEIGHT - 8, size=12))
    middle = degrees(float(np.median(values)))
    alt = f"{words}: {len(values)} ankles from {degrees(values.min())} to {degrees(values.max())}, median {middle}."
    return Picture(drawing(WIDTH, HEIGHT, parts), "image/svg+xml", alt, alt)
