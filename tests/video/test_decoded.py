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
def test_grids_are_those_of_the_whole(size: tuple[int, int], turn: Orientation) -> None:
    whole = lazy(size, turn).whole()
    picture = lazy(size, turn)
    assert picture.shape == whole.shape
    for step in (5, 16):
        np.testing.assert_array_equal(picture.grid(step), whole[::step, ::step])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_every_pixel_of_the_upright_picture_has_its_place_in_each_plane(
    size: tuple[int, int], turn: Orientation
) -> None:
    """Looked up through the planes' affines and turned into RGB, all of them are the picture."""
    picture = lazy(size, turn)
    height, width, _ = picture.shape
    ys, xs = np.mgrid[:height, :width]
    pixels = np.stack([xs, ys, np.ones_like(xs)], axis=-1)
    components = []
    for plane in picture.planes:
        at = np.round(pixels @ plane.affine.T - 1e-6).astype(int)  # a pixel lies a quarter from its colour's middle
        components.append(plane.values[at[..., 1], at[..., 0]])
    found = picture.in_rgb(np.stack(components, axis=-1)).astype(int)
    off = found - picture.whole()
    assert off.min() >= 0, "FFmpeg's table rounds down"
    assert off.max() <= 3


@pytest.mark.parametrize("colour_format", ["yuv420p", "yuvj420p"])
@pytest.mark.parametrize("matrix", [1, 4, 5, 6, 7, 9])
def test_matrix_and_range_are_those_of_the_whole(matrix: int, colour_format: str) -> None:
    """Of even colours, by every matrix that a file may name, in full and in limited range."""
    rgb = RgbConverter(1.0)
    for light, blue, red in [(120, 90, 160), (180, 140, 120), (60, 128, 128), (200, 110, 135)]:
        frame = VideoFrame(64, 32, colour_format)
        frame.colorspace = matrix
        for plane, value in zip(frame.planes, (light, blue, red), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        assert rgb.takes_parts(frame)
        found = rgb.of_components(np.full((8, 8, 3), (light, blue, red), np.uint8), frame).astype(int)
        off = found[0, 0] - rgb.convert(frame)[0, 0]
        assert off.min() >= 0, "FFmpeg's table rounds down"
        assert off.max() <= 3


def test_light_is_the_grey_of_a_grey_picture() -> None:
    rng = np.random.default_rng(5)
    grey = np.repeat(rng.integers(0, 256, (180, 320, 1), np.uint8), 3, axis=-1)
    frame = VideoFrame.from_ndarray(grey, format="rgb24").reformat(format="yuv420p")
    for turn in TURNS:
        picture = DecodedImage(frame, RgbConverter(1.0), turn)
        wanted = turn.apply(grey)[::7, ::7, 0].astype(int)
        assert np.abs(picture.light(7) - wanted).max() <= 2, "220 steps of light for 256"


def test_other_formats_and_stretched_pictures_are_turned_whole() -> None:
    assert not RgbConverter(1.0).takes_parts(decoded(320, 180, "yuv422p"))
    assert not RgbConverter(1.5).takes_parts(decoded(320, 180))


def test_once_it_is_whole_nothing_is_turned_again() -> None:
    picture = lazy(SIZES[0], TURNS[1])
    whole = picture.whole()
    assert picture.whole() is whole
    assert np.shares_memory(picture.grid(4), whole)


@pytest.mark.parametrize("larger", [1.0, 0.4])  # the smaller one is cut from half the picture
@pytest.mark.parametrize("place", [(160.0, 90.0), (-10.0, 20.0), (318.0, 170.0), (900.0, 700.0)])
def test_a_crop_is_the_one_of_the_whole_picture(place: tuple[float, float], larger: float) -> None:
    """Also at and beyond the picture's edges.

    FFmpeg's table rounds down (by 1.1 in the mean), and colours are blocks there that are smooth here.
    """
    affine = larger * np.array([[0.011, 0.004, 0.0], [-0.004, 0.011, 0.0]])
    affine[:, 2] = 0.5 - affine[:, :2] @ np.array(place)
    smooth = cv2.GaussianBlur(lazy(SIZES[0], TURNS[0]).whole(), (0, 0), 4)
    frame = VideoFrame.from_ndarray(np.asarray(smooth, np.uint8), format="rgb24").reformat(format="yuv420p")
    picture = DecodedImage(frame, RgbConverter(1.0), TURNS[0])
    whole = DecodedImage(frame, RgbConverter(1.0), TURNS[0]).whole()
    found, wanted = warp(picture, affine, 64).astype(int), warp(whole, affine, 64).astype(int)
    assert np.abs(found - wanted).max() <= 7
    assert np.abs(found - wanted - 1.1).mean() < 1.0
    if place == (160.0, 90.0):  # beyond the edge is nothing that could be shifted
        for k in range(3):
            shift, _ = cv2.phaseCorrelate(found[..., k].astype(float), wanted[..., k].astype(float))
            np.testing.assert_allclose(shift, 0.0, atol=0.1)  # crop pixels; a middle mistaken is 0.12 at least


@pytest.mark.parametrize("larger", [1.0, 0.4])
@pytest.mark.parametrize("place", [(160.0, 90.0), (-10.0, 20.0), (318.0, 170.0), (900.0, 700.0)])
def test_where_there_is_no_colour_only_rounding_tells_the_two_crops_apart(
    place: tuple[float, float], larger: float
) -> None:
    affine = larger * np.array([[0.011, 0.004, 0.0], [-0.004, 0.011, 0.0]])
    affine[:, 2] = 0.5 - affine[:, :2] @ np.array(place)
    smooth = cv2.GaussianBlur(lazy(SIZES[0], TURNS[0]).whole()[..., 1], (0, 0), 3)
    frame = VideoFrame.from_ndarray(np.repeat(smooth[..., None], 3, axis=-1), format="rgb24").reformat(
        format="yuv420p"
    )
    picture = DecodedImage(frame, RgbConverter(1.0), TURNS[0])
    whole = DecodedImage(frame, RgbConverter(1.0), TURNS[0]).whole()
    off = warp(picture, affine, 64).astype(int) - warp(whole, affine, 64)
    assert off.min() >= -1, "FFmpeg's table rounds down, either crop to the nearest"
    assert off.max() <= 3, "as much as the table does of single pixels"


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
