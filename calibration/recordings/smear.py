"""Motion blur after rendering: pixels are smeared along what they travel during the exposure."""

import numpy as np

from calibration.recordings.compiled import allocating, compiled
from calibration.recordings.shading import Window, corner_weights

TILE = 16  # pixels: a smear reaches at most this far
TAPS = 9


@compiled
def trace_travel(moved: np.ndarray, window: Window, travel: np.ndarray) -> None:
    """Write the travel (H, W, 2) in pixels of what each pixel's first sample sees; `moved` (V, 2)."""
    for y in range(window.seen.shape[0] // 2):
        for x in range(window.seen.shape[1] // 2):
            t = window.seen[2 * y, 2 * x]
            if t < 0:
                continue
            a, b, c = window.triangles[t, 0], window.triangles[t, 1], window.triangles[t, 2]
            column, row = 2 * (window.x0 + x), 2 * (window.y0 + y)
            wa, wb = corner_weights(window.points, window.triangles, t, column, row)
            for k in range(2):
                travel[window.y0 + y, window.x0 + x, k] = (
                    wa * moved[a, k] + wb * moved[b, k] + (1 - wa - wb) * moved[c, k]
                )


@allocating
def _largest(travel: np.ndarray) -> np.ndarray:
    """Largest travel (rows, columns, 3: x, y, length squared) in each tile and its neighbours."""
    rows, columns = (travel.shape[0] + TILE - 1) // TILE, (travel.shape[1] + TILE - 1) // TILE
    own = np.zeros((rows, columns, 3), np.float32)
    for y in range(travel.shape[0]):
        for x in range(travel.shape[1]):
            u, v = travel[y, x, 0], travel[y, x, 1]
            if u * u + v * v > own[y // TILE, x // TILE, 2]:
                own[y // TILE, x // TILE, 0], own[y // TILE, x // TILE, 1] = u, v
                own[y // TILE, x // TILE, 2] = u * u + v * v
    around = own.copy()
    for r in range(rows):
        for c in range(columns):
            for i in range(max(r - 1, 0), min(r + 2, rows)):
                for j in range(max(c - 1, 0), min(c + 2, columns)):
                    if own[i, j, 2] > around[r, c, 2]:
                        around[r, c] = own[i, j]
    return around


@allocating
def smear(picture: np.ndarray, travel: np.ndarray) -> None:
    """Smear a picture (H, W, 3) in place along its travel (H, W, 2).

    Around moving things every pixel is the mean of what passes over it; a still pixel keeps its own colour
    where nothing passes.
    """
    height, width = picture.shape[0], picture.shape[1]
    largest = _largest(travel)
    sharp = picture.copy()
    for y in range(height):
        for x in range(width):
            u, v, squared = largest[y // TILE, x // TILE]
            if squared < 0.5:
                continue
            still = travel[y, x, 0] == 0 and travel[y, x, 1] == 0
            if not still:
                u, v = travel[y, x, 0], travel[y, x, 1]
            total0, total1, total2 = 0.0, 0.0, 0.0
            for i in range(TAPS):
                part = (i + 0.5) / TAPS - 0.5
                px = min(max(int(x + part * u + 0.5), 0), width - 1)
                py = min(max(int(y + part * v + 0.5), 0), height - 1)
                if still and travel[py, px, 0] == 0 and travel[py, px, 1] == 0:
                    px, py = x, y
                total0 += sharp[py, px, 0]
                total1 += sharp[py, px, 1]
                total2 += sharp[py, px, 2]
            picture[y, x, 0] = total0 / TAPS
            picture[y, x, 1] = total1 / TAPS
            picture[y, x, 2] = total2 / TAPS
