"""Markdown tables made from committed results, for the documents that `calibration.report` writes."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PUBLISHED = Path(__file__).parent / "published.csv"

#: How groups are called in the tables; others keep their names.
NAMES = {"all": "all recordings", "asked": "filmed as asked", "whole": "whole person in view"}

Figures = Mapping[str, Any]


def result(name: str) -> dict[str, Any]:
    """One committed result."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def answer(name: str) -> dict[str, Any]:
    """What a study answered."""
    found: dict[str, Any] = result(name)["answer"]
    return found


def instrument(name: str) -> dict[str, Any]:
    """What a study answered for the default model."""
    found: dict[str, Any] = answer(name)["leg"]
    return found


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def shown(found: Figures, digits: int = 1, percent: bool = False) -> str:
    """A figure with its interval: "4.2 (3.1 to 5.0)"; a dash where there is none.

    >>> shown({"value": 0.951, "low": 0.9, "high": None}, percent=True)
    '95 %'
    >>> shown({"value": -4.25, "low": -5.0, "high": -3.0})
    '-4.2 (-5.0 to -3.0)'
    """
    if found["value"] is None:
        return "–"
    scale, unit, places = (100.0, " %", 0) if percent else (1.0, "", digits)
    value, low, high = (found[key] for key in ("value", "low", "high"))
    text = f"{value * scale:.{places}f}"
    if low is None or high is None:
        return text + unit
    return f"{text}{unit} ({low * scale:.{places}f} to {high * scale:.{places}f})"


def name_of(group: str) -> str:
    """A group's name for readers."""
    return NAMES.get(group, group.replace("_deg", "").replace("_", " "))


def by_group(
    groups: Mapping[str, Figures], columns: Mapping[str, Callable[[Figures], str]], first: str = ""
) -> str:
    """A table with one row a group, each column made from the group's figures."""
    head = (first, *columns)
    return table(head, [[name_of(name), *(of(group) for of in columns.values())] for name, group in groups.items()])


def accuracy_table() -> str:
    """The README's table: maximal dorsiflexion and plantar flexion of the report set, by exam."""
    groups = {name: group for name, group in instrument("planted_angle").items() if name != "all"}
    rows = []
    for name, group in groups.items():
        for motion in ("dorsiflexion", "plantar_flexion"):
            found = group[motion]
            if not found["cannot_tell_share"]["n"]:
                continue
            rows.append(
                [
                    name_of(name),
                    name_of(motion),
                    str(found["bias_deg"]["n"]),
                    shown(found["bias_deg"]),
                    shown(found["mae_deg"]),
                    shown(found["covered_share"], percent=True),
                    shown(found["half_width_deg"]),
                    shown(found["cannot_tell_share"], percent=True),
                ]
            )
    head = (
        "exam",
        "motion",
        "read",
        "bias, °",
        "mean error, °",
        "intervals that hold",
        "half-width, °",
        "cannot tell",
    )
    return table(head, rows)


def baseline_table() -> str:
    """Raw BlazePose by model and kind of landmark."""
    rows = [
        [model, kind, *_angle(found)]
        for model, kinds in answer("baseline").items()
        for kind, found in kinds.items()
    ]
    return table(("model", "from", *ANGLE_HEAD), rows)


ANGLE_HEAD = ("frames with the leg found", "slope", "bias, °", "mean error, °")


def _angle(found: Figures) -> list[str]:
    """Figures of the angle, frame by frame."""
    return [
        shown(found["detected_share"], percent=True),
        shown(found["slope"], 2),
        shown(found["bias_deg"]),
        shown(found["mae_deg"]),
    ]


def angle_table() -> str:
    """The angle frame by frame, by exam."""
    groups = instrument("planted_angle")
    rows = [[name_of(name), str(group["recordings"]), *_angle(group["angle"])] for name, group in groups.items()]
    return table(("exam", "recordings", *ANGLE_HEAD), rows)


def landmarker_table() -> str:
    """The leg landmarker beside others, on the same recordings."""
    rows = [
        [model, kind, str(group["recordings"]), *_angle(group)]
        for kind in next(iter(answer("landmarker").values()))["angle"]
        for model, found in answer("landmarker").items()
        if (group := found["angle"][kind])["recordings"]
    ]
    return table(("read by", "seen", "recordings", *ANGLE_HEAD), rows)


def maximal_motion_table() -> str:
    """How often maximal motion lies within 3 degrees of the planted one."""
    models = {name: found for name, found in answer("landmarker").items() if "maximal motion" in found}
    rows = []
    for group in next(iter(models.values()))["maximal motion"]:
        cells = []
        for found in models.values():
            figures = found["maximal motion"].get(group)
            cells += ["–", "–"] if figures is None else _within(figures)
        rows.append([name_of(group), *cells])
    head = [f"{name}: {what}" for name in models for what in ("within 3°", "95 % within, °")]
    return table(("exam or footwear", *head), rows)


def _within(found: Figures) -> list[str]:
    """Share within 3 degrees, and the 95th percentile of the error."""
    return [shown(found["within_3_deg_share"], percent=True), shown(found["p95_deg"])]


def real_frames_table() -> str:
    """Found points against points set by eye, in the picture."""
    rows = [
        [model, film, str(found["frames"]), *(shown(found[name], digits) for name, digits in REAL_COLUMNS)]
        for model, films in answer("real_frames").items()
        if model != "passes"
        for film, found in films.items()
        if found["frames"]
    ]
    passes = answer("real_frames")["passes"]["all"]["mae_deg"]
    rows.append(["second pass against the first", "all", str(passes["n"]), shown(passes), "–", "–"])
    return table(("read by", "film", "frames", "mean difference, °", "bias, °", "slope"), rows)


def no_leg_table() -> str:
    """How often a leg was seen where none is."""
    return by_group(
        instrument("no_leg"),
        {
            "pictures": lambda f: str(f["accepted_share"]["n"]),
            "something like a leg was seen": lambda f: shown(f["accepted_share"], percent=True),
            "and believed": lambda f: shown(f["believed_share"], percent=True),
        },
        "what is in the picture",
    )


REAL_COLUMNS = (("mae_deg", 1), ("bias_deg", 1), ("slope", 2))


def coverage_table() -> str:
    """Intervals that hold, and how often the instrument cannot tell."""
    return by_group(
        instrument("coverage"),
        {
            "intervals that hold": lambda f: shown(f["covered_share"], percent=True),
            "of": lambda f: str(f["covered_share"]["n"]),
            "median half-width, °": lambda f: shown(f["half_width_deg"]),
            "cannot tell": lambda f: shown(f["cannot_tell_share"], percent=True),
        },
    )


def findings_table() -> str:
    """How often a finding is wrong."""

    def share_of(name: str) -> Callable[[Figures], str]:
        return lambda f: shown(f[name], percent=True) + f" of {f[name]['n']}"

    return by_group(
        instrument("findings"),
        {
            "enough motion, called limited": share_of("false_limited_share"),
            "6° or more below the 2.5th percentile, called limited": share_of("limited_found_share"),
            "of those told": share_of("limited_found_of_told_share"),
            "more than 3° below the 16th, limited or borderline": share_of("borderline_found_share"),
            "of those told ": share_of("borderline_found_of_told_share"),
            "cannot tell": share_of("cannot_tell_share"),
        },
    )


def recognised_table() -> str:
    """Exams recognised, and asked for."""
    return by_group(
        instrument("recognised"),
        {
            "sure of it": lambda f: shown(f["sure_share"], percent=True),
            "of": lambda f: str(f["sure_share"]["n"]),
            "right where sure": lambda f: shown(f["right_of_sure_share"], percent=True),
        },
    )


def reasons_table() -> str:
    """Why the instrument could not tell, in recordings filmed as asked."""
    found = instrument("coverage")["filmed as asked"]["reasons"]
    return table(("first words of the reason", "times"), [[f"{words} …", str(n)] for words, n in found.items()])


def conditions_table() -> str:
    """Mean error of the angle by condition."""
    rows = [
        [name_of(condition), name, shown(group["mae_deg"]), shown(group["bias_deg"]), str(group["mae_deg"]["n"])]
        for condition, groups in instrument("conditions").items()
        for name, group in groups.items()
        if group["mae_deg"]["value"] is not None
    ]
    return table(("condition", "group", "mean error, °", "bias, °", "recordings"), rows)


def fairness_table() -> str:
    """Mean error by group of people, and whether one is shown to be worse."""
    rows = [
        [
            name_of(trait),
            name,
            shown(group["mae_deg"]),
            shown(group["worse_than_best_deg"]),
            "**shown worse by more than 1°**" if group["shown_worse"] else _above(group["worse_than_best_deg"]),
        ]
        for trait, groups in instrument("fairness").items()
        for name, group in groups.items()
    ]
    return table(("trait", "group", "mean error, °", "above the best group, °", "verdict"), rows)


def _above(worse: Figures) -> str:
    """What is said of a group that is not shown to be worse."""
    return "more than 1° above, not shown" if (worse["value"] or 0) > 1 else "within 1°"


def repeatability_table() -> str:
    """Two readings of the same exam."""
    return by_group(
        instrument("repeatability"),
        {
            "pairs": lambda f: str(f["sem_deg"]["n"]),
            "mean difference, °": lambda f: shown(f["mean_difference_deg"]),
            "standard error of measurement, °": lambda f: shown(f["sem_deg"]),
            "smallest detectable change (95 %), °": lambda f: shown(f["mdc95_deg"]),
        },
    )


def company_table(study: str) -> str:
    """Frames found, error and *cannot tell* of each group of a study."""
    return by_group(
        instrument(study),
        {
            "frames with the leg found": lambda f: shown(f["detected_share"], percent=True),
            "mean error, °": lambda f: shown(f["mae_deg"]),
            "cannot tell": lambda f: shown(f["cannot_tell_share"], percent=True),
            "intervals that hold": lambda f: shown(f["covered_share"], percent=True),
        },
    )


def wrong_side_table() -> str:
    """Numbers given for the far leg."""
    return by_group(
        instrument("wrong_side"),
        {
            "recordings": lambda f: str(f["told_share"]["n"]),
            "a number was given": lambda f: shown(f["told_share"], percent=True),
        },
    )


def renderer_table() -> str:
    """The same recordings by both renderers."""
    found = instrument("renderer")
    return table(
        (
            "recordings",
            "mean error, rasteriser, °",
            "mean error, Cycles, °",
            "difference, °",
            "SD of the difference, °",
        ),
        [
            [
                str(found["raster_mae_deg"]["n"]),
                shown(found["raster_mae_deg"]),
                shown(found["cycles_mae_deg"]),
                shown(found["mae_difference_deg"]),
                shown(found["reading_difference_sd_deg"]),
            ]
        ],
    )


def truth_table() -> str:
    """How other angles differ from the one held to be true."""
    kinds = {name: found for name, found in answer("kinds_of_truth").items() if name != "recordings"}
    return by_group(
        kinds,
        {
            "gain": lambda f: shown(f["gain"], 2),
            "constant, °": lambda f: shown(f["constant_deg"]),
            "SD of the constant, °": lambda f: shown(f["constant_sd_deg"]),
        },
        "angle",
    )


def gait_events_table() -> str:
    """How far off each method puts the events of the published walks."""
    with (RESULTS / "gait" / "events.csv").open(encoding="utf-8", newline="") as lines:
        events = list(csv.DictReader(lines))
    methods = {"ours": "ours_ms", "heel and toe from the sacrum (Zeni)": "zeni_ms", "O'Connor": "oconnor_ms"}
    rows = []
    for name, column in methods.items():
        cells = []
        for kind in ("initial contact", "toe-off"):
            off = [float(event[column]) for event in events if event["event"] == kind]
            cells.append(f"{sum(off) / len(off):+.0f} ({min(off):+.0f} to {max(off):+.0f})")
        rows.append([name, *cells])
    return table(("method", "initial contact, ms", "toe-off, ms"), rows)


def gait_rendered_table() -> str:
    """How many rendered walks give whole strides, by frame rate, and how their ends were read."""
    with (RESULTS / "gait" / "rendered.csv").open(encoding="utf-8", newline="") as lines:
        walks = list(csv.DictReader(lines))
    rows = []
    for name, low, high in (("24 and 30", 24.0, 31.0), ("12 and 15", 0.0, 24.0)):
        group = [walk for walk in walks if low <= float(walk["rate_hz"]) < high]
        whole = [walk for walk in group if int(walk["strides"])]
        cells = [_mean_of(whole, column) for column in ("peak_error_deg", "push_off_error_deg")]
        rows.append([name, str(len(group)), str(len(whole)), *cells])
    head = ("pictures a second", "walks", "gave whole strides", "peak in stance, error, °", "push-off, error, °")
    return table(head, rows)


def _mean_of(walks: Sequence[Mapping[str, str]], column: str) -> str:
    """Mean and range of a column."""
    values = [float(walk[column]) for walk in walks if walk[column]]
    return f"{sum(values) / len(values):+.1f} ({min(values):+.1f} to {max(values):+.1f})" if values else "–"


def published_table() -> str:
    """Other people's figures beside ours; each line of the CSV names the result that compares."""
    with PUBLISHED.open(encoding="utf-8", newline="") as lines:
        rows = [
            [row["what"], row["published"], shown(_at(row["ours"]), int(row["digits"])), row["source"]]
            for row in csv.DictReader(lines)
        ]
    return table(("what", "published", "here", "source"), rows)


def _at(path: str) -> Figures:
    """The figure at ``study/model/group/...``."""
    study, *keys = path.split("/")
    found: Any = answer(study)
    for key in keys:
        found = found[key]
    return dict(found)
