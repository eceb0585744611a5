"""A planted roll is read from a line that was pointed at, and from the lines in view."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

import rom
from rom.camera.level import level_from_line, level_from_scene
from rom.geometry import distort_points, turn_points
from tests.rendered import PlantedCamera, lens_of

WIDTH, HEIGHT = 1280, 720


def ends(roll_deg: float, lies: bool = False) -> tuple[float, float, float, float]:
    """An upright or a level line through the middle, seen by a camera that makes pictures turn clockwise."""
    straight = [[440.0, 360.0], [840.0, 360.0]] if lies else [[640.0, 600.0], [640.0, 120.0]]
    turned = turn_points(straight, roll_deg, (640.0, 360.0)) / [WIDTH, HEIGHT]
    x1, y1, x2, y2 = (float(v) for v in turned.ravel())
    return x1, y1, x2, y2


@pytest.mark.parametrize("roll_deg", [-12.0, -1.5, 0.0, 4.0, 30.0])
@pytest.mark.parametrize("lies", [False, True])
def test_a_line_tells_the_planted_roll(roll_deg: float, lies: bool) -> None:
    level = level_from_line(ends(roll_deg, lies), WIDTH, HEIGHT, lies_level=lies)
    assert level.roll_deg == pytest.approx(roll_deg, abs=1e-6)
    assert 0.3 < level.sd_deg < 1.0  # 3.8 pixels at each end of 400 to 480: 0.6 to 0.8 degrees


def test_a_shorter_line_is_less_sure() -> None:
    long, short = (level_from_line((0.5, 0.1, 0.5, end), WIDTH, HEIGHT) for end in (0.9, 0.5))
    assert short.sd_deg == pytest.approx(2 * long.sd_deg)


@pytest.mark.parametrize(
    ("line", "said"),
    [((0.5, 0.5, 0.5, 0.52), "long line"), ((0.5, -0.1, 0.5, 0.9), "0 to 1"), ((0.1, 0.5, 0.9, 0.5), "stands 90")],
)
def test_a_line_that_tells_nothing_is_refused(line: tuple[float, float, float, float], said: str) -> None:
    with pytest.raises(rom.UsageError, match=said):
        level_from_line(line, WIDTH, HEIGHT)


def test_the_lens_straightens_the_line_first() -> None:
    """An upright door frame at the picture's edge, drawn by a wide lens: its lower half leans by degrees."""
    camera = PlantedCamera(WIDTH, HEIGHT, 800.0, (640.0, 360.0))
    x1, y1, x2, y2 = (
        distort_points([[1300.0, 360.0], [1300.0, 700.0]], camera.matrix, camera.distortion) / [WIDTH, HEIGHT]
    ).ravel()
    bent = level_from_line((x1, y1, x2, y2), WIDTH, HEIGHT)
    assert abs(bent.roll_deg) > 4.0
    level = level_from_line((x1, y1, x2, y2), WIDTH, HEIGHT, lens=lens_of(camera))
    assert level.roll_deg == pytest.approx(0.0, abs=1e-4)


def room(roll_deg: float, seed: int = 1) -> np.ndarray:
    """Door frames before a grainy wall, and a shelf whose level lines perspective has tilted by 15 degrees."""
    import cv2

    image = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    for x in (200, 330, 900, 1060):
        top, bottom = turn_points([[x, 100.0], [x, 640.0]], roll_deg, (640.0, 360.0))
        cv2.line(image, top.round().astype(int).tolist(), bottom.round().astype(int).tolist(), (60, 50, 40), 7)
    for y in (120, 200, 280):
        cv2.line(image, (400, y), (860, y + 123), (60, 50, 40), 5)
    noise = np.random.default_rng(seed).normal(0, 3, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("roll_deg", [-6.0, 0.0, 3.0])
def test_upright_lines_in_view_tell_the_planted_roll(tmp_path: Path, roll_deg: float) -> None:
    for k in range(3):
        Pillow.fromarray(room(roll_deg, seed=k)).save(tmp_path / f"{k}.png")
    level = level_from_scene(tmp_path)
    assert level.roll_deg == pytest.approx(roll_deg, abs=0.3)  # half a pixel at 360 lines over half the height
    assert level.sd_deg < 0.5


def test_a_wall_without_lines_tells_nothing(tmp_path: Path) -> None:
    Pillow.fromarray(np.full((HEIGHT, WIDTH, 3), 150, np.uint8)).save(tmp_path / "wall.png")
    with pytest.raises(rom.NotMeasurable, match="door frame"):
        level_from_scene(tmp_path / "wall.png")
