"""Parts of the picture that people are looked for in, because the detector sees 224 x 224 pixels.

The whole picture is squeezed into that square, so a person who fills less than a third of it is found badly or
not at all. Such a person is looked for in a part of the picture, cut out at full resolution.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rom.records import Floats, Image

PERSON_SHARE = 0.35  # of the window's longer side; measured: at 0.22 the detector finds 1 frame in 4, at 0.37 all
EDGE_SHARE = 0.04  # a body this near a window's edge (of its longer side) is about to leave it
TILE_STEP = 0.5  # tiles overlap by half, so that a person cut by one stands whole in the next
WIDE = 1.3  # longer over shorter side; a picture less wide than this is its own tile


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of whole pixels in a picture of `picture` = (width, height)."""

    x: int
    y: int
    width: int
    height: int
    picture: tuple[int, int]

    @classmethod
    def whole(cls, picture: tuple[int, int]) -> Self:
        """Return the window that is the picture."""
        return cls(0, 0, *picture, picture)

    @classmethod
    def around(cls, box: Floats, picture: tuple[int, int]) -> Self:
        """Return the largest window in which the detector still finds the body in `box` (x0, y0, x1, y1)."""
        side = float(np.max(box[2:] - box[:2])) / PERSON_SHARE
        if side >= max(picture):
            return cls.whole(picture)
        low = np.clip(np.floor((box[:2] + box[2:] - side) / 2), 0, None).astype(int)
        high = np.minimum(np.ceil((box[:2] + box[2:] + side) / 2), picture).astype(int)
        x, y = (int(v) for v in low)
        return cls(x, y, int(high[0]) - x, int(high[1]) - y, picture)

    def cut(self, image: Image) -> Image:
        """Return this part of the image (H, W, 3), contiguous; the image itself where that is the window."""
        return np.ascontiguousarray(image[self.y : self.y + self.height, self.x : self.x + self.width])

    def holds(self, box: Floats) -> bool:
        """Tell whether `box` stays clear of the edges, save those that are the picture's own."""
        margin = EDGE_SHARE * max(self.width, self.height)
        low = np.array([self.x, self.y])
        high = low + np.array([self.width, self.height])
        clear_low = (low <= 0) | (box[:2] >= low + margin)
        clear_high = (high >= self.picture) | (box[2:] <= high - margin)
        return bool(np.all(clear_low & clear_high))


def tiles(picture: tuple[int, int]) -> list[Window]:
    """Return the whole picture and, where it is much longer than wide, overlapping squares along it."""
    width, height = picture
    short, long = min(picture), max(picture)
    windows = [Window.whole(picture)]
    if long < WIDE * short:
        return windows
    count = int(np.ceil((long - short) / (TILE_STEP * short))) + 1
    for start in np.linspace(0, long - short, count).astype(int):
        x, y = (int(start), 0) if width > height else (0, int(start))
        windows.append(Window(x, y, short, short, picture))
    return windows
