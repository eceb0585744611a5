"""A z-buffer rasteriser for triangles, compiled with numba: which triangle is seen in which sample."""

import numpy as np

from calibration.recordings.compiled import compiled

NO_TRIANGLE = -1


@compiled
def rasterise(
    points: np.ndarray,
    triangles: np.ndarray,
    window: tuple[int, int, int, int],
    depth: np.ndarray,
    seen: np.ndarray,
    weights: np.ndarray,
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
    weights : (H, W, 2) float32, perspective-correct weights of the first two corners. Changed.
    """
    x0, y0, x1, y1 = window
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        za, zb, zc = points[a, 2], points[b, 2], points[c, 2]
        if za <= 0 or zb <= 0 or zc <= 0:
            continue
        ax, ay = points[a, 0], points[a, 1]
        bx, by = points[b, 0], points[b, 1]
        cx, cy = points[c, 0], points[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-9:
            continue
        left = max(int(np.floor(min(ax, bx, cx))), x0)
        right = min(int(np.ceil(max(ax, bx, cx))), x1 - 1)
        top = max(int(np.floor(min(ay, by, cy))), y0)
        bottom = min(int(np.ceil(max(ay, by, cy))), y1 - 1)
        inverse = 1.0 / area
        for row in range(top, bottom + 1):
            fy = row + 0.5 - ay
            for column in range(left, right + 1):
                fx = column + 0.5 - ax
                wb = (fx * (cy - ay) - (cx - ax) * fy) * inverse
                wc = ((bx - ax) * fy - fx * (by - ay)) * inverse
                wa = 1.0 - wb - wc
                if wa < 0 or wb < 0 or wc < 0:
                    continue
                q = wa * za + wb * zb + wc * zc
                if q > depth[row - y0, column - x0]:
                    depth[row - y0, column - x0] = q
                    seen[row - y0, column - x0] = t
                    weights[row - y0, column - x0, 0] = wa * za / q
                    weights[row - y0, column - x0, 1] = wb * zb / q


@compiled
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
