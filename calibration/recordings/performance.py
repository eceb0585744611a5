"""A planned exam performed by a body: planted angles, bones of every frame, the sagittal plane, landmarks."""

from dataclasses import dataclass

import numpy as np

from calibration.people.body import Body
from calibration.people.landmarks import LANDMARKS
from calibration.recordings.clinical import (
    LINE_LANDMARKS,
    clinical_angle_deg,
    plant,
    sagittal_normal,
    space_angle_deg,
)
from calibration.recordings.exams import Stage, make_pose
from calibration.recordings.motion import (
    Sway,
    draw_sway,
    planned_angles,
    still,
    walk_ankle_deg,
    walk_phases,
)
from calibration.recordings.plan import Recording
from calibration.recordings.rig import Bones, pose_bones
from calibration.recordings.soles import Soles, landmark_points

MOTION_STREAM = 1  # each purpose draws from its own stream of the row's seed


@dataclass(frozen=True)
class Performance:
    """What a person did, frame by frame.

    Attributes
    ----------
    stage : who did what, in which shoes
    time_s, planned_deg, joint_deg : (T,) time, planned clinical angle, the rig's ankle angle that gives it
    bones : posed skeleton
    normal : (3,) of the sagittal plane
    landmarks : by side, (T, K, 3) metres in the order of LANDMARKS
    """

    stage: Stage
    time_s: np.ndarray
    planned_deg: np.ndarray
    joint_deg: np.ndarray
    bones: Bones
    normal: np.ndarray
    landmarks: dict[str, np.ndarray]

    @property
    def side(self) -> str:
        """The tested side."""
        return self.stage.row.side

    def place(self, landmark: str, side: str | None = None) -> np.ndarray:
        """Positions (T, 3) of one landmark; of the tested side when none is given."""
        return np.asarray(self.landmarks[side or self.side][:, LANDMARKS.index(landmark)])

    def line_points(self, side: str | None = None) -> np.ndarray:
        """Points (T, 4, 3) of the shank and foot line."""
        order = [LANDMARKS.index(n) for n in LINE_LANDMARKS]
        return self.landmarks[side or self.side][:, order]

    def clinical_deg(self) -> np.ndarray:
        """The true angle (T,): clinical line angle in the sagittal plane."""
        return clinical_angle_deg(self.line_points(), self.normal)


def perform(row: Recording, body: Body, soles: Soles) -> Performance:
    """Let a body do the planned exam; the clinical line angle meets the plan within 0.001 degrees."""
    rng = np.random.default_rng([row.seed, MOTION_STREAM])
    phase = None
    if row.exam == "walk":
        time_s, phase = walk_phases(row, rng)
        planned = walk_ankle_deg(row, phase)
    else:
        time_s, planned = planned_angles(row, rng)
    sway = draw_sway(row, time_s, planned, rng)
    normal = neutral_normal(Stage(row, body, soles))
    stage = Stage(row, body, soles, phase)

    def measure(joint_deg: np.ndarray) -> np.ndarray:
        return clinical_angle_deg(_lines(stage, joint_deg, sway), normal)

    joint = plant(measure, planned)
    bones = pose_bones(body, make_pose(stage, joint, sway), len(joint))
    points = {s: landmark_points(body, bones, s, soles) for s in "LR"}
    return Performance(stage, time_s, planned, joint, bones, normal, points)


def neutral_normal(stage: Stage) -> np.ndarray:
    """Normal of the sagittal plane: of both lines where they are perpendicular, nothing disturbed."""

    def measure(joint_deg: np.ndarray) -> np.ndarray:
        return space_angle_deg(_lines(stage, joint_deg, still(1)))

    neutral = plant(measure, np.zeros(1))
    return sagittal_normal(_lines(stage, neutral, still(1))[0])


def _lines(stage: Stage, joint_deg: np.ndarray, sway: Sway) -> np.ndarray:
    bones = pose_bones(stage.body, make_pose(stage, joint_deg, sway), len(joint_deg))
    return landmark_points(stage.body, bones, stage.row.side, stage.soles, LINE_LANDMARKS)
