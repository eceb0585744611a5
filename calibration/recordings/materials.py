"""The table of materials: one row of numbers for each kind of surface in a scene."""

import numpy as np

from calibration.recordings import texture

COLUMNS = 16
# Columns: 0 kind, 1-3 second colour (linear), 4 scale of noise (1/m), 5 rate of the pattern (1/m or rad/m),
# 6 contrast, 7 gloss, 8 sharpness of gloss, 9 relief, 10 scale of relief (1/m), 11 light through the skin,
# 12 hairs, 13 freckles, 14 veins, 15 free.


def material(kind: int, second: np.ndarray, **numbers: float) -> np.ndarray:
    """One row (16,) float32; names as in `NAMES`, the rest from the kind's defaults."""
    row = np.zeros(COLUMNS, np.float32)
    row[0] = kind
    row[1:4] = second
    row[8] = 20.0
    for name, value in (DEFAULTS.get(kind, {}) | numbers).items():
        row[NAMES[name]] = value
    return row


NAMES = {
    "scale": 4,
    "rate": 5,
    "contrast": 6,
    "gloss": 7,
    "sharpness": 8,
    "relief": 9,
    "relief_scale": 10,
    "translucency": 11,
    "hairs": 12,
    "freckles": 13,
    "veins": 14,
}
# Defaults by kind, set by eye on rendered close-ups.
DEFAULTS: dict[int, dict[str, float]] = {
    texture.SKIN: {
        "gloss": 0.10,
        "sharpness": 14,
        "relief": 0.16,
        "relief_scale": 260,
        "translucency": 0.30,
        "veins": 0.8,
    },
    texture.HAIR: {
        "gloss": 0.12,
        "sharpness": 12,
        "contrast": 0.9,
        "scale": 30,
        "relief": 0.8,
        "relief_scale": 160,
    },
    texture.KNIT: {"scale": 25, "rate": 2100, "contrast": 0.35, "relief": 0.35, "relief_scale": 500, "gloss": 0.01},
    texture.WEAVE: {"scale": 14, "rate": 3800, "contrast": 0.35, "relief": 0.25, "relief_scale": 16, "gloss": 0.02},
    texture.PLANKS: {"scale": 5, "rate": 8, "contrast": 0.9, "gloss": 0.18, "sharpness": 30},
    texture.TILES: {"scale": 6, "rate": 3.3, "contrast": 0.25, "gloss": 0.25, "sharpness": 60},
    texture.WOOD: {"scale": 7, "contrast": 0.8, "gloss": 0.12, "sharpness": 25},
    texture.STRIPES: {"scale": 6, "rate": 30, "contrast": 0.2},
    texture.CHECKS: {"scale": 6, "rate": 4, "gloss": 0.2, "sharpness": 50},
    texture.CARPET: {"scale": 5, "rate": 160, "contrast": 0.8, "relief": 0.7, "relief_scale": 220},
    texture.PICTURE: {"scale": 4, "rate": 3},
    texture.PLAIN: {"scale": 3, "contrast": 0.25},
}


class MaterialTable:
    """Rows in the order they were added; `add` gives a material's number."""

    def __init__(self) -> None:
        self._rows: list[np.ndarray] = []

    def add(self, kind: int, second: np.ndarray, **numbers: float) -> int:
        """Add a row and return its number."""
        self._rows.append(material(kind, second, **numbers))
        return len(self._rows) - 1

    def table(self) -> np.ndarray:
        """All rows (M, 16) float32."""
        return np.stack(self._rows)
