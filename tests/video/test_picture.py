"""Brightness and level of pictures drawn here."""

import cv2
import numpy as np
import pytest

from rom.records import Image
from rom.video.picture import brightness, roll_from_lines


def room(roll_deg: float, seed: int = 0) -> Image:
    """A wall with door frames, shelves and a skirting board, the picture turned clockwise by `roll_deg`."""
    rng = np.random.default_rng(seed)
    image = np.full((720, 1280, 3), 180, dtype=np.uint8)
    for x in (200, 420, 900, 1120):
        cv2.rectangle(image, (x, 150), (x + 60, 620), (90, 60, 40), 4)
    cv2.line(image, (0, 640), (1280, 640), (60, 60, 60), 5)
    noisy = np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((640, 360), -roll_deg, 1.3)
    return np.asarray(cv2.warpAffine(noisy, turn, (1280, 720)), dtype=np.uint8)


@pytest.mark.parametrize("roll_deg", [0.0, 4.0, -9.0, 15.0])
def test_roll_is_read_from_the_lines_of_a_room(roll_deg: float) -> None:
    assert roll_from_lines(room(roll_deg)) == pytest.approx(roll_deg, abs=0.5)  # the detector's own resolution


def test_no_lines_no_level() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (360, 640, 3)).astype(np.uint8)
    assert np.isnan(roll_from_lines(noise))
    assert np.isnan(roll_from_lines(np.zeros((360, 640, 3), dtype=np.uint8)))


def test_slanted_furniture_does_not_tilt_the_camera() -> None:
    """A ramp at 35 degrees is no wall."""
    image = np.full((720, 1280, 3), 200, dtype=np.uint8)
    for offset in range(0, 500, 100):
        cv2.line(image, (100 + offset, 600), (700 + offset, 180), (30, 30, 30), 4)
    assert np.isnan(roll_from_lines(image))


def test_brightness() -> None:
    assert brightness(np.full((100, 100, 3), 37, dtype=np.uint8)) == pytest.approx(37.0)
