"""Looks for a leg in a whole picture: where no person is found, because only the legs are in view, or by a hint."""

import numpy as np

from rom.geometry import dorsiflexion_from_points
from rom.pose.leg_crop import window_affine
from rom.pose.leg_network import LegLook, LegNetwork
from rom.pose.leg_tracker import LegTracker, Looks, laid
from rom.pose.window import tiles
from rom.records import LEG_LANDMARKS, Floats, Image

CANDIDATES = 2  # of all windows, those in which a leg seems surest are looked at closely
FOUND_MIN = 0.3  # a window's presence below which it is not even looked at closely
LINE = [LEG_LANDMARKS.index(name) for name in ("knee_centre", "ankle_centre", "posterior_heel", "toe_tip")]


class LegFinder:
    """Coarse to fine: the finder's network on the picture and its tiles, then the leg's own network on a crop."""

    def __init__(self, network: Looks) -> None:
        self._finder = LegNetwork("leg_finder")
        self._network = network

    def find(self, image: Image, hint: Floats | None = None) -> LegTracker | None:
        """The leg that is seen most surely, or None.

        Parameters
        ----------
        image : (H, W, 3) RGB.
        hint : (x0, y0, x1, y1) pixels of a box round the leg, as a user drew it.
        """
        looks = [self._finder.look(image, affine) for affine in _windows(image, hint)]
        looks = sorted(looks, key=lambda look: -look.presence)[:CANDIDATES]
        wanted = [look for look in looks if hint is not None or look.presence >= FOUND_MIN]
        found = [tracker for look in wanted if (tracker := self._laid(image, look)) is not None]
        return max(found, key=lambda tracker: tracker.look.presence, default=None)

    def _laid(self, image: Image, look: LegLook) -> LegTracker | None:
        """Look closely, toes first the way the finder saw them, then the other way."""
        points = look.points_px[LINE]
        towards_left = abs(float(dorsiflexion_from_points(points, 1))) > 90.0
        for mirrored in (towards_left, not towards_left):
            tracker = laid(self._network, image, points[0], points[1], mirrored)
            if tracker is not None:
                return tracker
        return None


def _windows(image: Image, hint: Floats | None) -> list[Floats]:
    """Windows to look through: the picture and its tiles, or squares round the hint, near and wider."""
    height, width = image.shape[:2]
    if hint is None:
        boxes = [np.array([w.x, w.y, w.x + w.width, w.y + w.height], float) for w in tiles((width, height))]
        return [window_affine(box) for box in boxes]
    middle, half = (hint[:2] + hint[2:]) / 2, float(np.max(hint[2:] - hint[:2])) / 2
    return [window_affine(np.concatenate([middle - half * k, middle + half * k])) for k in (1.05, 1.3, 1.8)]
