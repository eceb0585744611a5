"""Does the angle follow the motion laboratory's? Markers of walking people against Plug-in Gait.

Three people stood still and walked past motion-capture cameras (C3D files published with biomechZoo,
Apache-2.0). The laboratory's model gives the ankle angle of each leg in three dimensions, from joint
centres and a static trial. This study draws four markers of the same leg (KNE, ANK, HEE, TOE) on the
plane of progression, as a camera square to the walk would, reads the angle with `rom.geometry`, and
compares the two frame by frame.

The two angles differ by a constant of each leg: the heel-to-toe marker line rises forward (the toe
marker sits on top of the second metatarsal head, the heel marker low), and the model's foot axis starts
at the ankle. The constant is measured in the *standing* trial and used on the *walking* trial, never
fitted to the walk. In the standing trial "forward" is the mean heel-to-toe direction of both feet.

Run from the checkout: `python -m calibration.studies.plug_in_gait [--motion DIR] [--json FILE]`.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from calibration.studies.pictures import draw_groups
from rom.geometry import dorsiflexion_from_points, facing_from_track, points_on_plane, progression_from_path
from rom.pose.c3d import points_by_label

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
Trial: TypeAlias = Mapping[str, FloatArray]
"""Marker or model output -> (T, 3); millimetres for markers, degrees for angles."""

CHECKOUT: Final = Path(__file__).parents[2]
MOTION: Final = CHECKOUT.parent / "shared" / "motion"
RESULT: Final = CHECKOUT / "calibration" / "results" / "plug_in_gait.json"

MARKERS: Final = ("KNE", "ANK", "HEE", "TOE")  # in the order of rom.geometry.ANKLE_LANDMARKS
PERSON_CHARACTERS: Final = 5  # HC030A05.c3d is trial A05 of person HC030
STANDING_MM: Final = 100.0  # a sacrum that travels less than this stands; a walk past the cameras is metres

MIN_CORRELATION: Final = 0.95  # bars of the project, every leg
MAX_SD_DEG: Final = 2.5
MAX_RMSE_DEG: Final = 4.5


@dataclass(frozen=True)
class LegAgreement:
    """Reading of `rom.geometry` against the model's ankle angle, one leg of one person, walking."""

    person: str
    leg: str
    frames: int
    correlation: float
    sd_deg: float  # of the difference reading - model, walking
    standing_offset_deg: float  # median of reading - model, standing
    mean_difference_deg: float  # reading - model, walking, before the offset
    rmse_deg: float  # walking, after taking away the standing offset
    model_range_deg: float  # how far the ankle moved: what the other numbers are to be compared with
    facing_share: float  # share of walking frames that agree on the facing

    @property
    def passes(self) -> bool:
        """Whether the leg is within every bar."""
        return self.correlation > MIN_CORRELATION and self.sd_deg < MAX_SD_DEG and self.rmse_deg < MAX_RMSE_DEG


def read_trial(path: Path) -> Trial:
    """All points of a C3D file by label, NaN where the cameras lost one."""
    return points_by_label(path)[1]


def trials_by_person(folder: Path) -> dict[str, tuple[Trial, Trial]]:
    """Standing and walking trial of each person in a folder, told apart by how far the sacrum travels."""
    found: dict[str, dict[bool, Trial]] = defaultdict(dict)
    for path in sorted(folder.glob("*.c3d")):
        trial = read_trial(path)
        walks = bool(np.linalg.norm(np.nanmax(trial["SACR"], 0) - np.nanmin(trial["SACR"], 0)) > STANDING_MM)
        person = path.stem[:PERSON_CHARACTERS]
        if walks in found[person]:
            raise ValueError(f"expected one standing and one walking trial of {person}; {path.name} is more.")
        found[person][walks] = trial
    for person, trials in found.items():
        if len(trials) != 2:
            raise ValueError(f"expected a standing and a walking trial of {person}; one of them is missing.")
    return {person: (trials[False], trials[True]) for person, trials in found.items()}


def reading_deg(trial: Trial, leg: str, forward: FloatArray) -> tuple[FloatArray, float]:
    """Ankle angle (T,) of one leg drawn on the plane of `forward`, and the share agreeing on its facing."""
    landmarks = np.stack([trial[leg + marker] for marker in MARKERS], axis=-2)
    drawn = points_on_plane(landmarks, forward)
    facing, share = facing_from_track(drawn)
    return dorsiflexion_from_points(drawn, facing), float(share)


def leg_agreement(person: str, leg: str, standing: Trial, walking: Trial) -> LegAgreement:
    """Compare one leg: constant from standing, everything else from walking. NaN frames are left out."""
    feet = [standing[side + "TOE"] - standing[side + "HEE"] for side in "LR"]
    stood_deg, _ = reading_deg(standing, leg, np.nanmean(feet, axis=(0, 1)))
    offset_deg = float(np.nanmedian(stood_deg - standing[leg + "AnkleAngles"][:, 0]))

    walked_deg, share = reading_deg(walking, leg, progression_from_path(walking["SACR"]))
    model_deg = walking[leg + "AnkleAngles"][:, 0]
    seen = np.isfinite(walked_deg) & np.isfinite(model_deg)
    difference_deg = (walked_deg - model_deg)[seen]
    return LegAgreement(
        person=person,
        leg=leg,
        frames=int(seen.sum()),
        correlation=float(np.corrcoef(walked_deg[seen], model_deg[seen])[0, 1]),
        sd_deg=float(np.std(difference_deg, ddof=1)),
        standing_offset_deg=offset_deg,
        mean_difference_deg=float(np.mean(difference_deg)),
        rmse_deg=float(np.sqrt(np.mean((difference_deg - offset_deg) ** 2))),
        model_range_deg=float(np.ptp(model_deg[seen])),
        facing_share=share,
    )


def agreement(folder: Path = MOTION) -> list[LegAgreement]:
    """Every leg of every person in the folder, sorted by person and leg."""
    return [
        leg_agreement(person, leg, standing, walking)
        for person, (standing, walking) in sorted(trials_by_person(folder).items())
        for leg in "LR"
    ]


def report(legs: list[LegAgreement]) -> dict[str, Any]:
    """Result as it is written to JSON: bars, values of each leg, versions, date."""
    rounded = [
        {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(leg).items()}
        for leg in legs
    ]
    return {
        "study": "rom.geometry on Plug-in Gait markers against the model's ankle angle",
        "bars": {
            "correlation_above": MIN_CORRELATION,
            "sd_below_deg": MAX_SD_DEG,
            "rmse_below_deg": MAX_RMSE_DEG,
        },
        "passes": all(leg.passes for leg in legs),
        "n_legs": len(legs),
        "n_frames": sum(leg.frames for leg in legs),
        "legs": rounded,
        "versions": {name: version(name) for name in ("numpy", "ezc3d")},
        "date": datetime.now(UTC).date().isoformat(),
    }


def main(words: Sequence[str] | None = None) -> None:
    """Run the study, print a line a leg, write the result."""
    parser = argparse.ArgumentParser(description="rom.geometry against Plug-in Gait")
    parser.add_argument("--motion", type=Path, default=MOTION, help="folder of C3D files")
    parser.add_argument("--json", type=Path, default=RESULT, help="where the result goes")
    arguments = parser.parse_args(words)
    legs = agreement(arguments.motion)
    for leg in legs:
        print(
            f"{leg.person} {leg.leg}  n {leg.frames}  r {leg.correlation:.3f}  SD {leg.sd_deg:.2f}  "
            f"offset {leg.standing_offset_deg:.1f}  RMSE {leg.rmse_deg:.2f} deg  "
            f"{'ok' if leg.passes else 'NOT within the bars'}"
        )
    arguments.json.write_text(json.dumps(report(legs), indent=2) + "\n", encoding="utf-8")
    draw_groups(
        {"Plug-in Gait": {f"{leg.person} {leg.leg}": _figure(leg) for leg in legs}},
        "rmse_deg",
        "RMSE after the standing offset, degrees",
        arguments.json.with_suffix(".png"),
        target=MAX_RMSE_DEG,
    )


def _figure(leg: LegAgreement) -> dict[str, dict[str, float | int | None]]:
    """A leg's error as the pictures take it; one walk has no interval."""
    return {"rmse_deg": {"value": leg.rmse_deg, "low": None, "high": None, "n": leg.frames}}


if __name__ == "__main__":
    main()
