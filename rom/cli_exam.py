"""What the command line asks about the exam and the person: words in, records out; and the tables it can show."""

from collections.abc import Iterator, Sequence

from rom.errors import UsageError
from rom.exam.protocols import protocols
from rom.exam.references import references
from rom.exam.symptoms import OCCASIONS, asked
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
        if number is not None and number < 0:
            raise UsageError(f"Expected weeks since then as a number of 0 or more, but got {number:g}.")
    known: Side | None = next((one for one in SIDES if one == side), None)
    return Symptoms(known, dict(_pains(pain)), tuple(hurts), tuple(signs), onset.strip(), *weeks)


def goals_of(words: Sequence[str]) -> dict[Motion, float]:
    """``dorsiflexion=15`` words as goals in degrees."""
    goals: dict[Motion, float] = {}
    for word in words:
        name, _, number = word.partition("=")
        motion = next((one for one in MOTIONS if one == name.strip()), None)
        try:
            degrees = float(number)
        except ValueError:
            motion = None
        if motion is None:
            raise UsageError(f"Expected --goal {'=DEGREES or '.join(MOTIONS)}=DEGREES, but got '{word}'.")
        goals[motion] = degrees
    return goals


def _pains(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """``walking=3`` words."""
    for word in words:
        name, _, number = word.partition("=")
        if not number.strip().isdigit():
            raise UsageError(f"Expected --pain WHEN=0 to 10 (WHEN: {', '.join(OCCASIONS)}), but got '{word}'.")
        yield name.strip(), int(number)


Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def protocol_table() -> Table:
    """The exams: name, what, how, camera."""
    rows: list[tuple[str, ...]] = [(p.name, p.title, p.how, p.camera) for p in protocols().values()]
    return ("protocol", "exam", "how it is done", "where the camera stands"), rows


def reference_table() -> Table:
    """The published values: of what and whom, mean and SD, source and evidence."""
    rows: list[tuple[str, ...]] = []
    for r in references():
        low, high = r.age
        ages = "any" if low == -float("inf") else f"{low:g}+" if high == float("inf") else f"{low:g}-{high:g}"
        what = f"{r.motion.replace('_', ' ')}, {r.position}, {r.regime.replace('_', ' ')}"
        whom = f"{r.sex} {ages}" + (f", {r.sport}" if r.sport else "")
        mean = f"{r.mean:g}" + ("" if r.sd is None else f" ± {r.sd:g}") + f" {r.unit}"
        rows.append((r.source, what, whom, mean, "yes" if r.decides else f"no: {r.why_not}", r.evidence))
    return ("source", "motion and position", "people", "mean ± SD", "decides", "evidence"), rows


def symptom_table() -> Table:
    """What may be said: places, signs, and stop signs."""
    rows: list[tuple[str, ...]] = [("--pain", name, f"0 to 10, {when}") for name, when in OCCASIONS.items()]
    kinds = {"place": "--hurts", "sign": "--sign", "stop": "--sign (no exam)"}
    rows += [(option, one.code, one.question) for kind, option in kinds.items() for one in asked(kind).values()]
    return ("option", "name", "question"), rows
