"""The spread of the angle: against finite differences, sampling, and the published-style table."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize._numdiff import approx_derivative

from rom.geometry import (
    dorsiflexion_from_points,
    dorsiflexion_jacobian_from_points,
    dorsiflexion_sd_from_covariance,
)

Array = npt.NDArray[np.floating[Any]]
LEG = np.array([[310.0, 100], [300, 400], [280, 440], [380, 420]])


@st.composite
def legs(draw: st.DrawFn) -> Array:
    points = draw(arrays(np.float64, (4, 2), elements=st.floats(0, 2000, width=32)))
    assume(np.hypot(*(points[0] - points[1])) > 20)
    assume(np.hypot(*(points[3] - points[2])) > 20)
    return points


@given(legs(), st.sampled_from([1, -1]))
def test_jacobian_is_the_derivative(points: Array, facing: int) -> None:
    start = dorsiflexion_from_points(points, facing)

    def turn(flat: Array) -> Array:  # measured from the start, so that ±180 is no step
        return np.atleast_1d((dorsiflexion_from_points(flat.reshape(4, 2), facing) - start + 180) % 360 - 180)

    expected = approx_derivative(turn, points.ravel(), method="3-point", abs_step=1e-3)
    # central differences of 1e-3 px on 20 px: (1e-3 / 20)^2 of 3 deg/px, and rounding of 1e-13 / 1e-3
    np.testing.assert_allclose(
        dorsiflexion_jacobian_from_points(points, facing).ravel(), np.ravel(expected), atol=1e-7
    )


def random_covariance(rng: np.random.Generator, size: int, scale: float) -> Array:
    root = rng.normal(size=(size, size)) * scale / np.sqrt(size)
    return np.asarray(root @ root.T)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("facing", [1, -1])
def test_sampling_agrees_for_correlated_landmarks(seed: int, facing: int) -> None:
    rng = np.random.default_rng(seed)
    covariance = random_covariance(rng, 8, 3.0)
    draws = rng.multivariate_normal(LEG.ravel(), covariance, size=200_000).reshape(-1, 4, 2)
    sampled = np.std(dorsiflexion_from_points(draws, facing))
    # an SD from 200 000 draws is known to 0.16 %; the first order costs 1 % below 5 degrees
    assert dorsiflexion_sd_from_covariance(LEG, covariance) == pytest.approx(sampled, rel=0.015)


@pytest.mark.parametrize(("noise_px", "rel"), [(1.0, 0.01), (5.0, 0.01), (11.0, 0.03)])
def test_first_order_holds_as_far_as_the_docstring_says(noise_px: float, rel: float) -> None:
    rng = np.random.default_rng(7)
    draws = LEG + rng.normal(scale=noise_px, size=(400_000, 4, 2))
    sampled = np.std(dorsiflexion_from_points(draws, 1))
    assert dorsiflexion_sd_from_covariance(LEG, np.eye(8) * noise_px**2) == pytest.approx(sampled, rel=rel)


@pytest.mark.parametrize(
    ("foot_px", "noise_px", "expected_deg"),
    [(60, 1, 1.6), (60, 3, 4.7), (150, 1, 0.6), (150, 3, 1.9), (250, 1, 0.4), (250, 3, 1.1)],
)
def test_table_of_keypoint_noise(foot_px: float, noise_px: float, expected_deg: float) -> None:
    """Independent noise, shank 1.75 times the foot; the table is rounded to 0.1."""
    points = np.array([[0, -1.75 * foot_px], [0, 0], [0, 20], [foot_px, 20]])
    covariance = np.broadcast_to(np.eye(2) * noise_px**2, (4, 2, 2))
    assert dorsiflexion_sd_from_covariance(points, covariance) == pytest.approx(expected_deg, abs=0.05)


def test_both_forms_of_covariance_agree() -> None:
    rng = np.random.default_rng(3)
    single = np.stack([random_covariance(rng, 2, 2.0) for _ in range(4)])
    full = np.zeros((8, 8))
    for i in range(4):
        full[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = single[i]
    by_landmark = dorsiflexion_sd_from_covariance(LEG, single)
    assert by_landmark == pytest.approx(dorsiflexion_sd_from_covariance(LEG, full), rel=1e-12)


def test_a_common_shift_of_all_landmarks_costs_nothing() -> None:
    shift = np.kron(np.ones((4, 4)), np.eye(2) * 25)
    # the variance is a sum of terms of size 25 * 0.3 that cancel: 1e-15 of that, and its square root
    assert dorsiflexion_sd_from_covariance(LEG, shift + np.eye(8) * 1e-12) == pytest.approx(0, abs=1e-6)


def test_error_along_the_segments_costs_nothing() -> None:
    points = np.array([[0.0, -200], [0, 0], [0, 20], [100, 20]])
    along = np.diag([0.0, 9, 0, 9, 9, 0, 9, 0])
    assert dorsiflexion_sd_from_covariance(points, along) == 0


def test_broadcasting_equals_the_loop() -> None:
    rng = np.random.default_rng(4)
    points = LEG + rng.normal(scale=20, size=(6, 4, 2))
    covariance = np.stack([random_covariance(rng, 8, 2.0) for _ in range(6)])
    expected = [dorsiflexion_sd_from_covariance(p, c) for p, c in zip(points, covariance, strict=True)]
    np.testing.assert_allclose(dorsiflexion_sd_from_covariance(points, covariance), expected, rtol=1e-12)
    one_for_all = dorsiflexion_sd_from_covariance(points, covariance[0])
    assert one_for_all.shape == (6,)
    assert one_for_all[0] == pytest.approx(expected[0])
    assert dorsiflexion_jacobian_from_points(points, [[1], [-1]]).shape == (2, 6, 4, 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept_and_nan_isolated(dtype: type[np.floating[Any]]) -> None:
    points: Array = np.stack([LEG] * 4).astype(dtype)
    points[1, 2, 0] = np.nan
    points[2, 0] = points[2, 1]
    sd_deg = dorsiflexion_sd_from_covariance(points, np.eye(8, dtype=dtype))
    assert sd_deg.dtype == dorsiflexion_jacobian_from_points(points, 1).dtype == dtype
    assert np.isnan(sd_deg).tolist() == [False, True, True, False]
    assert np.isnan(dorsiflexion_jacobian_from_points(LEG, 0)).all()


def test_what_is_no_covariance_gives_nan_or_is_named() -> None:
    assert np.isnan(dorsiflexion_sd_from_covariance(LEG, -np.eye(8)))
    with pytest.raises(ValueError, match=r"found shape \(2, 2\)"):
        dorsiflexion_sd_from_covariance(LEG, np.eye(2))
