"""Real pictures: the leg landmarker and BlazePose against points that were set by eye in two blind passes.

``python -m calibration study real-frames --recordings FOLDER``

The films are not part of the project (see `calibration/real_frames/README.md`); where they are, every frame of them
is looked at as `rom measure` would, and the angle that the found points draw *in the picture* is held against the
one that the marks draw: a picture alone does not tell the angle in space.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure, slope
from calibration.real_frames.marks import Marked, disagreement_deg, read_marks
from calibration.studies.committed import Answer, commit
from calibration.studies.pictures import draw_pairs
from calibration.tables import RESULTS
from rom.ankle.leg import held_course
from rom.geometry import dorsiflexion_from_points
from rom.pose import open_pose
from rom.records import LEG_LANDMARKS, SIDES, Floats, People, Side
from rom.tracks.fusion import segment_turns
from rom.video import open_recording

NAME = "real_frames"
QUESTION = "How near do the found points come to points set by eye in real pictures?"
NEAR = 0.6  # a leg is the marked one where its ankle lies within so many marked shanks of the marked malleolus
LINE = ("fibular_head", "lateral_malleolus", "plantar_heel", "plantar_mt5")
SHANK = ("lateral_malleolus", "ankle_centre", "knee_centre", "fibular_head")
FOOT = ("plantar_heel", "posterior_heel", "plantar_mt1", "plantar_mt5")
BLAZEPOSE_LINE = ("knee", "ankle", "heel", "foot_index")


class Watched:
    """What one model finds in one film: times, and the people of every frame."""

    def __init__(self, film: Path, model: str) -> None:
        with open_recording(film) as recording, open_pose(model) as pose:
            seen = [(frame.time_s, pose.people(frame)) for frame in recording]
            self.column = {name: k for k, name in enumerate(pose.landmark_names)}
        self.time_s = np.array([time_s for time_s, _ in seen])
        self.people: list[People] = [people for _, people in seen]

    def points(self, frame: int, person: int, side: Side, names: Sequence[str]) -> Floats:
        """(len(names), 2) of one person's leg."""
        columns = [self.column[f"{side}_{name}"] for name in names]
        return np.asarray(self.people[frame].points_px[person, columns], dtype=float)

    def nearest(self, mark: Marked, frame: int, side: Side, ankle: str) -> int | None:
        """The person whose ankle is the marked one in a frame, None where nobody's is."""
        people = self.people[frame]
        malleolus, shank_px = marked_ankle(mark)
        places = np.asarray(people.points_px[:, self.column[f"{side}_{ankle}"]], dtype=float)
        apart = np.linalg.norm(places - malleolus, axis=-1) / shank_px
        apart = np.where(np.isfinite(apart), apart, np.inf)
        return int(np.argmin(apart)) if len(apart) and apart.min() < NEAR else None


def marked_ankle(mark: Marked) -> tuple[Floats, float]:
    """Mean malleolus (2,) and shank length of the passes, pixels."""
    knee, malleolus = np.nanmean(mark.points_px[:, 0], axis=0), np.nanmean(mark.points_px[:, 1], axis=0)
    return malleolus, float(np.linalg.norm(knee - malleolus))


def drawn_by_leg(seen: Watched, mark: Marked) -> tuple[float, float]:
    """The angle that the leg's points draw in the marked frame, alone and fused with its neighbours, or NaN."""
    side = _side_seen(seen, mark)
    person = None if side is None else seen.nearest(mark, mark.frame, side, "ankle_centre")
    if side is None or person is None:
        return np.nan, np.nan
    alone = float(
        dorsiflexion_from_points(seen.points(mark.frame, person, side, LINE), 1 if side == "right" else -1)
    )
    return alone, _fused(seen, mark, side, person)


def _side_seen(seen: Watched, mark: Marked) -> Side | None:
    """Which leg the landmarker took the marked one for: the one that shows its outer side."""
    for side in SIDES:
        if seen.nearest(mark, mark.frame, side, "ankle_centre") is not None:
            return side
    return None


def _fused(seen: Watched, mark: Marked, side: Side, person: int) -> float:
    """The same angle from rigid segments and a smooth course through the second about the frame."""
    ankle = seen.points(mark.frame, person, side, ["ankle_centre"])[0]
    frames = np.flatnonzero(np.abs(seen.time_s - seen.time_s[mark.frame]) < 0.5)
    rows = [(int(f), _same(seen, int(f), side, ankle, marked_ankle(mark)[1])) for f in frames]
    kept = [(f, p) for f, p in rows if p is not None]
    points = {n: np.stack([seen.points(f, p, side, n) for f, p in kept]) for n in (SHANK, FOOT)}
    spread = {n: np.stack([_covariance(seen, f, p, n) for f, p in kept]) for n in (SHANK, FOOT)}
    (shank, shank_sd), (foot, foot_sd) = (segment_turns(points[n], spread[n]) for n in (SHANK, FOOT))
    toward = 1 if side == "right" else -1
    angle = np.degrees(np.arctan2(np.cos(foot - shank), toward * np.sin(foot - shank)))
    times = seen.time_s[[f for f, _ in kept]]
    course = held_course(times, angle, np.degrees(np.hypot(shank_sd, foot_sd)))
    return float(course[[f for f, _ in kept].index(mark.frame)])


def _same(seen: Watched, frame: int, side: Side, ankle: Floats, shank_px: float) -> int | None:
    """The person whose leg is near `ankle` in another frame."""
    places = np.asarray(seen.people[frame].points_px[:, seen.column[f"{side}_ankle_centre"]], dtype=float)
    apart = np.linalg.norm(places - ankle, axis=-1)
    apart = np.where(np.isfinite(apart), apart, np.inf)
    return int(np.argmin(apart)) if len(apart) and apart.min() < shank_px else None


def _covariance(seen: Watched, frame: int, person: int, names: Sequence[str]) -> Floats:
    """(len(names), 2, 2) px^2."""
    legs = seen.people[frame].legs
    assert legs is not None
    return np.asarray(legs.covariance_px2[person, [LEG_LANDMARKS.index(name) for name in names]], dtype=float)


def drawn_by_blazepose(seen: Watched, mark: Marked) -> float:
    """The angle that BlazePose's points draw in the marked frame, NaN if the leg is not found."""
    found = {side: seen.nearest(mark, mark.frame, side, "ankle") for side in SIDES}
    side = mark.side if found[mark.side] is not None else next((s for s in SIDES if found[s] is not None), None)
    person = None if side is None else found[side]
    if side is None or person is None:
        return np.nan
    line = seen.points(mark.frame, person, side, BLAZEPOSE_LINE)
    both = [float(dorsiflexion_from_points(line, facing)) for facing in (1, -1)]
    return min(both, key=abs)  # facing is the recording's: the foot lies within 90 degrees of a right angle


def figures(read: Floats, wanted: Floats, films: Sequence[str]) -> Answer:
    """Error of readings against marks; the films are the clusters."""
    known = np.isfinite(read) & np.isfinite(wanted)
    where = [film for film, ok in zip(films, known, strict=True) if ok]
    miss = (read - wanted)[known]
    pairs = np.column_stack([wanted[known], read[known]])
    return {
        "frames": int(known.sum()),
        "found_share": round(float(known[np.isfinite(wanted)].mean()), 3),
        "mae_deg": figure(np.abs(miss), where).rounded(),
        "bias_deg": figure(miss, where).rounded(),
        "slope": figure(pairs, where, slope).rounded(),
    }


def answer(folder: Path) -> tuple[Answer, dict[str, Floats]]:
    """By model, all and by film; and the readings themselves."""
    marks = read_marks()
    read = {name: np.full(len(marks), np.nan) for name in ("leg, one picture", "leg, fused", "BlazePose heavy")}
    for film in sorted({mark.recording for mark in marks}):
        leg, heavy = (Watched(folder / film, model) for model in ("leg", "heavy"))
        for i, mark in enumerate(marks):
            if mark.recording == film:
                read["leg, one picture"][i], read["leg, fused"][i] = drawn_by_leg(leg, mark)
                read["BlazePose heavy"][i] = drawn_by_blazepose(heavy, mark)
    wanted = np.array([mark.angle_deg.mean() for mark in marks])
    films = np.array([mark.recording for mark in marks])
    outer = np.array([mark.seen_from == "lateral" for mark in marks])  # the landmarker leaves other legs alone
    groups = {
        "all": np.ones(len(marks), bool),
        "outer side seen": outer,
        **{str(film): films == film for film in np.unique(films)},
    }
    found: Answer = {
        model: {name: figures(values[group], wanted[group], list(films[group])) for name, group in groups.items()}
        for model, values in read.items()
    }
    apart = np.abs(disagreement_deg(marks))
    found["passes"] = {
        "all": {"mae_deg": figure(apart[np.isfinite(apart)], list(films[np.isfinite(apart)])).rounded()}
    }
    return found, {**read, "marks": wanted}


def main(words: Sequence[str] | None = None) -> None:
    """Run and commit."""
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--recordings", type=Path, required=True, help="folder of the marked films")
    given = parser.parse_args(words)
    found, read = answer(given.recordings)
    marks = read.pop("marks")
    pairs = {
        name: [(m, v) for m, v in zip(marks, values, strict=True) if np.isfinite(m + v)]
        for name, values in read.items()
    }
    draw_pairs(pairs, ("mean of marked and read, degrees", "read minus marked, degrees"), RESULTS / f"{NAME}.png")
    commit(NAME, QUESTION, None, ["leg", "heavy"], found)


if __name__ == "__main__":
    main()
