"""A planted lens is found again, and what would not find it is refused in one sentence."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

import rom
from rom.camera.lens import (
    FOCAL_SD_MAX,
    SHARP_MIN,
    BoardView,
    board_finder,
    calibrate_lens,
    lens_from_views,
    lens_remark,
    parts_missed,
)
from rom.camera.targets import corners_mm
from rom.geometry import undistort_points
from rom.records import Floats, Image, Lens
from tests.rendered import PlantedCamera, lens_of, seen_at, turn

SIZE = (960, 540)


@pytest.fixture(scope="module")
def views(pictures: list[Image]) -> list[BoardView]:
    """The board as it is found in every rendered picture."""
    found = [board_finder()(picture) for picture in pictures]
    assert all(found), "the board is large, sharp and well lit in each"
    return [view for view in found if view is not None]


@pytest.fixture(scope="module")
def lens(views: list[BoardView]) -> Lens:
    """The lens found from them."""
    return lens_from_views(views, SIZE)


def drawn_views(
    camera: PlantedCamera, poses: Sequence[tuple[Floats, Floats]], noise_px: float = 0.15, seed: int = 3
) -> list[BoardView]:
    """The board's corners where a camera draws them, without a picture; those outside it are not seen."""
    rng = np.random.default_rng(seed)
    plane = corners_mm() - corners_mm().mean(axis=0)
    found = []
    for axes, middle in poses:
        points = seen_at(camera, plane, axes, middle) + rng.normal(0.0, noise_px, plane.shape)
        inside = ((points > 0) & (points < [camera.width_px, camera.height_px])).all(axis=-1)
        if inside.sum() >= 12:
            found.append(BoardView(np.flatnonzero(inside), points[inside], 0.4))
    return found


def poses(count: int, *, tilt_deg: float = 30.0, across: float = 1.0, seed: int = 5) -> list[tuple[Floats, Floats]]:
    """The board all over the picture; `across` 0.3 keeps it in the middle."""
    rng = np.random.default_rng(seed)
    found: list[tuple[Floats, Floats]] = []
    for _ in range(count):
        depth = rng.uniform(350.0, 500.0)
        middle = np.array([across * rng.uniform(-0.5, 0.5) * depth, across * rng.uniform(-0.3, 0.3) * depth, depth])
        found.append((turn(*rng.uniform(-tilt_deg, tilt_deg, 2), rng.uniform(-15.0, 15.0)), middle))
    return found


def misplaced_px(lens: Lens, camera: PlantedCamera) -> Floats:
    """(N,) how far apart the found and the planted lens put points all over the picture."""
    y, x = np.mgrid[0 : camera.height_px + 1 : 54, 0 : camera.width_px + 1 : 96]
    places = np.stack([x, y], axis=-1).reshape(-1, 2).astype(float)
    found = undistort_points(places, lens.matrix, lens.distortion)
    return np.asarray(np.linalg.norm(found - undistort_points(places, camera.matrix, camera.distortion), axis=-1))


def test_the_planted_lens_is_found_within_its_own_uncertainty(lens: Lens, planted_camera: PlantedCamera) -> None:
    """Four SDs: one lens in 16,000 would be further off in one of these by chance."""
    assert lens.matrix[0][0] == lens.matrix[1][1]
    assert abs(lens.matrix[0][0] - planted_camera.focal_px) < 4 * lens.focal_sd_px
    off = np.abs(np.subtract(lens.distortion, planted_camera.distortion))
    assert (off[:4] < 4 * np.array(lens.distortion_sd[:4])).all()
    assert lens.focal_sd_px < 0.002 * planted_camera.focal_px, "and the uncertainty says something"


def test_points_all_over_the_picture_come_out_right(lens: Lens, planted_camera: PlantedCamera) -> None:
    y, x = np.mgrid[0:541:54, 0:961:96]
    places = np.stack([x, y], axis=-1).astype(float)
    bent = undistort_points(places, planted_camera.matrix, planted_camera.distortion) - places
    assert np.abs(bent).max() > 100, "the lens bends by over 100 pixels in the corners"
    off = misplaced_px(lens, planted_camera).reshape(11, 11)
    assert np.median(off) < 0.8  # all points move together with the principal point, known to half a pixel
    assert off[1:-1, 1:-1].max() < 1.5
    assert off.max() < 0.025 * np.abs(bent).max(), "beyond the outermost corners of the board it is a guess"


def test_errors_are_those_of_the_corners(lens: Lens) -> None:
    """Blur of 0.7 pixels and noise of 3 grey values leave corners known to about a tenth of a pixel."""
    assert 0.03 < lens.rms_px < 0.2
    assert 0.03 < lens.held_out_px < 0.2
    assert lens.views > 15
    assert lens.coverage > 0.9
    assert lens_remark(lens, 960) == ""
    assert "calibrate again" in lens_remark(lens_of(PlantedCamera(), held_out_px=1.5), 960)


def test_a_folder_of_photographs_gives_a_profile_that_knows_its_device(
    pictures: list[Image], tmp_path: Path, lens: Lens
) -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Acme", "Acme One"
    for k, picture in enumerate(pictures):
        Pillow.fromarray(picture).save(tmp_path / f"{k:02}.png", exif=exif)
    looks: list[tuple[int, int]] = []
    profile = calibrate_lens(tmp_path, name="phone", looked=lambda count, seen: looks.append((count, seen)))
    assert profile.lens == lens, "a picture is a picture, wherever it comes from"
    assert (profile.name, profile.width_px, profile.height_px) == ("phone", 960, 540)
    assert profile.device == "Acme Acme One"
    assert (profile.level, profile.scale) == (None, None)
    assert looks[-1] == (len(pictures), len(pictures))


def test_too_few_views_are_refused(views: list[BoardView]) -> None:
    with pytest.raises(
        rom.NotMeasurable, match=r"at least 10 sharp and different views .* found 6 \(of 6 in all\)"
    ):
        lens_from_views(views[:6], SIZE)
    with pytest.raises(rom.NotMeasurable, match=r"found 1 \(of 30 in all\)"):
        lens_from_views([views[0]] * 30, SIZE)
    blurred = [BoardView(v.numbers, v.points_px, 0.5 * SHARP_MIN) for v in views]
    with pytest.raises(rom.NotMeasurable, match="found 0"):
        lens_from_views(blurred, SIZE)


def test_a_recording_without_the_board_is_refused(tmp_path: Path) -> None:
    Pillow.fromarray(np.full((200, 300, 3), 90, np.uint8)).save(tmp_path / "grey.png")
    with pytest.raises(rom.NotMeasurable, match="never seen"):
        calibrate_lens(tmp_path / "grey.png")


def test_parts_never_covered_are_named(planted_camera: PlantedCamera) -> None:
    middle = drawn_views(planted_camera, poses(40, across=0.5))
    shifted = [BoardView(v.numbers, v.points_px * 0.65 + [0.0, 189.0], v.sharpness) for v in middle]
    assert "top right" in parts_missed(shifted, SIZE)
    assert "bottom left" not in parts_missed(shifted, SIZE)
    with pytest.raises(rom.NotMeasurable, match=r"never in the part .*top right"):
        lens_from_views(shifted, SIZE)


def test_a_board_that_was_never_tilted_does_not_tell_the_focal_length() -> None:
    flat = PlantedCamera(distortion=(0.0, 0.0, 0.0, 0.0, 0.0))
    level = [(turn(0, 0, k), middle) for k, (_, middle) in enumerate(poses(40))]
    with pytest.raises(rom.NotMeasurable, match=r"found 0 and .* tilt the board"):
        lens_from_views(drawn_views(flat, level, noise_px=0.3), SIZE)
    assert lens_from_views(drawn_views(flat, poses(40), noise_px=0.3), SIZE).focal_sd_px < FOCAL_SD_MAX * 700


def test_views_that_do_not_agree_on_one_lens_are_said_or_refused() -> None:
    """A zoom in the middle of the recording."""
    near, far = PlantedCamera(), PlantedCamera(focal_px=1000.0)
    mixed = drawn_views(near, poses(20)) + drawn_views(far, poses(30, seed=9))
    found = lens_from_views(mixed, SIZE)
    assert "do not zoom" in lens_remark(found, SIZE[0]), (
        "one camera can imitate both within a pixel, and that is said"
    )
    trembling = drawn_views(near, poses(40), noise_px=2.0)
    with pytest.raises(rom.NotMeasurable, match="do not zoom"):
        lens_from_views(trembling, SIZE)


def test_a_few_bent_views_do_not_spoil_the_lens(planted_camera: PlantedCamera) -> None:
    good = drawn_views(planted_camera, poses(36))
    rng = np.random.default_rng(2)
    bent = [
        BoardView(v.numbers, v.points_px + rng.normal(0, 4.0, v.points_px.shape), v.sharpness)
        for v in drawn_views(planted_camera, poses(3, seed=8))
    ]
    lens = lens_from_views(good + bent, SIZE)
    assert lens.held_out_px < 0.4  # 0.15 px of noise in each coordinate is 0.21; the bent ones had 5.7
    assert misplaced_px(lens, planted_camera).max() < 3.0


@pytest.mark.parametrize("along", [0, 1])
def test_a_smeared_view_is_not_used(pictures: list[Image], along: int) -> None:
    import cv2

    sharp = board_finder()(pictures[5])
    kernel = (15, 1) if along == 0 else (1, 15)
    smeared = board_finder()(np.asarray(cv2.blur(pictures[5], kernel), dtype=np.uint8))
    assert sharp is not None
    assert sharp.sharpness > 2 * SHARP_MIN
    assert smeared is None or smeared.sharpness < SHARP_MIN


def test_pixels_are_counted_from_the_corner_of_the_picture() -> None:
    """A board drawn to exact pixels: its first inner corner lies between pixels 7 and 8 modules in."""
    from rom.camera.targets import black_modules

    white = np.where(np.pad(black_modules(), 2), 0, 255).astype(np.uint8)
    image = np.repeat(np.kron(white, np.ones((6, 6), np.uint8))[..., None], 3, axis=2)
    view = board_finder()(image)
    assert view is not None
    first = view.points_px[view.numbers == 0][0]
    np.testing.assert_allclose(first, [60.0, 60.0], atol=0.1)  # (2 + 8) modules of 6 pixels
