"""The slow renderer: Blender's Cycles paints the same scenes, to show that the renderer does not matter.

It needs `bpy` (Blender as a module, CPU only). What makes it affordable: 4 samples a pixel with the fast
denoiser, ambient occlusion in place of bounced light, and only the person's part of each frame painted anew.
Depth, and so the visibility of landmarks and motion blur, comes from the rasteriser.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from calibration.recordings import texture
from calibration.recordings.mesh import Mesh
from calibration.recordings.picture import Renderer
from calibration.recordings.scene import Scene
from calibration.recordings.smear import smear, trace_travel

SAMPLES_PER_PIXEL = 4
FEATHER_PX = 12
MOVED_PX = 0.4  # what moved less since the base was painted is not painted anew
BORDER = 0.035  # the repainted part reaches this far around the person, as part of the picture's width
DISPLAY_SCALE = 0.5  # linear light is stored at half: headroom for highlights in 16 bits


class CyclesRenderer(Renderer):
    """Renders frames with Cycles; see `picture.Renderer` for what `frame` returns."""

    def __init__(self, scene: Scene) -> None:
        import bpy

        self._bpy = bpy
        super().__init__(scene)

    def _render_room(self) -> None:
        """Depth of the room by the rasteriser, then the Blender scene and its first frame."""
        self._rasterise_room()
        self._folder = Path(tempfile.mkdtemp())
        self._start_blender()
        self._materials = [self._material(row, i) for i, row in enumerate(self.scene.materials)]
        self._add(self.scene.room, "room")
        self._home: np.ndarray | None
        self._figure = self._add(self._figure_mesh, "figure")
        self._add_lights()
        self._add_camera()
        walking = self.scene.performance.stage.row.exam == "walk"
        self._figure.hide_render = walking  # a walker's shadow must not stay where the walk began
        self._base = self._paint(None)
        self._figure.hide_render = False
        self._home = None if walking else self.scene.camera.project(self._figure_mesh.vertices)

    def frame(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Paint the person's part of the picture over the first frame, then smear what moved."""
        mesh = self.scene.figure.mesh(self.scene.performance.bones, index)
        self._figure.data.vertices.foreach_set("co", mesh.vertices.astype(np.float32).ravel())
        self._figure.data.update()
        box = self._changed_box(mesh)
        picture = self._base.copy()
        if box is not None:
            _paste(picture, self._paint(box), box)
        window = self._window(mesh)
        travel = self._travel(index)
        if travel is not None:
            trace_travel(self._moved, window, travel)
            smear(picture, travel)
        return picture, self._all_depth(window)

    def _changed_box(self, mesh: Mesh) -> np.ndarray | None:
        """Part of the picture (x0, y0, x1, y1) around all that moved since the base was painted, or None."""
        camera = self.scene.camera
        now = camera.project(mesh.vertices)
        if self._home is None:
            pixels = now
        else:
            moved = np.linalg.norm(now - self._home, axis=1) > MOVED_PX
            pixels = np.concatenate([now[moved], self._home[moved]])
        pixels = pixels[np.isfinite(pixels).all(1)]
        if not len(pixels):
            return None
        reach = BORDER * camera.width
        limit = np.array([camera.width, camera.height])
        low, high = np.clip(pixels.min(0) - reach, 0, limit), np.clip(pixels.max(0) + reach, 0, limit)
        return np.concatenate([np.minimum(low, limit - 32), np.maximum(high, 32)]).astype(int)

    def _start_blender(self) -> None:
        bpy = self._bpy
        bpy.ops.wm.read_factory_settings(use_empty=True)
        stage = bpy.context.scene
        stage.render.engine = "CYCLES"
        cycles = stage.cycles
        settings = {
            "device": "CPU",
            "samples": SAMPLES_PER_PIXEL,
            "use_adaptive_sampling": False,
            "max_bounces": 2,
            "diffuse_bounces": 1,
            "glossy_bounces": 1,
            "transmission_bounces": 0,
            "use_light_tree": False,
            "use_fast_gi": True,
            "fast_gi_method": "REPLACE",
            "ao_bounces_render": 1,
            "sample_clamp_indirect": 3,
            "use_denoising": True,
            "denoiser": "OPENIMAGEDENOISE",
            "denoising_quality": "FAST",
            "denoising_prefilter": "NONE",
        }
        for name, value in settings.items():
            setattr(cycles, name, value)
        camera = self.scene.camera
        render = stage.render
        render.resolution_x, render.resolution_y = camera.width, camera.height
        render.use_persistent_data = True
        render.threads_mode, render.threads = "FIXED", os.cpu_count() or 1
        render.image_settings.file_format = "PNG"
        render.image_settings.color_mode, render.image_settings.color_depth = "RGB", "16"
        render.image_settings.compression = 0
        stage.view_settings.view_transform = "Raw"
        self._stage = stage

    def _add(self, mesh: Mesh, name: str) -> Any:
        """Blender object of a mesh with its colours, pattern coordinates and materials."""
        data = self._bpy.data.meshes.new(name)
        data.from_pydata(mesh.vertices.tolist(), [], mesh.triangles.tolist())
        colours = np.concatenate([mesh.colours, np.ones((len(mesh.colours), 1))], 1).astype(np.float32)
        data.attributes.new("paint", "FLOAT_COLOR", "POINT").data.foreach_set("color", colours.ravel())
        pattern = mesh.pattern.astype(np.float32)
        data.attributes.new("pattern", "FLOAT_VECTOR", "POINT").data.foreach_set("vector", pattern.ravel())
        for material in self._materials:
            data.materials.append(material)
        data.polygons.foreach_set("material_index", mesh.materials.astype(np.int32))
        data.polygons.foreach_set("use_smooth", np.full(len(mesh.triangles), name == "figure"))
        thing = self._bpy.data.objects.new(name, data)
        self._stage.collection.objects.link(thing)
        data.update()
        return thing

    def _material(self, row: np.ndarray, number: int) -> Any:
        """Blender material of a table row: the same two colours, mixed by Blender's own textures."""
        material = self._bpy.data.materials.new(f"m{number}")
        material.use_nodes = True
        tree = material.node_tree
        shader = tree.nodes["Principled BSDF"]
        shader.inputs["Roughness"].default_value = float(np.clip(0.85 - row[7], 0.25, 0.9))
        shader.inputs["Specular IOR Level"].default_value = float(np.clip(0.15 + row[7], 0, 0.6))
        paint = tree.nodes.new("ShaderNodeAttribute")
        paint.attribute_name = "paint"
        mixed = tree.nodes.new("ShaderNodeMix")
        mixed.data_type = "RGBA"
        second = row[1:4] * (np.array([1.0, 0.80, 0.76]) if row[0] == texture.SKIN else 1.0)
        inputs = [s for s in mixed.inputs if s.type == "RGBA"]
        inputs[1].default_value = (*[float(v) for v in second], 1.0)
        tree.links.new(paint.outputs["Color"], inputs[0])
        factor, height = self._pattern(tree, row)
        tree.links.new(factor, mixed.inputs[0])
        out = next(o for o in mixed.outputs if o.type == "RGBA")
        tree.links.new(out, shader.inputs["Base Color"])
        if row[0] == texture.GLOW:
            tree.links.new(out, shader.inputs["Emission Color"])
            shader.inputs["Emission Strength"].default_value = 1.0
        if row[9] > 0:
            bump = tree.nodes.new("ShaderNodeBump")
            bump.inputs["Strength"].default_value = float(min(row[9], 0.5))
            bump.inputs["Distance"].default_value = 0.3 / float(max(row[10], 1))
            tree.links.new(height, bump.inputs["Height"])
            tree.links.new(bump.outputs[0], shader.inputs["Normal"])
        return material

    def _pattern(self, tree: Any, row: np.ndarray) -> tuple[Any, Any]:
        """Sockets of the mixing factor and of the relief's height."""
        place = tree.nodes.new("ShaderNodeAttribute")
        place.attribute_name = "pattern"
        kind = int(row[0])
        noise = tree.nodes.new("ShaderNodeTexNoise")
        noise.inputs["Scale"].default_value = float(row[4]) if kind != texture.SKIN else 28.0
        noise.inputs["Detail"].default_value = 3.0
        tree.links.new(place.outputs["Vector"], noise.inputs["Vector"])
        bumps = tree.nodes.new("ShaderNodeTexNoise")
        bumps.inputs["Scale"].default_value = float(max(row[10], 1.0))
        tree.links.new(place.outputs["Vector"], bumps.inputs["Vector"])
        if kind in (texture.PLANKS, texture.TILES):
            bricks = tree.nodes.new("ShaderNodeTexBrick")
            tree.links.new(place.outputs["Vector"], bricks.inputs["Vector"])
            bricks.inputs["Scale"].default_value = float(row[5])
            bricks.inputs["Brick Width"].default_value = 6.0 if kind == texture.PLANKS else 1.0
            bricks.inputs["Row Height"].default_value = 1.0
            bricks.inputs["Mortar Size"].default_value = 0.012
            bricks.inputs["Color1"].default_value = (0, 0, 0, 1)
            bricks.inputs["Color2"].default_value = (0.4, 0.4, 0.4, 1)
            bricks.inputs["Mortar"].default_value = (0.9, 0.9, 0.9, 1)
            return bricks.outputs["Color"], bumps.outputs[0]
        if kind == texture.STRIPES:
            wave = tree.nodes.new("ShaderNodeTexWave")
            wave.inputs["Scale"].default_value = float(row[5]) / 20.0
            wave.bands_direction = "Z"
            tree.links.new(place.outputs["Vector"], wave.inputs["Vector"])
            return wave.outputs["Fac"], bumps.outputs[0]
        weaker = tree.nodes.new("ShaderNodeMath")
        weaker.operation = "MULTIPLY"
        contrast = float(row[6]) if kind not in (texture.SKIN, texture.PICTURE) else 0.7
        weaker.inputs[1].default_value = min(contrast, 1.0) * (1.6 if kind == texture.PICTURE else 1.0)
        tree.links.new(noise.outputs[0], weaker.inputs[0])
        return weaker.outputs[0], bumps.outputs[0]

    def _add_lights(self) -> None:
        """The key as an area lamp, the room's light as a world colour with ambient occlusion."""
        from mathutils import Vector

        bpy, light = self._bpy, self.scene.light
        source = self._source()
        lamp = bpy.data.lights.new("key", "AREA")
        lamp.size = float(np.clip(light.soft_m * 12, 0.3, 1.6))
        reach = float(source[3])
        lamp.energy = float(light.key_colour.max()) * 4.0 * np.pi * reach * DISPLAY_SCALE
        lamp.color = tuple(float(v) for v in light.key_colour / light.key_colour.max())
        thing = bpy.data.objects.new("key", lamp)
        thing.location = [float(v) for v in source[:3]]
        thing.rotation_euler = Vector([float(-v) for v in light.key]).to_track_quat("-Z", "Y").to_euler()
        self._stage.collection.objects.link(thing)
        world = bpy.data.worlds.new("room")
        world.use_nodes = True
        around = light.ambient.mean(0) * DISPLAY_SCALE * 1.6
        world.node_tree.nodes["Background"].inputs[0].default_value = (*[float(v) for v in around], 1.0)
        self._stage.world = world

    def _add_camera(self) -> None:
        """Blender's camera with our position, axes and focal length."""
        from mathutils import Matrix

        camera = self.scene.camera
        eye = self._bpy.data.cameras.new("eye")
        eye.sensor_fit = "HORIZONTAL"
        eye.angle = float(2 * np.arctan(camera.width / 2 / camera.focal_px))
        eye.clip_start = 0.02
        thing = self._bpy.data.objects.new("eye", eye)
        self._stage.collection.objects.link(thing)
        place = np.eye(4)
        place[:3, 0], place[:3, 1], place[:3, 2] = camera.axes[0], -camera.axes[1], -camera.axes[2]
        place[:3, 3] = camera.position
        thing.matrix_world = Matrix(place.tolist())
        self._stage.camera = thing

    def _paint(self, box: np.ndarray | None) -> np.ndarray:
        """Linear picture of the whole frame, or of a part (x0, y0, x1, y1)."""
        import cv2

        render, camera = self._stage.render, self.scene.camera
        render.use_border = render.use_crop_to_border = box is not None
        if box is not None:
            render.border_min_x, render.border_max_x = box[0] / camera.width, box[2] / camera.width
            render.border_min_y, render.border_max_y = 1 - box[3] / camera.height, 1 - box[1] / camera.height
        path = self._folder / "frame.png"
        render.filepath = str(path)
        self._bpy.ops.render.render(write_still=True)
        stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if stored is None:
            raise RuntimeError(f"expected Blender to write {path}, found nothing; is the folder full?")
        linear = stored[..., ::-1].astype(np.float32) / np.float32(65535 * DISPLAY_SCALE)
        return np.ascontiguousarray(linear)


def _paste(picture: np.ndarray, part: np.ndarray, box: np.ndarray) -> None:
    """Put a repainted part into a picture, its edges faded in; a part at the picture's edge is not faded there."""
    height, width = part.shape[:2]
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    far = np.full(1, np.inf, np.float32)
    left = x + 1 if box[0] > 0 else far
    right = width - x if box[0] + width < picture.shape[1] else far
    top = y + 1 if box[1] > 0 else far
    bottom = height - y if box[1] + height < picture.shape[0] else far
    across = np.broadcast_to(np.minimum(left, right), (width,))
    down = np.broadcast_to(np.minimum(top, bottom), (height,))
    weight = np.clip(np.minimum(across[None], down[:, None]) / FEATHER_PX, 0, 1)[..., None]
    target = picture[box[1] : box[1] + height, box[0] : box[0] + width]
    target[:] = target * (1 - weight) + part * weight
