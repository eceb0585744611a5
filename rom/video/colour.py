"""YUV to 8-bit RGB with the right matrix and range, high dynamic range brought down to it."""

import threading
from functools import lru_cache

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from rom.records import Image

BT2020_MATRICES = (9, 10)  # H.273 MatrixCoefficients: BT.2020 non-constant and constant luminance
PQ_TRANSFER = 16  # H.273 TransferCharacteristics: SMPTE ST 2084
HLG_TRANSFER = 18  # H.273 TransferCharacteristics: ARIB STD-B67
UNSPECIFIED = 2  # H.273: not known, all three tables
HD_HEIGHT_PX = 720  # untagged video from here on is BT.709 and below it BT.601, as players assume
WHITE_NITS = 203.0  # ITU-R BT.2408: graphics white in HDR
PQ_PEAK_NITS = 10000.0  # SMPTE ST 2084


def source_matrix(colorspace: int, height: int) -> int:
    """Matrix to decode with: the one that is tagged, else the customary one for that picture height."""
    if colorspace in BT2020_MATRICES:
        return int(Colorspace.BT2020)
    if colorspace in (1, 4, 5, 6, 7):  # H.273: BT.709, FCC, BT.470BG, SMPTE 170M, SMPTE 240M
        return {6: int(Colorspace.ITU601)}.get(colorspace, colorspace)
    return int(Colorspace.ITU709 if height >= HD_HEIGHT_PX else Colorspace.ITU601)


def pq_curve() -> NDArray[np.uint8]:
    """(256,) from PQ-coded to display-coded values: linear light, a soft shoulder above white, gamma 2.2.

    ST 2084's own curve (its five constants); light relative to graphics white is kept up to half of white and
    rolls off exponentially above it, so that highlights stay apart and skin and clothes keep their contrast.
    """
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875  # SMPTE ST 2084
    power = (np.arange(256) / 255) ** (1 / m2)
    nits = PQ_PEAK_NITS * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    light = nits / WHITE_NITS
    shoulder = np.where(light <= 0.5, light, 0.5 + 0.5 * (1 - np.exp(-(light - 0.5) / 0.5)))  # linear to half white
    return np.asarray(np.round(255 * shoulder ** (1 / 2.2)), dtype=np.uint8)  # 2.2: BT.1886-like display gamma


#: Formats that are turned into RGB block by block, 2 x 2 pixels with one colour each.
BLOCKS = ("yuv420p", "yuvj420p")
#: What red and blue add to the light, by FFmpeg's number of the matrix (H.273, MatrixCoefficients).
RED_AND_BLUE = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 5: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
#: Lowest and highest light, and half the reach of the colours, in limited and in full range (H.273, 8.3).
LIMITED, FULL = (16.0, 235.0, 112.0), (0.0, 255.0, 127.5)
COLOURLESS = 128.0


@lru_cache
def to_rgb(matrix: int, *, full: bool) -> NDArray[np.floating]:
    """(3, 4) from light and the two colours, 0 to 255 each and a 1 below them, to RGB (H.273, equations 20 to 45).

    Parameters
    ----------
    matrix : as `source_matrix` tells it. full : whether all of 0 to 255 is used.
    """
    red, blue = RED_AND_BLUE[matrix]
    green = 1.0 - red - blue
    low, high, reach = FULL if full else LIMITED
    light, colour = 255.0 / (high - low), 127.5 / reach
    by_blue, by_red = 2 * (1 - blue) * colour, 2 * (1 - red) * colour
    linear = np.array(
        [
            [light, 0.0, by_red],
            [light, -by_blue * blue / green, -by_red * red / green],
            [light, by_blue, 0.0],
        ]
    )
    return np.column_stack([linear, -linear @ np.array([low, COLOURLESS, COLOURLESS])])


def _full_range(frame: VideoFrame) -> bool:
    """Whether a frame uses all of 0 to 255."""
    return frame.format.name.startswith("yuvj") or int(frame.color_range) == ColorRange.JPEG


class RgbConverter:
    """Turns decoded frames of one stream into RGB arrays; keeps its scalers, one for each thread and use."""

    def __init__(self, pixel_aspect: float) -> None:
        self._pixel_aspect = pixel_aspect
        self._scalers = threading.local()
        self._curve: NDArray[np.uint8] | None = None
        self.notes: list[str] = []
        self._described = False

    def convert(self, frame: VideoFrame) -> Image:
        """(H, W, 3) uint8 RGB, the width stretched so that pixels are square."""
        return self.convert_part(frame, frame, "whole")

    def takes_parts(self, frame: VideoFrame) -> bool:
        """Whether parts of such a frame may be turned by themselves, and crops be drawn from its planes."""
        return frame.format.name in BLOCKS and self._pixel_aspect == 1

    def convert_part(self, part: VideoFrame, frame: VideoFrame, use: str) -> Image:
        """(H, W, 3) of a picture that was cut out of `frame`, with its colours; parts of one `use` are alike."""
        is_yuv = not frame.format.is_rgb
        full = _full_range(frame)
        rgb = self._scaler(use).reformat(
            part,
            width=max(1, round(part.width * self._pixel_aspect)),
            height=part.height,
            format="rgb24",
            src_colorspace=source_matrix(int(frame.colorspace), frame.height) if is_yuv else None,
            src_color_range=int(ColorRange.JPEG if full else ColorRange.MPEG) if is_yuv else None,
            dst_color_range=int(ColorRange.JPEG) if is_yuv else None,
            interpolation=Interpolation.BILINEAR,
            threads=0 if part is frame else 1,  # a part is done sooner than a second thread has begun
        )
        return self._shown(np.ascontiguousarray(rgb.to_ndarray(), dtype=np.uint8))

    def of_components(self, components: Image, frame: VideoFrame) -> Image:
        """(H, W, 3) RGB of light and two colours in the last axis, drawn from a frame that `takes_parts` of."""
        matrix = to_rgb(source_matrix(int(frame.colorspace), frame.height), full=_full_range(frame))
        return self._shown(np.asarray(cv2.transform(components, matrix), dtype=np.uint8))

    def light(self, values: NDArray[np.uint8], frame: VideoFrame) -> NDArray[np.uint8]:
        """A frame's light as it is stored, 0 to 255."""
        low, high, _ = FULL if _full_range(frame) else LIMITED
        return np.asarray(np.clip((values - low) * (255.0 / (high - low)), 0, 255), dtype=np.uint8)

    def _shown(self, image: Image) -> Image:
        """High dynamic range brought down."""
        return image if self._curve is None else np.asarray(cv2.LUT(image, self._curve), dtype=np.uint8)

    def _scaler(self, use: str) -> VideoReformatter:
        """A scaler that was set up for pictures of that use, of this thread's own."""
        if not hasattr(self._scalers, use):
            setattr(self._scalers, use, VideoReformatter())
        return getattr(self._scalers, use)  # type: ignore[no-any-return]

    def describe(self, frame: VideoFrame) -> None:
        """Look once at depth and transfer curve: choose the tone curve and say what is done."""
        if self._described:
            return
        self._described = True
        depth = max(component.bits for component in frame.format.components)
        if int(frame.color_trc) == PQ_TRANSFER:
            self._curve = pq_curve()
            self.notes.append(f"High dynamic range (PQ, {depth} bit) was brought down to 8 bits per colour.")
        elif int(frame.color_trc) == HLG_TRANSFER:
            self.notes.append(
                f"High dynamic range (HLG, {depth} bit) is shown as an ordinary 8-bit display shows it."
            )
        elif depth > 8:
            self.notes.append(f"{depth}-bit colour was brought down to 8 bits.")
