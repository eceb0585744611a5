"""Hard cuts, found while reading: a picture whose structure has nothing to do with the one before.

Two pictures are compared by the structure term of SSIM (Wang et al. 2004) on thumbnails: brightness and contrast
drop out, so lamps, fades and exposure do not matter; pictures without structure (black, a flash) are skipped and
the next one is compared with the last that had some. A cut is an isolated peak: movement and camera shake last
over several pictures, so the peak is compared with its neighbours on both sides (as PySceneDetect's
AdaptiveDetector does), and the new picture must not go back to the old one.
"""

from collections import deque
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from rom.records import Image
from rom.video.source import Picture

Thumbnail = NDArray[np.float32]

THUMBNAIL_PX = (32, 18)  # about PySceneDetect's down-scaling for its coarsest use; one cell is 60 px of 1080p
STRUCTURE_FLOOR = (0.03 * 255) ** 2 / 2  # grey levels squared: C3 of SSIM (Wang et al. 2004)
FLAT_SD = 6.0  # grey levels: less contrast than this is black, white or fog, not a scene
CHANGE_MIN = 0.25  # 0 same structure, 1 unrelated. Measured: within shots of 16 clips at most 0.08; between their
# first pictures, of which some differ in the background only, 0.25 to 1 (median 0.74)
PEAK_RATIO = 3.0  # against the mean change of the neighbours: PySceneDetect AdaptiveDetector's threshold
WINDOW = 2  # neighbours on each side: PySceneDetect AdaptiveDetector's window_width


def thumbnail(image: Image) -> Thumbnail:
    """(18, 32) grey picture without its mean."""
    step = max(1, min(image.shape[0] // (4 * THUMBNAIL_PX[1]), image.shape[1] // (4 * THUMBNAIL_PX[0])))
    coarse = np.ascontiguousarray(image[::step, ::step])
    small = cv2.resize(coarse, THUMBNAIL_PX, interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.float32)
    return np.asarray(grey - grey.mean(), dtype=np.float32)


def change(before: Thumbnail, after: Thumbnail) -> float:
    """0 where two thumbnails have the same structure, 1 where they are unrelated."""
    covariance = float((before * after).mean())
    spread = float(before.std()) * float(after.std())
    return min(1.0, 1.0 - (covariance + STRUCTURE_FLOOR) / (spread + STRUCTURE_FLOOR))


class CutDetector:
    """Decides for each picture whether a new shot begins with it, `WINDOW` pictures later."""

    def __init__(self) -> None:
        self._thumbnails: deque[Thumbnail] = deque(maxlen=2 * WINDOW + 2)
        self._changes: deque[float] = deque(maxlen=2 * WINDOW + 1)

    def see(self, image: Image) -> None:
        """Take in the next picture."""
        seen = thumbnail(image)
        if self._thumbnails and seen.std() < FLAT_SD:
            seen = self._thumbnails[-1]
        self._changes.append(change(self._thumbnails[-1], seen) if self._thumbnails else 0.0)
        self._thumbnails.append(seen)

    def cut(self, ago: int) -> bool:
        """Whether the picture seen `ago` pictures before the latest one begins a new shot."""
        peak = self._changes[-1 - ago]
        if peak < CHANGE_MIN:
            return False
        later = list(self._thumbnails)[-1 - ago :]
        before = self._thumbnails[-2 - ago]
        if min(change(before, after) for after in later) < CHANGE_MIN:
            return False
        neighbours = list(self._changes)[: -1 - ago] + list(self._changes)[len(self._changes) - ago :]
        return peak >= PEAK_RATIO * float(np.mean(neighbours[-2 * WINDOW :] or [0.0]))


def split_at_cuts(pictures: Iterator[Picture]) -> Iterator[tuple[Picture, int]]:
    """Pair every picture with the number of its shot; holds `WINDOW` pictures back."""
    detector, held, shot = CutDetector(), deque[Picture](), 0
    for picture in pictures:
        detector.see(picture.image)
        held.append(picture)
        if len(held) > WINDOW:
            shot += detector.cut(WINDOW)
            yield held.popleft(), shot
    while held:
        shot += detector.cut(len(held) - 1)
        yield held.popleft(), shot
