"""Whether steps are found when they happen, and whether the curve of a walk looks like those published.

``python -m calibration study gait [--motion DIR] [--results DIR] [--plan NAME]``

Three answers, each a table in ``calibration/results/gait``:

* ``events.csv``: the landings and toe-offs of three published walks (C3D files of biomechZoo, Apache-2.0) against
  the files' own events, in ms, ours beside two other methods. The files' events agree with their force plates.
* ``curves.csv``: the ankle curve of those walks beside the published curves of like speed. The angle is the one our
  definition gives on markers; nothing is taken away before the share inside the band is counted.
* ``rendered.csv``: the rendered walks as the instrument read them, beside the planted cadence
  and the planted angle over the same strides. The moment of contact is not planted. The checks on strides were made
  on these walks too: that so few wrong ones are left is no independent finding.
"""

import argparse
import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

import rom
from calibration.readings.score import SIDES as SIDE_NAMES
from calibration.readings.take import film_path, is_read, landmarks_path
from calibration.recordings.plan import Recording, read_plan
from calibration.studies.plug_in_gait import (
    MOTION,
    PERSON_CHARACTERS,
    STANDING_MM,
    FloatArray,
    Trial,
    read_trial,
    reading_deg,
)
from calibration.tables import RESULTS
from rom.exam.gait import Walker, gait_of, walk
from rom.exam.gait_curves import published_curves
from rom.exam.gait_events import foot_events
from rom.geometry import progression_from_path
from rom.records import Floats, Gait, GaitEvents, Side
from rom.settings import Settings
from rom.tracks.smoothing import smooth

FOLDER = RESULTS / "gait"
#: The bar of the project: events lie within this of the files' own.
BAR_MS = 30.0
KINDS = {"Foot Strike": "initial contact", "Foot Off": "toe-off"}
MM_PER_M = 1000.0


@dataclass(frozen=True)
class EventError:
    """One event of a file, and how far off each method puts it: ours minus the file's, ms."""

    trial: str
    leg: str
    event: str
    file_s: float
    ours_ms: float
    zeni_ms: float
    oconnor_ms: float


@dataclass(frozen=True)
class CurveFigures:
    """One leg of one walk beside one published curve."""

    trial: str
    leg: str
    strides: int
    speed: float
    curve: str
    offset_deg: float
    share_inside: float
    share_inside_shape: float
    rmse_shape_deg: float
    peak_stance_dorsiflexion_deg: float
    push_off_plantar_flexion_deg: float
    cadence_steps_min: float
    stance_share: float
    step_asymmetry_percent: float


@dataclass(frozen=True)
class RenderedWalk:
    """One rendered walk as it was read.

    `stride_ratio_min`, `stride_ratio_max` : shortest and longest stride found over the planted one; 1 is right.
    `peak_error_deg`, `push_off_error_deg` : read minus planted, over the same strides.
    """

    recording: str
    rate_hz: float
    strides: int
    stride_ratio_min: float
    stride_ratio_max: float
    peak_error_deg: float
    push_off_error_deg: float
    step_asymmetry_percent: float
    reason: str


@dataclass(frozen=True)
class Walk:
    """A published walk: its points, times from the first picture, leg lengths in mm, and its own events."""

    name: str
    trial: Trial
    time_s: Floats
    leg_mm: Mapping[str, float]
    events: tuple[tuple[str, str, float], ...]

    @property
    def forward(self) -> FloatArray:
        """The direction of the walk."""
        return progression_from_path(self.trial["SACR"])

    def place(self, marker: str) -> Floats:
        """(T, 2) how far forward and how high a marker is, mm, low-passed."""
        points = self.trial[marker]
        flat = np.column_stack([points @ self.forward, points[:, 2]])
        return smooth(self.time_s, flat, Settings().cutoff_hz)


def read_walk(path: Path) -> Walk:
    """A C3D file with its events."""
    import ezc3d

    content = ezc3d.c3d(str(path))
    rate_hz, first = (content["header"]["points"][key] for key in ("frame_rate", "first_frame"))
    event, size = content["parameters"]["EVENT"], content["parameters"]["PROCESSING"]
    trial = read_trial(path)
    told = zip(event["CONTEXTS"]["value"], event["LABELS"]["value"], event["TIMES"]["value"][1], strict=True)
    return Walk(
        name=path.stem,
        trial=trial,
        time_s=np.arange(len(trial["SACR"])) / rate_hz,
        leg_mm={leg: float(size[f"{leg}LegLength"]["value"][0]) for leg in "LR"},
        events=tuple((foot[0], KINDS[label], float(at) - first / rate_hz) for foot, label, at in told),
    )


def walks(folder: Path) -> list[Walk]:
    """The walking trials of a folder, in order of name."""
    found = []
    for path in sorted(folder.glob("*.c3d")):
        sacrum = read_trial(path)["SACR"]
        if np.linalg.norm(np.nanmax(sacrum, 0) - np.nanmin(sacrum, 0)) > STANDING_MM:
            found.append(read_walk(path))
    return found


def our_events(walked: Walk) -> dict[Side, GaitEvents]:
    """Both feet, from the heel and toe markers alone."""
    shot = np.zeros(len(walked.time_s), dtype=int)
    gap_s = Settings().gap_s
    return {
        side: foot_events(
            side, walked.time_s, shot, walked.place(leg + "HEE")[:, 0], walked.place(leg + "TOE")[:, 0], gap_s
        )
        for leg, side in SIDE_NAMES.items()
    }


def event_errors(walked: Walk) -> list[EventError]:
    """Every event of the file."""
    ours = our_events(walked)
    errors = []
    for leg, event, at_s in sorted(walked.events):
        own = ours[SIDE_NAMES[leg]]
        found_s = own.initial_contact_s if event == "initial contact" else own.toe_off_s
        others = (zeni_s(walked, leg, event), oconnor_s(walked, leg, event))
        errors.append(
            EventError(walked.name, leg, event, at_s, *(_nearest_ms(t, at_s) for t in (found_s, *others)))
        )
    return errors


def zeni_s(walked: Walk, leg: str, event: str) -> Floats:
    """Heel farthest before the sacrum, toe farthest behind it (Zeni et al., Gait Posture 2008;27:710-4)."""
    marker, sign = ("HEE", 1.0) if event == "initial contact" else ("TOE", -1.0)
    ahead = walked.place(leg + marker)[:, 0] - walked.place("SACR")[:, 0]
    return _peaks_s(walked.time_s, sign * ahead, 100.0)  # mm: a step is several times as long


def oconnor_s(walked: Walk, leg: str, event: str) -> Floats:
    """The middle of the foot falling and rising fastest (O'Connor et al., Gait Posture 2007;25:469-74)."""
    height = 0.5 * (walked.place(leg + "HEE") + walked.place(leg + "TOE"))[:, 1]
    sign = -1.0 if event == "initial contact" else 1.0
    return _peaks_s(walked.time_s, sign * np.gradient(height, walked.time_s), 200.0)  # mm/s


def _peaks_s(time_s: Floats, values: Floats, prominence: float) -> Floats:
    """Times of the peaks."""
    from scipy.signal import find_peaks

    return np.asarray(time_s[find_peaks(values, prominence=prominence)[0]])


def _nearest_ms(found_s: Floats, at_s: float) -> float:
    """Error of the event nearest to a time."""
    errors = found_s - at_s
    return 1000.0 * float(errors[np.argmin(np.abs(errors))]) if errors.size else float("nan")


def gait_on_markers(walked: Walk) -> dict[str, Gait]:
    """By leg, the walk as the markers show it."""
    events = our_events(walked)
    found = {}
    for leg, side in SIDE_NAMES.items():
        angle, _ = reading_deg(walked.trial, leg, walked.forward)
        course = smooth(walked.time_s, np.asarray(angle), Settings().cutoff_hz)
        walker = Walker(walked.leg_mm[leg], walked.leg_mm[leg] / MM_PER_M)
        told = walk({side: events[side]}, {side: (walked.time_s, course)}, events, walker)
        assert isinstance(told, Gait), told
        found[leg] = told
    return found


def curve_figures(name: str, leg: str, told: Gait) -> list[CurveFigures]:
    """One leg beside every published curve of like speed."""
    (own,) = told.legs
    return [
        CurveFigures(
            trial=name,
            leg=leg,
            strides=len(own.curves_deg),
            speed=told.speed,
            curve=beside.curve,
            offset_deg=beside.offset_deg,
            share_inside=beside.share_inside,
            share_inside_shape=beside.share_inside_shape,
            rmse_shape_deg=beside.rmse_shape_deg,
            peak_stance_dorsiflexion_deg=own.peak_stance_dorsiflexion_deg.mean,
            push_off_plantar_flexion_deg=own.push_off_plantar_flexion_deg.mean,
            cadence_steps_min=told.cadence_steps_min.mean,
            stance_share=own.stance_share.mean,
            step_asymmetry_percent=told.step_asymmetry_percent,
        )
        for beside in own.comparisons
    ]


def rendered_walk(row: Recording) -> RenderedWalk:
    """A rendered walk as it was read, the tested leg known, beside what was planted."""
    side = SIDE_NAMES[row.side]
    exam = rom.measure(landmarks_path(row, "leg"))
    told = gait_of(exam.landmarks, exam.angles, side, Settings())
    nothing = float("nan")
    if isinstance(told, str):
        return RenderedWalk(row.name, row.fps, 0, *(nothing,) * 5, told)
    (own,) = told.legs
    cycles = own.events.cycles_s
    ratios = (cycles[:, 2] - cycles[:, 0]) * row.speed_deg_s / 120.0  # a stride is two of the planted steps
    time_s, angle = _planted(row)
    true = walk({side: own.events}, {side: (time_s, angle)}, {})
    peak, push = nothing, nothing
    if isinstance(true, Gait):
        (right,) = true.legs
        peak = own.peak_stance_dorsiflexion_deg.mean - right.peak_stance_dorsiflexion_deg.mean
        push = own.push_off_plantar_flexion_deg.mean - right.push_off_plantar_flexion_deg.mean
    return RenderedWalk(
        recording=row.name,
        rate_hz=row.fps,
        strides=len(own.curves_deg),
        stride_ratio_min=float(ratios.min()),
        stride_ratio_max=float(ratios.max()),
        peak_error_deg=peak,
        push_off_error_deg=push,
        step_asymmetry_percent=told.step_asymmetry_percent,
        reason="",
    )


def _planted(row: Recording) -> tuple[Floats, Floats]:
    """Times and the planted angle of a rendered walk."""
    with film_path(row).with_suffix(".csv").open(newline="") as file:
        table = np.array([(float(line["time_s"]), float(line["clinical_deg"])) for line in csv.DictReader(file)])
    return table[:, 0], table[:, 1]


def write(path: Path, rows: Sequence[Any]) -> None:
    """One line a record, numbers with three decimals, an empty cell where there is none."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(asdict(rows[0])), lineterminator="\n")
        table.writeheader()
        for row in rows:
            table.writerow({name: _cell(value) for name, value in asdict(row).items()})


def _cell(value: object) -> object:
    """A value as it is written."""
    if not isinstance(value, float):
        return value
    return round(float(value), 3) if np.isfinite(value) else ""


def draw(errors: Sequence[EventError], curves: Mapping[str, Gait], path: Path) -> None:
    """Events of every method, and the curves of the walks on the published band of their speed."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for place, (name, field) in enumerate({"ours": "ours_ms", "Zeni": "zeni_ms", "O'Connor": "oconnor_ms"}.items()):
        for event, colour, shift in (("initial contact", "#0072B2", -0.12), ("toe-off", "#D55E00", 0.12)):
            off = [getattr(error, field) for error in errors if error.event == event]
            label = event if place == 0 else None
            left.plot(off, [place + shift] * len(off), "o", ms=5, color=colour, alpha=0.7, label=label)
        left.text(-72, place, name, va="center")
    left.axvspan(-BAR_MS, BAR_MS, color="#999999", alpha=0.2)
    left.set(xlim=(-75, 75), ylim=(2.6, -0.6), xlabel="event minus the file's own, ms", yticks=[])
    left.legend(frameon=False, fontsize=8)
    band = next(curve for curve in published_curves() if curve.name == "Schwartz2008/free")
    for name, told in curves.items():
        (own,) = told.legs
        right.plot(own.percent, own.mean_deg, lw=1.2, label=f"{name}, {told.speed_class}")
    low, high = (band.mean_deg + sign * 2 * band.sd_deg for sign in (-1, 1))
    percent = np.linspace(0, 100, len(low))
    right.fill_between(percent, low, high, color="#999999", alpha=0.25, label="published, free, ±2 SD")
    right.set(xlabel="gait cycle, %", ylabel="ankle on markers, dorsiflexion +, degrees")
    right.legend(frameon=False, fontsize=7)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(words: Sequence[str] | None = None) -> None:
    """Run the study, print the figures, write tables and picture."""
    parser = argparse.ArgumentParser(description="Steps and ankle curves of walks")
    parser.add_argument("--motion", type=Path, default=MOTION, help="folder of C3D files")
    parser.add_argument("--results", type=Path, default=FOLDER, help="where the result goes")
    parser.add_argument("--plan", default="report", help="whose rendered walks are read as well")
    given = parser.parse_args(words)
    given.results.mkdir(parents=True, exist_ok=True)
    found = walks(given.motion)
    if not found:
        parser.error(
            f"Expected C3D files of walks in {given.motion}, but found none; name their folder by --motion."
        )
    errors = [error for walked in found for error in event_errors(walked)]
    write(given.results / "events.csv", errors)
    for method in ("ours_ms", "zeni_ms", "oconnor_ms"):
        worst = max(abs(getattr(error, method)) for error in errors)
        print(f"{method}: at most {worst:.0f} in {len(errors)} events")
    gaits = {(walked.name, leg): told for walked in found for leg, told in gait_on_markers(walked).items()}
    beside = [figures for (name, leg), told in gaits.items() for figures in curve_figures(name, leg, told)]
    write(given.results / "curves.csv", beside)
    people = {f"{name[:PERSON_CHARACTERS]} {leg}": told for (name, leg), told in gaits.items()}
    draw(errors, people, given.results / "gait.png")
    rows = [row for row in read_plan(given.plan) if row.exam == "walk" and is_read(row, "leg")]
    rendered = [rendered_walk(row) for row in rows]
    if rendered:
        write(given.results / "rendered.csv", rendered)
        print(f"{sum(walk.strides > 0 for walk in rendered)} of {len(rendered)} rendered walks give whole strides")


if __name__ == "__main__":
    main()
