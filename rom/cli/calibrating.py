"""``rom calibrate``: lens, level, scale, and the profiles that keep them. Parse, call, print."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rom.errors import RomError, UsageError
from rom.records import CameraProfile, Lens, RecordingInfo

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Calibrate a camera: its lens, its level, its scale. Each is optional.",
)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)

#: A webcam is watched so long when nothing else is said: time to reach all parts of the picture.
WEBCAM_S = 45.0

Picture = Annotated[
    str, typer.Argument(metavar="PATH", help="Video, photo, folder of photos, or webcam number, by that camera.")
]
Name = Annotated[str, typer.Option(help="What the camera is called; its profile is kept under this name.")]
OldName = Annotated[str, typer.Argument(metavar="NAME", help="The camera's name.")]


@app.command()
def lens(
    path: Picture,
    name: Name = "camera",
    seconds: Annotated[
        float | None, typer.Option(help="End after so much; a webcam is watched for 45 s when nothing is said.")
    ] = None,
) -> None:
    """Find the lens from the board, moved slowly through the whole picture, near and far, tilted each way."""
    from rom.camera.lens import calibrate_lens, lens_remark
    from rom.camera.profiles import check_name

    check_name(name)
    limit_s = WEBCAM_S if seconds is None and path.isdecimal() and not Path(path).exists() else seconds
    with err.status("Looking for the board") as status:
        profile = calibrate_lens(
            path,
            name=name,
            limit_s=limit_s,
            looked=lambda count, views: status.update(f"Looking for the board: {views} views in {count} pictures"),
        )
    found = profile.lens
    assert found is not None
    _keep(profile)
    out.print(
        f"The lens of '{name}' is known to {found.held_out_px:.2f} pixels (views left out; {found.rms_px:.2f} in "
        f"the others), {found.made}; the board was seen in {found.coverage:.0%} of the picture. "
        f"{lens_remark(found, profile.width_px)}".rstrip(),
        markup=False,
        soft_wrap=True,
    )


@app.command()
def level(
    path: Picture,
    name: Name = "camera",
    line: Annotated[
        str, typer.Option(help="X1,Y1,X2,Y2 from 0 to 1: both ends of a plumb line or door frame in the picture.")
    ] = "",
    lies: Annotated[bool, typer.Option("--level", help="That line is a level one, and not upright.")] = False,
    auto: Annotated[bool, typer.Option(help="Take the upright lines in view instead of pointing at one.")] = False,
) -> None:
    """Find how the camera stands from level; it holds until the camera is moved."""
    from rom.camera.level import level_from_line, level_from_scene
    from rom.camera.look import first_picture

    if auto == bool(line):
        raise UsageError("Expected either --line X1,Y1,X2,Y2 or --auto; point at a line, or let lines be found.")
    _, info = first_picture(path)
    profile, known = _started(name, info)
    if auto:
        found = level_from_scene(path, lens=known)
    else:
        x1, y1, x2, y2 = _numbers(line, 4, "--line X1,Y1,X2,Y2")
        found = level_from_line((x1, y1, x2, y2), info.width_px, info.height_px, lens=known, lies_level=lies)
    _keep(replace(profile, level=found))
    turned = "clockwise" if found.roll_deg > 0 else "anticlockwise"
    out.print(
        f"The picture of '{name}' stands turned by {abs(found.roll_deg):.1f}° {turned} "
        f"(± {2 * found.sd_deg:.1f}°), {found.made}; this holds until the camera is moved.",
        markup=False,
        soft_wrap=True,
    )


@app.command()
def scale(
    path: Picture,
    name: Name = "camera",
    paper: Annotated[str, typer.Option(help="A sheet of a4 or letter is held in the plane of the leg.")] = "",
    corners: Annotated[
        str,
        typer.Option(help="X,Y of the sheet's four corners, in order round it, from 0 to 1, if not found alone."),
    ] = "",
    marker_mm: Annotated[float, typer.Option(help="A single marker, so wide, is held there.")] = 0.0,
    square_mm: Annotated[float, typer.Option(help="The board, its squares so wide, is held there.")] = 0.0,
) -> None:
    """Find the scale from something flat of known size, held upright in the plane of the leg, facing the camera."""
    from rom.camera import scale as ways
    from rom.camera.level import POINTING_SD
    from rom.camera.look import first_picture
    from rom.camera.targets import PAPERS

    if marker_mm < 0 or square_mm < 0:
        raise UsageError("Expected --marker-mm and --square-mm above 0; measure the print with a ruler.")
    if paper and paper not in PAPERS:
        raise UsageError(f"Expected --paper {' or '.join(PAPERS)}, but got '{paper}'.")
    if sum((bool(paper), marker_mm > 0, square_mm > 0)) != 1 or (corners and not paper):
        raise UsageError("Expected one of --paper, --marker-mm and --square-mm; say what is in view.")
    image, info = first_picture(path)
    profile, known = _started(name, info)
    if corners:
        shares = _numbers(corners, 8, "--corners X1,Y1,...,X4,Y4")
        points = ways.shares_to_px(shares, info.width_px, info.height_px)
        sd_px = POINTING_SD * max(info.width_px, info.height_px)
        found = ways.scale_from_sheet(points, paper, corner_sd_px=sd_px, lens=known)
    elif paper:
        found = ways.scale_from_sheet(ways.find_sheet(image, known), paper)
    elif marker_mm > 0:
        found = ways.scale_from_marker(image, marker_mm, lens=known)
    else:
        found = ways.scale_from_board(image, square_mm, lens=known)
    _keep(replace(profile, scale=found))
    out.print(
        f"A pixel of '{name}' is {found.mm_per_px:.3f} mm (± {2 * found.sd_mm_per_px:.3f}), {found.made}; this "
        "holds in that plane, until the camera is moved.",
        markup=False,
        soft_wrap=True,
    )


@app.command()
def board(
    pdf: Annotated[Path | None, typer.Option(help="Write the board as a PDF to print, to this file.")] = None,
    paper: Annotated[str, typer.Option(help="The PDF's paper: a4 or letter.")] = "a4",
    screen: Annotated[Path | None, typer.Option(help="Write the board as a PNG to show on a screen.")] = None,
) -> None:
    """Write the board by which a lens is found, to print or to show on a screen."""
    from rom.camera.targets import target_file, write_screen_board

    if pdf is None and screen is None:
        raise UsageError("Expected --pdf FILE to print the board or --screen FILE to show it; name one of them.")
    for path, suffix in ((pdf, ".pdf"), (screen, ".png")):
        if path is not None and path.suffix.lower() != suffix:
            raise UsageError(f"Expected a file that ends in {suffix}, but got '{path}'; name it so.")
    if pdf is not None:
        try:
            shutil.copyfile(target_file(paper), pdf)
        except OSError as error:
            raise UsageError(
                f"Could not write '{pdf}' ({error.strerror}); name a file in a folder of yours."
            ) from error
        out.print(
            f"The board is in '{pdf}': print it at its true size, and keep it flat.", markup=False, soft_wrap=True
        )
    if screen is not None:
        write_screen_board(screen)
        out.print(
            f"The board is in '{screen}': show it as large as the screen allows, and move the camera round it.",
            markup=False,
            soft_wrap=True,
        )


@app.command("list")
def list_() -> None:
    """The cameras that are known."""
    from rom.camera.profiles import load_profile, profile_names

    names = profile_names()
    if not names:
        out.print("No camera is known yet; 'rom calibrate lens' makes a profile.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "picture", "lens", "level", "scale", "device"):
        table.add_column(heading, overflow="fold")
    for name in names:
        try:
            table.add_row(name, *_cells(load_profile(name)))
        except RomError as error:
            table.add_row(name, str(error))
    out.print(table)


@app.command()
def show(name: OldName) -> None:
    """Everything that is kept of a camera."""
    from dataclasses import asdict

    from rom.camera.profiles import load_profile

    for part, value in asdict(load_profile(name)).items():
        if isinstance(value, dict):
            out.print(f"{part}:")
            for field, inner in value.items():
                out.print(f"  {field}: {inner}", markup=False, soft_wrap=True)
        else:
            out.print(f"{part}: {'not known' if value in (None, '') else value}", markup=False, soft_wrap=True)


@app.command()
def forget(name: OldName) -> None:
    """Delete what is kept of a camera."""
    from rom.camera.profiles import forget_profile

    forget_profile(name)
    out.print(f"The camera '{name}' is forgotten.", markup=False)


def _started(name: str, info: RecordingInfo) -> tuple[CameraProfile, Lens | None]:
    """The profile of that name in this recording's pixels, or a new one; and its lens."""
    from rom.camera.profiles import check_name, fitted, load_profile, profile_names

    if check_name(name) in profile_names():
        profile = fitted(load_profile(name), info.width_px, info.height_px)
        return replace(profile, device=profile.device or info.device), profile.lens
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return CameraProfile(name, info.width_px, info.height_px, created, info.device), None


def _keep(profile: CameraProfile) -> None:
    """Save a profile, with what an older one of its name holds beside it."""
    from rom.camera.profiles import joined, load_profile, profile_names, save_profile

    old = load_profile(profile.name) if profile.name in profile_names() else None
    save_profile(joined(profile, old))


def _cells(profile: CameraProfile) -> tuple[str, ...]:
    """One row of the list, after the name."""
    return (
        f"{profile.width_px} x {profile.height_px}",
        f"{profile.lens.held_out_px:.2f} px" if profile.lens else "-",
        f"{profile.level.roll_deg:+.1f}°" if profile.level else "-",
        f"{profile.scale.mm_per_px:.3f} mm/px" if profile.scale else "-",
        profile.device or "-",
    )


def _numbers(text: str, count: int, form: str) -> list[float]:
    """So many numbers between commas, from 0 to 1."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(0 <= number <= 1 for number in numbers):
        raise UsageError(f"Expected {form} as {count} numbers from 0 to 1, but got '{text}'; 0.5 is the middle.")
    return numbers
