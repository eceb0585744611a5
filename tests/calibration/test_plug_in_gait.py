"""The published walks: our angle on the markers follows the laboratory's model on every leg."""

import json

import pytest

from calibration.studies.plug_in_gait import MOTION, RESULT, LegAgreement, agreement

PEOPLE = ("HC030", "HC050", "HC055")
LEGS = [(person, leg) for person in PEOPLE for leg in "LR"]


@pytest.fixture(scope="module")
def legs() -> dict[tuple[str, str], LegAgreement]:
    pytest.importorskip("ezc3d", reason="ezc3d reads the motion-capture files")
    if not MOTION.is_dir():
        pytest.skip(f"the motion-capture files are not here ({MOTION})")
    return {(leg.person, leg.leg): leg for leg in agreement()}


def test_three_people_with_two_legs_each(legs: dict[tuple[str, str], LegAgreement]) -> None:
    assert sorted(legs) == sorted(LEGS)


@pytest.mark.parametrize("key", LEGS, ids="-".join)
def test_every_leg_is_within_the_bars(legs: dict[tuple[str, str], LegAgreement], key: tuple[str, str]) -> None:
    leg = legs[key]
    assert leg.correlation > 0.95
    assert leg.sd_deg < 2.5
    assert leg.rmse_deg < 4.5  # after the offset of the standing trial
    assert leg.frames > 150  # whole strides, not a lucky stretch
    assert leg.model_range_deg > 20  # the ankle did move
    assert leg.facing_share == 1


@pytest.mark.parametrize("key", LEGS, ids="-".join)
def test_the_committed_result_is_what_the_study_gives(
    legs: dict[tuple[str, str], LegAgreement], key: tuple[str, str]
) -> None:
    stored = {(leg["person"], leg["leg"]): leg for leg in json.loads(RESULT.read_text("utf-8"))["legs"]}
    for name in ("correlation", "sd_deg", "standing_offset_deg", "rmse_deg"):
        # stored with three decimals
        assert stored[key][name] == pytest.approx(getattr(legs[key], name), abs=0.001)


def test_the_committed_result_is_within_the_bars() -> None:
    """Runs without the motion-capture files."""
    stored = json.loads(RESULT.read_text("utf-8"))
    assert stored["passes"] is True
    assert [(leg["person"], leg["leg"]) for leg in stored["legs"]] == LEGS
    for leg in stored["legs"]:
        assert leg["correlation"] > 0.95
        assert leg["sd_deg"] < 2.5
        assert leg["rmse_deg"] < 4.5
