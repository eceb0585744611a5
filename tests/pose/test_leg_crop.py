"""The canonical crop: there and back, mirrored or not, pictures with their points."""

import cv2
import numpy as np
import pytest

from rom.pose.leg_crop import (
    ANKLE_AT,
    SIDE_SHANKS,
    covariance_to_picture,
    crop_affine,
    directions_to_camera,
    directions_to_crop,
    scale_of,
    to_crop,
    to_picture,
    warp,
    window_affine,
)

RNG = np.random.default_rng(3)
KNEE, ANKLE = np.array([300.0, 120.0]), np.array([180.0, 280.0])  # a shank of 200 px


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_crop_stands_upright_and_comes_back(mirrored: bool) -> None:
    affine = crop_affine(KNEE, ANKLE, mirrored)
    np.testing.assert_allclose(to_crop(ANKLE, affine), ANKLE_AT)
    np.testing.assert_allclose(to_crop(ANKLE, affine) - to_crop(KNEE, affine), [0, 1 / SIDE_SHANKS], atol=1e-12)
    assert scale_of(affine) == pytest.approx(1 / (SIDE_SHANKS * 200))
    points = RNG.uniform(0, 500, (7, 2))
    np.testing.assert_allclose(to_picture(to_crop(points, affine), affine), points)


@pytest.mark.parametrize("mirrored", [False, True])
def test_toes_lie_to_the_right_of_the_shank(mirrored: bool) -> None:
    affine = crop_affine(np.array([100.0, 0.0]), np.array([100.0, 100.0]), mirrored)
    toes = np.array([60.0 if mirrored else 140.0, 110.0])
    assert to_crop(toes, affine)[0] > ANKLE_AT[0]


@pytest.mark.parametrize("mirrored", [False, True])
def test_covariances_turn_with_their_points(mirrored: bool) -> None:
    """Against the scatter of many points that went the same way."""
    affine = crop_affine(KNEE, ANKLE, mirrored)
    covariance = np.array([[4e-4, 1e-4], [1e-4, 1e-4]])
    cloud = RNG.multivariate_normal([0.5, 0.5], covariance, 40000)
    np.testing.assert_allclose(
        covariance_to_picture(covariance, affine), np.cov(to_picture(cloud, affine).T), rtol=0.05
    )


@pytest.mark.parametrize("mirrored", [False, True])
def test_directions_keep_their_depth_and_length(mirrored: bool) -> None:
    affine = crop_affine(KNEE, ANKLE, mirrored)
    lines = RNG.normal(0, 1, (5, 3))
    there = directions_to_crop(lines, affine)
    np.testing.assert_allclose(there[:, 2], lines[:, 2])
    np.testing.assert_allclose(np.linalg.norm(there, axis=-1), np.linalg.norm(lines, axis=-1))
    np.testing.assert_allclose(directions_to_camera(there, affine), lines)
    shank = np.array([[KNEE[0] - ANKLE[0], KNEE[1] - ANKLE[1], 0.0]]) / 200
    np.testing.assert_allclose(directions_to_crop(shank, affine), [[0, -1, 0]], atol=1e-12)


@pytest.mark.parametrize("size_px", [64, 192])
def test_the_picture_goes_where_its_points_go(size_px: int) -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    spot = np.array([220.0, 300.0])
    image[296:305, 216:225] = 255
    affine = crop_affine(KNEE, ANKLE, mirrored=True)
    crop = warp(image, affine, size_px).astype(float)[..., 0]
    ys, xs = np.mgrid[:size_px, :size_px]
    seen = np.array([(crop * xs).sum(), (crop * ys).sum()]) / crop.sum()
    np.testing.assert_allclose((seen + 0.5) / size_px, to_crop(spot, affine), atol=0.75 / size_px)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_crop_from_half_the_picture_is_the_mean_of_sixteen(mirrored: bool) -> None:
    """It is drawn from means of four pixels; nothing is shifted, and a fine pattern is averaged all the same."""
    chance = np.random.default_rng(3)
    image = cv2.GaussianBlur(chance.integers(0, 256, (401, 399, 3), np.uint8), (0, 0), 2)
    affine, size = crop_affine(KNEE, ANKLE, mirrored), 64
    large = cv2.warpAffine(image, 4 * size * affine, (4 * size, 4 * size), borderMode=cv2.BORDER_REPLICATE)
    wanted = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA).astype(float)
    found = warp(np.asarray(image, np.uint8), affine, size).astype(float)
    assert np.abs(found - wanted).mean() < 1.5  # grey levels, of a pattern with an SD of 10
    shift, _ = cv2.phaseCorrelate(found.mean(axis=-1), wanted.mean(axis=-1))
    np.testing.assert_allclose(shift, 0.0, atol=0.05)  # crop pixels


def test_a_window_is_the_square_round_a_box() -> None:
    affine = window_affine(np.array([100.0, 50.0, 300.0, 150.0]))
    np.testing.assert_allclose(
        to_crop(np.array([[200.0, 100.0], [100.0, 0.0], [300.0, 200.0]]), affine),
        [[0.5, 0.5], [0.0, 0.0], [1.0, 1.0]],
    )
