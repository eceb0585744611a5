"""Render one recording from its row: pictures, film, truth, sidecar."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from calibration.recordings.film import Film
from calibration.recordings.lens import Sensor
from calibration.recordings.picture import FrameRenderer, Renderer
from calibration.recordings.plan import Recording
from calibration.recordings.scene import Scene, build_scene
from calibration.recordings.truth import (
    landmark_pixels,
    sidecar,
    visibility,
    write_points,
    write_sidecar,
    write_table,
)


def render_recording(row: Recording, folder: Path, bodies: Path, renderer: str = "raster") -> Path:
    """Render one recording; returns its sidecar, which is written last.

    Beside `<name>.json` stand `<name>.mp4`, `<name>.csv` (truth of every frame) and `<name>.npz` (landmarks
    of both legs).
    """
    started = time.monotonic()
    scene = build_scene(row, bodies)
    frames = _renderer(renderer)(scene)
    film = folder / f"{row.name}.part.mp4"
    pixels, visible = _shoot(frames, row, film)
    finished = film.replace(folder / f"{row.name}.mp4")
    write_table(folder / f"{row.name}.csv", scene, pixels, visible)
    write_points(folder / f"{row.name}.npz", scene, pixels, visible)
    path = folder / f"{row.name}.json"
    write_sidecar(path, sidecar(scene, finished, renderer, time.monotonic() - started))
    return path


def _renderer(name: str) -> Callable[[Scene], FrameRenderer]:
    """The renderer of that name; Blender is imported only when asked for."""
    if name == "raster":
        return Renderer
    from calibration.recordings.cycles import CyclesRenderer

    return CyclesRenderer


def _shoot(
    frames: FrameRenderer, row: Recording, film: Path
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Render, develop and encode every frame; returns pixels and visibility of the landmarks by side."""
    scene = frames.scene
    first, _ = frames.frame(0)
    sensor = Sensor(row, scene.camera, scene.performance.time_s, first)
    pixels = landmark_pixels(scene, sensor.shake_px)
    seen: dict[str, list[np.ndarray]] = {"L": [], "R": []}
    with Film(film, row.width, row.height, row.fps, row.crf) as out:
        for i in range(len(scene.performance.time_s)):
            picture, depth = frames.frame(i)
            out.add(sensor.develop(picture, i))
            for side, found in seen.items():
                points = scene.performance.landmarks[side][i]
                found.append(visibility(scene.camera, points, pixels[side][i], depth))
    return pixels, {side: np.stack(found) for side, found in seen.items()}
