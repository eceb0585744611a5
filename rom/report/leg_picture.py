"""A leg drawn from its landmarks alone, for recordings whose pictures are not at hand."""

import numpy as np

from rom.records import AngleTrack, Floats
from rom.report.goniometer import ARC_SHARE, arc_directions
from rom.report.svg import BAND, GREY, INK, OWN, drawing, element, letters, polygon, polyline, segment

WIDTH, HEIGHT, MARGIN = 360.0, 240.0, 34.0
#: Half widths of calf and ankle as shares of the line from heel to toes, and the width of round corners.
CALF, ANKLE, ROUND = 0.3, 0.2, 9.0
#: The foot's outline: shares of that line along the sole and above it, behind and before the ankle.
HEEL = ((-0.14, 0.02), (-0.2, 0.22))
TOES = ((0.8, 0.28), (1.1, 0.15), (1.32, 0.1), (1.34, 0.02))


def leg_picture(track: AngleTrack, frame: int, words: str) -> bytes | None:
    """Shank, foot, their lines and the arc at one moment as SVG; None where the leg was not seen then.

    Parameters
    ----------
    frame : row of the track. words : the number as it is to be written at the arc.
    """
    points = np.asarray(track.points_px[frame], dtype=float)
    angle_deg = float(track.smooth_deg[frame])
    if not np.isfinite(points).all() or not np.isfinite(angle_deg):
        return None
    knee, ankle, heel, toe = _placed(points)
    foot = float(np.linalg.norm(toe - heel))
    outline = _outline(knee, ankle, heel, toe, foot)
    zero, arc = arc_directions(knee - ankle, track.facing, angle_deg)
    rim = ankle + ARC_SHARE * foot * arc
    label = ankle + (ARC_SHARE * foot + 26.0) * arc[len(arc) // 2]
    x, y = np.clip(label, [24.0, 22.0], [WIDTH - 24.0, HEIGHT - 12.0])
    zero_end = ankle + ARC_SHARE * foot * zero
    parts = [
        *outline,
        polygon(np.vstack([ankle, rim]), "url(#hatch)", "none", 0.0),
        segment(ankle, zero_end, stroke=GREY, width=1.6, dash="5 4"),
        polyline(rim, INK, 2.4),
        segment(ankle, knee, stroke=OWN, width=4.0),
        segment(heel, toe, stroke=INK, width=4.0),
        *(
            element("circle", cx=p[0], cy=p[1], r=5.0, fill="#fff", stroke=INK, stroke_width=2)
            for p in (knee, ankle)
        ),
        letters(words, x, y + 8, anchor="middle", size=24, bold=True),
    ]
    return drawing(WIDTH, HEIGHT, parts)


def _placed(points: Floats) -> Floats:
    """The four points moved and scaled into the middle of the drawing."""
    foot = float(np.linalg.norm(points[3] - points[2]))
    low, high = points.min(axis=0) - 0.3 * foot, points.max(axis=0) + 0.3 * foot
    room = np.array([WIDTH, HEIGHT]) - MARGIN
    scale = float(np.min(room / np.maximum(high - low, 1e-9)))
    return np.asarray((points - (low + high) / 2) * scale + np.array([WIDTH, HEIGHT]) / 2)


def _outline(knee: Floats, ankle: Floats, heel: Floats, toe: Floats, foot: float) -> list[str]:
    """A plain leg: a tapering shank, and a foot from the heel over the instep to the toes, with round corners."""
    along = (knee - ankle) / max(float(np.linalg.norm(knee - ankle)), 1e-9)
    across = np.array([-along[1], along[0]])
    sole = (toe - heel) / foot
    above = np.array([sole[1], -sole[0]])
    above = above if above @ (ankle - heel) > 0 else -above
    front = across if across @ sole > 0 else -across
    behind, before = ankle - ANKLE * foot * front, ankle + ANKLE * foot * front
    shank = [knee + CALF * foot * front, knee - CALF * foot * front, behind, before]
    places = [heel + foot * (u * sole + v * above) for u, v in HEEL]
    ends = [heel + foot * (u * sole + v * above) for u, v in TOES]
    shapes = (shank, [*places, behind, before, *ends])
    return [polygon(np.array(shape), BAND, BAND, ROUND) for shape in shapes]
