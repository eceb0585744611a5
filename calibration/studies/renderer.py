"""Does the renderer matter? The same exams by the fast rasteriser and by Blender's Cycles.

``python -m calibration study renderer``
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure
from calibration.readings.score import Score
from calibration.studies.committed import Answer, run, scores_of
from calibration.studies.pictures import draw_pairs

NAME = "renderer"
QUESTION = "Does the renderer matter?"


def pairs(plan: str, model: str) -> list[tuple[Score, Score]]:
    """Recordings with the whole person in view that both renderers made, rasteriser first, found both times."""
    both = [score for score in scores_of(plan, model, "cycles") if score.about["framing"] == "full"]
    slow = {score.name: score for score in both}
    fast = {score.name: score for score in scores_of(plan, model) if score.name in slow}
    twice = [(fast[name], slow[name]) for name in sorted(fast)]
    return [(a, b) for a, b in twice if a.errors_deg.size and b.errors_deg.size]


def figures(both: Sequence[tuple[Score, Score]]) -> Answer:
    """Errors under each renderer, and the difference of their readings."""
    bodies = [a.body for a, _ in both]

    change = np.array([np.nanmean(b.raw_deg - a.raw_deg) for a, b in both])
    return {
        "raster_mae_deg": figure(np.array([a.mae_deg for a, _ in both]), bodies).rounded(),
        "cycles_mae_deg": figure(np.array([b.mae_deg for _, b in both]), bodies).rounded(),
        "mae_difference_deg": figure(np.array([b.mae_deg - a.mae_deg for a, b in both]), bodies).rounded(),
        "reading_difference_deg": figure(change, bodies).rounded(),
        "reading_difference_sd_deg": figure(change, bodies, lambda v: float(np.std(v, ddof=1))).rounded(),
        "raster_bias_deg": figure(np.array([a.bias_deg for a, _ in both]), bodies).rounded(),
        "cycles_bias_deg": figure(np.array([b.bias_deg for _, b in both]), bodies).rounded(),
        "pairs_deg": [[round(a.bias_deg, 2), round(b.bias_deg, 2)] for a, b in both],
    }


def answer(plan: str, models: list[str]) -> Answer:
    """By model."""
    return {
        model: {
            **figures(pairs(plan, model)),
            "recordings_by_cycles": len(scores_of(plan, model, "cycles")),
        }
        for model in models
    }


def draw(found: Answer, path: Path) -> None:
    """Mean errors by both renderers."""
    draw_pairs(
        {model: answers["pairs_deg"] for model, answers in found.items()},
        ("mean error of both, degrees", "Cycles minus rasteriser, degrees"),
        path,
    )


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
