"""The board by which a lens is known: one ChArUco board, on paper or on a screen.

10 x 7 squares with a marker in each white one: part of the board is enough, so that it can be held into the corners
of the picture. It fits on A4 and on Letter in the same size.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rom.errors import InstallationError, UsageError
from rom.records import Bools

if TYPE_CHECKING:
    import cv2

Paper = Literal["a4", "letter"]
PAPERS: tuple[Paper, ...] = ("a4", "letter")
#: Width and height in mm, upright. A4: ISO 216; Letter: ANSI/ASME Y14.1, 8.5 x 11 inches.
PAPER_MM: dict[Paper, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}

COLUMNS, ROWS = 10, 7
SQUARE_MM = 24.0  # as printed
MODULE_MM = 3.0  # smallest black or white piece: a marker has 6 of them, and 1 round it, in a square of 8
MODULES_PER_SQUARE, MODULES_PER_MARKER = 8, 6
#: On a screen: pixels a module, and white modules round the board.
SCREEN_MODULE_PX, SCREEN_MARGIN = 16, 3


def dictionary() -> Any:
    """The set of markers: 4 x 4 bits are read from farthest away."""
    import cv2

    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


def board(square_mm: float = SQUARE_MM) -> "cv2.aruco.CharucoBoard":
    """The board as OpenCV knows it, with its squares of that size."""
    import cv2

    marker_mm = square_mm * MODULES_PER_MARKER / MODULES_PER_SQUARE
    return cv2.aruco.CharucoBoard((COLUMNS, ROWS), square_mm, marker_mm, dictionary())


def corners_mm(square_mm: float = SQUARE_MM) -> np.ndarray:
    """(C, 2) inner corners of the board in the order of their numbers, from its top left."""
    return np.asarray(board(square_mm).getChessboardCorners(), dtype=float)[:, :2]


def black_modules() -> Bools:
    """(56, 80) True where the board is black, one value a module."""
    size = COLUMNS * MODULES_PER_SQUARE, ROWS * MODULES_PER_SQUARE
    drawn = board().generateImage((size[0] * 8, size[1] * 8))  # OpenCV wants some pixels a module
    return np.asarray(drawn[4::8, 4::8] < 128)


def write_screen_board(path: Path) -> None:
    """Write the board as a PNG of 1376 x 992 pixels, to be shown on a screen."""
    import cv2

    white = np.where(np.pad(black_modules(), SCREEN_MARGIN), 0, 255).astype(np.uint8)
    picture = np.kron(white, np.ones((SCREEN_MODULE_PX, SCREEN_MODULE_PX), dtype=np.uint8))
    done, data = cv2.imencode(".png", picture)
    assert done, "OpenCV encodes PNG everywhere"
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise UsageError(
            f"Could not write '{path}' ({error.strerror}); name a file in a folder of yours."
        ) from error


def target_file(paper: str) -> Path:
    """The board as a PDF for A4 or Letter: in the installed package, or beside it in a checkout.

    Raises
    ------
    UsageError : there is no board for such paper.
    InstallationError : the file is missing.
    """
    if paper not in PAPERS:
        raise UsageError(f"Expected the paper to be {' or '.join(PAPERS)}, but got '{paper}'; choose one of them.")
    package = Path(__file__).parents[1]
    name = f"charuco_{paper}.pdf"
    for folder in (package / "data" / "targets", package.parent / "calibration" / "targets"):
        if (folder / name).exists():
            return folder / name
    raise InstallationError(
        f"Expected the board '{name}' in the package, but it is missing; install ankle-rom again."
    )
