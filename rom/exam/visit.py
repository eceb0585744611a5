"""Findings from several recordings together: left beside right, knee bent beside straight, now beside before."""

from collections.abc import Sequence
from datetime import date
from math import hypot

from rom.errors import UsageError
from rom.exam.conduct import knee_remark, why_not_compared
from rom.exam.findings import amount, pattern_findings, range_findings
from rom.exam.protocols import protocol
from rom.exam.rows import rows
from rom.exam.rules import first_rule
from rom.records import (
    MOTIONS,
    SIDES,
    Examination,
    Finding,
    FindingKind,
    Motion,
    MotionResult,
    Side,
    Symptoms,
    Visit,
)

#: A difference between the sides is clear from here on, if it is also beyond the error of both measurements: our
#: own proposal, not a published cut-off (`rules.csv`).
SIDES_CLEAR_DEG = 10.0
LEG_WORDS: dict[Side, str] = {"left": "left ankle", "right": "right ankle"}


def visit_of(
    exams: Sequence[Examination], before: Sequence[Examination] = (), goal_deg: dict[Motion, float] | None = None
) -> Visit:
    """Everything that the recordings of one visit say together.

    Parameters
    ----------
    exams : recordings of one person on one day: other sides, other protocols.
    before : recordings of earlier visits, in any order; each motion is compared with its latest.
    goal_deg : what a motion is to reach, where a goal was set.

    Raises
    ------
    UsageError
        Where the recordings are of different people, or of different days.
    """
    check_one_person(exams, before)
    earlier = sorted(before, key=lambda exam: exam.day)
    goal_deg = goal_deg or {}
    ranges = [finding for exam in exams for side in SIDES for finding in ranges_of(exam, side)]
    pairs = [*side_differences(exams), *knee_differences(exams)]
    together = [*pairs, *changes(exams, earlier), *goals(exams, goal_deg)]
    findings = (*ranges, *together, *_patterns(exams, ranges))
    return Visit(tuple(exams), tuple(earlier), goal_deg, findings)


def check_one_person(exams: Sequence[Examination], before: Sequence[Examination]) -> None:
    """Refuse recordings of different people, days that differ, and earlier visits that are not earlier."""
    sexes = {exam.person.sex for exam in (*exams, *before) if exam.person.sex is not None}
    if len(sexes) > 1:
        raise UsageError(
            "Expected examinations of one person, but they are of a woman and of a man; take one's alone."
        )
    days = sorted({exam.day for exam in exams})
    if len(days) > 1:
        raise UsageError(
            f"Expected examinations of one day, but got {days[0]} and {days[-1]}; name earlier ones with "
            "--previous, and say the day of filming with --date when measuring."
        )
    late = sorted(exam.day for exam in before if days and exam.day >= days[0])
    if late:
        raise UsageError(
            f"Expected earlier visits to be before {days[0]}, but one is of {late[0]}; say the day of filming with "
            "--date when measuring it."
        )
    for one in exams:
        for other in (*exams, *before):
            _check_ages(one, other)


def _check_ages(one: Examination, other: Examination) -> None:
    """Refuse ages that cannot be of one person."""
    if one.person.age_years is None or other.person.age_years is None:
        return
    years = (date.fromisoformat(one.day) - date.fromisoformat(other.day)).days / 365.25
    if abs(one.person.age_years - other.person.age_years - years) > AGE_SLACK_YEARS:
        raise UsageError(
            f"Expected examinations of one person, but one is said to be {other.person.age_years:g} years old on "
            f"{other.day} and {one.person.age_years:g} on {one.day}; take one person's alone."
        )


#: Ages are said in whole years, at birthdays or not.
AGE_SLACK_YEARS = 1.5


def ranges_of(exam: Examination, side: Side) -> tuple[Finding, ...]:
    """Each motion of one side among people like this one."""
    checks = exam.checks_of(side)
    results = [result for result in exam.results if result.side == side]
    return range_findings(results, exam.protocol, exam.person, why_not_compared(checks), knee_remark(checks))


def _patterns(exams: Sequence[Examination], ranges: Sequence[Finding]) -> list[Finding]:
    """Patterns and cautions of each side that was looked at, from all that was said of it."""
    found: list[Finding] = []
    for side in SIDES:
        of_side = [exam for exam in exams if _has(exam, side)]
        if of_side:
            said = _together([exam.symptoms for exam in of_side if exam.symptoms.side in (None, side)])
            found += pattern_findings(ranges, said, of_side[0].person, side)
    return found


def _together(said: Sequence[Symptoms]) -> Symptoms:
    """All that was said of one ankle on one day: the worst pain, every place, every sign."""
    pain: dict[str, int] = {}
    for one in said:
        pain |= {when: max(worst, pain.get(when, 0)) for when, worst in one.pain.items()}
    places = dict.fromkeys(place for one in said for place in one.places)
    signs = dict.fromkeys(sign for one in said for sign in one.signs)
    return Symptoms(None, pain, tuple(places), tuple(signs))


def side_differences(exams: Sequence[Examination]) -> list[Finding]:
    """Left against right, for every motion that was measured on both sides in the same exam."""
    found = []
    for exam in exams:
        for left in _measured(exam, "left"):
            right = next(
                (r for other in exams if same_exam(exam, other) for r in _measured(other, "right", left.motion)),
                None,
            )
            if right is not None:
                found.append(side_difference(left, right))
    return found


def side_difference(left: MotionResult, right: MotionResult) -> Finding:
    """One motion on both sides; beyond the error of the two measurements, and beyond what is common."""
    a, b = _value(left), _value(right)
    error_deg = hypot(_half_width(left), _half_width(right))
    numbers: dict[str, float | None] = {
        "left": a,
        "right": b,
        "difference": abs(a - b),
        "error": error_deg,
        "clear_from": max(SIDES_CLEAR_DEG, error_deg),
    }
    words = {"less": LEG_WORDS["left" if a < b else "right"]}
    return _finding("side_difference", None, left.motion, numbers, words)


def knee_differences(exams: Sequence[Examination]) -> list[Finding]:
    """What bending the knee adds to dorsiflexion (Silfverskiold), where both were measured on a side."""
    found = []
    for side in SIDES:
        pairs = [(one, other) for one in exams for other in exams if alike(one, other)]
        names = ("seated", "long-sit")
        found += [
            knee_difference(bent, straight)
            for one, other in pairs
            if (one.protocol.name, other.protocol.name) == names
            for bent in _measured(one, side, "dorsiflexion")
            for straight in _measured(other, side, "dorsiflexion")
        ][:1]
    return found


def knee_difference(bent: MotionResult, straight: MotionResult) -> Finding:
    """Dorsiflexion with the knee bent minus with the knee straight, with the interval of both."""
    difference = _value(bent) - _value(straight)
    (low_b, high_b), (low_s, high_s) = _bounds(bent), _bounds(straight)
    low = difference - hypot(_value(bent) - low_b, high_s - _value(straight))
    high = difference + hypot(high_b - _value(bent), _value(straight) - low_s)
    numbers: dict[str, float | None] = {
        "difference": difference,
        "low": low,
        "high": high,
        "half_width": 0.5 * (high - low),
        "bent": _value(bent),
        "straight": _value(straight),
    }
    return _finding("knee_difference", bent.side, "dorsiflexion", numbers)


def changes(exams: Sequence[Examination], before: Sequence[Examination]) -> list[Finding]:
    """Each motion against the latest earlier one of the same exam, side and pose model."""
    found = []
    for exam in exams:
        earlier = [e for e in before if same_exam(exam, e)]
        mdc_deg = minimal_detectable_change(exam.model.name)
        for side in SIDES:
            for now in _measured(exam, side):
                last = _latest([e for e in earlier if _measured(e, side, now.motion)])
                if last is not None and mdc_deg is not None:
                    then = _measured(last, side, now.motion)[0]
                    found.append(change(now, then, last.day, mdc_deg))
    return found


def change(now: MotionResult, then: MotionResult, since: str, mdc_deg: float) -> Finding:
    """One motion now and on an earlier day; `mdc_deg` is the minimal detectable change."""
    difference = _value(now) - _value(then)
    numbers: dict[str, float | None] = {
        "now": _value(now),
        "then": _value(then),
        "change": difference,
        "size": abs(difference),
        "mdc": mdc_deg,
    }
    words = {"since": since, "change": f"{'+' if difference > 0 else ''}{amount(difference, decimals=1)}"}
    return _finding("change", now.side, now.motion, numbers, words)


def goals(exams: Sequence[Examination], goal_deg: dict[Motion, float]) -> list[Finding]:
    """Each motion against the goal that was set for it."""
    return [
        goal_finding(result, goal_deg[motion])
        for motion in MOTIONS
        if motion in goal_deg
        for exam in exams
        for side in SIDES
        for result in _measured(exam, side, motion)
    ]


def goal_finding(result: MotionResult, goal_deg: float) -> Finding:
    """One motion and its goal."""
    low, high = _bounds(result)
    numbers: dict[str, float | None] = {
        "value": _value(result),
        "low": low,
        "high": high,
        "goal": goal_deg,
        "missing": goal_deg - _value(result),
    }
    return _finding("goal", result.side, result.motion, numbers)


def minimal_detectable_change(model: str) -> float | None:
    """MDC95 in degrees of a pose model, from the study of repeated exams; None where it was not studied."""
    return next((float(row["mdc95_deg"]) for row in rows("repeatability") if row["model"] == model), None)


def same_exam(one: Examination, other: Examination) -> bool:
    """Whether two recordings are of the same exam, done in the same way: only then are their numbers compared."""
    return one.protocol.name == other.protocol.name != "free" and alike(one, other)


def why_not_together(one: Examination, other: Examination) -> str:
    """Why two recordings' numbers are not set beside each other, in a sentence; empty where they may be."""
    names = [protocol(exam.protocol.name).title for exam in (one, other)]
    if one.protocol.name != other.protocol.name:
        return (
            f"Expected two recordings of one exam, but one is '{names[0]}' and the other '{names[1]}': an ankle "
            "goes differently far in each, so they are never compared. Choose two of one kind."
        )
    if one.protocol.name == "free":
        return (
            f"Expected two recordings of a known exam, but both are '{names[0]}': how they were done is not known. "
            "Say on their review pages which exam they are."
        )
    if not alike(one, other):
        return (
            "Expected two recordings that were taken alike, but they differ in who moved the foot, in the legs "
            "that stood, in what was on the foot, or in the model that read them. Choose two that were taken alike."
        )
    return ""


def alike(one: Examination, other: Examination) -> bool:
    """Whether two recordings were taken alike: who moved the foot, what was on it, which model read it."""
    return (one.protocol.regime, one.protocol.standing_on, one.footwear, one.model.name) == (
        other.protocol.regime,
        other.protocol.standing_on,
        other.footwear,
        other.model.name,
    )


def _finding(
    kind: FindingKind,
    side: Side | None,
    motion: Motion,
    numbers: dict[str, float | None],
    words: dict[str, str] | None = None,
) -> Finding:
    """The first rule of a kind that holds, in words."""
    rule = first_rule(kind, numbers)
    assert rule is not None  # the last rule of each of these kinds always holds
    said = {name: amount(value, decimals=1) for name, value in numbers.items()} | (words or {})
    return Finding(kind, rule.code, side, motion, rule.message.format_map(said), rule.rule, numbers, (rule.source,))


def _measured(exam: Examination, side: Side, motion: Motion | None = None) -> list[MotionResult]:
    """Results that may be set beside others, of one side and motion (None: of any).

    Those of poor quality, and those of an exam that was not done in its position, may not.
    """
    if why_not_compared(exam.checks_of(side)):
        return []
    told = [result for result in exam.results if result.value_deg is not None and result.quality != "poor"]
    return [result for result in told if result.side == side and motion in (None, result.motion)]


def _latest(exams: Sequence[Examination]) -> Examination | None:
    """The examination of the latest date."""
    return max(exams, key=lambda exam: exam.day, default=None)


def _has(exam: Examination, side: Side) -> bool:
    """Whether a side was looked at and could face the camera."""
    return any(summary.side == side and summary.near for summary in exam.sides)


def _value(result: MotionResult) -> float:
    """The number of a measured result."""
    if result.value_deg is None:
        raise ValueError("Expected a measured motion, but got one without a number.")
    return result.value_deg


def _bounds(result: MotionResult) -> tuple[float, float]:
    """The interval of a measured result."""
    if result.ci95_deg is None:
        raise ValueError("Expected a measured motion, but got one without an interval.")
    return result.ci95_deg


def _half_width(result: MotionResult) -> float:
    """Half of the interval of a measured result."""
    low, high = _bounds(result)
    return 0.5 * (high - low)
