"""Is anybody measured worse than others? Error by skin tone, age, sex and build.

``python -m calibration study fairness``

Of recordings with the whole person in view. A group is said to be worse when its mean absolute error lies more than
`ALLOWED_DEG` above the best group's, and *shown* to be when the whole interval of the difference does (bodies drawn
anew in both groups).
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import difference
from calibration.readings.score import Score
from calibration.studies.committed import Answer, run
from calibration.studies.conditions import frame_figures, groups, whole_person
from calibration.studies.pictures import draw_groups
from rom.records import Floats

NAME = "fairness"
QUESTION = "Is anybody measured worse than others?"
TRAITS = ("skin_tone", "age_years", "sex", "weight")
ALLOWED_DEG = 1.0


def by_trait(scores: Sequence[Score], trait: str) -> Answer:
    """Figures of each group, and how much worse than the best each is."""
    parts = groups(scores, trait)
    found = {name: frame_figures(group) for name, group in parts.items()}
    best = min(found, key=lambda name: found[name]["mae_deg"]["value"] or np.inf)
    for name, group in parts.items():
        worse = difference(*_errors(group), *_errors(parts[best]))
        found[name]["worse_than_best_deg"] = worse.rounded()
        found[name]["shown_worse"] = bool(name != best and worse.low > ALLOWED_DEG)
    return found


def _errors(group: Sequence[Score]) -> tuple[Floats, list[str]]:
    """Mean absolute error of each recording, and whose it is."""
    return np.array([score.mae_deg for score in group]), [score.body for score in group]


def answer(plan: str, models: list[str]) -> Answer:
    """By model and trait."""
    return {model: {trait: by_trait(whole_person(plan, model), trait) for trait in TRAITS} for model in models}


def draw(found: Answer, path: Path) -> None:
    """Mean error of each group of the first model."""
    draw_groups(next(iter(found.values())), "mae_deg", "mean absolute error of the angle, degrees", path)


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
