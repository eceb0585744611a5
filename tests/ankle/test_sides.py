"""Which leg is nearer, and what is wanted."""

from dataclasses import replace

import numpy as np
import pytest

from rom.ankle.angle import angle_track
from rom.ankle.sides import contradiction, near_side, sides_wanted
from rom.errors import UsageError
from rom.records import SIDES, AngleTrack, Landmarks, Side
from rom.settings import Settings
from tests.planted import Plan, column, exam_plan, landmarks_of_points, planted, points_of, without

PLAN = exam_plan()


def tracks_of(landmarks: Landmarks) -> dict[Side, AngleTrack]:
    return {side: angle_track(landmarks, side, Settings()) for side in SIDES}


@pytest.mark.parametrize("near", SIDES)
@pytest.mark.parametrize(
    ("posture", "tibia_deg", "knee_flexion_deg", "roll_deg"),
    [
        ("sitting on a chair", 0.0, 90.0, 0.0),
        ("long sitting", -90.0, 0.0, 0.0),
        ("lying prone", 90.0, 0.0, 0.0),
        ("lunge", 40.0, 60.0, 0.0),
        ("prone, knee bent", 180.0, 90.0, 0.0),
        ("phone on its side", 0.0, 90.0, 90.0),
    ],
)
def test_toes_right_means_right_leg_near(
    near: Side, posture: str, tibia_deg: float, knee_flexion_deg: float, roll_deg: float
) -> None:
    plan = replace(
        PLAN, near=near, tibia_deg=tibia_deg, knee_flexion_deg=knee_flexion_deg, roll_deg=roll_deg, noise_px=1.0
    )
    tracks = tracks_of(planted(plan))
    assert near_side(tracks) == near
    assert contradiction(tracks, near) == ()


def contrary(far_frames: slice) -> dict[Side, AngleTrack]:
    """Right leg near, and the far leg's heel and toe taken for each other in some frames."""
    points = points_of(PLAN)
    heel, toe = column("left", "heel"), column("left", "foot_index")
    points[far_frames, heel], points[far_frames, toe] = points[far_frames, toe], points[far_frames, heel].copy()
    return tracks_of(landmarks_of_points(PLAN.time_s, points))


def test_a_few_contrary_frames_of_the_far_leg_do_not_matter() -> None:
    tracks = contrary(slice(0, 60))
    assert near_side(tracks) == "right"
    assert contradiction(tracks, "right") == ()


def test_legs_that_contradict_each_other_are_said_to_be() -> None:
    (check,) = contradiction(contrary(slice(None)), "right")
    assert (check.code, check.severity, check.side) == ("side_unsure", "caution", "right")
    assert "right leg" in check.message
    assert "film" in check.message


def test_a_leg_seen_rarely_has_little_say() -> None:
    points = points_of(PLAN)
    seen = landmarks_of_points(PLAN.time_s, points)
    heel, toe = column("left", "heel"), column("left", "foot_index")
    points[:, heel], points[:, toe] = points[:, toe], points[:, heel].copy()
    hidden = np.array(seen.points_px)
    hidden[30:, 2:6] = np.nan  # left knee to toe
    tracks = tracks_of(replace(seen, points_px=hidden))
    assert near_side(tracks) == "right"


def test_nobody_votes() -> None:
    nothing = tracks_of(without(planted(PLAN), np.ones(len(PLAN.time_s), dtype=bool)))
    assert near_side(nothing) is None
    assert near_side({}) is None
    assert contradiction(nothing, "left") == ()


def test_one_leg_alone_decides() -> None:
    plan = Plan(PLAN.time_s, PLAN.angle_deg, near="left")
    assert near_side({"left": tracks_of(planted(plan))["left"]}) == "left"


def test_sides_asked_for() -> None:
    assert sides_wanted("auto") == ("left", "right")
    assert sides_wanted("left") == ("left",)
    with pytest.raises(UsageError, match="'left', 'right' or 'auto', but got 'Right'"):
        sides_wanted("Right")
