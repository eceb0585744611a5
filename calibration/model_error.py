"""The model-error table of the instrument, made from readings of the development and validation sets.

``python -m calibration model-error --models heavy --models full`` writes ``rom/exam/uncertainty.csv``. The report
set is never used here: it is what the table's intervals are tested on.

A row holds the middle and the half-width of the band in which 95 of 100 errors lie, with the finite-sample
quantiles of split conformal prediction (Vovk; Lei 2018): the next recording's error lies in it with at least that
probability, as long as it is filmed like these. A condition gets a row of its own only where enough readings speak
for it.
"""

import csv
import dataclasses
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

import rom
from calibration.readings.score import MotionScore, Score
from calibration.studies.committed import scores_of
from rom.exam.uncertainty import ANY, Z95, ModelError, model_errors
from rom.pose.models import model_file
from rom.records import MOTIONS, Floats, Motion

TABLE = Path(rom.__file__).parent / "exam" / "uncertainty.csv"
SETS = ("development", "validation")
#: With fewer readings the 97.5th percentile of the next one is beyond the largest seen: (n + 1) * 0.975 <= n.
READINGS_MIN = 39
#: Kinds of footwear, and bands of the view angle and of the foot's length, that may get rows of their own.
FOOTWEAR_BANDS = ("", "bare", "sock", "shoe")
VIEW_BANDS = (ANY, (0.0, 12.0), (12.0, 35.0))
FOOT_BANDS = (ANY, (0.0, 100.0), (100.0, float("inf")))

Reading = tuple[Score, MotionScore]


def model_rows(model: str) -> list[ModelError]:
    """All rows of one model; a motion without enough readings keeps its placeholder."""
    scores = [score for name in SETS for score in scores_of(name, model)]
    rows: list[ModelError] = []
    for motion, view, foot, footwear in product(MOTIONS, VIEW_BANDS, FOOT_BANDS, FOOTWEAR_BANDS):
        probe = dataclasses.replace(_probe(motion), view_deg=view, foot_px=foot, footwear=footwear)
        readings = _readings(scores, probe)
        if len(readings) >= READINGS_MIN:
            rows.append(_row(model, probe, readings))
    return rows


def error_band(errors: Sequence[float]) -> tuple[float, float]:
    """Middle and SD of the band that holds the next error with a probability of 95 %.

    Examples
    --------
    >>> middle, sd = error_band(list(range(-100, 101)))
    >>> round(middle, 6), round(Z95 * sd, 2)
    (0.0, 96.0)
    """
    ordered = np.sort(np.asarray(errors, dtype=float))
    count = len(ordered)
    above = int(np.ceil((count + 1) * 0.975)) - 1
    below = int(np.floor((count + 1) * 0.025)) - 1
    low, high = float(ordered[max(below, 0)]), float(ordered[min(above, count - 1)])
    return (low + high) / 2, (high - low) / 2 / Z95


def _readings(scores: Sequence[Score], probe: ModelError) -> list[Reading]:
    """Readings made under a row's conditions, as the instrument itself saw them."""
    return [
        (score, read)
        for score in scores
        for read in score.motions
        if read.motion == probe.motion
        and read.told
        and probe.holds(read.view_deg, read.foot_px, str(score.about["footwear"]))
    ]


def _probe(motion: Motion) -> ModelError:
    """A row that only knows its bands."""
    return ModelError("", motion, 0.0, 0.0, 0.0)


def _row(model: str, probe: ModelError, readings: list[Reading]) -> ModelError:
    """The row that these readings make, under the conditions of the probe."""
    bias, sd = error_band([read.error_deg for _, read in readings])
    spreads: Floats = np.array([read.sd_deg for _, read in readings])
    return dataclasses.replace(
        probe,
        model=model_file(model).info.name,
        bias_deg=round(bias, 2),
        sd_deg=round(sd, 2),
        repetition_sd_deg=round(float(np.nanmedian(spreads)), 2) if np.isfinite(spreads).any() else 1.5,
        own_sd_deg=round(float(np.nanmedian([read.own_sd_deg for _, read in readings])), 2),
        readings=len(readings),
        bodies=len({score.body for score, _ in readings}),
        source="rendered people, development and validation sets",
    )


def write_table(rows: Sequence[ModelError], path: Path = TABLE) -> None:
    """Write rows of measured models, and keep the placeholders of the others."""
    measured = {(row.model, row.motion) for row in rows}
    kept = [row for row in model_errors() if (row.model, row.motion) not in measured]
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(_cells(kept[0])), lineterminator="\n")
        table.writeheader()
        table.writerows(_cells(row) for row in (*rows, *kept))


def _cells(row: ModelError) -> dict[str, str]:
    """One line of the table."""
    ends = {"view_from_deg": row.view_deg[0], "view_to_deg": row.view_deg[1]}
    ends |= {"foot_from_px": row.foot_px[0], "foot_to_px": row.foot_px[1]}
    return {
        "model": row.model,
        "motion": row.motion,
        **{name: f"{end:g}" if np.isfinite(end) else "" for name, end in ends.items()},
        "footwear": row.footwear,
        "bias_deg": str(row.bias_deg),
        "sd_deg": str(row.sd_deg),
        "own_sd_deg": str(row.own_sd_deg),
        "repetition_sd_deg": str(row.repetition_sd_deg),
        "readings": str(row.readings),
        "bodies": str(row.bodies or ""),
        "placeholder": "yes" if row.placeholder else "no",
        "source": row.source,
    }
