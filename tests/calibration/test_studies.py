"""The studies' figures from readings whose errors are known, and pictures that can be drawn."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.readings.score import MotionScore, Score
from calibration.studies import (
    baseline,
    coverage,
    fairness,
    framing,
    no_leg,
    renderer,
    repeatability,
    second_person,
)
from calibration.studies.conditions import error_by, groups
from calibration.studies.landmarker import by_kind, hold_sd_deg, right_figures
from calibration.studies.pictures import draw_groups, draw_pairs, draw_readings
from calibration.studies.planted_angle import by_exam, frames_figures, motion_figures, write_readings


def made(body: str, exam: str, bias_deg: float, slope: float = 1.0, told: bool = True, **about: object) -> Score:
    """A recording whose reading is `slope` times the truth plus `bias_deg`."""
    truth = np.linspace(-40.0, 20.0, 61)
    value = 20.0 * slope + bias_deg if told else float("nan")
    reasons = () if told else ("The foot is cut off, at 3 s.",)
    read = MotionScore("dorsiflexion", 20.0, value, value - 3.0, value + 3.0, 0.0, 150.0, 1.0, 0.5, 2.0, reasons)
    plain = {"footwear": "bare", "framing": "full", "asked": True, "second_person": 0, "furniture_front": 0}
    facts = {"body": body, "exam": exam, **plain, **about}
    angle = slope * truth + bias_deg
    return Score(f"{body}-{exam}", "leg", facts, truth, angle, angle, (read,))


SCORES = [made(f"b{k}", "seated" if k % 2 else "lunge", bias_deg=float(k - 2), slope=0.8) for k in range(5)]


def test_frame_figures_are_those_planted() -> None:
    found = frames_figures(SCORES)
    assert found["detected_share"].value == 1.0
    assert found["slope"].value == pytest.approx(0.8)
    # mean truth is -10: the error is -0.2 * -10 plus the bias, which averages to 0
    assert found["bias_deg"].value == pytest.approx(2.0)
    assert found["bias_deg"].bodies == 5
    assert found["rmse_deg"].value > found["mae_deg"].value


def test_motion_figures_count_what_could_not_be_told() -> None:
    scores = [*SCORES, made("b5", "seated", 0.0, told=False)]
    found = motion_figures(scores, "dorsiflexion")
    assert found["cannot_tell_share"].value == pytest.approx(1 / 6)
    # readings 14, 15, 16, 17, 18 of a true 20
    assert found["bias_deg"].value == pytest.approx(-4.0)
    assert found["within_3_deg_share"].value == pytest.approx(2 / 5)
    assert found["covered_share"].value == pytest.approx(2 / 5)
    assert found["half_width_deg"].value == pytest.approx(3.0)


def test_every_exam_gets_its_figures() -> None:
    scores = [*SCORES, made("b9", "seated", 0.0, framing="leg", asked=False)]
    found = by_exam(scores)
    counts = {name: group["recordings"] for name, group in found.items()}
    assert counts == {"all": 6, "asked": 5, "whole": 5, "seated": 2, "lunge": 3}
    # readings of 20: 14 to 18, by hand
    assert found["whole"]["dorsiflexion"]["worst_deg"]["value"] == pytest.approx(6.0)
    assert found["whole"]["dorsiflexion"]["rmse_deg"]["value"] == pytest.approx(18**0.5, abs=0.01)


def test_every_reading_is_listed(tmp_path: Path) -> None:
    write_readings([SCORES[0], made("b5", "seated", 0.0, told=False)], tmp_path / "readings.csv")
    with (tmp_path / "readings.csv").open(newline="") as file:
        first, silent = csv.DictReader(file)
    assert (first["recording"], first["truth_deg"], first["value_deg"]) == ("b0-lunge", "20.00", "14.00")
    assert (first["frame_bias_deg"], first["reason"]) == ("0.00", "")
    assert (silent["value_deg"], silent["reason"]) == ("", "The foot is cut off, at 3 s.")


def test_conditions_are_cut_where_they_say_and_stand_in_order() -> None:
    scores = [made(f"b{k}", "seated", float(k), body_yaw_deg=yaw) for k, yaw in enumerate((40.0, -20.0, 14.0))]
    assert list(groups(scores, "body_yaw_deg")) == ["up to -15", "5 to 15", "over 30"]
    found = error_by(scores, "body_yaw_deg")
    assert found["up to -15"]["bias_deg"]["value"] == pytest.approx(1.0)
    assert found["5 to 15"]["bias_deg"]["value"] == pytest.approx(2.0)


def test_coverage_counts_what_holds_and_says_why_not() -> None:
    scores = [*SCORES, made("b5", "seated", 0.0, told=False), made("b6", "seated", 0.0, framing="leg")]
    found = {name: coverage.figures(readings) for name, readings in coverage.kinds(scores).items()}
    # read 14 to 18, each plus and minus 3, of a true 20: the last two hold it, and so does the leg's exact 20
    assert found["whole person in view"]["covered_share"]["value"] == pytest.approx(2 / 5)
    assert found["all"]["covered_share"]["value"] == pytest.approx(3 / 6)
    assert found["filmed as asked"]["cannot_tell_share"]["value"] == pytest.approx(1 / 6, abs=1e-3)
    assert found["whole person in view"]["half_width_deg"]["value"] == 3.0
    walk = [*scores, made("b7", "walk", 0.0, told=False)]
    shares = {
        name: coverage.figures(readings)["cannot_tell_share"] for name, readings in coverage.kinds(walk).items()
    }
    assert shares["filmed as asked"]["n"] == shares["filmed as asked, walks left out"]["n"] + 1
    assert found["seated"]["reasons"] == {"The foot is cut off… at … s.": 1}


def test_a_group_is_shown_to_be_worse_only_by_its_whole_interval() -> None:
    def group(tone: int, errors: list[float]) -> list[Score]:
        return [made(f"t{tone}b{k}", "seated", e, skin_tone=tone) for k, e in enumerate(errors)]

    scores = group(1, [1.0, 1.1, 0.9, 1.0]) + group(2, [4.0, 4.1, 3.9, 4.0]) + group(3, [0.0, 0.0, 9.0, 0.0])
    found = fairness.by_trait(scores, "skin_tone")
    assert [found[tone]["shown_worse"] for tone in "123"] == [False, True, False]
    assert found["2"]["worse_than_best_deg"]["value"] == pytest.approx(3.0)
    assert found["3"]["worse_than_best_deg"]["value"] > fairness.ALLOWED_DEG


def test_repeats_are_paired_by_name_and_compared_by_error() -> None:
    first = [replace(made(f"b{k}", "seated", 0.0), name=f"r{k}") for k in range(4)]
    again = [replace(made(f"b{k}", "seated", float(e)), name=f"r{k}c") for k, e in enumerate((1, -1, 1, -1))]
    found = repeatability.figures(repeatability.pairs(first, again)["another camera"])
    assert found["mean_difference_deg"]["value"] == 0.0
    assert found["sem_deg"]["value"] == pytest.approx(0.5**0.5, abs=0.01)  # sqrt(mean of squares / 2)
    assert found["mdc95_deg"]["value"] == pytest.approx(1.96, abs=0.01)
    assert found["pairs_deg"][0] == [20.0, 21.0]
    assert repeatability.pairs(first, again)["another day"] == []


def test_company_and_framing_get_their_groups() -> None:
    scores = [
        made("a", "seated", 1.0),
        made("b", "seated", 3.0, second_person=1),
        made("c", "seated", 5.0, furniture_front=1),
        made("d", "seated", 7.0, framing="leg"),
    ]
    company = second_person.by_company(scores)
    errors = [group["mae_deg"]["value"] for group in company.values()]
    assert errors == [1.0, 3.0, 5.0]
    assert {name: group["bias_deg"]["value"] for name, group in framing.by_framing(scores).items()} == {
        "full": 3.0,
        "leg": 7.0,
    }


def test_renderers_are_compared_recording_by_recording() -> None:
    both = [(made(f"b{k}", "seated", 1.0), made(f"b{k}", "seated", 1.0 + k)) for k in range(3)]
    found = renderer.figures(both)
    assert found["reading_difference_deg"]["value"] == pytest.approx(1.0)
    assert found["raster_mae_deg"]["value"] == 1.0
    assert found["cycles_mae_deg"]["value"] == 2.0


def test_the_baseline_leaves_out_recordings_that_were_never_read() -> None:
    blind = replace(SCORES[0], raw_deg=np.full(61, np.nan))
    found = baseline.figures([*SCORES[1:], blind])
    assert found["slope"]["value"] == pytest.approx(0.8)
    assert found["slope"]["n"] == 4
    assert found["detected_share"]["value"] == pytest.approx(0.8)


def test_pictures_are_drawn(tmp_path: Path) -> None:
    draw_readings(SCORES, tmp_path / "readings.png")
    draw_groups({"exam": error_by(SCORES, "exam"), "none": {}}, "mae_deg", "error", tmp_path / "groups.png", 1.0)
    draw_pairs({"camera": [(1.0, 2.0), (3.0, 3.0)], "day": []}, ("mean", "difference"), tmp_path / "pairs.png")
    for path in tmp_path.iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")


def test_a_trembling_hold_is_seen_and_a_steady_one_not() -> None:
    truth = np.concatenate([np.full(40, 10.0), np.linspace(10, -30, 20), np.full(40, -30.0)])
    trembling = truth + np.where(np.arange(100) % 2, 0.5, -0.5)
    steady = replace(SCORES[0], truth_deg=truth, smooth_deg=truth + 3.0)
    assert hold_sd_deg(steady) == pytest.approx(0.0, abs=1e-9), "a constant error is no tremble"
    assert hold_sd_deg(replace(steady, smooth_deg=trembling)) == pytest.approx(0.5, abs=0.02)
    moving = replace(steady, truth_deg=np.linspace(0, 50, 100))
    assert np.isnan(hold_sd_deg(moving)), "without a hold there is nothing to tell"


def test_maximal_motion_counts_what_lies_within_three_degrees() -> None:
    found = right_figures(SCORES)
    assert found["all"]["within_3_deg_share"]["value"] == pytest.approx(2 / 5)
    assert set(found) == {"all", "seated", "lunge", "bare"}


def test_kinds_of_view_are_told_apart() -> None:
    scores = [
        replace(s, about={**s.about, "body_yaw_deg": y}) for s, y in zip(SCORES, (0, 9, 20, -20, 45), strict=True)
    ]
    counts = {name: found["recordings"] for name, found in by_kind(scores).items()}
    assert counts["all"] == 5
    assert counts["side-on"] == counts["side-on, bare"] == 2
    assert counts["10 to 30 degrees towards the front"] == counts["10 to 30 degrees towards the back"] == 1


def test_pictures_without_a_leg_are_counted_as_seen_and_as_believed() -> None:
    taken = [
        ("room", "b1", np.inf),
        ("room", "b2", 12.0),
        ("room", "b3", 3.0),
        ("room", "b4", np.inf),
        ("arm", "b1", 8.0),
    ]
    found = no_leg.by_kind(taken)
    assert found["room"]["accepted_share"]["value"] == 0.5
    assert found["room"]["believed_share"]["value"] == 0.25
    assert (found["arm"]["accepted_share"]["value"], found["arm"]["believed_share"]["value"]) == (1.0, 0.0)
