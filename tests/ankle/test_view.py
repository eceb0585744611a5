"""From where the camera looked, on planted shoulders and hips."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rom.ankle.angle import angle_track
from rom.ankle.view import UNKNOWN_SD_DEG, WIDTH_OVER_TRUNK, estimate_view, view_errors
from rom.records import Landmarks, Side, View
from rom.settings import Settings
from tests.planted import PARTS, Plan, exam_plan, planted, without

PLAN = exam_plan()
EVERY_FRAME = np.ones(len(PLAN.time_s), dtype=bool)


def view_of(landmarks: Landmarks, side: Side = "right") -> View:
    return estimate_view(landmarks, angle_track(landmarks, side, Settings()), confidence_min=0.3)


@pytest.mark.parametrize("near", ["right", "left"])
@pytest.mark.parametrize("view_deg", [-30.0, 0.0, 20.0, 40.0])
def test_the_planted_view_is_found_with_its_sign(near: Side, view_deg: float) -> None:
    plan = replace(PLAN, near=near, noise_px=1.0, lead=WIDTH_OVER_TRUNK * np.sin(np.radians(view_deg)))
    assert view_of(planted(plan), near).angle_deg == pytest.approx(view_deg, abs=1.5)  # trunk slightly oblique


def test_wider_than_any_view_is_ninety() -> None:
    assert view_of(planted(replace(PLAN, lead=2.0))).angle_deg == pytest.approx(90.0)


@pytest.mark.parametrize("parts", [("shoulder",), ("hip",), ("shoulder", "hip")])
def test_without_a_trunk_the_view_is_unknown_and_that_is_not_free(parts: tuple[str, ...]) -> None:
    view = view_of(without(planted(PLAN), EVERY_FRAME, parts))
    assert np.isnan(view.angle_deg)
    assert view.method == "unknown"
    assert view.angle_sd_deg == UNKNOWN_SD_DEG
    assert max(abs(error) for error in view.error_deg) > 0.5


def test_no_leg_no_view_error() -> None:
    legless = without(planted(PLAN), EVERY_FRAME, [p for p in PARTS if p not in ("shoulder", "hip")])
    assert view_of(legless).error_deg == (0.0, 0.0)


def test_a_trunk_seen_end_on_tells_nothing() -> None:
    seen = planted(PLAN)
    points = np.array(seen.points_px)
    points[:, [0, 6]] = points[:, [1, 7]] + [5.0, 0.0]  # shoulders on the hips
    assert np.isnan(view_of(replace(seen, points_px=points)).angle_deg)


def test_errors_are_those_of_the_two_ends() -> None:
    track = angle_track(planted(Plan(PLAN.time_s, PLAN.angle_deg)), "right", Settings())
    high, low = view_errors(track, 20.0)
    # by hand: shank upright, foot direction (cos a, sin a) drawn as (cos a cos 20, sin a)
    for angle, error in ((18.0, high), (-47.0, low)):
        shown = np.degrees(
            np.arctan2(np.sin(np.radians(angle)), np.cos(np.radians(angle)) * np.cos(np.radians(20)))
        )
        assert error == pytest.approx(shown - angle, abs=0.02)


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 60), st.floats(0, 60))
def test_more_oblique_is_more_wrong(one: float, other: float) -> None:
    track = angle_track(planted(PLAN), "right", Settings())
    small, large = sorted((one, other))
    for less, more in zip(view_errors(track, small), view_errors(track, large), strict=True):
        assert abs(less) <= abs(more) + 1e-9
