"""A study's statistics in words, tables and pictures: for the terminal, the page and the CSV."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from math import isfinite

import numpy as np

from rom.report.agreement_picture import agreement_picture
from rom.study.compare import Cell, Change, ColumnChange, Comparison
from rom.study.page import Drawn, Part, page
from rom.study.reliability import RESAMPLES, BlandAltman, Estimate, Reliability
from rom.study.repeats import VALUES, Found, Pair

Rows = list[tuple[str, ...]]

#: Fewer people than this, and an interval from drawing people is too narrow.
FEW_PEOPLE = 10
#: Changed cells that the page shows; the CSV has all.
SHOWN = 200
NOT_TOLD = "cannot tell"
#: Ends of the columns that hold results.
RESULTS = (*VALUES, "_status", "_finding")
RELIABILITY_HEAD = ("statistic", "value", "95 % interval")
CHANGE_HEAD = ("recording", "side", "what", "first", "second", "difference")
COLUMN_HEAD = ("what", "both known", "changed", "largest change", "only first", "only second")
CAPTION = (
    "The line is the mean difference, the dashed lines are the 95 % limits of agreement, and the bands are their "
    "95 % intervals."
)


# Reliability ----------------------------------------------------------------------------------------------------


def reliability_rows(found: Reliability) -> Rows:
    """ICC, SEM and MDC95."""
    return [
        ("ICC(2,1), absolute agreement", *_cells(found.icc_2_1, "", 3)),
        ("ICC(3,1), consistency", *_cells(found.icc_3_1, "", 3)),
        ("standard error of measurement", *_cells(found.sem_deg)),
        ("minimal detectable change (95 %)", *_cells(found.mdc95_deg)),
    ]


def limits_rows(pair: Pair) -> Rows:
    """Bias and limits of two readings."""
    found = pair.limits
    return [
        (f"mean difference, {pair.first} − {pair.second}", *_cells(found.bias_deg)),
        ("lower limit of agreement (95 %)", *_cells(found.lower_deg)),
        ("upper limit of agreement (95 %)", *_cells(found.upper_deg)),
        ("mean size of a difference", *_cells(found.mean_absolute_deg)),
        ("SD of a difference", _number(found.sd_deg, "°", 2), ""),
        ("difference for each degree of the mean", *_cells(found.trend)),
    ]


def reliability_words(found: Found) -> tuple[str, ...]:
    """How much there was, and where the intervals come from."""
    told = found.reliability
    left = f"; {told.left_out} left out, for want of a reading" if told.left_out else ""
    people = f"of {told.people} people" if found.readings.person is not None else "each taken for another person"
    words = [f"{told.rows} things read {told.readings} times, {people}{left}."]
    if told.clustered:
        words.append(
            f"Some people have several: the intervals come from drawing people {RESAMPLES} times, each with all "
            "they have."
        )
    else:
        words.append(
            "Each person has one: the intervals of both ICC, of the mean difference, its limits and its trend come "
            f"from the F and t distributions, the others from drawing people {RESAMPLES} times."
        )
    if 0 < told.people < FEW_PEOPLE:
        words.append(f"Intervals from fewer than {FEW_PEOPLE} people are narrower than they ought to be.")
    return tuple(words)


def reliability_page(title: str, found: Sequence[Found]) -> str:
    """All of it as a web page."""
    return page(
        title,
        "How well readings of the same thing agree. Differences are the first named minus the second, in degrees.",
        [
            Part(
                heading=one.readings.title,
                sentences=reliability_words(one),
                head=RELIABILITY_HEAD,
                rows=tuple(
                    row
                    for rows in [reliability_rows(one.reliability), *map(limits_rows, one.pairs)]
                    for row in rows
                ),
                pictures=tuple(_pair_picture(one, pair) for pair in one.pairs if pair.limits.pairs),
            )
            for one in found
        ],
    )


def reliability_csv(found: Sequence[Found]) -> str:
    """One row a statistic."""
    head = (
        "what",
        "first",
        "second",
        "statistic",
        "value",
        "low",
        "high",
        "rows",
        "people",
        "left_out",
        "clustered",
    )
    rows: list[Sequence[Cell]] = []
    for one in found:
        told = one.reliability
        counts = (told.rows, told.people, told.left_out, told.clustered)
        for name in ("icc_2_1", "icc_3_1", "sem_deg", "mdc95_deg"):
            rows.append((one.readings.title, "", "", name, *_plain(getattr(told, name)), *counts))
        for pair in one.pairs:
            limits = pair.limits
            counts = (limits.pairs, limits.people, limits.left_out, limits.clustered)
            for name in ("bias_deg", "lower_deg", "upper_deg", "mean_absolute_deg", "trend"):
                cells = _plain(getattr(limits, name))
                rows.append((one.readings.title, pair.first, pair.second, name, *cells, *counts))
    return _csv(head, rows)


def _pair_picture(found: Found, pair: Pair) -> Drawn:
    """The differences of a pair."""
    names = found.readings.names
    both = found.readings.values[:, [names.index(pair.first), names.index(pair.second)]]
    both = both[np.isfinite(both).all(axis=1)]
    return _drawn(both[:, 0], both[:, 1], pair.limits, f"{pair.first} minus {pair.second}")


def _drawn(first: np.ndarray, second: np.ndarray, limits: BlandAltman, what: str) -> Drawn:
    """A Bland-Altman picture, in words too."""
    svg = agreement_picture(first, second, limits.levels, "mean of both, degrees", "difference, degrees")
    low, middle, high = (
        _number(one.value, "°", 2) for one in (limits.lower_deg, limits.bias_deg, limits.upper_deg)
    )
    alt = f"{limits.pairs} differences, {what}: mean {middle}, 95 % limits of agreement {low} to {high}."
    return Drawn(svg, alt, f"Difference ({what}) against the mean of both. {CAPTION}")


# Comparison -----------------------------------------------------------------------------------------------------


def column_rows(found: Comparison, *, all_of_them: bool = False) -> Rows:
    """Columns of numbers: what changed in them; those in which nothing did only where all are asked for."""
    return [
        (
            column.name,
            str(column.both),
            str(column.changed),
            _plain_number(column.largest) if column.changed else "",
            str(column.lost),
            str(column.gained),
        )
        for column in found.columns
        if all_of_them or column.changed or column.gained or column.lost
    ]


def change_rows(changes: Sequence[Change]) -> Rows:
    """Changed cells."""
    return [
        (
            change.recording,
            change.side,
            change.column,
            _cell(change.first),
            _cell(change.second),
            "" if change.difference is None else _plain_number(change.difference),
        )
        for change in changes
    ]


def result_changes(found: Comparison) -> list[Change]:
    """The changes in what was found: the two motions, whether they could be told, and their findings."""
    return [change for change in found.changes if change.column.endswith(RESULTS)]


def comparison_words(found: Comparison) -> tuple[str, ...]:
    """What is to be said beside the tables."""
    return tuple(_comparison_words(found))


def _comparison_words(found: Comparison) -> Iterator[str]:
    first, second = found.names
    yield f"{found.rows} rows (recording and side) are in both; they are matched by the recording's content."
    for name, only in ((first, found.only_first), (second, found.only_second)):
        if only:
            more = f" and {len(only) - SHOWN} more" if len(only) > SHOWN else ""
            yield f"Only in {name}: {'; '.join(only[:SHOWN])}{more}."
    if found.only_columns:
        yield f"Columns that only one of them has: {', '.join(found.only_columns)}."
    if found.other_files:
        yield f"Files whose bytes differ: {', '.join(found.other_files)}."


def comparison_page(found: Comparison) -> str:
    """All of it as a web page."""
    first, second = found.names
    more = len(found.changes) - SHOWN
    cut = (f"The first {SHOWN} of {len(found.changes)}; the CSV has all.",) if more > 0 else ()
    parts = [
        Part(sentences=comparison_words(found)),
        Part("Made with", head=("what", first, second), rows=found.made_with),
        Part("Numbers that changed", head=COLUMN_HEAD, rows=tuple(column_rows(found))),
        Part(
            "",
            pictures=tuple(_column_picture(column, found.names) for column in found.columns if _drawable(column)),
        ),
        Part("Row by row", cut, CHANGE_HEAD, tuple(change_rows(found.changes[:SHOWN]))),
    ]
    return page(f"{first} and {second}", found.verdict, [part for part in parts if _says_something(part)])


def _says_something(part: Part) -> bool:
    """Whether anything stands below a heading."""
    return bool(part.sentences or part.rows or part.pictures)


def _drawable(column: ColumnChange) -> bool:
    """Whether a picture says more than the table: the two motions, where there are several."""
    return column.limits is not None and column.name in VALUES and column.both > 1


def _column_picture(column: ColumnChange, names: tuple[str, str]) -> Drawn:
    """How a column changed."""
    assert column.limits is not None
    what = f"{column.name}: {names[1]} minus {names[0]}"
    return _drawn(column.second, column.first, column.limits, what)


def comparison_csv(found: Comparison) -> str:
    """One row a changed cell; then those of rows that only one study has."""
    head = ("recording", "person", "side", "what", "first", "second", "difference")
    rows: list[Sequence[Cell]] = [
        (
            c.recording,
            c.person,
            c.side,
            c.column,
            _cell(c.first),
            _cell(c.second),
            "" if c.difference is None else c.difference,
        )
        for c in found.changes
    ]
    for only, column in ((found.only_first, "only in first"), (found.only_second, "only in second")):
        for told in only:
            recording, _, side = told.rpartition(", ")
            rows.append((recording, "", side, column, "", "", ""))
    return _csv(head, rows)


# Words ----------------------------------------------------------------------------------------------------------


def _cells(one: Estimate, unit: str = "°", digits: int = 2) -> tuple[str, str]:
    """A value and its interval in words."""
    if not isfinite(one.value):
        return NOT_TOLD, ""
    between = f"{_number(one.low, unit, digits)} to {_number(one.high, unit, digits)}"
    return _number(one.value, unit, digits), between if isfinite(one.low) else NOT_TOLD


def _number(value: float, unit: str, digits: int) -> str:
    """A rounded number; nothing where it is not known."""
    return f"{value:.{digits}f}{unit}".replace("-", "−") if isfinite(value) else NOT_TOLD


def _plain_number(value: float) -> str:
    """A difference as short as it can be told apart from nought."""
    return f"{value:.3g}"


def _cell(cell: Cell) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return ""
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def _plain(one: Estimate) -> tuple[float | str, ...]:
    """A value and its interval as a spreadsheet takes them."""
    return tuple(number if isfinite(number) else "" for number in (one.value, one.low, one.high))


def _csv(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
