"""The numbers of people in the agreement protocol come from its formulas."""

from pathlib import Path

from calibration.sample_size import people_for_icc, people_for_limits

PROTOCOL = (Path(__file__).parents[2] / "calibration" / "agreement_protocol.md").read_text(encoding="utf-8")


def test_the_protocol_asks_for_as_many_people_as_the_formulas() -> None:
    assert f"({people_for_limits(4.0, 1.5)} needed, Bland" in PROTOCOL
    assert f"({people_for_icc(0.85, 0.15)} needed, Bonett" in PROTOCOL.replace("\n", " ")
    assert f"within 1° takes {people_for_limits(4.0, 1.0)}." in PROTOCOL
    assert max(people_for_limits(4.0, 1.5), people_for_icc(0.85, 0.15)) < 90


def test_a_narrower_interval_takes_more_people() -> None:
    assert people_for_limits(4.0, 1.0) > people_for_limits(4.0, 2.0)
    assert people_for_icc(0.85, 0.1) > people_for_icc(0.85, 0.2)
    assert people_for_icc(0.85, 0.15, readings=3) < people_for_icc(0.85, 0.15, readings=2)
