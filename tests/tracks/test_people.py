"""Follow one person, and never jump to another."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from rom.records import Landmarks, People, Side, Sightings
from rom.tracks.people import follow, landmarks_of
from tests.planted import (
    LEG,
    NAMES,
    Array,
    Plan,
    landmarks_of_points,
    people_of,
    planted,
    points_of,
    times,
    without,
)

T = times(6.0)
ONE_TAKE = np.zeros(len(T), dtype=int)


def walker(from_px: float, speed_px_s: float, *, seed: int, near: Side = "right", size: float = 1.0) -> Landmarks:
    """Somebody who moves along the picture while the ankle swings once a second."""
    plan = Plan(T, 10 * np.sin(2 * np.pi * T), near, noise_px=1, seed=seed, shank_px=350 * size, foot_px=150 * size)
    path = np.stack([from_px + speed_px_s * T, np.zeros_like(T)], axis=-1)
    return landmarks_of_points(T, points_of(plan) + path[:, None])


def whom(
    *everybody: Landmarks, shot: NDArray[np.int64] = ONE_TAKE, near: tuple[float, float] | None = None
) -> list[int]:
    """Who is followed in each frame: position in `everybody`, -1 for nobody."""
    people = people_of(*everybody)
    row = follow(people, T, shot, LEG, near)
    chosen = []
    for t, k in enumerate(row):
        if k < 0:
            chosen.append(-1)
            continue
        same = [np.array_equal(one.points_px[t], people[t].points_px[k], equal_nan=True) for one in everybody]
        chosen.append(same.index(True))
    return chosen


@pytest.mark.parametrize("speed_px_s", [100, 400, 1600])
def test_two_who_cross_at_one_height_are_not_exchanged(speed_px_s: float) -> None:
    one = walker(-3.0 * speed_px_s, speed_px_s, seed=1, size=1.02)
    other = walker(3.0 * speed_px_s, -speed_px_s, seed=2, near="left")
    assert set(whom(one, other)) == {0}


@pytest.mark.parametrize("speed_px_s", [100, 200, 400, 800, 1600])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_passer_by_does_not_take_over(speed_px_s: float, hidden: bool) -> None:
    patient = walker(0.0, 0.0, seed=1, size=1.02)
    passer = walker(-3.0 * speed_px_s, speed_px_s, seed=2)
    behind = hidden & (np.abs(speed_px_s * (T - 3.0)) < 150.0)
    assert 1 not in whom(without(patient, behind), passer)


@pytest.mark.parametrize("speed_px_s", [400, 800, 1600])
def test_who_was_hidden_for_less_than_a_second_is_found_again(speed_px_s: float) -> None:
    patient = walker(0.0, 0.0, seed=1, size=1.02)
    behind = np.abs(speed_px_s * (T - 3.0)) < 150.0
    followed = whom(without(patient, behind), walker(-3.0 * speed_px_s, speed_px_s, seed=2))
    assert followed[0] == followed[-1] == 0
    assert followed.count(0) == np.count_nonzero(~behind)


def test_the_largest_leg_is_followed_at_first_and_kept_when_another_grows() -> None:
    large, small = walker(0, 0, seed=1, size=1.0), walker(500, 0, seed=2, size=0.8)
    assert set(whom(small, large)) == {1}


def test_a_place_chooses_the_person_nearest_to_it() -> None:
    large, small = walker(0, 0, seed=1, size=1.0), walker(500, 0, seed=2, size=0.8)
    assert set(whom(large, small, near=(1140.0, 640.0))) == {1}
    assert set(whom(large, small, near=(640.0, 640.0))) == {0}


def test_who_comes_late_is_not_followed() -> None:
    first, late = walker(0, 0, seed=1, size=0.8), without(walker(500, 0, seed=2, size=1.0), T < 2.0)
    assert set(whom(first, late)) == {0}


def test_everybody_gone_means_nobody() -> None:
    gone = without(walker(0, 0, seed=1), T > 3.0)
    followed = whom(gone)
    assert [k for k, t in zip(followed, T, strict=True) if t > 3.0] == [-1] * int((T > 3.0).sum())


def test_who_is_alone_may_come_back_after_a_while() -> None:
    away = without(walker(0, 0, seed=1), (T > 2.0) & (T < 4.0))
    assert whom(away)[-1] == 0


def test_who_was_lost_among_others_stays_lost() -> None:
    away = without(walker(0, 0, seed=1, size=1.02), T > 2.0)
    assert set(np.array(whom(away, walker(150, 0, seed=2)))[T > 2.0]) == {-1}


def test_each_take_begins_afresh() -> None:
    shot = (T > 3.0).astype(np.int64)
    first, second = without(walker(0, 0, seed=1), T > 3.0), without(walker(900, 0, seed=2), T <= 3.0)
    followed = np.array(whom(first, second, shot=shot))
    assert set(followed[T <= 3.0]) == {0}
    assert set(followed[T > 3.0]) == {1}


def test_one_leg_found_twice_is_not_somebody_else() -> None:
    one = walker(0, 0, seed=1, size=1.02)
    twin = without(replace(one, points_px=one.points_px + 5.0), T > 3.0)
    followed = np.array(whom(without(one, (T > 1.0) & (T < 1.5)), twin))
    assert np.all(followed[T > 3.0] == 0)


def test_a_person_without_a_leg_is_not_followed() -> None:
    points: Array = np.full((1, len(NAMES), 2), np.nan)
    points[0, 0] = (10.0, 10.0)  # a shoulder alone
    people = tuple(People(points, np.ones((1, len(NAMES)))) for _ in T)
    assert np.all(follow(people, T, ONE_TAKE, LEG) == -1)


def test_nobody_at_all() -> None:
    empty = People(np.empty((0, len(NAMES), 2)), np.empty((0, len(NAMES))))
    assert np.all(follow((empty,) * len(T), T, ONE_TAKE, LEG) == -1)
    assert follow((), T[:0], ONE_TAKE[:0], LEG).shape == (0,)


def test_landmarks_of_the_one_followed() -> None:
    one = without(planted(Plan(T, 10 * np.sin(T))), T > 3.0)
    seen = Sightings(NAMES, T, ONE_TAKE, people_of(one), 1)
    found = landmarks_of(seen, follow(seen.people, T, ONE_TAKE, LEG))
    np.testing.assert_array_equal(found.points_px, one.points_px)
    assert np.all(found.confidence[T > 3.0] == 0)
    assert np.isnan(found.covariance_px2).all()
