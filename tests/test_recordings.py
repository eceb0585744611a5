"""Real recordings: each ends with a result or a clear reason, and none crashes. They lie outside the project."""

from pathlib import Path

import numpy as np
import pytest

import rom
from rom.records import Check, Examination

FOLDER = Path(__file__).parents[2] / "shared" / "recordings"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs ../shared/recordings beside the checkout")


def found(exam: Examination, code: str) -> list[Check]:
    """All checks of that kind."""
    return [c for c in (*exam.checks, *(c for s in exam.sides for c in s.checks)) if c.code == code]


def test_squat_filmed_from_the_side_is_measured_on_the_near_leg() -> None:
    exam = rom.measure(FOLDER / "squat_side.mp4")
    near = [summary.side for summary in exam.sides if summary.near]
    assert near == ["right"]
    values = {r.motion: r for r in exam.results if r.side == "right"}
    assert values["dorsiflexion"].status == "measured"
    # read by eye on the deepest frame, enlarged 4 times: shank 33 degrees forward, outer sole 9 down towards the
    # toes (the camera looks down on the foot), so 24 degrees in the picture, give or take 4
    low, high = values["dorsiflexion"].ci95_deg or (0.0, 0.0)
    assert low < 28
    assert high > 20
    assert high - low < 30, "an interval that says something"
    assert all(r.status == "cannot_tell" and r.reasons for r in exam.results if r.side == "left")


def test_squat_filmed_obliquely_is_warned_of() -> None:
    exam = rom.measure(FOLDER / "squat_oblique.mp4")
    checks = found(exam, "view_oblique")
    assert checks
    assert "not from the side" in checks[0].message or "from the front" in checks[0].message
    assert abs(checks[0].value or 0) > 25  # by eye the camera stands some 45 degrees in front


def test_one_person_of_several_is_followed() -> None:
    exam = rom.measure(FOLDER / "sports2d_demo.mp4")
    assert exam.people_seen >= 2
    assert found(exam, "several_people")
    hips = exam.landmarks.points("left_hip", "right_hip").mean(axis=1)
    steps = np.abs(np.diff(hips[:, 0]))
    assert float(np.nanmax(steps)) < 60  # px a frame: nobody is exchanged for another across the picture


@pytest.mark.parametrize("camera", ["cam01", "cam02", "cam03", "cam04"])
def test_oblique_elevated_views_give_a_reason_and_no_wild_number(camera: str) -> None:
    exam = rom.measure(FOLDER / f"pose2sim_single_{camera}.mp4")
    for result in exam.results:
        if result.status == "measured":
            assert result.value_deg is not None
            assert -110 <= result.value_deg <= 110
        else:
            assert result.reasons
