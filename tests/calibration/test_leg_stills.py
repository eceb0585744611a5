"""Stills of legs: drawn from their sets alone, true to their labels, and crops that keep both together."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.leg_landmarks.crops import (
    ANKLE,
    ASKED,
    KNEE,
    jittered,
    sample_of,
)
from calibration.leg_landmarks.stills import SIZE_PX, Stills, joined, load, save, still_rows, take_stills
from calibration.people.plan import read_people
from calibration.recordings.draw_plans import ROOMS
from rom.geometry import dorsiflexion_from_points
from rom.pose.leg_crop import ANKLE_AT, SIDE_SHANKS, crop_affine

DATA = Path(__file__).parent / "data"
LINE = [ASKED.index(name) for name in ("fibular_head", "lateral_malleolus", "heel_plantar", "mt5_plantar")]


@pytest.fixture(scope="module")
def stills() -> Stills:
    """A few moments of one bare, unhidden, level left leg, seen from the side."""
    row = next(r for r in still_rows("development", 60) if r.exam == "seated" and not r.furniture_front)
    row = replace(
        row, set="samples", body="s00", second_person=0, footwear="bare", yaw_deg=0.0, roll_deg=0.0, side="L",
        camera_height_m=0.1, distortion_k1=0.0, shake_px=0.0, framing="leg",
    )  # fmt: skip
    return take_stills(row, DATA)


@pytest.mark.parametrize("set_name", ["development", "validation", "report"])
def test_scenes_come_from_their_own_bodies_and_rooms(set_name: str) -> None:
    rows, people = still_rows(set_name, 120), read_people()
    low, high = ROOMS[set_name]
    assert all(people[row.body].set == row.set == set_name and low <= row.room < high for row in rows)
    assert rows[:30] == still_rows(set_name, 30), "more scenes leave the first ones as they are"
    assert {row.footwear for row in rows} == {"bare", "sock", "shoe"}
    assert min(row.yaw_deg for row in rows) < -30
    assert max(row.yaw_deg for row in rows) > 30


def test_labels_agree_with_each_other(stills: Stills) -> None:
    from calibration.people.landmarks import LANDMARKS

    order = [LANDMARKS.index(name) for name in ("fibular_head", "lateral_malleolus", "heel_plantar", "mt5_plantar")]
    read = dorsiflexion_from_points(stills.points_px[:, 0, order], np.where(stills.mirrored, -1, 1))
    np.testing.assert_allclose(read, stills.image_deg, atol=0.05)
    # shank and foot line in space: the angle between them is the clinical one up to the tilt of its plane
    inner = np.degrees(np.arccos(np.sum(stills.lines[:, 0] * stills.lines[:, 1], axis=-1)))
    np.testing.assert_allclose(90 - inner, stills.clinical_deg, atol=3.0)
    assert np.ptp(stills.clinical_deg) > 15, "moments are spread over the movement"
    assert len(set(np.round(stills.clinical_deg, 3))) == len(stills.pictures)


def test_a_shard_is_read_back_as_it_was_written(stills: Stills, tmp_path: Path) -> None:
    save(joined([stills, stills]), tmp_path / "shard.npz")
    again = load(tmp_path / "shard.npz")
    assert again.pictures == stills.pictures * 2
    np.testing.assert_array_equal(again.points_px[: len(stills.pictures)], stills.points_px)
    assert [path.name for path in tmp_path.iterdir()] == ["shard.npz"]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_crop_stands_upright_and_faces_right(mirrored: bool) -> None:
    knee, ankle = np.array([300.0, 120.0]), np.array([180.0, 280.0])  # a shank of 200 px
    affine = crop_affine(knee, ankle, mirrored)

    def at(point: np.ndarray) -> np.ndarray:
        return np.asarray(affine[:, :2] @ point + affine[:, 2])

    np.testing.assert_allclose(at(ankle), ANKLE_AT)
    np.testing.assert_allclose(at(ankle) - at(knee), [0, 1 / SIDE_SHANKS], atol=1e-12)
    assert np.sign(np.linalg.det(affine[:, :2])) == (-1 if mirrored else 1)


def test_labels_follow_the_crop(stills: Stills) -> None:
    rng = np.random.default_rng(5)
    for i in range(len(stills.pictures)):
        sample = sample_of(stills, i, 192, rng, train=False)
        assert sample.picture.shape == (192, 192, 3)
        read = dorsiflexion_from_points(sample.points[LINE], 1)
        assert read == pytest.approx(float(stills.image_deg[i]), abs=0.05), "an angle does not mind the crop"
        shank = sample.lines[0, :2] / np.linalg.norm(sample.lines[0, :2])
        seen = sample.points[LINE[0]] - sample.points[LINE[1]]
        np.testing.assert_allclose(shank, seen / np.linalg.norm(seen), atol=0.05)  # perspective bends a little


def test_training_crops_say_where_no_leg_is(stills: Stills) -> None:
    rng = np.random.default_rng(6)
    samples = [sample_of(stills, 0, 96, rng, train=True) for _ in range(150)]
    empty = [s for s in samples if not s.leg]
    assert 8 <= len(empty) <= 60
    assert all((s.known == 0).all() for s in empty)
    assert all(s.known.max() > 0 for s in samples if s.leg)


def test_a_jitter_of_no_strength_only_shifts_nothing() -> None:
    affine = crop_affine(np.array([10.0, 0.0]), np.array([10.0, 80.0]), mirrored=False)
    np.testing.assert_allclose(jittered(affine, np.random.default_rng(1), strength=0.0), affine)


def test_the_picture_shows_the_leg_where_the_label_says(stills: Stills) -> None:
    """The skin at the malleolus differs from the wall beside the leg."""
    import cv2

    image = np.asarray(cv2.imdecode(np.frombuffer(stills.pictures[0], np.uint8), cv2.IMREAD_COLOR))
    assert image.shape == (SIZE_PX, SIZE_PX, 3)
    middle = (stills.points_px[0, 0, KNEE] + stills.points_px[0, 0, ANKLE]) / 2
    across = np.array([0.0, 1.0]) if abs(middle[0] - stills.points_px[0, 0, KNEE, 0]) > 60 else np.array([1.0, 0.0])
    on_leg = _patch(image, middle)
    beside = [_patch(image, middle + sign * 80 * across) for sign in (-1, 1)]
    assert min(np.abs(on_leg - other).max() for other in beside) > 8


def _patch(image: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Mean colour of a small patch."""
    x, y = np.clip(at, 4, SIZE_PX - 5).astype(int)
    return np.asarray(image[y - 4 : y + 5, x - 4 : x + 5].mean((0, 1)))
