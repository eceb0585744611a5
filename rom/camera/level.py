"""How far a camera stands from level, from something upright in its picture."""

from pathlib import Path

import numpy as np

from rom.camera.look import glances
from rom.errors import NotMeasurable, UsageError
from rom.geometry import roll_from_horizontal_line, roll_from_vertical_line, undistort_points
from rom.records import Floats, Lens, Level

#: How well a person points at the end of a line, as a share of the picture's larger side (SD): 3 pixels of 1000.
POINTING_SD = 0.003
#: A line shorter than this share of the picture's larger side tells little.
LINE_MIN = 0.1
#: The camera stands still: so many looks are enough, this far apart.
LOOKS, LOOK_EVERY_S = 10, 1.0


def straight(points_px: Floats, lens: Lens | None) -> Floats:
    """(..., 2) pixels of a perfect lens; the same where the lens is not known."""
    return points_px if lens is None else undistort_points(points_px, lens.matrix, lens.distortion)


def level_from_line(
    ends: tuple[float, float, float, float],
    width_px: int,
    height_px: int,
    *,
    lens: Lens | None = None,
    lies_level: bool = False,
) -> Level:
    """Roll of the camera from a line that somebody pointed at.

    Parameters
    ----------
    ends : x1, y1, x2, y2 as shares of the picture, 0 to 1 across and down.
    width_px, height_px : the upright picture's. lens : straightens the ends where it is known.
    lies_level : the line is level (a floor's edge across the view), and not upright.

    Returns
    -------
    Level. `roll_deg` positive where the picture stands turned clockwise; `sd_deg` from how well one points.

    Raises
    ------
    UsageError : an end outside the picture, a line too short, or more than 45 degrees from what it is said to be.
    """
    size, larger_px = np.array([width_px, height_px], dtype=float), float(max(width_px, height_px))
    shares = np.array(ends, dtype=float).reshape(2, 2)
    points = straight(shares * size, lens)
    length_px = float(np.linalg.norm(points[1] - points[0]))
    if not ((shares >= 0) & (shares <= 1)).all() or not length_px >= LINE_MIN * larger_px:
        raise UsageError(
            f"Expected a line of at least {LINE_MIN:.0%} of the picture, from X1,Y1 to X2,Y2 in numbers from 0 to "
            f"1, but got {','.join(f'{v:g}' for v in ends)}; point at both ends of a long line."
        )
    roll_from = roll_from_horizontal_line if lies_level else roll_from_vertical_line
    roll_deg = float(roll_from(points))
    if abs(roll_deg) > 45.0:
        said, other = ("level", "upright") if lies_level else ("upright", "level")
        raise UsageError(
            f"Expected {'a level' if lies_level else 'an upright'} line, but it stands {abs(roll_deg):.0f} degrees "
            f"from {said}; point at another, or say that it is {other}."
        )
    sd_deg = float(np.degrees(np.sqrt(2.0) * POINTING_SD * larger_px / length_px))
    return Level(roll_deg, sd_deg, f"from {'a level' if lies_level else 'an upright'} line that was pointed at")


def level_from_scene(source: str | Path | int, *, lens: Lens | None = None) -> Level:
    """Roll of the camera from the upright lines in view: door frames, walls, a plumb line.

    Parameters
    ----------
    source : a recording by the camera as it stands. lens : straightens the lines where it is known.

    Returns
    -------
    Level, the median over up to ten looks; `sd_deg` is the larger of how the lines differ and how the looks do.

    Raises
    ------
    InputUnreadable : the source cannot be opened.
    NotMeasurable : too few upright lines agree.
    """
    from rom.video.picture import line_segments, roll_of_segments

    found = []
    for _, image, info in glances(source, LOOK_EVERY_S, limit_s=LOOKS * LOOK_EVERY_S):
        ends = straight(line_segments(image), lens)
        found.append(roll_of_segments(ends, info.height_px, upright_only=True))
        if len(found) == LOOKS:
            break
    rolls, spreads = np.array(found, dtype=float).reshape(-1, 2).T
    if not np.isfinite(rolls).any():
        raise NotMeasurable(
            "Expected long upright lines in the picture, but found too few that agree; put a door frame or a plumb "
            "line in view, or point at one (--line X1,Y1,X2,Y2)."
        )
    sd_deg = max(float(np.nanmedian(spreads)), float(np.nanstd(rolls)))
    return Level(float(np.nanmedian(rolls)), sd_deg, "from the upright lines in view")
