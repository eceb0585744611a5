"""How the networks of the leg landmarker learned: ``python -m calibration study learning-curves``.

Draws ``results/learning_curves/*.jsonl``: figures on the validation set, by `calibration.leg_landmarks.train`.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from calibration.tables import RESULTS

FOLDER = RESULTS / "learning_curves"
SHOWN = {"angle_mae_deg": "angle, mean error, degrees", "point_error": "landmarks, mean error, crop sides"}


def curves(folder: Path = FOLDER) -> dict[str, list[dict[str, float]]]:
    """Name of the training to its lines, in the order of their steps."""
    return {
        path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted(folder.glob("*.jsonl"))
    }


def draw(found: dict[str, list[dict[str, float]]], path: Path) -> None:
    """One panel a figure, one line a training; crops seen along the axis."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, len(SHOWN), figsize=(9.0, 3.6), layout="constrained")
    for axis, (name, label) in zip(axes, SHOWN.items(), strict=True):
        for training, lines in found.items():
            axis.plot([line["step"] for line in lines], [line[name] for line in lines], "o-", ms=3, label=training)
        axis.set(xlabel="steps", ylabel=label, yscale="log")
        axis.grid(alpha=0.2, which="both")
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(words: Sequence[str] | None = None) -> None:
    """Draw them."""
    argparse.ArgumentParser(description=__doc__).parse_args(words)
    draw(curves(), RESULTS / "learning_curves.png")


if __name__ == "__main__":
    main()
