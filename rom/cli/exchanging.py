"""``rom open``: what is in a file that somebody sent; and ``.rom`` files in the place of examinations."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from rom.cli.shell import app, out
from rom.cli.shown import show
from rom.exchange import SUFFIX, Opened, read_rom
from rom.records import MOTIONS, Examination, Motion, Side

#: What a file of a role is called.
ROLE_WORDS = {
    "landmarks": "landmarks",
    "overlay": "video with the measurement drawn on it",
    "peak_dorsiflexion": "picture pulled up",
    "peak_plantar_flexion": "picture pointed",
}


@app.command("open")
def open_(path: Annotated[Path, typer.Argument(metavar="F.rom", help="A file that the app saved.")]) -> None:
    """Show what is in a .rom file, after everything in it was checked."""
    with TemporaryDirectory(prefix="rom-") as folder:
        _print(read_rom(path, Path(folder)))


def _print(opened: Opened) -> None:
    """Who, when, and the numbers of each examination."""
    whose = opened.name or "somebody who put no name in"
    out.print(f"Saved {opened.made[:10]} by rom {opened.version}, of {whose}", markup=False, soft_wrap=True)
    out.print("Every checksum is right.")
    for number, found in enumerate(opened.exams, 1):
        exam = found.exam
        out.print(f"\nExam {number}: {exam.protocol.name}, filmed {exam.day}", markup=False)
        show(exam, out, verbose=False)
        parts = ", ".join(ROLE_WORDS[role] for role in found.files) or "nothing"
        out.print(f"  Beside the numbers: {parts}", markup=False, soft_wrap=True)


def examinations_in(paths: Sequence[Path], pictures: dict[tuple[str, Side, Motion], bytes]) -> list[Examination]:
    """The examinations of JSON files and of ``.rom`` files; pictures that are in these are put into `pictures`."""
    from rom.report.reading import read_examination

    found: list[Examination] = []
    for path in paths:
        if path.suffix.lower() == SUFFIX:
            found += _examinations(path, pictures)
        else:
            found.append(read_examination(path))
    return found


def _examinations(path: Path, pictures: dict[tuple[str, Side, Motion], bytes]) -> list[Examination]:
    """The examinations of one ``.rom`` file; each recording is named after it: no two files are mixed up."""
    found = []
    with TemporaryDirectory(prefix="rom-") as folder:
        for held in read_rom(path, Path(folder)).exams:
            exam = held.exam
            source = f"{exam.recording.source} of {path.name}"
            found.append(replace(exam, recording=replace(exam.recording, source=source)))
            for motion in MOTIONS:
                picture = held.files.get(f"peak_{motion}")
                sides = _measured(exam, motion)
                if picture is not None and len(sides) == 1:  # of two, nobody could say whose it is
                    pictures[source, sides[0], motion] = picture.read_bytes()
    return found


def _measured(exam: Examination, motion: Motion) -> list[Side]:
    """The sides of which a motion was measured."""
    return [result.side for result in exam.results if result.motion == motion and result.value_deg is not None]
