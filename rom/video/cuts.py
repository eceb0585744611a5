"""Hard cuts, found while reading: a picture whose structure has nothing to do with the one before.

Two pictures are compared by the structure term of SSIM (Wang et al. 2004) on thumbnails without their coarse light
and shade: brightness, contrast and lamps from the side drop out, so switched lamps, fades and exposure do not
matter; pictures without structure (black, a flash) are skipped and the next one is compared with the last that
had some. A cut is an isolated peak: movement and camera shake last over several pictures, so the peak is compared
with its neighbours on both sides (as PySceneDetect's AdaptiveDetector does), and the pictures after it must not go
back to the one before.

Limits: a cut between two takes of the same view is none here, and a camera swung round by a fifth of its picture
per frame may be taken for one.
"""

from collections import deque
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from rom.records import Image, LazyImage
from rom.video.source import Picture

Thumbnail = NDArray[np.float32]

THUMBNAIL_PX = (32, 18)  # one cell is 60 px of 1080p: smaller movements hardly show
LIGHT_SD = 6.0  # thumbnail pixels, a third of the height: what varies more slowly is light, and drops out
STRUCTURE_FLOOR = (0.03 * 255) ** 2 / 2  # grey levels squared: C3 of SSIM (Wang et al. 2004)
FLAT_SD = 4.0  # grey levels: less contrast than this is black, white or fog, not a scene
#: 0 same structure, 1 unrelated. Measured: within the shots of seven real and nine rendered clips at most 0.10;
#: where they were spliced together (168 splices with different scenes), every one was found with 0.4.
CHANGE_MIN = 0.4
PEAK_RATIO = 3.0  # against the second largest neighbour (one may be a cut too): AdaptiveDetector's threshold
WINDOW = 2  # neighbours on each side: PySceneDetect AdaptiveDetector's window_width


def thumbnail(image: Image | LazyImage) -> Thumbnail:
    """(18, 32) grey picture without its coarse light and shade."""
    step = max(1, min(image.shape[0] // (4 * THUMBNAIL_PX[1]), image.shape[1] // (4 * THUMBNAIL_PX[0])))
    coarse = _grey(image[::step, ::step]) if isinstance(image, np.ndarray) else image.light(step)
    grey = cv2.resize(coarse.astype(np.float32), THUMBNAIL_PX, interpolation=cv2.INTER_AREA)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), LIGHT_SD), dtype=np.float32)


def _grey(image: Image) -> NDArray[np.uint8]:
    """(H, W) how light a picture is, 0 to 255."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), dtype=np.uint8)


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

    def see(self, image: Image | LazyImage) -> None:
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
        return peak >= PEAK_RATIO * sorted([0.0, 0.0, *neighbours[-2 * WINDOW :]])[-2]


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
