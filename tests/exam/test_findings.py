"""Findings: monotone, as sure as the interval allows, mirror-symmetric, and each naming its rule and sources."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rom.exam.findings import pattern_findings, range_finding, range_findings
from rom.exam.protocols import protocols
from rom.exam.references import compare_with
from rom.exam.rows import rows
from rom.exam.rules import first_rule, rules
from rom.records import Finding, Motion, MotionResult, Person, ProtocolUse, Side, Symptoms

MAN = Person(30.0, "male")
SEATED = ProtocolUse("seated", "passive")
#: Soucie 2011, men of 20 to 44, passive: 12.7 ± 6.0.
P2_5, P16, P97_5 = 12.7 - 1.959964 * 6.0, 12.7 - 0.994458 * 6.0, 12.7 + 1.959964 * 6.0
RANK = ["limited", "borderline", "within", "beyond"]


def result(value: float, half: float = 2.0, motion: Motion = "dorsiflexion", side: Side = "right") -> MotionResult:
    return MotionResult(side, motion, "measured", value, (value - half, value + half), "good", ())


def code(value: float, half: float = 2.0, who: Person = MAN, use: ProtocolUse = SEATED) -> str:
    return range_findings([result(value, half)], use, who)[0].code


@pytest.mark.parametrize(
    ("value", "half", "said"),
    [
        (P2_5 - 2.1, 2.0, "limited"),  # the whole interval lies below
        (P2_5 - 1.9, 2.0, "borderline"),  # it reaches the limit
        (P16 - 0.1, 2.0, "borderline"),
        (P16 + 0.1, 2.0, "within"),
        (12.7, 5.0, "within"),
        (12.7, 5.1, "cannot_tell"),
        (P97_5 + 1.9, 2.0, "within"),
        (P97_5 + 2.1, 2.0, "beyond"),
    ],
)
def test_the_rules_at_their_borders(value: float, half: float, said: str) -> None:
    assert code(value, half) == said


@given(st.floats(-30, 60), st.floats(-30, 60), st.floats(0.1, 5.0))
def test_more_motion_is_never_a_worse_finding(a: float, b: float, half: float) -> None:
    low, high = sorted((a, b))
    assert RANK.index(code(low, half)) <= RANK.index(code(high, half))


@given(st.floats(-30, 60), st.floats(0.1, 5.0), st.floats(0.0, 20.0))
def test_never_limited_when_the_interval_reaches_the_limit(value: float, below: float, above: float) -> None:
    assume(value + above >= P2_5)
    one = replace(result(value), ci95_deg=(value - below, value + above))
    assert range_findings([one], SEATED, MAN)[0].code != "limited"


@given(st.floats(-30, 60), st.floats(5.001, 40))
def test_a_wide_interval_cannot_tell(value: float, half: float) -> None:
    assert code(value, half) == "cannot_tell"


@given(st.floats(-30, 60), st.floats(0.1, 10))
def test_cannot_tell_when_quality_fails(value: float, half: float) -> None:
    poor = replace(result(value, half), quality="poor", reasons=("The picture is dark.",))
    finding = range_findings([poor], SEATED, MAN)[0]
    assert finding.code == "cannot_tell"
    assert "dark" in finding.message
    none = MotionResult("right", "dorsiflexion", "cannot_tell", None, None, "poor", ("No leg.",))
    assert range_findings([none], SEATED, MAN)[0].message == "Cannot tell: No leg."


@given(st.floats(-30, 60), st.floats(0.1, 10))
def test_both_sides_are_judged_alike(value: float, half: float) -> None:
    left, right = range_findings([result(value, half, side="left"), result(value, half)], SEATED, MAN)
    assert (left.side, right.side) == ("left", "right")
    assert replace(left, side="right") == right


def test_a_finding_names_rule_numbers_and_sources() -> None:
    finding = range_findings([result(12.7 - 6.0)], SEATED, MAN)[0]
    assert finding.rule == "value below the 16th percentile"
    assert finding.numbers["z"] == pytest.approx(-1.0)
    assert finding.numbers["percentile"] == pytest.approx(15.87, abs=0.01)
    assert finding.numbers["p2_5"] == pytest.approx(P2_5, abs=0.001)
    assert "Soucie JM" in finding.sources[1]
    assert "n 114" in finding.sources[1]
    assert "7°" in finding.message


def test_active_against_passive_is_labelled_and_moves_the_limit() -> None:
    active = ProtocolUse("seated", "active")
    assert code(P2_5 - 2.1) == "limited"
    assert code(P2_5 - 2.1, use=active) == "borderline"
    assert code(P2_5 - 5.1, use=active) == "limited"
    said = range_findings([result(12.0)], active, MAN)[0].message
    assert "moved by an examiner" in said
    assert "allow 3°" in said
    assert "examiner" not in range_findings([result(12.0)], SEATED, MAN)[0].message


@pytest.mark.parametrize("name", ["long-sit", "heel-raise", "free"])
def test_positions_without_published_values_are_compared_with_nobody(name: str) -> None:
    which = protocols()[name]
    use = ProtocolUse(name, which.regimes[0])
    for finding in range_findings([result(5.0, motion=motion) for motion in which.motions], use, MAN):
        assert finding.code == "no_comparison"
        assert "position" in finding.message


def test_an_exam_that_was_done_otherwise_is_compared_with_nobody() -> None:
    finding = range_findings([result(0.0)], SEATED, MAN, "the heel left the floor")[0]
    assert finding.code == "no_comparison"
    assert "the heel left the floor" in finding.message


def test_a_motion_that_the_exam_does_not_ask_for_gets_no_finding() -> None:
    lunge = ProtocolUse("lunge", "weight_bearing")
    assert not range_findings([result(50.0, motion="plantar_flexion")], lunge, MAN)


def test_every_range_finding_is_one_of_the_six() -> None:
    assert {rule.code for rule in rules("range")} == {*RANK, "cannot_tell", "no_comparison"}


def test_a_distance_is_told_in_centimetres() -> None:
    which = protocols()["lunge"]
    comparison = compare_with("toe_to_wall", which, "weight_bearing", MAN)
    assert comparison.row is not None
    assert comparison.row.source == "HochMcKeon2011"
    finding = range_finding(result(11.0, 1.0), comparison, "weight_bearing", unit="cm")
    assert "cm" in finding.message
    assert "°" not in finding.message


def findings_for(*pairs: tuple[Motion, float]) -> tuple[Finding, ...]:
    return range_findings([result(value, motion=motion) for motion, value in pairs], SEATED, MAN)


def patterns(symptoms: Symptoms, who: Person = MAN, dorsiflexion: float = 12.0) -> list[str]:
    found = pattern_findings(findings_for(("dorsiflexion", dorsiflexion)), symptoms, who, "right")
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    ("symptoms", "dorsiflexion", "said"),
    [
        (Symptoms(places=("front",)), -10.0, ["front"]),  # limited, and hurts in front
        (Symptoms(pain={"pulling_up": 2}, places=("front",)), 12.0, ["front"]),  # painful at its end
        (Symptoms(pain={"pointing": 2}, places=("back",)), 12.0, ["back"]),
        (Symptoms(pain={"pointing": 0}, places=("back",)), 12.0, []),
        (Symptoms(), -10.0, ["not_specific"]),  # stiff without pain
        (Symptoms(pain={"walking": 3}), 12.0, ["not_specific"]),
        (Symptoms(), 12.0, []),
        (Symptoms(side="left", pain={"pointing": 2}, places=("back",)), 12.0, []),  # of the other ankle
    ],
)
def test_patterns(symptoms: Symptoms, dorsiflexion: float, said: list[str]) -> None:
    assert patterns(symptoms, dorsiflexion=dorsiflexion) == said


@pytest.mark.parametrize(("age", "said"), [(8.0, False), (9.0, True), (13.9, True), (14.0, False), (None, False)])
def test_pain_at_the_back_of_a_growing_ankle_needs_a_clinician(age: float | None, said: bool) -> None:
    codes = patterns(Symptoms(pain={"pointing": 3}, places=("back",)), Person(age, "female", "gymnastics"))
    assert ("growing_back" in codes) == said


def test_within_the_range_of_the_population_may_be_too_little_for_a_dancer() -> None:
    ranges = findings_for(("plantar_flexion", 55.0))
    assert ranges[0].code == "within"
    codes = [f.code for f in pattern_findings(ranges, Symptoms(), Person(30.0, "male", "ballet"), "right")]
    assert codes == ["dancer_pointing"]


def test_no_message_is_a_diagnosis() -> None:
    for row in rows("rules"):
        for word in ("impingement", "you have", "suffer", "diagnos", "disease", "torn"):
            assert word not in row["message"].lower()


def test_every_rule_can_hold_and_speaks_of_numbers_that_exist() -> None:
    """A word that is no number of its kind would be a slip: asking for it raises."""
    numbers = {
        "range": range_findings([result(5.0)], SEATED, MAN)[0].numbers,
        "pattern": {},
    }
    for rule in rules("range"):
        rule.holds(numbers["range"])
    found = pattern_findings(findings_for(("dorsiflexion", -10.0)), Symptoms(), MAN, "right")[0].numbers
    for rule in (*rules("pattern"), *rules("caution")):
        rule.holds(found)
    assert first_rule("range", numbers["range"]) is not None
