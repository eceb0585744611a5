"""Whether the 95 % intervals hold, how often the instrument cannot tell, and how wide they are.

``python -m calibration study coverage``
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure, share
from calibration.readings.score import MotionScore, Score
from calibration.studies.committed import Answer, run, scores_of
from calibration.studies.pictures import draw_groups

NAME = "coverage"
QUESTION = "Do the 95 % intervals hold the truth, and how often can the instrument not tell?"
LEVEL = 0.95  # what the intervals promise
REASONS_SHOWN = 8
REASON_WORDS = 12  # enough of a reason to know it by
PARTICULAR = re.compile(r"[+-]?\d[\d.]*[%°]?|\bleft\b|\bright\b|,")  # what differs between two like reasons

Reading = tuple[Score, MotionScore]


def readings_of(scores: Sequence[Score]) -> list[Reading]:
    """Every motion that an exam asks for, with its recording."""
    return [(score, read) for score in scores for read in score.motions]


def kinds(scores: Sequence[Score]) -> dict[str, list[Reading]]:
    """All readings, by how they were filmed, by motion and exam (the whole person in view)."""
    every = readings_of(scores)
    whole = [(score, read) for score, read in every if score.about["framing"] == "full"]
    found = {
        "all": every,
        "whole person in view": whole,
        "filmed as asked": [(score, read) for score, read in whole if score.about["asked"]],
        "filmed as asked, walks left out": [
            (score, read) for score, read in whole if score.about["asked"] and score.about["exam"] != "walk"
        ],
    }
    for score, read in whole:
        found.setdefault(read.motion.replace("_", " "), []).append((score, read))
    for score, read in whole:
        found.setdefault(str(score.about["exam"]).replace("_", " "), []).append((score, read))
    return found


def figures(readings: Sequence[Reading]) -> Answer:
    """Coverage and width of what was told, share of what was not, and why."""
    told = [(score.body, read) for score, read in readings if read.told]
    bodies = [body for body, _ in told]
    halves = np.array([(read.high_deg - read.low_deg) / 2 for _, read in told])
    return {
        "covered_share": share([read.covered for _, read in told], bodies).rounded(3),
        "cannot_tell_share": share([not read.told for _, read in readings], [s.body for s, _ in readings]).rounded(
            3
        ),
        "half_width_deg": figure(halves, bodies, lambda v: float(np.median(v)) if v.size else np.nan).rounded(),
        "reasons": dict(reasons(readings)),
    }


def reasons(readings: Sequence[Reading]) -> list[tuple[str, int]]:
    """The commonest first reasons of *cannot tell*, by their first words, numbers and sides left out."""
    first = [PARTICULAR.sub("…", read.reasons[0]).split()[:REASON_WORDS] for _, read in readings if not read.told]
    return Counter(" ".join(words) for words in first).most_common(REASONS_SHOWN)


def answer(plan: str, models: list[str]) -> Answer:
    """By model and kind."""
    return {
        model: {name: figures(readings) for name, readings in kinds(scores_of(plan, model)).items()}
        for model in models
    }


def draw(found: Answer, path: Path) -> None:
    """Coverage of each kind of the first model."""
    draw_groups(
        {"intervals that hold": next(iter(found.values()))},
        "covered_share",
        "share of intervals",
        path,
        target=LEVEL,
    )


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
