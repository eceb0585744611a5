"""The goniometer drawn on the leg: shank line, foot line, and the angle as an arc from its zero."""

import numpy as np

from rom.records import AngleTrack, Floats
from rom.report.canvas import ARC, FOOT, PAPER, SHANK, Canvas
from rom.report.words import degrees

#: Radius of the arc as a share of the foot's length.
ARC_SHARE = 0.75
#: How far the shank and foot lines run beyond their landmarks, as a share of the line.
OVERHANG = 0.15
#: Points of the arc.
ARC_POINTS = 32


def draw_goniometer(canvas: Canvas, track: AngleTrack, frame: int, words: str | None = None) -> None:
    """Draw the lines and the arc of one frame; nothing where the leg was not seen.

    `words` stands at the arc in place of the frame's own angle: the number that the frame is shown for.
    """
    points, angle_deg = track.points_px[frame], float(track.smooth_deg[frame])
    if not np.isfinite(points).all() or not np.isfinite(angle_deg):
        return
    knee, ankle, heel, toe = points
    _draw_arc(canvas, points, track.facing, angle_deg, degrees(angle_deg) if words is None else words)
    canvas.line(_beyond(ankle, knee), SHANK, 5)
    canvas.line(_beyond(heel, toe), FOOT, 5)
    for point, colour in ((knee, SHANK), (ankle, SHANK), (heel, FOOT), (toe, FOOT)):
        canvas.dot(point, colour, 6)


def arc_directions(shank: Floats, facing: int, angle_deg: float) -> tuple[Floats, Floats]:
    """Unit direction of zero, and unit directions (N, 2) from zero to the foot.

    Parameters
    ----------
    shank : (2,) from ankle to knee in the picture. facing : +1 or -1. angle_deg : dorsiflexion positive.

    Examples
    --------
    An upright shank, toes right, 90 degrees of dorsiflexion: from pointing right to pointing up.

    >>> zero, arc = arc_directions(np.array([0.0, -2.0]), 1, 90.0)
    >>> zero.round(6).tolist(), arc[-1].round(6).tolist()
    ([1.0, 0.0], [0.0, -1.0])
    """
    up = np.asarray(shank, dtype=float) / np.linalg.norm(shank)
    zero = facing * np.array([-up[1], up[0]]) + 0.0  # no negative zeros
    turn = np.radians(np.linspace(0.0, angle_deg, ARC_POINTS))[:, None]
    return zero, np.cos(turn) * zero + np.sin(turn) * up


def _draw_arc(canvas: Canvas, points: Floats, facing: int, angle_deg: float, words: str) -> None:
    """The zero line (dashed), the wedge, the arc and its number."""
    knee, ankle, heel, toe = points
    radius = ARC_SHARE * float(np.linalg.norm(toe - heel))
    zero, directions = arc_directions(knee - ankle, facing, angle_deg)
    rim = ankle + radius * directions
    canvas.wedge(np.vstack([ankle, rim]), ARC, 0.35)
    for dash in range(4):
        canvas.line(ankle + radius * np.outer([dash / 4, (dash + 0.55) / 4], zero), PAPER, 2)
    canvas.line(np.vstack([ankle, rim[-1]]), ARC, 2)
    canvas.line(rim, ARC, 4)
    width, height = canvas.text_size(words, 34)
    centre = ankle + (radius + 0.9 * max(width, height)) * directions[ARC_POINTS // 2]
    left, top = centre - np.array([width, height]) / 2
    pad = canvas.px(6)
    box = _inside(canvas, left - pad, top - pad, width + 2 * pad, height + 2 * pad)
    canvas.panel(*box)
    canvas.text(words, box[0] + pad, box[1] + pad, 34, ARC)


def _inside(canvas: Canvas, left: float, top: float, width: int, height: int) -> tuple[int, int, int, int]:
    """A box of that size, moved so far that it lies within the picture."""
    rows, columns = canvas.image.shape[:2]
    x = int(np.clip(round(left), 0, max(0, columns - width)))
    y = int(np.clip(round(top), 0, max(0, rows - height)))
    return x, y, width, height


def _beyond(start: Floats, end: Floats) -> Floats:
    """The line through two landmarks, a little longer at both ends."""
    run = OVERHANG * (end - start)
    return np.vstack([start - run, end + run])
