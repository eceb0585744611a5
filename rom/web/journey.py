"""A way through the home exam: what was answered so far, kept as a draft so that nothing is asked twice."""

from dataclasses import dataclass, field
from typing import Any

from rom.records import Side


@dataclass(frozen=True, slots=True)
class Journey:
    """What is known on the way; frozen, each step makes the next.

    Attributes
    ----------
    id : the draft's name, kept in the browser's cookie.
    safe : whether the stop signs were all answered with no.
    person_id : who, once "about you" is answered.
    protocol : which exam. sides : those still to be recorded, the first next. exams : of those recorded.
    footwear : what is on the foot.
    symptoms : what is said of the ankle, as fields of `rom.records.Symptoms`.
    """

    id: str
    safe: bool = False
    person_id: str | None = None
    protocol: str = ""
    sides: tuple[Side, ...] = ()
    exams: tuple[str, ...] = ()
    footwear: str = "bare"
    symptoms: dict[str, Any] = field(default_factory=dict)
