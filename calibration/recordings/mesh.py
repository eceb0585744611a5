"""Triangles with everything the shader needs, and simple solids to build rooms from."""

from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Mesh:
    """Vertices (V, 3) m, normals (V, 3), pattern coordinates (V, 3) m, linear colours (V, 3), triangles.

    `triangles` is (T, 3) int32; `materials` (T,) int32 rows of the material table.
    """

    vertices: np.ndarray
    normals: np.ndarray
    pattern: np.ndarray
    colours: np.ndarray
    triangles: np.ndarray
    materials: np.ndarray


def linear(colour: Colour | np.ndarray) -> np.ndarray:
    """Linear light (3,) of a display colour with components 0 to 1 (gamma 2.2)."""
    return np.asarray(colour, dtype=float) ** 2.2


def joined(meshes: list[Mesh]) -> Mesh:
    """One mesh of several."""
    offsets = np.cumsum([0] + [len(m.vertices) for m in meshes[:-1]])
    return Mesh(
        np.concatenate([m.vertices for m in meshes]),
        np.concatenate([m.normals for m in meshes]),
        np.concatenate([m.pattern for m in meshes]),
        np.concatenate([m.colours for m in meshes]),
        np.concatenate([m.triangles + o for m, o in zip(meshes, offsets, strict=True)]).astype(np.int32),
        np.concatenate([m.materials for m in meshes]).astype(np.int32),
    )


def triangles_of_quads(quads: np.ndarray) -> np.ndarray:
    """Triangles (T, 3) int32 of quads (F, 4); quads that repeat a vertex give one."""
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    a, b, c = triangles.T
    return np.asarray(triangles[(a != b) & (b != c) & (a != c)], dtype=np.int32)


def patch(corner: np.ndarray, u: np.ndarray, v: np.ndarray, colour: np.ndarray, material: int) -> Mesh:
    """Flat rectangle from a corner along u and v, its normal u x v, cut into pieces of half a metre.

    Pattern coordinates are the world's, so that boards run on from piece to piece.
    """
    rows = max(int(np.ceil(np.linalg.norm(u) / 0.5)), 1)
    columns = max(int(np.ceil(np.linalg.norm(v) / 0.5)), 1)
    a, b = np.meshgrid(np.linspace(0, 1, rows + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    vertices = corner + a.reshape(-1, 1) * u + b.reshape(-1, 1) * v
    i = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    step = columns + 1
    triangles = np.concatenate([np.stack([i, i + step, i + step + 1], 1), np.stack([i, i + step + 1, i + 1], 1)])
    normal = np.cross(u, v)
    return Mesh(
        vertices,
        np.tile(normal / np.linalg.norm(normal), (len(vertices), 1)),
        vertices.copy(),
        np.tile(colour, (len(vertices), 1)),
        triangles.astype(np.int32),
        np.full(len(triangles), material, np.int32),
    )


def box(low: np.ndarray, high: np.ndarray, colour: np.ndarray, material: int) -> Mesh:
    """Axis-parallel box."""
    low, high = np.minimum(low, high), np.maximum(low, high)
    x, y, z = np.diag(high - low)
    return joined(
        [
            patch(low, y, x, colour, material),
            patch(low + z, x, y, colour, material),
            patch(low, x, z, colour, material),
            patch(low + y, z, x, colour, material),
            patch(low, z, y, colour, material),
            patch(low + x, y, z, colour, material),
        ]
    )


def cylinder(
    foot: np.ndarray, top: np.ndarray, radii: tuple[float, float], colour: np.ndarray, material: int
) -> Mesh:
    """Round bar (or cone) between two points, with a lid at the top."""
    sides = 20
    axis = (top - foot) / np.linalg.norm(top - foot)
    u = np.cross(axis, [0.3, 0.9, 0.2])
    u /= np.linalg.norm(u)
    v = np.cross(axis, u)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * v
    vertices = np.concatenate([foot + radii[0] * ring, top + radii[1] * ring, top + radii[1] * ring, [top]])
    normals = np.concatenate([ring, ring, np.tile(axis, (sides + 1, 1))])
    i = np.arange(sides)
    j = (i + 1) % sides
    triangles = np.concatenate(
        [
            np.stack([i, j, j + sides], 1),
            np.stack([i, j + sides, i + sides], 1),
            np.stack([i + 2 * sides, j + 2 * sides, np.full(sides, 3 * sides)], 1),
        ]
    )
    return Mesh(
        vertices,
        normals,
        vertices.copy(),
        np.tile(colour, (len(vertices), 1)),
        triangles.astype(np.int32),
        np.full(len(triangles), material, np.int32),
    )


def cushion(low: np.ndarray, high: np.ndarray, roundness: float, colour: np.ndarray, material: int) -> Mesh:
    """Box with rounded edges: a sphere's grid pushed out to the box."""
    u, v = np.meshgrid(np.linspace(-np.pi, np.pi, 41), np.linspace(-np.pi / 2, np.pi / 2, 21), indexing="ij")
    sphere = np.stack([np.cos(v) * np.cos(u), np.cos(v) * np.sin(u), np.sin(v)], -1).reshape(-1, 3)
    power = 0.28 if roundness < 0.5 else 0.5
    shape = np.sign(sphere) * np.abs(sphere) ** power
    half, middle = (high - low) / 2, (high + low) / 2
    normals = np.sign(sphere) * np.abs(sphere) ** (2 - power) / half
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    i = (np.arange(40)[:, None] * 21 + np.arange(20)).ravel()
    triangles = np.concatenate([np.stack([i, i + 21, i + 22], 1), np.stack([i, i + 22, i + 1], 1)])
    vertices = middle + shape * half
    return Mesh(
        vertices,
        normals,
        vertices.copy(),
        np.tile(colour, (len(vertices), 1)),
        triangles.astype(np.int32),
        np.full(len(triangles), material, np.int32),
    )
