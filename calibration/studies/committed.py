"""What every study shares: the scores it is made from, and the result and picture it commits."""

import argparse
import json
import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import rom
from calibration.readings.score import Score, score
from calibration.readings.take import is_read
from calibration.recordings.plan import GENERATOR, read_plan
from calibration.tables import RESULTS
from rom.pose.models import model_file

#: The model that the instrument uses unless told otherwise: whose figures the documents show.
INSTRUMENT = "leg"


@cache
def scores_of(plan: str, model: str, renderer: str = "raster") -> tuple[Score, ...]:
    """All scores of a plan and model whose landmarks have been found."""
    rows = [row for row in read_plan(plan) if is_read(row, model, renderer)]
    return tuple(score(row, model, renderer) for row in rows)


Answer = dict[str, Any]


def run(
    words: Sequence[str] | None,
    *,
    name: str,
    question: str,
    answer: Callable[[str, list[str]], Answer],
    draw: Callable[[Answer, Path], None] | None = None,
    models: Sequence[str] = (INSTRUMENT,),
    plan: str = "report",
) -> None:
    """Answer one question from the command line, and commit the answer and its picture.

    Parameters
    ----------
    words : the command line; of the process when None.
    answer : makes the answer from the names of a plan and of models.
    draw : draws the answer into a PNG file.
    models, plan : what is asked when the command line does not say.
    """
    parser = argparse.ArgumentParser(description=question)
    parser.add_argument("--plan", default=plan)
    parser.add_argument("--models", nargs="+", default=list(models))
    given = parser.parse_args(words)
    found = answer(given.plan, given.models)
    if draw is not None:
        draw(found, RESULTS / f"{name}.png")
    commit(name, question, given.plan, given.models, found)


def commit(name: str, question: str, plan: str | None, models: list[str], answer: dict[str, Any]) -> None:
    """Write ``calibration/results/NAME.json``: question, answer, and what it was made with."""
    result = {
        "question": question,
        "plan": plan,
        "recordings": {} if plan is None else {model: len(scores_of(plan, model)) for model in models},
        "answer": answer,
        "made_with": {
            "rom": rom.__version__,
            "generator": GENERATOR,
            "models": {model: model_file(model).sha256 for model in models},
            "numpy": version("numpy"),
            "mediapipe": version("mediapipe"),
            "python": platform.python_version(),
        },
        "date": datetime.now(UTC).date().isoformat(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
