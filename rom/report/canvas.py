"""Lines, arcs and letters on a picture: antialiased, sized with the picture, legible on light and dark."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rom.records import Floats, Image

Colour = tuple[int, int, int]

INK: Colour = (16, 24, 32)
PAPER: Colour = (255, 255, 255)
SHANK: Colour = (64, 200, 255)
FOOT: Colour = (255, 190, 60)
ARC: Colour = (120, 240, 170)

#: Fractional bits of cv2's sub-pixel coordinates.
SUBPIXEL_BITS = 4


class Canvas:
    """Draws on one picture in place. Lengths given in *units* grow with the picture: 1 unit = 1 px at 720p."""

    def __init__(self, image: Image, unit: float | None = None) -> None:
        self.image = image
        self.unit = unit or max(0.5, float(min(image.shape[:2])) / 720.0)

    def px(self, units: float) -> int:
        """Units as whole pixels, at least one."""
        return max(1, round(units * self.unit))

    def line(self, points: Floats, colour: Colour, width: float, *, outline: bool = True) -> None:
        """A polyline through (N, 2) points, with a dark outline that keeps it legible on any ground."""
        if len(points) < 2 or not np.isfinite(points).all():
            return
        path = [_fixed(points)]
        if outline:
            cv2.polylines(self.image, path, False, INK, self.px(width + 3), cv2.LINE_AA, SUBPIXEL_BITS)
        cv2.polylines(self.image, path, False, colour, self.px(width), cv2.LINE_AA, SUBPIXEL_BITS)

    def dot(self, point: Floats, colour: Colour, radius: float) -> None:
        """A filled dot with a dark rim."""
        if np.isfinite(point).all():
            x, y = (round(float(v) * 2**SUBPIXEL_BITS) for v in point)
            for size, paint in ((radius + 1.5, INK), (radius, colour)):
                r = round(size * self.unit * 2**SUBPIXEL_BITS)
                cv2.circle(self.image, (x, y), r, paint, -1, cv2.LINE_AA, SUBPIXEL_BITS)

    def wedge(self, points: Floats, colour: Colour, opacity: float) -> None:
        """A translucent filled polygon of (N, 2) points."""
        if len(points) < 3 or not np.isfinite(points).all():
            return
        height, width = self.image.shape[:2]
        left, top = np.clip(np.floor(points.min(axis=0)).astype(int) - 1, 0, [width, height])
        right, bottom = np.clip(np.ceil(points.max(axis=0)).astype(int) + 2, 0, [width, height])
        if right <= left or bottom <= top:
            return
        ground = self.image[top:bottom, left:right]
        painted = ground.copy()
        cv2.fillPoly(painted, [_fixed(points - [left, top])], colour, cv2.LINE_AA, SUBPIXEL_BITS)
        cv2.addWeighted(painted, opacity, ground, 1.0 - opacity, 0.0, dst=ground)

    def panel(self, left: int, top: int, width: int, height: int, opacity: float = 0.62) -> None:
        """A dark translucent rectangle for letters and charts to stand on."""
        ground = self.image[top : top + height, left : left + width]
        ground[:] = (ground * (1.0 - opacity) + np.array(INK) * opacity).astype(np.uint8)

    def text(self, words: str, left: float, top: float, size: float, colour: Colour = PAPER) -> tuple[int, int]:
        """Write `words` with their top left corner at the place given; returns (width, height) in pixels."""
        mask = _letters(words, self.px(size))
        height, width = mask.shape
        x, y = round(left), round(top)
        x0, y0 = max(x, 0), max(y, 0)
        x1, y1 = min(x + width, self.image.shape[1]), min(y + height, self.image.shape[0])
        if x1 > x0 and y1 > y0:
            ground = self.image[y0:y1, x0:x1]
            alpha = mask[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) / 255.0
            ground[:] = (ground * (1.0 - alpha) + np.array(colour, np.float32) * alpha).astype(np.uint8)
        return width, height

    def text_size(self, words: str, size: float) -> tuple[int, int]:
        """Width and height that `words` will take, in pixels."""
        height, width = _letters(words, self.px(size)).shape
        return width, height


def _fixed(points: Floats) -> NDArray[np.int32]:
    """Points as cv2's fixed-point coordinates."""
    return np.asarray(np.round(np.asarray(points, dtype=float) * 2**SUBPIXEL_BITS), dtype=np.int32)


@lru_cache(maxsize=512)
def _letters(words: str, size_px: int) -> NDArray[np.uint8]:
    """Coverage of the letters, 0 to 255, in the typeface that Pillow brings."""
    from PIL import Image as Pillow
    from PIL import ImageDraw, ImageFont

    font = ImageFont.load_default(size_px)
    left, top, right, bottom = font.getbbox(words or " ")
    sheet = Pillow.new("L", (max(1, round(right - left)), max(1, round(bottom - top))))
    ImageDraw.Draw(sheet).text((-left, -top), words, fill=255, font=font)
    return np.asarray(sheet)
