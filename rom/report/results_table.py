"""A visit as a table for other programs: one row a motion of a side, as CSV."""

import csv
from io import StringIO

from rom.exam.visit import ranges_of
from rom.records import Examination, MotionResult, Visit
from rom.report.corrections import automatic_of

COLUMNS = (
    "day",
    "protocol",
    "moved_by",
    "footwear",
    "side",
    "motion",
    "status",
    "value_deg",
    "ci95_low_deg",
    "ci95_high_deg",
    "best_deg",
    "sd_deg",
    "from_neutral_deg",
    "automatic_deg",
    "repetitions_used",
    "quality",
    "reasons",
    "finding",
    "version",
    "model",
)


def results_csv(visit: Visit) -> str:
    """Every motion of today's recordings; an empty cell is a missing value, degrees are to a tenth.

    Each motion is positive in its own direction. `finding` : what its number says among people, in a sentence.
    `automatic_deg` : what was measured before somebody corrected it; empty where nobody did.
    """
    text = StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for exam in visit.exams:
        rows.writerows(_cells(exam, result) for result in exam.results)
    return text.getvalue()


def _cells(exam: Examination, result: MotionResult) -> list[str]:
    """One row."""
    low, high = result.ci95_deg or (None, None)
    before = automatic_of(exam, result)
    automatic_deg = None if before is None else before.value_deg
    numbers = (result.value_deg, low, high, result.best_deg, result.sd_deg, result.from_neutral_deg, automatic_deg)
    return [
        exam.day,
        exam.protocol.name,
        exam.protocol.regime,
        exam.footwear,
        result.side,
        result.motion,
        result.status,
        *("" if number is None else f"{number:.1f}" for number in numbers),
        str(sum(repetition.used for repetition in result.repetitions)),
        result.quality,
        *map(text_cell, (" ".join(result.reasons), _said(exam, result), exam.version, exam.model.name)),
    ]


def _said(exam: Examination, result: MotionResult) -> str:
    """What the number says among people."""
    own = (finding for finding in ranges_of(exam, result.side) if finding.motion == result.motion)
    return next((finding.message for finding in own), "")


def text_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what was written by others may begin with one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
