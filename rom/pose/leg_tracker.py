"""Follows one leg: each crop is laid by what was seen in the picture before."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rom.pose.leg_crop import crop_affine, spun
from rom.pose.leg_network import LegLook
from rom.records import Floats, Image, LazyImage, Side

PRESENCE_MIN = 0.5  # below, the crop shows no leg
PRESENCE_KEPT = 0.3  # below, a leg that was followed is out of sight
MISSED_MOST = 8  # pictures: a leg that is hidden for longer is looked for anew
SHANK_RATIO = 1.5  # a shank longer or shorter than expected by more is another thing
SCALE_PACE = 0.15  # of a change of the shank's length: a knee under cloth slides along the thigh
STEP_SHARE = 0.9  # of the last steps is expected of the next: a foot that swings slows down
LEAP_SHANKS = 0.5  # an ankle that lands so far from where it was expected is another one
SAME_ANKLE = 0.3  # shanks
SHANK_MIN_PX = 12.0  # nothing is told from less
#: How crops are laid from picture to picture: turned (degrees), enlarged (share), shifted (crop sides). What the
#: network errs by depends a little on how a crop lies: laid differently each time, that averages out over a hold
#: (development and validation sets: mean error of maximal motion 1.5 instead of 1.8 degrees).
LAYINGS = (
    (6.0, -0.06, 0.018, 0.0),
    (-6.0, 0.06, 0.0, 0.018),
    (3.0, 0.06, -0.018, 0.0),
    (-3.0, -0.06, 0.0, -0.018),
)
LAYS = 3  # crops until one laid by somebody else is laid by the leg itself


class Looks(Protocol):
    """What sees a leg in a crop: `LegNetwork`."""

    def look(self, image: Image | LazyImage, affine: Floats) -> LegLook:
        """Look at the crop that `affine` cuts out of a picture."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leg is in a picture: knee and ankle (2,), and how long the shank is taken to be."""

    knee: Floats
    ankle: Floats
    shank_px: float


class LegTracker:
    """One leg on its way through a recording, first laid by somebody else's knee and ankle (2,).

    `mirrored` : its toes point left, so it is a left leg. `look` : what was seen last; None before the first look.
    """

    def __init__(self, network: Looks, knee: Floats, ankle: Floats, mirrored: bool) -> None:
        self._network, self.mirrored, self.ankle = network, mirrored, ankle
        self.shank_px = float(np.linalg.norm(knee - ankle))
        self._up = (knee - ankle) / self.shank_px
        self._step = np.zeros(2)  # how far the ankle moves from one picture to the next
        self._look: LegLook | None = None
        self._missed = self._followed = 0

    @property
    def seen(self) -> bool:
        """Whether the leg was seen in the last picture."""
        return self._missed == 0

    @property
    def side(self) -> Side:
        """The leg that shows the camera its outer side."""
        return "left" if self.mirrored else "right"

    @property
    def look(self) -> LegLook:
        """What was seen last."""
        assert self._look is not None
        return self._look

    @property
    def place(self) -> Place:
        """Where it was seen last."""
        return Place(self.look.knee, self.ankle, self.shank_px)

    def follow(self, image: Image | LazyImage) -> bool:
        """Look at the next picture where the leg is expected; False where it has been out of sight for too long."""
        before = self.ankle
        self._followed += 1
        look = self._looked(image, before + self._step, LAYINGS[self._followed % len(LAYINGS)])
        leap = float(np.linalg.norm(look.ankle - before - self._step)) > LEAP_SHANKS * self.shank_px
        if leap or not self._fits(look, PRESENCE_KEPT):  # hidden for a moment, or another leg
            self._missed += 1
            self._step = self._step * 0.5
            return self._missed <= MISSED_MOST
        self._missed = 0
        self._take(look, SCALE_PACE)
        self._step = STEP_SHARE * (self._step + self.ankle - before) / 2
        return True

    def lay(self, image: Image | LazyImage) -> bool:
        """Look again at a picture, and lay the next crop by it; False where no leg is there."""
        look = self._looked(image, self.ankle)
        fits = self._fits(look, PRESENCE_MIN)
        if fits:
            self._take(look, 1.0)
        return fits

    def _looked(
        self, image: Image | LazyImage, ankle: Floats, laying: tuple[float, float, float, float] | None = None
    ) -> LegLook:
        affine = crop_affine(ankle + self._up * self.shank_px, ankle, self.mirrored)
        if laying is not None:
            turn_deg, larger, right, down = laying
            affine = spun(affine, np.radians(turn_deg), 1.0 + larger)
            affine[:, 2] += (right, down)
        return self._network.look(image, affine)

    def _fits(self, look: LegLook, presence_min: float) -> bool:
        """Whether a look shows a leg of about the expected size."""
        return look.presence >= presence_min and 1 / SHANK_RATIO < look.shank_px / self.shank_px < SHANK_RATIO

    def _take(self, look: LegLook, pace: float) -> None:
        """Lay the next crop by a look; `pace` : share of a change of the shank's length that is taken over."""
        self._look, self.ankle = look, look.ankle
        self._up = (look.knee - look.ankle) / look.shank_px
        self.shank_px *= (look.shank_px / self.shank_px) ** pace

    def same(self, other: "LegTracker") -> bool:
        """Whether two trackers hold one leg."""
        return float(np.linalg.norm(self.ankle - other.ankle)) < SAME_ANKLE * self.shank_px


def laid(
    network: Looks, image: Image | LazyImage, knee: Floats, ankle: Floats, mirrored: bool
) -> LegTracker | None:
    """A tracker begun from somebody else's knee and ankle (2,); None where no leg is seen there."""
    if not float(np.linalg.norm(knee - ankle)) > SHANK_MIN_PX:
        return None
    tracker = LegTracker(network, knee, ankle, mirrored)
    return tracker if all(tracker.lay(image) for _ in range(LAYS)) else None
