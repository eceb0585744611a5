"""Whether somebody in the background, or furniture in front, spoils the reading.

``python -m calibration study second-person``
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from calibration.readings.score import Score
from calibration.studies.committed import Answer, run, scores_of
from calibration.studies.conditions import frame_figures
from calibration.studies.coverage import figures, readings_of
from calibration.studies.pictures import draw_groups

NAME = "second_person"
QUESTION = "Does somebody in the background, or furniture in front, spoil the reading?"


def by_company(scores: Sequence[Score]) -> Answer:
    """Figures of recordings with the whole person in view, by what else is there."""
    whole = [score for score in scores if score.about["framing"] == "full"]
    parts = {
        "alone": [s for s in whole if not s.about["second_person"] and not s.about["furniture_front"]],
        "second person behind": [s for s in whole if s.about["second_person"]],
        "furniture in front": [s for s in whole if s.about["furniture_front"]],
    }
    return {name: {**frame_figures(group), **figures(readings_of(group))} for name, group in parts.items()}


def answer(plan: str, models: list[str]) -> Answer:
    """By model and company."""
    return {model: by_company(scores_of(plan, model)) for model in models}


def draw(found: Answer, path: Path) -> None:
    """Mean error with and without company."""
    draw_groups(found, "mae_deg", "mean absolute error of the angle, degrees", path)


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
