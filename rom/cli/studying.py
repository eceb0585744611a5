"""``rom reliability`` and ``rom compare``: what a study's numbers are worth, and what changed between two."""

import json as jsons
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table as Shown

from rom.cli.shell import app, out
from rom.errors import UsageError
from rom.report.tables import write_text
from rom.report.targets import check_targets
from rom.study.compare import compare as comparison_of
from rom.study.repeats import PERSON, VALUES, Found, Readings, beside, found_in, repeated
from rom.study.tables import Table, read_table
from rom.study.telling import (
    CHANGE_HEAD,
    COLUMN_HEAD,
    RELIABILITY_HEAD,
    change_rows,
    column_rows,
    comparison_csv,
    comparison_page,
    comparison_words,
    limits_rows,
    reliability_csv,
    reliability_page,
    reliability_rows,
    reliability_words,
    result_changes,
)

#: Changed cells that the terminal shows.
TERMINAL_ROWS = 20

Html = Annotated[str, typer.Option(help="Write a page with the pictures to this file.")]


@app.command()
def reliability(  # noqa: PLR0913, PLR0917 - one parameter an option
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="Parquet, CSV, or the folder of a study.")],
    value: Annotated[
        list[str] | None, typer.Option(help="A column of angles; may be said again. By default both motions.")
    ] = None,
    against: Annotated[
        list[str] | None, typer.Option(help="A column to set beside it, such as the goniometer's; one for each.")
    ] = None,
    by: Annotated[
        str, typer.Option(help="The column that tells readings apart: day, camera, rater. By default their order.")
    ] = "",
    thing: Annotated[
        list[str] | None,
        typer.Option(
            help="A column that says what was measured; may be said again. By default person, side, protocol."
        ),
    ] = None,
    person: Annotated[str, typer.Option(help="The column that says whose a row is.")] = PERSON,
    json: Annotated[str, typer.Option(help="Write the statistics as JSON to this file.")] = "",
    csv: Annotated[str, typer.Option(help="Write the statistics as CSV to this file.")] = "",
    html: Html = "",
) -> None:
    """How well readings agree: ICC, standard error, minimal detectable change, Bland-Altman, by person."""
    check_targets(str(table), {"--json": json, "--csv": csv, "--html": html})
    content = read_table(table)
    values = value or [name for name in VALUES if name in content]
    if not values:
        raise UsageError(f"Expected a column {' or '.join(VALUES)}, but there is none; name one (--value).")
    found = [found_in(one) for one in _readings(content, values, against or [], by, thing or [], person)]
    for one in found:
        _show(one)
    if json:
        write_text(Path(json), jsons.dumps([one.to_dict() for one in found], indent=1, ensure_ascii=False) + "\n")
    if csv:
        write_text(Path(csv), reliability_csv(found))
    if html:
        write_text(Path(html), reliability_page(f"Reliability: {table.name}", found))


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="STUDY_A", help="The folder of a study, or its main table.")],
    second: Annotated[Path, typer.Argument(metavar="STUDY_B", help="Another study of the same recordings.")],
    csv: Annotated[str, typer.Option(help="Write every changed cell as CSV to this file.")] = "",
    html: Html = "",
) -> None:
    """What changed between two studies: versions and settings, rows, numbers."""
    check_targets(str(first), {"--csv": csv, "--html": html})
    check_targets(str(second), {"--csv": csv, "--html": html})
    found = comparison_of(first, second)
    out.print(found.verdict, markup=False, soft_wrap=True)
    for sentence in comparison_words(found):
        out.print(sentence, markup=False, soft_wrap=not out.is_terminal)
    if found.made_with:
        _print(("made with", *found.names), found.made_with)
    if rows := column_rows(found):
        _print(COLUMN_HEAD, rows)
    if found.changes:
        shown = result_changes(found)[:TERMINAL_ROWS]
        if shown:
            _print(CHANGE_HEAD, change_rows(shown))
        out.print(f"{len(shown)} of {len(found.changes)} changed cells are shown; --csv and --html show all.")
    if csv:
        write_text(Path(csv), comparison_csv(found))
    if html:
        write_text(Path(html), comparison_page(found))


def _readings(
    content: Table, values: Sequence[str], against: Sequence[str], by: str, thing: Sequence[str], person: str
) -> list[Readings]:
    """What is set beside what."""
    if not against:
        return [repeated(content, name, by, thing, person) for name in values]
    if by or thing:
        raise UsageError(
            "Expected --against, or --by and --thing, but got both; a row holds both readings, or not."
        )
    if len(against) != len(values):
        raise UsageError(
            f"Expected one --against for each --value, but got {len(against)} for {', '.join(values)}; say both "
            "for each motion."
        )
    return [beside(content, name, other, person) for name, other in zip(values, against, strict=True)]


def _show(found: Found) -> None:
    """One value's statistics."""
    out.print(f"[bold]{escape(found.readings.title)}[/bold]", soft_wrap=True)
    for sentence in reliability_words(found):
        out.print(sentence, markup=False, soft_wrap=not out.is_terminal)
    rows = reliability_rows(found.reliability)
    for pair in found.pairs:
        rows += limits_rows(pair)
    _print(RELIABILITY_HEAD, rows)
    out.print()


def _print(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table, as wide as the terminal is."""
    shown = Shown(box=None, pad_edge=False)
    for name in head:
        shown.add_column(escape(name), overflow="fold", no_wrap=name in ("what", "statistic"))
    for row in rows:
        shown.add_row(*(escape(cell) for cell in row))
    out.print(shown)
