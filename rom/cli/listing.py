"""Commands that show what the instrument knows: versions, settings, exams, published values, symptoms, itself."""

from rich.markup import escape
from rich.table import Table

from rom.cli.shell import app, err, out
from rom.errors import InstallationError
from rom.exam.protocols import protocols as all_protocols
from rom.exam.references import references as all_references
from rom.exam.symptoms import OCCASIONS, asked

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]


@app.command()
def info() -> None:
    """Versions, models with their hashes, and what can be decoded: what a bug report needs."""
    from rom.report.about import about

    for name, value in about():
        out.print(f"{name}: {value}", markup=False, soft_wrap=True)


@app.command()
def settings() -> None:
    """Every setting of the instrument: default, unit, range, what it does, and where it comes from."""
    from rom.settings import table as rows

    table = Table(box=None, pad_edge=False)
    for heading in ("setting", "default", "range", "what it does", "source"):
        table.add_column(heading, overflow="fold")
    for row in rows():
        span = f"{row['low']:g} to {row['high']:g} {row['unit']}"
        table.add_row(str(row["name"]), f"{row['default']:g}", span, str(row["help"]), str(row["source"]))
    out.print(table)


@app.command()
def protocols() -> None:
    """The exams: how each is done, and where the camera stands."""
    _print_table(_protocol_table())


@app.command()
def references() -> None:
    """The published values that a motion is compared with: of whom, in which position, and how well known."""
    _print_table(_reference_table())


@app.command()
def symptoms() -> None:
    """What can be said of the ankle, and the signs at which nothing is measured."""
    _print_table(_symptom_table())


def _print_table(table: Rows) -> None:
    """Headings and rows, as wide as the terminal is."""
    headings, rows = table
    shown = Table(box=None, pad_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*(escape(cell) for cell in row))
    out.print(shown)


def _protocol_table() -> Rows:
    """The exams: name, what, how, camera."""
    rows: list[tuple[str, ...]] = [(p.name, p.title, p.how, p.camera) for p in all_protocols().values()]
    return ("protocol", "exam", "how it is done", "where the camera stands"), rows


def _reference_table() -> Rows:
    """The published values: of what and whom, mean and SD, source and evidence."""
    rows: list[tuple[str, ...]] = []
    for r in all_references():
        low, high = r.age
        ages = "any" if low == -float("inf") else f"{low:g}+" if high == float("inf") else f"{low:g}-{high:g}"
        what = f"{r.motion.replace('_', ' ')}, {r.position}, {r.regime.replace('_', ' ')}"
        whom = f"{r.sex} {ages}" + (f", {r.sport}" if r.sport else "")
        mean = f"{r.mean:g}" + ("" if r.sd is None else f" ± {r.sd:g}") + f" {r.unit}"
        rows.append((r.source, what, whom, mean, "yes" if r.decides else f"no: {r.why_not}", r.evidence))
    return ("source", "motion and position", "people", "mean ± SD", "decides", "evidence"), rows


def _symptom_table() -> Rows:
    """What may be said: places, signs, and stop signs."""
    rows: list[tuple[str, ...]] = [("--pain", name, f"0 to 10, {when}") for name, when in OCCASIONS.items()]
    kinds = {"place": "--hurts", "sign": "--sign", "stop": "--sign (no exam)"}
    rows += [(option, one.code, one.question) for kind, option in kinds.items() for one in asked(kind).values()]
    return ("option", "name", "question"), rows


@app.command()
def selftest() -> None:
    """Measure the samples on this machine, and compare with what was read when they were committed."""
    from rom.selftest import AGREEMENT_DEG
    from rom.selftest import selftest as checks

    table = Table(box=None, pad_edge=False)
    for heading in ("sample", "motion", "true", "committed", "here", "frames/s"):
        table.add_column(heading, justify="left" if heading in ("sample", "motion") else "right")
    strangers = []
    for check in checks(lambda name: err.print(f"measuring {name} ...") if err.is_terminal else None):
        for reading in check.readings:
            values = (reading.truth_deg, reading.committed_deg, reading.here_deg)
            cells = ("cannot tell" if value is None else f"{value:.1f}°" for value in values)
            speed = f"{check.here_fps:.0f} ({check.committed_fps:.0f})"
            table.add_row(check.sample, reading.motion.replace("_", " "), *cells, speed)
        strangers += [reading for reading in check.readings if not reading.agrees]
    out.print(table, soft_wrap=True)
    out.print("frames/s: here, and in brackets where the sample was committed")
    if strangers:
        names = ", ".join(sorted({reading.sample for reading in strangers}))
        raise InstallationError(
            f"Expected the committed readings within {AGREEMENT_DEG:g}°, but {names} read differently here; "
            "install ankle-rom and mediapipe again, and send the output of 'rom info' with a report."
        )
    out.print("This machine reads what was committed.")
