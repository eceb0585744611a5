"""Findings on one recording: each motion among people like this one, and patterns to discuss with a provider.

Every finding is a row of the rule table (`rom.exam.rules`), and carries the numbers and sources that made it. The
instrument's own error is in the interval, so percentiles are not widened for it again.
"""

from collections.abc import Iterable

from rom.exam.protocols import protocol
from rom.exam.references import Comparison, Reference, compare_with, percentile, printed_limits, z_score
from rom.exam.rules import Numbers, first_rule, rules
from rom.exam.symptoms import pain_stops
from rom.records import Finding, FindingKind, MotionResult, Person, ProtocolUse, Regime, Side, Symptoms

#: Sports in which feet must point further than in others.
AESTHETIC = ("ballet", "dance", "gymnast", "figure skat", "diving", "diver", "synchron")
#: The same of the ankle that was measured.
SAID_WORDS: dict[Regime, str] = {
    "active": "it was said that the person moved it",
    "passive": "it was said that an examiner moved it",
    "weight_bearing": "it carried the body's weight",
    "not_told": "it was not said who moved it",
}
#: The conventional value that is named where nothing more specific may be compared with.
CONVENTION = "AAOS1965"
UNITS = {"deg": "°", "cm": " cm"}
REGIME_WORDS: dict[str, str] = {
    "active": "moved by the person",
    "passive": "moved by an examiner",
    "weight_bearing": "under the body's weight",
    "not_told": "it was not said who moved it",
    "not told": "who moved it is not told",
}


def range_findings(
    results: Iterable[MotionResult], use: ProtocolUse, person: Person, why_not: str = "", remark: str = ""
) -> tuple[Finding, ...]:
    """One finding for each motion that was measured or tried.

    Parameters
    ----------
    results : of one recording. use : the exam it was taken for. person : with whom it may be compared.
    why_not : why it may be compared with nobody, where the exam was not done in its position.
    remark : a sentence that belongs to every comparison, such as what could not be seen.
    """
    which = protocol(use.name)
    return tuple(
        range_finding(
            result, compare_with(result.motion, which, use.regime, person, why_not), use.regime, remark=remark
        )
        for result in results
        if result.motion in which.motions
    )


def range_finding(
    result: MotionResult, comparison: Comparison, regime: Regime, unit: str = "deg", remark: str = ""
) -> Finding:
    """What a value and its interval say beside the row they are compared with; `remark` is said of a comparison."""
    numbers = _range_numbers(result, comparison)
    found = first_rule("range", numbers)
    assert found is not None  # the last rule of the table always holds
    reason = " ".join(result.reasons[:REASONS_SAID]) if found.code == "cannot_tell" else comparison.why_none
    finer = 1 if found.code == "cannot_tell" else 0  # near 5 degrees, whole ones would contradict themselves
    said = {name: amount(value, unit, finer) for name, value in numbers.items()}
    message = found.message.format_map(said | {"reason": reason, "advice": ADVICE})
    row, limits = comparison.row, comparison.limits
    usual = next((one for one in comparison.shown if one.source == CONVENTION), None)
    if found.code == "no_comparison" and usual is not None:
        message += f" The conventional value is {amount(usual.mean, unit)} (AAOS): less specific, and no limit."
    if remark and found.code not in ("cannot_tell", "no_comparison"):
        message += f" {remark}"
    if row is not None and limits is not None and limits.tolerance_deg and found.code != "cannot_tell":
        message += (
            f" The published values are of ankles {REGIME_WORDS[row.regime]}; of this one {SAID_WORDS[regime]}: "
            f"the limits allow {amount(limits.tolerance_deg, unit)} for that."
        )
    sources = (found.source, *([] if row is None else [citation_of(row)]))
    return Finding("range", found.code, result.side, result.motion, message, found.rule, numbers, sources)


#: More reasons than these stand beside the number and not in the finding.
REASONS_SAID = 3
ADVICE = "A closer camera, exactly at the side, good light and nothing in front of the foot may make it narrower."


def pattern_findings(
    results: Iterable[Finding], symptoms: Symptoms, person: Person, side: Side
) -> tuple[Finding, ...]:
    """Patterns and cautions for one side, from its range findings and from what the person says; often none."""
    own = [finding for finding in results if finding.side == side and finding.kind == "range"]
    spoken = symptoms if symptoms.side in (None, side) else Symptoms()
    numbers = _pattern_numbers(own, spoken, person)
    kinds: tuple[FindingKind, FindingKind] = ("pattern", "caution")
    found = [(kinds[0], first_rule("pattern", numbers))]
    found += [(kinds[1], rule) for rule in rules("caution") if rule.holds(numbers)]
    return tuple(
        Finding(
            kind,
            rule.code,
            side,
            None,
            rule.message.format_map({name: f"{value:g}" for name, value in numbers.items() if value is not None}),
            rule.rule,
            dict(numbers),
            (rule.source,),
        )
        for kind, rule in found
        if rule is not None
    )


def amount(value: float | None, unit: str = "deg", decimals: int = 0) -> str:
    """A number in words: ``18°``, ``-4°``, ``11 cm``; empty where there is none."""
    return "" if value is None else f"{round(value, decimals) + 0.0:g}{UNITS[unit]}"


def citation_of(row: Reference) -> str:
    """A reference row in one line: whose, in which position, moved by whom, of whom, with mean and spread."""
    ages = "any age" if row.age[0] == -float("inf") else f"{row.age[0]:g} to {row.age[1]:g} years"
    ages = f"{row.age[0]:g} years and older" if row.age[1] == float("inf") and row.age[0] > 0 else ages
    spread = "" if row.sd is None else f", SD {row.sd:g}"
    basis = " (worked out from the interval of the mean)" if row.sd_basis == "derived_from_CI" else ""
    people = "" if row.n is None else f", n {row.n}"
    whom = {"any": "both sexes"}.get(row.sex, row.sex) + (f", {row.sport}" if row.sport else "")
    return (
        f"{row.citation}: {row.position}, {REGIME_WORDS[row.regime]}, {whom}, {ages}: mean {row.mean:g}{spread}"
        f"{basis}{people}. Evidence: {row.evidence}."
    )


def _range_numbers(result: MotionResult, comparison: Comparison) -> dict[str, float | None]:
    """All numbers that the rules for a range may ask for."""
    row, limits, value = comparison.row, comparison.limits, result.value_deg
    low, high = result.ci95_deg or (None, None)
    z = None if row is None or value is None else z_score(value, row)
    return {
        "measured": float(result.status == "measured"),
        "poor": float(result.quality == "poor"),
        "value": value,
        "low": low,
        "high": high,
        "half_width": None if low is None or high is None else 0.5 * (high - low),
        "rows": float(row is not None),
        "mean": None if row is None else row.mean,
        "sd": None if row is None else row.sd,
        "p2_5": None if limits is None else limits.p2_5,
        "p16": None if limits is None else limits.p16,
        "p97_5": None if limits is None else limits.p97_5,
        "usual_low": None if row is None else printed_limits(row).p2_5,
        "usual_high": None if row is None else printed_limits(row).p97_5,
        "tolerance": None if limits is None else limits.tolerance_deg,
        "z": z,
        "percentile": None if z is None else percentile(z),
    }


def _pattern_numbers(own: list[Finding], symptoms: Symptoms, person: Person) -> Numbers:
    """All numbers that the rules for patterns and cautions may ask for."""
    said = {(finding.motion, finding.code) for finding in own}
    pain = symptoms.pain
    df_limited, pf_limited = (("dorsiflexion", "limited") in said), (("plantar_flexion", "limited") in said)
    sport = person.sport.lower()
    return {
        "front": float("front" in symptoms.places),
        "back": float("back" in symptoms.places),
        "df_limited": float(df_limited),
        "pf_limited": float(pf_limited),
        "limited": float(df_limited or pf_limited),
        "pf_within": float(("plantar_flexion", "within") in said),
        "pain_pulling_up": pain.get("pulling_up"),
        "pain_pointing": pain.get("pointing"),
        "most_pain": max(pain.values(), default=None),
        "pain_rose": float(pain_stops(pain.get("rest", 0), pain.get("during", 0))),
        "age": person.age_years,
        "aesthetic": float(any(word in sport for word in AESTHETIC)),
    }
