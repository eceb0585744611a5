"""Reference values: reachable, sourced, in the right units; and never compared across positions."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.exam.findings import citation_of
from rom.exam.protocols import Protocol, protocols
from rom.exam.references import (
    REGIME_TOLERANCE_DEG,
    Reference,
    compare_with,
    limits_of,
    percentile,
    references,
    z_score,
)
from rom.records import Person, Sex

SHARED = Path(__file__).parents[3] / "shared" / "references" / "ankle_reference_values.csv"
ROWS = references()
IDS = [f"{i}-{row.source}-{row.motion}" for i, row in enumerate(ROWS)]
KNOWN = Person(30.0, "male")


def like(row: Reference) -> Person:
    """Somebody whom the row is of."""
    sex: Sex = "female" if row.sex == "female" else "male"
    age = 15.0 if row.age[0] == -float("inf") else row.age[0] + 0.5
    return Person(age, sex, row.sport.replace("other sports", "football"))


def exam_of(row: Reference) -> Protocol:
    """An exam in the row's position, be it one of ours or not; seated in what the row does not tell."""
    exam = protocols()["seated"]
    if row.posture != "not told":
        exam = replace(exam, posture=row.posture)
    if row.weight_bearing != "not told":
        exam = replace(exam, weight_bearing=row.weight_bearing)
    return exam if row.knee == "not told" else replace(exam, knee=row.knee)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_every_row_is_reached_by_somebody_like_its_people(row: Reference) -> None:
    who = Person() if row.kind == "convention" else like(row)
    found = compare_with(row.motion, exam_of(row), "active", who)
    assert row is found.row or row in found.shown


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_every_row_is_sourced_and_in_its_unit(row: Reference) -> None:
    assert row.citation
    assert row.evidence
    assert any(part.isdigit() for part in row.citation.replace(".", " ").split() for part in [part[:4]]) or (
        row.kind == "convention"
    )
    assert row.unit == ("cm" if row.motion == "toe_to_wall" else "deg")
    low, high = {"dorsiflexion": (0, 50), "plantar_flexion": (35, 95), "toe_to_wall": (5, 20)}[row.motion]
    assert low <= row.mean <= high
    assert row.sd is None or 1.0 <= row.sd <= 12.0
    assert (row.sd is None) == (row.sd_basis == "none")
    assert row.decides == (not row.why_not)
    assert f"mean {row.mean:g}" in citation_of(row)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_interval_of_a_mean_is_never_a_limit(row: Reference) -> None:
    if row.sd is not None and row.mean_ci is not None:
        assert limits_of(row, "passive").p2_5 < row.mean_ci[0] - row.sd


def test_what_is_unverified_or_without_spread_decides_nothing() -> None:
    silent = [row for row in ROWS if "unverified" in row.evidence or row.sd is None or row.kind != "sample"]
    assert len(silent) > 20
    assert not any(row.decides for row in silent)


def test_the_package_holds_what_was_collected() -> None:
    if not SHARED.is_file():
        pytest.skip(f"the collected references are not here ({SHARED.name})")
    with SHARED.open(encoding="utf-8", newline="") as file:
        collected = list(csv.DictReader(file))
    motions = {"DF": "dorsiflexion", "PF": "plantar_flexion", "WBLT_cm": "toe_to_wall"}
    given_ = [
        (
            r["source"],
            motions[r["motion"]],
            r["position"],
            r["sex"],
            float(r["mean"]),
            r["sd"],
            r["n"],
            r["citation"],
        )
        for r in collected
    ]
    ours = [
        (r.source, r.motion, r.position, r.sex, r.mean, "" if r.sd is None else f"{r.sd:g}", r.n, r.citation)
        for r in ROWS
    ]
    plain = [
        (*row[:5], f"{float(row[5]):g}" if row[5] else "", int(row[6]) if row[6] else None, row[7])
        for row in given_
    ]
    assert ours == plain


@pytest.mark.parametrize("name", protocols())
@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_no_exam_meets_a_norm_of_another_position(name: str, row: Reference) -> None:
    """A lunge never meets a seated norm; nothing else crosses either."""
    which = protocols()[name]
    for regime in which.regimes:
        found = compare_with(row.motion, which, regime, like(row))
        if found.row is row:
            assert (row.posture, row.weight_bearing, row.knee) == (which.posture, which.weight_bearing, which.knee)
        for shown in found.shown:
            assert "not told" in (shown.weight_bearing, which.weight_bearing) or (
                shown.weight_bearing == which.weight_bearing
            )


def test_a_seated_adult_is_compared_with_soucie_and_the_limits_allow_for_active_motion() -> None:
    found = compare_with("dorsiflexion", protocols()["seated"], "active", KNOWN)
    assert found.row is not None
    assert found.limits is not None
    assert (found.row.source, found.row.mean, found.row.sd) == ("Soucie2011", 12.7, 6.0)
    assert found.limits.p2_5 == pytest.approx(12.7 - 1.96 * 6.0 - REGIME_TOLERANCE_DEG, abs=0.01)
    assert found.limits.p97_5 == pytest.approx(12.7 + 1.96 * 6.0 + REGIME_TOLERANCE_DEG, abs=0.01)
    passive = compare_with("dorsiflexion", protocols()["seated"], "passive", KNOWN).limits
    assert passive is not None
    assert passive.p2_5 == pytest.approx(12.7 - 1.96 * 6.0, abs=0.01)
    assert passive.tolerance_deg == 0


@pytest.mark.parametrize(
    ("age", "source_age"), [(2.0, (2, 8)), (8.9, (2, 8)), (20.0, (20, 44)), (44.9, (20, 44)), (45.0, (45, 69))]
)
def test_birthdays_end_an_age_band(age: float, source_age: tuple[int, int]) -> None:
    row = compare_with("dorsiflexion", protocols()["seated"], "passive", Person(age, "female")).row
    assert row is not None
    assert row.age == source_age


@pytest.mark.parametrize("who", [Person(), Person(30.0), Person(None, "male")])
def test_without_age_or_sex_only_conventions_are_shown(who: Person) -> None:
    found = compare_with("dorsiflexion", protocols()["seated"], "active", who)
    assert found.row is None
    assert "not known" in found.why_none
    assert {"AAOS1965", "AMA"} <= {row.source for row in found.shown}


@pytest.mark.parametrize("age", [9.0, 14.0, 19.99])
def test_values_that_could_not_be_checked_are_shown_to_teenagers_and_decide_nothing(age: float) -> None:
    found = compare_with("dorsiflexion", protocols()["seated"], "passive", Person(age, "female"))
    assert found.row is None
    assert "unverified" in found.why_none
    assert 17.3 in {row.mean for row in found.shown}


def test_nobody_is_compared_beyond_the_ages_that_were_measured() -> None:
    found = compare_with("dorsiflexion", protocols()["seated"], "active", Person(80.0, "male"))
    assert found.row is None
    assert "this age" in found.why_none


def test_a_dancer_sees_dancers_beside_the_population() -> None:
    found = compare_with("plantar_flexion", protocols()["seated"], "active", Person(20.0, "female", "Ballet"))
    assert found.row is not None
    assert found.row.sport == ""
    assert {row.mean for row in found.shown if row.sport == "ballet"} == {77.0, 89.0}
    plain = compare_with("plantar_flexion", protocols()["seated"], "active", Person(20.0, "female", "football"))
    assert not [row for row in plain.shown if row.sport]


def test_a_gymnast_in_a_lunge_sees_gymnasts() -> None:
    shown = compare_with(
        "dorsiflexion", protocols()["lunge"], "weight_bearing", Person(15.0, "male", "gymnastics")
    ).shown
    assert {row.sport for row in shown if row.sport} == {"artistic gymnastics", "rhythmic gymnastics"}


def test_a_free_recording_is_compared_with_nobody() -> None:
    found = compare_with("dorsiflexion", protocols()["free"], "active", KNOWN)
    assert found.row is None
    assert {row.kind for row in found.shown} == {"convention"}


def test_z_and_percentile_of_the_normal_distribution() -> None:
    row = next(row for row in ROWS if row.decides)
    assert row.sd is not None
    assert z_score(row.mean - row.sd, row) == pytest.approx(-1.0)
    assert percentile(-1.0) == pytest.approx(15.87, abs=0.01)  # tables of the normal distribution
    assert percentile(1.959964) == pytest.approx(97.5, abs=0.001)


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_percentiles_rise_with_z(a: float, b: float) -> None:
    assert (percentile(a) <= percentile(b)) == (a <= b) or percentile(a) == percentile(b)
