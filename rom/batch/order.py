"""One line of a study: a recording, and what is asked of it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from rom.errors import UsageError
from rom.measure import Question, question_of
from rom.pose.backend import LEG_MODEL, MODELS, Box
from rom.records import SEXES, Naming, Person

#: No one grows older; a larger number is a slip.
OLDEST_YEARS = 120.0
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Looking:
    """What matters to finding landmarks; the parameters are those of `rom.measure`."""

    model: str = LEG_MODEL
    leg_box: Box | None = None
    rate_hz: float | None = None
    time_scale: float = 1.0

    def check(self) -> None:
        """Raise ``UsageError`` for a model that there is not."""
        if self.model not in MODELS:
            raise UsageError(f"There is no model '{self.model}'; choose {', '.join(MODELS)}.")


@dataclass(frozen=True, slots=True)
class Judging:
    """What matters to judging landmarks; the parameters are those of `rom.measure`.

    `near` : a place in the picture, as `rom.measure` takes it for ``person``.
    """

    side: str = "auto"
    protocol: str = "free"
    moved_by: str = ""
    standing_on: str = ""
    age_years: float | None = None
    sex: str = ""
    sport: str = ""
    leg_length_m: float | None = None
    footwear: str = "unknown"
    recorded_on: str = ""
    neutral: float | str | None = None
    wall: float | None = None
    near: tuple[float, float] | None = None

    @property
    def person(self) -> Person:
        """Who is examined, as far as it is said."""
        sex = next((one for one in SEXES if one == self.sex), None)
        return Person(self.age_years, sex, self.sport, self.leg_length_m)

    def question(self, naming: Naming | None = None) -> Question:
        """The same as `rom.measure` asks it; ``UsageError`` for what cannot be asked."""
        if self.age_years is not None and not 0 < self.age_years <= OLDEST_YEARS:
            raise UsageError(f"Expected an age in years, up to {OLDEST_YEARS:.0f}, but got {self.age_years:g}.")
        if self.sex and self.person.sex is None:
            raise UsageError(
                f"Expected a sex of {' or '.join(SEXES)}, as the published values are split, but got '{self.sex}'; "
                "leave it empty for no comparison by sex."
            )
        if isinstance(self.neutral, str) and self.neutral != "start":
            raise UsageError(f"Expected a neutral in degrees, or start, but got '{self.neutral}'.")
        return question_of(
            side=self.side,
            person=self.near,
            protocol=self.protocol,
            moved_by=self.moved_by,
            standing_on=self.standing_on,
            who=self.person,
            wall=self.wall,
            recorded_on=self.recorded_on,
            neutral="start" if self.neutral == "start" else self.neutral,  # type: ignore[arg-type] # checked above
            footwear=self.footwear,
            naming=naming,
        )

    def plain(self) -> dict[str, Any]:
        """In plain types, for a key."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Order:
    """One line of a study.

    Attributes
    ----------
    path : where the recording is; it is opened there, on whichever machine measures it.
    shown : how the tables name it. person : whom the manifest says it is of; empty where it does not say.
    further : the manifest's own columns, which come through.
    """

    path: str
    shown: str
    person: str = ""
    looking: Looking = field(default_factory=Looking)
    judging: Judging = field(default_factory=Judging)
    further: dict[str, Cell] = field(default_factory=dict)
