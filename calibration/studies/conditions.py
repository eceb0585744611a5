"""Under which conditions is the reading worse? Per-frame error by camera, light, clothes, footwear and person.

``python -m calibration study conditions --plan report --model heavy``

Each recording weighs the same; groups overlap in everything that is not grouped by, because the plan draws all
conditions at random. So a difference between two groups is the condition's, up to its interval.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from calibration.readings.clustered import figure
from calibration.readings.score import Score
from calibration.studies.committed import commit, scores_of

NAME = "conditions"

#: Where continuous conditions are cut into groups: (condition, edges).
EDGES: dict[str, tuple[float, ...]] = {
    "yaw_deg": (-90, -15, -5, 5, 15, 30, 90),
    "pitch_deg": (-90, -10, -3, 3, 10, 90),
    "roll_deg": (-90, -5, 5, 90),
    "foot_px": (0, 60, 100, 150, 250, 5000),
    "fps": (0, 20, 40, 300),
    "exposure_ev": (-9, -0.75, 0.75, 9),
    "noise": (-1, 3, 6, 99),
    "shutter": (-1, 0.3, 0.7, 2),
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
    "framing",
    "other_leg",
    "second_person",
    "furniture_front",
    "sex",
    "skin_tone",
)


def groups(scores: Sequence[Score], condition: str) -> dict[str, list[Score]]:
    """Scores by group of one condition; groups without a recording are left out."""
    of = _band(condition) if condition in EDGES else lambda score: str(score.about[condition])
    found: dict[str, list[Score]] = {}
    for score in scores:
        found.setdefault(of(score), []).append(score)
    return dict(sorted(found.items()))


def _band(condition: str) -> Callable[[Score], str]:
    """The band of a continuous condition that a score lies in, in words."""
    edges = EDGES[condition]

    def of(score: Score) -> str:
        """Name of the band."""
        at = int(np.clip(np.searchsorted(edges, float(score.about[condition])), 1, len(edges) - 1))
        return f"{edges[at - 1]:g} to {edges[at]:g}"

    return of


def error_by(scores: Sequence[Score], condition: str) -> dict[str, Any]:
    """Detected share, MAE and bias of each group."""
    return {name: _figures(group) for name, group in groups(scores, condition).items()}


def _figures(group: Sequence[Score]) -> dict[str, Any]:
    """Figures of one group of recordings."""
    bodies = [score.body for score in group]
    errors = [score.raw_deg - score.truth_deg for score in group]
    known = [error[np.isfinite(error)] for error in errors]
    return {
        "detected_share": figure(
            np.array([len(k) / len(e) for k, e in zip(known, errors, strict=True)]), bodies
        ).rounded(),
        "mae_deg": figure(np.array([np.abs(k).mean() if k.size else np.nan for k in known]), bodies).rounded(),
        "bias_deg": figure(np.array([k.mean() if k.size else np.nan for k in known]), bodies).rounded(),
    }


def main(words: Sequence[str] | None = None) -> None:
    """Run and commit the result."""
    parser = argparse.ArgumentParser(description="Error by condition.")
    parser.add_argument("--plan", default="report")
    parser.add_argument("--model", default="heavy")
    given = parser.parse_args(words)
    scores = scores_of(given.plan, given.model)
    answer = {condition: error_by(scores, condition) for condition in (*KINDS, *EDGES)}
    commit(NAME, "Under which conditions is the reading worse?", given.plan, [given.model], answer)


if __name__ == "__main__":
    main()
