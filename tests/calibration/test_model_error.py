"""The model-error table: bands that hold the next error, and a file that reads back as it was written."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.model_error import (
    READINGS_MIN,
    RECORDINGS_ALONE,
    RECORDINGS_MIN,
    TABLE,
    TableReading,
    error_band,
    read_readings,
    table_rows,
    table_text,
    write_readings,
)
from rom.exam import uncertainty
from rom.exam.uncertainty import ANY, Z95
from rom.records import Motion


def reading(
    error_deg: float,
    motion: Motion = "dorsiflexion",
    view_deg: float = 5.0,
    foot_px: float = 150.0,
    footwear: str = "bare",
) -> TableReading:
    """A reading that is off by `error_deg`."""
    who = f"b{round(error_deg * 10) % 7}"
    return TableReading(
        "m", "validation", "v1", who, footwear, motion, error_deg, view_deg, foot_px, 1.0, 0.6, np.nan
    )


@pytest.mark.parametrize("count", [READINGS_MIN, 80, 200])
def test_the_band_holds_the_next_error_in_95_of_100_at_least(count: int) -> None:
    """Skewed errors (a gamma), as a model that compresses the range makes them."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(600):
        middle, sd = error_band(list(rng.gamma(2.0, 3.0, count)))
        held.append(abs(rng.gamma(2.0, 3.0) - middle) <= Z95 * sd)
    assert np.mean(held) > 0.95 - 2 * (0.95 * 0.05 / 600) ** 0.5


def test_a_compressed_model_gets_its_bias_and_spread() -> None:
    rng = np.random.default_rng(4)
    rows = table_rows([reading(float(e)) for e in rng.normal(-7.0, 3.0, 4000)])
    row = next(r for r in rows if r.narrowness == 0)
    assert (row.model, row.motion) == ("m", "dorsiflexion")
    assert row.bias_deg == pytest.approx(-7.0, abs=0.3)
    assert row.sd_deg == pytest.approx(3.0, abs=0.2)
    assert (row.own_sd_deg, row.repetition_sd_deg, row.placeholder) == (0.6, 1.0, False)
    assert (row.readings, row.bodies) == (4000, 7)


def test_a_condition_gets_a_row_where_enough_readings_speak_for_it() -> None:
    readings = [reading(e / 10) for e in range(READINGS_MIN)]
    readings += [reading(5 + e / 10, view_deg=-25.0) for e in range(READINGS_MIN - 1)]
    bands = {row.view_deg for row in table_rows(readings) if row.foot_px == ANY}
    assert bands == {ANY, (0.0, 12.0)}, "the oblique band lacks one reading"


def test_footwear_gets_rows_of_its_own_too() -> None:
    readings = [*(reading(e / 10, footwear="shoe") for e in range(READINGS_MIN)), reading(9.0, footwear="sock")]
    worn = {row.footwear: row.readings for row in table_rows(readings) if row.view_deg == row.foot_px == ANY}
    assert worn == {"": READINGS_MIN + 1, "shoe": READINGS_MIN}


def test_too_few_readings_make_no_row() -> None:
    assert table_rows([reading(0.1)] * (READINGS_MIN - 1)) == []


def test_readings_are_read_back_and_those_of_other_models_stay(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    first = [replace(reading(1.25), doubt_deg=2.5), replace(reading(-3.5, "plantar_flexion"), sd_deg=float("nan"))]
    write_readings([replace(r, model="other") for r in first], path)
    write_readings(first[:1], path)
    kept = read_readings(path)
    assert kept[0] == first[0]
    assert [r.model for r in kept] == ["m", "other", "other"]
    assert np.isnan(kept[2].sd_deg)


def test_the_table_is_read_back_and_placeholders_of_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table_rows([reading(e / 10, view_deg=3.0) for e in range(50)])
    (tmp_path / "uncertainty.csv").write_text(table_text(rows), encoding="utf-8")
    monkeypatch.setattr(uncertainty, "files", lambda _: tmp_path)
    read = uncertainty.model_errors.__wrapped__()
    assert list(read[: len(rows)]) == rows
    others = read[len(rows) :]
    assert {r.model for r in others} >= {"*"}
    assert all(r.placeholder for r in others)


def test_the_instruments_table_is_made_from_the_committed_readings() -> None:
    assert table_text(table_rows(read_readings())) == TABLE.read_text(encoding="utf-8"), (
        "stale: run python -m calibration report"
    )
    assert {r.set for r in read_readings()} == {"development", "validation"}, "the report set is for testing only"


def test_a_model_that_knows_how_sure_it_is_gets_rows_by_its_doubt() -> None:
    """Errors of 0.8 doubts (SD) about a bias of 1 towards dorsiflexion, at either end of the movement."""
    random = np.random.default_rng(5)
    doubts = random.uniform(2.0, 5.5, 400)
    toward = 1.0 + 0.8 * doubts * random.normal(0, 1, 400)
    readings = [
        replace(
            reading(float(e if k % 2 else -e), "dorsiflexion" if k % 2 else "plantar_flexion"),
            doubt_deg=float(d),
            recording=f"v{k}",
        )
        for k, (e, d) in enumerate(zip(toward, doubts, strict=True))
    ]
    rows = table_rows(readings)
    assert {row.motion for row in rows} == {"dorsiflexion", "plantar_flexion"}
    for row in rows:
        assert row.bias_deg == pytest.approx(1.0 if row.motion == "dorsiflexion" else -1.0, abs=0.4)
        if row.doubt_deg != ANY:
            middle = (row.doubt_deg[0] + min(row.doubt_deg[1], 5.5)) / 2 if row.doubt_deg[0] else 2.25
            assert row.sd_deg == pytest.approx(0.8 * middle, rel=0.15)
    sure = [row for row in rows if row.holds(5.0, 150.0, "bare", 2.1)]
    assert min(row.sd_deg for row in sure) < min(row.sd_deg for row in rows if row.doubt_deg[0] >= 3.5)
    assert table_rows(readings[:30]) == [], "too few to tell"


def seen(k: int, error_deg: float, ends: str, set_: str = "development") -> TableReading:
    """A reading of a recording of its own, which the model doubts by 2 degrees."""
    return replace(reading(error_deg), set=set_, recording=f"{set_[0]}{k}", doubt_deg=2.0, ends=ends)


def test_ends_that_were_passed_make_no_held_one_less_sure() -> None:
    held = [seen(k, error, "held") for k, error in enumerate(np.linspace(-2.0, 2.0, READINGS_MIN))]
    passed = [seen(100 + k, error, "passed") for k, error in enumerate(np.linspace(-8.0, 8.0, RECORDINGS_MIN))]
    rows = [row for row in table_rows([*held, *passed]) if row.motion == "dorsiflexion" and row.doubt_deg == ANY]
    half = {row.ends: Z95 * row.sd_deg for row in rows}
    assert half["held"] == pytest.approx(2.0, abs=0.1)
    assert half["passed"] == pytest.approx(8.0, abs=0.1), "with so few the worst of all stands for the 95th"
    assert half["held"] < half[""] <= half["passed"]
    assert {row.ends for row in table_rows([*held, *passed[1:]])} == {"", "held"}, "one recording too few"


def test_what_was_never_seen_speaks_alone_where_there_is_enough_of_it() -> None:
    learned = [seen(k, error, "held") for k, error in enumerate(np.linspace(-1.0, 1.0, READINGS_MIN))]
    unseen = [seen(k, 5.0 * (-1) ** k, "held", "validation") for k in range(RECORDINGS_ALONE)]
    alone = next(row for row in table_rows([*learned, *unseen]) if row.ends == "held")
    assert alone.readings == RECORDINGS_ALONE
    together = next(row for row in table_rows([*learned, *unseen[1:]]) if row.ends == "held")
    assert together.readings == READINGS_MIN + RECORDINGS_ALONE - 1
