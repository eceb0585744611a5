"""The command line: parse, call, print. It adds nothing to the numbers."""

import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import rom
from rom.ankle.neutral import Neutral
from rom.calibrate_cli import app as calibrate
from rom.cli_exam import Table as ExamTable
from rom.cli_exam import person_of, protocol_table, reference_table, symptom_table, symptoms_of
from rom.errors import InstallationError, NotMeasurable, RomError, UsageError
from rom.pose.backend import Box
from rom.records import Examination, Finding
from rom.report.targets import check_targets
from rom.report.words import INTENDED_USE, MOTION_WORDS, gait_words, likely_range, remarks, value_words
from rom.settings import Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Measure how far an ankle moves, from ordinary video. " + INTENDED_USE,
)
app.add_typer(calibrate, name="calibrate")
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


STOPPED = 130  # exit code: the shell's 128 + SIGINT
TERMINATED = 143  # exit code: the shell's 128 + SIGTERM


def main() -> None:
    """Run the command line; an expected failure is one sentence on standard error and its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app()
    except OSError as error:  # files have sentences of their own; this is the terminal or the pipe
        err.print(f"rom: could not write to standard output ({error.strerror}).", markup=False)
        sys.exit(RomError.exit_code)
    except RomError as error:
        err.print(f"rom: {error}", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except SystemExit as end:  # typer turns Ctrl-C into this one
        if end.code in (STOPPED, TERMINATED):
            err.print("rom: stopped; nothing half-written was left behind.")
        raise


def _terminate(*_: object) -> NoReturn:
    """End as Ctrl-C does when the system asks to: files that are not complete are removed on the way out."""
    sys.exit(TERMINATED)


Source = Annotated[
    str,
    typer.Argument(
        metavar="PATH", help="Video, photo, folder of images, webcam number, stored landmarks, or keypoint file."
    ),
]


@app.command()
def measure(  # noqa: PLR0913, PLR0917 - one parameter an option
    path: Source,
    side: Annotated[str, typer.Option(help="left, right, or auto (both).")] = "auto",
    model: Annotated[
        str, typer.Option(help="leg looks closely at the leg; heavy, full and lite are BlazePose alone.")
    ] = "leg",
    json: Annotated[
        str, typer.Option(help="Write the examination as JSON to this file; - for standard output.")
    ] = "",
    csv: Annotated[str, typer.Option(help="Write the angle over time to this CSV file.")] = "",
    overlay: Annotated[str, typer.Option(help="Write a video with the measurement drawn on it (mp4).")] = "",
    landmarks: Annotated[str, typer.Option(help="Store the landmarks, to measure again without the video.")] = "",
    person: Annotated[
        str,
        typer.Option(help="X,Y from 0 to 1: measure the person who comes nearest to this place in the picture."),
    ] = "",
    leg_box: Annotated[
        str,
        typer.Option(help="LEFT,TOP,RIGHT,BOTTOM from 0 to 1: a box round the leg, where it is not found alone."),
    ] = "",
    protocol: Annotated[
        str, typer.Option(help="Which exam it is: a name of `rom protocols`, or auto to have it recognised.")
    ] = "free",
    moved_by: Annotated[
        str, typer.Option(help="active or passive (an examiner), where the exam may be done either way.")
    ] = "",
    age: Annotated[float | None, typer.Option(help="Years; for the comparison with people like this one.")] = None,
    sex: Annotated[str, typer.Option(help="female or male; for the same.")] = "",
    sport: Annotated[str, typer.Option(help="Ballet, gymnastics, football ...; for the same.")] = "",
    leg_length: Annotated[
        float | None, typer.Option(help="Hip to ankle in metres: tells the speed of a walk.")
    ] = None,
    pain: Annotated[list[str] | None, typer.Option(help="WHEN=0 to 10; see `rom symptoms`.")] = None,
    hurts: Annotated[list[str] | None, typer.Option(help="Where it hurts; see `rom symptoms`.")] = None,
    sign: Annotated[list[str] | None, typer.Option(help="What else is noticed; see `rom symptoms`.")] = None,
    onset: Annotated[str, typer.Option(help="How and when it began, in your own words.")] = "",
    weeks_since_injury: Annotated[float | None, typer.Option(help="Weeks since the injury.")] = None,
    weeks_since_surgery: Annotated[float | None, typer.Option(help="Weeks since surgery.")] = None,
    neutral: Annotated[
        str, typer.Option(help="The person's own neutral in degrees, or start: the recording's first second.")
    ] = "",
    footwear: Annotated[
        str, typer.Option(help="What is on the foot: bare, sock, shoe or unknown; the interval depends on it.")
    ] = "unknown",
    camera: Annotated[
        str,
        typer.Option(
            help="A camera's name (see rom calibrate); none for none. By default its device is recognised."
        ),
    ] = "",
    rate: Annotated[float | None, typer.Option(help="Pictures a second, where the source does not say.")] = None,
    slow_motion: Annotated[
        float, typer.Option(help="How many times slower the file plays than it happened.")
    ] = 1.0,
    seconds: Annotated[
        float | None, typer.Option(help="End after so much of the recording; a webcam goes on until Ctrl-C.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting as name=value; see `rom settings`.")
    ] = None,
    keep_faces: Annotated[bool, typer.Option(help="Do not blur faces in the overlay video.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say which step took how long.")] = False,
) -> None:
    """Measure a recording: maximal dorsiflexion and plantar flexion, each with its 95 % interval."""
    settings = Settings.from_words(_words(set_ or []))
    who = person_of(age, sex, sport, leg_length)
    weeks = (weeks_since_injury, weeks_since_surgery)
    symptoms = symptoms_of(pain or [], hurts or [], sign or [], onset, weeks, side)
    check_targets(path, {"--json": json, "--csv": csv, "--overlay": overlay, "--landmarks": landmarks})
    with _progress() as bar:
        task = bar.add_task("Finding the leg", total=None)
        exam = rom.measure(
            path,
            side=side,
            model=model,
            person=_place(person),
            leg_box=_box(leg_box),
            protocol=protocol,
            moved_by=moved_by,
            who=who,
            symptoms=symptoms,
            neutral=_neutral(neutral),
            footwear=footwear,
            camera=camera or None,
            rate_hz=rate,
            time_scale=slow_motion,
            limit_s=seconds,
            settings=settings,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _show(exam, err if json == "-" else out, verbose)  # before the files: a disk may be full
    _write_tables(exam, json, csv, landmarks)
    if overlay:
        _write_overlay(exam, path, Path(overlay), rate_hz=rate, limit_s=seconds, blur_faces=not keep_faces)
    if not exam.measured:
        raise NotMeasurable("No ankle could be measured in this recording; the reasons stand above.")


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where to write the overlay video and the numbers.")] = Path(
        "rom-demo"
    ),
) -> None:
    """Measure a sample that comes with the package, and show what comes out."""
    from rom.samples import DEMO, sample_folder

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"Could not make the folder '{folder}' ({error.strerror}); name another.") from error
    clip = sample_folder() / f"{DEMO}.mp4"
    measure(
        str(clip),
        json=str(folder / f"{DEMO}.json"),
        csv=str(folder / f"{DEMO}.csv"),
        overlay=str(folder / f"{DEMO}_overlay.mp4"),
    )
    out.print(
        f"\nThe video with the measurement drawn on it, and the numbers, are in {folder.resolve()}", markup=False
    )


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
    _print_table(protocol_table())


@app.command()
def references() -> None:
    """The published values that a motion is compared with: of whom, in which position, and how well known."""
    _print_table(reference_table())


@app.command()
def symptoms() -> None:
    """What can be said of the ankle, and the signs at which nothing is measured."""
    _print_table(symptom_table())


def _print_table(table: ExamTable) -> None:
    """Headings and rows, as wide as the terminal is."""
    headings, rows = table
    shown = Table(box=None, pad_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*(escape(cell) for cell in row))
    out.print(shown)


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


def _version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        out.print(rom.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Nothing to do before the commands."""


def _progress() -> Progress:
    """A progress bar on standard error; silent where that is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _words(pairs: list[str]) -> dict[str, str]:
    """``name=value`` words as a dictionary."""
    words = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"Expected --set name=value, but got '{pair}'.")
        words[name.strip()] = value.strip()
    return words


def _place(text: str) -> tuple[float, float] | None:
    """``X,Y`` as two shares of the picture."""
    if not text:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise UsageError(
            f"Expected --person X,Y as two numbers from 0 to 1 (across, down), but got '{text}'; "
            "the middle of the picture is 0.5,0.5."
        )
    return x, y


def _box(text: str) -> Box | None:
    """``LEFT,TOP,RIGHT,BOTTOM`` as four shares of the picture; their order is checked by `rom.measure`."""
    if not text:
        return None
    try:
        left, top, right, bottom = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(
            f"Expected --leg-box LEFT,TOP,RIGHT,BOTTOM as four numbers from 0 to 1, but got '{text}'; "
            "the right half of the picture is 0.5,0,1,1."
        ) from error
    return left, top, right, bottom


def _neutral(text: str) -> Neutral:
    """``start``, a number of degrees, or nothing."""
    if not text:
        return None
    if text == "start":
        return "start"
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"Expected --neutral in degrees, or start, but got '{text}'.") from None


def _write_tables(exam: Examination, json: str, csv: str, landmarks: str) -> None:
    """Write the numbers that were asked for."""
    from rom.report.tables import to_json, write_angles_csv, write_json, write_landmarks

    if json == "-":
        sys.stdout.write(to_json(exam) + "\n")
    elif json:
        write_json(exam, Path(json))
    if csv:
        write_angles_csv(exam, Path(csv))
    if landmarks:
        write_landmarks(exam, Path(landmarks))


def _write_overlay(
    exam: Examination,
    source: str,
    path: Path,
    *,
    rate_hz: float | None,
    limit_s: float | None,
    blur_faces: bool,
) -> None:
    """Draw the measurement on the recording."""
    from rom.report.overlay import write_overlay

    with _progress() as bar:
        task = bar.add_task("Drawing the overlay", total=len(exam.sightings.time_s))
        write_overlay(
            exam,
            source,
            path,
            rate_hz=rate_hz,
            limit_s=limit_s,
            blur_faces=blur_faces,
            progress=lambda done, _: bar.update(task, completed=done),
        )


def _show(exam: Examination, console: Console, verbose: bool) -> None:
    """Print the results as a person reads them."""
    for side in exam.sides:
        console.print(f"[bold]{side.side.capitalize()} ankle[/bold]")
        for result in (r for r in exam.results if r.side == side.side):
            quality = f"{result.quality} quality" if result.status == "measured" else ""
            row = f"{MOTION_WORDS[result.motion]:<25}  [bold]{value_words(result):>4}[/bold]"
            console.print(f"  {row}  {likely_range(result):<29}  {quality}".rstrip(), soft_wrap=True)
    for name, words in () if exam.gait is None else gait_words(exam.gait):
        console.print(f"  {name:<42}  [bold]{words}[/bold]", soft_wrap=True)
    for finding in exam.findings:
        console.print(f"  {_about(finding)}: {finding.message}", markup=False, soft_wrap=not console.is_terminal)
    for sentence in remarks(exam):
        console.print(f"  - {sentence}", markup=False, soft_wrap=not console.is_terminal)
    if verbose:
        for step, seconds in exam.timings_s.items():
            console.print(f"  {step.replace('_', ' ')}: {seconds:.2f} s", markup=False)
    console.print(f"[dim]{INTENDED_USE}[/dim]")


def _about(finding: Finding) -> str:
    """What a finding speaks of: "Right dorsiflexion"."""
    parts = (finding.side or "", (finding.motion or "ankle").replace("_", " "))
    return " ".join(part for part in parts if part).capitalize()


if __name__ == "__main__":
    main()
