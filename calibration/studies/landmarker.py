"""What the leg landmarker is asked to reach, beside raw BlazePose and myogait, on the same recordings.

``python -m calibration study landmarker``

Per frame: of recordings with the whole person in view, by view and footwear (myogait reads BlazePose's landmarks).
Maximal motion: share of readings within 3 degrees, by exam and by footwear. Holds: how much the angle trembles
while the planted one stands still.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure, share
from calibration.readings.myogait import VERSION, myogait_deg
from calibration.readings.score import SIDES, Score, on_times, read_truth
from calibration.readings.take import film_path, landmarks_path
from calibration.recordings.plan import read_plan
from calibration.studies.committed import Answer, run
from calibration.studies.conditions import whole_person
from calibration.studies.coverage import readings_of
from calibration.studies.pictures import draw_groups
from rom.records import Floats

NAME = "landmarker"
QUESTION = "Does the leg landmarker read the ankle as well as was asked, beside BlazePose and myogait?"
SIDE_ON_DEG, FRONT_DEG = 10.0, 30.0
RIGHT_DEG = 3.0
STILL_DEG, STILL_FRAMES = 0.3, 5  # the planted angle stands still where it stays within so much for so long
MYOGAIT = f"myogait {VERSION}"
KINDS: Mapping[str, Callable[[Score], bool]] = {
    "all": lambda s: s.about["framing"] == "full",
    "side-on": lambda s: abs(yaw(s)) <= SIDE_ON_DEG,
    "10 to 30 degrees towards the front": lambda s: SIDE_ON_DEG < yaw(s) <= FRONT_DEG,
    "10 to 30 degrees towards the back": lambda s: -FRONT_DEG <= yaw(s) < -SIDE_ON_DEG,
    "side-on, bare": lambda s: abs(yaw(s)) <= SIDE_ON_DEG and s.about["footwear"] == "bare",
    "side-on, sock": lambda s: abs(yaw(s)) <= SIDE_ON_DEG and s.about["footwear"] == "sock",
    "side-on, shoe": lambda s: abs(yaw(s)) <= SIDE_ON_DEG and s.about["footwear"] == "shoe",
}


def yaw(score: Score) -> float:
    """The camera's direction off the leg's medio-lateral axis, positive towards the front."""
    return float(score.about["body_yaw_deg"])


def frame_figures(scores: Sequence[Score]) -> Answer:
    """Slope, bias and error of each picture's own angle."""
    bodies = [score.body for score in scores]
    return {
        "recordings": len(scores),
        "detected_share": figure(np.array([score.detected for score in scores]), bodies).rounded(),
        "slope": figure(np.array([score.slope for score in scores]), bodies).rounded(3),
        "bias_deg": figure(np.array([score.bias_deg for score in scores]), bodies).rounded(),
        "mae_deg": figure(np.array([score.mae_deg for score in scores]), bodies).rounded(),
    }


def right_figures(scores: Sequence[Score]) -> Answer:
    """How often maximal motion is within 3 degrees, by exam and footwear."""
    groups: dict[str, list[Score]] = {"all": list(scores)}
    for score in scores:
        for trait in ("exam", "footwear"):
            groups.setdefault(str(score.about[trait]), []).append(score)
    found = {}
    for name, group in groups.items():
        told = [(score.body, abs(read.error_deg)) for score, read in readings_of(group) if read.told]
        bodies, errors = [body for body, _ in told], np.array([error for _, error in told])
        found[name] = {
            "within_3_deg_share": share([error <= RIGHT_DEG for error in errors], bodies).rounded(3),
            "p95_deg": figure(
                errors, bodies, lambda v: float(np.quantile(v, 0.95)) if v.size else np.nan
            ).rounded(),
        }
    return found


def hold_sd_deg(score: Score) -> float:
    """SD of the fused angle while the planted one stands still, the median over its holds; NaN without one."""
    steps = np.abs(score.truth_deg[STILL_FRAMES:] - score.truth_deg[:-STILL_FRAMES]) < STILL_DEG
    still = np.concatenate([steps, np.zeros(STILL_FRAMES, bool)])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], still.astype(int), [0]])))
    holds = [score.smooth_deg[a : b + STILL_FRAMES] for a, b in edges.reshape(-1, 2) if b - a > STILL_FRAMES]
    spreads = [float(np.std(hold)) for hold in holds if np.isfinite(hold).all()]
    return float(np.median(spreads)) if spreads else np.nan


def by_myogait(plan: str, scores: Sequence[Score]) -> list[Score]:
    """The same recordings read by myogait from the landmarks of BlazePose `heavy`."""
    rows = {row.name: row for row in read_plan(plan)}
    found = []
    for score in scores:
        row = rows[score.name]
        time_s, truth = read_truth(film_path(row).with_suffix(".csv"))
        seen_s, angle = myogait_deg(landmarks_path(row, "heavy"), SIDES[row.side])
        read: Floats = on_times(seen_s, angle, time_s)
        found.append(replace(score, model=MYOGAIT, truth_deg=truth, raw_deg=read, smooth_deg=read, motions=()))
    return found


def by_kind(scores: Sequence[Score]) -> Answer:
    """Per-frame figures of each kind of recording."""
    return {name: frame_figures([score for score in scores if holds(score)]) for name, holds in KINDS.items()}


def answer(plan: str, models: list[str]) -> Answer:
    """By model."""
    found: Answer = {}
    for model in models:
        scores = whole_person(plan, model)
        holds = np.array([hold_sd_deg(score) for score in scores])
        found[model] = {
            "angle": by_kind(scores),
            "maximal motion": right_figures(scores),
            "hold_sd_deg": figure(holds, [s.body for s in scores], lambda v: float(np.nanmedian(v))).rounded(),
        }
    found[MYOGAIT] = {"angle": by_kind(by_myogait(plan, whole_person(plan, "heavy")))}
    return found


def draw(found: Answer, path: Path) -> None:
    """Mean error by model and kind of recording."""
    draw_groups(
        {m: f["angle"] for m, f in found.items()}, "mae_deg", "mean absolute error of the angle, degrees", path
    )


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw, models=("leg", "heavy"), plan="report")

if __name__ == "__main__":
    main(None)
