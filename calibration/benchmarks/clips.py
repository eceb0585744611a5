"""Clips to time things on: the demo sample there and back, so that no loop has a jump, at any size."""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np

from rom.records import Image
from rom.samples import DEMO, sample_folder
from rom.video import VideoWriter, open_recording

RATE_HZ = 30.0
GRAIN_SD = 2.0  # grey levels: an enlarged picture is too smooth to decode as slowly as a phone's


def sample_frames() -> list[Image]:
    """All pictures of the demo sample."""
    with open_recording(sample_folder() / f"{DEMO}.mp4") as recording:
        return [frame.image for frame in recording if frame.image is not None]


def write_loop(frames: list[Image], count: int, path: Path, size_px: tuple[int, int] | None = None) -> None:
    """A clip of `count` pictures at 30 a second; enlarged to `size_px` (width, height) and grained where asked."""
    width, height = size_px or frames[0].shape[1::-1]
    with VideoWriter(path, width=width, height=height, rate_hz=RATE_HZ) as video:
        for index, image in enumerate(_enlarged(islice(cycle(frames + frames[::-1]), count), size_px)):
            video.write(image, index / RATE_HZ)


def _enlarged(images: Iterator[Image], size_px: tuple[int, int] | None) -> Iterator[Image]:
    if size_px is None:
        yield from images
        return
    rng = np.random.default_rng(20)
    grains = [rng.normal(0, GRAIN_SD, (size_px[1], size_px[0], 1)).astype(np.float32) for _ in range(4)]
    for index, image in enumerate(images):
        large = cv2.resize(image, size_px, interpolation=cv2.INTER_CUBIC)
        yield np.clip(large + grains[index % len(grains)], 0, 255).astype(np.uint8)


def mbit_per_s(path: Path, count: int) -> float:
    """What a clip of so many pictures takes a second."""
    return path.stat().st_size * 8 / 1e6 / (count / RATE_HZ)
