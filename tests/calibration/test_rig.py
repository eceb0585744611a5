"""The rig's angles are exact, and the clinical line angle is planted where it was planned."""

import doctest
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.people import landmarks
from calibration.people.body import Body, load_body
from calibration.recordings import clinical, rig
from calibration.recordings.clinical import (
    clinical_angle_deg,
    image_angle_deg,
    plant,
    sagittal_normal,
    space_angle_deg,
)
from calibration.recordings.performance import perform
from calibration.recordings.plan import EXAMS, Recording, read_plan
from calibration.recordings.rig import LegPose, Pose, joint_angle_deg, pose_bones, rotation
from calibration.recordings.soles import BAREFOOT, Soles, landmark_points

BODY = Path(__file__).parent / "data" / "landmarks_only_body.npz"
SHOES = Soles(shod=True, heel_m=0.030, ball_m=0.022)


@pytest.fixture(scope="module")
def body() -> Body:
    """A real body's skeleton with only the landmarks' vertices left."""
    return load_body(BODY)


def planned(exam: str) -> Recording:
    """A row of the development plan doing this exam, at a coarse frame rate."""
    return next(replace(r, fps=10.0) for r in read_plan("development") if r.exam == exam)


angles = st.floats(-60, 35)
tilts = st.floats(-15, 15)


@given(shank=st.floats(-40, 95), ankle=angles, toe_out=tilts, inversion=tilts, turn=tilts, aside=tilts)
def test_the_joint_angle_is_what_was_commanded(
    body: Body, shank: float, ankle: float, toe_out: float, inversion: float, turn: float, aside: float
) -> None:
    leg = LegPose(
        np.array([60.0]),
        np.array([shank]),
        np.array([ankle]),
        turn,
        aside,
        toe_out,
        inversion,
        toe_extension_deg=10.0,
    )
    bones = pose_bones(body, Pose({"L": leg, "R": leg}), 1)
    for side in "LR":
        assert abs(joint_angle_deg(body, bones, side)[0] - ankle) < 1e-8  # exact but for rounding


def test_bones_keep_their_lengths(body: Body) -> None:
    leg = LegPose(np.array([80.0]), np.array([20.0]), np.array([-30.0]), turn_out_deg=12.0)
    bones = pose_bones(body, Pose({"L": leg, "R": leg}), 1)
    for child, parent in (("lowerleg01.L", "upperleg01.L"), ("foot.R", "lowerleg01.R")):
        posed = np.linalg.norm(bones.head[0, body.bone(child)] - bones.head[0, body.bone(parent)])
        assert posed == pytest.approx(np.linalg.norm(body.head(child) - body.head(parent)), abs=1e-9)


@pytest.mark.parametrize("soles", [BAREFOOT, SHOES], ids=["bare", "shod"])
@pytest.mark.parametrize("exam", EXAMS)
def test_the_clinical_angle_is_planted_to_a_hundredth_of_a_degree(body: Body, exam: str, soles: Soles) -> None:
    performance = perform(planned(exam), body, soles)
    assert len(performance.time_s) > 20
    assert np.abs(performance.clinical_deg() - performance.planned_deg).max() < 0.01
    joint = joint_angle_deg(body, performance.bones, performance.side)
    np.testing.assert_allclose(joint, performance.joint_deg, atol=1e-8)


@pytest.mark.parametrize("exam", ["seated", "lunge"])
def test_left_and_right_are_mirror_images(body: Body, exam: str) -> None:
    row = planned(exam)
    left, right = (perform(replace(row, side=side), body, BAREFOOT) for side in "LR")
    np.testing.assert_allclose(left.joint_deg, right.joint_deg, atol=1e-4)  # bodies are symmetric in float32
    np.testing.assert_allclose(right.normal, left.normal * [1, -1, -1], atol=1e-5)  # an axis mirrors so
    np.testing.assert_allclose(left.landmarks["L"] * [-1, 1, 1], right.landmarks["R"], atol=1e-5)


def test_feet_that_stand_stay_on_the_floor(body: Body) -> None:
    for exam in ("lunge", "heel_raise"):
        performance = perform(planned(exam), body, SHOES)
        ball = performance.place("mt5_plantar")
        assert np.abs(performance.landmarks[performance.side][:, 5:8, 2].min(1)).max() < 0.004
        assert np.ptp(ball[:, 1]) < 0.03  # the ball of the foot does not slide


def test_a_shod_foot_is_measured_on_its_outer_sole(body: Body) -> None:
    bones = pose_bones(body, Pose({s: LegPose(np.zeros(1), np.zeros(1), np.zeros(1)) for s in "LR"}), 1)
    points = landmark_points(body, bones, "L", SHOES, ("heel_plantar", "mt5_plantar"))
    drop = points[0, 0, 2] - points[0, 1, 2]
    assert drop == pytest.approx(-0.008, abs=5e-4)  # the rig's rest pose stands on z = 0, the sole 8 mm lower


# A shank 0.32 m long straight up and a foot 0.15 m forward: neutral; the foot turned by hand otherwise.
HAND_WORKED = [
    ((0.0, -0.15, 0.0), 0.0),
    ((0.0, -0.10, 0.10), 45.0),
    ((0.0, -0.15 * np.cos(np.radians(30)), -0.075), -30.0),
    ((0.05, -0.15, 0.0), 0.0),  # sideways parts do not count in the plane
]


@pytest.mark.parametrize(("foot", "expected"), HAND_WORKED)
def test_clinical_angle_by_hand(foot: tuple[float, float, float], expected: float) -> None:
    heel = np.array([0.0, 0.05, 0.0])
    points = np.stack([np.array([0, 0, 0.4]), np.array([0, 0, 0.08]), heel, heel + np.array(foot)])
    assert clinical_angle_deg(points, np.array([-1.0, 0, 0])) == pytest.approx(expected, abs=1e-9)


def test_the_sagittal_plane_holds_both_lines_at_neutral() -> None:
    points = np.array([[0.05, 0.0, 0.4], [0.04, 0, 0.08], [0.0, 0.05, 0], [0.04, -0.08, 0.0]])
    normal = sagittal_normal(points)
    assert abs((points[0] - points[1]) @ normal) < 1e-12
    assert abs((points[3] - points[2]) @ normal) < 1e-12
    assert clinical_angle_deg(points, normal) == pytest.approx(float(space_angle_deg(points)), abs=1e-9)


@given(turn=st.floats(-180, 180), tip=st.floats(-80, 80))
def test_the_angle_does_not_depend_on_where_the_leg_is(turn: float, tip: float) -> None:
    points = np.array([[0.0, 0, 0.4], [0.0, 0, 0.08], [0.0, 0.05, 0], [0.0, -0.08, 0.03]])
    normal = np.array([-1.0, 0.0, 0.0])
    move = rotation(np.array([0.0, 0, 1]), turn) @ rotation(np.array([1.0, 0, 0]), tip)
    moved = clinical_angle_deg(points @ move.T + np.array([1.0, 2, 3]), move @ normal)
    assert moved == pytest.approx(float(clinical_angle_deg(points, normal)), abs=1e-6)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_image_angle_of_a_picture_drawn_by_hand(mirrored: bool) -> None:
    shank = np.array([[100, 100], [100, 300]])
    foot = np.array([[90, 340], [240, 340]])
    lifted = np.array([[90, 340], [240, 190]])
    flip = np.array([-1, 1]) if mirrored else np.array([1, 1])
    flat = image_angle_deg(np.concatenate([shank, foot]) * flip, mirrored)
    up = image_angle_deg(np.concatenate([shank, lifted]) * flip, mirrored)
    assert flat == pytest.approx(0.0, abs=1e-9)
    assert up == pytest.approx(45.0, abs=1e-9)


def test_an_angle_out_of_reach_is_said() -> None:
    def rigid(joint: np.ndarray) -> np.ndarray:
        return np.asarray(np.clip(joint, -10, 10))

    with pytest.raises(ValueError, match="smaller amplitude"):
        plant(rigid, np.array([30.0]))


@pytest.mark.parametrize("module", [clinical, rig, landmarks], ids=lambda m: m.__name__)
def test_examples_in_docstrings_run(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
