"""How far is the reading from the planted angle? Frame by frame, and of maximal dorsiflexion and plantar flexion.

``python -m calibration study planted-angle``
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from calibration.readings.clustered import Figure, figure, share, slope
from calibration.readings.score import MotionScore, Score
from calibration.studies.committed import INSTRUMENT, Answer, run, scores_of
from calibration.studies.pictures import draw_readings

NAME = "planted_angle"
QUESTION = "How far is the reading from the planted angle?"
#: What a line of the table of readings says of its recording, and its columns.
ABOUT = ("body", "exam", "framing", "footwear", "asked")
COLUMNS = (
    "recording",
    *ABOUT,
    "motion",
    "truth_deg",
    "value_deg",
    "low_deg",
    "high_deg",
    "detected_share",
    "frame_mae_deg",
    "frame_bias_deg",
    "reason",
)
#: Errors of maximal motion within this count as right: the bar of the leg landmarker.
RIGHT_DEG = 3.0


def frames_figures(scores: Sequence[Score]) -> dict[str, Figure]:
    """Figures of the per-frame angle, each recording weighing the same."""
    bodies = [score.body for score in scores]
    rms = [np.sqrt(np.mean(score.errors_deg**2)) if score.errors_deg.size else np.nan for score in scores]
    absolute = np.array([score.mae_deg for score in scores])
    return {
        "detected_share": figure(np.array([score.detected for score in scores]), bodies),
        "bias_deg": figure(np.array([score.bias_deg for score in scores]), bodies),
        "slope": figure(np.array([score.slope for score in scores]), bodies),
        "mae_deg": figure(absolute, bodies),
        "rmse_deg": figure(np.array(rms), bodies),
        "worst_recording_mae_deg": figure(absolute, bodies, lambda v: float(np.max(v))),
    }


def motion_figures(scores: Sequence[Score], motion: str) -> dict[str, Figure]:
    """Figures of one maximal motion: of the readings where the instrument told, and how often it did."""
    pairs = [(score.body, m) for score in scores for m in score.motions if m.motion == motion]
    bodies, asked = [body for body, _ in pairs], [m for _, m in pairs]
    told = [m for m in asked if m.told]
    told_bodies = [body for body, m in pairs if m.told]
    errors = np.array([m.error_deg for m in told])
    return {
        "cannot_tell_share": share([not m.told for m in asked], bodies),
        "bias_deg": figure(errors, told_bodies),
        "mae_deg": figure(np.abs(errors), told_bodies),
        "rmse_deg": figure(errors, told_bodies, lambda v: float(np.sqrt(np.mean(v**2)))),
        "slope": figure(np.array([(m.truth_deg, m.value_deg) for m in told]).reshape(-1, 2), told_bodies, slope),
        "worst_deg": figure(np.abs(errors), told_bodies, lambda v: float(np.max(v)) if v.size else float("nan")),
        "within_3_deg_share": share([abs(m.error_deg) <= RIGHT_DEG for m in told], told_bodies),
        "covered_share": share([m.covered for m in told], told_bodies),
        "half_width_deg": figure(
            np.array([half_width(m) for m in told]), told_bodies, lambda v: float(np.median(v))
        ),
    }


def half_width(motion: MotionScore) -> float:
    """Half of the interval's width."""
    return (motion.high_deg - motion.low_deg) / 2


def by_exam(scores: Sequence[Score]) -> Answer:
    """All figures: overall, filmed as asked, with the whole person in view, and for each exam of those."""
    whole = [score for score in scores if score.about["framing"] == "full"]
    groups = {"all": list(scores), "asked": [score for score in whole if score.about["asked"]], "whole": whole}
    for score in whole:
        groups.setdefault(str(score.about["exam"]), []).append(score)
    return {
        name: {
            "recordings": len(group),
            "angle": _rounded(frames_figures(group)),
            **{motion: _rounded(motion_figures(group, motion)) for motion in ("dorsiflexion", "plantar_flexion")},
        }
        for name, group in groups.items()
    }


def _rounded(figures: dict[str, Figure]) -> dict[str, Any]:
    """As JSON."""
    return {name: found.rounded() for name, found in figures.items()}


def answer(plan: str, models: list[str]) -> Answer:
    """By model."""
    return {model: by_exam(scores_of(plan, model)) for model in models}


def write_readings(scores: Sequence[Score], path: Path) -> None:
    """Write every reading, one line a recording and motion, so that anybody can count again."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for score in scores:
            frames = [score.detected, score.mae_deg, score.bias_deg]
            about = [str(score.about[name]) for name in ABOUT]
            for read in score.motions:
                degrees = [read.truth_deg, read.value_deg, read.low_deg, read.high_deg, *frames]
                reason = "" if read.told else read.reasons[0]
                table.writerow([score.name, *about, read.motion, *(_cell(v) for v in degrees), reason])


def _cell(value: float) -> str:
    """A number with two decimals; nothing where it is not known."""
    return f"{round(value, 2) + 0.0:.2f}" if np.isfinite(value) else ""  # never -0.00


def main(words: Sequence[str] | None = None) -> None:
    """Run for each model and commit the result."""

    def draw(_: Answer, path: Path) -> None:
        """The default model's readings, as picture and as table; the answer holds figures only."""
        draw_readings(scores_of("report", INSTRUMENT), path)
        write_readings(scores_of("report", INSTRUMENT), path.with_suffix(".csv"))

    run(words, name=NAME, question=QUESTION, answer=answer, draw=draw, models=(INSTRUMENT, "heavy"))


if __name__ == "__main__":
    main()
