"""Follow one person through a recording: the largest leg in view at first, then by continuity alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rom.records import Floats, Landmarks, LegSights, People, Sightings

#: A person moves at most this many leg lengths from one sighting to the next, plus `SPEED_MAX` a second.
STEP_MAX = 0.35
#: Leg lengths a second: a sprinter's ankle, about 10 m/s over a 0.85 m leg.
SPEED_MAX = 12.0
#: After this long out of sight the nearest person may be somebody else.
LOST_S = 1.0
#: The largest leg is looked for in this much of the take, so that one bad first frame does not decide.
FIRST_LOOK_S = 1.0
#: A leg changes its apparent size by at most this factor from one sighting to the next.
SIZE_RATIO_MAX = 1.6
#: Somebody out of sight is expected to go on as before for so long, and no longer.
COAST_S = 0.25
#: Two legs whose points lie closer than this share of a leg are one leg found twice.
TWIN_SHARE = 0.1


def follow(
    people: Sequence[People],
    time_s: Floats,
    shot: NDArray[np.integer],
    leg: Sequence[int],
    near: tuple[float, float] | None = None,
) -> NDArray[np.integer]:
    """Choose one person in every frame.

    Parameters
    ----------
    people : one record a frame, T in all.
    time_s, shot : (T,) seconds; take numbers. Each take is begun afresh: no track runs across a cut.
    leg : landmark indices of hips, knees, ankles and feet; a person is where these are.
    near : (x, y) in pixels: follow whoever comes nearest to this place instead of the largest.

    Returns
    -------
    (T,) the row of each frame's people that is followed, -1 where they are not in view. The person followed is
    never exchanged for another: where they cannot be found near where they were last seen, and others have
    been in view, they are lost until the take ends.
    """
    legs = [_legs(group, leg) for group in people]
    row = np.full(len(people), -1)
    for take in np.unique(shot):
        frames = np.flatnonzero(shot == take)
        _follow_take(legs, time_s, frames, row, near)
    return row


def _legs(group: People, leg: Sequence[int]) -> tuple[Floats, Floats]:
    """Leg points (P, L, 2) and sizes (P,) of everybody in pixels; size NaN where not even two points are known."""
    points = np.asarray(group.points_px[:, list(leg)], dtype=float)
    size = np.full(len(group), np.nan)
    for p, cloud in enumerate(points):
        known = cloud[np.isfinite(cloud).all(axis=-1)]
        if len(known) > 1:
            size[p] = float(np.linalg.norm(np.ptp(known, axis=0)))
    return points, size


def _follow_take(
    legs: Sequence[tuple[Floats, Floats]],
    time_s: Floats,
    frames: NDArray[np.integer],
    row: NDArray[np.integer],
    near: tuple[float, float] | None,
) -> None:
    """Write the chosen rows of one take into `row`: outwards in both directions from the first choice."""
    start = _first(legs, time_s, frames, near)
    if start is None:
        return
    frame, person = start
    alone = all(len(legs[f][1]) <= 1 for f in frames)
    row[frame] = person
    for path in (frames[frames > frame], frames[frames < frame][::-1]):
        _walk(legs, time_s, (frame, person), path, row, alone)


def _walk(
    legs: Sequence[tuple[Floats, Floats]],
    time_s: Floats,
    start: tuple[int, int],
    path: NDArray[np.integer],
    row: NDArray[np.integer],
    alone: bool,
) -> None:
    """Follow by continuity along `path`; a person who is alone in the whole take may come back any time.

    Everybody in view is followed, so that whoever passes in front of the person chosen is known as somebody else.
    """
    us = _Sighting.new(*legs[start[0]], start[1], float(time_s[start[0]]))
    others = _newcomers(legs[start[0]], {start[1]}, us, us.time_s)
    for frame in path:
        now_s, here = float(time_s[frame]), legs[int(frame)]
        others = [] if alone else [one for one in others if one.away_s(now_s) <= LOST_S]
        rows = _assigned([us, *others], here, now_s)
        if rows[0] is None and alone and us.away_s(now_s) > LOST_S and np.isfinite(here[1]).any():
            rows[0] = int(np.nanargmax(here[1]))
        if rows[0] is not None:
            row[frame], us = rows[0], us.moved(here[0][rows[0]], float(here[1][rows[0]]), now_s)
        elif us.away_s(now_s) > LOST_S and not alone:
            return
        pairs = zip(others, rows[1:], strict=True)
        others = [o if k is None else o.moved(here[0][k], float(here[1][k]), now_s) for o, k in pairs]
        others += _newcomers(here, set(rows), us, now_s)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """Where somebody's leg was last seen: points (L, 2), size, time, and velocity (2,) in pixels a second."""

    points: Floats
    size: float
    time_s: float
    velocity: Floats

    @classmethod
    def new(cls, points: Floats, sizes: Floats, person: int, now_s: float) -> Self:
        """Somebody who was not seen before."""
        return cls(points[person], float(sizes[person]), now_s, np.zeros(2))

    def moved(self, points: Floats, size: float, now_s: float) -> "_Sighting":
        """The same person, seen again; points (L, 2) not seen now stay where they were."""
        known = np.isfinite(points)
        step = (points - self.points)[(known & np.isfinite(self.points)).all(axis=-1)]
        pace = np.median(step, axis=0) / (now_s - self.time_s) if len(step) else self.velocity
        return _Sighting(np.where(known, points, self.points), size, now_s, 0.5 * (self.velocity + pace))

    def away_s(self, now_s: float) -> float:
        """Seconds since the last sighting, whichever way the recording is walked through."""
        return abs(now_s - self.time_s)

    def distances(self, points: Floats, sizes: Floats, now_s: float) -> Floats:
        """(P,) how far each person is from where this one should be; inf where it cannot be this one."""
        away_s = self.away_s(now_s)
        coast_s = float(np.clip(now_s - self.time_s, -COAST_S, COAST_S))
        distance = _mean_distance(points, self.points + coast_s * self.velocity)
        reach = self.size * (STEP_MAX + SPEED_MAX * min(away_s, COAST_S))  # reach does not grow without end
        ratio = np.where(np.isfinite(sizes), np.maximum(sizes, 1e-9) / max(self.size, 1e-9), np.inf)
        possible = (distance < reach) & (ratio < SIZE_RATIO_MAX) & (ratio > 1.0 / SIZE_RATIO_MAX)
        return np.where(possible, distance, np.inf)


def _newcomers(here: tuple[Floats, Floats], known: set[int | None], us: _Sighting, now_s: float) -> list[_Sighting]:
    """Everybody in view who is not among the `known` rows, nor `us` found twice."""
    points, sizes = here
    apart = _mean_distance(points, us.points) > TWIN_SHARE * us.size
    new = (p for p in range(len(sizes)) if p not in known and sizes[p] > 0 and apart[p])
    return [_Sighting.new(points, sizes, p, now_s) for p in new]


def _assigned(everybody: list[_Sighting], here: tuple[Floats, Floats], now_s: float) -> list[int | None]:
    """The row in which each person is seen now, nearest pairs first; None where they are not seen."""
    rows: list[int | None] = [None] * len(everybody)
    if len(here[1]) == 0:
        return rows
    cost = np.stack([one.distances(*here, now_s) for one in everybody])
    while np.isfinite(cost).any():
        person, seen = (int(k) for k in np.unravel_index(np.argmin(cost), cost.shape))
        rows[person] = seen
        cost[person], cost[:, seen] = np.inf, np.inf
    return rows


def _mean_distance(points: Floats, to: Floats) -> Floats:
    """(P,) mean distance of points (P, L, 2) to (L, 2) over those known in both; inf where there are none."""
    apart = np.linalg.norm(points - to, axis=-1)
    known = np.isfinite(apart)
    count = known.sum(axis=-1)
    total = np.where(known, apart, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.inf)


def _first(
    legs: Sequence[tuple[Floats, Floats]],
    time_s: Floats,
    frames: NDArray[np.integer],
    near: tuple[float, float] | None,
) -> tuple[int, int] | None:
    """The frame and row to begin with: the largest leg of the first second with anybody in it."""
    crowded = [f for f in frames if np.isfinite(legs[f][1]).any()]
    if not crowded:
        return None
    if near is not None:
        place = np.asarray(near, dtype=float)
        distance = {f: np.where(legs[f][1] > 0, _mean_distance(legs[f][0], place), np.inf) for f in crowded}
        best = min(crowded, key=lambda f: float(np.min(distance[f])))
        return int(best), int(np.argmin(distance[best]))
    early = [f for f in crowded if time_s[f] <= time_s[crowded[0]] + FIRST_LOOK_S]
    best = max(early, key=lambda f: float(np.nanmax(legs[f][1])))
    return int(best), int(np.nanargmax(legs[best][1]))


def landmarks_of(seen: Sightings, row: NDArray[np.integer]) -> Landmarks:
    """The landmarks of the person in `row` (as `follow` gives it); NaN and confidence 0 where not in view."""
    frames, count = len(seen.people), len(seen.names)
    points = np.full((frames, count, 2), np.nan)
    confidence = np.zeros((frames, count))
    for frame, person in enumerate(row):
        if person >= 0:
            points[frame] = seen.people[frame].points_px[person]
            confidence[frame] = seen.people[frame].confidence[person]
    covariance = np.broadcast_to(np.nan, (frames, count, 2, 2))  # takes no memory: none of these is known
    return Landmarks(seen.names, seen.time_s, seen.shot, points, confidence, covariance, _legs_of(seen, row))


def _legs_of(seen: Sightings, row: NDArray[np.integer]) -> LegSights | None:
    """The leg of the person in `row` over time; None where the backend sees no leg closely."""
    if all(people.legs is None for people in seen.people):
        return None
    groups = [LegSights.empty(len(people)) if people.legs is None else people.legs for people in seen.people]
    ends = np.cumsum([len(people) for people in seen.people])
    starts = ends - [len(people) for people in seen.people]
    return LegSights.joined([*groups, LegSights.empty(1)]).rows(np.where(row >= 0, starts + row, ends[-1]))
