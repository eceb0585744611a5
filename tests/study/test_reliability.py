"""Agreement against published worked examples, against pingouin, and against what must hold of any numbers."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rom.study.reliability import agreement, bland_altman, reliability

#: Six people, four judges (Shrout and Fleiss 1979, table 2).
JUDGED = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
#: Peak expiratory flow of 17 people by two meters, l/min (Bland and Altman 1986, table 1, first readings).
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def planted(people: int, each: int, seed: int = 4) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Camera and goniometer of several ankles a person; the camera errs by 1 deg, SD 2 (people) and 1.5."""
    rng = np.random.default_rng(seed)
    truth = 15 + np.repeat(rng.normal(0, 8, people), each)
    camera = truth + 1 + np.repeat(rng.normal(0, 2, people), each) + rng.normal(0, 1.5, people * each)
    return camera, truth, [f"P{k // each}" for k in range(people * each)]


def test_the_icc_of_shrout_and_fleiss() -> None:
    found = reliability(JUDGED)
    assert found.icc_2_1.value == pytest.approx(0.29, abs=0.005)  # their table 4
    assert found.icc_3_1.value == pytest.approx(0.71, abs=0.005)
    within, people_, judges, left = 6.26, 11.24, 32.49, 1.02  # mean squares of their table 3
    assert found.sem_deg.value == pytest.approx(within**0.5, abs=0.001)
    assert found.icc_2_1.value == pytest.approx(
        (people_ - left) / (people_ + 3 * left + 4 * (judges - left) / 6), abs=2e-3
    )
    assert found.mdc95_deg.value == pytest.approx(1.96 * 2**0.5 * within**0.5, abs=0.003)


def test_the_limits_of_bland_and_altman() -> None:
    found = bland_altman(WRIGHT, MINI)
    assert found.bias_deg.value == pytest.approx(-2.1, abs=0.05)
    assert found.sd_deg == pytest.approx(38.8, abs=0.05)
    assert (found.bias_deg.low, found.bias_deg.high) == pytest.approx((-22.0, 17.8), abs=0.06)
    # They take 2 SD for 1.96, and sqrt(3 / n) for the standard error of a limit.
    assert found.lower_deg.value - 0.04 * found.sd_deg == pytest.approx(-79.7, abs=0.1)
    assert found.upper_deg.value + 0.04 * found.sd_deg == pytest.approx(75.5, abs=0.15)
    assert found.upper_deg.high - found.upper_deg.value == pytest.approx(34.6, abs=0.2)


@pytest.mark.parametrize("columns", [2, 3, 4])
def test_the_icc_of_pingouin(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = JUDGED[:, :columns] * 3.7 + np.arange(6)[:, None] / 7
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pingouin's own
        import pandas as pd
        import pingouin

        monkeypatch.setitem(pingouin.options, "round.column.CI95", None)
        long = pd.DataFrame(
            [(row, column, table[row, column]) for row in range(len(table)) for column in range(columns)],
            columns=["who", "judge", "read"],
        )
        theirs = pingouin.intraclass_corr(long, targets="who", raters="judge", ratings="read")
    icc, interval = list(theirs["ICC"]), [list(pair) for pair in theirs["CI95"]]
    ours = reliability(table)
    for place, found in ((1, ours.icc_2_1), (2, ours.icc_3_1)):
        assert found.value == pytest.approx(icc[place], rel=1e-10)
        assert [found.low, found.high] == pytest.approx(interval[place], rel=1e-9)


def test_the_limits_of_pingouin_and_the_trend_of_scipy() -> None:
    camera, truth, _ = planted(40, 1)
    found = bland_altman(camera, truth)
    line = stats.linregress((camera + truth) / 2, camera - truth)
    assert found.trend.value == pytest.approx(line.slope, rel=1e-9)
    assert found.trend.high - found.trend.value == pytest.approx(stats.t.ppf(0.975, 38) * line.stderr, rel=1e-9)
    difference = camera - truth
    low, high = stats.t.interval(0.95, 39, difference.mean(), stats.sem(difference))
    assert (found.bias_deg.low, found.bias_deg.high) == pytest.approx((low, high), rel=1e-9)
    assert found.sd_deg == pytest.approx(difference.std(ddof=1), rel=1e-12)


def test_parts_of_the_spread_are_found_where_people_have_several_readings() -> None:
    camera, truth, person = planted(400, 3)
    found = bland_altman(camera, truth, person)
    assert found.clustered
    assert (found.pairs, found.people) == (1200, 400)
    assert found.sd_deg == pytest.approx((2**2 + 1.5**2) ** 0.5, rel=0.05)
    assert found.bias_deg.low < 1.0 < found.bias_deg.high


def test_the_interval_of_a_person_counted_ten_times_is_not_ten_times_surer() -> None:
    camera, truth, _ = planted(12, 1)
    alone = bland_altman(camera, truth)
    person = [str(k // 10) for k in range(120)]
    often = bland_altman(np.repeat(camera, 10), np.repeat(truth, 10), person)
    pretended = bland_altman(np.repeat(camera, 10), np.repeat(truth, 10))
    width = alone.bias_deg.high - alone.bias_deg.low
    assert 0.7 * width < often.bias_deg.high - often.bias_deg.low < 1.1 * width
    assert pretended.bias_deg.high - pretended.bias_deg.low < 0.4 * width
    assert often.sd_deg == pytest.approx(alone.sd_deg, rel=1e-9)


def test_intervals_of_clustered_readings_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        bias = bland_altman(*planted(30, 2, seed)).bias_deg
        held += bias.low <= 1.0 <= bias.high
    assert held >= 51  # 95 % of 60 is 57; 50 or fewer happens once in a thousand


def test_missing_readings_are_left_out_and_counted() -> None:
    found = agreement([1.0, np.nan, 3.0, 5.0], [1.0, 2.0, np.nan, 4.0], ["a", "b", "c", "d"])
    assert (found.limits.pairs, found.limits.left_out, found.reliability.left_out) == (2, 2, 2)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_too_few_people_give_no_interval(rows: int) -> None:
    found = agreement([3.0, 5.0][:rows], [2.0, 6.0][:rows])
    assert np.isnan(found.limits.bias_deg.low)
    assert np.isnan(found.reliability.icc_2_1.high)
    assert found.limits.to_dict()["bias_deg"]["low"] is None  # type: ignore[index]


def test_perfect_agreement_is_perfect() -> None:
    found = agreement([3.0, 5.0, 9.0, 4.0], [3.0, 5.0, 9.0, 4.0])
    assert found.reliability.icc_2_1.value == 1.0
    assert found.reliability.mdc95_deg.value == 0.0
    assert (found.limits.lower_deg.value, found.limits.upper_deg.high) == (0.0, 0.0)


def test_people_and_rows_must_match() -> None:
    with pytest.raises(ValueError, match="as many people as rows"):
        bland_altman([1.0, 2.0], [1.0, 2.0], ["a"])


TABLES = st.integers(3, 12).flatmap(
    lambda n: st.lists(st.tuples(st.floats(-60, 60), st.floats(-60, 60)), min_size=n, max_size=n)
)


@given(TABLES, st.floats(-100, 100))
@settings(max_examples=60, deadline=None)
def test_what_must_hold_of_any_pairs(rows: list[tuple[float, float]], shift: float) -> None:
    table = np.array(rows)
    first, second = table.T
    there, back = bland_altman(first, second), bland_altman(second, first)
    assert there.bias_deg.value == pytest.approx(-back.bias_deg.value, abs=1e-9)
    assert there.lower_deg.value == pytest.approx(-back.upper_deg.value, abs=1e-9)
    moved = reliability(table + shift)
    still = reliability(table)
    assert moved.sem_deg.value == pytest.approx(still.sem_deg.value, abs=1e-6)
    assert not still.icc_2_1.value > 1 + 1e-12
    assert there.lower_deg.value <= there.bias_deg.value <= there.upper_deg.value


def test_a_study_of_many_people_fits_into_memory() -> None:
    camera, truth, person = planted(20_000, 2)
    found = bland_altman(camera, truth, person)
    assert found.people == 20_000
    assert found.bias_deg.high - found.bias_deg.low < 0.1
