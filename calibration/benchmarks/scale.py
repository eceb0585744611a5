"""Ten thousand recordings of landmarks through geometry, repetitions and findings: time, memory, and their growth.

``python -m calibration.benchmarks.scale [--counts 1000 3000 10000] [--json FILE]``

The recordings are the samples' landmarks, resampled: each at another pace, made smaller, moved, and with noise of a
third of a pixel. They are written as Parquet, one row group a recording and so many to a file (a file's footer
names them all, and is held in memory while it is read); that is not timed. What is timed reads
them one by one and examines each with the instrument's own functions (`rom.exam.sides.examine`), in one process on
one core, which is made anew for each count, so that its peak memory is its own. Start-up is left out: a first
recording is examined before the clock begins.
"""

import gc
import json
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import chain, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from calibration.benchmarks.alone import alone, peak_mb
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.ankle.checks import Scene
from rom.exam.sides import Asked, examine
from rom.pose.recorded import load_people
from rom.records import LEG_LANDMARKS, Landmarks, LegSights
from rom.samples import sample_folder
from rom.settings import Settings
from rom.watch import one_person

MODULE = "calibration.benchmarks.scale"
COUNTS = (1000, 3000, 10_000)
FILE_RECORDINGS = 500
#: Which exam each sample is.
EXAMS = {
    "seated_right": "seated",
    "long_sitting_left": "long-sit",
    "lunge_right": "lunge",
    "heel_raise_left": "heel-raise",
    "walk_right": "walk",
}
NOISE_PX, NOISE_DEG = 0.3, 0.5
PACES, SIZES, MOVES_PX = (0.8, 1.25), (0.7, 0.9), 20.0  # so that every leg stays in the picture
SCENE = Scene(width_px=1280, height_px=720, brightness=120.0, roll_deg=float("nan"), one_leg_nearer=True)
_SHAPES = {"lines": (2, 3), "covariance_px2": (len(LEG_LANDMARKS), 2, 2)}


@cache
def recorded(name: str) -> Landmarks:
    """The person of a sample."""
    seen = load_people(sample_folder() / f"{name}.landmarks.npz")
    return one_person(seen, seen.info, None)


def resampled(name: str, seed: int) -> Landmarks:
    """A recording like a sample: another pace and size, elsewhere in the picture, and noise of its own."""
    rng, one = np.random.default_rng(seed), recorded(name)
    pace, size, move = rng.uniform(*PACES), rng.uniform(*SIZES), rng.uniform(-MOVES_PX, MOVES_PX, 2)
    frames = round(len(one.time_s) / pace)
    rows = np.linspace(0, len(one.time_s) - 1, frames).round().astype(int)
    middle = np.array([SCENE.width_px, SCENE.height_px]) / 2
    points = middle + (one.points_px[rows] - middle) * size + move
    points = points + rng.normal(0, NOISE_PX, points.shape)
    legs = one.legs
    assert legs is not None
    legs = legs.rows(rows)
    angle = legs.angle_deg + rng.normal(0, NOISE_DEG, frames).astype(np.float32)
    return replace(
        one,
        time_s=np.arange(frames) / 30.0,
        shot=one.shot[rows],
        points_px=points.astype(np.float32),
        confidence=one.confidence[rows],
        covariance_px2=np.broadcast_to(np.nan, (*points.shape, 2)),
        legs=replace(legs, angle_deg=angle),
    )


def write(folder: Path, count: int) -> None:
    """So many recordings as Parquet, one row group each; one row a frame, each array a column of lists."""
    import pyarrow.parquet as pq

    names = tuple(EXAMS)
    folder.mkdir()
    for first in range(0, count, FILE_RECORDINGS):
        numbers = range(first, min(first + FILE_RECORDINGS, count))
        tables = (_table(resampled(names[k % len(names)], k)) for k in numbers)
        one = next(tables)
        with pq.ParquetWriter(folder / f"{first:06}.parquet", one.schema, compression="zstd") as writer:
            for table in chain([one], tables):
                writer.write_table(table, row_group_size=len(table))


def _table(landmarks: Landmarks) -> Any:
    """One recording as an Arrow table."""
    import pyarrow as pa

    assert landmarks.legs is not None
    columns: dict[str, Any] = {"time_s": landmarks.time_s, "shot": landmarks.shot}
    arrays = {"points_px": landmarks.points_px, "confidence": landmarks.confidence.astype(np.float32)}
    arrays |= {f"leg_{field.name}": getattr(landmarks.legs, field.name) for field in fields(LegSights)}
    for key, array in arrays.items():
        flat = np.ascontiguousarray(array.reshape(len(array), -1))
        columns[key] = pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1])
    return pa.table(columns)


def read(folder: Path) -> Iterator[tuple[str, Landmarks]]:
    """The recordings of a folder, one by one, each with its exam."""
    import pyarrow.parquet as pq

    names = {name: recorded(name).names for name in EXAMS}
    ways = cycle(EXAMS.items())
    for path in sorted(folder.iterdir()):
        with pq.ParquetFile(path) as file:
            for k in range(file.num_row_groups):
                name, exam = next(ways)
                yield exam, _landmarks(file.read_row_group(k), names[name])


def _landmarks(table: Any, names: tuple[str, ...]) -> Landmarks:
    """One recording of a table."""

    def array(name: str, *shape: int) -> np.ndarray:
        flat = table.column(name).combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return np.asarray(flat.reshape(len(table), *shape))

    legs = {field.name: array(f"leg_{field.name}", *_SHAPES.get(field.name, ())) for field in fields(LegSights)}
    points = array("points_px", len(names), 2)
    return Landmarks(
        names,
        table.column("time_s").to_numpy(),
        table.column("shot").to_numpy(),
        points,
        array("confidence", len(names)),
        np.broadcast_to(np.nan, (*points.shape, 2)),
        LegSights(**legs),
    )


def examined(exam: str, landmarks: Landmarks) -> int:
    """Examine one recording; how many results were told."""
    findings = examine(landmarks, SCENE, ("left", "right"), Asked(protocol=exam), model="leg", settings=Settings())
    return sum(result.value_deg is not None for result in findings.results)


def part(folder: Path) -> dict[str, Any]:
    """Examine every recording of a folder."""
    examined(*next(read(folder)))
    gc.collect()
    idle_mb, began, began_cpu = peak_mb(), time.perf_counter(), time.process_time()
    frames = told = count = 0
    for exam, landmarks in read(folder):
        count, frames, told = count + 1, frames + len(landmarks.time_s), told + examined(exam, landmarks)
    return {
        "recordings": count,
        "frames": frames,
        "results_told": told,
        "seconds": round(time.perf_counter() - began, 2),
        "ms_a_recording": round(1000 * (time.perf_counter() - began) / count, 2),
        "processor_ms_a_recording": round(1000 * (time.process_time() - began_cpu) / count, 2),
        "peak_mb": round(peak_mb()),
        "peak_after_the_first_mb": round(idle_mb),
        "file_mb": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1),
    }


def run(counts: tuple[int, ...]) -> dict[str, Any]:
    """Every count in a process of its own."""
    growth = []
    for count in counts:
        with TemporaryDirectory() as work:
            folder = Path(work) / str(count)
            write(folder, count)
            growth.append(alone(MODULE, "--part", str(folder)))
    return {
        "question": "recordings of landmarks from Parquet through geometry, repetitions and findings, one core",
        "growth": growth,
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS))
    parser.add_argument("--part", type=Path)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(part(given.part)))
    else:
        tell(run(tuple(given.counts)), given.json)


if __name__ == "__main__":
    main()
