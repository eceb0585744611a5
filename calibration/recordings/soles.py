"""Where a foot's landmarks are: on the skin, or on the outer sole below it."""

from dataclasses import dataclass

import numpy as np

from calibration.people.body import Body
from calibration.people.landmarks import JOINT_CENTRES, LANDMARKS, SOLE_LANDMARKS, landmark_vertices
from calibration.recordings.rig import Bones, skin


@dataclass(frozen=True)
class Soles:
    """Outer sole's depth below the standing ground of the bare foot, metres; `shod` False: bare or sock."""

    shod: bool = False
    heel_m: float = 0.0
    ball_m: float = 0.0

    def depth(self, landmark: str) -> float:
        """Depth at a sole landmark."""
        return self.heel_m if landmark.startswith("heel") else self.ball_m


BAREFOOT = Soles()


def landmark_points(
    body: Body, bones: Bones, side: str, soles: Soles = BAREFOOT, names: tuple[str, ...] = LANDMARKS
) -> np.ndarray:
    """Landmarks (T, K, 3) in metres: posed skin vertices, outer sole points of a shoe, joint centres."""
    ids = landmark_vertices()[side]
    on_skin = [n for n in names if n in ids]
    vertices = np.array([ids[n] for n in on_skin])
    rest = body.vertices[vertices].copy()
    for i, name in enumerate(on_skin):
        if soles.shod and name in SOLE_LANDMARKS:
            rest[i, 2] = -soles.depth(name)
    posed = dict(zip(on_skin, np.moveaxis(skin(body, bones, vertices, rest), 1, 0), strict=True))
    posed |= {n: bones.head[:, body.bone(f"{b}.{side}")] for n, b in JOINT_CENTRES.items() if n in names}
    return np.stack([posed[n] for n in names], axis=1)
