"""What the instrument answers when it is asked for the leg that is farther from the camera.

``python -m calibration study wrong-side``

Whatever number it gives is wrong: nobody can see that leg well. The right answer is *cannot tell*.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import rom
from calibration.readings.clustered import share
from calibration.readings.score import SIDES
from calibration.readings.take import is_read, landmarks_path
from calibration.recordings.plan import Recording, read_plan
from calibration.studies.committed import Answer, run
from calibration.studies.pictures import draw_groups

NAME = "wrong_side"
QUESTION = "What is answered for the leg that is farther from the camera?"


def told_of_the_far_leg(rows: Sequence[Recording], model: str) -> Answer:
    """Share of the recordings in which some number was given for the far leg, by exam."""
    told: dict[str, list[tuple[str, bool]]] = {}
    for row in rows:
        far = next(side for letter, side in SIDES.items() if letter != row.side)
        exam = rom.measure(landmarks_path(row, model), side=far)
        told.setdefault("all", []).append((row.body, exam.measured))
        told.setdefault(row.exam, []).append((row.body, exam.measured))
    return {
        name: {"told_share": share([given for _, given in pairs], [body for body, _ in pairs]).rounded(3)}
        for name, pairs in told.items()
    }


def answer(plan: str, models: list[str]) -> Answer:
    """By model and exam, of recordings with the whole person in view."""
    found = {}
    for model in models:
        rows = [r for r in read_plan(plan) if r.framing == "full" and is_read(r, model)]
        found[model] = told_of_the_far_leg(rows, model)
    return found


def draw(found: Answer, path: Path) -> None:
    """Share of wrong numbers; the aim is none."""
    draw_groups(found, "told_share", "share of recordings with a number for the far leg", path, target=0.0)


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
