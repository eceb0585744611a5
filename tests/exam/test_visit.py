"""Several recordings together: hand-worked differences, changes, goals; and nothing across exams."""

from dataclasses import replace
from math import hypot
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rom
from rom.errors import UsageError
from rom.exam.rows import rows
from rom.exam.visit import (
    change,
    goal_finding,
    knee_difference,
    minimal_detectable_change,
    same_exam,
    side_difference,
    visit_of,
)
from rom.records import Check, Examination, Motion, MotionResult, Person, ProtocolUse, Side, SideSummary, Symptoms

SAMPLES = Path(__file__).parents[2] / "samples"
REPEATS = Path(__file__).parents[2] / "calibration" / "results" / "repeatability.json"


def result(value: float, half: float = 3.0, side: Side = "right", motion: Motion = "dorsiflexion") -> MotionResult:
    return MotionResult(side, motion, "measured", value, (value - half, value + half), "good", ())


@pytest.fixture(scope="module")
def plain() -> Examination:
    return rom.measure(SAMPLES / "seated_right.landmarks.npz", side="right")


def exam(plain: Examination, *results: MotionResult, name: str = "seated", day: int = 20) -> Examination:
    side = results[0].side
    return replace(
        plain,
        created=f"2026-11-{day:02d}T10:00:00+00:00",
        protocol=ProtocolUse(name, "active"),
        person=Person(30.0, "male"),
        results=results,
        sides=(SideSummary(side, True, None, None, None),),
    )


@pytest.mark.parametrize(
    ("left", "right", "half", "said"),
    [
        (10.0, 14.9, 1.0, "none"),
        (10.0, 15.1, 1.0, "repeat"),
        (10.0, 20.0, 1.0, "repeat"),
        (10.0, 20.1, 1.0, "clear"),
        (10.0, 20.1, 8.0, "repeat"),  # within the error of both: hypot(8, 8) = 11.3
        (10.0, 21.5, 8.0, "clear"),
    ],
)
def test_side_differences(left: float, right: float, half: float, said: str) -> None:
    one, other = result(left, half, "left"), result(right, half)
    assert side_difference(one, other).code == said
    swapped = side_difference(result(right, half, "left"), result(left, half))
    assert swapped.code == said
    assert swapped.numbers["difference"] == side_difference(one, other).numbers["difference"]


def test_a_clear_difference_names_the_side_that_moves_less() -> None:
    assert "left ankle moves less" in side_difference(result(5.0, 2.0, "left"), result(20.0, 2.0)).message
    assert "right ankle moves less" in side_difference(result(20.0, 2.0, "left"), result(5.0, 2.0)).message


def test_the_side_rule_is_marked_as_our_own_proposal() -> None:
    assert "our own proposal" in side_difference(result(5.0, 2.0, "left"), result(20.0, 2.0)).sources[0]


def test_knee_difference_has_the_interval_of_both() -> None:
    bent, straight = result(20.0, 3.0), result(5.0, 4.0)
    finding = knee_difference(bent, straight)
    assert finding.numbers["difference"] == 15.0
    assert finding.numbers["low"] == pytest.approx(15.0 - 5.0)
    assert finding.numbers["high"] == pytest.approx(15.0 + 5.0)
    assert (finding.code, finding.motion) == ("told", "dorsiflexion")
    assert knee_difference(result(20.0, 8.0), result(5.0, 8.0)).code == "cannot_tell"


def test_an_interval_that_is_not_symmetric_stays_so_in_the_knee_difference() -> None:
    bent = replace(result(20.0), ci95_deg=(17.0, 21.0))
    straight = replace(result(5.0), ci95_deg=(3.0, 9.0))
    numbers = knee_difference(bent, straight).numbers
    assert numbers["low"] == pytest.approx(15.0 - hypot(3.0, 4.0))
    assert numbers["high"] == pytest.approx(15.0 + hypot(1.0, 2.0))


@pytest.mark.parametrize(("now", "said"), [(14.9, "none"), (15.1, "more"), (5.1, "none"), (4.9, "less")])
def test_a_change_is_real_beyond_the_minimal_detectable_change(now: float, said: str) -> None:
    finding = change(result(now), result(10.0), "2026-10-01", 5.0)
    assert finding.code == said
    assert "2026-10-01" in finding.message


@given(st.floats(-30, 60), st.floats(-30, 60), st.floats(1, 10))
def test_changes_turn_round_with_time(now: float, then: float, mdc: float) -> None:
    opposite = {"none": "none", "more": "less", "less": "more"}
    forth = change(result(now), result(then), "then", mdc)
    assert change(result(then), result(now), "then", mdc).code == opposite[forth.code]


@pytest.mark.parametrize(("value", "said"), [(23.1, "reached"), (20.0, "may_be_reached"), (16.9, "ahead")])
def test_goals(value: float, said: str) -> None:
    assert goal_finding(result(value), 20.0).code == said


def test_the_minimal_detectable_change_is_the_studied_one() -> None:
    import json

    answer = json.loads(REPEATS.read_text(encoding="utf-8"))["answer"]["leg"]["another day"]
    row = next(row for row in rows("repeatability") if row["model"] == "leg_landmarker")
    assert float(row["mdc95_deg"]) == answer["mdc95_deg"]["value"]
    assert float(row["sem_deg"]) == answer["sem_deg"]["value"]
    assert int(row["pairs"]) == answer["mdc95_deg"]["n"]
    assert minimal_detectable_change("leg_landmarker") == answer["mdc95_deg"]["value"]
    assert minimal_detectable_change("unknown") is None


def kinds(*exams: Examination, before: tuple[Examination, ...] = ()) -> list[str]:
    return [finding.kind for finding in visit_of(exams, before).findings if finding.kind != "range"]


def test_a_visit_puts_left_beside_right_and_bent_beside_straight(plain: Examination) -> None:
    left, right = exam(plain, result(5.0, side="left")), exam(plain, result(12.0))
    straight = exam(plain, result(2.0), name="long-sit")
    assert kinds(left, right) == ["side_difference"]
    assert kinds(right, straight) == ["knee_difference"]
    assert kinds(left, straight) == []  # other side, other exam


def test_different_exams_are_never_compared(plain: Examination) -> None:
    seated, lunge = exam(plain, result(12.0)), exam(plain, result(37.0), name="lunge", day=10)
    assert kinds(seated, before=(lunge,)) == []
    free = exam(plain, result(12.0), name="free")
    assert kinds(free, before=(replace(free, created="2026-10-01"),)) == []


def test_the_latest_earlier_visit_is_the_one_compared_with(plain: Examination) -> None:
    now, first, last = (exam(plain, result(v), day=d) for v, d in ((20.0, 20), (5.0, 1), (10.0, 10)))
    found = [f for f in visit_of([now], [last, first]).findings if f.kind == "change"]
    assert [f.numbers["then"] for f in found] == [10.0]
    assert "2026-11-10" in found[0].message


def test_people_and_days_are_not_mixed(plain: Examination) -> None:
    now, later = exam(plain, result(20.0)), exam(plain, result(5.0), day=25)
    with pytest.raises(UsageError, match="before 2026-11-20"):
        visit_of([now], [later])
    with pytest.raises(UsageError, match="one day"):
        visit_of([now, later])
    woman = replace(exam(plain, result(12.0, side="left")), person=Person(30.0, "female"))
    with pytest.raises(UsageError, match="of a woman and of a man"):
        visit_of([now, woman])
    older = replace(exam(plain, result(12.0), day=1), person=Person(75.0, "male"))
    with pytest.raises(UsageError, match="75 years"):
        visit_of([now], [older])
    filmed = replace(later, recorded_on="2026-11-01")
    assert kinds(now, before=(filmed,)) == ["change"], "the day of filming counts, not that of measuring"


def test_what_was_poor_or_done_otherwise_is_set_beside_nothing(plain: Examination) -> None:
    left, right = exam(plain, result(5.0, side="left")), exam(plain, result(30.0))
    assert kinds(left, right) == ["side_difference"]
    poor = replace(right, results=tuple(replace(one, quality="poor") for one in right.results))
    assert kinds(left, poor) == []
    lifted = Check("heel_lifts", "caution", "The heel lifts.", "right")
    sides = (SideSummary("right", True, None, None, None, (lifted,)),)
    assert kinds(left, replace(right, sides=sides)) == []
    assert kinds(left, replace(right, footwear="shoe")) == [], "a shoe and a bare foot"
    passive = replace(exam(plain, result(2.0), name="long-sit"), protocol=ProtocolUse("long-sit", "passive"))
    assert kinds(right, passive) == [], "knee bent by the person, knee straight by an examiner"


def test_a_heel_raise_on_one_leg_is_not_the_one_on_both(plain: Examination) -> None:
    on_both, on_one = (
        replace(plain, protocol=ProtocolUse("heel-raise", "weight_bearing", None, legs))
        for legs in ("both_legs", "one_leg")
    )
    assert same_exam(on_one, on_one)
    assert not same_exam(on_one, on_both)


def test_patterns_follow_from_all_that_was_said_that_day(plain: Examination) -> None:
    one = replace(exam(plain, result(12.0)), symptoms=Symptoms(pain={"pointing": 1}))
    other = replace(exam(plain, result(12.0), name="long-sit"), symptoms=Symptoms(places=("back",)))
    assert [kind for kind in kinds(one, other) if kind == "pattern"] == ["pattern"]
    assert "pattern" in kinds(other, one)


def test_one_limited_exam_makes_the_pattern_whatever_comes_after(plain: Examination) -> None:
    front = Symptoms(places=("front",))
    limited = replace(exam(plain, result(-12.0)), symptoms=front)
    straight = replace(exam(plain, result(10.0), name="long-sit"), symptoms=front)
    for exams in ((limited, straight), (straight, limited)):
        assert [f.code for f in visit_of(exams).findings if f.kind == "pattern"] == ["front"]
