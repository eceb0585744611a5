"""Under which conditions is the reading worse? Per-frame error by camera, light, clothes, footwear and person.

``python -m calibration study conditions``

Of recordings with the whole person in view (for the others see the study `framing`). Each weighs the same; groups
overlap in everything that is not grouped by, because the plan draws all conditions at random. So a difference
between two groups is the condition's, up to its interval.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure
from calibration.readings.score import Score
from calibration.studies.committed import Answer, run, scores_of
from calibration.studies.pictures import draw_groups

NAME = "conditions"
QUESTION = "Under which conditions is the reading worse?"

#: Where continuous conditions are cut into groups: (condition, edges). Yaw and pitch are the camera's against the
#: leg's medio-lateral axis, yaw + towards the person's front, pitch + from above.
EDGES: dict[str, tuple[float, ...]] = {
    "body_yaw_deg": (-90, -15, -5, 5, 15, 30, 90),
    "body_pitch_deg": (-90, -10, -3, 3, 10, 90),
    "roll_deg": (-90, -3, 3, 90),
    "foot_px": (0, 60, 100, 150, 250, 5000),
    "fps": (0, 20, 27, 300),
    "exposure_ev": (-9, -0.2, 0.2, 9),
    "noise": (-1, 2.5, 4, 99),
    "shutter": (-1, 0.3, 0.6, 2),
    "crf": (0, 21, 25, 60),
    "shake_px": (-1, 0.01, 1, 99),
    "age_years": (0, 12, 18, 45, 65, 120),
    "weight": (-1, 0.35, 0.65, 2),
}
#: Conditions that are groups already.
KINDS = (
    "exam",
    "footwear",
    "lower",
    "light",
    "other_leg",
    "second_person",
    "furniture_front",
    "sex",
    "skin_tone",
)


def groups(scores: Sequence[Score], condition: str) -> dict[str, list[Score]]:
    """Scores by group of one condition, in the order of its bands; groups without a recording are left out."""
    continuous = condition in EDGES
    found: dict[str, list[Score]] = {}
    for score in sorted(scores, key=_order(condition)):
        name = _band(condition, score) if continuous else str(score.about[condition])
        found.setdefault(name, []).append(score)
    return found


def _order(condition: str) -> Callable[[Score], tuple[float, str]]:
    """Sorts by number where the condition is one, else by name."""
    continuous = condition in EDGES
    return lambda score: (float(score.about[condition]), "") if continuous else (0.0, str(score.about[condition]))


def _band(condition: str, score: Score) -> str:
    """The band of a continuous condition that a score lies in, in words; open where the edge is only a stop."""
    edges = EDGES[condition]
    at = int(np.clip(np.searchsorted(edges, float(score.about[condition])), 1, len(edges) - 1))
    if at == 1:
        return f"up to {edges[1]:g}"
    if at == len(edges) - 1:
        return f"over {edges[-2]:g}"
    return f"{edges[at - 1]:g} to {edges[at]:g}"


def error_by(scores: Sequence[Score], condition: str) -> Answer:
    """Detected share, MAE and bias of each group."""
    return {name: frame_figures(group) for name, group in groups(scores, condition).items()}


def frame_figures(group: Sequence[Score]) -> Answer:
    """Figures of one group of recordings, frame by frame."""
    bodies = [score.body for score in group]
    return {
        "detected_share": figure(np.array([score.detected for score in group]), bodies).rounded(),
        "mae_deg": figure(np.array([score.mae_deg for score in group]), bodies).rounded(),
        "bias_deg": figure(np.array([score.bias_deg for score in group]), bodies).rounded(),
    }


def answer(plan: str, models: list[str]) -> Answer:
    """By model and condition."""
    return {
        model: {condition: error_by(whole_person(plan, model), condition) for condition in (*KINDS, *EDGES)}
        for model in models
    }


def whole_person(plan: str, model: str) -> list[Score]:
    """Recordings that show the whole person."""
    return [score for score in scores_of(plan, model) if score.about["framing"] == "full"]


def draw(found: Answer, path: Path) -> None:
    """Mean error of each group of the first model."""
    draw_groups(next(iter(found.values())), "mae_deg", "mean absolute error of the angle, degrees", path)


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
