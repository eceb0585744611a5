"""The table of angle definitions."""

from dataclasses import replace

import numpy as np
import pytest

from rom.ankle.definitions import ankle_confidence, ankle_covariance, ankle_points, choose, definitions
from rom.errors import NotMeasurable
from rom.records import Landmarks

HALPE = ("left_knee", "left_ankle", "left_heel", "left_big_toe", "left_small_toe")


def halpe() -> Landmarks:
    points = np.array([[[0.0, 0], [0, 300], [-20, 340], [100, 340], [80, 350]]])
    covariance = np.broadcast_to(4.0 * np.eye(2), (1, 5, 2, 2))
    return Landmarks(
        HALPE, np.zeros(1), np.zeros(1, dtype=int), points, np.array([[0.9, 0.8, 0.7, 0.6, 0.5]]), covariance
    )


def test_every_row_has_a_source_and_four_roles() -> None:
    assert all(row.source and all(row.roles) for row in definitions())
    assert len({row.name for row in definitions()}) == len(definitions())


def test_the_goniometer_s_own_landmarks_come_first() -> None:
    clinical = definitions()[0].landmarks("left")
    assert clinical == ("left_fibular_head", "left_lateral_malleolus", "left_plantar_heel", "left_plantar_mt5")
    assert choose((*clinical, *HALPE, "left_foot_index"), "left").name == definitions()[0].name


def test_half_way_between_two_toes() -> None:
    row = choose(HALPE, "left")
    assert row.name == "halpe"
    roles = row.landmarks("left")
    np.testing.assert_allclose(ankle_points(halpe(), roles)[0, 3], [90, 345])
    np.testing.assert_allclose(ankle_confidence(halpe(), roles)[0], [0.9, 0.8, 0.7, 0.5])
    np.testing.assert_allclose(ankle_covariance(halpe(), roles)[0, 3], 2.0 * np.eye(2))  # mean of two: half


def test_one_toe_missing_is_no_half_way() -> None:
    seen = halpe()
    points = seen.points_px.copy()
    points[0, 4] = np.nan
    roles = choose(HALPE, "left").landmarks("left")
    assert np.isnan(ankle_points(replace(seen, points_px=points), roles)[0, 3]).all()


def test_the_other_leg_is_not_taken_instead() -> None:
    with pytest.raises(NotMeasurable, match=r"right leg.*none of that leg"):
        choose(HALPE, "right")
