"""The angle over time: the holds shaded and numbered, gaps left open, the number and its interval at the side."""

from collections.abc import Sequence

import numpy as np

from rom.records import AngleTrack, Floats, MotionResult, Repetition
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
    polyline,
    rectangle,
    rounded,
)

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 520.0, 250.0, 44.0, 62.0, 26.0, 40.0
#: The angle's axis ends on multiples of this.
ROUND_TO_DEG = 10.0
#: A line of more points than this is thinned: finer than any screen shows.
MOST_POINTS = 1500
#: A motion's own direction in the signed angle.
SIGN = {"dorsiflexion": 1.0, "plantar_flexion": -1.0}


def course_picture(track: AngleTrack, results: Sequence[MotionResult], say: Words) -> bytes | None:
    """The course of one ankle as SVG; None where nothing of it is known.

    Parameters
    ----------
    track : the angle over time. results : of that side, whose repetitions are shaded and whose values are marked.
    """
    known = np.isfinite(track.smooth_deg)
    if not known.any() or len(track.time_s) < 2:
        return None
    values = [float(v) for v in track.smooth_deg[known]] + [v for r in results for v in _signed(r)]
    low_deg, high_deg = rounded(min([*values, 0.0]), max([*values, 0.0]), ROUND_TO_DEG)
    up = Scale(low_deg, high_deg, HEIGHT - FOOT, TOP)
    across = Scale(float(track.time_s[0]), float(track.time_s[-1]), LEFT, WIDTH - RIGHT)
    parts = [part for result in results for part in _holds(result.repetitions, across)]
    parts += _axes(across, up, say)
    parts += [part for result in results for part in _peak(result, up, say)]
    for run in thinned(track):
        places = [(across(t), up(a)) for t, a in run]
        parts.append(polyline(np.array(places), OWN, 1.8))
    return drawing(WIDTH, HEIGHT, parts)


def thinned(track: AngleTrack, most: int = MOST_POINTS) -> list[Floats]:
    """The unbroken runs of a course as (N, 2) of time and angle, `most` points or fewer in all.

    Of each stretch of time the smallest and the largest angle stay, so that no peak is lost. A run breaks where
    the leg was not seen and where the recording is cut.
    """
    known = np.isfinite(track.smooth_deg)
    breaks = np.flatnonzero(np.diff(track.shot) != 0) + 1
    runs = []
    for rows in np.split(np.arange(len(known)), breaks):
        edges = np.flatnonzero(np.diff(known[rows].astype(int)) != 0) + 1
        runs += [part for part in np.split(rows, edges) if len(part) and known[part[0]]]
    share = most / max(1, int(known.sum()))
    return [
        np.column_stack([track.time_s[kept], track.smooth_deg[kept]])
        for kept in (run[_peaks_kept(track.smooth_deg[run], share)] for run in runs)
    ]


def _peaks_kept(angle_deg: Floats, share: float) -> np.ndarray:
    """Positions of the smallest and largest of each of so many stretches that `share` of the points stay."""
    if share >= 1.0:
        return np.arange(len(angle_deg))
    stretches = np.array_split(np.arange(len(angle_deg)), max(1, int(share * len(angle_deg) / 2)))
    ends = [stretch[[np.argmin(angle_deg[stretch]), np.argmax(angle_deg[stretch])]] for stretch in stretches]
    return np.unique(np.concatenate(ends))


def _signed(result: MotionResult) -> list[float]:
    """The ends of a result's interval as signed angles."""
    return [] if result.ci95_deg is None else [SIGN[result.motion] * end for end in result.ci95_deg]


def _holds(repetitions: Sequence[Repetition], across: Scale) -> list[str]:
    """Used holds shaded with their number above; others outlined, their number in brackets."""
    parts = []
    for number, repetition in enumerate(repetitions, 1):
        left, right = across(repetition.start_s), across(repetition.end_s)
        right = max(right, left + 2.0)
        fill, stroke = (BAND, "none") if repetition.used else ("none", EDGE)
        parts.append(rectangle(left, TOP, right, HEIGHT - FOOT, fill, stroke))
        words = f"{number}" if repetition.used else f"({number})"
        parts.append(letters(words, (left + right) / 2, TOP - 6, anchor="middle", fill=GREY, size=11))
    return parts


def _axes(across: Scale, up: Scale, say: Words) -> list[str]:
    """Round angles with fine lines, zero with a stronger one; time below."""
    parts = []
    for tick in up.ticks(9):
        y = up(tick)
        parts.append(line(across.start, y, across.end, y, INK if tick == 0 else BAND, 1.0))
        parts.append(letters(say.degrees(tick), LEFT - 6, y + 4, anchor="end", size=11))
    bottom = up.start
    parts.append(line(across.start, bottom, across.end, bottom))
    for tick in across.ticks(9):
        x = across(tick)
        parts += [line(x, bottom, x, bottom + 4), letters(f"{tick:g}", x, bottom + 16, anchor="middle", size=11)]
    middle = (across.start + across.end) / 2
    parts.append(letters(say("seconds"), middle, HEIGHT - 8, anchor="middle", size=11, fill=GREY))
    return parts


def _peak(result: MotionResult, up: Scale, say: Words) -> list[str]:
    """The number at the right edge: a bar from the lower to the upper end of its likely range."""
    if result.value_deg is None or result.ci95_deg is None:
        return []
    x, sign = WIDTH - RIGHT + 12.0, SIGN[result.motion]
    low, high = (up(sign * end) for end in result.ci95_deg)
    middle = up(sign * result.value_deg)
    return [
        line(LEFT, middle, x, middle, GREY, 1.0, "4 3"),
        line(x, low, x, high, INK, 2.4),
        *(line(x - 4, y, x + 4, y, INK, 2.0) for y in (low, high)),
        letters(say.degrees(result.value_deg), x + 9, middle + 5, bold=True, size=14),
    ]
