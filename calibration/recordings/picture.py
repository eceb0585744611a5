"""The fast renderer: static room once, then only the person and the shadows that move."""

from typing import Protocol

import numpy as np

from calibration.recordings.light import KEY_SIZE, SKY_SIZE, Light, ShadowMap, cast, empty_map
from calibration.recordings.mesh import Mesh
from calibration.recordings.raster import NO_TRIANGLE, rasterise
from calibration.recordings.scene import Scene
from calibration.recordings.shading import (
    KEY_TAPS,
    SAMPLES,
    SKY_TAPS,
    Eye,
    Lamp,
    Surface,
    Window,
    light_static,
    scratch,
    shade_moving,
    shade_static,
    spread_taps,
)
from calibration.recordings.smear import smear, trace_travel
from calibration.recordings.texture import noise_volume

SKY_REACH_M = 0.16  # how far around a point things above take its light
MARGIN_PX = 3
LONGEST_EXPOSURE_S = 1 / 30  # indoors at night a phone exposes for a thirtieth of a second
STILL_PX = 0.7  # less travel than this during the exposure is not worth smearing


class FrameRenderer(Protocol):
    """What makes linear pictures of a scene's frames."""

    scene: Scene

    def frame(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Linear picture (H, W, 3) float32 and inverse depth of all that is seen."""
        ...


class Renderer:
    """Renders the frames of one scene as linear pictures (H, W, 3) float32."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._volume = noise_volume()
        self._figure_mesh = scene.figure.mesh(scene.performance.bones, 0)
        self._make_maps()
        self._render_room()

    def frame(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Render one frame.

        Returns
        -------
        The picture (H, W, 3) float32, linear light, and the inverse depth (2H, 2W) in 1/m of all that is
        seen, for the visibility of landmarks.
        """
        mesh = self.scene.figure.mesh(self.scene.performance.bones, index)
        lamp = self._shadows(mesh)
        picture = self._relight(mesh, lamp)
        travel = self._travel(index)
        window = self._window(mesh)
        shade_moving(self._surface(mesh), lamp, self._eye(), window, picture, scratch())
        if travel is not None:
            trace_travel(self._moved, window, travel)
            smear(picture, travel)
        return picture, self._all_depth(window)

    def _travel(self, index: int) -> np.ndarray | None:
        """Array (H, W, 2) for what a pixel moves during the exposure, or None for an instant exposure."""
        camera = self.scene.camera
        if self.scene.performance.stage.row.shutter <= 0:
            return None
        scene, last = self.scene, len(self.scene.performance.time_s) - 1
        around = [scene.figure.mesh(scene.performance.bones, i) for i in (max(index - 1, 0), min(index + 1, last))]
        before, after = (self._points(m)[:, :2] / SAMPLES for m in around)
        frames = min(index + 1, last) - max(index - 1, 0)
        row = scene.performance.stage.row
        exposed_frames = row.shutter * LONGEST_EXPOSURE_S * row.fps
        self._moved = (after - before) * np.float32(exposed_frames / max(frames, 1))
        if np.abs(self._moved).max() < STILL_PX:
            return None
        return np.zeros((camera.height, camera.width, 2), np.float32)

    def _make_maps(self) -> None:
        """Shadow maps around the person's whole path, with the room's own shadows in them."""
        scene = self.scene
        frames = np.linspace(0, len(scene.performance.time_s) - 1, 7).astype(int)
        points = np.concatenate([scene.figure.mesh(scene.performance.bones, i).vertices[::9] for i in frames])
        low, high = points.min(0) - np.array([0.5, 0.5, 0.3]), points.max(0) + np.array([0.5, 0.5, 0.1])
        corners = np.stack(np.meshgrid(*zip(low, high, strict=True)), -1).reshape(-1, 3)
        self._key = empty_map(scene.light.key, corners, KEY_SIZE)
        self._sky = empty_map(np.array([0.0, 0.0, 1.0]), corners, SKY_SIZE)
        casting = _near(scene.room.vertices, scene.casting, low, high)
        for shadow in (self._key, self._sky):
            cast(shadow, scene.room.vertices, casting)

    def _surface(self, mesh: Mesh) -> Surface:
        return Surface(
            mesh.vertices.astype(np.float32),
            mesh.normals.astype(np.float32),
            mesh.pattern.astype(np.float32),
            mesh.colours.astype(np.float32),
            mesh.triangles,
            mesh.materials,
            self.scene.materials,
            self._volume,
        )

    def _eye(self) -> Eye:
        camera = self.scene.camera
        return Eye(camera.position.astype(np.float32), float(camera.focal_px * SAMPLES))

    def _lamp(self, key: ShadowMap, sky: ShadowMap, mesh: Mesh | None = None) -> Lamp:
        """Light with its shadow maps; `mesh` is the person, everything may change when omitted."""
        light: Light = self.scene.light
        return Lamp(
            light.key.astype(np.float32),
            light.key_colour.astype(np.float32),
            self._source(),
            light.fill.astype(np.float32),
            light.fill_colour.astype(np.float32),
            light.ambient.astype(np.float32),
            key.matrix.astype(np.float32),
            key.heights,
            spread_taps(KEY_TAPS, light.soft_m * key.scale),
            sky.matrix.astype(np.float32),
            sky.heights,
            spread_taps(SKY_TAPS, SKY_REACH_M * sky.scale),
            np.stack([_touched(m, mesh, reach) for m, reach in ((key, light.soft_m), (sky, SKY_REACH_M))]),
        )

    def _source(self) -> np.ndarray:
        """Place (3,) of the key light and its squared distance from the person: its light falls off from there."""
        middle = self._figure_mesh.vertices.mean(0)
        away = 3.2  # metres: across a room
        return np.append(middle + away * self.scene.light.key, away**2).astype(np.float32)

    def _points(self, mesh: Mesh) -> np.ndarray:
        """Vertices (V, 3) float32 as sample column, row and inverse depth."""
        camera = self.scene.camera
        seen = camera.view(mesh.vertices)
        depth = np.where(seen[:, 2] > 0.05, seen[:, 2], np.inf)
        inverse = 1.0 / depth
        flat = (camera.centre + camera.focal_px * seen[:, :2] * inverse[:, None]) * SAMPLES
        return np.concatenate([flat, inverse[:, None]], 1).astype(np.float32)

    def _render_room(self) -> None:
        """Light of the room without the person."""
        camera, room = self.scene.camera, self.scene.room
        window = self._rasterise_room()
        flat = (camera.height, camera.width)
        self._soft, self._keyed = np.zeros((*flat, 3), np.float32), np.zeros((*flat, 3), np.float32)
        self._places = np.zeros((*flat, 6), np.float32)
        lamp = self._lamp(self._key, self._sky)
        shade_static(
            self._surface(room), lamp, self._eye(), window, self._soft, self._keyed, self._places, scratch()
        )
        self._lit = np.zeros((*flat, 3), np.float32)
        everything = np.array([0, 0, camera.width, camera.height])
        light_static(lamp, self._soft, self._keyed, self._places, everything, self._lit)

    def _rasterise_room(self) -> Window:
        """What is seen of the room in the whole picture; keeps its depth."""
        camera, room = self.scene.camera, self.scene.room
        shape = (camera.height * SAMPLES, camera.width * SAMPLES)
        self._depth = np.zeros(shape, np.float32)
        seen = np.full(shape, NO_TRIANGLE, np.int32)
        points = self._points(room)
        rasterise(points, room.triangles, (0, 0, shape[1], shape[0]), self._depth, seen)
        return Window(0, 0, self._depth, seen, points, room.triangles)

    def _shadows(self, mesh: Mesh) -> Lamp:
        """Lamp whose maps hold the room's and the person's shadows."""
        key, sky = (ShadowMap(m.matrix, m.heights.copy(), m.scale) for m in (self._key, self._sky))
        for shadow in (key, sky):
            cast(shadow, mesh.vertices, mesh.triangles)
        return self._lamp(key, sky, mesh)

    def _relight(self, mesh: Mesh, lamp: Lamp) -> np.ndarray:
        """The room with this frame's shadows: recomputed where the person's shadow may fall."""
        picture = self._lit.copy()
        for area in self._shadow_areas(mesh):
            light_static(lamp, self._soft, self._keyed, self._places, area, picture)
        return picture

    def _shadow_areas(self, mesh: Mesh) -> list[np.ndarray]:
        """Part of the picture (x0, y0, x1, y1) in which the person's shadows can fall."""
        camera, light = self.scene.camera, self.scene.light
        points = mesh.vertices[::11]
        over = np.maximum(points[:, 2:] - self.scene.floor, 0)
        fallen = points - light.key * over / max(light.key[2], 0.15)
        below = points * [1, 1, 0] + [0, 0, self.scene.floor]
        far = points - light.key * 2.5
        pixels = camera.project(np.concatenate([points, fallen, below, far]))
        pixels = pixels[np.isfinite(pixels).all(1)]
        low = np.clip(pixels.min(0) - 30, 0, [camera.width, camera.height]).astype(int)
        high = np.clip(pixels.max(0) + 30, 0, [camera.width, camera.height]).astype(int)
        return [np.array([low[0], low[1], high[0], high[1]])]

    def _window(self, mesh: Mesh) -> Window:
        """What is seen of the person in the part of the picture that holds them."""
        camera = self.scene.camera
        points = self._points(mesh)
        flat = points[points[:, 2] > 0][:, :2] / SAMPLES
        limit = [camera.width, camera.height]
        x0, y0 = np.clip(np.floor(flat.min(0)) - MARGIN_PX, 0, limit).astype(int)
        x1, y1 = np.clip(np.ceil(flat.max(0)) + MARGIN_PX, 0, limit).astype(int)
        samples = (x0 * SAMPLES, y0 * SAMPLES, x1 * SAMPLES, y1 * SAMPLES)
        depth = self._depth[samples[1] : samples[3], samples[0] : samples[2]].copy()
        seen = np.full(depth.shape, NO_TRIANGLE, np.int32)
        rasterise(points, mesh.triangles, samples, depth, seen)
        return Window(int(x0), int(y0), depth, seen, points, mesh.triangles)

    def _all_depth(self, window: Window) -> np.ndarray:
        """Inverse depth (2H, 2W) of the room with the person in it."""
        everything = self._depth.copy()
        rows, columns = window.depth.shape
        top, left = window.y0 * SAMPLES, window.x0 * SAMPLES
        everything[top : top + rows, left : left + columns] = window.depth
        return everything


def _touched(shadow: ShadowMap, mesh: Mesh | None, reach_m: float) -> np.ndarray:
    """Part (x0, y0, x1, y1) of a shadow map in which a mesh may change what is seen."""
    if mesh is None:
        return np.array([-np.inf, -np.inf, np.inf, np.inf], np.float32)
    flat = mesh.vertices @ shadow.matrix[:2, :3].T + shadow.matrix[:2, 3]
    reach = reach_m * shadow.scale + 2
    return np.concatenate([flat.min(0) - reach, flat.max(0) + reach]).astype(np.float32)


def _near(vertices: np.ndarray, triangles: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Triangles whose box touches a box: what throws shadows where they matter."""
    corners = vertices[triangles]
    touching = ((corners.max(1) > low) & (corners.min(1) < high)).all(1)
    return np.asarray(triangles[touching], dtype=np.int32)
