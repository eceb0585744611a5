"""Scores against what was planted, and figures with intervals that hold."""

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.readings.clustered import figure, share, slope
from calibration.readings.score import on_times, score, true_motion_deg
from calibration.readings.take import film_path, is_read, landmarks_path
from calibration.recordings.plan import Recording, read_plan
from calibration.studies.wrong_side import told_of_the_far_leg
from rom.pose.recorded import save_people
from tests.planted import Plan, curve, exam_plan, planted, recorded, times


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Recording:
    """A seated exam of a right leg, in a work folder of its own."""
    monkeypatch.setenv("ROM_CALIBRATION_DIR", str(tmp_path))
    seated = next(r for r in read_plan("samples") if r.exam == "seated")
    return replace(seated, side="R")


def put(row: Recording, truth: Plan, read: Plan) -> None:
    """Write truth and landmarks of a recording as if it had been rendered and read."""
    film = film_path(row)
    film.parent.mkdir(parents=True, exist_ok=True)
    with film.with_suffix(".csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["frame", "time_s", "clinical_deg"])
        rows.writerows(
            [i, round(float(t), 4), round(float(a), 4)]
            for i, (t, a) in enumerate(zip(truth.time_s, truth.angle_deg, strict=True))
        )
    about = {
        "recording": {"exam": row.exam, "body": row.body},
        "person": {"age_years": 40},
        "view": {},
        "foot_px": 150,
    }
    film.with_suffix(".json").write_text(json.dumps(about))
    target = landmarks_path(row, "heavy")
    target.parent.mkdir(parents=True, exist_ok=True)
    save_people(target, recorded(planted(read)))


def test_a_perfect_reading_scores_zero(row: Recording) -> None:
    plan = exam_plan(up=18.0, down=-47.0)
    put(row, plan, plan)
    found = score(row, "heavy")
    assert np.nanmax(np.abs(found.raw_deg - found.truth_deg)) < 0.02  # landmarks are stored to 1/128 px
    assert [m.motion for m in found.motions] == ["dorsiflexion", "plantar_flexion"]
    for motion, truth in zip(found.motions, (18.0, 47.0), strict=True):
        assert motion.truth_deg == pytest.approx(truth, abs=0.05)
        assert motion.error_deg == pytest.approx(0.0, abs=0.1)
        assert motion.covered


def test_a_constant_error_is_found_with_its_sign(row: Recording) -> None:
    """Landmarks that read 5 degrees too much dorsiflexion read 5 too little plantar flexion."""
    truth = exam_plan(up=18.0, down=-47.0)
    put(row, truth, replace(truth, angle_deg=truth.angle_deg + 5.0))
    found = score(row, "heavy")
    assert np.nanmean(found.raw_deg - found.truth_deg) == pytest.approx(5.0, abs=0.05)
    assert [round(m.error_deg) for m in found.motions] == [5, -5]


def test_frames_without_a_leg_are_missing_and_not_wrong(row: Recording) -> None:
    plan = exam_plan()
    put(row, plan, Plan(plan.time_s[60:], plan.angle_deg[60:]))
    found = score(row, "heavy")
    assert np.isnan(found.raw_deg[:60]).all()
    assert np.nanmax(np.abs(found.raw_deg - found.truth_deg)) < 0.02


def test_truth_of_a_motion_is_the_mean_of_the_ends_reached() -> None:
    time_s = times(14.0)
    stops = [(0.0, 0.8), (18.0, 1.5), (-40.0, 1.5), (16.0, 1.5), (-40.0, 1.5), (4.0, 1.5), (0.0, 1.0)]
    truth = curve(time_s, stops)
    assert true_motion_deg(time_s, truth, "dorsiflexion") == pytest.approx(17.0, abs=0.05), "4 stopped short"
    assert true_motion_deg(time_s, truth, "plantar_flexion") == pytest.approx(40.0, abs=0.05)


def test_truth_of_a_curve_without_ends_is_its_extreme() -> None:
    time_s = times(2.0)
    assert true_motion_deg(time_s, np.linspace(-20.0, 9.0, len(time_s)), "dorsiflexion") == pytest.approx(9.0)


def test_values_on_other_times() -> None:
    at = on_times(np.array([0.0, 0.1, 0.2]), np.array([1.0, 2.0, 3.0]), np.array([0.1001, 0.15, 0.2, 9.0]))
    np.testing.assert_array_equal(at, [2.0, np.nan, 3.0, np.nan])
    assert np.isnan(on_times(np.empty(0), np.empty(0), np.array([1.0]))).all()


def test_clustered_interval_holds_about_95_times_in_100() -> None:
    """Bodies differ (SD 2), recordings of one body hardly (SD 0.5): a naive interval would hold about half."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(100):
        bodies = np.repeat(rng.normal(3.0, 2.0, 20), 8)
        found = figure(bodies + rng.normal(0, 0.5, 160), [str(i // 8) for i in range(160)])
        held += found.low <= 3.0 <= found.high
    assert 86 <= held <= 100  # percentile bootstrap with 20 clusters is a little narrow; binomial SD 2.2


def test_rows_that_are_missing_do_not_count() -> None:
    found = figure(np.array([1.0, np.nan, 3.0, 5.0]), ["a", "b", "c", "d"])
    assert (found.value, found.n, found.bodies) == (3.0, 3, 3)
    assert figure(np.array([np.nan]), ["a"]).rounded()["value"] is None


def test_a_share_is_between_its_limits() -> None:
    found = share([True, False, True, True], ["a", "b", "c", "d"])
    assert found.value == 0.75
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0


def test_slope_of_a_compressed_reading() -> None:
    truth = np.linspace(-50.0, 20.0, 50)
    assert slope(np.column_stack([truth, 0.82 * truth - 2.2])) == pytest.approx(0.82)
    assert np.isnan(slope(np.array([[1.0, 2.0], [1.0, 3.0]]))), "a foot that does not move has no slope"


def test_the_far_leg_gets_no_number(row: Recording) -> None:
    plan = exam_plan(up=18.0, down=-47.0)
    put(row, plan, plan)
    found = told_of_the_far_leg([row], "heavy")
    assert found["all"]["told_share"]["value"] == found["seated"]["told_share"]["value"] == 0.0
    # the same recording said to be of the left: the leg then asked for is the near one, and has a number
    assert told_of_the_far_leg([replace(row, side="L")], "heavy")["all"]["told_share"]["value"] == 1.0


def test_a_film_made_again_is_read_again(row: Recording) -> None:
    plan = exam_plan(up=18.0, down=-47.0)
    assert not is_read(row, "heavy")
    film_path(row).parent.mkdir(parents=True)
    film_path(row).touch()
    put(row, plan, plan)
    assert is_read(row, "heavy")
    later = landmarks_path(row, "heavy").stat().st_mtime + 5
    os.utime(film_path(row), (later, later))
    assert not is_read(row, "heavy")
