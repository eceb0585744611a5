"""Whether another camera, or another day, would read the same.

``python -m calibration study repeatability``

Exams of the report set that were filmed as asked, once more (plan `repeats`): the same performance seen by another
camera, and the same person reaching the same angles on another day. What differs is the error, reading minus truth,
so that a truth that is itself a little different on another day does not count.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import Figure, figure
from calibration.readings.score import MotionScore, Score
from calibration.recordings.plan import REPEATS
from calibration.studies.committed import INSTRUMENT, Answer, run, scores_of
from calibration.studies.pictures import draw_pairs
from rom.study.reliability import reliability

NAME = "repeatability"
QUESTION = "Would another camera, or another day, read the same?"
KINDS = {"c": "another camera", "d": "another day"}

Pair = tuple[str, MotionScore, MotionScore]


def pairs(first: Sequence[Score], again: Sequence[Score]) -> dict[str, list[Pair]]:
    """(body, first reading, second) of each motion that was told both times, by kind of repeat."""
    by_name = {score.name: score for score in first}
    found: dict[str, list[Pair]] = {kind: [] for kind in KINDS.values()}
    for score in again:
        base = by_name.get(score.name[:-1])
        both = zip(base.motions, score.motions, strict=True) if base else ()
        found[KINDS[score.name[-1]]] += [(score.body, a, b) for a, b in both if a.told and b.told]
    return found


def figures(both: Sequence[Pair]) -> Answer:
    """Mean difference, standard error of measurement and smallest detectable change of pairs."""
    bodies = [body for body, _, _ in both]
    errors = np.array([(a.error_deg, b.error_deg) for _, a, b in both], dtype=float).reshape(-1, 2)
    found = reliability(errors, bodies)
    sem, change = (
        Figure(one.value, one.low, one.high, found.rows, found.people) for one in (found.sem_deg, found.mdc95_deg)
    )
    return {
        "mean_difference_deg": figure(errors[:, 1] - errors[:, 0], bodies).rounded(),
        "sem_deg": sem.rounded(),
        "mdc95_deg": change.rounded(),
        "pairs_deg": [
            [round(a.value_deg, 2), round(b.value_deg - b.truth_deg + a.truth_deg, 2)] for _, a, b in both
        ],
    }


def answer(plan: str, models: list[str]) -> Answer:
    """By model and kind of repeat."""
    return {
        model: {
            kind: figures(both) for kind, both in pairs(scores_of(plan, model), scores_of(REPEATS, model)).items()
        }
        for model in models
    }


def draw(found: Answer, path: Path) -> None:
    """Differences of the first model's pairs against their means."""
    kinds = next(iter(found.values()))
    draw_pairs(
        {name: kind["pairs_deg"] for name, kind in kinds.items()},
        ("mean of both readings, degrees", "second minus first, degrees"),
        path,
    )


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw, models=(INSTRUMENT, "heavy"))

if __name__ == "__main__":
    main(None)
