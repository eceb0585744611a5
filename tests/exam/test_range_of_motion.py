"""Planted examinations, read end to end from landmarks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rom.ankle.checks import Scene
from rom.ankle.neutral import Neutral
from rom.exam.range_of_motion import range_deg
from rom.exam.sides import Asked, Findings, examine
from rom.records import Landmarks, MotionResult, Side
from rom.settings import Settings
from tests.planted import (
    HEIGHT_PX,
    WIDTH_PX,
    Plan,
    curve,
    exam_plan,
    exam_stops,
    planted,
    planted_leg,
    times,
    without,
)

SCENE = Scene(WIDTH_PX, HEIGHT_PX)


def examined(
    landmarks: Landmarks, *wanted: Side, neutral: Neutral = None, model: str = "planted", scene: Scene = SCENE
) -> Findings:
    return examine(
        landmarks,
        scene,
        wanted or ("right",),
        Asked(neutral=neutral),
        model=model,
        settings=Settings(),
    )


def both(landmarks: Landmarks, neutral: Neutral = None) -> tuple[MotionResult, MotionResult]:
    """Maximal dorsiflexion and plantar flexion of the right leg."""
    up, down = examined(landmarks, neutral=neutral).results
    assert (up.motion, down.motion) == ("dorsiflexion", "plantar_flexion")
    return up, down


def value(result: MotionResult) -> float:
    assert result.status == "measured", result.reasons
    assert result.value_deg is not None
    return result.value_deg


def test_a_leg_that_the_model_doubts_gets_no_number() -> None:
    """Sure at one end and not at the other: the one is told, the other says why not."""
    time_s = times(16.0)
    angle = curve(time_s, exam_stops(15.0, -40.0))
    landmarks = planted_leg(time_s, angle)
    assert landmarks.legs is not None
    doubt = np.where(angle < 0, 14.0, 3.0)
    up, down = both(replace(landmarks, legs=replace(landmarks.legs, angle_sd_deg=doubt)))
    assert value(up) == pytest.approx(15.0, abs=0.5)
    assert up.doubt_deg == pytest.approx(3.0)
    assert down.status == "cannot_tell"
    assert "unclear" in down.reasons[0]
    assert "14°" in down.reasons[0]


def test_a_whole_examination(exam_landmarks: Landmarks) -> None:
    found = examined(exam_landmarks)
    up, down = found.results
    assert value(up) == pytest.approx(18.0, abs=0.5)
    assert value(down) == pytest.approx(47.0, abs=0.5)
    for result in (up, down):
        read = [r.value_deg for r in result.repetitions]
        assert len(read) == 3
        assert value(result) == pytest.approx(np.mean(read))
        assert result.best_deg == max(read)
        assert result.sd_deg == pytest.approx(np.std(read, ddof=1))
        assert result.ci95_deg is not None
        assert result.ci95_deg[0] < value(result) < result.ci95_deg[1]
        assert result.quality == "good"
        assert result.reasons == ()
    (side,) = found.sides
    assert side.near
    assert side.range_of_motion_deg == pytest.approx(value(up) + value(down))


def test_equinus_keeps_its_zero_and_its_range() -> None:
    """Rest at -15, moving from -35 to -5: no factor, no calibration, no neutral taken away."""
    t = times(16.0)
    stops = [(-15.0, 1.2), *[(-5.0, 1.5), (-35.0, 1.5)] * 3, (-15.0, 1.0)]
    plan = Plan(t, curve(t, stops), noise_px=0.5)
    found = examined(planted(plan), neutral="start")
    up, down = found.results
    assert value(up) == pytest.approx(-5.0, abs=0.3)
    assert value(down) == pytest.approx(35.0, abs=0.3)
    assert found.sides[0].range_of_motion_deg == pytest.approx(30.0, abs=0.4)
    assert found.sides[0].neutral_deg == pytest.approx(-15.0, abs=0.5)
    assert up.from_neutral_deg == pytest.approx(10.0, abs=0.6)
    assert down.from_neutral_deg == pytest.approx(20.0, abs=0.6)


def test_without_a_neutral_nothing_is_counted_from_one(exam_landmarks: Landmarks) -> None:
    assert [result.from_neutral_deg for result in both(exam_landmarks)] == [None, None]


@settings(max_examples=8, deadline=None)
@given(st.floats(-20, 20))
def test_a_shifted_angle_shifts_both_ends_equally(offset: float) -> None:
    plan = exam_plan()
    up, down = both(planted(plan))
    shifted_up, shifted_down = both(planted(replace(plan, angle_deg=plan.angle_deg + offset)))
    assert value(shifted_up) - value(up) == pytest.approx(offset, abs=0.1)
    assert value(shifted_down) - value(down) == pytest.approx(-offset, abs=0.1)


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0, 240.0])
def test_the_frame_rate_does_not_matter(rate_hz: float) -> None:
    up, down = both(planted(replace(exam_plan(rate_hz=rate_hz), noise_px=1.0)))
    assert value(up) == pytest.approx(18.0, abs=0.4)
    assert value(down) == pytest.approx(47.0, abs=0.4)
    assert [len(up.repetitions), len(down.repetitions)] == [3, 3]


def test_variable_frame_rate() -> None:
    rng = np.random.default_rng(4)
    time_s = np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 15], p=[0.2, 0.6, 0.2], size=420))
    plan = Plan(time_s, curve(time_s, exam_stops(18.0, -47.0)), noise_px=1.0)
    up, down = both(planted(plan))
    assert value(up) == pytest.approx(18.0, abs=0.4)
    assert value(down) == pytest.approx(47.0, abs=0.4)


def test_a_gap_of_a_second_costs_one_repetition_and_moves_no_number() -> None:
    plan = replace(exam_plan(), noise_px=1.0)
    gone = (plan.time_s > 5.3) & (plan.time_s < 7.3)  # the second dorsiflexion
    up, down = both(without(planted(plan), gone))
    assert sum(r.used for r in up.repetitions) == 2
    assert value(up) == pytest.approx(18.0, abs=0.4)
    assert value(down) == pytest.approx(47.0, abs=0.4)
    assert any("Two repetitions" in reason for reason in up.reasons)


def test_more_noise_is_a_wider_landmark_part() -> None:
    parts = [
        both(planted(replace(exam_plan(), noise_px=px)))[0].landmark_sd_deg or 0.0 for px in (0.5, 1.0, 2.0, 4.0)
    ]
    assert parts == sorted(parts)
    assert parts[-1] == pytest.approx(8 * parts[0], rel=0.3)


def test_the_interval_follows_the_model_s_row(exam_landmarks: Landmarks) -> None:
    def interval_of(model: str) -> tuple[float, float]:
        found = examined(exam_landmarks, model=model).results[0].ci95_deg
        assert found is not None
        return found

    heavy, lite = interval_of("pose_landmarker_heavy"), interval_of("pose_landmarker_lite")
    assert lite[1] - lite[0] > heavy[1] - heavy[0]
    assert sum(heavy) / 2 > 18.0 + 3.0  # reads dorsiflexion too low: the truth is likelier above


def test_an_unknown_view_is_not_surer_than_a_known_one(exam: Plan, exam_landmarks: Landmarks) -> None:
    headless = without(exam_landmarks, np.ones(len(exam.time_s), dtype=bool), ("shoulder",))
    known, unknown = both(exam_landmarks)[0].ci95_deg, both(headless)[0].ci95_deg
    assert known is not None
    assert unknown is not None
    assert unknown[1] - unknown[0] > known[1] - known[0]


@pytest.mark.parametrize(
    ("angle_deg", "shown"), [(12.0, 0), (0.0, 0), (-20.0, 1)], ids=["dorsiflexed", "neutral", "plantar flexed"]
)
@pytest.mark.parametrize(("frames", "noise_px"), [(1, 0.0), (90, 0.0), (90, 2.0)])
def test_a_still_foot_shows_one_end_at_most(angle_deg: float, shown: int, frames: int, noise_px: float) -> None:
    plan = Plan(times(3.0)[:frames], np.full(frames, angle_deg + 1e-9), noise_px=noise_px)
    results = both(planted(plan))
    assert value(results[shown]) == pytest.approx(abs(angle_deg), abs=0.5)
    other = results[1 - shown]
    assert other.status == "cannot_tell"
    assert other.value_deg is None
    assert "Film the whole movement" in other.reasons[0]
    assert results[shown].quality != "good"


def test_a_photograph_knows_nothing_of_its_noise() -> None:
    up, _ = both(planted(Plan(times(0.04), np.array([12.0]))))
    assert up.landmark_sd_deg is None
    assert up.sd_deg is None


def test_a_recording_that_ends_in_mid_movement() -> None:
    t = times(5.75)  # 11 of 15 degrees are reached
    up, down = both(planted(Plan(t, curve(t, [(0, 0.5), (-40, 2.0), (15, 9.0)], move_s=1.8))))
    assert value(down) == pytest.approx(40.0, abs=0.3)
    assert up.status == "cannot_tell"
    assert up.value_deg is None
    assert up.ci95_deg is None
    assert "cannot be used" in up.reasons[0]


def test_a_stop_gives_no_number_and_says_why() -> None:
    small = planted(replace(exam_plan(), foot_px=25.0, shank_px=80.0))
    for result in both(small):
        assert result.status == "cannot_tell"
        assert result.value_deg is None
        assert result.quality == "poor"
        assert "move the camera closer" in result.reasons[0]
    assert examined(small).sides[0].range_of_motion_deg is None


def test_a_person_who_turns_round_is_not_given_half_a_turn() -> None:
    plan = replace(exam_plan(), noise_px=1.0)
    there, back = planted(plan), planted(replace(plan, near="left"))
    late = plan.time_s > 0.7 * plan.time_s[-1]
    turned = replace(there, points_px=np.where(late[:, None, None], back.points_px, there.points_px))
    up, down = both(turned)
    assert value(up) == pytest.approx(18.0, abs=0.5)
    assert value(down) == pytest.approx(47.0, abs=0.5)
    assert any("points the other way" in reason for reason in up.reasons)


def test_the_far_leg_gets_no_number(exam_landmarks: Landmarks) -> None:
    found = examined(exam_landmarks, "left", "right")
    left = [result for result in found.results if result.side == "left"]
    assert [result.status for result in left] == ["cannot_tell", "cannot_tell"]
    assert all("film from the left side" in result.reasons[0] for result in left)
    assert [side.near for side in found.sides] == [False, True]
    assert set(found.angles) == {"left", "right"}


def test_markers_in_space_show_both_legs_alike(exam_landmarks: Landmarks) -> None:
    found = examined(exam_landmarks, "left", "right", scene=replace(SCENE, one_leg_nearer=False))
    assert [result.status for result in found.results] == ["measured"] * 4


def test_only_the_side_asked_for_is_reported(exam_landmarks: Landmarks) -> None:
    found = examined(exam_landmarks, "left")
    assert {result.side for result in found.results} == {"left"}
    assert set(found.angles) == {"left"}


def test_nobody() -> None:
    gone = without(planted(exam_plan()), np.ones(len(exam_plan().time_s), dtype=bool))
    for result in both(gone):
        assert result.status == "cannot_tell"
        assert "found it in 0% of them" in result.reasons[0]


def test_no_frames_at_all() -> None:
    nothing = planted(Plan(np.empty(0), np.empty(0)))
    for neutral in (None, "start"):
        results = examined(nothing, neutral=neutral).results
        assert [result.status for result in results] == ["cannot_tell", "cannot_tell"]


def test_a_range_needs_both_ends(exam_landmarks: Landmarks) -> None:
    up, down = both(exam_landmarks)
    assert range_deg((up, down)) == pytest.approx(value(up) + value(down))
    assert range_deg((up, replace(down, value_deg=None, status="cannot_tell"))) is None


def test_quality_falls_with_what_was_noticed() -> None:
    once = both(planted(replace(exam_plan(repetitions=1), noise_px=1.0)))[0]
    assert once.quality == "fair"
    assert "One repetition" in once.reasons[0]
    assert once.sd_deg is None
    dim = replace(SCENE, brightness=10.0, roll_deg=9.0)
    worse = examined(planted(replace(exam_plan(repetitions=1), foot_px=80.0)), scene=dim).results[0]
    assert worse.quality == "poor"
