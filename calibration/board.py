"""The board for printing, by which anybody's lens can be known: one PDF a paper, drawn in true size."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rom.camera.targets import COLUMNS, MODULE_MM, PAPER_MM, PAPERS, ROWS, SQUARE_MM, Paper, black_modules

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER = Path(__file__).parent / "targets"
MM_PER_INCH = 25.4
RULER_MM = 100.0
#: Blank paper above the board, mm: printers leave out 5 at most, and markers need white round them.
TOP_MM = 12.0
#: Below the board, mm: where the ruler lies, and the first line of words.
RULER_BELOW_MM, WORDS_BELOW_MM = 7.0, 12.5


def write_boards(report: Callable[[str], None] = print) -> None:
    """Write the board for every paper into `calibration/targets/`; the same code gives the same bytes."""
    FOLDER.mkdir(exist_ok=True)
    for paper in PAPERS:
        path = FOLDER / f"charuco_{paper}.pdf"
        write_board(path, paper)
        report(str(path.relative_to(FOLDER.parents[1])))


def write_board(path: Path, paper: Paper) -> None:
    """Draw one sheet, lying: the board, a ruler, and what to do with it."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    height, width = PAPER_MM[paper]
    with mpl.rc_context({"pdf.fonttype": 42, "font.family": "DejaVu Sans"}):
        sheet = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
        axes = sheet.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0.0, width)
        axes.set_ylim(height, 0.0)
        left = (width - COLUMNS * SQUARE_MM) / 2
        below = TOP_MM + ROWS * SQUARE_MM
        _draw_board(axes, left)
        _draw_ruler(axes, left, below + RULER_BELOW_MM)
        _draw_words(axes, left, below, "A4" if paper == "a4" else "Letter")
        sheet.savefig(path, format="pdf", metadata={"CreationDate": None, "Title": "Board for rom calibrate lens"})


def _draw_board(axes: "Axes", left: float) -> None:
    """All black in one shape, so that no seams show between its pieces."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    black = black_modules()
    outlines = []
    for row, line in enumerate(black):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(int)))
        for start, end in edges.reshape(-1, 2):
            x, y = left + MODULE_MM * np.array([start, end]), TOP_MM + MODULE_MM * np.array([row, row + 1])
            outlines.append(
                Outline([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]), (x[0], y[0])], closed=True)
            )
    axes.add_patch(PathPatch(Outline.make_compound_path(*outlines), facecolor="black", linewidth=0))


def _draw_ruler(axes: "Axes", left: float, at: float) -> None:
    """A line to check the printer's scale by."""
    axes.plot([left, left + RULER_MM], [at, at], color="black", linewidth=0.8, solid_capstyle="butt")
    for k in range(11):
        tick = 2.5 if k % 5 == 0 else 1.5
        x = left + k * RULER_MM / 10
        axes.plot([x, x], [at - tick, at], color="black", linewidth=0.6, solid_capstyle="butt")
    axes.text(
        left + RULER_MM + 4.0,
        at,
        f"This line is {RULER_MM:.0f} mm long, and each square {SQUARE_MM:.0f} mm, when printed at 100 %.",
        fontsize=9,
        va="bottom",
    )


def _draw_words(axes: "Axes", left: float, below: float, paper: str) -> None:
    """What to do, for a person who has only this sheet."""
    words = (
        "Fix this sheet to something flat. Film it, or hold it before the webcam, for half a minute, slowly\n"
        "through the whole picture and into its corners, near and far, tilted to each side. "
        f"Then: rom calibrate lens clip.mp4\n(a webcam: rom calibrate lens 0). {paper}, {COLUMNS} x {ROWS} squares."
    )
    axes.text(left, below + WORDS_BELOW_MM, words, fontsize=8, va="top", linespacing=1.4)
