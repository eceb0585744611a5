"""The crop in which a leg is looked at: shank down, toes to the right, 1.8 shanks wide, at full resolution.

A crop is an affine (2, 3) from the picture's pixels to crop coordinates, 0 to 1. A leg whose toes point left when
its shank stands upright is mirrored: what is seen is always the outer side of a right leg.
"""

import numpy as np

from rom.records import Floats, Image, LazyImage

SIDE_SHANKS = 1.8  # side of the crop
MARGIN_PX = 2  # round the crop: pixels that are interpolated between at its edge
#: Crop pixels a picture pixel: above the first the crop is drawn as it is, up to the second from half the picture.
FINE, COARSE = 0.7, 0.35
ANKLE_AT = (0.40, 0.66)  # where the ankle lies in it: room for the foot in front and below


def crop_affine(knee: Floats, ankle: Floats, mirrored: bool) -> Floats:
    """Affine (2, 3) from pixels to crop coordinates.

    Parameters
    ----------
    knee, ankle : (2,) joint centres in pixels, apart from each other.
    mirrored : True where the toes point left of the shank.

    Examples
    --------
    >>> found = crop_affine(np.array([50.0, 0.0]), np.array([50.0, 100.0]), mirrored=False)
    >>> (found @ [50.0, 100.0, 1.0]).round(2).tolist(), (found @ [50.0, 0.0, 1.0]).round(2).tolist()
    ([0.4, 0.66], [0.4, 0.1])
    """
    flip = np.diag([-1.0, 1.0]) if mirrored else np.eye(2)
    down = flip @ (ankle - knee)
    length = float(np.linalg.norm(down))
    turn = np.array([[down[1], -down[0]], [down[0], down[1]]]) / length
    linear = turn @ flip / (SIDE_SHANKS * length)
    return np.column_stack([linear, np.array(ANKLE_AT) - linear @ ankle])


def spun(affine: Floats, turn: float, scale: float) -> Floats:
    """The crop turned (radians) and enlarged about its middle."""
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    spin, middle = np.array([[c, -s], [s, c]]), np.array([0.5, 0.5])
    return np.column_stack([spin @ affine[:, :2], spin @ (affine[:, 2] - middle) + middle])


def window_affine(box: Floats) -> Floats:
    """Affine (2, 3) of the level square round `box` (x0, y0, x1, y1) in pixels, not mirrored."""
    side = float(np.max(box[2:] - box[:2]))
    return np.column_stack([np.eye(2) / side, 0.5 - (box[:2] + box[2:]) / 2 / side])


def scale_of(affine: Floats) -> float:
    """Crop sides a pixel."""
    return float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))


def to_crop(points: Floats, affine: Floats) -> Floats:
    """Pixels (..., 2) to crop coordinates."""
    return np.asarray(points @ affine[:, :2].T + affine[:, 2])


def to_picture(points: Floats, affine: Floats) -> Floats:
    """Crop coordinates (..., 2) to pixels."""
    return np.asarray((points - affine[:, 2]) @ np.linalg.inv(affine[:, :2]).T)


def covariance_to_picture(covariance: Floats, affine: Floats) -> Floats:
    """Covariances (..., 2, 2) of crop coordinates to px^2."""
    back = np.linalg.inv(affine[:, :2])
    return np.asarray(back @ covariance @ back.T)


def directions_to_crop(lines: Floats, affine: Floats) -> Floats:
    """Directions (..., 3) in the camera's axes (right, down, forward) to those of the crop."""
    flat = lines[..., :2] @ (affine[:, :2] / scale_of(affine)).T
    return np.concatenate([flat, lines[..., 2:]], axis=-1)


def directions_to_camera(lines: Floats, affine: Floats) -> Floats:
    """Directions (..., 3) in the crop's axes to the camera's (right, down, forward)."""
    flat = lines[..., :2] @ (affine[:, :2] / scale_of(affine))  # the inverse of a turn or mirror is its transpose
    return np.concatenate([flat, lines[..., 2:]], axis=-1)


def warp(image: Image | LazyImage, affine: Floats, size_px: int, border: int | None = None) -> Image:
    """Crop (S, S, 3) of a picture; drawn larger and shrunk where it would alias.

    Parameters
    ----------
    image : (H, W, 3); of a lazy one only the part is turned into RGB that the crop shows.
    affine : picture to crop. size_px : S.
    border : how OpenCV continues the picture beyond its edge; by default with the colour at the edge.
    """
    import cv2

    if not isinstance(image, np.ndarray):
        image, affine = _part_of(image, affine)
    beyond = cv2.BORDER_REPLICATE if border is None else border
    scale = scale_of(affine) * size_px
    factor = 1 if scale > FINE else 2
    matrix = affine * size_px * factor
    if scale <= COARSE and min(image.shape[:2]) > 1:
        image, matrix = _halved(image, matrix)
    size = (size_px * factor, size_px * factor)
    large = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=beyond)
    return np.asarray(large if factor == 1 else cv2.resize(large, (size_px, size_px), interpolation=cv2.INTER_AREA))


def _halved(image: Image, matrix: Floats) -> tuple[Image, Floats]:
    """A picture of half the size, each pixel the mean of four, and its own matrix to the crop drawn twice as large.

    It is as if the crop were drawn four times as large and each pixel the mean of sixteen, at a third of the cost.
    OpenCV counts from the middle of the first pixel, which is another pixel now, here and there.
    """
    import cv2

    height, width = (side // 2 * 2 for side in image.shape[:2])
    half = cv2.resize(image[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    linear = 2.0 * matrix[:, :2]
    shift = matrix[:, 2] + matrix[:, :2] @ np.array([0.5, 0.5]) - 0.25
    return np.asarray(half), np.column_stack([linear, shift])


def _part_of(image: LazyImage, affine: Floats) -> tuple[Image, Floats]:
    """The part of a picture that a crop shows, and the crop's affine in it."""
    corners = to_picture(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), affine)
    left, top = (int(edge) for edge in np.floor(corners.min(axis=0)) - MARGIN_PX)
    right, bottom = (int(edge) for edge in np.ceil(corners.max(axis=0)) + MARGIN_PX)
    part, x, y = image.part(left, top, right, bottom)
    return part, np.column_stack([affine[:, :2], affine[:, 2] + affine[:, :2] @ np.array([x, y])])
