"""Hard cuts: found to the frame where planted, and nowhere else, whatever moves, shakes, flashes or fades."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from rom.records import Image
from rom.video import open_recording
from rom.video.cuts import split_at_cuts, thumbnail
from rom.video.source import Picture

SIZE = (320, 180)


def scene(seed: int, width: int = 640, height: int = 360) -> Image:
    """A room of its own: smooth patches of light and dark, with furniture (rectangles) in it."""
    rng = np.random.default_rng(seed)
    image = cv2.resize(
        rng.integers(40, 200, (5, 8, 3), dtype=np.uint8), (width, height), interpolation=cv2.INTER_CUBIC
    )
    for _ in range(8):
        left, top = rng.integers(0, width - 80), rng.integers(0, height - 60)
        size = rng.integers(30, 160, 2)
        colour = [int(c) for c in rng.integers(20, 235, 3)]
        cv2.rectangle(image, (int(left), int(top)), (int(left + size[0]), int(top + size[1])), colour, -1)
    return np.asarray(image, dtype=np.uint8)


def view(world: Image, left: float, top: float, zoom: float = 1.0) -> Image:
    """What a camera sees that looks at (left, top) of the scene."""
    width, height = round(SIZE[0] * zoom), round(SIZE[1] * zoom)
    x = int(np.clip(left, 0, world.shape[1] - width))
    y = int(np.clip(top, 0, world.shape[0] - height))
    return np.asarray(cv2.resize(world[y : y + height, x : x + width], SIZE), dtype=np.uint8)


def first_frames(images: list[Image]) -> list[int]:
    """Indices at which a new shot begins."""
    shots = [shot for _, shot in split_at_cuts(Picture(image, k / 30) for k, image in enumerate(images))]
    assert len(shots) == len(images)
    assert shots[:1] in ([], [0])
    return [k for k in range(1, len(shots)) if shots[k] != shots[k - 1]]


def steady(seed: int, count: int) -> list[Image]:
    """A shot from a tripod with sensor noise."""
    rng, base = np.random.default_rng(seed), view(scene(seed), 100, 60).astype(float)
    return [np.clip(base + rng.normal(0, 4, base.shape), 0, 255).astype(np.uint8) for _ in range(count)]


def walker(count: int, speed_px: float) -> list[Image]:
    """A dark figure that crosses before a plain wall, legs swinging."""
    images = []
    for k in range(count):
        image = np.full((SIZE[1], SIZE[0], 3), 190, np.uint8)
        image[140:] = 110  # the floor
        x = int((k * speed_px) % (SIZE[0] + 80)) - 40
        swing = int(25 * np.sin(k * speed_px / 12))
        cv2.rectangle(image, (x - 15, 30), (x + 15, 110), (60, 50, 50), -1)
        cv2.line(image, (x, 110), (x + swing, 175), (40, 40, 60), 14)
        cv2.line(image, (x, 110), (x - swing, 175), (50, 40, 40), 14)
        images.append(image)
    return images


@pytest.mark.parametrize("seed", range(20))
def test_a_cut_between_scenes_is_found_to_the_frame(seed: int) -> None:
    images = steady(seed, 12) + steady(seed + 100, 9) + steady(seed + 200, 12)
    assert first_frames(images) == [12, 21]


def test_cuts_near_the_ends() -> None:
    assert first_frames(steady(1, 2) + steady(2, 10)) == [2]
    assert first_frames(steady(1, 10) + steady(2, 1)) == [10]
    assert first_frames([]) == []
    assert first_frames(steady(1, 1)) == []


@pytest.mark.parametrize("speed_px", [2, 8, 20, 40])
def test_a_fast_walker_is_no_cut(speed_px: float) -> None:
    assert first_frames(walker(80, speed_px)) == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("speed_px", [5, 20, 40])
def test_a_camera_swung_round_is_no_cut(seed: int, speed_px: float) -> None:
    """Stands, swings (40 px is an eighth of the picture's width per frame, four pictures a second), stands."""
    world = scene(seed, width=2400)
    lefts = [0.0] * 8 + [speed_px * k for k in range(20)] + [speed_px * 19] * 8
    assert first_frames([view(world, left, 90) for left in lefts]) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_shaking_camera_is_no_cut(seed: int) -> None:
    rng, world = np.random.default_rng(seed), scene(seed)
    offsets = rng.normal(0, 8, (60, 2)).cumsum(axis=0) * 0.3 + rng.normal(
        0, 6, (60, 2)
    )  # px of 320: hand-held, rough
    assert first_frames([view(world, 150 + dx, 90 + dy) for dx, dy in offsets]) == []


@pytest.mark.parametrize("length", [1, 2, 5])
@pytest.mark.parametrize("level", [0, 255])
def test_a_flash_or_a_blank_is_no_cut(level: int, length: int) -> None:
    blank = [np.full((SIZE[1], SIZE[0], 3), level, np.uint8)] * length
    shot = steady(3, 20)
    assert first_frames(shot[:10] + blank + shot[10:]) == []


def test_a_lamp_and_a_slow_dimming_are_no_cuts() -> None:
    shot = steady(4, 30)
    lamp = [
        np.clip(image.astype(float) * (0.4 if k < 15 else 1.0), 0, 255).astype(np.uint8)
        for k, image in enumerate(shot)
    ]
    assert first_frames(lamp) == []
    fade = [(image.astype(float) * abs(15 - k) / 15).astype(np.uint8) for k, image in enumerate(shot)]
    assert first_frames(fade) == []


def test_a_side_lamp_is_no_cut() -> None:
    """Light from one side, suddenly: the left half three times as bright as the right."""
    shade = np.linspace(1.0, 0.33, SIZE[0])[None, :, None]
    lit = [(image * shade).astype(np.uint8) if k >= 10 else image for k, image in enumerate(steady(5, 20))]
    assert first_frames(lit) == []


def test_a_fade_through_black_into_another_scene_splits_once() -> None:
    black = [np.zeros((SIZE[1], SIZE[0], 3), np.uint8)] * 6
    out = [(image.astype(float) * (9 - k) / 10).astype(np.uint8) for k, image in enumerate(steady(6, 10))]
    into = [(image.astype(float) * k / 10).astype(np.uint8) for k, image in enumerate(steady(7, 10))]
    cuts = first_frames(steady(6, 10) + out + black + into + steady(7, 10))
    assert len(cuts) == 1
    assert 26 <= cuts[0] <= 30  # where the new scene first shows


def test_a_cut_survives_encoding(make_clip: Callable[..., Path]) -> None:
    images = steady(8, 15) + steady(9, 15)
    with open_recording(make_clip(images=images, options={"crf": "28"})) as recording:
        shots = [frame.shot for frame in recording]
    assert shots == [0] * 15 + [1] * 15


def test_thumbnails_of_any_size() -> None:
    for shape in ((3, 5, 3), (18, 32, 3), (1080, 1920, 3), (2000, 30, 3)):
        small = thumbnail(np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8))
        assert small.shape == (18, 32)
        assert abs(float(small.mean())) < 5  # grey levels: the light has been taken out


SHARED = Path(__file__).parents[3] / "shared"
REAL = sorted(SHARED.glob("recordings/*.mp4"))


@pytest.mark.slow
@pytest.mark.skipif(not REAL, reason="the shared recordings are not beside this checkout")
def test_every_splice_of_real_recordings_is_found() -> None:
    """Ten pictures of each recording before ten of each other one."""
    parts = []
    for path in REAL:
        with open_recording(path) as recording:
            images = [np.asarray(frame.image) for frame, _ in zip(recording, range(10), strict=False)]
        parts.append([np.asarray(cv2.resize(image, SIZE), dtype=np.uint8) for image in images])
    for before in range(len(parts)):
        for after in range(len(parts)):
            due = [10] if before != after else []
            joined = parts[before] + (parts[after] if before != after else parts[after][::-1])
            assert first_frames(joined) == due, f"{REAL[before].name} before {REAL[after].name}"
