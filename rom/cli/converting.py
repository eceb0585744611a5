"""``rom convert``: landmarks and angles in the files of other tools."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import rom
from rom.cli.options import Names
from rom.cli.shell import app, err, out
from rom.errors import UsageError
from rom.records import Examination
from rom.report.bids import BidsName, write_bids
from rom.report.motion_files import FORMATS, checked_formats, course_of, write_motion
from rom.report.reading import read_examination
from rom.report.targets import check_targets, make_folder

BIDS = "bids"
STORED = ".landmarks"  # before the ending of stored landmarks
HEAD_BYTES = 4096  # the schema's version is the first thing in an examination


@app.command()
def convert(  # noqa: PLR0913, PLR0917 - one parameter an option
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Stored landmarks, another tool's landmark files, or examinations (JSON)."
        ),
    ],
    to: Annotated[str, typer.Option(help=f"{', '.join(FORMATS)}, {BIDS}: one or more, with commas between.")],
    out_: Annotated[Path, typer.Option("--out", help="The folder to write into.")] = Path(),
    side: Annotated[str, typer.Option(help="left, right, or auto (both): whose angles.")] = "auto",
    names: Names = "",
    mm_per_px: Annotated[
        float | None, typer.Option(help="The scale, where no camera's profile or file tells it.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Pictures a second, where the file does not say.")] = None,
    subject: Annotated[str, typer.Option(help="bids: the person's pseudonym, letters and digits.")] = "",
    session: Annotated[str, typer.Option(help="bids: the session's label, where there are several.")] = "",
    task: Annotated[str, typer.Option(help="bids: what was done, such as seated.")] = "ankle",
) -> None:
    """Write landmarks and ankle angles for OpenSim, motion laboratories, xarray or BIDS."""
    wanted = [word.strip() for word in to.split(",") if word.strip()]
    formats = checked_formats([name for name in wanted if name != BIDS]) if set(wanted) != {BIDS} else ()
    if (BIDS in wanted) != bool(subject):
        raise UsageError(
            f"Expected --subject together with --to {BIDS}, which names its files by it; say both, or neither."
        )
    make_folder(out_)
    stems = _stems(paths, out_, formats)
    for number, (path, stem) in enumerate(zip(paths, stems, strict=True), 1):
        exam = _examination(path, side, names, rate)
        written = write_motion(exam, stem, formats, mm_per_px) if formats else []
        if BIDS in wanted:
            name = BidsName(subject, session, task, number if len(paths) > 1 else 0)
            written += write_bids(exam, out_, name, mm_per_px)
        for file in written:
            out.print(str(file), markup=False, soft_wrap=True)
        err.print(f"{stem.name}: {course_of(exam, mm_per_px).scale_words}", markup=False, soft_wrap=True)


def _stems(paths: Sequence[Path], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Where each recording's files go, without an ending; nothing may be written over what is read."""
    stems = [folder / path.name.removesuffix(path.suffix).removesuffix(STORED) for path in paths]
    if len(set(stems)) < len(stems):
        raise UsageError("Expected files of different names, but two are called alike; convert them one by one.")
    for path, stem in zip(paths, stems, strict=True):
        check_targets(str(path), {f"--to {name}": f"{stem}.{name}" for name in formats})
    return stems


def _examination(path: Path, side: str, names: str, rate: float | None) -> Examination:
    """An examination as it stands, or landmarks measured anew."""
    if path.suffix.lower() == ".json" and path.is_file():
        with path.open("rb") as file:
            if b'"schema_version"' in file.read(HEAD_BYTES):
                return read_examination(path)
    return rom.measure(path, side=side, naming=names or None, rate_hz=rate)
