"""How well readings agree: ICC, standard error of measurement, minimal detectable change, Bland-Altman.

Readings of one person are not independent. Where every person has one row, intervals come from the F and t
distributions, as textbooks have them; where people have several (both ankles, several days), people are drawn with
replacement, each with all their rows (cluster bootstrap, percentile interval), and so they always are for what no
textbook interval fits (SEM, mean size of a difference). The same data give the same interval.

Everything here is made from *moments*, sums over the rows of one person, which add up over people: one function of
such sums serves the data and every resample.

Sources: Shrout and Fleiss 1979 (ICC); McGraw and Wong 1996 (their intervals); Bland and Altman 1986, 1999 (limits
and their intervals) and 2007 (several readings a person); Weir 2005 (SEM and minimal change).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from rom.exam.uncertainty import Z95
from rom.records import Floats

#: Resamples of the bootstrap, and its seed.
RESAMPLES, SEED = 2000, 20261123
#: Numbers that are drawn at one time: bounds memory.
DRAWN_AT_ONCE = 4_000_000
#: An interval over fewer people says nothing.
PEOPLE_MIN = 3
#: A 95 % change of one reading against another, in standard errors of one (Weir 2005).
MDC_SEMS = Z95 * 2**0.5

Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; NaN where there is too little to tell."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """As JSON; null where it cannot be told."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {name: float(v) if np.isfinite(v) else None for name, v in numbers.items()}


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Differences of two readings of the same thing, first minus second.

    Attributes
    ----------
    pairs, people : how many; pairs with a missing reading are left out (`left_out`).
    clustered : whether somebody has several pairs, so that intervals come from drawing people.
    bias_deg : mean difference. mean_absolute_deg : mean size of a difference.
    sd_deg : SD of one difference, between people and within them together.
    lower_deg, upper_deg : 95 % limits of agreement, bias -/+ 1.96 SD.
    trend : degrees of difference for each degree of the mean; away from 0, the limits do not hold everywhere.
    """

    pairs: int
    people: int
    left_out: int
    clustered: bool
    bias_deg: Estimate
    mean_absolute_deg: Estimate
    sd_deg: float
    lower_deg: Estimate
    upper_deg: Estimate
    trend: Estimate

    @property
    def levels(self) -> list[tuple[float, float, float]]:
        """Bias and limits, each with the ends of its interval, as `rom.report.agreement_picture` draws them."""
        return [(one.value, one.low, one.high) for one in (self.bias_deg, self.lower_deg, self.upper_deg)]

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Several readings of each of several things.

    Attributes
    ----------
    rows, readings, people : things measured, readings of each, and whose they are; rows with a missing reading are
        left out (`left_out`).
    clustered : whether somebody has several rows, so that intervals come from drawing people.
    icc_2_1 : absolute agreement: would another rater, camera or day give the same number?
    icc_3_1 : consistency: would it put people in the same order, apart from a constant?
    sem_deg : standard error of measurement, SD of one reading about the thing's own mean; systematic differences
        between readings count. mdc95_deg : smallest change between two readings that is more than such error.
    """

    rows: int
    readings: int
    people: int
    left_out: int
    clustered: bool
    icc_2_1: Estimate
    icc_3_1: Estimate
    sem_deg: Estimate
    mdc95_deg: Estimate

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The camera against a goniometer, or one reading against another."""

    limits: BlandAltman
    reliability: Reliability

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        return {"limits": self.limits.to_dict(), "reliability": self.reliability.to_dict()}


def agreement(
    camera_deg: Floats | Sequence[float],
    goniometer_deg: Floats | Sequence[float],
    person: Sequence[object] | None = None,
) -> Agreement:
    """Everything that is said of two readings of the same ankles.

    Parameters
    ----------
    camera_deg, goniometer_deg : (N,) one row a motion measured both ways; NaN where one is missing, which leaves
        the row out. Dorsiflexion and plantar flexion belong into two calls: together any ICC looks perfect.
    person : N names or numbers; rows of one person are kept together. None: every row is another person.

    Returns
    -------
    Agreement. Differences are camera minus goniometer; what cannot be told from so few is NaN.

    Examples
    --------
    >>> found = agreement([12.0, 20.0, 9.0, 15.0], [10.0, 19.0, 10.0, 14.0], ["a", "b", "c", "d"])
    >>> found.limits.pairs, found.limits.bias_deg.value, round(found.reliability.icc_2_1.value, 3)
    (4, 0.75, 0.957)
    """
    pairs = np.stack([_column(camera_deg), _column(goniometer_deg)], axis=1)
    return Agreement(bland_altman(pairs[:, 0], pairs[:, 1], person), reliability(pairs, person))


def bland_altman(
    first_deg: Floats | Sequence[float],
    second_deg: Floats | Sequence[float],
    person: Sequence[object] | None = None,
) -> BlandAltman:
    """Bias and 95 % limits of agreement of two readings, with intervals.

    Parameters
    ----------
    first_deg, second_deg : (N,); a pair with NaN is left out. person : N names; None: every pair is another person.

    Examples
    --------
    >>> found = bland_altman([12.0, 20.0, 9.0, 15.0], [10.0, 19.0, 10.0, 14.0])
    >>> round(found.lower_deg.value, 2), round(found.upper_deg.value, 2)
    (-1.72, 3.22)
    """
    pairs, whose, left_out = _known(np.stack([_column(first_deg), _column(second_deg)], axis=1), person)
    moments = _pair_moments(pairs, whose)
    several = len(pairs) > len(moments)
    statistics: dict[str, Statistic] = {
        "bias_deg": _bias,
        "mean_absolute_deg": _mean_absolute,
        "lower_deg": lambda m: _bias(m) - Z95 * _difference_sd(m),
        "upper_deg": lambda m: _bias(m) + Z95 * _difference_sd(m),
        "trend": _trend,
    }
    found = estimates(moments, statistics)
    if not several:
        found |= _textbook_limits(moments, found)
    return BlandAltman(
        pairs=len(pairs),
        people=len(moments),
        left_out=left_out,
        clustered=several,
        sd_deg=float(_difference_sd(moments.sum(axis=0))),
        **found,
    )


def reliability(readings_deg: Floats, person: Sequence[object] | None = None) -> Reliability:
    """ICC(2,1), ICC(3,1), SEM and MDC95 of repeated readings, with intervals.

    Parameters
    ----------
    readings_deg : (N, K) one row a thing measured, one column a rater, camera or day; rows with NaN are left out.
    person : N names; None: every row is another person.

    Examples
    --------
    Six people, four judges (Shrout and Fleiss 1979, table 2; they give 0.29 and 0.71):

    >>> judged = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])
    >>> found = reliability(judged)
    >>> round(found.icc_2_1.value, 2), round(found.icc_3_1.value, 2)
    (0.29, 0.71)
    """
    rows, whose, left_out = _known(np.asarray(readings_deg, dtype=float), person)
    moments, columns = _row_moments(rows, whose), rows.shape[1]
    several = len(rows) > len(moments)
    statistics: dict[str, Statistic] = {
        "icc_2_1": _icc(columns, absolute=True),
        "icc_3_1": _icc(columns, absolute=False),
        "sem_deg": lambda m: np.sqrt(_within(m, columns)),
        "mdc95_deg": lambda m: MDC_SEMS * np.sqrt(_within(m, columns)),
    }
    found = estimates(moments, statistics)
    if not several:
        found |= _textbook_icc(moments.sum(axis=0), columns, found)
    return Reliability(
        rows=len(rows),
        readings=columns,
        people=len(moments),
        left_out=left_out,
        clustered=several,
        **found,
    )


def estimates(moments: Floats, statistics: Mapping[str, Statistic]) -> dict[str, Estimate]:
    """Statistics of sums over people, with the percentile intervals of people drawn with replacement.

    Parameters
    ----------
    moments : (P, M) sums over each person's rows. statistics : (..., M) sums over all people -> (...) values.

    Returns
    -------
    Estimate of each; the interval is NaN with fewer than three people.

    Examples
    --------
    >>> estimates(np.array([[1.0, 5.0], [1.0, 5.0], [1.0, 5.0]]), {"mean": lambda m: m[..., 1] / m[..., 0]})
    {'mean': Estimate(value=5.0, low=5.0, high=5.0)}
    """
    together = moments.sum(axis=0)
    drawn = _drawn(moments) if len(moments) >= PEOPLE_MIN else np.full((1, moments.shape[1]), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: _estimate(float(of(together)), np.asarray(of(drawn))) for name, of in statistics.items()}


def _drawn(moments: Floats) -> Floats:
    """(RESAMPLES, M) sums over people drawn with replacement."""
    rng, people = np.random.default_rng(SEED), len(moments)
    some = max(1, DRAWN_AT_ONCE // people)
    sums = []
    for part in (min(some, RESAMPLES - done) for done in range(0, RESAMPLES, some)):
        places = rng.integers(0, people, (part, people)) + people * np.arange(part)[:, None]
        times = np.bincount(places.ravel(), minlength=part * people).reshape(part, people)
        sums.append(times @ moments)
    return np.concatenate(sums)


def _estimate(value: float, again: Floats) -> Estimate:
    """A value and the spread of its resamples; no interval where most of these could not be told."""
    told = again[np.isfinite(again)]
    if not np.isfinite(value) or told.size <= len(again) / 2:
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.percentile(told, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def _column(values: Floats | Sequence[float]) -> Floats:
    """(N,) as floats."""
    return np.asarray(values, dtype=float).reshape(-1)


def _known(rows: Floats, person: Sequence[object] | None) -> tuple[Floats, NDArray[np.intp], int]:
    """Rows without NaN, (N,) the number of the person of each, and how many rows were left out."""
    names = np.arange(len(rows)).astype(str) if person is None else np.array([str(name) for name in person])
    if len(names) != len(rows):
        raise ValueError(f"Expected as many people as rows ({len(rows)}), but got {len(names)}.")
    kept = np.isfinite(rows).all(axis=1)
    return rows[kept], np.unique(names[kept], return_inverse=True)[1], int((~kept).sum())


def _summed(terms: Floats, whose: NDArray[np.intp]) -> Floats:
    """(P, M) sums over each person's rows of (M, N) terms."""
    people = int(whose.max()) + 1 if whose.size else 0
    return np.stack([np.bincount(whose, term, people) for term in terms], axis=1)


# Bland-Altman ---------------------------------------------------------------------------------------------------

#: Sums over the pairs of a person: differences d, means m.
PAIR_MOMENTS = ("people", "pairs", "pairs2", "d", "d2", "absolute", "m", "m2", "md", "between")


def _pair_moments(pairs: Floats, whose: NDArray[np.intp]) -> Floats:
    """(P, 10) of each person, in the order of `PAIR_MOMENTS`."""
    d = pairs[:, 0] - pairs[:, 1]
    m = pairs.mean(axis=1) - (pairs.mean() if pairs.size else 0.0)
    sums = _summed(np.array([np.ones_like(d), d, d**2, np.abs(d), m, m**2, m * d]), whose)
    count = sums[:, :1]
    return np.hstack([np.ones_like(count), count, count**2, sums[:, 1:], sums[:, 1:2] ** 2 / count])


def _parts(m: Floats, *names: str) -> Iterator[Floats]:
    """Some of the moments of pairs, by name."""
    return (m[..., PAIR_MOMENTS.index(name)] for name in names)


def _bias(m: Floats) -> Floats:
    """Mean difference."""
    pairs, d = _parts(m, "pairs", "d")
    return np.asarray(d / pairs)


def _mean_absolute(m: Floats) -> Floats:
    """Mean size of a difference."""
    pairs, absolute = _parts(m, "pairs", "absolute")
    return np.asarray(absolute / pairs)


def _difference_sd(m: Floats) -> Floats:
    """SD of one difference: between people and within, by one-way analysis of variance (Bland and Altman 2007)."""
    people, pairs, pairs2, d, d2, between = _parts(m, "people", "pairs", "pairs2", "d", "d2", "between")
    with np.errstate(invalid="ignore", divide="ignore"):
        among = (between - d**2 / pairs) / (people - 1)
        within = np.maximum(d2 - between, 0) / (pairs - people)
        size = (pairs - pairs2 / pairs) / (people - 1)  # pairs a person, as they count in `among`
        parted = np.maximum(among - within, 0) / size + within
        return np.sqrt(np.where(pairs > people, parted, np.maximum(among, 0)))


def _trend(m: Floats) -> Floats:
    """Least-squares slope of the difference on the mean."""
    pairs, d, mean, both = _parts(m, "pairs", "d", "m", "md")
    return np.asarray((both - mean * d / pairs) / _spread(m))


def _spread(m: Floats) -> Floats:
    """Sum of squares of the means about their own mean; NaN where they are all alike."""
    pairs, mean, mean2 = _parts(m, "pairs", "m", "m2")
    spread = mean2 - mean**2 / pairs
    return np.where(spread > 1e-12 * mean2, spread, np.nan)  # rounding leaves a little of nothing


def _textbook_limits(moments: Floats, found: dict[str, Estimate]) -> dict[str, Estimate]:
    """Intervals of bias, limits and trend of one pair a person, from the t distribution (Bland and Altman 1999)."""
    from scipy.stats import t

    m = moments.sum(axis=0)
    n = len(moments)
    if n < PEOPLE_MIN:
        return {}
    sd, t95 = float(_difference_sd(m)), float(t.ppf(0.975, n - 1))
    half = {"bias_deg": t95 * sd * (1 / n) ** 0.5}
    half["lower_deg"] = half["upper_deg"] = t95 * sd * (1 / n + Z95**2 / (2 * (n - 1))) ** 0.5
    spread = float(_spread(m))
    left = max((n - 1) * sd**2 - found["trend"].value ** 2 * spread, 0.0)  # squares about the line
    half["trend"] = float(t.ppf(0.975, n - 2)) * (left / (n - 2) / spread) ** 0.5
    middle = {name: found[name].value for name in half}
    return {name: Estimate(v, v - half[name], v + half[name]) for name, v in middle.items()}


# Intraclass correlation -------------------------------------------------------------------------------------------


def _row_moments(rows: Floats, whose: NDArray[np.intp]) -> Floats:
    """(P, 3 + K) of each person: rows, sum of squared row means, sum of squares, sum of each column."""
    centred = rows - (rows.mean() if rows.size else 0.0)
    terms = [np.ones(len(rows)), centred.mean(axis=1) ** 2, (centred**2).sum(axis=1), *centred.T]
    return _summed(np.array(terms), whose)


def _squares(m: Floats, columns: int) -> tuple[Floats, Floats, Floats]:
    """Mean squares of a two-way analysis of variance: of rows, of columns, of what is left."""
    n, means2, squares, sums = m[..., 0], m[..., 1], m[..., 2], m[..., 3:]
    with np.errstate(invalid="ignore", divide="ignore"):
        overall = sums.sum(axis=-1) ** 2 / (n * columns)
        rows = columns * means2 - overall
        across = (sums**2).sum(axis=-1) / n - overall
        left = np.maximum(squares - overall - rows - across, 0)
        return rows / (n - 1), across / (columns - 1), left / ((n - 1) * (columns - 1))


def _within(m: Floats, columns: int) -> Floats:
    """Mean square of readings about their own row's mean."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.maximum(m[..., 2] - columns * m[..., 1], 0) / (m[..., 0] * (columns - 1)))


def _icc(columns: int, *, absolute: bool) -> Statistic:
    """ICC(2,1), or ICC(3,1), as a function of moments."""

    def statistic(m: Floats) -> Floats:
        rows, across, left = _squares(m, columns)
        raters = columns * (across - left) / m[..., 0] if absolute else 0.0
        return np.asarray((rows - left) / (rows + (columns - 1) * left + raters))

    return statistic


def _textbook_icc(m: Floats, columns: int, found: dict[str, Estimate]) -> dict[str, Estimate]:
    """Intervals of both ICC from the F distribution (McGraw and Wong 1996, table 7)."""
    from scipy.stats import f

    n, k = float(m[0]), columns
    rows, across, left = (float(square) for square in _squares(m, columns))
    value = found["icc_2_1"].value
    if n < PEOPLE_MIN or k < 2 or not left > 0 or not value < 1:
        return {}
    free, free_left = n - 1, (n - 1) * (k - 1)
    low, high = (rows / left / f.ppf(0.975, free, free_left), rows / left * f.ppf(0.975, free_left, free))
    consist = Estimate(found["icc_3_1"].value, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
    with np.errstate(all="ignore"):  # readings that hardly differ: no interval can be told
        a = k * value / (n * (1 - value)) * across
        b = (1 + k * value * (n - 1) / (n * (1 - value))) * left
        v = (a + b) ** 2 / (a**2 / (k - 1) + b**2 / free_left)
        under, over, rest = f.ppf(0.975, free, v), f.ppf(0.975, v, free), k * across + (k * n - k - n) * left
        ends = np.array(
            [
                n * (rows - under * left) / (under * rest + n * rows),
                n * (over * rows - left) / (rest + n * over * rows),
            ]
        )
    agree = Estimate(value, *(float(end) if np.isfinite(end) else float("nan") for end in ends))
    return {"icc_2_1": agree, "icc_3_1": Estimate(consist.value, float(consist.low), float(consist.high))}


def _plain(record: BlandAltman | Reliability) -> dict[str, object]:
    """Fields as JSON holds them."""
    plain: dict[str, object] = {}
    for row in fields(record):
        value = getattr(record, row.name)
        known = not isinstance(value, float) or np.isfinite(value)
        plain[row.name] = value.to_dict() if isinstance(value, Estimate) else value if known else None
    return plain
