"""The published walks: events within 30 ms of the files' own, curves shaped like the published ones."""

import csv
from pathlib import Path

import pytest

from calibration.studies.gait import BAR_MS, FOLDER, EventError, Walk, event_errors, gait_on_markers, walks
from calibration.studies.plug_in_gait import MOTION


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found() -> list[Walk]:
    pytest.importorskip("ezc3d", reason="ezc3d reads the motion-capture files")
    if not Path(MOTION).is_dir():
        pytest.skip(f"the motion-capture files are not here ({MOTION})")
    return walks(MOTION)


@pytest.fixture(scope="module")
def errors(found: list[Walk]) -> list[EventError]:
    return [error for walked in found for error in event_errors(walked)]


def test_every_event_is_within_the_bar(errors: list[EventError]) -> None:
    assert len(errors) == 12  # three walks, two feet, a landing and a toe-off each
    assert max(abs(error.ours_ms) for error in errors) < BAR_MS


def test_the_committed_events_are_what_the_study_gives(errors: list[EventError]) -> None:
    for stored, error in zip(table("events"), errors, strict=True):
        assert (stored["trial"], stored["leg"], stored["event"]) == (error.trial, error.leg, error.event)
        assert float(stored["ours_ms"]) == pytest.approx(error.ours_ms, abs=0.1)


def test_every_walk_is_shaped_like_the_published_ones(found: list[Walk]) -> None:
    for walked in found:
        for told in gait_on_markers(walked).values():
            (leg,) = told.legs
            assert 5.0 < leg.push_off_plantar_flexion_deg.mean < 30.0
            assert 0.55 < leg.stance_share.mean < 0.65  # published 0.58 to 0.63 from fast to slow
            assert leg.comparisons
            assert all(beside.share_inside_shape > 0.95 for beside in leg.comparisons)


def test_the_committed_events_are_within_the_bar() -> None:
    """Runs without the motion-capture files."""
    stored = table("events")
    assert len(stored) == 12
    assert all(abs(float(row["ours_ms"])) < BAR_MS for row in stored)


def test_the_rendered_walks_that_give_strides_give_the_planted_ones() -> None:
    told = [row for row in table("rendered") if int(row["strides"])]
    assert len(told) >= 15
    for row in told:  # a landing read a picture early or late moves a stride of 0.96 to 1.4 s by 5 %
        assert 0.93 < float(row["stride_ratio_min"]) <= float(row["stride_ratio_max"]) < 1.07
    assert all(row["reason"] for row in table("rendered") if not int(row["strides"]))
