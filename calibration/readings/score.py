"""One reading against the truth: the angle frame by frame, and each motion that the exam asks for."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import rom
from calibration.readings.clustered import slope
from calibration.readings.take import film_path, landmarks_path
from calibration.recordings.plan import Recording, filmed_as_asked
from rom.exam.range_of_motion import ends_of
from rom.exam.repetitions import find_repetitions
from rom.records import AngleTrack, Examination, Floats, Motion, MotionResult, Side
from rom.settings import Settings
from rom.tracks.known import known_median

SIDES: dict[str, Side] = {"L": "left", "R": "right"}
#: The motions that each exam asks for; the others are not its business.
ASKED: dict[str, tuple[Motion, ...]] = {
    "seated": ("dorsiflexion", "plantar_flexion"),
    "long_sitting": ("dorsiflexion", "plantar_flexion"),
    "stand": ("dorsiflexion", "plantar_flexion"),
    "lunge": ("dorsiflexion",),
    "heel_raise": ("plantar_flexion",),
    "walk": ("dorsiflexion", "plantar_flexion"),
}
#: A smaller movement tells no slope: one wrong frame would make it whatever it likes.
SLOPE_SPAN_DEG = 5.0
#: Times of film and truth agree to this.
TIME_TOLERANCE_S = 2e-3


@dataclass(frozen=True)
class MotionScore:
    """One motion of one recording: what was planted and what was read, positive in the motion's direction.

    `value_deg`, `low_deg`, `high_deg` are NaN where the instrument could not tell (`reasons` say why).
    `view_deg`, `foot_px` : how the instrument saw the leg. `sd_deg` : SD between its repetitions, NaN for one.
    `own_sd_deg` : SD of the value from landmark noise, repetitions and view, as the instrument reckons it.
    `doubt_deg` : what the pose model says of its own readings. `ends` : "held" or "passed", "" where not told.
    """

    motion: Motion
    truth_deg: float
    value_deg: float
    low_deg: float
    high_deg: float
    view_deg: float
    foot_px: float
    sd_deg: float
    own_sd_deg: float
    doubt_deg: float
    reasons: tuple[str, ...]
    ends: str = ""

    @property
    def told(self) -> bool:
        """True where the instrument gave a number."""
        return bool(np.isfinite(self.value_deg))

    @property
    def error_deg(self) -> float:
        """Reading minus truth."""
        return self.value_deg - self.truth_deg

    @property
    def covered(self) -> bool:
        """True where the interval holds the truth."""
        return self.low_deg <= self.truth_deg <= self.high_deg


@dataclass(frozen=True)
class Score:
    """One recording read by one model.

    `truth_deg`, `raw_deg`, `smooth_deg` : (T,) clinical-line angle, per-frame reading of the tested side and the
    same smoothed or fused, NaN where the leg was not found. `about` : the plan's row, the person and the sidecar's
    facts by name; `asked` says whether it was filmed as the README asks.
    """

    name: str
    model: str
    about: dict[str, Any]
    truth_deg: Floats
    raw_deg: Floats
    smooth_deg: Floats
    motions: tuple[MotionScore, ...]

    @property
    def body(self) -> str:
        """Who was filmed: errors of one body belong together."""
        return str(self.about["body"])

    @property
    def errors_deg(self) -> Floats:
        """Reading minus truth of the frames (N,) in which the leg was found."""
        errors = self.raw_deg - self.truth_deg
        return errors[np.isfinite(errors)]

    @property
    def bias_deg(self) -> float:
        """Mean error of the frames; NaN where the leg was never found."""
        return float(self.errors_deg.mean()) if self.errors_deg.size else float("nan")

    @property
    def mae_deg(self) -> float:
        """Mean absolute error of the frames; NaN where the leg was never found."""
        return float(np.abs(self.errors_deg).mean()) if self.errors_deg.size else float("nan")

    @property
    def slope(self) -> float:
        """Slope of the reading on the truth; NaN where the frames read show too small a movement to tell one."""
        seen = np.isfinite(self.raw_deg)
        pairs = np.column_stack([self.truth_deg[seen], self.raw_deg[seen]])
        moved = len(pairs) > 1 and float(np.ptp(pairs[:, 0])) >= SLOPE_SPAN_DEG
        return slope(pairs) if moved else float("nan")

    @property
    def detected(self) -> float:
        """Share of the frames in which the leg was found."""
        return float(np.isfinite(self.raw_deg).mean())


def score(row: Recording, model: str, renderer: str = "raster") -> Score:
    """Measure one recording from its stored landmarks, the tested side given, and compare."""
    film = film_path(row, renderer)
    exam = rom.measure(landmarks_path(row, model, renderer), side=SIDES[row.side])
    time_s, truth = read_truth(film.with_suffix(".csv"))
    track = exam.angles.get(SIDES[row.side])
    nothing = np.full(len(truth), np.nan)
    raw = nothing if track is None else on_times(track.time_s, track.raw_deg, time_s)
    smooth = nothing if track is None else on_times(track.time_s, track.smooth_deg, time_s)
    about = {**facts(film.with_suffix(".json")), "asked": filmed_as_asked(row)}
    return Score(row.name, model, about, truth, raw, smooth, tuple(_motions(row, exam, time_s, truth)))


def read_truth(path: Path) -> tuple[Floats, Floats]:
    """Times (T,) and the planted clinical-line angle (T,), degrees, dorsiflexion positive."""
    with path.open(newline="") as file:
        rows = [(float(row["time_s"]), float(row["clinical_deg"])) for row in csv.DictReader(file)]
    table = np.array(rows)
    return table[:, 0], table[:, 1]


def facts(path: Path) -> dict[str, Any]:
    """The sidecar as one flat dictionary: plan, person, view, size of the foot."""
    told = json.loads(path.read_text())
    return {**told["recording"], **told["person"], **told["view"], "foot_px": told["foot_px"]}


def on_times(time_s: Floats, values: Floats, wanted_s: Floats) -> Floats:
    """Values at the wanted times; NaN where there is no frame at that time."""
    if len(time_s) == 0:
        return np.full(len(wanted_s), np.nan)
    at = np.clip(np.searchsorted(time_s, wanted_s - TIME_TOLERANCE_S), 0, len(time_s) - 1)
    return np.where(np.abs(time_s[at] - wanted_s) <= TIME_TOLERANCE_S, values[at], np.nan)


def true_motion_deg(time_s: Floats, truth: Floats, motion: Motion) -> float:
    """Maximal motion of the planted curve, by the instrument's rule: mean of the ends reached.

    Where the rule finds no repetition (a walk's ends are turning points, say) the curve's extreme counts.
    """
    outward = truth if motion == "dorsiflexion" else -truth
    used = [r.value_deg for r in find_repetitions(_true_track(time_s, truth), motion, Settings()) if r.used]
    return float(np.mean(used)) if used else float(np.max(outward))


def _true_track(time_s: Floats, truth: Floats) -> AngleTrack:
    """The planted curve in the shape of a measured one, without noise."""
    frames, nothing = len(truth), np.full(len(truth), np.nan)
    return AngleTrack(
        side="right",
        definition="planted",
        landmarks=("", "", "", ""),
        facing=1,
        time_s=time_s,
        shot=np.zeros(frames, dtype=int),
        raw_deg=truth,
        smooth_deg=truth,
        sd_deg=np.zeros(frames),
        doubt_deg=nothing,
        tibia_inclination_deg=nothing,
        knee_flexion_deg=nothing,
        foot_px=nothing,
        shank_px=nothing,
        points_px=np.full((frames, 4, 2), np.nan),
    )


def _motions(row: Recording, exam: Examination, time_s: Floats, truth: Floats) -> list[MotionScore]:
    """The motions that this exam asks for."""
    results = {result.motion: result for result in exam.results}
    return [_motion(results[motion], exam, true_motion_deg(time_s, truth, motion)) for motion in ASKED[row.exam]]


def _motion(result: MotionResult, exam: Examination, truth_deg: float) -> MotionScore:
    """One result against its truth."""
    low, high = result.ci95_deg or (None, None)
    view = next(summary.view for summary in exam.sides if summary.side == result.side)
    view_error = view.error_deg[0 if result.motion == "dorsiflexion" else 1] if view else None
    foot_px = exam.angles[result.side].foot_px if result.side in exam.angles else np.empty(0)
    parts = [_number(part) for part in (result.landmark_sd_deg, result.repetition_sd_deg, view_error)]
    return MotionScore(
        motion=result.motion,
        truth_deg=truth_deg,
        value_deg=_number(result.value_deg),
        low_deg=_number(low),
        high_deg=_number(high),
        view_deg=_number(view.angle_deg if view else None),
        foot_px=known_median(foot_px),
        sd_deg=_number(result.sd_deg),
        own_sd_deg=float(np.sqrt(np.nansum(np.square(parts)))),
        doubt_deg=_number(result.doubt_deg),
        reasons=result.reasons,
        ends=ends_of([one for one in result.repetitions if one.used]) if result.value_deg is not None else "",
    )


def _number(value: float | None) -> float:
    """A missing number as NaN."""
    return float("nan") if value is None else float(value)
