"""Which exam a recording shows, from how the leg is held and what of it moves; and how sure that is.

Each exam is described by a few bounds in ``recognise.csv``. A number well inside its bounds counts 1, at a bound a
half, well outside 0; one that is not known counts a half. The bounds were set on the development and validation
sets, and are judged on the report set (calibration/README.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, isfinite

from rom.errors import UsageError
from rom.exam.posture import Posture, posture_of
from rom.exam.rows import number, rows
from rom.records import AngleTrack

#: Weight of "none of these", against which the best exam is held.
NONE_OF_THESE = 0.1
#: Below this the user is asked.
SURE = 0.8
UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Recognised:
    """The exam that fits best, how sure that is (0 to 1), and the next best."""

    name: str
    certainty: float
    second: str

    @property
    def sure(self) -> bool:
        """Whether it may be used without asking."""
        return self.certainty >= SURE


def recognise(track: AngleTrack) -> Recognised:
    """The exam that a leg's movement shows; "free" where none fits."""
    scores = _scores(posture_of(track))
    scores["free"] = max(scores["free"], NONE_OF_THESE)
    ranked = sorted(scores, key=lambda name: scores[name], reverse=True)
    return Recognised(ranked[0], scores[ranked[0]] / sum(scores.values()), ranked[1])


def recognised(tracks: Iterable[AngleTrack]) -> Recognised:
    """The exam of a recording, from the legs that could be followed.

    Raises
    ------
    UsageError
        Where it is not sure: the user is asked.
    """
    found = max((recognise(track) for track in tracks), key=lambda one: one.certainty, default=None)
    if found is None:
        return Recognised("free", 1.0, "")
    if not found.sure:
        likely = f"'{found.name}' ({found.certainty:.0%} sure) or '{found.second}'"
        raise UsageError(f"Which exam this recording shows is not clear: {likely}; say which it is.")
    return found


def _scores(posture: Posture) -> dict[str, float]:
    """How well each exam fits, 0 to 1."""
    scores: dict[str, float] = {}
    for row in rows("recognise"):
        value = getattr(posture, row["number"])
        fit = _fit(value, number(row["from"]), number(row["to"]), float(row["softness"]))
        scores[row["protocol"]] = scores.get(row["protocol"], 1.0) * fit
    return scores


def _fit(value: float, low: float | None, high: float | None, softness: float) -> float:
    """How well one number keeps its bounds."""
    if not isfinite(value):
        return UNKNOWN
    above = 1.0 if low is None else _rising((value - low) / softness)
    below = 1.0 if high is None else _rising((high - value) / softness)
    return above * below


def _rising(x: float) -> float:
    """Logistic curve: 0 far below 0, a half at 0, 1 far above."""
    return 1.0 / (1.0 + exp(-min(max(x, -50.0), 50.0)))
