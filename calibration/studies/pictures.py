"""One picture a study: readings against what was planted, figures of groups, pairs of readings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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


def draw_groups(
    panels: Mapping[str, Mapping[str, Any]], metric: str, label: str, path: Path, target: float | None = None
) -> None:
    """One panel a condition, one line a group: the figure with its 95 % interval.

    Parameters
    ----------
    panels : condition -> group -> figures, of which `metric` is drawn; groups without a value are left out.
    label : of the axis that all panels share. target : where a line marks what is aimed at.
    """
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    shown = {name: _known(groups, metric) for name, groups in panels.items()}
    shown = {name: groups for name, groups in shown.items() if groups}
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.6 * columns, 0.6 + 1.9 * rows), sharex=True, layout="constrained", squeeze=False
    )
    for axis, (name, groups) in zip(axes.flat, shown.items(), strict=False):
        _dots(axis, name, groups, target)
    for axis in axes.flat[len(shown) :]:
        axis.axis("off")
    figure.supxlabel(label, fontsize=10)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _known(groups: Mapping[str, Any], metric: str) -> dict[str, Any]:
    """The metric's figures of the groups that have one."""
    figures = {name: group.get(metric) for name, group in groups.items()}
    return {name: found for name, found in figures.items() if found and found["value"] is not None}


def _dots(axis: Any, name: str, groups: Mapping[str, Any], target: float | None) -> None:
    """Dots with intervals, the first group on top."""
    for place, found in enumerate(groups.values()):
        if found["low"] is not None:
            axis.plot([found["low"], found["high"]], [place, place], color="#0072B2", lw=1.6)
        axis.plot(found["value"], place, "o", ms=5, color="#0072B2")
    if target is not None:
        axis.axvline(target, color="#444444", lw=1, ls="--")
    labels = [f"{group} ({found['n']})" for group, found in groups.items()]
    axis.set_yticks(range(len(labels)), labels, fontsize=8)
    axis.set_ylim(len(labels) - 0.5, -0.5)
    axis.set_title(name.replace("_deg", "").replace("_", " "), fontsize=9)
    axis.grid(alpha=0.2, axis="x")


def draw_pairs(pairs: Mapping[str, Sequence[tuple[float, float]]], labels: tuple[str, str], path: Path) -> None:
    """Two readings of the same thing: their difference against their mean, a panel a kind, mean and 95 % limits.

    Parameters
    ----------
    pairs : kind -> (first, second) in degrees. labels : of the two axes.
    """
    mpl.use("Agg")
    import numpy as np
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(
        1, len(pairs), figsize=(4.2 * len(pairs), 3.6), sharey=True, layout="constrained", squeeze=False
    )
    for axis, (name, both) in zip(axes.flat, pairs.items(), strict=True):
        table = np.array(both, dtype=float).reshape(-1, 2)
        difference = table[:, 1] - table[:, 0]
        axis.plot(table.mean(1), difference, "o", ms=4, color="#0072B2")
        if len(table) > 1:
            middle, spread = difference.mean(), 1.96 * difference.std(ddof=1)
            for level, style in ((middle, "-"), (middle - spread, "--"), (middle + spread, "--")):
                axis.axhline(level, color="#D55E00", lw=1, ls=style)
        axis.set(title=f"{name} ({len(table)})", xlabel=labels[0])
        axis.grid(alpha=0.2)
    axes.flat[0].set_ylabel(labels[1])
    figure.savefig(path, dpi=110)
    plt.close(figure)
