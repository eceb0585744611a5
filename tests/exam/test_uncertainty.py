"""The 95 % interval and its parts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.errors import UsageError
from rom.exam import uncertainty
from rom.exam.uncertainty import (
    Z95,
    ModelError,
    footwear_of,
    hold_sd,
    interval,
    model_error,
    model_errors,
    pooled_sd,
)
from rom.records import MOTIONS

EXACT = ModelError("none", "dorsiflexion", 0.0, 0.0, 0.0, source="by hand")
VALUES = st.lists(st.floats(-60, 60), min_size=1, max_size=8)
SDS = st.floats(0, 20)


def test_by_hand() -> None:
    # repetitions 10, 12, 14: variance 4, prior 1.5 worth three: (3 * 2.25 + 2 * 4) / 5 = 2.95; / 3 = 0.98333
    # landmarks: 0.6 each, mean of three: 0.12; model 3 ** 2, view 1 ** 2; sum 11.10333 -> SD 3.33217
    error = replace(EXACT, bias_deg=-2.0, sd_deg=3.0, repetition_sd_deg=1.5)
    found = interval([10.0, 12.0, 14.0], [0.6, 0.6, 0.6], error=error, view_sd_deg=1.0)
    assert found.repetition_sd_deg == pytest.approx(0.98333**0.5, rel=1e-4)
    assert found.landmark_sd_deg == pytest.approx(0.6 / 3**0.5)
    assert found.low_deg == pytest.approx(14.0 - Z95 * 3.33217, abs=1e-3)
    assert found.high_deg == pytest.approx(14.0 + Z95 * 3.33217, abs=1e-3)
    assert found.half_width_deg == pytest.approx(Z95 * 3.33217, abs=1e-3)


@given(VALUES, SDS, SDS, SDS, st.floats(-30, 30))
def test_it_always_holds_the_value(values: list[float], sd: float, model: float, view: float, bias: float) -> None:
    error = replace(EXACT, bias_deg=bias, sd_deg=model)
    found = interval(values, [sd] * len(values), error=error, view_sd_deg=view)
    assert found.low_deg <= np.mean(values) <= found.high_deg


@given(VALUES, st.tuples(SDS, SDS), st.sampled_from(["landmarks", "model", "view", "repetitions"]))
def test_more_doubt_is_never_narrower(values: list[float], sds: tuple[float, float], part: str) -> None:
    def width(sd: float) -> float:
        error = replace(
            EXACT, sd_deg=sd if part == "model" else 2.0, repetition_sd_deg=sd if part == "repetitions" else 1.0
        )
        landmarks = [sd if part == "landmarks" else 0.5] * len(values)
        return interval(values, landmarks, error=error, view_sd_deg=sd if part == "view" else 0.0).half_width_deg

    assert width(min(sds)) <= width(max(sds)) + 1e-9


@given(VALUES, st.floats(-50, 50))
def test_a_shift_of_the_angle_shifts_the_interval(values: list[float], shift: float) -> None:
    error = model_error("pose_landmarker_heavy", "dorsiflexion")
    here = interval(values, [1.0] * len(values), error=error)
    there = interval([v + shift for v in values], [1.0] * len(values), error=error)
    assert there.low_deg - here.low_deg == pytest.approx(shift, abs=1e-6)
    assert there.high_deg - here.high_deg == pytest.approx(shift, abs=1e-6)


def test_more_repetitions_make_it_narrower() -> None:
    error = replace(EXACT, sd_deg=1.0, repetition_sd_deg=2.0)
    widths = [interval([10.0] * n, [1.0] * n, error=error).half_width_deg for n in (1, 2, 3, 5)]
    assert widths == sorted(widths, reverse=True)


def test_unknown_landmark_noise_is_nan_and_not_nothing_else() -> None:
    found = interval([10.0], [float("nan")], error=replace(EXACT, sd_deg=3.0))
    assert np.isnan(found.landmark_sd_deg)
    assert found.half_width_deg == pytest.approx(Z95 * 3.0)
    part = interval([10.0, 10.0], [0.8, float("nan")], error=EXACT)
    assert part.landmark_sd_deg == pytest.approx(0.8 / 2**0.5)  # the known one stands for both


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("bias_deg", [0.0, -6.0])
def test_ninety_five_of_a_hundred_hold_the_truth(count: int, bias_deg: float) -> None:
    rng = np.random.default_rng(11)
    error = replace(EXACT, bias_deg=bias_deg, sd_deg=4.0, repetition_sd_deg=1.5)
    truth, hits = 18.0, 0
    for _ in range(2000):
        seen = truth + bias_deg + rng.normal(0, 4.0) + rng.normal(0, 1.5, count) + rng.normal(0, 0.5, count)
        found = interval(list(seen), [0.5] * count, error=error)
        hits += found.low_deg <= truth <= found.high_deg
    assert hits / 2000 == pytest.approx(0.95, abs=0.015)  # 3 SD of 2000 draws


def test_pooling() -> None:
    assert pooled_sd([4.0], 1.5) == 1.5
    assert pooled_sd([1.0, 3.0], 0.0) == pytest.approx((2.0 / 4.0) ** 0.5)
    assert pooled_sd(list(np.random.default_rng(1).normal(0, 3.0, 5000)), 1.0) == pytest.approx(3.0, rel=0.03)


def test_a_hold_is_surer_than_a_frame_and_never_by_less_than_it_should() -> None:
    sds = [hold_sd(2.0, s, 6.0) for s in (0.0, 0.2, 0.5, 1.0, 3.0)]
    assert sds[0] == 2.0
    assert sds[3] == pytest.approx(2.0 * np.sqrt(np.pi / 2 / 12))
    assert np.isnan(hold_sd(float("nan"), 1.0, 6.0))


def test_the_table_has_both_motions_of_every_model_and_says_what_is_a_placeholder() -> None:
    for model in {row.model for row in model_errors()}:
        assert {row.motion for row in model_errors() if row.model == model} == set(MOTIONS)
    for row in model_errors():
        assert row.source
        assert row.sd_deg > 0
        assert ("placeholder" in row.label) == row.placeholder


@pytest.mark.parametrize("motion", MOTIONS)
def test_an_unknown_model_gets_the_common_row(motion: str) -> None:
    row = model_error("somebody's own", motion)  # type: ignore[arg-type]
    assert (row.model, row.motion) == ("*", motion)


@pytest.mark.parametrize("model", ["heavy", "full", "lite"])
def test_every_shipped_model_finds_its_own_row(model: str) -> None:
    assert model_error(f"pose_landmarker_{model}", "dorsiflexion").model == f"pose_landmarker_{model}"


def test_the_row_that_names_the_most_conditions_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    common = replace(EXACT, model="m", sd_deg=5.0)
    side_on = replace(common, view_deg=(0.0, 15.0), sd_deg=2.0)
    large = replace(side_on, foot_px=(150.0, float("inf")), sd_deg=1.0)
    monkeypatch.setattr(uncertainty, "model_errors", lambda: (common, large, side_on))
    assert model_error("m", "dorsiflexion", 5.0, 200.0) is large
    assert model_error("m", "dorsiflexion", -5.0, 100.0) is side_on, "towards the back is as far off as the front"
    assert model_error("m", "dorsiflexion", 15.0, 200.0) is common, "bands are half open"
    assert model_error("m", "dorsiflexion") is common, "what is not known fits only the row for any"


def test_how_a_movement_ended_comes_before_all_other_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    common = ModelError("m", "dorsiflexion", 0.0, 3.0, 1.0)
    sure = replace(common, doubt_deg=(0.0, 2.0), sd_deg=1.0)
    passed = replace(common, ends="passed", sd_deg=4.0)
    monkeypatch.setattr(uncertainty, "model_errors", lambda: (common, sure, passed))
    assert model_error("m", "dorsiflexion", doubt_deg=1.0) is sure
    assert model_error("m", "dorsiflexion", doubt_deg=1.0, ends="passed") is passed
    assert model_error("m", "dorsiflexion", doubt_deg=1.0, ends="held") is sure


def test_what_the_row_holds_already_is_not_counted_twice() -> None:
    usual = replace(EXACT, sd_deg=3.0, own_sd_deg=1.0)
    assert interval([10.0], [0.8], error=usual).half_width_deg == pytest.approx(Z95 * 3.0)
    noisy = interval([10.0], [2.0], error=usual).half_width_deg
    assert noisy == pytest.approx(Z95 * (3.0**2 + 2.0**2 - 1.0**2) ** 0.5)


def test_every_model_has_a_row_for_any_condition() -> None:
    for model in {row.model for row in model_errors()}:
        for motion in MOTIONS:
            assert model_error(model, motion).narrowness == 0


def test_a_row_for_a_shoe_holds_for_no_other_foot() -> None:
    row = replace(EXACT, footwear="shoe")
    assert row.holds(0.0, 100.0, "shoe")
    assert not row.holds(0.0, 100.0, "bare")
    assert not row.holds(0.0, 100.0, "unknown")
    assert row.narrowness == 1
    assert EXACT.holds(0.0, 100.0, "shoe")


def test_footwear_is_one_of_four_words() -> None:
    assert footwear_of("sock") == "sock"
    with pytest.raises(UsageError, match="boot"):
        footwear_of("boot")
