"""Varied single pictures of a leg, knee to toes, with its landmarks and angle: what a leg landmarker learns from.

``python -m calibration stills development --scenes 5000``: scenes by the generator of the recordings, drawn wider
than any exam is filmed (yaw to 45 degrees, ankle -65 to +40, every room light, cloth and shoe), a few moments of
each. Kept in shards of the work folder, resumable, on all cores. Bodies and rooms of the sets never mix.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from calibration.people.build import make_people
from calibration.people.landmarks import LANDMARKS
from calibration.people.plan import Person, read_people
from calibration.people.workfolder import bodies_folder, work_folder
from calibration.recordings.draw_plans import ROOMS, draw_conditions, draw_exam
from calibration.recordings.lens import Sensor
from calibration.recordings.picture import Renderer
from calibration.recordings.plan import Recording
from calibration.recordings.rig import unit
from calibration.recordings.scene import Scene, build_scene
from calibration.recordings.truth import angles, landmark_pixels, visibility

SIZE_PX = 384  # side of a still: a crop of it at full resolution is 192 to 320
MOMENTS = 6  # stills of one scene
SCENES_A_SHARD = 40
#: Scenes from this number on are hard ones: furniture between camera and foot, seen towards the front, walking.
HARD_FROM = 10_000
HARD_EXAMS = {"seated": 0.28, "long_sitting": 0.15, "lunge": 0.12, "heel_raise": 0.15, "walk": 0.25, "stand": 0.05}
SEEDS = {"development": 9101, "validation": 9202, "report": 9303}
EXAMS = {"seated": 0.30, "long_sitting": 0.20, "lunge": 0.15, "heel_raise": 0.13, "walk": 0.14, "stand": 0.08}
RATE_HZ = 12.0  # frames a second of the movement that the moments are taken from
JPEG_QUALITY = (40, 96)


@dataclass(frozen=True)
class Stills:
    """N pictures with what is true of them.

    Attributes
    ----------
    pictures : N encoded JPEG files
    points_px : (N, 2, K, 2) of the tested and the other leg, in the order of LANDMARKS; visible (N, 2, K) as in
        `recordings.truth`
    clinical_deg : (N,) the angle held to be true; image_deg : (N,) the same lines in the picture
    lines : (N, 2, 3) unit vectors of shank and foot line in the camera's axes (right, down, forward)
    mirrored : (N,) whether the toes point left. scene : (N,) name of the scene, for its row see `still_rows`
    body : (N,) who
    """

    pictures: list[bytes]
    points_px: np.ndarray
    visible: np.ndarray
    clinical_deg: np.ndarray
    image_deg: np.ndarray
    lines: np.ndarray
    mirrored: np.ndarray
    scene: np.ndarray
    body: np.ndarray


def still_rows(set_name: str, count: int) -> list[Recording]:
    """Draw the scenes of a set: the first so many of one endless, seeded list."""
    people = [p for p in read_people().values() if p.set == set_name]
    return [_row(set_name, i, people) for i in range(count)]


def _row(set_name: str, i: int, people: list[Person]) -> Recording:
    """One scene, by its number."""
    rng = np.random.default_rng([SEEDS[set_name], i])
    exams = EXAMS if i < HARD_FROM else HARD_EXAMS
    exam = str(rng.choice(list(exams), p=list(exams.values())))
    row = draw_exam(rng, set_name, i, people[int(rng.integers(len(people)))], exam)
    row = draw_conditions(rng, row)
    row = replace(row, **_wider(rng, row))
    row = row if i < HARD_FROM else replace(row, **_harder(rng, row))
    low, high = ROOMS[set_name]
    return replace(
        row,
        name=f"still-{set_name[0]}{i:06d}",
        room=int(rng.integers(low, high)),
        repetitions=1,
        restlessness=round(float(rng.uniform(0.3, 2.5)), 2),
        framing="legs" if rng.random() < 0.2 else "leg",
        fill=round(float(rng.uniform(0.55, 0.95)), 2),
        footwear=str(rng.choice(["bare", "sock", "shoe"], p=[0.45, 0.2, 0.35])),
        width=SIZE_PX,
        height=SIZE_PX,
        fps=RATE_HZ,
        renderer="raster",
    )


def _wider(rng: np.random.Generator, row: Recording) -> dict[str, Any]:
    """Amplitudes and camera beyond what exams ask for."""
    up, down = {
        "lunge": ((10, 46), (1, 2)),
        "heel_raise": ((3, 6), (6, 40)),
        "walk": ((4, 20), (6, 32)),
    }.get(row.exam, ((-5, 38), (20, 65)))
    yaw = float(rng.normal(0, 12) if rng.random() < 0.4 else rng.uniform(-45, 45))
    return {
        "max_dorsiflexion_deg": round(float(rng.uniform(*up)), 1),
        "max_plantarflexion_deg": round(float(rng.uniform(*down)), 1),
        "yaw_deg": round(float(np.clip(yaw, -45, 20 if row.exam == "lunge" else 45)), 1),
        "camera_height_m": round(
            float(rng.uniform(-0.05, 0.5) if rng.random() < 0.6 else rng.uniform(0.3, 1.3)), 2
        ),
        "roll_deg": round(float(rng.normal(0, 5)), 1),
        "hfov_deg": round(float(rng.uniform(18, 60)), 1),
        "toe_out_deg": round(float(rng.normal(6, 8)), 1),
    }


def _harder(rng: np.random.Generator, row: Recording) -> dict[str, Any]:
    """What errs most on the development recordings: chair legs before the foot, seen towards the front, noise."""
    yaw = float(rng.uniform(5, 20 if row.exam == "lunge" else 40))
    return {
        "furniture_front": int(rng.random() < 0.5),
        "yaw_deg": round(yaw, 1) if rng.random() < 0.6 else row.yaw_deg,
        "noise": round(float(rng.choice([2.0, 5.0, 8.0])), 1),
        "lower": str(rng.choice(["shorts", "leggings", "trousers", "trousers"])),
    }


def take_stills(row: Recording, bodies: Path) -> Stills:
    """Render a few moments of one scene."""
    import cv2

    rng = np.random.default_rng([row.seed, 31])
    scene = build_scene(row, bodies)
    renderer = Renderer(scene)
    first, _ = renderer.frame(0)
    sensor = Sensor(row, scene.camera, scene.performance.time_s, first)
    pixels = landmark_pixels(scene, sensor.shake_px)
    moments = _moments(scene, rng)
    pictures, seen = [], []
    sides = (row.side, scene.performance.stage.other)
    for i in moments:
        picture, depth = renderer.frame(int(i))
        image = sensor.develop(picture, int(i))[..., ::-1]
        quality = int(rng.integers(*JPEG_QUALITY))
        pictures.append(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
        places = scene.performance.landmarks
        seen.append([visibility(scene.camera, places[s][i], pixels[s][i], depth) for s in sides])
    known = angles(scene)
    count = len(moments)
    return Stills(
        pictures,
        np.stack([pixels[s][moments] for s in sides], 1).astype(np.float32),
        np.array(seen, dtype=np.uint8),
        known["clinical_deg"][moments].astype(np.float32),
        known["image_deg"][moments].astype(np.float32),
        _lines(scene)[moments].astype(np.float32),
        np.full(count, bool(scene.camera.axes[0, 1] > 0)),
        np.full(count, row.name),
        np.full(count, row.body),
    )


def _moments(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Frames spread evenly over the angles that the movement passes through."""
    order = np.argsort(scene.performance.clinical_deg())
    parts = np.array_split(order, MOMENTS)
    return np.array([rng.choice(part) for part in parts if len(part)])


def _lines(scene: Scene) -> np.ndarray:
    """Unit vectors (T, 2, 3) of shank and foot line in the camera's axes."""
    points = scene.performance.line_points()
    both = np.stack([points[:, 0] - points[:, 1], points[:, 3] - points[:, 2]], 1)
    return unit(both @ scene.camera.axes.T)


def stills_folder(set_name: str) -> Path:
    """Where the shards of a set are kept."""
    return work_folder() / "stills" / set_name


def save(stills: Stills, path: Path) -> None:
    """Write a shard; it appears when it is whole."""
    sizes = np.cumsum([0] + [len(p) for p in stills.pictures])
    data = np.frombuffer(b"".join(stills.pictures), np.uint8)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez(
            file,
            names=np.array(LANDMARKS),
            data=data,
            ends=sizes,
            **{name: getattr(stills, name) for name in ARRAYS},
        )
    part.replace(path)


ARRAYS = ("points_px", "visible", "clinical_deg", "image_deg", "lines", "mirrored", "scene", "body")


def load(path: Path) -> Stills:
    """Read a shard."""
    with np.load(path) as kept:
        data, ends = kept["data"], kept["ends"]
        pictures = [data[a:b].tobytes() for a, b in pairwise(ends)]
        return Stills(pictures, **{name: kept[name] for name in ARRAYS})


def joined(parts: list[Stills]) -> Stills:
    """One shard of several scenes."""
    return Stills(
        [picture for part in parts for picture in part.pictures],
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS},
    )


def make_stills(
    set_name: str, scenes: int, *, workers: int | None = None, report: Callable[[str], None] = print
) -> list[Path]:
    """Render what is not there yet of a set's first so many scenes; returns the shards."""
    folder = stills_folder(set_name)
    folder.mkdir(parents=True, exist_ok=True)
    rows = still_rows(set_name, scenes)
    make_people(sorted({row.body for row in rows}), report=report)
    shards = [rows[i : i + SCENES_A_SHARD] for i in range(0, scenes, SCENES_A_SHARD)]
    paths = [folder / f"{shard[0].name}.npz" for shard in shards]
    missing = [(shard, path) for shard, path in zip(shards, paths, strict=True) if not path.exists()]
    began = time.monotonic()
    with ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(_make_shard, shard, path): path.stem for shard, path in missing}
        for done, job in enumerate(as_completed(jobs), 1):
            left_min = (time.monotonic() - began) / done * (len(jobs) - done) / 60
            report(f"{done}/{len(jobs)} {jobs[job]} {job.exception() or 'done'}, {left_min:.0f} min left")
    return [path for path in paths if path.exists()]


def _make_shard(rows: list[Recording], path: Path) -> None:
    """Render the scenes of one shard; a scene whose plan cannot be reached is left out."""
    parts = []
    for row in rows:
        try:
            parts.append(take_stills(row, bodies_folder()))
        except ValueError as problem:  # `plant` says that the drawn amplitude is beyond this body
            print(f"{row.name} left out: {problem}", flush=True)
    save(joined(parts), path)
