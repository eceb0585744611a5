"""The model-error table: bands that hold the next error, and a file that reads back as it was written."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration import model_error
from calibration.model_error import READINGS_MIN, error_band, model_rows, write_table
from calibration.readings.score import MotionScore, Score
from rom.exam import uncertainty
from rom.exam.uncertainty import ANY, Z95, ModelError
from rom.records import Motion


def reading(
    error_deg: float,
    motion: Motion = "dorsiflexion",
    view_deg: float = 5.0,
    foot_px: float = 150.0,
    footwear: str = "bare",
) -> Score:
    """A recording of which one motion was asked; its reading is off by `error_deg`."""
    read = MotionScore(motion, 20.0, 20.0 + error_deg, 0.0, 40.0, view_deg, foot_px, 1.0, 0.6, ())
    return Score(
        "r",
        "heavy",
        {"body": f"b{abs(hash(error_deg)) % 7}", "footwear": footwear},
        np.zeros(1),
        np.zeros(1),
        (read,),
    )


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Score]:
    """Readings of both sets, filled by the test; the sets share them."""
    found: list[Score] = []
    monkeypatch.setattr(model_error, "scores_of", lambda name, _: tuple(found) if name == "development" else ())
    return found


@pytest.mark.parametrize("count", [READINGS_MIN, 80, 200])
def test_the_band_holds_the_next_error_in_95_of_100_at_least(count: int) -> None:
    """Skewed errors (a gamma), as a model that compresses the range makes them."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(600):
        middle, sd = error_band(list(rng.gamma(2.0, 3.0, count)))
        held.append(abs(rng.gamma(2.0, 3.0) - middle) <= Z95 * sd)
    assert np.mean(held) > 0.95 - 2 * (0.95 * 0.05 / 600) ** 0.5


def test_a_compressed_model_gets_its_bias_and_spread(readings: list[Score]) -> None:
    rng = np.random.default_rng(4)
    readings += [reading(float(e)) for e in rng.normal(-7.0, 3.0, 4000)]
    row = next(r for r in model_rows("heavy") if r.narrowness == 0)
    assert row.motion == "dorsiflexion"
    assert row.bias_deg == pytest.approx(-7.0, abs=0.3)
    assert row.sd_deg == pytest.approx(3.0, abs=0.2)
    assert (row.own_sd_deg, row.repetition_sd_deg, row.placeholder) == (0.6, 1.0, False)
    assert row.model == "pose_landmarker_heavy", "the name that results carry"


def test_a_condition_gets_a_row_where_enough_readings_speak_for_it(readings: list[Score]) -> None:
    readings += [reading(e / 10) for e in range(READINGS_MIN)]
    readings += [reading(5 + e / 10, view_deg=-25.0) for e in range(READINGS_MIN - 1)]
    bands = {row.view_deg for row in model_rows("heavy") if row.foot_px == ANY}
    assert bands == {ANY, (0.0, 12.0)}, "the oblique band lacks one reading"


def test_footwear_gets_rows_of_its_own_too(readings: list[Score]) -> None:
    readings += [reading(e / 10, footwear="shoe") for e in range(READINGS_MIN)]
    readings += [reading(9.0, footwear="sock")]
    worn = {row.footwear: row.readings for row in model_rows("heavy") if row.view_deg == row.foot_px == ANY}
    assert worn == {"": READINGS_MIN + 1, "shoe": READINGS_MIN}


def test_a_reading_that_could_not_tell_does_not_count(readings: list[Score]) -> None:
    silent = replace(reading(0.0).motions[0], value_deg=float("nan"))
    readings += [replace(reading(0.0), motions=(silent,)) for _ in range(100)]
    assert model_rows("heavy") == []


def test_what_is_written_is_read_back_and_placeholders_of_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ModelError(
        "pose_landmarker_heavy",
        "dorsiflexion",
        -6.5,
        3.25,
        1.25,
        0.5,
        (0.0, 12.0),
        ANY,
        "bare",
        80,
        30,
        False,
        "made here",
    )
    whole = replace(row, view_deg=ANY, footwear="")
    write_table([whole, row], tmp_path / "uncertainty.csv")
    monkeypatch.setattr(uncertainty, "files", lambda _: tmp_path)
    read = uncertainty.model_errors.__wrapped__()
    assert read[:2] == (whole, row)
    others = {(r.model, r.motion) for r in read[2:]}
    assert ("pose_landmarker_heavy", "dorsiflexion") not in others
    assert ("pose_landmarker_heavy", "plantar_flexion") in others
    assert all(r.placeholder for r in read[2:])
