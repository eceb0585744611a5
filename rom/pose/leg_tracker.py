"""Follows one leg: each crop is laid by what was seen in the picture before."""

from typing import Protocol

import numpy as np

from rom.pose.leg_crop import crop_affine
from rom.pose.leg_network import LegLook
from rom.records import Floats, Image, Side

PRESENCE_MIN = 0.5  # below, the crop shows no leg
SHANK_RATIO = 1.5  # a shank longer or shorter than expected by more is another thing
SCALE_PACE = 0.15  # of a change of the shank's length: a knee under cloth slides along the thigh
SAME_ANKLE = 0.3  # shanks
SHANK_MIN_PX = 12.0  # nothing is told from less
LAYS = 3  # crops until one laid by somebody else is laid by the leg itself


class Looks(Protocol):
    """What sees a leg in a crop: `LegNetwork`."""

    def look(self, image: Image, affine: Floats) -> LegLook:
        """Look at the crop that `affine` cuts out of a picture."""
        ...


class LegTracker:
    """One leg on its way through a recording, first laid by somebody else's knee and ankle (2,).

    `mirrored` : its toes point left, so it is a left leg. `look` : what was seen last; None before the first look.
    """

    def __init__(self, network: Looks, knee: Floats, ankle: Floats, mirrored: bool) -> None:
        self._network, self.mirrored, self.ankle = network, mirrored, ankle
        self.shank_px = float(np.linalg.norm(knee - ankle))
        self._up = (knee - ankle) / self.shank_px
        self._look: LegLook | None = None

    @property
    def side(self) -> Side:
        """The leg that shows the camera its outer side."""
        return "left" if self.mirrored else "right"

    @property
    def look(self) -> LegLook:
        """What was seen last."""
        assert self._look is not None
        return self._look

    def follow(self, image: Image, pace: float = SCALE_PACE) -> bool:
        """Look at a picture, and lay the next crop by it; False where the leg is not there.

        `pace` : share of a change of the shank's length that the next crop takes over.
        """
        knee = self.ankle + self._up * self.shank_px
        look = self._network.look(image, crop_affine(knee, self.ankle, self.mirrored))
        ratio = look.shank_px / self.shank_px
        if look.presence < PRESENCE_MIN or not 1 / SHANK_RATIO < ratio < SHANK_RATIO:
            return False
        self._look, self.ankle = look, look.ankle
        self._up = (look.knee - look.ankle) / look.shank_px
        self.shank_px *= ratio**pace
        return True

    def same(self, other: "LegTracker") -> bool:
        """Whether two trackers hold one leg."""
        return float(np.linalg.norm(self.ankle - other.ankle)) < SAME_ANKLE * self.shank_px


def laid(network: Looks, image: Image, knee: Floats, ankle: Floats, mirrored: bool) -> LegTracker | None:
    """A tracker begun from somebody else's knee and ankle (2,); None where no leg is seen there."""
    if not float(np.linalg.norm(knee - ankle)) > SHANK_MIN_PX:
        return None
    tracker = LegTracker(network, knee, ankle, mirrored)
    return tracker if all(tracker.follow(image, pace=1.0) for _ in range(LAYS)) else None
