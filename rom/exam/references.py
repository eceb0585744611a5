"""With whom a value may be compared: published values by motion, position, who moves the foot, age and sex.

A row decides only where posture, weight-bearing and knee are those of the exam. Its limits come from the standard
deviation of people, never from the confidence interval of their mean. Rows that do not decide (unverified, a
convention, athletes, no spread) are shown beside it, and say why.
"""

from dataclasses import dataclass
from functools import cache
from math import erf, sqrt

from rom.exam.protocols import Protocol
from rom.exam.rows import number, rows
from rom.records import Person, Regime

#: Standard deviations from the mean to the 2.5th, 16th and 97.5th percentile of a normal distribution.
Z_2_5, Z_16, Z_97_5 = -1.959964, -0.994458, 1.959964
#: Active motion compared with passive norms, or the other way round: limits move by so much towards tolerance. Our
#: proposal: Krause 2011 found them to differ, in no dependable direction.
REGIME_TOLERANCE_DEG = 3.0


@dataclass(frozen=True, slots=True)
class Reference:
    """One published value.

    Attributes
    ----------
    source, citation, evidence : whose it is, and how well it could be checked.
    motion, unit, position : of what, in words as printed. posture, weight_bearing, knee : the same, to be matched.
    regime : who moved the foot ("not told" where it is not known). sport, sex : of whom; "" and "any" for all.
    age : (from, to) in years, both included as birthdays are counted (19 until the 20th); infinite where open.
    n, mean, sd, mean_ci : None where not known; `mean_ci` is the 95 % interval of the mean, no normal range.
    sd_basis : how the SD was got. kind : sample, athletes or convention.
    decides : whether it may decide a finding; `why_not` says why where it may not.
    """

    source: str
    motion: str
    unit: str
    posture: str
    weight_bearing: str
    knee: str
    position: str
    regime: str
    sport: str
    sex: str
    age: tuple[float, float]
    n: int | None
    mean: float
    sd: float | None
    sd_basis: str
    mean_ci: tuple[float, float] | None
    kind: str
    decides: bool
    why_not: str
    citation: str
    evidence: str

    def is_of(self, person: Person) -> bool:
        """Whether the row is of people of this age and sex; neither may be unknown, unless the row is of any."""
        if self.sex not in ("any", person.sex):
            return False
        if self.age == OPEN:
            return True
        return person.age_years is not None and self.age[0] <= person.age_years < self.age[1] + 1

    def fits(self, which: Protocol) -> bool:
        """Whether posture, weight-bearing and knee are those of the exam."""
        same = (self.posture, self.weight_bearing, self.knee) == (which.posture, which.weight_bearing, which.knee)
        return same and "not told" not in (self.posture, self.weight_bearing, self.knee)


OPEN = (-float("inf"), float("inf"))
#: Rows of young athletes of many sports: shown to people of a sport, up to this age (Liska 2022: youth).
YOUNG_ATHLETES, OLD = "other sports", 20.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Percentiles of a row, moved towards tolerance by `tolerance_deg` where it was measured another way."""

    p2_5: float
    p16: float
    p97_5: float
    tolerance_deg: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a value may be compared with: the row that decides, or why none does; and rows to be shown beside."""

    row: Reference | None
    limits: Limits | None
    why_none: str
    shown: tuple[Reference, ...]


@cache
def references() -> tuple[Reference, ...]:
    """All rows of the table."""
    return tuple(_reference(row) for row in rows("references"))


def compare_with(motion: str, which: Protocol, regime: Regime, person: Person, why_not: str = "") -> Comparison:
    """The row that a value may be compared with.

    Parameters
    ----------
    motion : "dorsiflexion", "plantar_flexion", or "toe_to_wall" (cm).
    which : the exam; its posture, weight-bearing and knee must match, always.
    regime : who moved the foot; where the row differs, its limits move by `REGIME_TOLERANCE_DEG` towards tolerance.
    person : age and sex; where one is not known, only conventional values are shown.
    why_not : why nothing may be compared, where the exam was not done in its position.

    Returns
    -------
    Comparison. Where several rows fit, the one of most people decides.
    """
    of_motion = [row for row in references() if row.motion == motion]
    fitting = [row for row in of_motion if row.decides and row.fits(which) and not row.sport]
    for_person = [row for row in fitting if row.is_of(person)]
    row = max(for_person, key=lambda row: row.n or 0, default=None)
    shown = tuple(r for r in of_motion if r is not row and _worth_showing(r, which, person))
    if row is None or why_not:
        silent = [r for r in of_motion if r.fits(which) and not r.sport and r.is_of(person) and r.why_not]
        return Comparison(None, None, why_not or _why_none(which, person, fitting, silent), shown)
    return Comparison(row, limits_of(row, regime), "", shown)


def limits_of(row: Reference, regime: Regime) -> Limits:
    """Percentiles of a row that decides, for an exam in which `regime` moved the foot."""
    printed = printed_limits(row)
    tolerance = REGIME_TOLERANCE_DEG if row.regime != regime and row.unit == "deg" else 0.0
    return Limits(printed.p2_5 - tolerance, printed.p16 - tolerance, printed.p97_5 + tolerance, tolerance)


def printed_limits(row: Reference) -> Limits:
    """Percentiles of a row's people as they were measured."""
    if row.sd is None:
        raise ValueError(f"Expected a row with an SD, but '{row.source}' has none.")
    low, middle, high = (row.mean + z * row.sd for z in (Z_2_5, Z_16, Z_97_5))
    return Limits(low, middle, high, 0.0)


def z_score(value: float, row: Reference) -> float | None:
    """Distance from the row's mean in its SDs; None where it has none."""
    return None if row.sd is None else (value - row.mean) / row.sd


def percentile(z: float) -> float:
    """Share of a normal distribution below z, in per cent.

    Examples
    --------
    >>> round(percentile(-1.959964), 2)
    2.5
    """
    return 50.0 * (1.0 + erf(z / sqrt(2.0)))


def _worth_showing(row: Reference, which: Protocol, person: Person) -> bool:
    """Conventions where age or sex is not known; of the rest, people like this one in a position that may match."""
    pairs = [(row.weight_bearing, which.weight_bearing), (row.knee, which.knee)]
    if which.weight_bearing == "yes":  # standing, lunge and demi-plie are not alike; seated and supine may be shown
        pairs.append((row.posture, which.posture))
    if any(a != b and "not told" not in (a, b) for a, b in pairs):
        return False
    if which.weight_bearing == "not told":  # a free recording: no position is known
        return row.kind == "convention"
    if row.kind == "convention":
        return person.age_years is None or person.sex is None
    if row.sport:
        alike = row.sex in ("any", person.sex) and _same_sport(row.sport, person.sport)
        return alike and (row.sport != YOUNG_ATHLETES or (person.age_years or OLD) < OLD)
    return row.is_of(person)


def _same_sport(of_row: str, said: str) -> bool:
    """Whether a person's sport is a row's: 'artistic gymnastics' is gymnastics, 'other sports' are played games."""
    said = said.strip().lower()
    if not any(word in said for word in SPORTS[of_row]):
        return False
    other = {"artistic gymnastics": "rhythmic", "rhythmic gymnastics": "artistic"}.get(of_row, "\n")
    return other not in said


#: Words by which a sport is known to be a row's.
SPORTS = {
    "ballet": ("ballet", "dance"),
    "artistic gymnastics": ("gymnast",),
    "rhythmic gymnastics": ("gymnast",),
    YOUNG_ATHLETES: ("ball", "soccer", "hockey", "tennis", "athletic", "running", "rugby", "ski"),
}


def _why_none(which: Protocol, person: Person, fitting: list[Reference], silent: list[Reference]) -> str:
    """Why no row decides."""
    if silent:
        return f"the published values for this age and position decide nothing ({silent[0].why_not})"
    if not fitting:
        return f"no published values were found for this motion in this position ({which.title.lower()})"
    if person.age_years is None and person.sex is None:
        return "age and sex are not known, and this motion differs by both"
    if person.age_years is None:
        return "the age is not known, and this motion differs by age and sex"
    if person.sex is None:
        return "the sex is not known, and this motion differs by age and sex"
    return "no published values were found for this age and sex in this position"


def _reference(row: dict[str, str]) -> Reference:
    """One line of the table."""
    low, high = number(row["age_from"]), number(row["age_to"])
    ci = number(row["mean_ci_low"]), number(row["mean_ci_high"])
    words = ("source", "motion", "unit", "posture", "weight_bearing", "knee", "position", "sport", "sex")
    return Reference(
        **{name: row[name] for name in (*words, "sd_basis", "kind", "why_not", "citation", "evidence")},
        regime=row["active_passive"],
        age=(OPEN[0] if low is None else low, OPEN[1] if high is None else high),
        n=int(row["n"]) if row["n"] else None,
        mean=float(row["mean"]),
        sd=number(row["sd"]),
        mean_ci=None if ci[0] is None or ci[1] is None else (ci[0], ci[1]),
        decides=row["decides"] == "yes",
    )
