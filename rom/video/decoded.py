"""A decoded picture that is turned into RGB only where somebody looks.

A leg fills a tenth of a picture, and whether it is dark or cut shows in every sixteenth pixel; turning all of a
1080p picture into RGB costs as much as looking at the leg in it.
"""

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rom.records import Image
from rom.video.colour import BLOCK_PX, RgbConverter
from rom.video.upright import Orientation

ALIKE_PX = 64  # parts are cut to multiples of this, so that the scaler is seldom set up anew


class DecodedImage:
    """A `rom.records.LazyImage` of a frame that `RgbConverter.takes_parts` of."""

    def __init__(self, frame: VideoFrame, rgb: RgbConverter, orientation: Orientation) -> None:
        self._frame, self._rgb, self._orientation = frame, rgb, orientation
        self._size = orientation.size(frame.width, frame.height)
        self._whole: Image | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, 3) of the upright picture."""
        return self._size[1], self._size[0], 3

    def whole(self) -> Image:
        """All of it, turned into RGB once."""
        if self._whole is None:
            self._whole = self._orientation.apply(self._rgb.convert(self._frame))
        return self._whole

    def part(self, left: int, top: int, right: int, bottom: int) -> tuple[Image, int, int]:
        """The rectangle or somewhat more, as far as it lies in the picture, and where its left and top are."""
        if self._whole is not None:
            return self._whole, 0, 0
        corners = np.clip([[left, top], [right, bottom]], 0, self._size)
        low, high = self._blocks(np.sort(self._orientation.stored(corners, *self._size), axis=0))
        width, height = (int(side) for side in high - low)
        part = VideoFrame(width, height, self._frame.format.name)
        for k in range(3):
            share = 1 if k == 0 else 2
            x0, y0, x1, y1 = (-(-edge // share) for edge in (*low, *high))
            _plane(part, k)[:] = _plane(self._frame, k)[y0:y1, x0:x1]
        image = self._orientation.apply(self._rgb.convert_part(part, self._frame, "part"))
        return image, *self._upright(low, high)

    def _blocks(self, corners: NDArray[np.integer]) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """Whole blocks that hold two corners (2, 2) of the stored picture: left and top, right and bottom."""
        last = np.array([self._frame.width, self._frame.height]) - 1  # for what lies wholly beyond an edge
        low = np.minimum(corners[0], last) // BLOCK_PX * BLOCK_PX
        size = -(-np.maximum(corners[1] - low, 1) // ALIKE_PX) * ALIKE_PX
        return low, np.minimum(low + size, (self._frame.width, self._frame.height))

    def _upright(self, low: NDArray[np.integer], high: NDArray[np.integer]) -> tuple[int, int]:
        """Left and top, upright, of a rectangle of the stored picture."""
        x0, y0, x1, y1 = (int(edge) for edge in (*low, *high))
        if self._orientation.mirrored:
            x0, x1 = self._frame.width - x1, self._frame.width - x0
        width, height = self._frame.width, self._frame.height
        turned = {0: (x0, y0), 90: (height - y1, x0), 180: (width - x1, height - y1), 270: (y0, width - x1)}
        return turned[self._orientation.clockwise_deg]

    def grid(self, step: int) -> Image:
        """Every `step`-th pixel of every `step`-th row of the upright picture: each as a 2 x 2 block of its own."""
        if self._whole is not None:
            return self._whole[::step, ::step]
        width, height = self._size
        reach = max(width, height)
        steps = np.arange(0, reach, step)
        across, down = steps[steps < width], steps[steps < height]
        columns = self._pixels(np.stack([across, np.zeros_like(across)], axis=1))
        rows = self._pixels(np.stack([np.zeros_like(down), down], axis=1))
        xs, ys = (rows[:, 0], columns[:, 1]) if self._orientation.swaps_sides else (columns[:, 0], rows[:, 1])
        xs, ys = np.sort(xs), np.sort(ys)
        small = VideoFrame(2 * len(xs), 2 * len(ys), self._frame.format.name)
        light = _plane(self._frame, 0)[np.ix_(ys, xs)]
        _plane(small, 0)[:] = light.repeat(2, axis=0).repeat(2, axis=1)
        for k in (1, 2):
            _plane(small, k)[:] = _plane(self._frame, k)[np.ix_(ys // 2, xs // 2)]
        image = self._rgb.convert_part(small, self._frame, f"grid{step}")
        return self._orientation.apply(image[::2, ::2])

    def _pixels(self, places: NDArray[np.integer]) -> NDArray[np.integer]:
        """Where pixels (N, 2) of the upright picture lie in the stored one."""
        middles = self._orientation.stored(2 * places + 1, *(2 * side for side in self._size))
        return np.asarray((middles - 1) // 2)


def _plane(frame: VideoFrame, index: int) -> NDArray[np.uint8]:
    """(H, W) one plane of a frame with half as many rows and columns of colour as of light, in its own memory."""
    share = 1 if index == 0 else 2
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: -(-frame.height // share), : -(-frame.width // share)]
