"""Pictures that are turned into RGB where somebody looks show there the very pixels of the whole."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame

from rom.pose.leg_crop import warp
from rom.records import LazyImage, grid_of
from rom.video import VideoWriter, open_recording
from rom.video.colour import RgbConverter
from rom.video.decoded import DecodedImage
from rom.video.picture import brightness
from rom.video.upright import Orientation

SIZES = [(320, 180), (322, 178)]
TURNS = [Orientation(deg, mirrored) for deg in (0, 90, 180, 270) for mirrored in (False, True)]


def decoded(width: int, height: int, colour_format: str = "yuv420p") -> VideoFrame:
    """A frame with noise in all its planes."""
    frame = VideoFrame(width, height, colour_format)
    rng = np.random.default_rng(width)
    for plane in frame.planes:
        plane.update(rng.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
    return frame


def lazy(size: tuple[int, int], turn: Orientation) -> DecodedImage:
    return DecodedImage(decoded(*size), RgbConverter(1.0), turn)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_parts_and_grids_are_those_of_the_whole(size: tuple[int, int], turn: Orientation) -> None:
    whole = lazy(size, turn).whole()
    picture = lazy(size, turn)
    assert picture.shape == whole.shape
    for step in (5, 16):
        np.testing.assert_array_equal(picture.grid(step), whole[::step, ::step])
    rng = np.random.default_rng(1)
    for _ in range(10):
        (left, right), (top, bottom) = (np.sort(rng.integers(-30, side + 30, 2)) for side in whole.shape[1::-1])
        part, x, y = picture.part(left, top, right, bottom)
        np.testing.assert_array_equal(part, whole[y : y + part.shape[0], x : x + part.shape[1]])
        assert x <= max(left, 0)
        assert y <= max(top, 0)
        assert x + part.shape[1] >= min(right, whole.shape[1])
        assert y + part.shape[0] >= min(bottom, whole.shape[0])


@pytest.mark.parametrize("colour_format", ["yuv420p", "yuvj420p"])
def test_full_and_limited_range_are_told_apart_in_parts_as_well(colour_format: str) -> None:
    frame, rgb = decoded(320, 180, colour_format), RgbConverter(1.0)
    assert rgb.takes_parts(frame)
    part, x, y = DecodedImage(frame, rgb, Orientation()).part(40, 50, 100, 110)
    np.testing.assert_array_equal(part, rgb.convert(frame)[y : y + part.shape[0], x : x + part.shape[1]])


def test_other_formats_and_stretched_pictures_are_turned_whole() -> None:
    assert not RgbConverter(1.0).takes_parts(decoded(320, 180, "yuv422p"))
    assert not RgbConverter(1.5).takes_parts(decoded(320, 180))


def test_once_it_is_whole_nothing_is_turned_again() -> None:
    picture = lazy(SIZES[0], TURNS[1])
    whole = picture.whole()
    assert picture.whole() is whole
    assert picture.part(3, 3, 9, 9)[0] is whole
    assert np.shares_memory(picture.grid(4), whole)


@pytest.mark.parametrize("larger", [1.0, 0.4])  # the smaller one is cut from half the picture
@pytest.mark.parametrize("place", [(160.0, 90.0), (-10.0, 20.0), (318.0, 170.0), (900.0, 700.0)])
def test_a_crop_is_the_one_of_the_whole_picture(place: tuple[float, float], larger: float) -> None:
    """Also at and beyond the picture's edges; OpenCV rounds places in it a little, hence one grey value."""
    affine = larger * np.array([[0.011, 0.004, 0.0], [-0.004, 0.011, 0.0]])
    affine[:, 2] = 0.5 - affine[:, :2] @ np.array(place)
    smooth = cv2.GaussianBlur(lazy(SIZES[0], TURNS[0]).whole(), (0, 0), 3)
    frame = VideoFrame.from_ndarray(np.asarray(smooth, np.uint8), format="rgb24").reformat(format="yuv420p")
    picture = DecodedImage(frame, RgbConverter(1.0), TURNS[0])
    whole = DecodedImage(frame, RgbConverter(1.0), TURNS[0]).whole()
    found, wanted = warp(picture, affine, 64).astype(int), warp(whole, affine, 64).astype(int)
    assert np.abs(found - wanted).max() <= 1
    assert np.mean(found != wanted) < 1e-3


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "greys.mp4"
    with VideoWriter(path, width=160, height=120, rate_hz=30.0) as video:
        for k in range(5):
            video.write(np.full((120, 160, 3), 40 * k, np.uint8), k / 30)
    return path


def test_a_film_read_lazily_shows_the_same_pictures(film: Path) -> None:
    with open_recording(film) as eager, open_recording(film, lazily=True) as late:
        pairs = list(zip(eager, late, strict=True))
    assert len(pairs) == 5
    for whole, frame in pairs:
        assert isinstance(whole.picture, np.ndarray)
        assert isinstance(frame.picture, DecodedImage)
        assert brightness(frame.picture) == brightness(whole.picture)
        np.testing.assert_array_equal(frame.image, whole.image)


def test_a_grid_is_the_same_of_either_kind() -> None:
    picture: LazyImage = lazy(SIZES[0], TURNS[0])
    np.testing.assert_array_equal(grid_of(picture, 7), grid_of(lazy(SIZES[0], TURNS[0]).whole(), 7))
