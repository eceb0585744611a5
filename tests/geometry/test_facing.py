"""Facing: which way the toes point, by frame and by recording."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.geometry import facing_from_points, facing_from_track

RIGHT = np.array([[300.0, 100], [300, 400], [280, 440], [380, 440]])
LEFT = RIGHT * [-1, 1] + [800, 0]
SWAPPED = RIGHT[[0, 1, 3, 2]]
ON_A_LINE = np.array([[300.0, 100], [300, 400], [300, 420], [300, 500]])
LOST = np.full((4, 2), np.nan)


def track(*frames: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.stack(frames)


def test_each_frame() -> None:
    np.testing.assert_array_equal(
        facing_from_points(track(RIGHT, LEFT, SWAPPED, ON_A_LINE, LOST)), [1, -1, -1, 0, np.nan]
    )


@given(st.floats(-180, 180))
def test_turning_the_picture_keeps_the_facing(roll_deg: float) -> None:
    c, s = np.cos(np.deg2rad(roll_deg)), np.sin(np.deg2rad(roll_deg))
    assert facing_from_points(RIGHT @ np.array([[c, s], [-s, c]])) == 1
    assert facing_from_points(LEFT @ np.array([[c, s], [-s, c]])) == -1


def test_the_majority_decides_and_the_share_is_told() -> None:
    facing, share = facing_from_track(track(LEFT, LEFT, RIGHT, LOST, LEFT))
    assert (facing.item(), share.item()) == (-1, 0.75)


def test_a_wild_frame_has_one_vote_only() -> None:
    facing, _ = facing_from_track(track(RIGHT, RIGHT, LEFT * 1000))
    assert facing == 1


def test_frames_on_a_line_are_valid_and_vote_for_none() -> None:
    facing, share = facing_from_track(track(RIGHT, ON_A_LINE))
    assert (facing.item(), share.item()) == (1, 0.5)


def test_weights_count() -> None:
    facing, share = facing_from_track(track(RIGHT, RIGHT, LEFT), weights=[0.1, np.nan, 0.9])
    assert facing == -1
    assert share == pytest.approx(0.9)


def test_undecided_is_zero() -> None:
    facing, share = facing_from_track(track(RIGHT, LEFT))
    assert (facing.item(), share.item()) == (0, 0)
    facing, share = facing_from_track(track(LOST, LOST))
    assert facing == 0
    assert np.isnan(share)
    facing, share = facing_from_track(np.empty((0, 4, 2)))
    assert facing == 0
    assert np.isnan(share)


def test_many_recordings_at_once() -> None:
    facing, share = facing_from_track(np.stack([track(RIGHT, RIGHT, LEFT), track(LEFT, LEFT, LOST)]))
    np.testing.assert_array_equal(facing, [1, -1])
    np.testing.assert_allclose(share, [2 / 3, 1])


def test_single_precision_is_kept() -> None:
    facing, share = facing_from_track(track(RIGHT, LEFT, LEFT).astype(np.float32))
    assert facing.dtype == share.dtype == np.float32


def test_one_frame_is_not_a_track() -> None:
    with pytest.raises(ValueError, match="one row a frame"):
        facing_from_track(RIGHT)
