"""``rom measure`` and ``rom demo``: parse, call, print. Nothing is added to the numbers."""

import sys
from pathlib import Path
from typing import Annotated

import typer

import rom
from rom.cli.asked import (
    box_of,
    goals_of,
    neutral_of,
    pairs_of,
    person_of,
    place_of,
    symptoms_of,
)
from rom.cli.options import LegBox, Model, MovedBy, Names, Set, Shod
from rom.cli.reporting import Before, Goals, Language, Paper, Subject, check_report_target, write_visit
from rom.cli.shell import app, err, out, progress
from rom.cli.shown import about, show
from rom.errors import NotMeasurable
from rom.exam.visit import visit_of
from rom.records import Examination
from rom.report.reading import read_examination
from rom.report.targets import check_targets, make_folder
from rom.settings import Settings

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
    model: Model = "leg",
    json: Annotated[
        str, typer.Option(help="Write the examination as JSON to this file; - for standard output.")
    ] = "",
    csv: Annotated[str, typer.Option(help="Write the angle over time to this CSV file.")] = "",
    overlay: Annotated[str, typer.Option(help="Write a video with the measurement drawn on it (mp4).")] = "",
    report: Annotated[
        str, typer.Option(help="Write a report: F.html or F.pdf, or F.json as a clinic's record (FHIR).")
    ] = "",
    previous: Before = None,
    goal: Goals = None,
    language: Language = "en",
    paper: Paper = "a4",
    subject: Subject = "",
    landmarks: Annotated[str, typer.Option(help="Store the landmarks, to measure again without the video.")] = "",
    person: Annotated[
        str,
        typer.Option(help="X,Y from 0 to 1: measure the person who comes nearest to this place in the picture."),
    ] = "",
    leg_box: LegBox = "",
    protocol: Annotated[
        str, typer.Option(help="Which exam it is: a name of `rom protocols`, or auto to have it recognised.")
    ] = "free",
    moved_by: MovedBy = "",
    standing_on: Annotated[str, typer.Option(help="one_leg or both_legs, in a heel raise.")] = "",
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
    hurts_side: Annotated[
        str, typer.Option(help="Which ankle the symptoms are of: left, right, or both.")
    ] = "both",
    date: Annotated[str, typer.Option(help="The day of filming, as 2026-11-24, where it is not today.")] = "",
    wall: Annotated[
        float | None,
        typer.Option(help="Where the wall stands in a lunge, 0 to 1 across; needs the camera's scale."),
    ] = None,
    neutral: Annotated[
        str, typer.Option(help="The person's own neutral in degrees, or start: the recording's first second.")
    ] = "",
    footwear: Shod = "unknown",
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
    names: Names = "",
    set_: Set = None,
    keep_faces: Annotated[bool, typer.Option(help="Do not blur faces in the overlay video.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say which step took how long.")] = False,
) -> None:
    """Measure a recording: maximal dorsiflexion and plantar flexion, each with its 95 % interval."""
    settings = Settings.from_words(pairs_of(set_ or []))
    who = person_of(age, sex, sport, leg_length)
    weeks = (weeks_since_injury, weeks_since_surgery)
    symptoms = symptoms_of(pain or [], hurts or [], sign or [], onset, weeks, hurts_side)
    targets = {"--json": json, "--csv": csv, "--overlay": overlay, "--report": report, "--landmarks": landmarks}
    check_targets(path, targets)
    if report:
        check_report_target(report, language, paper, subject)
    before, goals = [read_examination(p) for p in previous or []], goals_of(goal or [])
    with progress() as bar:
        task = bar.add_task("Finding the leg", total=None)
        exam = rom.measure(
            path,
            side=side,
            model=model,
            person=place_of(person),
            leg_box=box_of(leg_box),
            protocol=protocol,
            moved_by=moved_by,
            standing_on=standing_on,
            who=who,
            symptoms=symptoms,
            wall=wall,
            recorded_on=date,
            neutral=neutral_of(neutral),
            footwear=footwear,
            camera=camera or None,
            rate_hz=rate,
            time_scale=slow_motion,
            limit_s=seconds,
            naming=names or None,
            settings=settings,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    show(exam, err if json == "-" else out, verbose)  # before the files: a disk may be full
    _write_tables(exam, json, csv, landmarks)
    visit = visit_of([exam], before, goals)
    for finding in visit.findings:
        if finding not in exam.findings:
            (err if json == "-" else out).print(
                f"  {about(finding)}: {finding.message}", markup=False, soft_wrap=True
            )
    if report:
        write_visit(visit, Path(report), language=language, paper=paper, subject=subject)
    if overlay:
        _write_overlay(exam, path, Path(overlay), rate_hz=rate, limit_s=seconds, blur_faces=not keep_faces)
    if not exam.measured:
        raise NotMeasurable("No ankle could be measured in this recording; the reasons stand above.")


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Option(help="Where to write the report, the overlay video and the numbers.")
    ] = Path("rom-demo"),
) -> None:
    """Measure a sample that comes with the package: a report, a video, the numbers."""
    from rom.samples import DEMO, sample_folder, sample_person

    make_folder(folder)
    clip = sample_folder() / f"{DEMO}.mp4"
    who = sample_person(DEMO)
    measure(
        str(clip),
        side="right",
        protocol="seated",
        age=who.age_years,
        sex=who.sex or "",
        report=str(folder / f"{DEMO}_report.html"),
        json=str(folder / f"{DEMO}.json"),
        csv=str(folder / f"{DEMO}.csv"),
        overlay=str(folder / f"{DEMO}_overlay.mp4"),
    )
    out.print(
        f"\nThe report, the video with the measurement drawn on it, and the numbers are in {folder.resolve()}",
        markup=False,
    )


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

    with progress() as bar:
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
