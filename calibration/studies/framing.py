"""What becomes of recordings that show only the legs, or one leg.

``python -m calibration study framing``
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from calibration.readings.score import Score
from calibration.studies.committed import Answer, run, scores_of
from calibration.studies.conditions import frame_figures, groups
from calibration.studies.coverage import figures, readings_of
from calibration.studies.pictures import draw_groups

NAME = "framing"
QUESTION = "What becomes of recordings that show only the legs, or one leg?"


def by_framing(scores: Sequence[Score]) -> Answer:
    """Frames found and motions told, by what is in view (walks always show the whole person)."""
    kept = [score for score in scores if score.about["exam"] != "walk"]
    return {
        name: {**frame_figures(group), **figures(readings_of(group))}
        for name, group in groups(kept, "framing").items()
    }


def answer(plan: str, models: list[str]) -> Answer:
    """By model and framing."""
    return {model: by_framing(scores_of(plan, model)) for model in models}


def draw(found: Answer, path: Path) -> None:
    """Share of the frames in which the leg was found."""
    draw_groups(found, "detected_share", "share of the frames in which the leg is found", path)


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
