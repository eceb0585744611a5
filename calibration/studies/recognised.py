"""Whether the exam that a recording shows is recognised, and how often the user is asked.

``python -m calibration study recognised``. The bounds were set on the development and validation sets.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import rom
from calibration.readings.clustered import share
from calibration.readings.score import SIDES, facts
from calibration.readings.take import film_path, is_read, landmarks_path
from calibration.recordings.plan import Recording, read_plan
from calibration.studies.committed import Answer, run
from rom.exam.recognise import Recognised, recognise

NAME = "recognised"
QUESTION = "Is the exam that a recording shows recognised, and how often is the user asked?"
#: What the instrument calls the exams of the plans.
CALLED = {
    "seated": "seated",
    "long_sitting": "long-sit",
    "lunge": "lunge",
    "heel_raise": "heel-raise",
    "walk": "walk",
    "stand": "free",
}

Seen = tuple[Recording, str, Recognised]


def seen(plan: str, model: str) -> list[Seen]:
    """Every recording in which the tested leg was followed: the row, the body, and what it was taken for."""
    found: list[Seen] = []
    for row in read_plan(plan):
        if not is_read(row, model):
            continue
        exam = rom.measure(landmarks_path(row, model), side=SIDES[row.side])
        track = exam.angles.get(SIDES[row.side])
        if track is not None:
            body = str(facts(film_path(row).with_suffix(".json"))["body"])
            found.append((row, body, recognise(track)))
    return found


def figures(group: Sequence[Seen]) -> Answer:
    """How often it is sure, and how often it is right where it is."""
    sure = [one for one in group if one[2].sure]
    right = [one[2].name == CALLED[one[0].exam] for one in sure]
    return {
        "sure_share": share([one[2].sure for one in group], [one[1] for one in group]).rounded(3),
        "right_of_sure_share": share(right, [one[1] for one in sure]).rounded(3),
    }


def answer(plan: str, models: list[str]) -> Answer:
    """By model; all recordings, by framing, by exam."""
    found: dict[str, Any] = {}
    for model in models:
        every = seen(plan, model)
        groups = {"all": every}
        groups |= {f"{name} in view": [s for s in every if s[0].framing == key] for key, name in FRAMINGS.items()}
        groups |= {exam.replace("_", " "): [s for s in every if s[0].exam == exam] for exam in CALLED}
        found[model] = {name: figures(group) for name, group in groups.items() if group}
    return found


FRAMINGS = {"full": "whole person", "legs": "legs", "leg": "one leg"}
main = partial(run, name=NAME, question=QUESTION, answer=answer)

if __name__ == "__main__":
    main(None)
