"""Render planned recordings: resumable, on all cores, with progress and time left."""

import json
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from calibration.people.build import make_people
from calibration.people.workfolder import bodies_folder, recordings_folder
from calibration.recordings.film import Film
from calibration.recordings.lens import Sensor
from calibration.recordings.picture import FrameRenderer, Renderer
from calibration.recordings.plan import Recording, read_plan
from calibration.recordings.scene import Scene, bodies_needed, build_scene
from calibration.recordings.truth import (
    GENERATOR,
    landmark_pixels,
    sidecar,
    visibility,
    write_points,
    write_sidecar,
    write_table,
)


def render_recordings(
    plan: str | Path | Iterable[Recording],
    folder: Path | None = None,
    *,
    workers: int | None = None,
    renderer: str = "raster",
    report: Callable[[str], None] = print,
) -> list[Path]:
    """Render what is not there yet of a plan.

    Parameters
    ----------
    plan : name of a plan ('development', 'validation', 'report', 'samples', or 'quick'), a CSV file, or rows
    folder : where to write; the work folder's `recordings/<plan>` when omitted ('quick' goes to 'report')
    workers : processes; one a core when omitted
    renderer : 'raster', the fast rasteriser, for all rows; 'cycles', Blender (it needs `bpy`), for the rows
        planned so, into `recordings/<plan>-cycles`
    report : called with one line a recording

    Returns
    -------
    The sidecars of all finished rows, in the plan's order. Rows that fail are reported and left out.
    """
    rows = read_plan(plan) if isinstance(plan, (str, Path)) else list(plan)
    rows = [row for row in rows if renderer == "raster" or row.renderer == "cycles"]
    if folder is None:
        name = Path(plan).stem if isinstance(plan, (str, Path)) else "rows"
        name = "report" if name == "quick" else name
        folder = recordings_folder(name if renderer == "raster" else f"{name}-cycles")
    folder.mkdir(parents=True, exist_ok=True)
    missing = [row for row in rows if not is_finished(row, folder)]
    if missing:
        make_people(bodies_needed(missing), report=report)
        _render_all(missing, folder, renderer, workers or os.cpu_count() or 1, report)
    return [folder / f"{row.name}.json" for row in rows if is_finished(row, folder)]


def is_finished(row: Recording, folder: Path) -> bool:
    """Whether a recording stands in the folder, made from this very row by this generator."""
    path = folder / f"{row.name}.json"
    if not path.exists():
        return False
    record = json.loads(path.read_text())
    return bool(record["recording"] == asdict(row) and record["generator"] == GENERATOR)


def _render_all(
    rows: list[Recording], folder: Path, renderer: str, workers: int, report: Callable[[str], None]
) -> None:
    """Hand the rows to processes and say how it goes."""
    started = time.monotonic()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(render_recording, row, folder, bodies_folder(), renderer): row for row in rows}
        for done, job in enumerate(as_completed(jobs), 1):
            error = job.exception()
            left_s = (time.monotonic() - started) / done * (len(rows) - done)
            note = f"failed: {error!r}" if error else "done"
            report(f"{done}/{len(rows)} {jobs[job].name} {note}, {left_s / 60:.0f} min left")


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
