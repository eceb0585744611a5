"""What a command line says, as the instrument takes it: words in, records out."""

from collections.abc import Iterator, Sequence
from math import isfinite

from rom.ankle.neutral import Neutral
from rom.errors import UsageError
from rom.exam.symptoms import OCCASIONS
from rom.pose.backend import Box
from rom.records import MOTIONS, SEXES, SIDES, Motion, Person, Side, Symptoms

#: No one grows older; a larger number is a slip.
OLDEST_YEARS = 120.0
#: A toddler's leg and a giant's; centimetres given by mistake lie far outside.
LEG_LENGTH_M = (0.2, 1.5)


def person_of(age: float | None, sex: str, sport: str, leg_length_m: float | None = None) -> Person:
    """Who is examined; ``UsageError`` for an age, a sex or a leg that cannot be."""
    if age is not None and not 0 < age <= OLDEST_YEARS:
        raise UsageError(f"Expected --age in years, up to {OLDEST_YEARS:.0f}, but got {age:g}.")
    if leg_length_m is not None and not LEG_LENGTH_M[0] <= leg_length_m <= LEG_LENGTH_M[1]:
        raise UsageError(f"Expected --leg-length in metres, hip to ankle, such as 0.85, but got {leg_length_m:g}.")
    known = next((one for one in SEXES if one == sex), None)
    if sex and known is None:
        raise UsageError(
            f"Expected --sex {' or '.join(SEXES)}, as the published values are split, but got '{sex}'; leave it "
            "out for no comparison by sex."
        )
    return Person(age, known, sport.strip(), leg_length_m)


def symptoms_of(
    pain: Sequence[str],
    hurts: Sequence[str],
    signs: Sequence[str],
    onset: str,
    weeks: tuple[float | None, float | None],
    side: str,
) -> Symptoms:
    """What the person says; names are checked against the table by `rom.measure`.

    `weeks` : since injury, since surgery.
    """
    for number in weeks:
        if number is not None and not number >= 0:
            raise UsageError(f"Expected weeks since then as a number of 0 or more, but got {number:g}.")
    known: Side | None = next((one for one in SIDES if one == side), None)
    worst: dict[str, int] = {}
    for when, number_ in _pains(pain):
        worst[when] = max(number_, worst.get(when, 0))
    return Symptoms(known, worst, tuple(hurts), tuple(signs), onset.strip(), *weeks)


def goals_of(words: Sequence[str]) -> dict[Motion, float]:
    """``dorsiflexion=15`` words as goals in degrees."""
    goals: dict[Motion, float] = {}
    for word in words:
        name, _, number = word.partition("=")
        motion = next((one for one in MOTIONS if one == name.strip()), None)
        try:
            degrees = float(number)
        except ValueError:
            degrees = float("nan")
        if motion is None or not isfinite(degrees):
            raise UsageError(f"Expected --goal {'=DEGREES or '.join(MOTIONS)}=DEGREES, but got '{word}'.")
        goals[motion] = degrees
    return goals


def _pains(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """``walking=3`` words."""
    for word in words:
        name, _, number = word.partition("=")
        if not number.strip().isdecimal():
            raise UsageError(f"Expected --pain WHEN=0 to 10 (WHEN: {', '.join(OCCASIONS)}), but got '{word}'.")
        yield name.strip(), int(number)


def pairs_of(pairs: list[str]) -> dict[str, str]:
    """``name=value`` words as a dictionary."""
    words = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"Expected --set name=value, but got '{pair}'.")
        words[name.strip()] = value.strip()
    return words


def place_of(text: str) -> tuple[float, float] | None:
    """``X,Y`` as two shares of the picture."""
    if not text:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise UsageError(
            f"Expected --person X,Y as two numbers from 0 to 1 (across, down), but got '{text}'; "
            "the middle of the picture is 0.5,0.5."
        )
    return x, y


def box_of(text: str) -> Box | None:
    """``LEFT,TOP,RIGHT,BOTTOM`` as four shares of the picture; their order is checked by `rom.measure`."""
    if not text:
        return None
    try:
        left, top, right, bottom = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(
            f"Expected --leg-box LEFT,TOP,RIGHT,BOTTOM as four numbers from 0 to 1, but got '{text}'; "
            "the right half of the picture is 0.5,0,1,1."
        ) from error
    return left, top, right, bottom


def neutral_of(text: str) -> Neutral:
    """``start``, a number of degrees, or nothing."""
    if not text:
        return None
    if text == "start":
        return "start"
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"Expected --neutral in degrees, or start, but got '{text}'.") from None
