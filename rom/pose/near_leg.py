"""The leg of somebody that faces the camera, laid from where BlazePose sees knees, ankles and feet."""

import numpy as np

from rom.geometry import dorsiflexion_from_points
from rom.pose.leg_tracker import LegTracker, Looks, Place, laid
from rom.pose.names import names_of
from rom.records import SIDES, Floats, Image, LazyImage, People

SAME_LEG = 0.8  # an ankle of a person's lies within so many shanks of their leg's
SURER = 0.2  # the other leg of a person is taken where it is seen so much more surely
BODY_NAMES = names_of("mediapipe")
BODY_LEG = {
    side: [BODY_NAMES.index(f"{side}_{part}") for part in ("knee", "ankle", "heel", "foot_index")] for side in SIDES
}


def near_leg(network: Looks, image: Image | LazyImage, points: Floats) -> LegTracker | None:
    """The leg of a body (K, 2) that faces the camera: the right one where the toes point right; None if unseen."""
    facing = body_facing(points)
    for mirrored in [False, True] if facing == 0 else [facing < 0]:
        sides = SIDES if mirrored else SIDES[::-1]  # the near one first
        found = [laid(network, image, points[BODY_LEG[s][0]], points[BODY_LEG[s][1]], mirrored) for s in sides]
        if found[0] is not None and found[1] is not None:  # BlazePose may have exchanged the legs
            return found[1] if found[1].look.presence > found[0].look.presence + SURER else found[0]
        if found[0] is not None or found[1] is not None:
            return found[0] or found[1]
    return None


def body_facing(points: Floats) -> int:
    """+1 where both feet of a body (K, 2) point right of their shanks, -1 left, 0 where they disagree."""
    turned = [abs(float(dorsiflexion_from_points(points[BODY_LEG[side]], 1))) > 90.0 for side in SIDES]
    return 0 if turned[0] != turned[1] else -1 if turned[0] else 1


def whose(leg: LegTracker | Place, bodies: People, free: set[int]) -> int:
    """The row, of those that are `free`, of the body whose ankle is nearest to the leg's; -1 where none is near."""
    ankles = [BODY_LEG[side][1] for side in SIDES]
    apart = {p: float(np.linalg.norm(bodies.points_px[p, ankles] - leg.ankle, axis=-1).min()) for p in free}
    near = min(apart, key=lambda p: apart[p], default=-1)
    return near if near >= 0 and apart[near] < SAME_LEG * leg.shank_px else -1
