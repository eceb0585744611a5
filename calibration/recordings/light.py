"""Light of a scene: a key light with soft shadow, a fill, and the room's own light from all around."""

from dataclasses import dataclass

import numpy as np

from calibration.recordings.raster import rasterise
from calibration.recordings.rig import unit

KEY_SIZE, SKY_SIZE = 768, 384  # samples along each side of the shadow maps: sharp and soft
FAR = 100.0  # added to light-space heights so that they stay positive


@dataclass(frozen=True)
class Light:
    """Directions towards the lights (3,), linear colours (3,), ambient from above and below (2, 3).

    `soft_m` is the width of the key's half-shadow on a surface, metres.
    """

    key: np.ndarray
    key_colour: np.ndarray
    fill: np.ndarray
    fill_colour: np.ndarray
    ambient: np.ndarray
    soft_m: float


@dataclass(frozen=True)
class ShadowMap:
    """Heights seen from a light: `matrix` (3, 4) takes world points to column, row, height; `scale` px/m."""

    matrix: np.ndarray
    heights: np.ndarray
    scale: float


def draw_light(kind: str, towards_camera: np.ndarray, rng: np.random.Generator) -> Light:
    """Draw a room's light.

    Parameters
    ----------
    kind : bright, dim, side, backlit or warm
    towards_camera : (3,) from the person to the camera
    rng : the room's
    """
    view = np.arctan2(towards_camera[1], towards_camera[0])
    offset = {"side": rng.choice([-1.3, 1.3]), "backlit": np.pi + rng.normal(0, 0.3)}.get(kind, rng.normal(0, 0.7))
    azimuth = view + float(offset)
    elevation = np.radians(rng.uniform(25, 40) if kind in ("side", "backlit") else rng.uniform(40, 75))
    key = np.array([np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)])
    strength = {"bright": 0.95, "dim": 0.45, "side": 1.1, "backlit": 1.2, "warm": 0.85}[kind]
    ambient = {"bright": 0.36, "dim": 0.22, "side": 0.20, "backlit": 0.24, "warm": 0.28}[kind]
    warmth = 0.16 if kind == "warm" else float(rng.normal(0, 0.05))
    tint = 1 + warmth * np.array([1.0, 0.1, -1.0])
    sky = ambient * (1 - 0.5 * warmth * np.array([1.0, 0.1, -1.0]))
    bounce = sky * rng.uniform(0.45, 0.75) * np.array([1.04, 1.0, 0.93])
    around = azimuth + rng.uniform(1.5, 4.5)
    fill = unit(np.array([np.cos(around), np.sin(around), 0.4]))
    soft = rng.uniform(0.03, 0.12) if kind != "side" else rng.uniform(0.01, 0.05)
    return Light(
        key,
        strength * tint,
        fill,
        rng.uniform(0.1, 0.3) * ambient * np.ones(3),
        np.stack([sky, bounce]),
        float(soft),
    )


def light_matrix(direction: np.ndarray, points: np.ndarray, size: int) -> tuple[np.ndarray, float]:
    """Matrix (3, 4) of a parallel view from a light that covers the points, and its scale in px/m."""
    right = unit(np.cross(direction, [0.31, 0.17, 0.93] if abs(direction[2]) < 0.95 else [0.0, 1.0, 0.0]))
    down = np.cross(direction, right)
    flat = points @ np.stack([right, down]).T
    low, high = flat.min(0), flat.max(0)
    scale = size * 0.96 / float((high - low).max())
    offset = size / 2 - scale * (low + high) / 2
    rows = [np.append(scale * right, offset[0]), np.append(scale * down, offset[1]), np.append(direction, FAR)]
    return np.stack(rows), scale


def empty_map(direction: np.ndarray, points: np.ndarray, size: int) -> ShadowMap:
    """Shadow map with nothing in it, wide enough for the points."""
    matrix, scale = light_matrix(direction, points, size)
    return ShadowMap(matrix, np.zeros((size, size), np.float32), scale)


def cast(shadow: ShadowMap, vertices: np.ndarray, triangles: np.ndarray) -> None:
    """Draw what throws a shadow into a map. Changes the map."""
    points = (vertices @ shadow.matrix[:, :3].T + shadow.matrix[:, 3]).astype(np.float32)
    shape = shadow.heights.shape
    seen = np.empty(shape, np.int32)
    rasterise(points, triangles, (0, 0, shape[1], shape[0]), shadow.heights, seen)
