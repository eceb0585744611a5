"""Follow one person through a recording: the largest leg in view at first, then by continuity alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rom.records import Floats, Landmarks, People, Sightings

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
    near : (x, y) in pixels: begin with the person nearest to this place instead of the largest.

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
    """Centre (P, 2) and size (P,) of everybody's legs in pixels; NaN where not even two points are known."""
    points = np.asarray(group.points_px[:, list(leg)], dtype=float)
    centre, size = np.full((len(group), 2), np.nan), np.full(len(group), np.nan)
    for p, cloud in enumerate(points):
        known = cloud[np.isfinite(cloud).all(axis=-1)]
        if len(known) > 1:
            centre[p], size[p] = np.median(known, axis=0), float(np.linalg.norm(np.ptp(known, axis=0)))
    return centre, size


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
    """Follow by continuity along `path`; a person who is alone in the whole take may come back any time."""
    last, person = start
    centre, size = legs[last][0][person], legs[last][1][person]
    for frame in path:
        away_s = abs(float(time_s[frame] - time_s[last]))
        found = _nearest(legs[frame], centre, size, away_s, anywhere=alone and away_s > LOST_S)
        if found is None:
            if away_s > LOST_S and not alone:
                return
            continue
        row[frame] = found
        last, centre, size = int(frame), legs[frame][0][found], legs[frame][1][found]


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
    early = [f for f in crowded if time_s[f] <= time_s[crowded[0]] + FIRST_LOOK_S]
    if near is not None:
        early = early[:1]
        distance = np.linalg.norm(legs[early[0]][0] - np.asarray(near), axis=1)
        return int(early[0]), int(np.nanargmin(distance))
    best = max(early, key=lambda f: float(np.nanmax(legs[f][1])))
    return int(best), int(np.nanargmax(legs[best][1]))


def _nearest(
    here: tuple[Floats, Floats], centre: Floats, size: float, away_s: float, *, anywhere: bool
) -> int | None:
    """Row of the person who can be the one last seen at `centre`, or None."""
    centres, sizes = here
    known = np.isfinite(sizes)
    if not known.any():
        return None
    distance = np.where(known, np.linalg.norm(centres - centre, axis=1), np.inf)
    ratio = np.where(known, np.maximum(sizes, 1e-9) / max(size, 1e-9), np.inf)
    reach = size * (STEP_MAX + SPEED_MAX * min(away_s, 0.25 * LOST_S))  # reach does not grow without end
    alike = (ratio < SIZE_RATIO_MAX) & (ratio > 1.0 / SIZE_RATIO_MAX)
    possible = known if anywhere else known & (distance < reach) & alike
    return int(np.argmin(np.where(possible, distance, np.inf))) if possible.any() else None


def landmarks_of(seen: Sightings, row: NDArray[np.integer]) -> Landmarks:
    """The landmarks of the person in `row` (as `follow` gives it); NaN and confidence 0 where not in view."""
    frames, count = len(seen.people), len(seen.names)
    points = np.full((frames, count, 2), np.nan)
    confidence = np.zeros((frames, count))
    for frame, person in enumerate(row):
        if person >= 0:
            points[frame] = seen.people[frame].points_px[person]
            confidence[frame] = seen.people[frame].confidence[person]
    covariance = np.full((frames, count, 2, 2), np.nan)
    return Landmarks(seen.names, seen.time_s, seen.shot, points, confidence, covariance)
