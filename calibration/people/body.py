"""A body as made by `build.py`: shape at rest, skeleton, skinning weights. numpy only."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SIDES = ("L", "R")
#: +1 where the person's left is: multiplies x (medio-lateral) so that + points away from the midline.
SIDE_SIGN = {"L": 1.0, "R": -1.0}
SKIN, TIGHTS, LEFT_EYE, RIGHT_EYE, HAIR = range(5)


@dataclass(frozen=True)
class Body:
    """One person at rest, standing; metres, z up, facing -y, the person's left is +x.

    Attributes
    ----------
    vertices : (V, 3) at rest; ids are the shared topology's
    quads : (F, 4) vertex ids; triangles repeat the last id
    parts : (F,) SKIN, TIGHTS (a tight suit from which clothes are cut), LEFT_EYE, RIGHT_EYE or HAIR
    heads, tails : (B, 3) of the bones at rest
    bones : names; a limb's end with '.L' or '.R'
    parents : (B,) index of the parent, -1 for the root; parents stand before children
    weights, weight_bones : (V, 8) skinning weights and their bones (bony landmarks tied to the bone)
    side : (V,) +1 left, -1 right, 0 midline
    meta : the plan's row and anny's version
    """

    vertices: np.ndarray
    quads: np.ndarray
    parts: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    bones: tuple[str, ...]
    parents: np.ndarray
    weights: np.ndarray
    weight_bones: np.ndarray
    side: np.ndarray
    meta: dict[str, Any]

    def bone(self, name: str) -> int:
        """Index of a bone."""
        return self.bones.index(name)

    def head(self, name: str) -> np.ndarray:
        """Position (3,) of a bone's head at rest: the joint it turns about."""
        return np.asarray(self.heads[self.bones.index(name)])

    @property
    def scale(self) -> float:
        """Stature over 1.7 m: sizes of clothes and shoes are given for a 1.7 m person."""
        return float(self.meta["stature_m"]) / 1.7


def load_body(path: Path) -> Body:
    """Load a body written by `build.write_body`."""
    with np.load(path, allow_pickle=False) as data:
        stored = {k: data[k] for k in data.files}
    return Body(
        vertices=stored["vertices"].astype(np.float64),
        quads=stored["quads"],
        parts=stored["parts"],
        heads=stored["heads"].astype(np.float64),
        tails=stored["tails"].astype(np.float64),
        bones=tuple(str(b) for b in stored["bones"]),
        parents=stored["parents"].astype(np.int64),
        weights=stored["weights"].astype(np.float64),
        weight_bones=stored["weight_bones"].astype(np.int64),
        side=stored["side"],
        meta=json.loads(str(stored["meta"])),
    )
