"""Does it see a leg where none is? People without feet in view, hands, furniture, rooms, and real pictures.

``python -m calibration study no-leg [--recordings FOLDER]``

Single pictures cut from the report set (where the person is, is known from BlazePose `heavy`): above the
knees, and beside the person. With a folder of films, their upper parts too. A picture is *accepted* where the leg
landmarker says that it sees a leg, and *believed* where its doubt is small enough that a number would be given.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from calibration.readings.clustered import share
from calibration.readings.take import film_path, is_read, landmarks_path
from calibration.recordings.plan import Recording, read_plan
from calibration.studies.committed import Answer, commit
from rom.exam.range_of_motion import DOUBT_STOP_DEG
from rom.pose.leg_landmarker import LegLandmarker
from rom.pose.recorded import load_people
from rom.records import Frame, Image
from rom.video import open_recording

NAME = "no_leg"
QUESTION = "How often does it see a leg where none is?"
KNEES = ("left_knee", "right_knee")
MARGIN = 0.06  # of the picture's height: the thigh ends above the knee
LEAST_PX = 120  # a cut smaller than this shows nothing
EVERY_S = 1.0  # of the real films, one picture a second


def cuts(row: Recording) -> Iterator[tuple[str, Image]]:
    """Pictures without a foot from the middle of one recording."""
    seen = load_people(landmarks_path(row, "heavy"))
    middle = len(seen.people) // 2
    people = seen.people[middle]
    if len(people) != 1:
        return
    image = _frame(film_path(row), middle)
    points = np.asarray(people.points_px[0], dtype=float)
    knees = points[[seen.names.index(name) for name in KNEES], 1].min()
    above = int(knees - MARGIN * image.shape[0])
    feet = points[[k for k, name in enumerate(seen.names) if "ankle" in name or "foot" in name], 1].min()
    if above > LEAST_PX and feet > above:
        yield "person above the knees", image[:above]
    room = 0.15 * np.ptp(points[:, 0])
    left, right = max(int(points[:, 0].min() - room), 0), int(points[:, 0].max() + room)
    for part in (image[:, :left], image[:, right:]):
        if part.shape[1] > LEAST_PX and not row.second_person:
            yield "room beside the person", part


def _frame(film: Path, index: int) -> Image:
    """One picture of a film."""
    with open_recording(film) as recording:
        image = next(frame.image for frame in recording if frame.index == index)
    assert image is not None
    return image


def upper_parts(folder: Path) -> Iterator[tuple[str, Image]]:
    """The upper 45 % of real films, a picture a second: heads, trunks, arms, hands, gear."""
    for film in sorted(folder.glob("*.mp4")):
        with open_recording(film) as recording:
            due = 0.0
            for frame in recording:
                if frame.image is not None and frame.time_s >= due:
                    due += EVERY_S
                    yield film.stem, frame.image[: int(0.45 * frame.image.shape[0])]


def doubt_deg(image: Image) -> float:
    """The doubt of the surest leg that is seen in a picture; infinite where none is."""
    with LegLandmarker() as pose:
        legs = pose.people(Frame(0, 0.0, 0, np.ascontiguousarray(image))).legs
    assert legs is not None
    return float(np.min(legs.angle_sd_deg[legs.side >= 0], initial=np.inf))


def by_kind(taken: Sequence[tuple[str, str, float]]) -> Answer:
    """Share of accepted and of believed pictures of each kind; (kind, body or film, doubt) each."""
    found: Answer = {}
    for kind in dict.fromkeys(kind for kind, _, _ in taken):
        who = [name for k, name, _ in taken if k == kind]
        doubts = [doubt for k, _, doubt in taken if k == kind]
        found[kind] = {
            "accepted_share": share([bool(np.isfinite(d)) for d in doubts], who).rounded(3),
            "believed_share": share([d <= DOUBT_STOP_DEG for d in doubts], who).rounded(3),
        }
    return found


def main(words: Sequence[str] | None = None) -> None:
    """Run and commit."""
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--recordings", type=Path, help="folder of real films")
    parser.add_argument("--count", type=int, default=120, help="recordings of the report set")
    given = parser.parse_args(words)
    rows = [row for row in read_plan("report") if row.framing == "full" and is_read(row, "heavy")][: given.count]
    pictures = [(kind, row.body, image) for row in rows for kind, image in cuts(row)]
    if given.recordings:
        pictures += [("real film, upper part", film, image) for film, image in upper_parts(given.recordings)]
    taken = [(kind, who, doubt_deg(image)) for kind, who, image in pictures]
    commit(NAME, QUESTION, None, ["leg"], {"leg": by_kind(taken)})


if __name__ == "__main__":
    main()
