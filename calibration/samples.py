"""The samples that ship with the instrument, made from their rendered recordings and readings.

``python -m calibration samples`` renders and reads what is missing of the plan `samples`, and writes the folder
`samples/`: recording, what is true of it, and the landmarks that the default model found.
"""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import rom
from calibration.readings.score import ASKED, SIDES, true_motion_deg
from calibration.readings.take import film_path, landmarks_path, take_readings
from calibration.recordings.make import render_recordings
from calibration.recordings.plan import Recording, read_plan
from calibration.studies.committed import INSTRUMENT
from rom.pose.recorded import SUFFIX, load_people, save_people
from rom.selftest import frames_per_s

SAMPLES = Path(__file__).parents[1] / "samples"
#: What happens, by exam; the person comes before it.
DONE = {
    "seated": "sits, the {side} leg held out; pulls the foot up, points it",
    "long_sitting": "sits on a couch, the {side} leg stretched out; pulls the foot up, points it",
    "lunge": "stands with the hands on a wall, the {side} foot in front, and brings the knee forward",
    "heel_raise": "stands, and raises the heels",
    "walk": "walks past the camera, the {side} side towards it",
}
PROTOCOLS = {"long_sitting": "long-sit", "heel_raise": "heel-raise"}


def make_samples(report: Callable[[str], None] = print) -> None:
    """Render, read, and write every sample."""
    render_recordings("samples", report=report)
    take_readings("samples", INSTRUMENT, report=report)
    for row in read_plan("samples"):
        shutil.copyfile(film_path(row), SAMPLES / f"{row.name}.mp4")
        ship_landmarks(landmarks_path(row, INSTRUMENT), SAMPLES / f"{row.name}{SUFFIX}")
        told = sidecar(row)
        (SAMPLES / f"{row.name}.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        report(f"{row.name}: {told['truth']}")


def ship_landmarks(kept: Path, target: Path) -> None:
    """Copy stored landmarks; the recording is named without the folder that it was rendered in."""
    found = load_people(kept)
    name = target.name.removesuffix(SUFFIX) + ".mp4"
    info = replace(found.info, source=name, kind="video", notes=found.info.notes[:-1])  # as when it was watched
    save_people(target, replace(found, info=info))


def sidecar(row: Recording) -> dict[str, Any]:
    """What is true of a sample, for its users."""
    known = json.loads(film_path(row).with_suffix(".json").read_text(encoding="utf-8"))
    with film_path(row).with_suffix(".csv").open(newline="") as file:
        table = [(float(line["time_s"]), float(line["clinical_deg"])) for line in csv.DictReader(file)]
    time_s, angle = np.array(table).T
    person, camera = known["person"], known["camera"]
    return {
        "recording": f"{row.name}.mp4",
        "description": f"{_who(person)} {DONE[row.exam].format(side=SIDES[row.side])}.",
        "protocol": PROTOCOLS.get(row.exam, row.exam),
        "side": SIDES[row.side],
        "made_by": "rendered from a parametric body; every angle is planted, nothing was measured",
        "plan": "calibration/plans/samples.csv",
        "truth": {
            "angle": "clinical line angle: fibular head to lateral malleolus against plantar heel contact point to "
            "plantar point under the fifth metatarsal head, in 3D; 0 where perpendicular, dorsiflexion positive",
            **{f"{motion}_deg": round(true_motion_deg(time_s, angle, motion), 2) for motion in ASKED[row.exam]},
        },
        "camera": {
            "yaw_deg": known["view"]["body_yaw_deg"],
            "distance_m": camera["distance_to_ankle_m"],
            "width_px": row.width,
            "height_px": row.height,
            "foot_px": known["foot_px"],
        },
        "person": {name: person[name] for name in ("age_years", "sex", "stature_m")},
        "footwear": row.footwear,
        "frames_per_s": round(frames_per_s(rom.measure(film_path(row), side=SIDES[row.side])), 1),
        "time_s": [round(float(t), 4) for t in time_s],
        "angle_deg": [round(float(a), 3) for a in angle],
    }


def _who(person: dict[str, Any]) -> str:
    """The person in words."""
    years, female = round(float(person["age_years"])), person["sex"] == "f"
    kind = ("girl" if female else "boy") if years < 16 else "woman" if female else "man"
    return f"A {kind} of {years}"
