"""Two readings of the same things: their difference against their mean, with bias and limits (Bland and Altman)."""

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

from rom.records import Floats
from rom.report.svg import BAND, GREY, INK, OWN, Scale, drawing, element, letters, line, rectangle

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 400.0, 290.0, 50.0, 58.0, 30.0, 46.0
#: Round steps of an axis, as shares of a power of ten.
ROUND = (1.0, 2.0, 5.0, 10.0)
#: Ticks of an axis, at most.
MOST_TICKS = 6
#: What an axis shows at least, in degrees: less is drawn as nothing.
LEAST_DEG = 0.1
#: Below this a number needs more than two decimals.
FINE = 0.01
#: Points become finer where there are many.
MANY = 300

#: A line of the picture: value, and the ends of its interval where they are known (else NaN).
Level = tuple[float, float, float]


def agreement_picture(
    first: Floats, second: Floats, levels: Sequence[Level], across: str, upwards: str, unit: str = "°"
) -> bytes:
    """Differences first minus second as SVG.

    Parameters
    ----------
    first, second : (N,) known readings of the same things.
    levels : bias first, then the limits of agreement; the bands about them are their intervals.
    across, upwards : what the axes are called, such as ``mean of both, degrees``.
    """
    mean, difference = (first + second) / 2, first - second
    ends = [end for level in levels for end in level if isfinite(end)]
    ticks_x, ticks_y = axis_ticks([*mean]), axis_ticks([*difference, *ends, 0.0])
    x = Scale(ticks_x[0], ticks_x[-1], LEFT, WIDTH - RIGHT)
    y = Scale(ticks_y[0], ticks_y[-1], HEIGHT - FOOT, TOP)
    parts = [rectangle(LEFT, y(high), WIDTH - RIGHT, y(low), BAND) for _, low, high in levels if isfinite(low)]
    parts += _grid(x, y, ticks_x, ticks_y, unit)
    radius = 3.0 if len(mean) < MANY else 1.4
    parts += [
        element("circle", cx=x(a), cy=y(b), r=radius, fill="none", stroke=OWN)
        for a, b in zip(mean, difference, strict=True)
    ]
    parts += [part for k, level in enumerate(levels) for part in _level(level[0], y, unit, dashed=k > 0)]
    parts += [
        letters(across, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, anchor="middle", size=12),
        letters(upwards, LEFT, TOP - 14, size=12),
    ]
    return drawing(WIDTH, HEIGHT, parts)


def axis_ticks(values: Sequence[float]) -> list[float]:
    """Round numbers from below the smallest to above the largest value.

    >>> axis_ticks([0.2, 3.9]), axis_ticks([-0.01, 0.03])
    ([0.0, 1.0, 2.0, 3.0, 4.0], [-0.02, 0.0, 0.02, 0.04, 0.06, 0.08, 0.1])
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    high = max(high, low + LEAST_DEG)
    rough = (high - low) / (MOST_TICKS - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(share * power for share in ROUND if share * power >= rough * (1 - 1e-9))
    places = range(floor(low / step + 1e-9), ceil(high / step - 1e-9) + 1)
    return [round(place * step, 6) for place in places]


def _grid(x: Scale, y: Scale, ticks_x: Sequence[float], ticks_y: Sequence[float], unit: str) -> list[str]:
    """Fine lines and their numbers; nought is stronger."""
    parts = []
    for tick in ticks_y:
        parts.append(line(LEFT, y(tick), WIDTH - RIGHT, y(tick), INK if tick == 0 else BAND))
        parts.append(letters(_number(tick, unit), LEFT - 6, y(tick) + 4, anchor="end", size=11.5, fill=GREY))
    for tick in ticks_x:
        parts.append(line(x(tick), HEIGHT - FOOT, x(tick), HEIGHT - FOOT + 4, GREY))
        words = _number(tick, unit)
        parts.append(letters(words, x(tick), HEIGHT - FOOT + 16, anchor="middle", size=11.5, fill=GREY))
    return parts


def _level(value: float, y: Scale, unit: str, *, dashed: bool) -> list[str]:
    """Bias (a solid line) or a limit (dashed), with its number at the right."""
    if not isfinite(value):
        return []
    digits = 1 if abs(value) >= 1 or value == 0 else 2 if abs(value) >= FINE else 4
    words = f"{value:+.{digits}f}{unit}"
    return [
        line(LEFT, y(value), WIDTH - RIGHT, y(value), INK, 1.6, "6 4" if dashed else ""),
        letters(words.replace("-", "−"), WIDTH - RIGHT + 6, y(value) + 4, size=12.5, bold=not dashed),
    ]


def _number(value: float, unit: str) -> str:
    """A number of an axis."""
    return f"{value:g}{unit}".replace("-", "−")
