"""The records that pass between rooms."""

import json
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

from rom.records import (
    Check,
    Examination,
    Landmarks,
    ModelInfo,
    People,
    RecordingInfo,
    SideSummary,
    Sightings,
    View,
    check_shape,
)
from rom.settings import Settings
from tests.planted import NAMES, Plan, exam_plan, planted

GOOD = planted(exam_plan())
FRAMES = len(GOOD.time_s)
NOBODY = People(np.empty((0, len(NAMES), 2)), np.empty((0, len(NAMES))))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("shot", np.zeros(FRAMES - 1, dtype=int)),
        ("points_px", np.zeros((FRAMES, len(NAMES), 3))),
        ("points_px", np.zeros((FRAMES, len(NAMES) - 1, 2))),
        ("confidence", np.zeros((FRAMES, 1))),
        ("covariance_px2", np.zeros((FRAMES, len(NAMES), 2))),
        ("time_s", np.zeros((FRAMES, 1))),
    ],
)
def test_landmarks_of_the_wrong_shape_are_refused(name: str, array: Any) -> None:
    with pytest.raises(ValueError, match=f"'{name}' to have shape .* but got"):
        replace(GOOD, **{name: array})


@pytest.mark.parametrize("step_s", [0.0, -0.1])
def test_time_rises(step_s: float) -> None:
    time_s = np.array(GOOD.time_s)
    time_s[5] = time_s[4] + step_s
    with pytest.raises(ValueError, match="rise strictly"):
        replace(GOOD, time_s=time_s)


def test_time_that_is_not_known_is_refused() -> None:
    time_s = np.array(GOOD.time_s)
    time_s[5] = np.nan
    with pytest.raises(ValueError, match="rise strictly"):
        replace(GOOD, time_s=time_s)


def test_records_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        GOOD.names = ()  # type: ignore[misc]


def test_points_come_in_the_order_asked_for() -> None:
    asked = GOOD.points("right_heel", "left_knee")
    np.testing.assert_array_equal(asked[:, 0], GOOD.points_px[:, NAMES.index("right_heel")])
    np.testing.assert_array_equal(asked[:, 1], GOOD.points_px[:, NAMES.index("left_knee")])
    with pytest.raises(KeyError, match="right_nose"):
        GOOD.points("right_nose")


def test_some_of_the_frames() -> None:
    some = GOOD.only(GOOD.time_s > 3.0)
    assert some.time_s[0] > 3.0
    assert len(some.points_px) == len(some.confidence) == len(some.covariance_px2) == len(some.time_s)
    none = GOOD.only(np.zeros(FRAMES, dtype=bool))
    assert isinstance(none, Landmarks)
    assert len(none.time_s) == 0


def test_people_check_their_shapes() -> None:
    assert len(People(np.zeros((3, 5, 2)), np.zeros((3, 5)))) == 3
    with pytest.raises(ValueError, match="confidence"):
        People(np.zeros((3, 5, 2)), np.zeros((2, 5)))


def test_a_shape_says_what_was_expected_and_found() -> None:
    check_shape("x", np.zeros((4, 2)), (None, 2))
    with pytest.raises(ValueError, match=r"'x' to have shape \(None, 2\), but got \(4, 3\)"):
        check_shape("x", np.zeros((4, 3)), (None, 2))


def examination(**changes: Any) -> Examination:
    plan = Plan(np.arange(2) / 30, np.zeros(2))
    empty = Examination(
        version="0",
        created="2026-01-01T00:00:00+00:00",
        recording=RecordingInfo("a", "video", 10, 20, 30.0, 1.0, None, notes=("repaired",)),
        model=ModelInfo("m"),
        settings=Settings().to_dict(),
        footwear="unknown",
        results=(),
        sides=(),
        checks=(),
        angles={},
        landmarks=planted(plan),
        sightings=Sightings(NAMES, plan.time_s, np.zeros(2, dtype=int), (NOBODY, NOBODY), 3),
    )
    return replace(empty, **changes)


def test_what_is_not_finite_becomes_null() -> None:
    checks = (Check("a", "note", "b", value=float("nan")), Check("a", "note", "b", value=float("inf")))
    told = examination(checks=checks).to_dict()
    assert [check["value"] for check in told["checks"]] == [None, None]  # type: ignore[attr-defined]


def test_numpy_numbers_become_plain_ones() -> None:
    view = View(np.float64(1.23456789), np.float32(2.0), "m", (np.float64("nan"), 1.0))  # type: ignore[arg-type]
    side = SideSummary("left", True, view, None, None)
    told = json.loads(json.dumps(examination(sides=(side,)).to_dict(), allow_nan=False))
    assert told["sides"][0]["view"] == {
        "angle_deg": 1.2346,
        "angle_sd_deg": 2.0,
        "method": "m",
        "error_deg": [None, 1.0],
        "corrected": False,
    }


def test_landmarks_stay_out_of_the_json_and_the_schema_is_named() -> None:
    told = examination().to_dict()
    assert not {"landmarks", "sightings"} & set(told)
    assert told["schema_version"] == "1.4"
    assert told["recording"]["notes"] == ["repaired"]  # type: ignore[index]


def test_nothing_measured() -> None:
    assert not examination().measured
    assert examination().people_seen == 3


def test_sightings_check_their_shapes() -> None:
    with pytest.raises(ValueError, match="time_s"):
        Sightings(NAMES, np.zeros(3), np.zeros(2, dtype=int), (NOBODY, NOBODY), 0)
    with pytest.raises(ValueError, match="points_px"):
        Sightings(NAMES[:3], np.zeros(1), np.zeros(1, dtype=int), (NOBODY,), 0)
