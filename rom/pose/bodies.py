"""Which landmarks are the same person: boxes, sizes and distances of whole bodies."""

import numpy as np
from numpy.typing import NDArray

from rom.records import Bools, Floats, People

SAME_BOX = 0.5  # of the smaller box lies in the larger: one person, perhaps cut off by a window
STEP_MAX = 0.5  # of the body's size, from one look to the next: a brisk walk goes so far in a second
SAME_POINTS = 0.08  # of the body's size, mean over all landmarks: two trackers hold one person


def boxes(people: People) -> Floats:
    """(P, 4) x0, y0, x1, y1 round the landmarks that lie in view, or round all where none does."""
    seen = (people.confidence > 0) | ~np.any(people.confidence > 0, axis=1, keepdims=True)
    points = np.where(seen[..., None], people.points_px, np.nan)
    if len(people) == 0:
        return np.empty((0, 4))
    return np.concatenate([np.nanmin(points, axis=1), np.nanmax(points, axis=1)], axis=1)


def sizes(people: People) -> Floats:
    """(P,) longer side of each person's box, in pixels."""
    corners = boxes(people)
    return np.asarray(np.max(corners[:, 2:] - corners[:, :2], axis=1, initial=0.0))


def overlap(one: Floats, other: Floats) -> Floats:
    """(P, Q) shared area over the smaller area, of boxes (P, 4) and (Q, 4)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=-1)
    smaller = np.minimum(_area(one)[:, None], _area(other)[None, :])
    return np.asarray(shared / np.maximum(smaller, 1.0))


def _area(corners: Floats) -> Floats:
    return np.asarray(np.prod(corners[:, 2:] - corners[:, :2], axis=1))


def newcomers(seen: People, known: People) -> People:
    """Return the people in `seen` who are not in `known`, each once: of two that overlap the surer one stays."""
    corners = boxes(seen)
    taken = boxes(known)
    keep: list[int] = []
    for i in np.argsort(-np.mean(seen.confidence, axis=1), kind="stable"):
        others = np.concatenate([taken, corners[keep]])
        if not np.any(overlap(corners[i : i + 1], others) > SAME_BOX):
            keep.append(int(i))
    return select(seen, np.isin(np.arange(len(seen)), keep))


def repeated(people: People) -> Bools:
    """(P,) True where an earlier row holds the same person, landmark by landmark."""
    gap = people.points_px[:, None] - people.points_px[None, :]
    distance = np.mean(np.linalg.norm(gap, axis=-1), axis=-1)
    same = distance < SAME_POINTS * sizes(people)[:, None]
    return np.asarray(np.any(np.tril(same, -1), axis=1))


def same_bodies(now: People, before: People) -> NDArray[np.integer]:
    """(P,) the row of an earlier look that is the same body, nearest pairs first; -1 for a newcomer."""
    rows = np.full(len(now), -1)
    gap = now.points_px[:, None] - before.points_px[None, :]
    distance = np.mean(np.linalg.norm(gap, axis=-1), axis=-1)
    distance = np.where(distance < STEP_MAX * sizes(now)[:, None], distance, np.inf)
    while np.isfinite(distance).any():
        here, there = (int(k) for k in np.unravel_index(np.argmin(distance), distance.shape))
        rows[here] = there
        distance[here], distance[:, there] = np.inf, np.inf
    return rows


def select(people: People, rows: Bools) -> People:
    """Return the people where `rows` (P,) is True."""
    legs = None if people.legs is None else people.legs.rows(rows)
    return People(people.points_px[rows], people.confidence[rows], legs)


def together(groups: list[People], landmarks: int) -> People:
    """Put people of several records into one."""
    points = [np.empty((0, landmarks, 2)), *(group.points_px for group in groups)]
    confidence = [np.empty((0, landmarks)), *(group.confidence for group in groups)]
    return People(np.concatenate(points), np.concatenate(confidence))
