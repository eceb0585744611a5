"""What a picture tells beside the landmarks: how bright it is, and whether the camera was level."""

import numpy as np

from rom.records import Image

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


def brightness(image: Image) -> float:
    """Mean brightness of a picture, 0 to 255."""
    return float(image[::STRIDE, ::STRIDE].mean())


def roll_from_lines(image: Image) -> float:
    """Roll of the camera in degrees, clockwise picture positive, from upright and level lines in the scene.

    Rooms are full of door frames, walls, shelves and skirting boards. The direction on which most of their length
    agrees is taken, where there is enough of it; NaN where there is not.
    """
    import cv2

    height, width = image.shape[:2]
    scale = LINES_HEIGHT_PX / height
    small = cv2.resize(image, (max(1, round(width * scale)), LINES_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector().detect(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))[0]
    if found is None:
        return float("nan")
    ends = np.asarray(found, dtype=float).reshape(-1, 2, 2)
    run = ends[:, 1] - ends[:, 0]
    length = np.hypot(run[:, 0], run[:, 1]) / LINES_HEIGHT_PX
    turn = np.degrees(np.arctan2(run[:, 1], run[:, 0]))
    off = (turn + 45.0) % 90.0 - 45.0  # from the nearest of upright and level
    usable = (length > LINE_MIN) & (np.abs(off) < LINE_WITHIN_DEG)
    return _commonest(off[usable], length[usable])


def _commonest(off_deg: np.ndarray, length: np.ndarray) -> float:
    """The direction on which most length agrees, or NaN where that is too little."""
    if off_deg.size == 0:
        return float("nan")
    agree = np.abs(off_deg[:, None] - off_deg[None, :]) <= AGREE_DEG
    support = agree @ length
    best = int(np.argmax(support))
    if support[best] < SUPPORT_MIN:
        return float("nan")
    return float(np.average(off_deg[agree[best]], weights=length[agree[best]]))
