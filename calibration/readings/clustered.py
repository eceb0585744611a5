"""Figures with their 95 % intervals, clustered by body: recordings of one person are not independent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rom.records import Floats
from rom.study.reliability import PEOPLE_MIN, RESAMPLES, SEED, Estimate


@dataclass(frozen=True)
class Figure(Estimate):
    """A value with its 95 % interval and what it was made from."""

    n: int
    bodies: int

    def rounded(self, digits: int = 2) -> dict[str, float | int | None]:
        """As JSON: numbers rounded, null where there was too little."""
        plain = {name: None if v is None else round(v, digits) for name, v in self.to_dict().items()}
        return {**plain, "n": self.n, "bodies": self.bodies}


def figure(
    values: Floats, bodies: Sequence[str], statistic: Callable[[Floats], float] = lambda v: float(np.mean(v))
) -> Figure:
    """A statistic of values, with a cluster-bootstrap percentile interval over bodies.

    Parameters
    ----------
    values : (N,) or (N, ...) one row a recording (or motion); rows with NaN are left out
    bodies : N names; bodies are drawn with replacement, each with all its rows
    statistic : of the rows drawn

    Returns
    -------
    Figure; the interval is NaN with fewer than three bodies.

    Examples
    --------
    >>> found = figure(np.array([1.0, 1.0, 3.0, 3.0]), ["a", "a", "b", "b"])
    >>> found.value, found.n, found.bodies, bool(np.isnan(found.low))
    (2.0, 4, 2, True)
    """
    clusters = _clusters(values, bodies)
    count = sum(len(rows) for rows in clusters)
    value = statistic(np.concatenate(clusters)) if clusters else float("nan")
    if len(clusters) < PEOPLE_MIN:
        return Figure(value, float("nan"), float("nan"), count, len(clusters))
    drawn = np.random.default_rng(SEED).integers(0, len(clusters), (RESAMPLES, len(clusters)))
    again = [statistic(np.concatenate([clusters[i] for i in rows])) for rows in drawn]
    low, high = np.percentile(again, [2.5, 97.5])
    return Figure(value, float(low), float(high), count, len(clusters))


def difference(values: Floats, bodies: Sequence[str], others: Floats, other_bodies: Sequence[str]) -> Figure:
    """Mean of one group minus mean of another, with an interval from bodies drawn anew in both groups.

    NaN rows are left out; `n` and `bodies` are the first group's. The interval is NaN with fewer than three bodies
    in either group.

    Examples
    --------
    >>> found = difference(np.array([5.0, 5.0, 5.0]), ["a", "b", "c"], np.array([2.0, 2.0, 2.0]), ["d", "e", "f"])
    >>> found.value, found.low, found.high
    (3.0, 3.0, 3.0)
    """
    first, second = _clusters(values, bodies), _clusters(others, other_bodies)
    count = sum(len(rows) for rows in first)
    if not first or not second:
        return Figure(float("nan"), float("nan"), float("nan"), count, len(first))
    value = float(np.concatenate(first).mean() - np.concatenate(second).mean())
    if min(len(first), len(second)) < PEOPLE_MIN:
        return Figure(value, float("nan"), float("nan"), count, len(first))
    rng = np.random.default_rng(SEED)
    again = [
        np.concatenate([first[i] for i in rng.integers(0, len(first), len(first))]).mean()
        - np.concatenate([second[i] for i in rng.integers(0, len(second), len(second))]).mean()
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(again, [2.5, 97.5])
    return Figure(value, float(low), float(high), count, len(first))


def _clusters(values: Floats, bodies: Sequence[str]) -> list[Floats]:
    """The known rows of each body."""
    table = np.asarray(values, dtype=float)
    kept = np.isfinite(table.reshape(len(table), -1)).all(axis=1) if len(table) else np.zeros(0, bool)
    table, names = table[kept], np.asarray(bodies)[kept]
    return [table[names == name] for name in np.unique(names)]


def share(flags: Sequence[bool], bodies: Sequence[str]) -> Figure:
    """A rate of yes, 0 to 1, with its clustered interval."""
    return figure(np.asarray(flags, dtype=float), bodies)


def slope(pairs: Floats) -> float:
    """Least-squares slope of the second column on the first.

    Examples
    --------
    >>> slope(np.array([[0.0, 1.0], [10.0, 9.0], [20.0, 17.0]]))
    0.8
    """
    x, y = pairs[:, 0] - pairs[:, 0].mean(), pairs[:, 1] - pairs[:, 1].mean()
    spread = float(x @ x)
    return float(x @ y) / spread if spread > 0 else float("nan")
