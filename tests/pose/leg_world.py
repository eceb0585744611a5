"""A world whose legs are known: a network that sees them exactly, so that what is done with it is under test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rom.pose.leg_crop import to_crop
from rom.pose.leg_network import LegLook
from rom.records import LEG_LANDMARKS, Floats, Image, LazyImage

KNEE, ANKLE = (LEG_LANDMARKS.index(name) for name in ("knee_centre", "ankle_centre"))


@dataclass(frozen=True)
class Leg:
    """Knee and ankle (2,) in pixels, and whether the toes point left."""

    knee: Floats
    ankle: Floats
    mirrored: bool = False


def leg_at(
    turn_deg: float, shank_px: float = 200.0, ankle: tuple[float, float] = (400.0, 500.0), mirrored: bool = False
) -> Leg:
    """A leg that leans by so much to the right."""
    turn, foot = np.radians(turn_deg), np.array(ankle)
    return Leg(foot + shank_px * np.array([np.sin(turn), -np.cos(turn)]), foot, mirrored)


@dataclass
class Knowing:
    """Sees whichever of the `legs` lies in the crop about as it should, the right way round; keeps its crops."""

    legs: Callable[[], Sequence[Leg]]
    affines: list[Floats] = field(default_factory=list)

    def look(self, image: Image | LazyImage, affine: Floats) -> LegLook:  # noqa: ARG002 - the picture is not needed
        self.affines.append(affine)
        seen = [leg for leg in self.legs() if _shows(leg, affine)]
        leg = seen[0] if seen else Leg(np.array([0.0, 0.0]), np.array([1.0, 50.0]))
        points = np.tile(leg.ankle, (len(LEG_LANDMARKS), 1))
        points[KNEE], points[ANKLE] = leg.knee, leg.ankle
        everywhere = np.ones(len(LEG_LANDMARKS), dtype=bool)
        return LegLook(
            points_px=points,
            covariance_px2=np.zeros((len(LEG_LANDMARKS), 2, 2)),
            angle_deg=-7.0,
            angle_sd_deg=2.0,
            lines=np.eye(3)[:2],
            presence=0.99 if seen else 0.01,
            inside=everywhere,
        )


def _shows(leg: Leg, affine: Floats) -> bool:
    """Whether a crop shows a leg upright, whole, of about the right size, and toes to the right."""
    knee, ankle = to_crop(np.stack([leg.knee, leg.ankle]), affine)
    whole = bool(((knee > 0) & (knee < 1) & (ankle > 0) & (ankle < 1)).all())
    flipped = np.linalg.det(affine[:, :2]) < 0
    length, lean = float(np.linalg.norm(knee - ankle)), float(abs(knee[0] - ankle[0]))
    return bool(
        whole and flipped == leg.mirrored and 0.35 < length < 0.85 and knee[1] < ankle[1] and lean < length / 2
    )
