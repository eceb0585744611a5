"""The crop in which a leg is looked at: shank down, toes to the right, 1.8 shanks wide, at full resolution.

A crop is an affine (2, 3) from the picture's pixels to crop coordinates, 0 to 1. A leg whose toes point left when
its shank stands upright is mirrored: what is seen is always the outer side of a right leg.
"""

from math import ceil, floor

import numpy as np

from rom.records import Floats, Image, LazyImage, Plane

SIDE_SHANKS = 1.8  # side of the crop
MARGIN_PX = 4  # round the crop: pixels that are interpolated between at its edge, in half the picture too
#: Crop pixels a picture pixel: above the first the crop is drawn as it is, up to the second from half the picture.
FINE, COARSE = 0.7, 0.35
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
#: Where the middle of a crop pixel lies in it, by how many times finer the crop is drawn: OpenCV counts from the
#: middle of the first fine pixel, and a mean of several lies further on. The network learned from such crops.
MIDDLES = {1: 0.0, 2: 0.25, 4: 0.375}
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
    image : (H, W, 3); of a lazy one the crop is drawn from each plane as it is stored, and only the crop is turned
        into RGB.
    affine : picture to crop. size_px : S.
    border : how OpenCV continues the picture beyond its edge; by default with the colour at the edge.
    """
    import cv2

    beyond = cv2.BORDER_REPLICATE if border is None else border
    matrix = affine * size_px
    finer = _finer(matrix)
    if isinstance(image, np.ndarray):
        return _drawn(image, matrix, size_px, beyond, finer)
    light, *colours = image.planes
    drawn = [_drawn(light.values, _on_plane(matrix, light), size_px, beyond, finer)]
    of_colour = _on_plane(matrix, colours[0])
    coarser = max(1, _finer(of_colour) // 2)  # of colour a network needs less
    of_colour = _moved(of_colour, MIDDLES[coarser] - MIDDLES[finer])
    drawn += [_drawn(plane.values, of_colour, size_px, beyond, coarser) for plane in colours]
    return image.in_rgb(np.asarray(cv2.merge(drawn)))


def _finer(matrix: Floats) -> int:
    """How many times finer a crop is drawn than it is wanted, each way, so that nothing aliases."""
    scale = scale_of(matrix)
    return 1 if scale > FINE else 2 if scale > COARSE else 4


def _on_plane(matrix: Floats, plane: Plane) -> Floats:
    """The matrix from a plane's own pixels to the crop."""
    linear = matrix[:, :2] @ np.linalg.inv(plane.affine[:, :2])
    return np.column_stack([linear, matrix[:, 2] - linear @ plane.affine[:, 2]])


def _moved(matrix: Floats, by: Floats | float) -> Floats:
    """A matrix to a crop that shows everything moved by so many of its pixels."""
    moved = matrix.copy()
    moved[:, 2] += by
    return moved


def _drawn(image: Image, matrix: Floats, size_px: int, beyond: int, finer: int) -> Image:
    """A crop (S, S) or (S, S, C), its pixels' middles where `MIDDLES` says.

    Parameters
    ----------
    matrix : from the picture's pixels to those of the crop. beyond : as OpenCV calls the way beyond an edge.
    finer : how many times finer it is drawn than it is wanted: 1, 2 or 4.
    """
    import cv2

    image, matrix = _around(image, matrix, size_px, beyond)
    if finer == 4:
        image, matrix = _halved(image, matrix)
    factor = min(finer, 2)
    large = cv2.warpAffine(image, factor * matrix, (size_px * factor, size_px * factor), flags=cv2.INTER_LINEAR)
    return np.asarray(large if factor == 1 else cv2.resize(large, (size_px, size_px), interpolation=cv2.INTER_AREA))


def _halved(image: Image, matrix: Floats) -> tuple[Image, Floats]:
    """A picture of half the size, each pixel the mean of four, and the matrix from it to the crop.

    It is as if the crop were drawn four times as large and each pixel the mean of sixteen, at a third of the cost.
    OpenCV counts from the middle of the first pixel, which is another pixel now, here and there.
    """
    import cv2

    height, width = (side // 2 * 2 for side in image.shape[:2])
    half = cv2.resize(image[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    shift = matrix[:, 2] + matrix[:, :2] @ np.array([0.5, 0.5]) - (MIDDLES[4] - MIDDLES[2])
    return np.asarray(half), np.column_stack([2.0 * matrix[:, :2], shift])


def _around(image: Image, matrix: Floats, size_px: int, beyond: int) -> tuple[Image, Floats]:
    """The part of a picture that a crop shows, continued beyond its edges, and the matrix from it to the crop.

    It is copied, row by row: OpenCV draws from all over it, which costs three times as much where a picture comes
    from the machine's memory, or goes on beyond its edge.
    """
    import cv2

    x, y = to_picture(size_px * CORNERS, matrix).T
    spans = [
        _span(float(x.min()), float(x.max()), image.shape[1]),
        _span(float(y.min()), float(y.max()), image.shape[0]),
    ]
    (left, first_x, end_x, right), (top, first_y, end_y, bottom) = spans
    part = image[first_y:end_y, first_x:end_x]
    part = np.asarray(cv2.copyMakeBorder(part, top, bottom, left, right, beyond))
    return part, _moved(matrix, matrix[:, :2] @ (first_x - left, first_y - top))


def _span(low: float, high: float, size: int) -> tuple[int, int, int, int]:
    """Of what lies from `low` to `high` on an axis: pixels before the picture, first and end in it, and beyond."""
    first, end = floor(low) - MARGIN_PX, ceil(high) + MARGIN_PX
    first -= first % 2  # whole blocks, for half the picture
    inside = min(max(first, 0), size - 1)  # of what lies beyond: the nearest edge
    until = min(max(end, inside + 1), size)
    return max(inside - first, 0), inside, until, max(end - until, 0)
