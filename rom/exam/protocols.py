"""The exams that can be done: one row each of ``protocols.csv``, from which app, command line and README speak."""

from dataclasses import dataclass
from functools import cache

from rom.errors import UsageError
from rom.exam.rows import number, rows
from rom.records import Motion, Regime, StandingOn

#: Stands for the one that `rom.exam.recognise` finds.
AUTO = "auto"
HEEL_RAISE = "heel-raise"
#: What may be said of the legs that stand in it.
STANDING_ON: dict[str, StandingOn] = {"": "not_told", "one_leg": "one_leg", "both_legs": "both_legs"}


@dataclass(frozen=True, slots=True)
class Protocol:
    """One exam.

    Attributes
    ----------
    name, title : as it is asked for, and in words.
    motions : which ends of the range it measures; none in a walk, whose curve is measured.
    posture, weight_bearing, knee : what a reference row must match; "not told" matches none.
    regimes : who may move the foot.
    knee_deg : (from, to) of knee flexion that it asks for; None where it does not.
    repetitions, hold_s : how often, and how long each end is held.
    framing, camera, warm_up, how, ends_when, zero : instructions, a sentence or two each.
    checks : codes of `rom.exam.conduct` that apply. source : where it comes from.
    """

    name: str
    title: str
    motions: tuple[Motion, ...]
    posture: str
    weight_bearing: str
    knee: str
    regimes: tuple[Regime, ...]
    knee_deg: tuple[float, float] | None
    repetitions: int
    hold_s: float
    framing: str
    camera: str
    warm_up: str
    how: str
    ends_when: str
    zero: str
    checks: tuple[str, ...]
    source: str


@cache
def protocols() -> dict[str, Protocol]:
    """Name to protocol, in the order of the table."""
    return {row["name"]: _protocol(row) for row in rows("protocols")}


def protocol(name: str) -> Protocol:
    """The protocol of that name; ``UsageError`` for anything else."""
    found = protocols().get(name)
    if found is None:
        raise UsageError(f"Expected a protocol ({', '.join([*protocols(), AUTO])}), but got '{name}'.")
    return found


def regime_of(word: str, which: Protocol) -> Regime:
    """Who moves the foot: as said; where nothing is said (empty), what the protocol leaves no choice of.

    Raises
    ------
    UsageError
        Where the protocol is not done that way.
    """
    if not word:
        return which.regimes[0] if len(which.regimes) == 1 else "not_told"
    found = next((regime for regime in which.regimes if regime == word), None)
    if found is None:
        raise UsageError(
            f"The protocol '{which.name}' is done {' or '.join(r.replace('_', ' ') for r in which.regimes)}, "
            f"but got '{word}'."
        )
    return found


def standing_of(word: str, name: str) -> StandingOn:
    """Which legs stand in a heel raise, as said ("one_leg", "both_legs"); "not_told" where it is not (empty).

    Raises
    ------
    UsageError
        For another word, and where it is said of another exam.
    """
    found = STANDING_ON.get(word)
    if found is None:
        raise UsageError(
            f"Expected the legs that stand ({', '.join(filter(None, STANDING_ON))}), but got '{word}'."
        )
    if word and name != HEEL_RAISE:
        raise UsageError(
            f"Which legs stand is said of the exam '{HEEL_RAISE}' only, but the exam is '{name}'; leave it out."
        )
    return found


def _protocol(row: dict[str, str]) -> Protocol:
    """One line of the table."""
    motions: dict[str, Motion] = {"dorsiflexion": "dorsiflexion", "plantar_flexion": "plantar_flexion"}
    regimes: dict[str, Regime] = {
        "active": "active",
        "passive": "passive",
        "weight_bearing": "weight_bearing",
    }
    low, high = number(row["knee_from_deg"]), number(row["knee_to_deg"])
    words = ("name", "title", "posture", "weight_bearing", "knee", "framing", "camera", "warm_up", "how")
    return Protocol(
        **{name: row[name] for name in (*words, "ends_when", "zero", "source")},
        motions=tuple(motions[word] for word in row["motions"].split()),
        regimes=tuple(regimes[word] for word in row["regimes"].split()),
        knee_deg=None if low is None or high is None else (low, high),
        repetitions=int(row["repetitions"]),
        hold_s=float(row["hold_s"]),
        checks=tuple(row["checks"].split()),
    )
