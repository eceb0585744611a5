"""Corrections by hand: a planted exam that was read wrongly gets nearer to the truth, never surer than it is."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import calibration
import rom
from calibration.real_frames.marks import read_marks
from rom.ankle.checks import Scene
from rom.correct import corrected
from rom.errors import UsageError
from rom.exam.corrections import GAIN_EXCESS, ROLES
from rom.exam.rows import rows
from rom.exam.sides import Asked, examine
from rom.exam.uncertainty import ModelError, interval
from rom.pose.recorded import save_people
from rom.records import Correction, Examination, Landmarks, MotionResult, Repetition, Side, Verdict
from rom.settings import Settings
from tests.planted import (
    HEIGHT_PX,
    WIDTH_PX,
    Array,
    column,
    curve,
    exam_plan,
    exam_stops,
    planted,
    planted_leg,
    points_of,
    recorded,
    times,
)

UP, DOWN = 18.0, -47.0
PLAN = replace(exam_plan(UP, DOWN), noise_px=0.5)
TRUTH = points_of(replace(PLAN, noise_px=0.0))
TOE = column("right", "foot_index")


def holds(level: float) -> list[tuple[float, float]]:
    """From when to when the planted ankle is at a level."""
    still = np.flatnonzero(np.abs(PLAN.angle_deg - level) < 1e-6)
    groups = np.split(still, np.flatnonzero(np.diff(still) > 1) + 1)
    return [(float(PLAN.time_s[group[0]]), float(PLAN.time_s[group[-1]])) for group in groups]


def misread(by_px: float, hold: int = 1) -> Landmarks:
    """The planted exam, its toe found too high (too low: negative) in one hold of dorsiflexion, and near it."""
    landmarks = planted(PLAN)
    start_s, end_s = holds(UP)[hold]
    near = (PLAN.time_s > start_s - 0.3) & (PLAN.time_s < end_s + 0.3)
    points = np.array(landmarks.points_px)
    points[near, TOE, 1] -= by_px
    return replace(landmarks, points_px=points)


def measured(landmarks: Landmarks, folder: Path, side: Side = "right") -> tuple[Examination, Path]:
    path = folder / "planted.landmarks.npz"
    save_people(path, recorded(landmarks))
    return rom.measure(path, side=side, protocol="seated", moved_by="active"), path


def up(exam: Examination) -> MotionResult:
    return next(result for result in exam.results if result.motion == "dorsiflexion")


def value(result: MotionResult) -> float:
    assert result.value_deg is not None, result.reasons
    return result.value_deg


def width(result: MotionResult) -> float:
    assert result.ci95_deg is not None, result.reasons
    return result.ci95_deg[1] - result.ci95_deg[0]


def middle(hold: int) -> float:
    return float(np.mean(holds(UP)[hold]))


def of(hold: int, verdict: Verdict, **more: float) -> Correction:
    return Correction(
        "repetition",
        side="right",
        motion="dorsiflexion",
        hold_s=middle(hold),
        verdict=verdict,
        **more,  # type: ignore[arg-type]
    )


def toe_put_right(hold: int, off: Sequence[float] = (0.0, 0.0)) -> Correction:
    """The toe where it is, on the picture in the middle of a hold."""
    row = int(np.argmin(np.abs(PLAN.time_s - middle(hold))))
    x_px, y_px = TRUTH[row, TOE] + off
    return Correction(
        "landmark",
        by="Eva Roth",
        side="right",
        motion="dorsiflexion",
        hold_s=middle(hold),
        picture_s=float(PLAN.time_s[row]),
        landmark="right_foot_index",
        x_px=float(x_px),
        y_px=float(y_px),
    )


@pytest.mark.parametrize("by_px", [-9.0, 9.0], ids=["too low", "too high"])
def test_a_landmark_put_right_gets_nearer_to_the_truth(by_px: float, tmp_path: Path) -> None:
    automatic, path = measured(misread(by_px), tmp_path)
    exam = corrected(automatic, path, [toe_put_right(1)])
    assert abs(value(up(automatic)) - UP) > 0.9
    assert value(up(exam)) == pytest.approx(UP, abs=0.3)
    assert [repetition.by_hand for repetition in up(exam).repetitions] == [(), ("landmark",), ()]
    assert up(exam).hand_sd_deg is not None
    assert up(exam).quality != "good"
    assert any("with a landmark moved" in reason for reason in up(exam).reasons)


def test_a_landmark_put_where_it_was_only_makes_it_less_sure(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path)
    exam = corrected(automatic, path, [toe_put_right(1)])
    assert value(up(exam)) == pytest.approx(value(up(automatic)), abs=0.3)
    assert width(up(exam)) > width(up(automatic))


def test_what_was_measured_stays_beside_what_was_corrected(tmp_path: Path) -> None:
    automatic, path = measured(misread(9.0), tmp_path)
    correction = toe_put_right(1)
    exam = corrected(automatic, path, [correction])
    assert exam.corrections == (correction,)
    kept = [(one.side, one.motion, one.value_deg, one.ci95_deg) for one in exam.automatic]
    assert kept == [(one.side, one.motion, one.value_deg, one.ci95_deg) for one in automatic.results]
    assert exam.recording == automatic.recording
    assert exam.checks == automatic.checks
    assert exam.results[1] == automatic.results[1], "the other motion is as it was"
    assert corrected(automatic, path, []) is automatic, "all undone"


def test_the_points_are_drawn_where_they_were_put(tmp_path: Path) -> None:
    automatic, path = measured(misread(9.0), tmp_path)
    exam = corrected(automatic, path, [toe_put_right(1)])
    row = int(np.argmin(np.abs(PLAN.time_s - middle(1))))
    drawn, before = exam.angles["right"].points_px, automatic.angles["right"].points_px
    assert drawn[row, 3] == pytest.approx(TRUTH[row, TOE], abs=0.01)
    assert (drawn[:, :3] == before[:, :3]).all()


def test_a_rejected_repetition_lets_the_others_count_again(tmp_path: Path) -> None:
    """A misread end far beyond the others made them fall short of it."""
    automatic, path = measured(misread(25.0), tmp_path)
    assert [repetition.used for repetition in up(automatic).repetitions] == [False, True, False]
    assert value(up(automatic)) > UP + 5
    exam = corrected(automatic, path, [of(1, "rejected")])
    assert [repetition.used for repetition in up(exam).repetitions] == [True, False, True]
    assert up(exam).repetitions[1].reason == "rejected by hand"
    assert value(up(exam)) == pytest.approx(UP, abs=0.3)


def test_the_last_word_on_a_repetition_counts(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path)
    exam = corrected(automatic, path, [of(1, "rejected"), of(1, "accepted")])
    assert [repetition.used for repetition in up(exam).repetitions] == [True, True, True]
    assert value(up(exam)) == value(up(automatic))


def test_an_accepted_repetition_counts_although_it_fell_short(tmp_path: Path) -> None:
    automatic, path = measured(misread(-25.0), tmp_path)
    assert [repetition.used for repetition in up(automatic).repetitions] == [True, False, True]
    exam = corrected(automatic, path, [of(1, "accepted")])
    assert value(up(exam)) == pytest.approx(np.mean([r.value_deg for r in up(exam).repetitions]))
    assert width(up(exam)) > width(up(automatic)), "they disagree"


def test_nothing_is_told_where_every_repetition_is_rejected(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path)
    exam = corrected(automatic, path, [of(hold, "rejected") for hold in range(3)])
    assert up(exam).status == "cannot_tell"
    assert up(exam).reasons == ("Every repetition of the dorsiflexion was rejected by hand.",)


def test_a_moved_repetition_is_read_where_it_was_moved_to(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path)
    start_s, end_s = holds(DOWN)[0]
    exam = corrected(automatic, path, [of(0, "moved", start_s=start_s, end_s=end_s)])
    moved = up(exam).repetitions[0]
    assert moved.value_deg == pytest.approx(DOWN, abs=0.3)
    assert (moved.start_s, moved.end_s) == pytest.approx((start_s, end_s), abs=0.04)
    assert moved.found_s is not None
    assert moved.found_s[0] < middle(0) < moved.found_s[1], "it is still named by where it was found"


def test_another_side_gives_what_that_side_gives(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path, side="left")
    assert up(automatic).status == "cannot_tell"
    exam = corrected(automatic, path, [Correction("side", side="right")])
    alone, _ = measured(planted(PLAN), tmp_path, side="right")
    assert _told(exam) == _told(alone)
    assert [one.side for one in exam.automatic] == ["left", "left"]


def test_another_protocol_gives_what_that_protocol_gives(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path)
    exam = corrected(automatic, path, [Correction("protocol", protocol="free")])
    alone = rom.measure(path, side="right", protocol="free", moved_by="active")
    assert _told(exam) == _told(alone)


def _told(exam: Examination) -> dict[str, object]:
    """A document, but for when it was made and what it was made from."""
    told = exam.to_dict()
    for name in ("created", "timings_s", "recording", "checks", "corrections", "automatic", "recorded_on"):
        del told[name]
    return told


def test_what_the_pictures_told_is_not_forgotten(tmp_path: Path) -> None:
    """A dark picture lowers the quality of a corrected result as it did before."""
    exam, path = measured(planted(PLAN), tmp_path)
    dark = rom.records.Check("too_dark", "caution", "The picture is dark.", "right", 21.0)
    automatic = replace(exam, sides=(replace(exam.sides[0], checks=(*exam.sides[0].checks, dark)),))
    again = corrected(automatic, path, [of(0, "accepted")])
    assert [(one.code, one.value) for one in again.sides[0].checks if one.code == "too_dark"] == [
        ("too_dark", 21.0)
    ]


def leg_results(landmarks: Landmarks, *corrections: Correction) -> MotionResult:
    found = examine(
        landmarks,
        Scene(WIDTH_PX, HEIGHT_PX),
        ("right",),
        Asked(corrections=corrections),
        model="leg_landmarker",
        settings=Settings(),
    )
    return found.results[0]


def test_with_the_leg_model_the_change_of_the_lines_is_added_to_what_was_read() -> None:
    """Its network read 4 degrees too little where its points lay as much too low: the lines put right say so."""
    time_s = times(16.0)
    angle = curve(time_s, exam_stops(UP, -40.0))
    off = np.where(angle > UP - 1.0, -4.0, 0.0)
    wrong, right = planted_leg(time_s, angle + off), planted_leg(time_s, angle)
    automatic = leg_results(wrong)
    assert value(automatic) == pytest.approx(UP - 4.0, abs=0.5)
    changes = [change for one in automatic.repetitions for change in _sole_put_right(right, one, time_s)]
    found = leg_results(wrong, *changes)
    assert value(found) == pytest.approx(UP, abs=0.5)
    assert width(found) > width(automatic)
    assert found.hand_sd_deg is not None
    assert found.hand_sd_deg > 0.18 * 4.0


def _sole_put_right(truth: Landmarks, repetition: Repetition, time_s: Array) -> list[Correction]:
    """Heel and ball where they are, on the picture in the middle of a hold."""
    hold_s = 0.5 * (repetition.start_s + repetition.end_s)
    row = int(np.argmin(np.abs(time_s - hold_s)))
    names = ("right_plantar_heel", "right_plantar_mt5")
    places = {name: truth.points_px[row, truth.names.index(name)] for name in names}
    about = Correction("landmark", side="right", motion="dorsiflexion", hold_s=hold_s, picture_s=float(time_s[row]))
    return [
        replace(about, landmark=name, x_px=float(place[0]), y_px=float(place[1])) for name, place in places.items()
    ]


def test_repetitions_that_were_picked_are_not_taken_to_agree_better_than_others() -> None:
    row = ModelError("none", "dorsiflexion", bias_deg=0.0, sd_deg=0.0, repetition_sd_deg=1.5)
    alike = ([18.0, 18.0, 18.0], [0.0, 0.0, 0.0])
    by_chance, picked = interval(*alike, error=row), interval(*alike, error=row, picked=True)
    assert picked.half_width_deg == pytest.approx(1.96 * 1.5 / np.sqrt(3), abs=0.01)
    assert by_chance.half_width_deg < picked.half_width_deg


def test_how_much_further_lines_turn_in_a_picture_is_what_was_measured() -> None:
    results = Path(calibration.__file__).parent / "results" / "kinds_of_truth.json"
    answer = json.loads(results.read_text(encoding="utf-8"))["answer"]
    gain = answer["the same lines in the picture, filmed as asked"]["gain"]["value"]
    assert pytest.approx(gain - 1.0, abs=0.005) == GAIN_EXCESS


def test_where_a_hand_puts_points_is_what_two_passes_over_real_pictures_say() -> None:
    marks = [mark for mark in read_marks() if mark.seen_from == "lateral"]
    points = np.stack([mark.points_px[:, : len(ROLES)] for mark in marks])
    shank = np.linalg.norm(points[:, 0, 0] - points[:, 0, 1], axis=-1)
    apart = (points[:, 1] - points[:, 0]) / shank[:, None, None]
    table = {row["role"]: row for row in rows("by_hand")}
    for role, off in zip(ROLES, np.moveaxis(apart, 1, 0), strict=True):
        known = off[np.isfinite(off).all(axis=1)]
        assert float(table[role]["sd_shanks"]) == pytest.approx(np.sqrt(np.mean(known**2)), abs=1e-4)
        assert int(table[role]["frames"]) == len(known)


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (replace(of(0, "rejected"), hold_s=0.1), "Expected a repetition of right dorsiflexion at 0.1 s"),
        (of(0, "moved", start_s=3.0, end_s=2.0), "begins before it ends"),
        (replace(toe_put_right(0), landmark="right_shoulder"), "Expected one of the landmarks"),
        (replace(toe_put_right(0), x_px=float("nan")), "Expected a place on a picture"),
        (replace(toe_put_right(0), picture_s=99.0), "Expected a"),
    ],
    ids=["no repetition", "backwards", "no landmark of the angle", "nowhere", "no picture"],
)
def test_what_fits_nothing_is_refused(correction: Correction, said: str, tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path)
    with pytest.raises(UsageError, match=said):
        corrected(automatic, path, [correction])


def test_landmarks_that_measure_something_else_are_refused(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path)
    save_people(path, recorded(planted(replace(PLAN, angle_deg=PLAN.angle_deg + 3.0))))
    with pytest.raises(UsageError, match=r"Measure the recording again first\."):
        corrected(automatic, path, [of(0, "rejected")])


def test_what_was_corrected_elsewhere_stays_in_force(tmp_path: Path) -> None:
    """An examination that came in a file brings its corrections, and no document without them."""
    automatic, path = measured(misread(25.0), tmp_path)
    both = corrected(automatic, path, [of(1, "rejected"), of(0, "rejected")])
    arrived = corrected(automatic, path, [of(1, "rejected")])
    again = corrected(arrived, path, [of(0, "rejected")])
    assert again.corrections == both.corrections
    assert (again.results, again.automatic) == (both.results, both.automatic)


def test_another_side_that_was_chosen_elsewhere_is_taken_for_no_change_of_the_landmarks(tmp_path: Path) -> None:
    automatic, path = measured(planted(PLAN), tmp_path, side="left")
    arrived = corrected(automatic, path, [Correction("side", side="right")])
    assert value(up(corrected(arrived, path, [of(1, "rejected")]))) == pytest.approx(UP, abs=0.3)
