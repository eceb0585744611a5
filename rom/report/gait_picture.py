"""The ankle over the gait cycle: every stride, their mean and band, and a published curve of like speed behind."""

from dataclasses import dataclass

import numpy as np

from rom.exam.gait_curves import PublishedCurve, published_curves
from rom.records import Floats, LegGait
from rom.report.language import Words
from rom.report.svg import (
    BAND,
    EDGE,
    GREY,
    INK,
    OWN,
    Scale,
    drawing,
    letters,
    line,
    polygon,
    polyline,
    rounded,
)

#: The band of the person's own strides: darker than `BAND` and lighter than the mean, in grey too.
OWN_BAND = "#9dbacb"
#: The angle's axis ends on multiples of this.
ROUND_TO_DEG = 10.0


@dataclass(frozen=True, slots=True)
class _Form:
    """Size, margins and letters of the drawing, and how many numbers its upright axis has at most."""

    width: float
    height: float
    left: float
    top: float
    letters: float
    ticks: int

    @property
    def foot(self) -> float:
        """Room below the drawing for its axis."""
        return 3.2 * self.letters


WHOLE = _Form(520.0, 290.0, 40.0, 26.0, 11.0, 9)
CALM = _Form(360.0, 220.0, 40.0, 26.0, 13.0, 6)


def gait_picture(leg: LegGait, say: Words, *, whole: bool) -> bytes:
    """One ankle from landing to landing as SVG, dorsiflexion up.

    Parameters
    ----------
    leg : its curves. A published one is drawn only where the leg was compared, which needs a like speed.
    whole : for the provider, with single strides and the published mean; else calm, in everyday words.
    """
    form = WHOLE if whole else CALM
    behind = drawn_behind(leg)
    up = Scale(*_ends(leg, behind), form.height - form.foot, form.top)
    across = Scale(0.0, 100.0, form.left, form.width - 14.0)
    parts = _grid(up, across, form, say)
    if behind is not None:
        low, high = behind.mean_deg - behind.sd_deg, behind.mean_deg + behind.sd_deg
        parts.append(_band(leg.percent, low, high, up, across, BAND))
    if np.isfinite(leg.sd_deg).all():
        low, high = leg.mean_deg - leg.sd_deg, leg.mean_deg + leg.sd_deg
        parts.append(_band(leg.percent, low, high, up, across, OWN_BAND))
    if behind is not None:
        parts += _outline(behind, leg.percent, up, across, whole=whole)
    parts.append(line(across.start, up(0.0), across.end, up(0.0)))
    if whole:
        parts += [polyline(_places(leg.percent, stride, up, across), OWN, 0.7) for stride in leg.curves_deg]
    parts.append(polyline(_places(leg.percent, leg.mean_deg, up, across), OWN, 2.6))
    parts += _phases(leg, up, across, form, _phase_names(say, whole=whole), say)
    parts += _directions(up, across, form, _direction_names(say, whole=whole))
    below = say("% of the gait cycle") if whole else say("% of a stride, from landing to landing")
    middle = (across.start + across.end) / 2
    parts.append(letters(below, middle, form.height - 7, anchor="middle", size=form.letters, fill=GREY))
    return drawing(form.width, form.height, parts)


def drawn_behind(leg: LegGait) -> PublishedCurve | None:
    """The published curve behind a leg's own: the first that it was compared with; None where it was with none."""
    known = {curve.name: curve for curve in published_curves()}
    return next((known[found.curve] for found in leg.comparisons if found.curve in known), None)


def _ends(leg: LegGait, behind: PublishedCurve | None) -> tuple[float, float]:
    """The ends of the upright axis, around everything that is drawn, and zero."""
    drawn = [*leg.curves_deg, leg.mean_deg - leg.sd_deg, leg.mean_deg + leg.sd_deg, np.zeros(1)]
    if behind is not None:
        drawn += [behind.mean_deg - behind.sd_deg, behind.mean_deg + behind.sd_deg]
    values = np.concatenate(drawn)
    return rounded(float(np.nanmin(values)), float(np.nanmax(values)), ROUND_TO_DEG)


def _places(percent: Floats, angle_deg: Floats, up: Scale, across: Scale) -> Floats:
    """(N, 2) places of a curve."""
    return np.array([(across(float(p)), up(float(a))) for p, a in zip(percent, angle_deg, strict=True)])


def _band(percent: Floats, low: Floats, high: Floats, up: Scale, across: Scale, fill: str) -> str:
    """The area between two curves."""
    there, back = _places(percent, high, up, across), _places(percent, low, up, across)[::-1]
    return polygon(np.concatenate([there, back]), fill, "none")


def _outline(curve: PublishedCurve, percent: Floats, up: Scale, across: Scale, *, whole: bool) -> list[str]:
    """The edges of the published area, over the person's own band; for the provider its mean, in grey."""
    edges = (curve.mean_deg - curve.sd_deg, curve.mean_deg + curve.sd_deg)
    lines = [polyline(_places(percent, edge, up, across), EDGE, 0.9) for edge in edges]
    return [*lines, polyline(_places(percent, curve.mean_deg, up, across), GREY, 1.3)] if whole else lines


def _grid(up: Scale, across: Scale, form: _Form, say: Words) -> list[str]:
    """Round angles with fine lines, and the share of the cycle below."""
    parts = []
    for tick in up.ticks(form.ticks):
        y = up(tick)
        parts.append(line(across.start, y, across.end, y, BAND))
        parts.append(letters(say.degrees(tick), form.left - 6, y + 4, anchor="end", size=form.letters))
    bottom = up.start
    parts.append(line(across.start, bottom, across.end, bottom))
    for tick in across.ticks(6):
        x = across(tick)
        parts.append(line(x, bottom, x, bottom + 4))
        parts.append(letters(f"{tick:g}", x, bottom + 4 + form.letters, anchor="middle", size=form.letters))
    return parts


def _phases(leg: LegGait, up: Scale, across: Scale, form: _Form, names: tuple[str, str], say: Words) -> list[str]:
    """Toe-off as an upright line, and above it what lies before and after, with its share."""
    off = 100.0 * leg.stance_share.mean
    x, y = across(off), form.top - 9
    parts = [line(x, form.top - 20, x, up.start, INK, 1.2, "5 3")]
    for name, start, end in ((names[0], 0.0, off), (names[1], off, 100.0)):
        words = f"{name} {say.number(end - start)} %"
        middle = across((start + end) / 2)
        parts.append(letters(words, middle, y, anchor="middle", size=form.letters))
    return parts


def _phase_names(say: Words, *, whole: bool) -> tuple[str, str]:
    """Before and after toe-off."""
    return (say("stance"), say("swing")) if whole else (say("on the ground"), say("in the air"))


def _directions(up: Scale, across: Scale, form: _Form, names: tuple[str, str]) -> list[str]:
    """What lies above zero and below, at the ends of the upright axis, where an ankle's curve seldom is."""
    x, size = across.start + 6, form.letters
    return [
        letters(names[0], x, up.end + size + 2, size=size, fill=GREY),
        letters(names[1], x, up.start - 6, size=size, fill=GREY),
    ]


def _direction_names(say: Words, *, whole: bool) -> tuple[str, str]:
    """Above zero and below."""
    if whole:
        return say("Dorsiflexion"), say("Plantar flexion")
    return say("Foot pulled up"), say("Foot pointed")
