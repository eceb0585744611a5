"""The table of exams: each whole, its checks real, its motions what the instrument measures."""

import pytest

from rom.errors import UsageError
from rom.exam.conduct import CHECKS, RESULT_CHECKS, RESULT_REMARKS
from rom.exam.protocols import Protocol, protocol, protocols, regime_of, standing_of

ALL = list(protocols().values())


def test_the_exams_are_those_that_are_promised() -> None:
    assert list(protocols()) == ["seated", "long-sit", "lunge", "heel-raise", "walk", "free"]


@pytest.mark.parametrize("one", ALL, ids=lambda p: p.name)
def test_each_says_all_that_is_needed(one: Protocol) -> None:
    for words in (one.title, one.framing, one.camera, one.how, one.ends_when, one.zero, one.source):
        assert words
    assert one.regimes
    assert one.repetitions >= 1
    assert set(one.checks) <= {*CHECKS, *RESULT_CHECKS, *RESULT_REMARKS}


def test_every_check_is_used_by_an_exam() -> None:
    used = {code for one in ALL for code in one.checks}
    assert used == {*CHECKS, *RESULT_CHECKS, *RESULT_REMARKS}


def test_knee_bent_and_straight_do_not_overlap_by_more_than_a_reading_errs() -> None:
    bent, straight = protocol("seated").knee_deg, protocol("long-sit").knee_deg
    assert bent is not None
    assert straight is not None
    assert bent[0] >= straight[1] == 20.0  # clinical.md 1.4: under 20 straight, from 20 bent


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="seated, long-sit, lunge"):
        protocol("standing")


def test_who_moves_the_foot() -> None:
    assert regime_of("", protocol("seated")) == "not_told", "never guessed"
    assert regime_of("", protocol("lunge")) == "weight_bearing"
    assert regime_of("passive", protocol("seated")) == "passive"
    with pytest.raises(UsageError, match="weight bearing"):
        regime_of("passive", protocol("lunge"))


def test_which_legs_stand_is_said_of_a_heel_raise_alone() -> None:
    assert standing_of("", "heel-raise") == "not_told", "never guessed"
    assert standing_of("one_leg", "heel-raise") == "one_leg"
    with pytest.raises(UsageError, match="heel-raise"):
        standing_of("one_leg", "lunge")
    with pytest.raises(UsageError, match="one_leg, both_legs"):
        standing_of("two", "heel-raise")
