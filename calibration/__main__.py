"""The evidence, one command a step: ``python -m calibration --help``."""

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Evidence for the instrument."
)
say = partial(print, flush=True)  # progress reaches a log file line by line

#: Studies by name: each a module of `calibration.studies` or `calibration.benchmarks` that commits one result.
STUDIES = {
    "kinds-of-truth": "calibration.studies.kinds_of_truth",
    "baseline": "calibration.studies.baseline",
    "planted-angle": "calibration.studies.planted_angle",
    "coverage": "calibration.studies.coverage",
    "conditions": "calibration.studies.conditions",
    "fairness": "calibration.studies.fairness",
    "repeatability": "calibration.studies.repeatability",
    "framing": "calibration.studies.framing",
    "wrong-side": "calibration.studies.wrong_side",
    "second-person": "calibration.studies.second_person",
    "renderer": "calibration.studies.renderer",
    "landmarker": "calibration.studies.landmarker",
    "findings": "calibration.studies.findings",
    "recognised": "calibration.studies.recognised",
    "learning-curves": "calibration.studies.learning_curves",
    "real-frames": "calibration.studies.real_frames",
    "realism": "calibration.studies.realism",
    "no-leg": "calibration.studies.no_leg",
    "plug-in-gait": "calibration.studies.plug_in_gait",
    "gait": "calibration.studies.gait",
}

WITH_FILMS = ("real-frames", "no-leg", "realism")  # needs films that are not part of the project: left out of `all`


@app.command()
def people(
    bodies: Annotated[list[str] | None, typer.Argument(help="Body names; all when none is given.")] = None,
) -> None:
    """Make the planned bodies (needs the extra 'calibration')."""
    from calibration.people.build import make_people

    make_people(bodies or None, report=say)


@app.command()
def recordings(
    plan: Annotated[
        str, typer.Argument(help="samples, quick, development, validation, report, repeats, or a CSV file.")
    ],
    folder: Annotated[Path | None, typer.Option(help="Where to write; the work folder when omitted.")] = None,
    renderer: Annotated[
        str, typer.Option(help="raster, or cycles for the rows planned so (needs bpy).")
    ] = "raster",
    workers: Annotated[int | None, typer.Option(help="Processes; one a core when omitted.")] = None,
) -> None:
    """Render what is missing of a plan; stop it any time, it goes on where it was."""
    from calibration.recordings.make import render_recordings

    render_recordings(plan, folder, renderer=renderer, workers=workers, report=say)


@app.command()
def readings(
    plan: Annotated[str, typer.Argument(help="samples, quick, development, validation, report or repeats.")],
    model: Annotated[str, typer.Option(help="leg, heavy, full or lite.")] = "leg",
    renderer: Annotated[str, typer.Option(help="raster or cycles.")] = "raster",
    workers: Annotated[int | None, typer.Option(help="Processes; one a core when omitted.")] = None,
) -> None:
    """Let the instrument look at every rendered recording once."""
    from calibration.readings.take import take_readings

    take_readings(plan, model, renderer=renderer, workers=workers, report=say)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def study(
    context: typer.Context, name: Annotated[str, typer.Argument(help=", ".join(STUDIES) + ", or all")]
) -> None:
    """Answer one question and commit the result, or all of them as they stand by default.

    Further options go to the study (--help lists them).
    """
    if name not in (*STUDIES, "all"):
        raise typer.BadParameter(f"There is no study '{name}'; the studies are {', '.join(STUDIES)}, or all.")
    for asked in (n for n in STUDIES if n not in WITH_FILMS) if name == "all" else [name]:
        say(asked)
        import_module(STUDIES[asked]).main([] if name == "all" else context.args)


@app.command("model-error")
def model_error(models: Annotated[list[str], typer.Option(help="Models that have been read.")]) -> None:
    """Make the instrument's model-error table from the development and validation sets."""
    from calibration.model_error import gather, write_readings, write_table

    write_readings(gather(models))
    write_table()


@app.command()
def stills(
    set_name: Annotated[str, typer.Argument(metavar="SET", help="development, validation or report.")],
    scenes: Annotated[int, typer.Option(help="Scenes; each gives six stills.")] = 5000,
    workers: Annotated[int | None, typer.Option(help="Processes; one a core when omitted.")] = None,
) -> None:
    """Render varied stills of a leg for the leg landmarker; stop it any time, it goes on where it was."""
    from calibration.leg_landmarks.stills import make_stills

    make_stills(set_name, scenes, workers=workers, report=say)


@app.command()
def samples() -> None:
    """Render and read the samples, and write them into the folder that ships."""
    from calibration.samples import make_samples

    make_samples(say)


@app.command()
def targets() -> None:
    """Draw the board by which people calibrate their cameras, for A4 and for Letter."""
    from calibration.board import write_boards

    write_boards(say)


@app.command()
def report() -> None:
    """Write the generated tables of the documents, and the model-error table, from the committed results."""
    from calibration.report import write_documents

    write_documents()


if __name__ == "__main__":
    app()
