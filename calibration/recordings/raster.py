"""A z-buffer rasteriser for triangles, compiled with numba: which triangle is seen in which sample."""

import numpy as np

from calibration.recordings.compiled import allocating, compiled

NO_TRIANGLE = -1


@compiled
def rasterise(
    points: np.ndarray,
    triangles: np.ndarray,
    window: tuple[int, int, int, int],
    depth: np.ndarray,
    seen: np.ndarray,
) -> None:
    """Draw triangles into a depth buffer, nearest first.

    Parameters
    ----------
    points : (V, 3) float32, sample column, sample row, inverse depth (1/m; <= 0 behind the camera). For
        parallel projections give any number that grows towards the viewer instead of inverse depth.
    triangles : (T, 3) int32 vertex ids
    window : x0, y0, x1, y1 of the samples to draw into (the buffers' upper left is x0, y0)
    depth : (H, W) float32, inverse depth so far; 0 = nothing. Changed.
    seen : (H, W) int32, triangle seen; untouched where something nearer stands already. Changed.
    """
    x0, y0, x1, y1 = window
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        za, zb, zc = points[a, 2], points[b, 2], points[c, 2]
        if za <= 0 or zb <= 0 or zc <= 0:
            continue
        ax, ay = points[a, 0], points[a, 1]
        bx, by = points[b, 0] - ax, points[b, 1] - ay
        cx, cy = points[c, 0] - ax, points[c, 1] - ay
        area = bx * cy - cx * by
        if abs(area) < 1e-9:
            continue
        left = max(int(np.floor(ax + min(0.0, bx, cx))), x0)
        right = min(int(np.ceil(ax + max(0.0, bx, cx))), x1 - 1)
        top = max(int(np.floor(ay + min(0.0, by, cy))), y0)
        bottom = min(int(np.ceil(ay + max(0.0, by, cy))), y1 - 1)
        cy_, cx_, by_, bx_ = cy / area, cx / area, by / area, bx / area
        for row in range(top, bottom + 1):
            fy = row + 0.5 - ay
            for column in range(left, right + 1):
                fx = column + 0.5 - ax
                wb = fx * cy_ - fy * cx_
                wc = fy * bx_ - fx * by_
                if wb < 0 or wc < 0 or wb + wc > 1:
                    continue
                q = za + wb * (zb - za) + wc * (zc - za)
                if q > depth[row - y0, column - x0]:
                    depth[row - y0, column - x0] = q
                    seen[row - y0, column - x0] = t


@allocating
def vertex_normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals (V, 3) of a mesh; zero for vertices of no triangle."""
    normals = np.zeros_like(points)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in (a, b, c):
            normals[corner, 0] += nx
            normals[corner, 1] += ny
            normals[corner, 2] += nz
    for i in range(normals.shape[0]):
        length = np.sqrt(normals[i, 0] ** 2 + normals[i, 1] ** 2 + normals[i, 2] ** 2) + 1e-20
        normals[i, 0] /= length
        normals[i, 1] /= length
        normals[i, 2] /= length
    return normals
