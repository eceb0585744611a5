"""How many frames a second the bare ankle angle takes, on one core, and what the limit is.

The public `rom.geometry.dorsiflexion_from_points` is called as the product calls it: an array (T, 4, 2)
and a scalar facing in, a new array (T,) out. It is compared with

* a Python loop that calls numpy for each frame, and a Python loop that calls `math` for each frame, over
  the same array (both compute the same formula, and are checked to give the same angles);
* a plain numpy copy of the same bytes, which is what reading the points costs at the least;
* its own two parts, measured alone: reading the eight strided coordinates into four differences, and the
  vectorised `arctan2`. What they leave over is arithmetic and the call itself.

So the limit is told by the block: below about 1000 frames the fixed cost of the call, in cache-sized blocks
reading and arithmetic, and from a million frames on the memory that the points and temporaries come from.

Every figure is the median of repeats taken in turn, so that a busy moment of the machine hits all alike.
Run from the checkout: `python -m calibration.benchmarks.geometry [--json FILE]`.
"""

import argparse
import json
import math
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from rom.geometry import dorsiflexion_from_points

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]

BLOCKS: Final = (256, 1024, 4096, 16_384, 65_536, 1_000_000, 10_000_000)  # frames in one call
CACHE_BLOCKS: Final = (4096, 16_384)  # points of 128 to 512 kB (float32): within a core's second-level cache
LOOP_FRAMES: Final = 4096  # frames of the Python loops: their rate does not depend on the number
REPEATS: Final = 15
SECONDS_PER_SAMPLE: Final = 0.02  # a sample repeats a short call this long, above the clock's grain
FACING: Final = 1

BAR_NUMPY_LOOP: Final = 100.0  # times a loop of numpy calls; bars of the project
BAR_MATH_LOOP: Final = 8.0  # times a loop of math calls
BAR_FRAMES_PER_S: Final = 20e6  # float32, cache-sized block, one core


def planted_points(frames: int, dtype: type[np.floating[Any]]) -> FloatArray:
    """Landmarks (frames, 4, 2) spread over a 1920 x 1080 picture."""
    rng = np.random.default_rng(20)
    return rng.random((frames, 4, 2), dtype=dtype) * np.asarray([1920, 1080], dtype=dtype)


def loop_of_numpy(points: FloatArray) -> list[float]:
    """Angle of each frame by numpy calls on that frame alone."""
    angles = []
    for fibular_head, malleolus, heel, toe in points:
        shank, foot = fibular_head - malleolus, toe - heel
        across = FACING * (shank[0] * foot[1] - shank[1] * foot[0])
        angles.append(float(np.degrees(np.arctan2(np.dot(shank, foot), across))))
    return angles


def loop_of_math(points: FloatArray) -> list[float]:
    """Angle of each frame by `math` on the same array, coordinates taken out one by one."""
    angles = []
    for p in points:
        shank_x, shank_y = p[0, 0] - p[1, 0], p[0, 1] - p[1, 1]
        foot_x, foot_y = p[3, 0] - p[2, 0], p[3, 1] - p[2, 1]
        along = shank_x * foot_x + shank_y * foot_y
        across = FACING * (shank_x * foot_y - shank_y * foot_x)
        angles.append(math.degrees(math.atan2(along, across)))
    return angles


def loop_of_math_on_lists(points: FloatArray) -> list[float]:
    """Angle of each frame by `math` after one `tolist`: the fastest plain Python, an extra yardstick."""
    angles = []
    for (kx, ky), (mx, my), (hx, hy), (tx, ty) in points.tolist():
        shank_x, shank_y, foot_x, foot_y = kx - mx, ky - my, tx - hx, ty - hy
        along = shank_x * foot_x + shank_y * foot_y
        angles.append(math.degrees(math.atan2(along, FACING * (shank_x * foot_y - shank_y * foot_x))))
    return angles


def read_only(points: FloatArray) -> FloatArray:
    """Read the eight strided coordinates into the four differences, and nothing more."""
    shank_x = points[:, 0, 0] - points[:, 1, 0]
    shank_y = points[:, 0, 1] - points[:, 1, 1]
    foot_x = points[:, 3, 0] - points[:, 2, 0]
    foot_y = points[:, 3, 1] - points[:, 2, 1]
    del shank_x, shank_y, foot_x
    return foot_y


def seconds_per_call(calls: Mapping[str, Callable[[], object]], repeats: int = REPEATS) -> dict[str, float]:
    """Median time of one call of each, the repeats of all of them taken in turn."""
    rounds = {}
    for name, call in calls.items():
        call()  # warm
        start = time.perf_counter()
        call()
        rounds[name] = max(1, round(SECONDS_PER_SAMPLE / (time.perf_counter() - start)))
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(rounds[name]):
                call()
            samples[name].append((time.perf_counter() - start) / rounds[name])
    return {name: statistics.median(times) for name, times in samples.items()}


def block_rates(frames: int, dtype: type[np.floating[Any]], repeats: int = REPEATS) -> dict[str, Any]:
    """Frames a second of the angle in blocks of one size, and of copying, reading and arctan2 alone."""
    points = planted_points(frames, dtype)
    along, across = points[:, 0, 0].copy(), points[:, 1, 1].copy()
    seconds = seconds_per_call(
        {
            "angle": lambda: dorsiflexion_from_points(points, FACING),
            "copy": points.copy,
            "read": lambda: read_only(points),
            "arctan2": lambda: np.arctan2(along, across),
        },
        repeats,
    )
    return {
        "dtype": np.dtype(dtype).name,
        "frames_in_block": frames,
        "points_kb": round(points.nbytes / 1024),
        "frames_per_s": round(frames / seconds["angle"]),
        "ns_per_frame": round(1e9 * seconds["angle"] / frames, 2),
        "copy_gb_per_s": round(points.nbytes / seconds["copy"] / 1e9, 2),
        "times_a_copy": round(seconds["angle"] / seconds["copy"], 2),
        "share_reading": round(seconds["read"] / seconds["angle"], 3),
        "share_arctan2": round(seconds["arctan2"] / seconds["angle"], 3),
    }


def loop_rates(dtype: type[np.floating[Any]], repeats: int = REPEATS) -> dict[str, Any]:
    """Frames a second of the public function and of the Python loops, over the same frames."""
    points = planted_points(LOOP_FRAMES, dtype)
    loops: dict[str, Callable[[FloatArray], list[float]]] = {
        "numpy_loop": loop_of_numpy,
        "math_loop": loop_of_math,
        "math_loop_on_lists": loop_of_math_on_lists,
    }
    angles_deg = dorsiflexion_from_points(points, FACING)
    for loop in loops.values():  # float32 loops round each product: 1e-3 degrees on segments of a few px
        np.testing.assert_allclose((loop(points) - angles_deg + 180) % 360, 180, atol=1e-2)
    calls: dict[str, Callable[[], object]] = {
        name: lambda loop=loop: loop(points)  # type: ignore[misc]
        for name, loop in loops.items()
    }
    calls["angle"] = lambda: dorsiflexion_from_points(points, FACING)
    seconds = seconds_per_call(calls, repeats)
    result: dict[str, Any] = {"dtype": np.dtype(dtype).name, "frames": LOOP_FRAMES}
    for name in loops:
        result[f"{name}_frames_per_s"] = round(LOOP_FRAMES / seconds[name])
        result[f"times_{name}"] = round(seconds[name] / seconds["angle"], 1)
    return result


def bars(blocks: list[dict[str, Any]], loops: list[dict[str, Any]]) -> dict[str, dict[str, float | bool]]:
    """Each bar with what was measured: the worst precision, and the worst of the cache-sized blocks."""
    cached = [
        block["frames_per_s"]
        for block in blocks
        if block["dtype"] == "float32" and block["frames_in_block"] in CACHE_BLOCKS
    ]
    measured = {
        "times_numpy_loop": (min(loop["times_numpy_loop"] for loop in loops), BAR_NUMPY_LOOP),
        "times_math_loop": (min(loop["times_math_loop"] for loop in loops), BAR_MATH_LOOP),
        "float32_cached_frames_per_s": (min(cached), BAR_FRAMES_PER_S),
    }
    return {name: {"measured": value, "bar": bar, "met": value >= bar} for name, (value, bar) in measured.items()}


def machine() -> dict[str, str]:
    """Processor and versions the figures belong to."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }


def limit(block: Mapping[str, Any]) -> str:
    """Say in words what a block's time is made of."""
    rest = 1 - block["share_reading"] - block["share_arctan2"]
    return (
        f"reading the coordinates {block['share_reading']:.0%}, arctan2 {block['share_arctan2']:.0%}, "
        f"products and the call {max(rest, 0):.0%}"
    )


def run(block_sizes: tuple[int, ...] = BLOCKS, repeats: int = REPEATS) -> dict[str, Any]:
    """Measure everything once; see the module for what is measured."""
    dtypes: tuple[type[np.floating[Any]], ...] = (np.float32, np.float64)
    blocks = [block_rates(frames, dtype, repeats) for dtype in dtypes for frames in block_sizes]
    loops = [loop_rates(dtype, repeats) for dtype in dtypes]
    return {
        "benchmark": "rom.geometry.dorsiflexion_from_points, one thread",
        "repeats": repeats,
        "bars": bars(blocks, loops),
        "blocks": blocks,
        "loops": loops,
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def show(result: Mapping[str, Any]) -> None:
    """Print the tables, the limit, and the bars."""
    print("dtype     frames/block    kB      M frames/s  ns/frame  copy GB/s  x copy")
    for b in result["blocks"]:
        print(
            f"{b['dtype']}  {b['frames_in_block']:>12,}  {b['points_kb']:>7,}  "
            f"{b['frames_per_s'] / 1e6:>9.1f}  {b['ns_per_frame']:>8.2f}  {b['copy_gb_per_s']:>9.1f}  "
            f"{b['times_a_copy']:>6.1f}"
        )
        print(f"           {limit(b)}")
    for loop in result["loops"]:
        print(
            f"{loop['dtype']}: {loop['times_numpy_loop']:.0f} x a loop of numpy calls, "
            f"{loop['times_math_loop']:.0f} x a loop of math calls on the array, "
            f"{loop['times_math_loop_on_lists']:.0f} x a loop of math calls on lists"
        )
    for name, bar in result["bars"].items():
        print(f"{'met    ' if bar['met'] else 'NOT MET'} {name}: {bar['measured']:,} (bar {bar['bar']:,})")


def main() -> int:
    """Run, print, write where asked; 1 where a bar is not met."""
    parser = argparse.ArgumentParser(description="speed of the bare ankle angle")
    parser.add_argument("--json", type=Path, help="where the result goes")
    arguments = parser.parse_args()
    result = run()
    show(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(bar["met"] for bar in result["bars"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
