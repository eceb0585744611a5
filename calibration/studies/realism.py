"""What each kind of realism buys on real pictures: equal trainings, each without one kind.

``python -m calibration study realism --recordings FOLDER --checkpoints FOLDER``

One checkpoint a kind, trained by ``python -m calibration.leg_landmarks.train CHECKPOINTS/KIND.pt --head simcc
--without KIND --stills N --steps M`` with the same N and M for all, and ``nothing.pt`` without ``--without``. Each
looks at one crop of every marked frame that shows the outer side, laid by the marks; the angle that its points draw
is held against the marked one. Needs torch.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from calibration.readings.clustered import figure
from calibration.real_frames.marks import Marked, read_marks
from calibration.studies.committed import Answer, commit
from rom.geometry import dorsiflexion_from_points
from rom.pose.leg_crop import crop_affine, warp
from rom.records import Image
from rom.video import open_recording

NAME = "realism"
QUESTION = "What does each kind of realism in the rendered pictures buy on real ones?"
KNEE, MALLEOLUS = 0, 1  # in the order of the marks
NOTHING = "nothing"


def marked_crops(folder: Path, size_px: int) -> tuple[list[Marked], list[Image]]:
    """Every marked leg that shows its outer side, as its crop (S, S, 3) RGB, toes to the right."""
    marks = [mark for mark in read_marks() if mark.seen_from == "lateral" and np.isfinite(mark.angle_deg).all()]
    crops: dict[str, Image] = {}
    for film in sorted({mark.recording for mark in marks}):
        wanted = {mark.frame: [m for m in marks if (m.recording, m.frame) == (film, mark.frame)] for mark in marks}
        with open_recording(folder / film) as recording:
            for frame in recording:
                for mark in wanted.get(frame.index, []):
                    if frame.image is not None:
                        crops[mark.name] = _crop(mark, frame.image, size_px)
    found = [mark for mark in marks if mark.name in crops]
    return found, [crops[mark.name] for mark in found]


def _crop(mark: Marked, image: Image, size_px: int) -> Image:
    """The crop of one marked leg."""
    knee, ankle = np.nanmean(mark.points_px[:, KNEE], axis=0), np.nanmean(mark.points_px[:, MALLEOLUS], axis=0)
    return np.asarray(warp(image, crop_affine(knee, ankle, mark.side == "left"), size_px))


def errors(checkpoint: Path, crops: Sequence[Image], marks: Sequence[Marked]) -> list[float]:
    """Read minus marked, degrees, of one training."""
    import torch

    from calibration.leg_landmarks.export import load_net
    from calibration.leg_landmarks.network import LINE
    from calibration.leg_landmarks.train import scaled

    net, _ = load_net(checkpoint)
    pictures = torch.from_numpy(np.stack(crops).transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        points = net(scaled(pictures))["points"].numpy()
    read = dorsiflexion_from_points(points[:, LINE].astype(float), 1)
    return [float(value - mark.angle_deg.mean()) for value, mark in zip(read, marks, strict=True)]


def answer(recordings: Path, checkpoints: Path) -> Answer:
    """By what was left out: MAE on real pictures, and how much worse than with all of it."""
    import torch

    paths = {path.stem: path for path in sorted(checkpoints.glob("*.pt"))}
    given = torch.load(paths[NOTHING], weights_only=False)["given"]
    marks, crops = marked_crops(recordings, int(given["size"]))
    films = [mark.recording for mark in marks]
    miss = {name: np.abs(errors(path, crops, marks)) for name, path in paths.items()}
    return {
        "trained": {name: given[name] for name in ("head", "steps", "stills", "batch", "processes", "seed")},
        "frames": len(marks),
        "left_out": {
            name: {
                "mae_deg": figure(found, films).rounded(),
                "worse_by_deg": figure(found - miss[NOTHING], films).rounded(),
            }
            for name, found in miss.items()
        },
    }


def main(words: Sequence[str] | None = None) -> None:
    """Run and commit."""
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--recordings", type=Path, required=True, help="folder of the marked films")
    parser.add_argument("--checkpoints", type=Path, required=True, help="folder of the trainings")
    given = parser.parse_args(words)
    commit(NAME, QUESTION, None, ["leg"], answer(given.recordings, given.checkpoints))


if __name__ == "__main__":
    main()
