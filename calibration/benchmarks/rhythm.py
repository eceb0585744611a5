"""What looking less often costs: rate against error, for BlazePose now and then and for the leg in fewer pictures.

``python -m calibration.benchmarks.rhythm [--plan quick] [--limit 40] [--json FILE]``

Rendered recordings whose ankle angle is known exactly (``python -m calibration recordings quick``), each watched
with every rhythm in turn, so that a busy moment of the machine hits all alike. The first row looks at everybody and
at the leg in every picture; the others are told by how they differ from it on the same recordings. Rates count all
pictures of the film, also those in which nothing was looked at; opening is left out.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from calibration.benchmarks.told import made_on, parser_of, tell
from calibration.readings.score import ASKED, SIDES, on_times, read_truth, true_motion_deg
from calibration.readings.take import film_path
from calibration.recordings.plan import Recording, read_plan
from rom.exam.sides import Asked, Findings, examine
from rom.pose.body_looks import Rhythm
from rom.pose.leg_landmarker import LegLandmarker
from rom.pose.leg_tracker import LegTracker
from rom.records import Floats, Frame, RecordingInfo
from rom.settings import Settings
from rom.video import StreamedRecording, open_recording
from rom.watch import one_person, scene_of, watch

EVERY_PICTURE = "everybody and the leg in every picture"


@dataclass(frozen=True)
class Way:
    """How everybody is looked for, and the leg in every so many pictures.

    `still_shanks` : no point of the leg moved further from one picture to the next: then one is left out.
    """

    rhythm: Rhythm = field(default_factory=Rhythm)
    every: int = 1
    still_shanks: float = 0.0


RHYTHMS = {
    EVERY_PICTURE: Way(Rhythm(0.0, 0.0)),
    "everybody five times a second": Way(Rhythm(0.2, 0.2)),
    "everybody once a second, five times while the leg moves (as shipped)": Way(),
    "everybody once a second, twice while the leg moves": Way(Rhythm(1.0, 0.5)),
    "everybody once a second": Way(Rhythm(1.0, 1.0)),
    "everybody every three seconds": Way(Rhythm(3.0, 3.0)),
    "as shipped, the leg in every second picture while it is still": Way(still_shanks=0.04),
    "as shipped, the leg in every second picture": Way(every=2),
    "as shipped, the leg in every third picture": Way(every=3),
}


@dataclass
class Thinned:
    """A recording of which some pictures are passed on; the others are decoded and let go."""

    recording: StreamedRecording
    pose: LegLandmarker
    way: Way

    @property
    def info(self) -> RecordingInfo:
        """What is known of the recording."""
        return self.recording.info

    def __iter__(self) -> Iterator[Frame]:
        before, left_out = self._legs(), False
        for frame in self.recording:
            if left_out or frame.index % self.way.every:
                left_out = False
                continue
            yield frame
            now = self._legs()
            left_out = self._still(before, now)
            before = now

    def __enter__(self) -> "Thinned":
        self.recording.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self.recording.close()

    def _legs(self) -> list[tuple[LegTracker, Floats]]:
        """The legs that are seen, each with its points."""
        return [(leg, leg.look.points_px) for leg in self.pose.legs if leg.seen]

    def _still(self, before: list[tuple[LegTracker, Floats]], now: list[tuple[LegTracker, Floats]]) -> bool:
        """Whether the same legs are seen, and no point of them has moved."""
        if not now or [leg for leg, _ in before] != [leg for leg, _ in now]:
            return False
        moved = (np.abs(b - a).max() / leg.shank_px for (_, a), (leg, b) in zip(before, now, strict=True))
        return bool(max(moved) < self.way.still_shanks)


@dataclass(frozen=True)
class Reading:
    """One recording watched in one rhythm: pictures a second, error of the frames and of maximal motions."""

    per_s: float
    raw_mae_deg: float
    smooth_mae_deg: float
    motion_errors_deg: dict[str, float]


def read(row: Recording, way: Way) -> Reading:
    """Watch and examine one recording."""
    film = film_path(row)
    time_s, truth = read_truth(film.with_suffix(".csv"))
    with (
        LegLandmarker(rhythm=way.rhythm) as pose,
        Thinned(open_recording(film, lazily=True), pose, way) as recording,
    ):
        began = perf_counter()
        seen = watch(recording, pose)
        passed_s = perf_counter() - began
        info = recording.info
    landmarks = one_person(seen.sightings, info, None)
    side = SIDES[row.side]
    found = examine(landmarks, scene_of(seen, info), (side,), Asked(), model="leg", settings=Settings())
    track = found.angles.get(side)
    nothing = np.full(len(time_s), np.nan)
    raw, smooth = (
        nothing if track is None else on_times(track.time_s, getattr(track, name), time_s)
        for name in ("raw_deg", "smooth_deg")
    )
    return Reading(
        len(time_s) / passed_s,
        mean_error(raw, truth),
        mean_error(smooth, truth),
        _motion_errors(row, found, time_s, truth),
    )


def mean_error(read_deg: Floats, truth_deg: Floats) -> float:
    """Mean absolute error of the frames that were read; NaN where none was."""
    errors = np.abs(read_deg - truth_deg)
    return float(np.nanmean(errors)) if np.isfinite(errors).any() else float("nan")


def _motion_errors(row: Recording, found: Findings, time_s: Floats, truth: Floats) -> dict[str, float]:
    """How far off the maximal motions are that were told."""
    return {
        result.motion: abs(result.value_deg - true_motion_deg(time_s, truth, result.motion))
        for result in found.results
        if result.value_deg is not None and result.motion in ASKED[row.exam]
    }


def summed(readings: list[Reading], every_picture: list[Reading]) -> dict[str, Any]:
    """One rhythm over all recordings, beside looking at everything in every picture."""
    pairs = list(zip(readings, every_picture, strict=True))
    worse = [one.smooth_mae_deg - other.smooth_mae_deg for one, other in pairs]
    motions = [error for one in readings for error in one.motion_errors_deg.values()]
    return {
        "frames_per_s": round(statistics.median(one.per_s for one in readings), 1),
        "times_as_fast": round(statistics.median(one.per_s / other.per_s for one, other in pairs), 2),
        "raw_mae_deg": round(float(np.nanmean([one.raw_mae_deg for one in readings])), 3),
        "mae_deg": round(float(np.nanmean([one.smooth_mae_deg for one in readings])), 3),
        "mae_worse_deg": round(float(np.nanmean(worse)), 4),
        "mae_worse_most_deg": round(float(np.nanmax(worse)), 3),
        "maximal_motion_mae_deg": round(float(np.mean(motions)), 3) if motions else None,
        "motions_told": len(motions),
    }


def run(plan: str, limit: int) -> dict[str, Any]:
    """All rhythms on all recordings that are rendered, recording by recording."""
    rows = list(islice((row for row in read_plan(plan) if film_path(row).with_suffix(".json").exists()), limit))
    if not rows:
        raise SystemExit(
            f"Expected rendered recordings of the plan '{plan}', but there are none; render them first: "
            f"python -m calibration recordings {plan}."
        )
    readings: dict[str, list[Reading]] = {name: [] for name in RHYTHMS}
    for row in rows:
        for name, way in RHYTHMS.items():
            readings[name].append(read(row, way))
    return {
        "question": "rate against error on rendered recordings, by how often everybody and the leg are looked at",
        "rhythms": {name: summed(found, readings[EVERY_PICTURE]) for name, found in readings.items()},
        "recordings": len(rows),
        "plan": plan,
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--plan", default="quick")
    parser.add_argument("--limit", type=int, default=40)
    given = parser.parse_args()
    tell(run(given.plan, given.limit), given.json)


if __name__ == "__main__":
    main()
