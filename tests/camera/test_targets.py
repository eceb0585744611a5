"""The board: the same on paper, on a screen and in the program."""

from pathlib import Path

import cv2
import numpy as np
import pytest

import rom
from rom.camera.lens import board_finder
from rom.camera.targets import (
    COLUMNS,
    PAPER_MM,
    PAPERS,
    ROWS,
    SQUARE_MM,
    Paper,
    black_modules,
    corners_mm,
    target_file,
    write_screen_board,
)
from rom.records import Floats

MM_PER_INCH = 25.4
DPI = 200


def page(path: Path) -> np.ndarray:
    """(H, W, 3) of the first page, as a printer of 200 dots an inch puts it on paper."""
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 shows the printed page")
    with pdfium.PdfDocument(path) as file:
        assert len(file) == 1
        return np.asarray(file[0].render(scale=DPI / 72).to_numpy()[..., ::-1], dtype=np.uint8).copy()


@pytest.mark.parametrize("paper", PAPERS)
def test_the_printed_board_is_found_whole_and_in_its_true_size(paper: Paper) -> None:
    image = page(target_file(paper))
    height, width = (size * DPI / MM_PER_INCH for size in PAPER_MM[paper])
    assert image.shape[:2] == pytest.approx((height, width), abs=1.5), "lying"
    view = board_finder()(image)
    assert view is not None
    assert len(view.numbers) == (COLUMNS - 1) * (ROWS - 1)
    on_paper_mm: Floats = view.points_px * MM_PER_INCH / DPI
    apart = on_paper_mm - on_paper_mm[0]
    np.testing.assert_allclose(apart, corners_mm() - corners_mm()[0], atol=0.05)  # half a dot is 0.06 mm
    assert (image[: round(5 * DPI / MM_PER_INCH)] > 250).all(), "printers leave out the outermost 5 mm"


@pytest.mark.parametrize("paper", PAPERS)
def test_the_ruler_is_100_mm_long(paper: Paper) -> None:
    image = page(target_file(paper))[..., 0]
    below = round((12.0 + ROWS * SQUARE_MM + 7.0) * DPI / MM_PER_INCH)
    dark = (image[below - 2 : below + 3] < 128).any(axis=0)
    runs = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(int))).reshape(-1, 2)
    longest_mm = float((runs[:, 1] - runs[:, 0]).max()) * MM_PER_INCH / DPI
    assert longest_mm == pytest.approx(100.0, abs=0.3)  # a tick's width


def test_the_committed_boards_are_those_that_the_code_draws(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib draws the boards")
    from calibration.board import write_board

    for paper in PAPERS:
        write_board(tmp_path / f"{paper}.pdf", paper)
        differ = np.abs(page(tmp_path / f"{paper}.pdf").astype(int) - page(target_file(paper)))
        assert (differ > 64).mean() < 1e-3, (
            "fonts may be placed a little differently; run python -m calibration targets"
        )


def test_the_board_on_a_screen_is_found_whole(tmp_path: Path) -> None:
    write_screen_board(tmp_path / "board.png")
    image = cv2.imread(str(tmp_path / "board.png"))
    assert image is not None
    assert image.shape == (992, 1376, 3), "fits a screen of 1920 x 1080 as it is"
    view = board_finder()(np.asarray(image, dtype=np.uint8))
    assert view is not None
    assert len(view.numbers) == 54


def test_the_modules_make_up_the_board_that_opencv_draws() -> None:
    assert black_modules().shape == (ROWS * 8, COLUMNS * 8)
    assert black_modules()[:8, :8].all(), "the first square is black"
    assert not black_modules()[0, 8:16].any(), "white lies round a marker"


def test_another_paper_and_a_folder_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(rom.UsageError, match="a4 or letter"):
        target_file("a3")
    with pytest.raises(rom.UsageError, match="folder of yours"):
        write_screen_board(tmp_path / "no" / "board.png")
