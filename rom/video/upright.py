"""Turning pictures upright and making their pixels square; applied once, here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rom.records import Image

Places = NDArray[np.integer]

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture becomes upright: first mirrored left-right if `mirrored`, then turned clockwise.

    `exact` is False where the metadata asks for an angle between the right angles; the nearest was taken.
    """

    clockwise_deg: int = 0
    mirrored: bool = False
    exact: bool = True

    @property
    def swaps_sides(self) -> bool:
        """True when width and height change places."""
        return self.clockwise_deg in (90, 270)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Upright (width, height) of a stored picture of that size."""
        return (height, width) if self.swaps_sides else (width, height)

    def stored(self, places: Places, width: int, height: int) -> Places:
        """Where places (N, 2) of the upright picture, x and y in pixels from its edges, lie in the stored one.

        Parameters
        ----------
        width, height : of the upright picture.
        """
        x, y = places[:, 0], places[:, 1]
        turned = {0: (x, y), 90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}
        across, down = turned[self.clockwise_deg]
        if self.mirrored:
            across = (height if self.swaps_sides else width) - across
        return np.stack([across, down], axis=1)

    def apply(self, image: Image) -> Image:
        """(H, W, 3) as stored to upright, C-contiguous."""
        if self.mirrored:
            image = np.asarray(cv2.flip(image, 1), dtype=np.uint8)
        if self.clockwise_deg:
            image = np.asarray(cv2.rotate(image, _TURNS[self.clockwise_deg]), dtype=np.uint8)
        return np.ascontiguousarray(image)


UPRIGHT = Orientation()

#: EXIF 2.32, tag 0x0112: what each value asks for, as mirror-then-turn.
EXIF_ORIENTATIONS = {
    1: UPRIGHT,
    2: Orientation(0, mirrored=True),
    3: Orientation(180),
    4: Orientation(180, mirrored=True),
    5: Orientation(270, mirrored=True),
    6: Orientation(90),
    7: Orientation(90, mirrored=True),
    8: Orientation(270),
}


def orientation_from_matrix(matrix: Sequence[int]) -> Orientation:
    """Orientation of a display matrix (ISO/IEC 14496-12, ``tkhd``): x' = a x + c y, y' = b x + d y, y down.

    Parameters
    ----------
    matrix : nine integers a, b, u, c, d, v, x, y, w; only the ratio of a, b, c, d matters.

    Examples
    --------
    >>> orientation_from_matrix([0, 1, 0, -1, 0, 0, 0, 0, 1]).clockwise_deg
    90
    """
    a, b, c, d = (int(matrix[k]) for k in (0, 1, 3, 4))
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b  # what is left after the stored picture was mirrored: x -> -x
    turn = math.degrees(math.atan2(b - c, a + d))
    nearest = round(turn / 90) * 90
    return Orientation(nearest % 360, mirrored, abs(turn - nearest) < 1)  # 1 deg: rounding of stored matrices


def fit(image: Image, width: int, height: int) -> Image:
    """`image` scaled to fit into width x height and padded with black; itself where it has that size."""
    if image.shape[:2] == (height, width):
        return image
    scale = min(width / image.shape[1], height / image.shape[0])
    inner = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    canvas = np.zeros((height, width, 3), np.uint8)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    scaled = cv2.resize(image, inner, interpolation=cv2.INTER_AREA)
    canvas[top : top + inner[1], left : left + inner[0]] = scaled
    return canvas
