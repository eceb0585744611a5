"""Two ways to read the same ankles: each pair's difference over its mean, with the bias and its limits."""

from collections.abc import Sequence

import numpy as np

from rom.report.language import Words
from rom.report.svg import (
    BAND,
    EDGE,
    GREY,
    INK,
    OWN,
    PAPER,
    Scale,
    drawing,
    element,
    letters,
    line,
    rounded,
)
from rom.study.reliability import BlandAltman, Estimate

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 640.0, 360.0, 56.0, 160.0, 16.0, 52.0
ROUND_TO_DEG = 5.0
SMALL = 12.0
#: Room for the bar of each level.
BAR = 12.0


def bland_altman_picture(
    camera_deg: Sequence[float], goniometer_deg: Sequence[float], limits: BlandAltman, say: Words
) -> bytes:
    """The picture as SVG; the bars at the right are the intervals of the bias and of the limits."""
    pairs = np.array([camera_deg, goniometer_deg], dtype=float)
    mean, apart = pairs.mean(axis=0), pairs[0] - pairs[1]
    lines = (limits.upper_deg, limits.bias_deg, limits.lower_deg)
    ends = [0.0, *(end for one in lines for end in (one.low, one.value, one.high) if np.isfinite(end))]
    up = Scale(*rounded(min(*apart, *ends), max(*apart, *ends), ROUND_TO_DEG), HEIGHT - FOOT, TOP)
    across = Scale(*rounded(float(mean.min()), float(mean.max()), ROUND_TO_DEG), LEFT + 8, WIDTH - RIGHT - 8)
    parts = [*_grid(up, across, say), line(LEFT, up(0.0), WIDTH - RIGHT, up(0.0), EDGE)]
    words = (say("upper limit"), say("bias"), say("lower limit"))
    for place, (estimate, name) in enumerate(zip(lines, words, strict=True), 1):
        parts += _level(estimate, name, place * BAR, up, say)
    parts += [
        element(
            "circle",
            cx=across(float(x)),
            cy=up(float(y)),
            r=5.0,
            fill=PAPER,
            fill_opacity=0.7,
            stroke=OWN,
            stroke_width=2,
        )
        for x, y in zip(mean, apart, strict=True)
    ]
    return drawing(WIDTH, HEIGHT, parts)


def _grid(up: Scale, across: Scale, say: Words) -> list[str]:
    """Round angles on both axes, and what they are of."""
    right, foot = WIDTH - RIGHT, HEIGHT - FOOT
    parts = []
    for tick in up.ticks(7):
        y = up(tick)
        parts += [line(LEFT, y, right, y, BAND), letters(say.degrees(tick), LEFT - 8, y + 4, anchor="end")]
    for tick in across.ticks(8):
        x = across(tick)
        parts += [line(x, foot, x, foot + 5, GREY), letters(say.degrees(tick), x, foot + 20, anchor="middle")]
    middle = (LEFT + right) / 2
    below = letters(say("Mean of camera and goniometer"), middle, HEIGHT - 8, anchor="middle", size=SMALL)
    beside = element(
        "text",
        say("Camera − goniometer"),
        x=14.0,
        y=(TOP + foot) / 2,
        text_anchor="middle",
        font_size=SMALL,
        fill=INK,
        transform=f"rotate(-90 14 {(TOP + foot) / 2:.0f})",
    )
    return [*parts, line(LEFT, foot, right, foot, GREY), below, beside]


def _level(estimate: Estimate, name: str, beside: float, up: Scale, say: Words) -> list[str]:
    """One level across the picture, its interval as a bar `beside` it, its number at its right end."""
    right, y = WIDTH - RIGHT, up(estimate.value)
    parts = [line(LEFT, y, right + 3 * BAR, y, INK, 1.6, "" if name == say("bias") else "7 5")]
    if np.isfinite(estimate.low) and np.isfinite(estimate.high):
        x, low, high = right + beside, up(estimate.low), up(estimate.high)
        parts += [line(x, low, x, high, OWN, 2.4), *(line(x - 4, end, x + 4, end, OWN, 2.4) for end in (low, high))]
    words = f"{name} {say.degrees(estimate.value, 1)}"
    return [*parts, letters(words, right + 4 * BAR, y + 4, size=SMALL)]
