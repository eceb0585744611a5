"""A cheap look at the whole scene: who is there, and where to look for them closely."""

import numpy as np

from rom.pose.bodies import newcomers, select, together
from rom.pose.landmarker import LANDMARKS, Landmarker
from rom.pose.window import tiles
from rom.records import Bools, Image, People

SCOUT_MODEL = "lite"  # finds where somebody is as well as `heavy`, at a fifth of its time
PEOPLE_PER_WINDOW = 4  # more cost time only where they are; a home or a clinic room rarely holds more
BODY = slice(11, 33)  # shoulders to feet: what tells a body from a poster or a branch
VISIBILITY_MIN = 0.5  # mean over the body; measured on bodies cut by a tile and on branches: mostly below


class Scout:
    """Finds everybody in single pictures, roughly: BlazePose `lite` on the whole picture and on tiles of it."""

    def __init__(self) -> None:
        self._landmarker = Landmarker(SCOUT_MODEL, video=False, people_max=PEOPLE_PER_WINDOW)

    def look(self, image: Image, *, closely: bool = True) -> People:
        """Return everybody in the picture, each once; not `closely`: only those who fill a third of it or more."""
        windows = tiles((image.shape[1], image.shape[0]))
        found = [self._landmarker.find(image, window, 0.0) for window in (windows if closely else windows[:1])]
        everybody = together(found, LANDMARKS)
        credible = select(everybody, bodily(everybody))
        return newcomers(credible, together([], LANDMARKS))

    def close(self) -> None:
        """Free the model."""
        self._landmarker.close()


def bodily(people: People) -> Bools:
    """(P,) True where a body is seen and not only something like one."""
    if len(people) == 0:
        return np.zeros(0, dtype=bool)
    return np.asarray(np.mean(people.confidence[:, BODY], axis=1) >= VISIBILITY_MIN)
