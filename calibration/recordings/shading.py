"""Deferred shading, compiled: the light that leaves each seen point towards the camera.

Pictures are rasterised with 2 x 2 samples a pixel; a pixel whose four samples see one piece of surface is
shaded once, the others sample by sample, so that edges are smooth at the price of one shading a pixel.
"""

from typing import NamedTuple

import numpy as np

from calibration.recordings.compiled import compiled, inlined
from calibration.recordings.texture import albedo, relief

SAMPLES = 2  # along each side of a pixel
KEY_TAPS, SKY_TAPS = 8, 10  # looks into the shadow maps for each point
_CREASE_ANGLES = np.arange(8) * np.pi / 4
CREASE_LOOKS = np.stack([np.cos(_CREASE_ANGLES), np.sin(_CREASE_ANGLES)], 1) * np.tile([0.9, 0.35], 4)[:, None]


class Surface(NamedTuple):
    """A mesh as float32 arrays, with the table of materials (M, 16) and the noise volume."""

    vertices: np.ndarray
    normals: np.ndarray
    pattern: np.ndarray
    colours: np.ndarray
    triangles: np.ndarray
    materials: np.ndarray
    table: np.ndarray
    volume: np.ndarray


class Lamp(NamedTuple):
    """Lights, shadow maps, tap patterns (N, 2) and the parts of both maps (2, 4) that the person touches."""

    key: np.ndarray
    key_colour: np.ndarray
    source: np.ndarray
    fill: np.ndarray
    fill_colour: np.ndarray
    ambient: np.ndarray
    key_matrix: np.ndarray
    key_heights: np.ndarray
    key_taps: np.ndarray
    sky_matrix: np.ndarray
    sky_heights: np.ndarray
    sky_taps: np.ndarray
    boxes: np.ndarray


class Eye(NamedTuple):
    """Camera position (3,) and focal length in samples."""

    position: np.ndarray
    focal: float


class Window(NamedTuple):
    """What the rasteriser saw in a window of samples: see `raster.rasterise`. x0, y0 in pixels."""

    x0: int
    y0: int
    depth: np.ndarray
    seen: np.ndarray
    points: np.ndarray
    triangles: np.ndarray


def spread_taps(count: int, radius: float) -> np.ndarray:
    """Offsets (count, 2) evenly filling a disc: a sunflower."""
    i = np.arange(count) + 0.5
    angle, distance = 2.399963 * i, radius * np.sqrt(i / count)
    return np.stack([distance * np.cos(angle), distance * np.sin(angle)], 1).astype(np.float32)


@inlined
def spread_number(x: int, y: int) -> float:
    """A number, 0 to 1, for each pixel, different from its neighbours' (interleaved gradient noise)."""
    inner = 0.06711056 * x + 0.00583715 * y
    outer = 52.9829189 * (inner - np.floor(inner))
    return float(outer - np.floor(outer))


@inlined
def key_visibility(lamp: Lamp, p: np.ndarray, n: np.ndarray, turn: float) -> float:
    """Part of the key light, 0 to 1, that reaches a point; the taps are turned by `turn` radians."""
    m = lamp.key_matrix
    away = 0.006
    x, y, z = p[0] + away * n[0], p[1] + away * n[1], p[2] + away * n[2]
    column = m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]
    row = m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]
    height = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3] + 0.012
    c, s = np.cos(turn), np.sin(turn)
    size = lamp.key_heights.shape[0]
    lit = 0.0
    for i in range(lamp.key_taps.shape[0]):
        dx, dy = lamp.key_taps[i, 0], lamp.key_taps[i, 1]
        u, v = int(column + c * dx - s * dy), int(row + s * dx + c * dy)
        if u < 0 or v < 0 or u >= size or v >= size or lamp.key_heights[v, u] < height:
            lit += 1.0
    return float(lit / lamp.key_taps.shape[0])


@inlined
def sky_visibility(lamp: Lamp, p: np.ndarray, n: np.ndarray, turn: float) -> float:
    """Part of the light from above, 0 to 1; what stands close above hides more than what is far above."""
    m = lamp.sky_matrix
    away = 0.02
    x, y, z = p[0] + away * n[0], p[1] + away * n[1], p[2] + away * n[2]
    column = m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]
    row = m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]
    height = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3]
    c, s = np.cos(turn), np.sin(turn)
    size = lamp.sky_heights.shape[0]
    hidden = 0.0
    for i in range(lamp.sky_taps.shape[0]):
        dx, dy = lamp.sky_taps[i, 0], lamp.sky_taps[i, 1]
        u, v = int(column + c * dx - s * dy), int(row + s * dx + c * dy)
        if 0 <= u < size and 0 <= v < size:
            above = lamp.sky_heights[v, u] - height
            if above > 0.01:
                hidden += 1.0 / (1.0 + above * 3.0)
    return float(1.0 - 0.8 * hidden / lamp.sky_taps.shape[0])


@compiled
def corner_weights(
    points: np.ndarray, triangles: np.ndarray, t: int, column: float, row: float
) -> tuple[float, float]:
    """Perspective-correct weights of a triangle's first two corners at a sample's middle."""
    a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
    ax, ay = points[a, 0], points[a, 1]
    bx, by = points[b, 0] - ax, points[b, 1] - ay
    cx, cy = points[c, 0] - ax, points[c, 1] - ay
    fx, fy = column + 0.5 - ax, row + 0.5 - ay
    area = bx * cy - cx * by
    wb, wc = (fx * cy - fy * cx) / area, (fy * bx - fx * by) / area
    za, zb, zc = (1 - wb - wc) * points[a, 2], wb * points[b, 2], wc * points[c, 2]
    total = za + zb + zc
    return float(za / total), float(zb / total)


@inlined
def _attributes(s: Surface, t: int, w0: float, w1: float, out: np.ndarray) -> None:
    """Position, normal, pattern coordinates and colour of a point: rows of `out` (4, 3)."""
    a, b, c = s.triangles[t, 0], s.triangles[t, 1], s.triangles[t, 2]
    w2 = 1.0 - w0 - w1
    for k in range(3):
        out[0, k] = w0 * s.vertices[a, k] + w1 * s.vertices[b, k] + w2 * s.vertices[c, k]
        out[1, k] = w0 * s.normals[a, k] + w1 * s.normals[b, k] + w2 * s.normals[c, k]
        out[2, k] = w0 * s.pattern[a, k] + w1 * s.pattern[b, k] + w2 * s.pattern[c, k]
        out[3, k] = w0 * s.colours[a, k] + w1 * s.colours[b, k] + w2 * s.colours[c, k]


@inlined
def shade_point(
    s: Surface, lamp: Lamp, eye: Eye, t: int, w0: float, w1: float, point: np.ndarray, light: np.ndarray
) -> None:
    """Light of one point, without shadows.

    `point` (4, 3) receives position, normal, pattern coordinates, colour; `light` (2, 3) receives the light
    from all around (to be darkened by `sky_visibility`) and from the key (by `key_visibility`).
    """
    _attributes(s, t, w0, w1, point)
    p, n, colour = point[0], point[1], point[3]
    m = s.table[s.materials[t]]
    vx, vy, vz = eye.position[0] - p[0], eye.position[1] - p[1], eye.position[2] - p[2]
    distance = np.sqrt(vx * vx + vy * vy + vz * vz)
    vx, vy, vz = vx / distance, vy / distance, vz / distance
    length = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-12
    facing = -1.0 if n[0] * vx + n[1] * vy + n[2] * vz < -0.2 * length else 1.0
    for k in range(3):
        n[k] *= facing / length
    size_m = 2.0 * distance / eye.focal
    albedo(s.volume, point[2], n, colour, m, size_m)
    relief(s.volume, point[2], n, m, size_m)
    if m[0] == 11.0:  # a window or lamp shines by itself
        for k in range(3):
            light[0, k], light[1, k] = colour[k], 0.0
        return
    key = lamp.key
    wrap = m[11]
    dx, dy, dz = lamp.source[0] - p[0], lamp.source[1] - p[1], lamp.source[2] - p[2]
    fall = lamp.source[3] / (dx * dx + dy * dy + dz * dz)  # a lamp or window lights what is near it more
    fall = min(fall, 2.0)
    towards = n[0] * key[0] + n[1] * key[1] + n[2] * key[2]
    lambert = max((towards + wrap) / (1.0 + wrap), 0.0)
    filled = max(n[0] * lamp.fill[0] + n[1] * lamp.fill[1] + n[2] * lamp.fill[2] + 0.3, 0.0) / 1.3
    hx, hy, hz = key[0] + vx, key[1] + vy, key[2] + vz
    half = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9
    gloss = max((n[0] * hx + n[1] * hy + n[2] * hz) / half, 0.0) ** m[8]
    rim = 1.0 - max(n[0] * vx + n[1] * vy + n[2] * vz, 0.0)
    sheen = m[7] * (0.25 * gloss + 0.35 * rim**4)
    up = 0.5 + 0.5 * n[2]
    blood = wrap * max(0.0, 1.0 - abs(towards) * 3.0)  # light through thin skin reddens the edge of the dark
    for k in range(3):
        around = lamp.ambient[1, k] + (lamp.ambient[0, k] - lamp.ambient[1, k]) * up
        light[0, k] = (
            colour[k] * (around * (0.55 + 0.45 * fall) + lamp.fill_colour[k] * filled)
            + 0.3 * sheen * lamp.ambient[0, k] * rim
        )
        edge = 1.0 + blood * (0.35 if k == 0 else -0.10)
        light[1, k] = lamp.key_colour[k] * fall * (colour[k] * lambert * edge + sheen * min(lambert * 4.0, 1.0))


@inlined
def _same_piece(s: Surface, depth: np.ndarray, seen: np.ndarray, y: int, x: int) -> bool:
    """Whether the 2 x 2 samples at (y, x) see one piece of one material."""
    first = seen[y, x]
    if first < 0:
        return False
    material, near = s.materials[first], depth[y, x]
    for dy in range(2):
        for dx in range(2):
            t = seen[y + dy, x + dx]
            if t < 0 or s.materials[t] != material or abs(depth[y + dy, x + dx] / near - 1.0) > 0.01:
                return False
    return True


def scratch() -> np.ndarray:
    """Working space (7, 3) for the shading functions, which make no arrays themselves."""
    return np.zeros((7, 3), np.float32)


@compiled
def shade_static(
    s: Surface,
    lamp: Lamp,
    eye: Eye,
    window: Window,
    soft: np.ndarray,
    keyed: np.ndarray,
    places: np.ndarray,
    work: np.ndarray,
) -> None:
    """Light of everything that does not move, kept apart by source so that shadows can pass over it.

    `soft` and `keyed` (H, W, 3) receive the light from all around and from the key, `places` (H, W, 6) the
    position and normal of each pixel's first sample; `work` from `scratch`.
    """
    height, width = soft.shape[0], soft.shape[1]
    point, light = work[:4], work[4:6]
    for y in range(height):
        for x in range(width):
            once = _same_piece(s, window.depth, window.seen, 2 * y, 2 * x)
            for i in range(1 if once else 4):
                row, column = 2 * y + i // 2, 2 * x + i % 2
                t = window.seen[row, column]
                if t < 0:
                    continue
                w0, w1 = corner_weights(window.points, window.triangles, t, column, row)
                shade_point(s, lamp, eye, t, w0, w1, point, light)
                part = 1.0 if once else 0.25
                for k in range(3):
                    soft[y, x, k] += part * light[0, k]
                    keyed[y, x, k] += part * light[1, k]
                    if i == 0:
                        places[y, x, k] = point[0, k]
                        places[y, x, 3 + k] = point[1, k]


@inlined
def _in_box(matrix: np.ndarray, box: np.ndarray, p: np.ndarray) -> bool:
    """Whether a point falls into a part (x0, y0, x1, y1) of a shadow map."""
    column = matrix[0, 0] * p[0] + matrix[0, 1] * p[1] + matrix[0, 2] * p[2] + matrix[0, 3]
    row = matrix[1, 0] * p[0] + matrix[1, 1] * p[1] + matrix[1, 2] * p[2] + matrix[1, 3]
    return bool(box[0] <= column <= box[2] and box[1] <= row <= box[3])


@compiled
def light_static(
    lamp: Lamp, soft: np.ndarray, keyed: np.ndarray, places: np.ndarray, area: np.ndarray, picture: np.ndarray
) -> None:
    """Join the static light with the shadows of this frame inside `area` (x0, y0, x1, y1). Fills `picture`.

    Pixels whose light the person cannot touch are left as they are.
    """
    for y in range(area[1], area[3]):
        for x in range(area[0], area[2]):
            p, n = places[y, x, :3], places[y, x, 3:]
            if not (_in_box(lamp.key_matrix, lamp.boxes[0], p) or _in_box(lamp.sky_matrix, lamp.boxes[1], p)):
                continue
            turn = 6.2831853 * spread_number(x, y)
            towards = n[0] * lamp.key[0] + n[1] * lamp.key[1] + n[2] * lamp.key[2]
            lit = key_visibility(lamp, p, n, turn) if towards > 0 else 0.0
            sky = sky_visibility(lamp, p, n, turn)
            for k in range(3):
                picture[y, x, k] = soft[y, x, k] * sky + keyed[y, x, k] * lit


@inlined
def _creases(depth: np.ndarray, y: int, x: int, reach: float) -> float:
    """Darkening of a sample by nearer surface around it, 0 to 1: 8 looks at two distances."""
    height, width = depth.shape
    here = 1.0 / depth[y, x]
    hidden = 0.0
    for i in range(8):
        u, v = int(x + reach * CREASE_LOOKS[i, 0]), int(y + reach * CREASE_LOOKS[i, 1])
        if 0 <= u < width and 0 <= v < height and depth[v, u] > 0:
            nearer = here - 1.0 / depth[v, u]
            if 0.004 < nearer < 0.25:
                hidden += min(nearer / 0.03, 1.0) * (1.0 - nearer / 0.25)
    return hidden / 8.0


@inlined
def _sample_light(
    s: Surface, lamp: Lamp, eye: Eye, window: Window, row: int, column: int, turn: float, work: np.ndarray
) -> None:
    """Light (3,) of one sample with its shadows, added to row 6 of `work` (7, 3), which is scratch space."""
    t = window.seen[row, column]
    x, y = 2 * window.x0 + column, 2 * window.y0 + row
    w0, w1 = corner_weights(window.points, window.triangles, t, x, y)
    point, light, total = work[:4], work[4:6], work[6]
    shade_point(s, lamp, eye, t, w0, w1, point, light)
    lit = key_visibility(lamp, point[0], point[1], turn)
    sky = sky_visibility(lamp, point[0], point[1], turn)
    reach = 0.035 * eye.focal * window.depth[row, column]
    sky *= 1.0 - 0.75 * _creases(window.depth, row, column, reach)
    for k in range(3):
        total[k] += light[0, k] * sky + light[1, k] * lit


@compiled
def shade_moving(s: Surface, lamp: Lamp, eye: Eye, window: Window, picture: np.ndarray, work: np.ndarray) -> None:
    """Shade what the window sees of the surface over the picture (H, W, 3), edges mixed by coverage.

    `work` from `scratch`.
    """
    for y in range(window.seen.shape[0] // 2):
        for x in range(window.seen.shape[1] // 2):
            covered = 0
            for i in range(4):
                covered += window.seen[2 * y + i // 2, 2 * x + i % 2] >= 0
            if covered == 0:
                continue
            once = covered == 4 and _same_piece(s, window.depth, window.seen, 2 * y, 2 * x)
            work[6, :] = 0.0
            turn = 6.2831853 * spread_number(x, y)
            for i in range(1 if once else 4):
                row, column = 2 * y + i // 2, 2 * x + i % 2
                if window.seen[row, column] >= 0:
                    _sample_light(s, lamp, eye, window, row, column, turn, work)
            shaded = 1.0 if once else 4.0
            for k in range(3):
                behind = picture[window.y0 + y, window.x0 + x, k] * (1.0 - covered / 4.0)
                picture[window.y0 + y, window.x0 + x, k] = behind + work[6, k] / shaded
