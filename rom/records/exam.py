"""The exam: who is examined and what is said, numbers beside the motions, and what follows from all of them."""

from dataclasses import dataclass, field

from rom.records.words import FindingKind, Motion, Regime, Sex, Side, StandingOn


@dataclass(frozen=True, slots=True)
class Person:
    """Who is examined, as far as it is said: what a comparison needs, and no name.

    `sport` is free text; those that have reference rows of their own are in ``rom/exam/references.csv``.
    `leg_length_m` : hip to ankle, for the speed of a walk.
    """

    age_years: float | None = None
    sex: Sex | None = None
    sport: str = ""
    leg_length_m: float | None = None


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What the person says of one ankle.

    Attributes
    ----------
    side : which ankle; None for both, or where it is not said.
    pain : 0 to 10 by occasion (``rest``, ``pulling_up``, ``pointing``, ``walking``); what is not said is not there.
    places : where it hurts. signs : what else is noticed. Both by the names in ``rom/exam/symptoms.csv``.
    onset : how and when it began, in the person's own words.
    weeks_since_injury, weeks_since_surgery : None where there was none, or it is not said.
    """

    side: Side | None = None
    pain: dict[str, int] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    onset: str = ""
    weeks_since_injury: float | None = None
    weeks_since_surgery: float | None = None


@dataclass(frozen=True, slots=True)
class ProtocolUse:
    """Which exam a recording was taken for.

    `certainty`: 0 to 1 where it was recognised, None where it was said. `regime`: who moved the foot, as said;
    hands in the picture are never asked. `standing_on`: as said, of a heel raise.
    """

    name: str
    regime: Regime
    certainty: float | None = None
    standing_on: StandingOn = "not_told"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number beside the two motions: lean of the shin, height of the heel, repetitions, cadence.

    `ci95` is None where only the spread (`sd`) is known, or neither.
    """

    name: str
    side: Side | None
    value: float
    unit: str
    ci95: tuple[float, float] | None = None
    sd: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence that follows from numbers by a rule; never a diagnosis.

    Attributes
    ----------
    kind, code : what it speaks of, and what it says (``limited``, ``within``, ``cannot_tell`` ...).
    message : the sentence. rule : the row of ``rom/exam/rules.csv`` that made it, in words.
    numbers : every number that went into it, by name. sources : of the rule and of the rows compared with.
    """

    kind: FindingKind
    code: str
    side: Side | None
    motion: Motion | None
    message: str
    rule: str
    numbers: dict[str, float | None]
    sources: tuple[str, ...]
