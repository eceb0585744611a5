"""Writes frames to an H.264 file."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np


class Film:
    """An H.264 file in an MP4 container; frames are 8-bit RGB (H, W, 3), times are exact multiples of 1/fps."""

    def __init__(self, path: Path, width: int, height: int, fps: float, crf: int) -> None:
        import av

        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": str(crf), "preset": "medium", "threads": "1"}

    def __enter__(self) -> Self:
        return self

    def add(self, image: np.ndarray) -> None:
        """Append one frame."""
        import av

        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for packet in self._stream.encode(None):
                self._container.mux(packet)
        self._container.close()
