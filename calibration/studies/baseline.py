"""What BlazePose itself reads: its three models, 2D image landmarks and 3D "world" landmarks.

``python -m calibration study baseline``

Of the recordings of `quick` that show the whole person, the same for all models. World landmarks come from
MediaPipe as it is, one person, no filter of ours.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure
from calibration.readings.score import SIDES, Score, on_times, read_truth
from calibration.readings.take import film_path
from calibration.readings.world import world_angle_deg
from calibration.recordings.plan import read_plan
from calibration.studies.committed import Answer, run
from calibration.studies.conditions import frame_figures, whole_person
from calibration.studies.pictures import draw_groups

NAME = "baseline"
QUESTION = "What does raw BlazePose read, by model and kind of landmark?"


def world_scores(plan: str, model: str) -> list[Score]:
    """The recordings with the whole person in view, their angle read from world landmarks."""
    found = []
    rows = {row.name: row for row in read_plan(plan)}
    for known in whole_person(plan, model):
        row = rows[known.name]
        film = film_path(row)
        time_s, truth = read_truth(film.with_suffix(".csv"))
        seen_s, angle = world_angle_deg(film, model, SIDES[row.side])
        read = on_times(seen_s, angle, time_s)
        found.append(Score(row.name, model, known.about, truth, read, read, ()))
    return found


def figures(scores: Sequence[Score]) -> Answer:
    """Slope, bias and error of the angle."""
    slopes = figure(np.array([score.slope for score in scores]), [score.body for score in scores])
    return {**frame_figures(scores), "slope": slopes.rounded()}


def answer(plan: str, models: list[str]) -> Answer:
    """By model and kind of landmark."""
    found = {}
    for model in models:
        image = whole_person(plan, model)
        found[model] = {"image landmarks": figures(image), "world landmarks": figures(world_scores(plan, model))}
    return found


def draw(found: Answer, path: Path) -> None:
    """Slope of read on planted; a faithful instrument has 1."""
    draw_groups(found, "slope", "slope of the reading on the planted angle", path, target=1.0)


main = partial(
    run, name=NAME, question=QUESTION, answer=answer, draw=draw, models=("heavy", "full", "lite"), plan="quick"
)

if __name__ == "__main__":
    main(None)
