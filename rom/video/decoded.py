"""A decoded picture that is turned into RGB only where somebody looks.

A leg fills a tenth of a picture, and whether it is dark or cut shows in every sixteenth pixel; turning all of a
1080p picture into RGB costs as much as looking at the leg in it.
"""

from functools import lru_cache

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rom.records import Floats, Image, Plane
from rom.video.colour import RgbConverter
from rom.video.upright import Orientation, Places


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

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """Light, and two colours of which each pixel belongs to a block of 2 x 2."""
        light, colour = _to_stored(self._orientation, self._size)
        first, second, third = (_plane(self._frame, k) for k in range(3))
        return Plane(first, light), Plane(second, colour), Plane(third, colour)

    def in_rgb(self, components: Image) -> Image:
        """(H, W, 3) RGB of what was drawn from the planes, laid in the last axis."""
        return self._rgb.of_components(components, self._frame)

    def grid(self, step: int) -> Image:
        """Every `step`-th pixel of every `step`-th row of the upright picture: each as a 2 x 2 block of its own."""
        if self._whole is not None:
            return self._whole[::step, ::step]
        xs, ys = _every(self._orientation, self._size, step)
        small = VideoFrame(2 * len(xs), 2 * len(ys), self._frame.format.name)
        light = _plane(self._frame, 0)[np.ix_(ys, xs)]
        _plane(small, 0)[:] = light.repeat(2, axis=0).repeat(2, axis=1)
        for k in (1, 2):
            _plane(small, k)[:] = _plane(self._frame, k)[np.ix_(ys // 2, xs // 2)]
        image = self._rgb.convert_part(small, self._frame, f"grid{step}")
        return self._orientation.apply(image[::2, ::2])

    def light(self, step: int) -> NDArray[np.uint8]:
        """(H, W) light alone, 0 to 255, of every `step`-th pixel of every `step`-th row; upright."""
        xs, ys = _every(self._orientation, self._size, step)
        light = _plane(self._frame, 0)[np.ix_(ys, xs)]
        return self._orientation.apply(self._rgb.light(light, self._frame))


@lru_cache(16)
def _every(orientation: Orientation, size: tuple[int, int], step: int) -> tuple[Places, Places]:
    """Columns and rows of the stored picture, rising, that hold every `step`-th of the upright one of that size."""
    across, down = (np.arange(0, side, step) for side in size)
    columns = _pixels(orientation, size, np.stack([across, np.zeros_like(across)], axis=1))
    rows = _pixels(orientation, size, np.stack([np.zeros_like(down), down], axis=1))
    xs, ys = (rows[:, 0], columns[:, 1]) if orientation.swaps_sides else (columns[:, 0], rows[:, 1])
    return np.sort(xs), np.sort(ys)


@lru_cache(16)
def _to_stored(orientation: Orientation, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Affines (2, 3) from pixels of an upright picture of that size to those of its light and of its colours."""
    places = _pixels(orientation, size, np.array([[0, 0], [1, 0], [0, 1]])).astype(float)
    light = np.column_stack([places[1] - places[0], places[2] - places[0], places[0]])
    return light, np.column_stack([light[:, :2] / 2, (light[:, 2] - 0.5) / 2])


def _pixels(orientation: Orientation, size: tuple[int, int], places: Places) -> Places:
    """Where pixels (N, 2) of an upright picture of that (width, height) lie in the stored one."""
    middles = orientation.stored(2 * places + 1, 2 * size[0], 2 * size[1])
    return np.asarray((middles - 1) // 2)


def _plane(frame: VideoFrame, index: int) -> NDArray[np.uint8]:
    """(H, W) one plane of a frame with half as many rows and columns of colour as of light, in its own memory."""
    share = 1 if index == 0 else 2
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: -(-frame.height // share), : -(-frame.width // share)]
