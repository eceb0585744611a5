"""Landmarks in space, laid on the sagittal plane of the body, as a camera square to it would draw them."""

import numpy as np

from rom.errors import InputUnreadable
from rom.geometry.projection import points_on_plane, progression_from_path
from rom.records import SIDES, Floats, Side

FLAT_MM = 0.01  # movement in depth below this is none: files are written to a micrometre or so
WALK_MM = 1000.0  # hips that travel further than this walk; less is a shift of weight or sitting down
#: Both sides of the pelvis, by any of these; left, right.
PELVIS = (("left_hip", "right_hip"), ("left_anterior_iliac_spine", "right_anterior_iliac_spine"))
#: Heel and toes of a foot, without the side, by the first of these that is there.
HEELS = ("posterior_heel", "heel", "plantar_heel")
TOES = ("mt2_head", "foot_index", "big_toe", "toe_tip", "plantar_mt5")


def is_flat(depth_mm: Floats) -> bool:
    """Whether every landmark of (T, K) keeps its depth throughout, as in what one camera saw."""
    known = np.isfinite(depth_mm)
    far = np.where(known, depth_mm, -np.inf).max(axis=0, initial=-np.inf)
    near = np.where(known, depth_mm, np.inf).min(axis=0, initial=np.inf)
    return not bool(np.any(far - near > FLAT_MM))


def on_sagittal_plane(
    where: object, space: Floats, names: tuple[str, ...], up: tuple[float, float, float]
) -> tuple[Floats, str]:
    """(T, K, 2) points with y down of (T, K, 3) in millimetres, and a sentence on how the plane was found.

    Parameters
    ----------
    where : the file, for what is said of it. names : K in our spelling. up : direction of up in space.

    Raises
    ------
    InputUnreadable : neither both sides of the pelvis nor a foot are among the landmarks.
    """
    forward, way = _forward(where, space, names, up)
    note = f"The landmarks are in space and were laid on the sagittal plane, {way}."
    return points_on_plane(space, forward, up), note


def _forward(
    where: object, space: Floats, names: tuple[str, ...], up: tuple[float, float, float]
) -> tuple[Floats, str]:
    """Level direction in which the body faces or walks, and how it was found."""
    place = {name: k for k, name in enumerate(names)}
    level = np.array(up) == 0
    for left, right in PELVIS:
        if left in place and right in place:
            sides = space[:, [place[left], place[right]]]
            path = sides.mean(axis=1)
            seen = path[np.isfinite(path).all(axis=-1)]
            if len(seen) > 1 and np.linalg.norm((seen[-1] - seen[0])[level]) > WALK_MM:
                return progression_from_path(path, up), "along the path walked"
            across = np.nanmedian(sides[:, 1] - sides[:, 0], axis=0)
            return np.cross(up, across), "square to the line through the hips"
    heels, toes = ({side: _first_of(side, parts, place) for side in SIDES} for parts in (HEELS, TOES))
    feet = [space[:, toes[side]] - space[:, heels[side]] for side in SIDES if None not in (heels[side], toes[side])]
    if feet:
        return np.nanmean(feet, axis=(0, 1)) * level, "along the feet"
    raise InputUnreadable(
        f"Expected both hips, or heel and toes of a foot, among the markers of '{where}', to tell the sagittal "
        "plane, but neither is there; export the file with LHip and RHip, or name them (--names)."
    )


def _first_of(side: Side, parts: tuple[str, ...], place: dict[str, int]) -> int | None:
    """Where the first of some landmarks of a side stands; None where there is none of them."""
    return next((place[f"{side}_{part}"] for part in parts if f"{side}_{part}" in place), None)
