"""The words and arrays that all records are made of."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Image = NDArray[np.uint8]

Side = Literal["left", "right"]
Motion = Literal["dorsiflexion", "plantar_flexion"]
Footwear = Literal["bare", "sock", "shoe", "unknown"]
Status = Literal["measured", "cannot_tell"]
Quality = Literal["good", "fair", "poor"]
Severity = Literal["note", "caution", "stop"]
Sex = Literal["female", "male"]
#: Who moves the foot: the person, an examiner, or the body's weight; "not_told" where that was not said.
Regime = Literal["active", "passive", "weight_bearing", "not_told"]
#: Which legs carry the body in a heel raise.
StandingOn = Literal["one_leg", "both_legs", "not_told"]
FindingKind = Literal["range", "side_difference", "knee_difference", "change", "goal", "pattern", "caution"]

SIDES: tuple[Side, Side] = ("left", "right")
#: Rises when the layout of the JSON changes: the first number when readers must change, else the second.
SCHEMA_VERSION = "1.4"

MOTIONS: tuple[Motion, Motion] = ("dorsiflexion", "plantar_flexion")
FOOTWEAR: tuple[Footwear, ...] = ("bare", "sock", "shoe", "unknown")
SEXES: tuple[Sex, ...] = ("female", "male")
#: What the leg landmarker finds of one leg, knee to toes, in the order of its arrays.
LEG_LANDMARKS = (
    "fibular_head",
    "lateral_malleolus",
    "plantar_heel",
    "plantar_mt5",
    "posterior_heel",
    "plantar_mt1",
    "toe_tip",
    "knee_centre",
    "ankle_centre",
)


def check_shape(name: str, array: NDArray[np.generic], shape: tuple[int | None, ...]) -> None:
    """Raise ``ValueError`` unless `array` has `shape` (None stands for any length)."""
    fits = array.ndim == len(shape) and all(
        want is None or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"Expected '{name}' to have shape {shape}, but got {array.shape}.")


def check_rising(time_s: Floats) -> None:
    """Raise ``ValueError`` unless times rise strictly."""
    if not bool(np.all(np.diff(time_s) > 0)):
        raise ValueError("Expected 'time_s' to rise strictly, but it stands still or falls somewhere.")
