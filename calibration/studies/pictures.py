"""One picture a study: what was read against what was planted."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from calibration.readings.score import Score
from rom.records import MOTIONS, Motion

#: Colours that colour-blind readers can tell apart (Okabe and Ito 2008), one an exam.
COLOURS = {
    "seated": "#0072B2",
    "long_sitting": "#E69F00",
    "lunge": "#009E73",
    "heel_raise": "#CC79A7",
    "walk": "#D55E00",
    "stand": "#56B4E9",
}
TITLES: dict[Motion, str] = {"dorsiflexion": "Maximal dorsiflexion", "plantar_flexion": "Maximal plantar flexion"}


def draw_readings(scores: Sequence[Score], path: Path) -> None:
    """Both motions: planted across, read upwards, the 95 % interval as a thin line, the truth as the diagonal."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(9, 4.4), layout="constrained")
    for panel, motion in zip(panels, MOTIONS, strict=True):
        for exam, colour in COLOURS.items():
            told = [
                read
                for score in scores
                if score.about["exam"] == exam
                for read in score.motions
                if read.motion == motion and read.told
            ]
            truth, value = [read.truth_deg for read in told], [read.value_deg for read in told]
            panel.vlines(
                truth, [r.low_deg for r in told], [r.high_deg for r in told], color=colour, lw=0.6, alpha=0.4
            )
            panel.plot(truth, value, "o", ms=4, color=colour, label=exam.replace("_", " "))
        panel.axline((0, 0), slope=1, color="#444444", lw=1)
        panel.set(title=TITLES[motion], xlabel="planted, degrees", ylabel="read, degrees")
        panel.grid(alpha=0.2)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper", frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
