"""The model-error table of the instrument, made from readings of the development and validation sets.

``python -m calibration model-error --models heavy --models full`` commits the readings of those models
(``results/model_error.csv``) and makes ``rom/exam/uncertainty.csv`` from all that are committed. The report set is
never used here: it is what the table's intervals are tested on.

A row holds the middle and the half-width of the band in which 95 of 100 errors lie, with the finite-sample
quantiles of split conformal prediction (Vovk; Lei 2018): the next recording's error lies in it with at least that
probability, as long as it is filmed like these. A condition gets a row of its own only where enough readings speak
for it.
"""

import csv
import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path

import numpy as np

import rom
from calibration.studies.committed import scores_of
from calibration.tables import RESULTS
from rom.exam.repetitions import DIRECTION
from rom.exam.uncertainty import ANY, Z95, ModelError, model_errors
from rom.pose.models import model_file
from rom.records import MOTIONS, Floats, Motion

TABLE = Path(rom.__file__).parent / "exam" / "uncertainty.csv"
READINGS = RESULTS / "model_error.csv"
#: The leg landmarker learned from other pictures of the development set's bodies: the validation set, which it
#: never saw, speaks for it alone wherever it holds enough recordings.
SETS = ("development", "validation")
UNSEEN = "validation"
#: With fewer readings the 97.5th percentile of the next one is beyond the largest seen: (n + 1) * 0.975 <= n.
READINGS_MIN = 39
#: Kinds of footwear, and bands of the view angle and of the foot's length, that may get rows of their own.
FOOTWEAR_BANDS = ("", "bare", "sock", "shoe")
VIEW_BANDS = (ANY, (0.0, 12.0), (12.0, 35.0))
#: What the pose model says of its own readings; only the leg landmarker does.
DOUBT_BANDS = (
    ANY,
    (0.0, 1.75),
    (1.75, 2.0),
    (2.0, 2.25),
    (2.25, 2.5),
    (2.5, 3.0),
    (3.0, 4.0),
    (4.0, float("inf")),
)
#: How a movement may have ended; the first stands for any, where that is not known.
ENDS = ("", "held", "passed")
#: Recordings without which a kind of end has no rows of its own, and without which the unseen set does not speak
#: alone: the 95th percentile of the next one is then beyond the largest seen.
RECORDINGS_MIN, RECORDINGS_ALONE = 10, 19
FOOT_BANDS = (ANY, (0.0, 100.0), (100.0, float("inf")))


@dataclass(frozen=True)
class TableReading:
    """One reading that the table is made from: its error, and how the instrument itself saw the leg.

    `view_deg`, `foot_px`, `sd_deg`, `own_sd_deg`, `doubt_deg` as in `readings.score.MotionScore`, NaN if unknown.
    """

    model: str
    set: str
    recording: str
    body: str
    footwear: str
    motion: Motion
    error_deg: float
    view_deg: float
    foot_px: float
    sd_deg: float
    own_sd_deg: float
    doubt_deg: float
    ends: str = ""


def gather(models: Sequence[str]) -> list[TableReading]:
    """What these models read in the development and validation sets, from the work folder."""
    return [
        TableReading(
            model=model_file(model).info.name,
            set=name,
            recording=score.name,
            body=score.body,
            footwear=str(score.about["footwear"]),
            motion=read.motion,
            error_deg=round(read.error_deg, 3),
            view_deg=round(read.view_deg, 2),
            foot_px=round(read.foot_px, 1),
            sd_deg=round(read.sd_deg, 3),
            own_sd_deg=round(read.own_sd_deg, 3),
            doubt_deg=round(read.doubt_deg, 2),
            ends=read.ends,
        )
        for model in models
        for name in SETS
        for score in scores_of(name, model)
        for read in score.motions
        if read.told
    ]


def write_readings(readings: Sequence[TableReading], path: Path = READINGS) -> None:
    """Commit readings; those of other models stay."""
    new = {reading.model for reading in readings}
    kept = [reading for reading in read_readings(path) if reading.model not in new]
    every = sorted([*kept, *readings], key=lambda r: (r.model, r.set, r.recording, r.motion))
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([field.name for field in fields(TableReading)])
        table.writerows(dataclasses.astuple(reading) for reading in every)


def read_readings(path: Path = READINGS) -> list[TableReading]:
    """The committed readings; none where there is no file yet."""
    if not path.exists():
        return []
    numbers = {field.name for field in fields(TableReading) if field.type is float}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        TableReading(**{name: float(cell) if name in numbers else cell for name, cell in row.items()})  # type: ignore[arg-type]
        for row in rows
    ]


def table_rows(readings: Sequence[TableReading]) -> list[ModelError]:
    """All rows that readings make: a model and motion without enough of them gets none."""
    models = {r.model: [other for other in readings if other.model == r.model] for r in readings}
    rows = []
    for model in sorted(models):
        doubts = all(np.isfinite(r.doubt_deg) for r in models[model])
        rows += doubt_rows(models[model]) if doubts else condition_rows(models[model])
    return rows


def condition_rows(readings: Sequence[TableReading]) -> list[ModelError]:
    """Rows of a model that does not say how sure it is: by view, foot size and footwear."""
    rows = []
    for motion, view, foot, footwear in product(MOTIONS, VIEW_BANDS, FOOT_BANDS, FOOTWEAR_BANDS):
        probe = ModelError(readings[0].model, motion, 0.0, 0.0, 0.0, view_deg=view, foot_px=foot, footwear=footwear)
        held = [r for r in readings if r.motion == motion]
        held = [r for r in held if probe.holds(r.view_deg, r.foot_px, r.footwear)]
        if len(held) >= READINGS_MIN:
            rows.append(_row(probe, held))
    return rows


def doubt_rows(readings: Sequence[TableReading]) -> list[ModelError]:
    """Rows of a model that says how sure it is: by its own doubt, both motions speaking for each other.

    It reads one angle at both ends, so an error towards dorsiflexion counts as one at either. Ends that were held
    and ends that were only passed, as in a walk, are read differently well, and have rows of their own.
    """
    if len(readings) < READINGS_MIN:
        return []
    return [row for ends in ENDS for row in _doubt_rows(readings, ends)]


def _doubt_rows(readings: Sequence[TableReading], ends: str) -> list[ModelError]:
    """The rows of one kind of end; ``""`` is any.

    Errors are measured in the model's own doubt (normalised split conformal prediction: Papadopoulos 2002, Lei
    2018), so that all readings tell how many doubts hold 95 of 100, and each band of doubt gets so many of its own.
    What can be exchanged for another is a recording, whose readings err together: the worst of each counts. With
    fewer than 19 recordings that is the worst of all.
    """
    own = [r for r in readings if ends in ("", r.ends)]
    unseen = [r for r in own if r.set == UNSEEN]
    own = unseen if len({r.recording for r in unseen}) >= RECORDINGS_ALONE else own
    toward = np.array([DIRECTION[r.motion] * r.error_deg for r in own])
    if len({r.recording for r in own}) < RECORDINGS_MIN:
        return []
    bias = float(np.median(toward))
    worst: dict[str, float] = {}
    for read, off_by in zip(own, np.abs(toward - bias) / [r.doubt_deg for r in own], strict=True):
        worst[read.recording] = max(worst.get(read.recording, 0.0), float(off_by))
    off = np.sort(list(worst.values()))
    doubts = float(off[min(int(np.ceil((len(off) + 1) * 0.95)), len(off)) - 1])
    rows = []
    for motion, band in product(MOTIONS, DOUBT_BANDS):
        probe = ModelError(readings[0].model, motion, 0.0, 0.0, 0.0, doubt_deg=band, ends=ends)
        within = [r for r in own if band[0] <= r.doubt_deg < band[1]]
        if within:
            sd = doubts * float(np.mean([r.doubt_deg for r in within])) / Z95
            row = _row(probe, within)
            rows.append(dataclasses.replace(row, bias_deg=round(DIRECTION[motion] * bias, 2), sd_deg=round(sd, 2)))
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


def _row(probe: ModelError, readings: Sequence[TableReading]) -> ModelError:
    """The row that these readings make, under the conditions of the probe."""
    bias, sd = error_band([read.error_deg for read in readings])
    spreads: Floats = np.array([read.sd_deg for read in readings])
    return dataclasses.replace(
        probe,
        bias_deg=round(bias, 2),
        sd_deg=round(sd, 2),
        repetition_sd_deg=round(float(np.nanmedian(spreads)), 2) if np.isfinite(spreads).any() else 1.5,
        own_sd_deg=round(float(np.nanmedian([read.own_sd_deg for read in readings])), 2),
        readings=len(readings),
        bodies=len({read.body for read in readings}),
        source=f"rendered people, {_sets_in_words({read.set for read in readings})}",
    )


def _sets_in_words(names: set[str]) -> str:
    """The sets that a row was made from."""
    return f"{' and '.join(sorted(names))} set{'s' if len(names) > 1 else ''}"


def table_text(rows: Sequence[ModelError]) -> str:
    """The table as CSV: rows of measured models, then the placeholders of the others."""
    measured = {(row.model, row.motion) for row in rows}
    kept = [row for row in model_errors() if row.placeholder and (row.model, row.motion) not in measured]
    text = io.StringIO()
    table = csv.DictWriter(text, list(_cells(model_errors()[0])), lineterminator="\n")
    table.writeheader()
    table.writerows(_cells(row) for row in (*rows, *kept))
    return text.getvalue()


def write_table(path: Path = TABLE) -> None:
    """Make the instrument's table from the committed readings."""
    path.write_text(table_text(table_rows(read_readings())), encoding="utf-8")


def _cells(row: ModelError) -> dict[str, str]:
    """One line of the table."""
    ends = {"view_from_deg": row.view_deg[0], "view_to_deg": row.view_deg[1]}
    ends |= {"doubt_from_deg": row.doubt_deg[0], "doubt_to_deg": row.doubt_deg[1]}
    ends |= {"foot_from_px": row.foot_px[0], "foot_to_px": row.foot_px[1]}
    return {
        "model": row.model,
        "motion": row.motion,
        **{name: f"{end:g}" if np.isfinite(end) else "" for name, end in ends.items()},
        "footwear": row.footwear,
        "ends": row.ends,
        "bias_deg": str(row.bias_deg),
        "sd_deg": str(row.sd_deg),
        "own_sd_deg": str(row.own_sd_deg),
        "repetition_sd_deg": str(row.repetition_sd_deg),
        "readings": str(row.readings),
        "bodies": str(row.bodies or ""),
        "placeholder": "yes" if row.placeholder else "no",
        "source": row.source,
    }
