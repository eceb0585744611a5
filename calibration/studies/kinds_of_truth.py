"""How the angle that is held to be true differs from the joint's rotation and from what a picture shows.

``python -m calibration study kinds-of-truth``

From the planted truth alone; no instrument has a part in it. Each is compared with the clinical line angle, frame
by frame: its gain (slope on the clinical angle) and its constant (difference where the clinical angle is 0).
"""

import csv
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure, slope
from calibration.readings.take import film_path
from calibration.recordings.plan import Recording, filmed_as_asked, read_plan
from calibration.studies.committed import Answer, run
from calibration.studies.pictures import draw_groups
from rom.records import Floats

NAME = "kinds_of_truth"
QUESTION = "How does the angle held to be true differ from the joint's rotation and from what a picture shows?"
KINDS = {
    "joint_deg": "the rig's joint rotation",
    "space_deg": "the same lines, angle in space",
    "side_deg": "the same lines, seen exactly side-on",
    "skin_deg": "points on the skin inside a shoe",
    "image_deg": "the same lines in the picture, filmed as asked",
}


def gain_and_constant(clinical: Floats, other: Floats) -> tuple[float, float]:
    """Slope of the other angle on the clinical one, and its value where the clinical one is 0.

    Examples
    --------
    >>> gain_and_constant(np.array([0.0, 10.0]), np.array([3.0, 12.0]))
    (0.9, 3.0)
    """
    gain = slope(np.column_stack([clinical, other]))
    return gain, float(np.mean(other) - gain * np.mean(clinical))


def figures(rows: Sequence[Recording], kind: str) -> Answer:
    """Gain, constant, and their spread between bodies."""
    pairs = []
    for row in rows:
        with film_path(row).with_suffix(".csv").open(newline="") as file:
            table = np.array([(float(r["clinical_deg"]), float(r[kind])) for r in csv.DictReader(file)])
        pairs.append(gain_and_constant(table[:, 0], table[:, 1]))
    found, bodies = np.array(pairs), [row.body for row in rows]
    return {
        "gain": figure(found[:, 0], bodies).rounded(3),
        "constant_deg": figure(found[:, 1], bodies).rounded(),
        "constant_sd_deg": figure(found[:, 1], bodies, lambda v: float(np.std(v, ddof=1))).rounded(),
    }


def answer(plan: str, models: list[str]) -> Answer:
    """By kind of angle; models have no part in it."""
    del models
    rows = [row for row in read_plan(plan) if film_path(row).with_suffix(".json").exists()]
    asked = [row for row in rows if filmed_as_asked(row)]  # a picture from elsewhere can show any angle
    found = {said: figures(asked if kind == "image_deg" else rows, kind) for kind, said in KINDS.items()}
    return {"recordings": len(rows), **found}


def draw(found: Answer, path: Path) -> None:
    """The constants with their intervals."""
    kinds = {name: figures for name, figures in found.items() if name != "recordings"}
    draw_groups({"against the clinical line angle": kinds}, "constant_deg", "constant, degrees", path, target=0.0)


main = partial(run, name=NAME, question=QUESTION, answer=answer, draw=draw)

if __name__ == "__main__":
    main(None)
