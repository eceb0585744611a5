"""What every study shares: the scores it is made from, and the result it commits."""

import json
import platform
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

import rom
from calibration.readings.score import Score, score
from calibration.readings.take import landmarks_path
from calibration.recordings.plan import GENERATOR, read_plan
from calibration.report import RESULTS
from rom.pose.models import model_file


@cache
def scores_of(plan: str, model: str, renderer: str = "raster") -> tuple[Score, ...]:
    """All scores of a plan and model whose landmarks have been found."""
    rows = [row for row in read_plan(plan) if landmarks_path(row, model, renderer).exists()]
    return tuple(score(row, model, renderer) for row in rows)


def commit(name: str, question: str, plan: str, models: list[str], answer: dict[str, Any]) -> None:
    """Write ``calibration/results/NAME.json``: question, answer, and what it was made with."""
    result = {
        "question": question,
        "plan": plan,
        "recordings": {model: len(scores_of(plan, model)) for model in models},
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
