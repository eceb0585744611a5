"""Procedural textures: every surface's colour and relief are made here by arithmetic, none from pictures."""

import numpy as np

from calibration.recordings.compiled import compiled

# Kinds of surface. The table of materials has one row each: see `materials.py` for the columns.
PLAIN, SKIN, KNIT, WEAVE, PLANKS, TILES, WOOD, STRIPES, CHECKS, CARPET, PICTURE, GLOW, HAIR = range(13)
NOISE_SIZE = 64  # cells along each side of the noise volume: 1 MB, stays in the processor's cache


def noise_volume(seed: int = 7) -> np.ndarray:
    """Random values (64, 64, 64) float32, 0 to 1; repeated without end they are the noise of all textures."""
    return np.random.default_rng(seed).random((NOISE_SIZE,) * 3, dtype=np.float32)


@compiled
def noise(volume: np.ndarray, x: float, y: float, z: float) -> float:
    """Smooth noise, 0 to 1, one feature a unit of length."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    u, v, w = x - i, y - j, z - k
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    i, j, k = i & 63, j & 63, k & 63
    i1, j1, k1 = (i + 1) & 63, (j + 1) & 63, (k + 1) & 63
    a = volume[i, j, k] * (1 - w) + volume[i, j, k1] * w
    b = volume[i, j1, k] * (1 - w) + volume[i, j1, k1] * w
    c = volume[i1, j, k] * (1 - w) + volume[i1, j, k1] * w
    d = volume[i1, j1, k] * (1 - w) + volume[i1, j1, k1] * w
    return float((a * (1 - v) + b * v) * (1 - u) + (c * (1 - v) + d * v) * u)


@compiled
def layered(volume: np.ndarray, x: float, y: float, z: float) -> float:
    """Three octaves of noise, 0 to 1, mean 0.5."""
    return (
        0.5 * noise(volume, x, y, z)
        + 0.28 * noise(volume, 2.03 * x + 11, 2.03 * y, 2.03 * z)
        + 0.22 * noise(volume, 4.1 * x, 4.1 * y + 7, 4.1 * z)
    )


@compiled
def scatter(volume: np.ndarray, i: int, j: int) -> float:
    """One random number, 0 to 1, for a cell of a pattern."""
    return float(volume[(i * 7 + j * 29) & 63, (j * 13 + i * 3) & 63, (i + 31 * j) & 63])


@compiled
def _skin(volume: np.ndarray, q: np.ndarray, colour: np.ndarray, m: np.ndarray, fine: float) -> None:
    """Mottled skin: blotches of redness, veins under thin skin, hairs, freckles. Changes `colour`."""
    x, y, z = q[0], q[1], q[2]
    blotch = layered(volume, x * 28, y * 28, z * 28) - 0.5
    pores = (noise(volume, x * 420, y * 420, z * 420) - 0.5) * fine
    red = 0.22 * blotch + 0.10 * pores
    colour[0] *= 1 + 0.35 * red + 0.05 * pores
    colour[1] *= 1 - 0.55 * red + 0.05 * pores
    colour[2] *= 1 - 0.60 * red
    vein = abs(noise(volume, x * 34 + 3 * blotch, y * 34, z * 14 + 5) - 0.5)
    if vein < 0.035:
        strength = m[14] * (1 - vein / 0.035)
        colour[0] *= 1 - 0.16 * strength
        colour[1] *= 1 - 0.05 * strength
    freckle = noise(volume, x * 170 + 9, y * 170, z * 170)
    if freckle > 0.86:
        spot = m[13] * (freckle - 0.86) * 5
        for c in range(3):
            colour[c] *= 1 - spot * (0.5 + 0.15 * c)
    if m[12] > 0:
        where = noise(volume, x * 40 + 3, y * 40, z * 40)
        strand = noise(volume, x * 1500 + 4 * where, y * 1500, z * 130) * (0.5 + 0.5 * where)
        dark = min(max((strand - 0.62 + 0.16 * m[12]) * 8.0, 0.0), 1.0)
        for c in range(3):
            colour[c] *= 1 - 0.45 * m[12] * dark * (0.4 + 0.6 * fine)


@compiled
def _cell_line(position: float, width: float) -> float:
    """1 on a line at whole numbers, 0 elsewhere."""
    return 1.0 if abs(position - np.floor(position) - 0.5) > 0.5 - width else 0.0


@compiled
def _floor_mix(volume: np.ndarray, kind: int, base: float, u: float, v: float, m: np.ndarray, fine: float) -> float:
    """Share of the second colour on boards and tiles: a tone for each, grain, dark seams."""
    scale, rate, contrast = m[4], m[5], m[6]
    boards = kind == PLANKS
    row = np.floor(u * rate)
    column = v * rate * 0.14 + scatter(volume, int(row), 3) if boards else v * rate
    tone = scatter(volume, int(row), int(np.floor(column)))
    seam = max(_cell_line(u * rate, 0.012), _cell_line(column, 0.003 if boards else 0.012))
    grain = layered(volume, u * scale * 6, v * scale * 0.5, 3.0) if boards else base
    return float(0.55 * contrast * tone + 0.45 * contrast * grain + 0.6 * seam * fine)


@compiled
def _print_mix(volume: np.ndarray, kind: int, base: float, u: float, v: float, m: np.ndarray, fine: float) -> float:
    """Share of the second colour in stripes, checks, pictures and wood."""
    scale, rate, contrast = m[4], m[5], m[6]
    if kind == STRIPES:
        return float(0.85 * (1.0 if np.sin(u * rate) > contrast else 0.0) * fine + 0.15 * base)
    if kind == CHECKS:
        return float(0.8 * ((int(np.floor(u * rate)) + int(np.floor(v * rate))) & 1) + 0.2 * base)
    if kind == PICTURE:
        blob = layered(volume, u * scale + rate, v * scale, 0.5)
        return float(1.0 if blob > 0.5 else 0.6 * noise(volume, u * scale * 3, v * scale * 3, 9.0))
    return float(contrast * layered(volume, u * scale * 5 + 2 * base, v * scale * 0.4, 2.0))


@compiled
def _mix(volume: np.ndarray, q: np.ndarray, n: np.ndarray, m: np.ndarray, fine: float) -> float:
    """How much of the second colour shows, 0 to 1, by the kind of surface."""
    kind = int(m[0])
    rate, contrast = m[5], m[6]
    x, y, z = q[0], q[1], q[2]
    base = layered(volume, x * m[4], y * m[4], z * m[4])
    u, v = x, y  # coordinates in the surface: the floor's, or along a wall
    if abs(n[0]) > 0.7:
        u, v = y, z
    elif abs(n[1]) > 0.7:
        u, v = x, z
    if kind in (PLANKS, TILES):
        return _floor_mix(volume, kind, base, u, v, m, fine)
    if kind in (STRIPES, CHECKS, PICTURE, WOOD):
        return _print_mix(volume, kind, base, u, v, m, fine)
    fibre = 0.0
    if kind == KNIT:
        fibre = 0.25 * np.sin(z * rate) * np.sin((x + y) * rate * 0.7)
    elif kind == WEAVE:
        fibre = 0.3 * np.sin(u * rate) * np.sin(v * rate)
    elif kind == CARPET:
        fibre = 0.5 * contrast * noise(volume, x * rate, y * rate, z * rate)
    elif kind == HAIR:
        return float(contrast * noise(volume, x * 420, y * 420, z * 60) + 0.3 * base)
    return float(contrast * (base - 0.3) + fibre * fine)


@compiled
def albedo(
    volume: np.ndarray, q: np.ndarray, n: np.ndarray, colour: np.ndarray, m: np.ndarray, size_m: float
) -> None:
    """Colour of a point, in place of the vertex colour given.

    Parameters
    ----------
    volume : from `noise_volume`
    q, n : pattern coordinates and normal (3,)
    colour : (3,) linear. Changed.
    m : the material's row
    size_m : size of a pixel on the surface: detail finer than it fades, so that it does not flicker
    """
    kind = int(m[0])
    if kind == SKIN:
        fine = 1.0 / (1.0 + (size_m * 600.0) ** 2)
        _skin(volume, q, colour, m, fine)
        return
    rate = m[5] if kind not in (PLANKS, TILES, STRIPES, CHECKS, PICTURE) else 60.0
    fine = 1.0 / (1.0 + (size_m * rate * 0.6) ** 2)
    k = min(max(_mix(volume, q, n, m, fine), 0.0), 1.0)
    for c in range(3):
        colour[c] += (m[1 + c] - colour[c]) * k


@compiled
def relief(volume: np.ndarray, q: np.ndarray, n: np.ndarray, m: np.ndarray, size_m: float) -> None:
    """Tilt a normal (3,) by the material's relief (folds of cloth, grain of skin). Changes `n`."""
    strength, scale = m[9], m[10]
    if strength <= 0:
        return
    strength /= 1.0 + (size_m * scale * 0.8) ** 2
    x, y, z = q[0] * scale, q[1] * scale, q[2] * scale
    here = noise(volume, x, y, z)
    step = 0.35
    n[0] -= strength * (noise(volume, x + step, y, z) - here)
    n[1] -= strength * (noise(volume, x, y + step, z) - here)
    n[2] -= strength * (noise(volume, x, y, z + step) - here)
    length = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-12
    n[0] /= length
    n[1] /= length
    n[2] /= length
