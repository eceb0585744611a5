"""The whole line, from stored landmarks to an examination, with no model and no picture."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.records import Landmarks, MotionResult
from tests.planted import Plan, curve, exam_plan, landmarks_of_points, planted, points_of, stored, times
from tests.planted import without as lost_in


def result(exam: rom.Examination, side: str, motion: str) -> MotionResult:
    (found,) = (r for r in exam.results if (r.side, r.motion) == (side, motion))
    return found


def test_an_examination_end_to_end(tmp_path: Path, exam_landmarks: Landmarks) -> None:
    file = stored(tmp_path, exam_landmarks)
    exam = rom.measure(file)
    up, down = result(exam, "right", "dorsiflexion"), result(exam, "right", "plantar_flexion")
    assert up.value_deg == pytest.approx(18.0, abs=0.5)
    assert down.value_deg == pytest.approx(47.0, abs=0.5)
    assert result(exam, "left", "dorsiflexion").status == "cannot_tell"
    assert exam.measured
    assert exam.version == rom.__version__
    assert exam.model.name == "planted"
    assert exam.recording.kind == "keypoints"
    assert exam.settings == rom.Settings().to_dict()
    assert exam.people_seen == 1
    np.testing.assert_array_equal(exam.angles["right"].time_s, exam_landmarks.time_s)
    assert set(exam.timings_s) == {"opening", "landmarks", "waiting_for_pictures", "measuring"}


def test_the_json_holds_the_same_and_no_nan(tmp_path: Path, exam: Plan, exam_landmarks: Landmarks) -> None:
    gone = lost_in(exam_landmarks, (exam.time_s > 4.0) & (exam.time_s < 5.0))
    found = rom.measure(stored(tmp_path, gone))
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["schema_version"]
    rows = {(row["side"], row["motion"]): row for row in told["results"]}
    assert len(rows) == 4
    up = rows["right", "dorsiflexion"]
    truth = result(found, "right", "dorsiflexion")
    assert up["value_deg"] == pytest.approx(truth.value_deg, abs=1e-4)
    assert up["ci95_deg"] == pytest.approx(truth.ci95_deg, abs=1e-4)
    assert {"side", "motion", "value_deg", "ci95_deg", "status", "reasons"} <= set(up)
    assert rows["left", "dorsiflexion"]["value_deg"] is None
    assert None in told["angles"]["right"]["smooth_deg"]


@pytest.mark.parametrize("side", ["left", "right", "auto"])
def test_sides(tmp_path: Path, exam_landmarks: Landmarks, side: str) -> None:
    exam = rom.measure(stored(tmp_path, exam_landmarks), side=side)
    assert {r.side for r in exam.results} == ({"left", "right"} if side == "auto" else {side})


@pytest.mark.parametrize("wrong", ["Left", "both", ""])
def test_a_wrong_side_is_said_before_anything_is_opened(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(rom.UsageError, match="'left', 'right' or 'auto'"):
        rom.measure(tmp_path / "not_there.landmarks.npz", side=wrong)


def test_what_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(rom.InputUnreadable, match=r"not_there\.landmarks\.npz"):
        rom.measure(tmp_path / "not_there.landmarks.npz")


def test_settings_are_used_and_recorded(tmp_path: Path, exam_landmarks: Landmarks) -> None:
    strict = rom.Settings(foot_stop_px=200.0)
    exam = rom.measure(stored(tmp_path, exam_landmarks), settings=strict)
    assert not exam.measured
    assert exam.settings["foot_stop_px"] == 200.0
    assert "at least 200 are needed" in result(exam, "right", "dorsiflexion").reasons[0]


def test_one_of_two_people_is_followed_and_the_other_can_be_chosen(tmp_path: Path) -> None:
    plan = replace(exam_plan(), noise_px=1.0)
    smaller = replace(plan, angle_deg=0.5 * plan.angle_deg, shank_px=300.0, foot_px=130.0, shift_px=(420.0, 0.0))
    file = stored(tmp_path, planted(smaller), planted(plan))
    first, other = rom.measure(file), rom.measure(file, person=(0.85, 0.55))
    assert first.people_seen == 2
    assert result(first, "right", "dorsiflexion").value_deg == pytest.approx(18.0, abs=0.5)
    assert result(other, "right", "dorsiflexion").value_deg == pytest.approx(9.0, abs=0.5)
    assert "several_people" in [check.code for check in first.checks]


def test_a_passer_by_does_not_change_the_number(tmp_path: Path) -> None:
    plan = replace(exam_plan(), noise_px=1.0)
    passer = replace(plan, angle_deg=np.full(len(plan.time_s), 40.0), seed=5, shank_px=310.0)
    path = np.stack([200.0 * (plan.time_s - 7.0), np.zeros_like(plan.time_s)], axis=-1)
    other = landmarks_of_points(plan.time_s, points_of(passer) + path[:, None])
    behind = np.abs(path[:, 0]) < 80.0
    exam = rom.measure(stored(tmp_path, lost_in(planted(plan), behind), other))
    assert result(exam, "right", "dorsiflexion").value_deg == pytest.approx(18.0, abs=0.5)


def test_nothing_is_joined_across_a_cut(tmp_path: Path) -> None:
    """A second person of the same size at the same place after the cut, who goes further."""
    t = times(12.0)
    angle = np.where(t < 7.0, curve(t, [(0, 0.6), (10, 1.2), (-30, 1.2), (10, 1.2), (0, 9)]), 35.0)
    plan = Plan(t, angle, noise_px=1.0)
    exam = rom.measure(stored(tmp_path, replace(planted(plan), shot=(t >= 7.0).astype(np.int64))))
    assert result(exam, "right", "dorsiflexion").value_deg == pytest.approx(10.0, abs=0.5)
    assert "cut" in [check.code for check in exam.checks]


def test_nobody_in_view_is_an_answer(tmp_path: Path) -> None:
    plan = exam_plan(repetitions=1)
    exam = rom.measure(stored(tmp_path, lost_in(planted(plan), np.ones(len(plan.time_s), dtype=bool))))
    assert not exam.measured
    assert [check.code for check in exam.checks if check.severity == "stop"] == ["nobody"]
    assert all(r.reasons for r in exam.results)


def test_the_own_neutral_stands_beside_the_absolute_angle(tmp_path: Path) -> None:
    t = times(16.0)
    stops = [(-15.0, 1.2), *[(-5.0, 1.5), (-35.0, 1.5)] * 3, (-15.0, 1.0)]
    file = stored(tmp_path, planted(Plan(t, curve(t, stops), noise_px=0.5)))
    plain, own, given = (rom.measure(file, neutral=n) for n in (None, "start", -10.0))
    values = [result(exam, "right", "dorsiflexion").value_deg for exam in (plain, own, given)]
    assert values[0] == values[1] == values[2]
    assert values[0] == pytest.approx(-5.0, abs=0.3)
    assert result(plain, "right", "dorsiflexion").from_neutral_deg is None
    assert result(own, "right", "dorsiflexion").from_neutral_deg == pytest.approx(10.0, abs=0.6)
    assert result(given, "right", "plantar_flexion").from_neutral_deg == pytest.approx(25.0, abs=0.6)


def test_the_same_input_gives_the_same_numbers(tmp_path: Path, exam_landmarks: Landmarks) -> None:
    file = stored(tmp_path, exam_landmarks)
    assert rom.measure(file).results == rom.measure(file).results


def test_storing_rounds_away_nothing_that_matters(tmp_path: Path, exam: Plan) -> None:
    quiet = replace(exam, noise_px=0.0)
    found = rom.measure(stored(tmp_path, planted(quiet))).angles["right"]
    assert np.abs(found.raw_deg - quiet.angle_deg).max() < 0.01  # 1/256 px on a foot of 150 px
