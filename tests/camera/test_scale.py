"""A sheet, a marker and the board of known size, rendered in perspective, tell the planted scale."""

import cv2
import numpy as np
import pytest

import rom
from rom.camera.scale import (
    find_sheet,
    scale_from_board,
    scale_from_marker,
    scale_from_points,
    scale_from_sheet,
    shares_to_px,
)
from rom.records import Floats, Image
from tests.rendered import (
    PlantedCamera,
    board_light,
    developed,
    lens_of,
    met,
    seen_at,
    sheet_light,
    turn,
)

STRAIGHT = PlantedCamera(middle_px=(480.0, 270.0), distortion=(0.0, 0.0, 0.0, 0.0, 0.0))
BENT = PlantedCamera()
A4 = (210.0, 297.0)
CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
POSES = {
    "facing": (turn(0, 0, 4), np.array([20.0, 30.0, 800.0])),
    "turned": (turn(15, -8, -6), np.array([60.0, -10.0, 900.0])),
    "lying": (turn(5, 5, 90), np.array([-150.0, 20.0, 900.0])),
}


def planted_scale(pose: tuple[Floats, Floats]) -> float:
    """Millimetres a pixel at the thing's middle, of a camera that does not bend: from the projection itself."""
    axes, middle = pose
    step = 0.5
    places = seen_at(STRAIGHT, step * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]), axes, middle)
    slope = np.stack([places[0] - places[1], places[2] - places[3]]) / (2 * step)
    return float(1.0 / np.sqrt(abs(np.linalg.det(slope))))


def sheet(camera: PlantedCamera, pose: tuple[Floats, Floats], size: tuple[float, float] = A4) -> Image:
    return developed(sheet_light(met(camera.rays(), *pose), size), seed=4)


@pytest.mark.parametrize("name", POSES)
@pytest.mark.parametrize("camera", [STRAIGHT, BENT], ids=["straight", "bent"])
def test_a_sheet_of_a4_tells_the_planted_scale(name: str, camera: PlantedCamera) -> None:
    pose = POSES[name]
    lens = lens_of(camera) if camera is BENT else None
    scale = scale_from_sheet(find_sheet(sheet(camera, pose), lens), "a4")
    assert abs(scale.mm_per_px - planted_scale(pose)) < 0.005 * planted_scale(pose)
    assert abs(scale.mm_per_px - planted_scale(pose)) < 3 * scale.sd_mm_per_px


@pytest.mark.parametrize("name", POSES)
def test_corners_are_found_to_a_fraction_of_a_pixel(name: str) -> None:
    found = find_sheet(sheet(STRAIGHT, POSES[name]))
    true = seen_at(STRAIGHT, CORNERS * A4, *POSES[name])
    nearest = np.linalg.norm(found[:, None] - true[None], axis=-1)
    assert sorted(nearest.argmin(axis=1)) == [0, 1, 2, 3]
    assert nearest.min(axis=1).max() < 0.3  # the sheet is some 200 pixels wide


def test_turned_away_is_less_sure_and_too_far_is_refused() -> None:
    facing, turned = (
        scale_from_sheet(seen_at(STRAIGHT, CORNERS * A4, *POSES[name]), "a4") for name in ("facing", "turned")
    )
    assert turned.sd_mm_per_px > 3 * facing.sd_mm_per_px
    away = seen_at(STRAIGHT, CORNERS * A4, turn(55, 0, 0), np.array([0.0, 0.0, 900.0]))
    with pytest.raises(rom.NotMeasurable, match="faces the camera"):
        scale_from_points(CORNERS * A4, away, "", corner_sd_px=0.5)


def test_corners_that_were_pointed_at() -> None:
    points = seen_at(STRAIGHT, CORNERS * A4, *POSES["facing"])
    shares = (points / [960, 540]).ravel()
    np.testing.assert_allclose(shares_to_px(list(shares), 960, 540), points)
    pointed = scale_from_sheet(points[[2, 3, 0, 1]], "a4", corner_sd_px=3.0)
    assert pointed.mm_per_px == pytest.approx(planted_scale(POSES["facing"]), rel=1e-3)
    assert pointed.sd_mm_per_px > 3 * scale_from_sheet(points, "a4").sd_mm_per_px


def test_the_board_tells_the_scale_of_its_measured_squares() -> None:
    """A screen shows squares of 30 mm where the print has 24: all is larger, so is the scale."""
    image = developed(board_light(met(BENT.rays(), turn(6, -4, 3), np.array([10.0, 5.0, 500.0]))), seed=2)
    printed, shown = (scale_from_board(image, square_mm, lens=lens_of(BENT)) for square_mm in (24.0, 30.0))
    true = planted_scale((turn(6, -4, 3), np.array([10.0, 5.0, 500.0])))
    assert printed.mm_per_px == pytest.approx(true, rel=0.005)
    assert shown.mm_per_px == pytest.approx(1.25 * printed.mm_per_px, rel=1e-6)


def marker(side_px: int, count: int = 1) -> Image:
    image = np.full((400, 300 + 300 * count, 3), 200, np.uint8)
    for k in range(count):
        drawn = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), k, side_px)
        image[100 : 100 + side_px, 100 + 300 * k : 100 + 300 * k + side_px] = drawn[..., None]
    return image


def test_a_marker_of_known_size() -> None:
    scale = scale_from_marker(marker(120), 60.0)
    assert scale.mm_per_px == pytest.approx(0.5, rel=0.02)  # its corners are found to a pixel of 120
    with pytest.raises(rom.NotMeasurable, match="found 2"):
        scale_from_marker(marker(120, count=2), 60.0)


def test_what_is_not_there_is_said() -> None:
    dark = np.full((300, 400, 3), 60, np.uint8)
    with pytest.raises(rom.NotMeasurable, match="dark ground"):
        find_sheet(dark)
    with pytest.raises(rom.NotMeasurable, match="board"):
        scale_from_board(dark, 24.0)
    with pytest.raises(rom.UsageError, match="a4 or letter"):
        scale_from_sheet(CORNERS * 100, "a3")
