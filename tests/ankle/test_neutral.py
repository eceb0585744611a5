"""The person's own neutral."""

from dataclasses import replace

import numpy as np
import pytest

from rom.ankle.angle import angle_track
from rom.ankle.neutral import own_neutral
from rom.errors import UsageError
from rom.records import AngleTrack
from rom.settings import Settings
from tests.planted import Plan, curve, exam_plan, planted, times, without

SETTINGS = Settings()


def track_of(plan: Plan) -> AngleTrack:
    return angle_track(planted(plan), "right", SETTINGS)


def resting_at(angle_deg: float) -> Plan:
    t = times(6.0)
    return Plan(t, curve(t, [(angle_deg, 1.2), (20, 1.0), (-30, 1.0)]), noise_px=0.5)


@pytest.mark.parametrize("angle_deg", [-25.0, 0.0, 8.0])
def test_the_first_second_shows_it(angle_deg: float) -> None:
    neutral, checks = own_neutral(track_of(resting_at(angle_deg)), "start", SETTINGS)
    assert neutral == pytest.approx(angle_deg, abs=0.5)
    assert checks == ()


def test_it_is_not_taken_from_a_moving_foot() -> None:
    t = times(4.0)
    neutral, (check,) = own_neutral(track_of(Plan(t, 20 * np.sin(np.pi * t))), "start", SETTINGS)
    assert neutral is None
    assert check.code == "neutral_unsteady"
    assert "begin in a relaxed, still position" in check.message


def test_it_is_not_taken_from_a_later_moment() -> None:
    plan = exam_plan()
    track = angle_track(without(planted(plan), plan.time_s < 1.5), "right", SETTINGS)
    neutral, (check,) = own_neutral(track, "start", SETTINGS)
    assert neutral is None
    assert check.code == "neutral_missing"


@pytest.mark.parametrize("given", [None, 0.0, -15.0, 12])
def test_a_number_is_taken_as_it_is(given: float | None) -> None:
    assert own_neutral(track_of(resting_at(0)), given, SETTINGS) == (given, ())


@pytest.mark.parametrize("wrong", [180.0, float("nan"), "begin"])
def test_what_is_no_neutral_is_refused(wrong: float) -> None:
    with pytest.raises(UsageError, match="neutral from -90 to 90 degrees, or 'start'"):
        own_neutral(track_of(resting_at(0)), wrong, SETTINGS)


def test_nobody_has_none() -> None:
    nobody = track_of(replace(resting_at(0), time_s=times(0), angle_deg=np.empty(0)))
    assert own_neutral(nobody, "start", SETTINGS) == (None, ())
