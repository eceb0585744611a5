"""Millimetres a pixel in the plane of the leg, from a flat thing of known size that is held there.

The scale holds in the plane of that thing and nowhere else: what is nearer looks larger. Hold it where the leg will
be, facing the camera as the leg's side does.
"""

from collections.abc import Sequence

import numpy as np

from rom.camera.lens import board_finder
from rom.camera.level import straight
from rom.camera.targets import PAPER_MM, PAPERS, corners_mm, dictionary
from rom.errors import NotMeasurable, UsageError
from rom.records import Floats, Image, Lens, Scale

#: How well a corner is found in the picture (SD).
CORNER_SD_PX = 0.5
#: Tries that turn the corners' uncertainty into that of the scale.
TRIES = 200
#: A sheet that fills less of the picture is something else.
SHEET_MIN = 0.005
#: A contour is four-cornered when it deviates from its corners by less than this share of its length.
FOUR_CORNERED = 0.02
#: Pixels on each side in which an edge is looked for, and share of a side near its ends that is left out.
EDGE_PX, ENDS_OUT = 8, 0.1
#: Something turned so far that one direction looks this many times as large as the other does not face the camera.
TURNED_MAX = 1.4


def scale_from_points(
    plane_mm: Floats, picture_px: Floats, made: str, *, corner_sd_px: float, lens: Lens | None = None
) -> Scale:
    """The scale at the middle of a flat thing.

    Parameters
    ----------
    plane_mm : (N, 2) at least four points of the thing. picture_px : (N, 2) where they are seen.
    made : how, in words. corner_sd_px : how well each point is known. lens : straightens them where it is known.

    Returns
    -------
    Scale. `sd_mm_per_px` holds the points' uncertainty, and that a thing which is turned away looks larger in one
    direction than in the other.

    Raises
    ------
    NotMeasurable : the thing is turned so far away that it has no one scale.
    """
    seen = straight(np.asarray(picture_px, dtype=float), lens)
    scale, spread = _scale(plane_mm, seen)
    noise = np.random.default_rng(1).normal(0.0, corner_sd_px, (TRIES, *seen.shape))
    tried = [_scale(plane_mm, seen + step)[0] for step in noise]
    high, low = scale + spread / 2, scale - spread / 2
    if not high < TURNED_MAX * low:
        raise NotMeasurable(
            "Expected something flat that faces the camera, but it is turned away too far for one scale; hold it "
            "upright in the plane of the leg."
        )
    sd = float(np.hypot(np.std(tried), spread / np.sqrt(12.0)))  # a direction in between: evenly spread
    return Scale(scale, sd, made)


def _scale(plane_mm: Floats, picture_px: Floats) -> tuple[float, float]:
    """Millimetres a pixel at the middle of the points, and how far they differ with the direction."""
    import cv2

    found = cv2.findHomography(picture_px, plane_mm)[0]
    if found is None:
        return float("nan"), float("nan")
    middle = np.append(picture_px.mean(axis=0), 1.0)
    top, bottom = found[:2] @ middle, float(found[2] @ middle)
    slope = (found[:2, :2] - np.outer(top / bottom, found[2, :2])) / bottom
    if not np.isfinite(slope).all():
        return float("nan"), float("nan")
    large, small = np.linalg.svd(slope, compute_uv=False)
    return float(np.sqrt(large * small)), float(large - small)


def shares_to_px(shares: Sequence[float], width_px: int, height_px: int) -> Floats:
    """(N, 2) pixels of x1, y1, x2, y2, ... as shares of the picture."""
    return np.asarray(shares, dtype=float).reshape(-1, 2) * [width_px, height_px]


def scale_from_sheet(
    corners_px: Floats, paper: str, *, corner_sd_px: float = CORNER_SD_PX, lens: Lens | None = None
) -> Scale:
    """The scale from the four corners of a sheet of paper.

    Parameters
    ----------
    corners_px : (4, 2) in order round the sheet, from any of them. paper : "a4" or "letter".
    corner_sd_px, lens : as in `scale_from_points`.

    Raises
    ------
    UsageError : another paper. NotMeasurable : the sheet does not face the camera.
    """
    if paper not in PAPERS:
        raise UsageError(f"Expected the paper to be {' or '.join(PAPERS)}, but got '{paper}'; choose one of them.")
    width, height = PAPER_MM[paper]
    ways = [_rectangle(width, height), _rectangle(height, width)]
    seen = straight(np.asarray(corners_px, dtype=float), lens)
    plane = min(ways, key=lambda way: _unlike(*_scale(way, seen)))  # upright or lying: whichever faces us more
    words = f"from a sheet of {'A4' if paper == 'a4' else 'Letter'} in the plane of the leg"
    return scale_from_points(plane, corners_px, words, corner_sd_px=corner_sd_px, lens=lens)


def scale_from_marker(image: Image, side_mm: float, *, lens: Lens | None = None) -> Scale:
    """The scale from one marker of the board's kind, its black square `side_mm` wide.

    Raises
    ------
    NotMeasurable : no marker is seen, or several, or it does not face the camera.
    """
    import cv2

    corners = cv2.aruco.ArucoDetector(dictionary()).detectMarkers(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))[0]
    if len(corners) != 1:
        raise NotMeasurable(f"Expected one marker in the picture, but found {len(corners)}; show one, lit evenly.")
    points = np.asarray(corners[0], dtype=float).reshape(4, 2) + 0.5
    words = f"from a marker of {side_mm:g} mm in the plane of the leg"
    return scale_from_points(_rectangle(side_mm, side_mm), points, words, corner_sd_px=CORNER_SD_PX, lens=lens)


def scale_from_board(image: Image, square_mm: float, *, lens: Lens | None = None) -> Scale:
    """The scale from the board, its squares `square_mm` wide as measured on the print or the screen.

    Raises
    ------
    NotMeasurable : the board is not seen, or does not face the camera.
    """
    view = board_finder()(image)
    if view is None:
        raise NotMeasurable("Expected the board in the picture, but it was not found; show it whole, lit evenly.")
    words = f"from the board with squares of {square_mm:g} mm in the plane of the leg"
    plane = corners_mm(square_mm)[view.numbers]
    return scale_from_points(plane, view.points_px, words, corner_sd_px=CORNER_SD_PX, lens=lens)


def find_sheet(image: Image, lens: Lens | None = None) -> Floats:
    """(4, 2) corners of the largest bright four-cornered thing in the picture, in order round it.

    Where the lens is known, they come out as a perfect lens would have drawn them: the sheet's sides, which a wide
    lens bends, are straightened before they are made to meet.

    Raises
    ------
    NotMeasurable : there is none.
    """
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    _, bright = cv2.threshold(cv2.GaussianBlur(grey, (5, 5), 0), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    best, best_area = None, SHEET_MIN * grey.size
    for contour in cv2.findContours(bright, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]:
        area = cv2.contourArea(contour)
        if area > best_area:
            shape = cv2.approxPolyDP(contour, FOUR_CORNERED * cv2.arcLength(contour, True), True).reshape(-1, 2)
            if len(shape) == 4 and cv2.isContourConvex(shape) and _inside(shape, grey.shape):
                best, best_area = (contour.reshape(-1, 2), shape), area
    if best is None:
        raise NotMeasurable(
            "Expected a bright sheet of paper before something darker, but found none; put it on a dark ground, "
            "whole in view, or point at its corners (--corners)."
        )
    return _edges_met(grey, best[1].astype(float), lens)


def _inside(shape: np.ndarray, size: tuple[int, ...]) -> bool:
    """True where no corner touches the border of the picture."""
    return bool((shape > 1).all() and (shape < np.array([size[1], size[0]]) - 2).all())


def _edges_met(grey: np.ndarray, corners: Floats, lens: Lens | None) -> Floats:
    """(4, 2) where straight lines through the steepest steps of brightness along the sides meet."""
    lines = [_line(straight(_edge(grey, corners[k], corners[(k + 1) % 4]), lens)) for k in range(4)]
    met = [np.cross(lines[k - 1], lines[k]) for k in range(4)]
    return np.array([point[:2] / point[2] for point in met])


def _edge(grey: np.ndarray, start: Floats, end: Floats) -> Floats:
    """(64, 2) places along one side, on its edge to a fraction of a pixel."""
    import cv2

    run = (end - start) / np.linalg.norm(end - start)
    across = np.array([-run[1], run[0]])
    along = np.linspace(ENDS_OUT, 1.0 - ENDS_OUT, 64)[:, None, None]
    offsets = np.arange(-EDGE_PX, EDGE_PX + 1, 0.5)
    places = (start + along * (end - start) + offsets[:, None] * across).astype(np.float32)
    light = cv2.remap(grey.astype(np.float32), places[..., 0], places[..., 1], cv2.INTER_LINEAR)
    step = np.abs(np.gradient(light, axis=1))
    step = np.where(
        step > 0.3 * step.max(axis=1, keepdims=True), step, 0.0
    )  # the edge, and not the noise beside it
    offset = (step @ offsets) / np.maximum(step.sum(axis=1), 1e-6)
    found: Floats = start + along[:, 0] * (end - start) + offset[:, None] * across
    return found + 0.5  # OpenCV counts from the middle of the first pixel, we from its corner


def _line(points: Floats) -> Floats:
    """(3,) the line a x + b y + c = 0 through (N, 2) points, whatever a few of them say."""
    import cv2

    direction = np.ravel(cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01))
    a, b = -direction[1], direction[0]
    return np.array([a, b, -(a * direction[2] + b * direction[3])], dtype=float)


def _rectangle(width: float, height: float) -> Floats:
    """(4, 2) corners in order."""
    return np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])


def _unlike(scale: float, spread: float) -> float:
    """How far the scale differs with the direction; infinite where there is none."""
    return spread / scale if np.isfinite(scale) else float("inf")
