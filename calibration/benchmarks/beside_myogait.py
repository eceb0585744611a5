"""`rom` and myogait 0.9.2 on the same rendered clips, taking turns: frames a second, peak memory, error.

``python -m calibration.benchmarks.beside_myogait --myogait PYTHON [--plan quick] [--limit 20] [--json FILE]``

PYTHON is the interpreter of an environment with ``myogait[mediapipe]==0.9.2``. It is given our BlazePose `heavy`
bundle in its model folder, and runs with its own defaults (extract, normalize, compute_angles). Each clip is read
by either in a process of its own; imports, models and a first reading are left out of the rates, and stated.
Maximal dorsiflexion and plantar flexion follow by one rule from either's angle over time.
"""

import json
import statistics
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from calibration.benchmarks.alone import alone, peak_mb
from calibration.benchmarks.rhythm import mean_error
from calibration.benchmarks.told import made_on, parser_of, tell
from calibration.readings.myogait import VERSION
from calibration.readings.score import ASKED, SIDES, read_truth, true_motion_deg
from calibration.readings.take import film_path
from calibration.recordings.plan import Recording, read_plan
from rom.pose.models import model_bytes
from rom.records import Floats

MODULE = "calibration.benchmarks.beside_myogait"
MYOGAIT = "calibration.benchmarks.myogait_alone"
BUNDLE = Path(".myogait") / "models" / "pose_landmarker_heavy.task"  # where myogait looks for it
BAR_TIMES = 8.0


def ours(film: Path, side: str) -> dict[str, Any]:
    """One film through `rom`, after a first second of it that does not count."""
    from time import perf_counter

    import rom

    began = perf_counter()
    rom.measure(film, side=side, limit_s=0.3)
    opened = perf_counter()
    exam = rom.measure(film, side=side)
    ended = perf_counter()
    track = next(iter(exam.angles.values()), None)
    nothing = np.full(len(exam.sightings.time_s), np.nan)
    return {
        "time_s": exam.sightings.time_s.tolist() if track is None else track.time_s.tolist(),
        "angle": _numbers(nothing if track is None else track.smooth_deg),
        "per_s": len(exam.sightings.time_s) / (ended - opened),
        "start_s": opened - began,
        "peak_mb": peak_mb(),
    }


def _numbers(values: Floats) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


def scored(row: Recording, told: dict[str, Any], angle: list[float | None]) -> dict[str, Any]:
    """One reading beside the truth."""
    time_s, truth = read_truth(film_path(row).with_suffix(".csv"))
    read_s, read_deg = np.array(told["time_s"]), np.array([np.nan if a is None else a for a in angle], dtype=float)
    on_truth = nearest(read_s, read_deg, time_s)
    known = np.isfinite(read_deg)
    errors: dict[str, float] = {}
    for motion in ASKED[row.exam]:
        if known.sum() > 1:
            read = true_motion_deg(read_s[known], read_deg[known], motion)
            errors[motion] = abs(read - true_motion_deg(time_s, truth, motion))
    rates = {key: told[key] for key in ("per_s", "start_s", "peak_mb")}
    return {**rates, "mae": mean_error(on_truth, truth), **errors}


def nearest(read_s: Floats, values: Floats, wanted_s: Floats) -> Floats:
    """Values at the nearest times, a frame off at most: myogait counts frames by the film's mean rate."""
    if len(read_s) == 0 or len(wanted_s) < 2:
        return np.full(len(wanted_s), np.nan)
    near = np.abs(read_s[None, :] - wanted_s[:, None]).argmin(axis=1)
    step_s = float(np.median(np.diff(wanted_s)))
    return np.where(np.abs(read_s[near] - wanted_s) <= step_s, values[near], np.nan)


def summed(scores: list[dict[str, Any]]) -> dict[str, Any]:
    """All clips of one reader."""

    def mean(name: str) -> float | None:
        known = [score[name] for score in scores if np.isfinite(score.get(name, np.nan))]
        return round(float(np.mean(known)), 2) if known else None

    return {
        "frames_per_s": round(statistics.median(score["per_s"] for score in scores), 1),
        "peak_mb": round(max(score["peak_mb"] for score in scores)),
        "start_s": round(statistics.median(score["start_s"] for score in scores), 2),
        "mae_deg": mean("mae"),
        "dorsiflexion_error_deg": mean("dorsiflexion"),
        "plantar_flexion_error_deg": mean("plantar_flexion"),
    }


def run(plan: str, limit: int, python: str) -> dict[str, Any]:
    """Both on all clips, clip by clip."""
    shown = (row for row in read_plan(plan) if row.framing == "full")
    rows = list(islice((row for row in shown if film_path(row).with_suffix(".json").exists()), limit))
    if not rows:
        raise SystemExit(
            f"Expected rendered recordings of the plan '{plan}' with the whole person in view, but there are none; "
            f"render them first: python -m calibration recordings {plan}."
        )
    scores: dict[str, list[dict[str, Any]]] = {"rom": [], "myogait": []}
    with TemporaryDirectory() as home:
        (Path(home) / BUNDLE).parent.mkdir(parents=True)
        (Path(home) / BUNDLE).write_bytes(model_bytes("heavy"))
        for row in rows:
            film, side = str(film_path(row)), SIDES[row.side]
            told = alone(MODULE, "--part", film, "--side", side)
            scores["rom"].append(scored(row, told, told["angle"]))
            told = alone(MYOGAIT, film, film, python=python, environment={"HOME": home})
            scores["myogait"].append(scored(row, told, told[side]))
    pairs = zip(scores["rom"], scores["myogait"], strict=True)
    times = statistics.median(one["per_s"] / other["per_s"] for one, other in pairs)
    return {
        "question": f"rom and myogait {VERSION} on the same rendered clips in one run",
        "bars": {"times_as_fast": {"measured": round(times, 2), "bar": BAR_TIMES, "met": times >= BAR_TIMES}},
        "read_by": {name: summed(found) for name, found in scores.items()},
        "clips": len(rows),
        "plan": plan,
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--plan", default="quick")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--myogait", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--part", type=Path)
    parser.add_argument("--side", default="auto")
    given = parser.parse_args()
    if given.part:
        print(json.dumps(ours(given.part, given.side)))
    else:
        tell(run(given.plan, given.limit, given.myogait), given.json)


if __name__ == "__main__":
    main()
