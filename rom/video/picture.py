"""What a picture tells beside the landmarks: how bright it is, and whether the camera was level."""

import numpy as np

from rom.records import Image, LazyImage, grid_of

#: Every so many pixels is enough for a mean.
STRIDE = 16
#: Lines are looked for in a picture of about this size: enough for door frames, quick.
LINES_HEIGHT_PX = 360
#: Lines shorter than this share of the picture's height are texture.
LINE_MIN = 0.12
#: Lines within this of upright or level tell about the camera; others are furniture.
LINE_WITHIN_DEG = 20.0
#: Total length of agreeing lines, in picture heights, from which the level is believed.
SUPPORT_MIN = 1.5
#: Lines agree within this of the commonest direction.
AGREE_DEG = 2.0


def brightness(image: Image | LazyImage) -> float:
    """Mean brightness of a picture, 0 to 255."""
    return float(grid_of(image, STRIDE).mean())


def roll_from_lines(image: Image) -> float:
    """Roll of the camera in degrees, clockwise picture positive, from upright and level lines in the scene.

    Rooms are full of door frames, walls, shelves and skirting boards. The direction on which most of their length
    agrees is taken, where there is enough of it; NaN where there is not.
    """
    ends = line_segments(image)
    return roll_of_segments(ends, image.shape[0])[0]


def line_segments(image: Image) -> np.ndarray:
    """(N, 2, 2) ends of the straight lines in a picture, pixels."""
    import cv2

    height, width = image.shape[:2]
    scale = LINES_HEIGHT_PX / height
    small = cv2.resize(image, (max(1, round(width * scale)), LINES_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector().detect(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))[0]
    ends = np.empty((0, 2, 2)) if found is None else np.asarray(found, dtype=float).reshape(-1, 2, 2)
    return np.asarray((ends + 0.5) / scale)  # the detector counts from the middle of the first pixel


def roll_of_segments(ends: np.ndarray, height_px: int, *, upright_only: bool = False) -> tuple[float, float]:
    """Roll on which most of the lines' length agrees, and the SD of the agreeing lines about it, degrees.

    Parameters
    ----------
    ends : (N, 2, 2) pixels. height_px : the picture's.
    upright_only : leave level lines out: those that run away from the camera look tilted.
    """
    run = ends[:, 1] - ends[:, 0]
    length = np.hypot(run[:, 0], run[:, 1]) / height_px
    turn = np.degrees(np.arctan2(run[:, 1], run[:, 0]))
    off = (turn + 45.0) % 90.0 - 45.0  # from the nearest of upright and level
    usable = (length > LINE_MIN) & (np.abs(off) < LINE_WITHIN_DEG)
    if upright_only:
        usable &= np.abs(run[:, 1]) > np.abs(run[:, 0])
    return _commonest(off[usable], length[usable])


def _commonest(off_deg: np.ndarray, length: np.ndarray) -> tuple[float, float]:
    """The direction on which most length agrees and the spread about it, or NaN where that is too little."""
    nothing = float("nan"), float("nan")
    if off_deg.size == 0:
        return nothing
    agree = np.abs(off_deg[:, None] - off_deg[None, :]) <= AGREE_DEG
    support = agree @ length
    best = int(np.argmax(support))
    if support[best] < SUPPORT_MIN:
        return nothing
    some, weights = off_deg[agree[best]], length[agree[best]]
    middle = float(np.average(some, weights=weights))
    return middle, float(np.sqrt(np.average((some - middle) ** 2, weights=weights)))
