"""The studies' figures from readings whose errors are known, and a picture that can be drawn."""

from pathlib import Path

import numpy as np
import pytest

from calibration.readings.score import MotionScore, Score
from calibration.studies.conditions import error_by, groups
from calibration.studies.pictures import draw_readings
from calibration.studies.planted_angle import by_exam, frames_figures, motion_figures


def made(
    body: str, exam: str, bias_deg: float, slope: float = 1.0, told: bool = True, yaw_deg: float = 0.0
) -> Score:
    """A recording whose reading is `slope` times the truth plus `bias_deg`."""
    truth = np.linspace(-40.0, 20.0, 61)
    value = 20.0 * slope + bias_deg if told else float("nan")
    read = MotionScore("dorsiflexion", 20.0, value, value - 3.0, value + 3.0, yaw_deg, 150.0, 1.0, 0.5, ())
    about = {"body": body, "exam": exam, "footwear": "bare", "yaw_deg": yaw_deg}
    return Score(f"{body}-{exam}", "heavy", about, truth, slope * truth + bias_deg, (read,))


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
    found = by_exam(SCORES)
    assert {name: group["recordings"] for name, group in found.items()} == {"all": 5, "seated": 2, "lunge": 3}


def test_conditions_are_cut_where_they_say() -> None:
    scores = [made("a", "seated", 1.0, yaw_deg=-20.0), made("b", "seated", 5.0, yaw_deg=14.0)]
    assert [len(group) for group in groups(scores, "yaw_deg").values()] == [1, 1]
    found = error_by(scores, "yaw_deg")
    assert found["-90 to -15"]["bias_deg"]["value"] == pytest.approx(1.0)
    assert found["5 to 15"]["bias_deg"]["value"] == pytest.approx(5.0)


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    draw_readings(SCORES, tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
