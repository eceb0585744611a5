"""Positions of the exams: which pose a person takes for given ankle angles."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.people.body import Body
from calibration.recordings.motion import Sway, gait_angles
from calibration.recordings.plan import Recording
from calibration.recordings.rig import ArmPose, LegPose, Pose, RestLeg, pose_bones, rest_leg
from calibration.recordings.soles import Soles, landmark_points

FEET_ON_FLOOR = ("lunge", "heel_raise", "walk", "stand")
HAND_BACK_DEG, HAND_WALL_DEG = -30.0, 75.0


@dataclass(frozen=True)
class Stage:
    """Who does which exam: everything a pose depends on besides the ankle angle and the sway."""

    row: Recording
    body: Body
    soles: Soles
    phase: np.ndarray | None = None

    @property
    def other(self) -> str:
        """The other side."""
        return "R" if self.row.side == "L" else "L"


PoseMaker = Callable[[Stage, np.ndarray, Sway], Pose]


def make_pose(stage: Stage, ankle_deg: np.ndarray, sway: Sway) -> Pose:
    """Pose for the rig's ankle angles (T,) of the tested leg; feet stand on z = 0 where the exam says so."""
    return POSES[stage.row.exam](stage, ankle_deg, sway)


def _tested_leg(stage: Stage, thigh: np.ndarray, shank: np.ndarray, ankle: np.ndarray, sway: Sway) -> LegPose:
    return LegPose(
        thigh_deg=thigh,
        shank_deg=shank,
        ankle_deg=ankle,
        turn_out_deg=sway.turn_deg,
        abduction_deg=sway.abduction_deg,
        toe_out_deg=stage.row.toe_out_deg,
        inversion_deg=sway.inversion_deg,
    )


def _arms(sway: Sway, upper_deg: float, fore_deg: float, abduction_deg: float) -> dict[str, ArmPose]:
    return {s: ArmPose(upper_deg + sway.arm_deg, fore_deg + sway.arm_deg, abduction_deg) for s in "LR"}


def _seated(stage: Stage, ankle_deg: np.ndarray, sway: Sway) -> Pose:
    thigh = 86.0 + sway.thigh_deg
    shank = 86.0 - stage.row.knee_flexion_deg + sway.shank_deg + sway.thigh_deg
    other = {"down": (84.0, 4.0, -4.0), "bent": (80.0, -14.0, -6.0), "parallel": (86.0, 30.0, -12.0)}
    thigh2, shank2, ankle2 = other[stage.row.other_leg]
    return Pose(
        legs={
            stage.row.side: _tested_leg(stage, thigh, shank, ankle_deg, sway),
            stage.other: LegPose(
                thigh2 + 0 * ankle_deg,
                shank2 + sway.other_deg,
                ankle2 + sway.other_deg,
                turn_out_deg=8.0,
                toe_out_deg=5.0,
            ),
        },
        arms=_arms(sway, *_seated_hands(stage)),
        trunk_deg=-10.0 + sway.trunk_deg,
        lumbar_deg=4.0,
        thoracic_deg=5.0,
        head_deg=12.0 + sway.head_deg,
        head_turn_deg=sway.head_deg,
        shift=np.zeros((len(ankle_deg), 3)),
    )


def _seated_hands(stage: Stage) -> tuple[float, float, float]:
    """Hands on the thighs, or gripping the seat beside them: upper arm, forearm, abduction, degrees."""
    return (-2.0, 58.0, 6.0) if stage.row.seed % 3 else (-14.0, 4.0, 17.0)


def _long_sitting(stage: Stage, ankle_deg: np.ndarray, sway: Sway) -> Pose:
    flexion = stage.row.knee_flexion_deg
    thigh, shank = 90.0 + flexion / 2 + sway.thigh_deg, 90.0 - flexion / 2 + sway.shank_deg
    bent = stage.row.other_leg == "bent"
    thigh2, shank2, ankle2 = (140.0, 36.0, -34.0) if bent else (91.0, 89.0, -18.0)
    return Pose(
        legs={
            stage.row.side: _tested_leg(stage, thigh, shank, ankle_deg, sway),
            stage.other: LegPose(
                thigh2 + 0 * ankle_deg,
                shank2 + sway.other_deg,
                ankle2 + sway.other_deg,
                turn_out_deg=6.0,
                toe_out_deg=5.0,
            ),
        },
        arms=_arms(sway, HAND_BACK_DEG, -8.0, 12.0),
        trunk_deg=-22.0 + sway.trunk_deg,
        lumbar_deg=3.0,
        thoracic_deg=8.0,
        head_deg=18.0 + sway.head_deg,
        head_turn_deg=sway.head_deg,
        shift=np.zeros((len(ankle_deg), 3)),
    )


def _stand(stage: Stage, ankle_deg: np.ndarray, sway: Sway) -> Pose:
    thigh, shank = 26.0 + sway.thigh_deg, 26.0 - stage.row.knee_flexion_deg + sway.shank_deg
    zero = 0 * ankle_deg
    pose = Pose(
        legs={
            stage.row.side: _tested_leg(stage, thigh, shank, ankle_deg, sway),
            stage.other: LegPose(zero, zero, zero, toe_out_deg=6.0),
        },
        arms=_arms(sway, -4.0, 14.0, 9.0),
        lumbar_deg=sway.trunk_deg,
        thoracic_deg=2.0,
        head_deg=10.0 + sway.head_deg,
        head_turn_deg=sway.head_deg,
    )
    return _grounded(stage, pose, stage.other, len(ankle_deg))


def _lunge(stage: Stage, ankle_deg: np.ndarray, sway: Sway) -> Pose:
    """Front foot flat (or its heel lifting), shank leaning by the ankle angle; the back leg reaches back."""
    lift = sway.heel_lift_deg
    shank = -(ankle_deg + lift)  # sole direction = shank + 90 + ankle = 90 - lift
    thigh = 14.0 - 0.75 * shank
    zero = 0 * ankle_deg
    front = _tested_leg(stage, thigh, shank, ankle_deg, sway)
    front.inversion_deg, front.toe_extension_deg = 0.3 * sway.inversion_deg, lift
    pose = Pose(
        legs={stage.row.side: front, stage.other: LegPose(zero - 20.0, zero - 30.0, zero)},
        arms=_arms(sway, HAND_WALL_DEG, 105.0, 4.0),
        trunk_deg=4.0 + sway.trunk_deg,
        lumbar_deg=2.0,
        thoracic_deg=2.0,
        head_deg=8.0 + sway.head_deg,
    )
    pose = _grounded(stage, pose, stage.row.side, len(ankle_deg), anchored=True)
    pose.legs[stage.other] = _back_leg(stage, pose, len(ankle_deg))
    return pose


def _heel_raise(stage: Stage, ankle_deg: np.ndarray, sway: Sway) -> Pose:
    """Both heels rise, the toes stay flat and bend; one hand on a support in front."""
    lean = 3.0 - 0.06 * ankle_deg  # the shank tips a little forward as the heels rise
    rise = np.maximum(lean - ankle_deg, 0.0)
    legs = {}
    for side, ankle in ((stage.row.side, ankle_deg), (stage.other, ankle_deg + 1.5 * sway.other_deg)):
        leg = _tested_leg(stage, -lean + 4.0, -lean, ankle, sway)
        leg.turn_out_deg, leg.abduction_deg = 0.3 * sway.turn_deg, 2.0
        leg.toe_extension_deg = rise
        legs[side] = leg
    pose = Pose(
        legs=legs,
        arms=_arms(sway, 28.0, 70.0, 8.0),
        trunk_deg=1.0,
        lumbar_deg=sway.trunk_deg,
        thoracic_deg=1.0,
        head_deg=4.0 + sway.head_deg,
        head_turn_deg=sway.head_deg,
    )
    return _grounded(stage, pose, stage.row.side, len(ankle_deg), anchored=True)


def _walk(stage: Stage, ankle_deg: np.ndarray, sway: Sway) -> Pose:
    """Both legs follow the published curves half a stride apart; the stance foot does not slide."""
    if stage.phase is None:  # the undisturbed position of a walk: standing
        zero = 0 * ankle_deg
        phases = {stage.row.side: zero, stage.other: zero}
        hip = knee = {stage.row.side: zero, stage.other: zero}
        ankles = {stage.row.side: ankle_deg, stage.other: zero}
    else:
        phases = {stage.row.side: stage.phase, stage.other: stage.phase + 0.5}
        hip = {s: gait_angles("hip_flexion", p) - 6.0 for s, p in phases.items()}  # pelvis tilts forward
        knee = {s: np.maximum(gait_angles("knee_flexion", p), 1.0) for s, p in phases.items()}
        ankles = {
            stage.row.side: ankle_deg,
            stage.other: gait_angles("ankle_dorsiflexion", phases[stage.other]),
        }
    legs = {}
    for side in (stage.row.side, stage.other):
        leg = _tested_leg(stage, hip[side], hip[side] - knee[side], ankles[side], sway)
        rise = -(leg.shank_deg + leg.ankle_deg)  # sole tips down by this much
        leg.toe_extension_deg = np.clip(rise, 0.0, 45.0) * _late_stance(phases[side])
        leg.inversion_deg = 0.3 * sway.inversion_deg
        legs[side] = leg
    swing = {s: 0.7 * (hip[o] - 10.0) for s, o in ((stage.row.side, stage.other), (stage.other, stage.row.side))}
    arms = {s: ArmPose(swing[s] - 4.0, swing[s] + 18.0, 8.0) for s in swing}
    pose = Pose(legs=legs, arms=arms, lumbar_deg=2.0, head_deg=3.0 + 0.5 * sway.head_deg)
    return _walked(stage, pose, phases, len(ankle_deg))


def _late_stance(phase: np.ndarray) -> np.ndarray:
    """1 where the forefoot bears and the heel is up (35 to 62 % of the stride), fading after toe-off."""
    percent = np.mod(phase, 1.0) * 100.0
    return np.asarray(np.interp(percent, [0, 35, 40, 60, 72, 100], [0, 0, 1, 1, 0, 0]))


def _sole_heights(stage: Stage, pose: Pose, side: str, frames: int) -> np.ndarray:
    """Positions (T, 4, 3) of heel, fifth and first metatarsal head and toe tip on the sole."""
    bones = pose_bones(stage.body, pose, frames)
    names = ("heel_plantar", "mt5_plantar", "mt1_plantar", "toe_tip")
    return landmark_points(stage.body, bones, side, stage.soles, names)


def _grounded(stage: Stage, pose: Pose, side: str, frames: int, *, anchored: bool = False) -> Pose:
    """Shift the body so that a foot's lowest sole point is on z = 0, its ball held in place if anchored."""
    pose.shift = np.zeros((frames, 3))
    points = _sole_heights(stage, pose, side, frames)
    pose.shift[:, 2] = -points[:, :3, 2].min(1)
    if anchored:
        ball = points[:, 1:3].mean(1)
        rest_x = stage.body.head(f"foot.{side}")[0]
        pose.shift[:, 0] = rest_x - ball[:, 0]
        pose.shift[:, 1] = -ball[:, 1]
    return pose


def _walked(stage: Stage, pose: Pose, phases: dict[str, np.ndarray], frames: int) -> Pose:
    """Height from the lowest sole point of both feet, progress from the foot that bears."""
    pose.shift = np.zeros((frames, 3))
    points = {s: _sole_heights(stage, pose, s, frames) for s in phases}
    lowest = np.minimum(*(points[s][..., 2].min(1) for s in phases))
    pose.shift[:, 2] = -lowest
    if stage.phase is None:
        return pose
    bearing = {s: np.mod(p, 1.0) < 0.5 for s, p in phases.items()}
    step = np.zeros(frames)
    for s, on in bearing.items():
        ankle_y = points[s][:, 1:3, 1].mean(1) * 0.6 + points[s][:, 0, 1] * 0.4
        step[1:] -= np.where(on[1:], np.diff(ankle_y), 0.0)
    progress = np.cumsum(_smoothed(step))
    pose.shift[:, 1] = progress - progress.mean()
    pose.shift[:, 2] = _smoothed(pose.shift[:, 2])
    return pose


def _smoothed(values: np.ndarray, width: int = 5) -> np.ndarray:
    """Moving mean that keeps the length: the two feet hand over without a jerk."""
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")


def _back_leg(stage: Stage, pose: Pose, frames: int) -> LegPose:
    """Hip, knee and ankle of the lunge's back leg: its ball stays on the floor, the heel rises if it must."""
    bones = pose_bones(stage.body, pose, frames)
    rest = rest_leg(stage.body, stage.other)
    hip = bones.head[:, stage.body.bone(f"upperleg01.{stage.other}")]
    ankle_height = stage.body.head(f"foot.{stage.other}")[2] + stage.soles.heel_m
    reach = rest.thigh_m + rest.shank_m
    thigh, shank, rise = np.empty(frames), np.empty(frames), np.empty(frames)
    for i in range(frames):
        thigh[i], shank[i], rise[i] = _reach_back(hip[i], rest, hip[0][1] + 0.42 * reach, ankle_height)
    ankle = -rise - shank
    return LegPose(thigh, shank, ankle, toe_out_deg=4.0, toe_extension_deg=np.clip(rise, 0, 50))


def _reach_back(hip: np.ndarray, rest: RestLeg, back_y: float, ankle_height: float) -> tuple[float, float, float]:
    """Raise the heel in steps of one degree until the leg is long enough; (thigh, shank, rise) degrees."""
    ball_m = 0.16 * (rest.thigh_m + rest.shank_m)  # ankle to ball of the foot
    for rise in range(60):
        tip = np.radians(rise)
        ankle = np.array([back_y - (1 - np.cos(tip)) * ball_m, ankle_height + np.sin(tip) * ball_m])
        y, z = ankle - hip[1:]
        far = float(np.hypot(y, z))
        if far < 0.998 * (rest.thigh_m + rest.shank_m) or rise == 59:
            break
    a, b = rest.thigh_m, rest.shank_m
    far = min(far, 0.998 * (a + b))
    line = float(np.degrees(np.arctan2(-y, -z)))
    bend = float(np.degrees(np.arccos(np.clip((a * a + far * far - b * b) / (2 * a * far), -1, 1))))
    knee_bend = 180 - float(np.degrees(np.arccos(np.clip((a * a + b * b - far * far) / (2 * a * b), -1, 1))))
    return line + bend, line + bend - knee_bend, float(rise)


POSES: dict[str, PoseMaker] = {
    "seated": _seated,
    "long_sitting": _long_sitting,
    "stand": _stand,
    "lunge": _lunge,
    "heel_raise": _heel_raise,
    "walk": _walk,
}
