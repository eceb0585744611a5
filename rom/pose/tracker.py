"""Follows one person, through the whole picture or, where they fill little of it, through a window of it."""

import numpy as np

from rom.pose.bodies import boxes, select
from rom.pose.landmarker import LANDMARKS, Landmarker
from rom.pose.window import Window
from rom.records import Floats, Frame, Image, People

LOST_S = 0.5  # a person not found for this long has left; somebody who turns or bends is found again sooner
GREY = 127  # the detector's zero


class Tracker:
    """One BlazePose in VIDEO mode, so that landmarks are followed and smoothed over time as MediaPipe does.

    `box` is where the person is expected (x0, y0, x1, y1), None for anybody anywhere in the picture.
    """

    def __init__(self, model: str, picture: tuple[int, int], box: Floats | None = None) -> None:
        self._model = model
        self._picture = picture
        self._expected = box
        self.found = People(np.empty((0, LANDMARKS, 2)), np.empty((0, LANDMARKS)))
        self._seen_s: float | None = None
        self.repeats = 0
        self._look_through(Window.whole(picture) if box is None else Window.around(box, picture))

    def find(self, frame: Frame, others: Floats) -> People:
        """Find the person; `others` (N, 4) are boxes of people whom other trackers hold."""
        assert frame.image is not None
        image = frame.image
        if len(self.found) == 0 and len(others):
            image = self._without(others, image)
        elif len(self.found) and not self._window.holds(self.box[0]):
            self._landmarker.close()
            self._look_through(Window.around(self.box[0], self._picture))
        found = self._landmarker.find(image, self._window, frame.time_s)
        self.found = select(found, np.any(found.confidence > 0, axis=1))  # else: wholly outside the window
        if len(self.found) or self._seen_s is None:
            self._seen_s = frame.time_s
        return self.found

    @property
    def box(self) -> Floats:
        """(1, 4) the person's box, (0, 4) where nobody was found."""
        return boxes(self.found)

    @property
    def takes_anybody(self) -> bool:
        """Tell whether this tracker was not made for somebody whom the scout saw."""
        return self._expected is None

    def lost(self, time_s: float) -> bool:
        """Tell whether nobody was found for longer than a moment."""
        return self._seen_s is not None and time_s - self._seen_s > LOST_S

    def close(self) -> None:
        """Free the model."""
        self._landmarker.close()

    def _look_through(self, window: Window) -> None:
        self._window = window
        self._landmarker = Landmarker(self._model, video=True, people_max=1)

    def _without(self, others: Floats, image: Image) -> Image:
        """Grey out the others, so that the detector, which reports the clearest body, finds ours."""
        greyed = image.copy()
        for box in others:
            greyed[_area(box, image)] = GREY
        if self._expected is not None:
            own = _area(self._expected, image)
            greyed[own] = image[own]
        return greyed


def _area(box: Floats, image: Image) -> tuple[slice, slice]:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = np.clip(box, 0, (width, height, width, height)).astype(int)
    return slice(y0, y1), slice(x0, x1)
