"""Pose a body: segment directions are set, so every joint angle is exact by construction. numpy only.

World: metres, z up; the person faces -y, the person's left is +x; the sagittal plane of a leg is the plane
of y and z, turned out by `turn_out_deg` about the vertical and tilted by `abduction_deg`.

Sagittal segment angle, degrees: 0 points down, +90 points forward (-y):

* thigh (hip to knee): `thigh_deg`; shank (knee to ankle): `shank_deg` = thigh - knee flexion;
* foot (heel to toes, along the sole): shank + 90 + `ankle_deg`, dorsiflexion positive.

So the rig's ankle angle = 90 - angle(ankle to knee, heel to toes). Toe-out turns the foot about the shank's
axis and inversion about the foot's own axis: neither changes that angle.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from calibration.people.body import SIDE_SIGN, SIDES, Body

X_AXIS = np.array([1.0, 0.0, 0.0])
Y_AXIS = np.array([0.0, 1.0, 0.0])
Z_AXIS = np.array([0.0, 0.0, 1.0])


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) scaled to length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def sagittal_direction(angle_deg: np.ndarray) -> np.ndarray:
    """Unit vectors (..., 3) in the plane of y and z: 0 down, +90 forward (-y).

    >>> np.round(sagittal_direction(np.array([0.0, 90.0])), 6) + 0.0
    array([[ 0.,  0., -1.],
           [ 0., -1.,  0.]])
    """
    angle = np.radians(np.asarray(angle_deg, dtype=float))
    return np.stack([np.zeros_like(angle), -np.sin(angle), -np.cos(angle)], axis=-1)


def rotation(axis: np.ndarray, angle_deg: np.ndarray | float) -> np.ndarray:
    """Rotation matrices (..., 3, 3) about unit axes (..., 3), right-handed (Rodrigues)."""
    axis = np.asarray(axis, dtype=float)
    angle = np.radians(np.asarray(angle_deg, dtype=float))[..., None, None]
    zero = np.zeros_like(axis[..., 0])
    x, y, z = axis[..., 0], axis[..., 1], axis[..., 2]
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*axis.shape[:-1], 3, 3)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross))


def frame(direction: np.ndarray, lateral: np.ndarray) -> np.ndarray:
    """Orthonormal frames (..., 3, 3), columns: direction, its normal in the plane, the lateral axis."""
    d = unit(direction)
    n = unit(np.cross(lateral, d))
    return np.stack([d, n, np.cross(d, n)], axis=-1)


@dataclass
class LegPose:
    """Angles of one leg over time, degrees, (T,) or numbers; signs as in the module's docstring.

    `turn_out_deg`, `abduction_deg`, `toe_out_deg` and `inversion_deg` are positive away from the midline
    (inversion: sole turned inwards), `toe_extension_deg` positive with the toes bent up.
    """

    thigh_deg: np.ndarray
    shank_deg: np.ndarray
    ankle_deg: np.ndarray
    turn_out_deg: np.ndarray | float = 0.0
    abduction_deg: np.ndarray | float = 0.0
    toe_out_deg: np.ndarray | float = 0.0
    inversion_deg: np.ndarray | float = 0.0
    toe_extension_deg: np.ndarray | float = 0.0


@dataclass
class ArmPose:
    """Angles of one arm over time, degrees: upper arm (0 hangs, +90 forward), forearm, abduction."""

    upper_deg: np.ndarray | float = -5.0
    fore_deg: np.ndarray | float = 12.0
    abduction_deg: np.ndarray | float = 8.0


@dataclass
class Pose:
    """A whole body over time; angles (T,) or numbers in degrees, `shift` (T, 3) in metres.

    `trunk_deg` is the pitch of the pelvis (+ leans forward), `lumbar_deg` and `thoracic_deg` bend the spine
    above it, `head_deg` nods.
    """

    legs: dict[str, LegPose]
    arms: dict[str, ArmPose] = field(default_factory=dict)
    trunk_deg: np.ndarray | float = 0.0
    lumbar_deg: np.ndarray | float = 0.0
    thoracic_deg: np.ndarray | float = 0.0
    head_deg: np.ndarray | float = 0.0
    head_turn_deg: np.ndarray | float = 0.0
    shift: np.ndarray = field(default_factory=lambda: np.zeros((1, 3)))


@dataclass(frozen=True)
class Bones:
    """Where every bone is: `turn` (T, B, 3, 3) from rest to pose and `head` (T, B, 3) in metres."""

    turn: np.ndarray
    head: np.ndarray


@dataclass(frozen=True)
class RestLeg:
    """Directions of one leg's segments at rest: unit vectors (3,), lengths in metres."""

    thigh: np.ndarray
    shank: np.ndarray
    foot: np.ndarray
    thigh_m: float
    shank_m: float


def rest_leg(body: Body, side: str) -> RestLeg:
    """Segment directions at rest; the foot's is the horizontal line from heel bone to second toe ray."""
    from calibration.people.landmarks import landmark_vertices

    hip, knee, ankle = (body.head(f"{b}.{side}") for b in ("upperleg01", "lowerleg01", "foot"))
    heel = body.vertices[landmark_vertices()[side]["heel_posterior"]]
    foot = body.tails[body.bone(f"toe2-3.{side}")] - heel
    return RestLeg(
        unit(knee - hip),
        unit(ankle - knee),
        unit(foot * [1, 1, 0]),
        float(np.linalg.norm(knee - hip)),
        float(np.linalg.norm(ankle - knee)),
    )


Turner = Callable[[np.ndarray], np.ndarray]


def pose_bones(body: Body, pose: Pose, frames: int) -> Bones:
    """Turn and place every bone for all frames at once.

    Parameters
    ----------
    body, pose : who and how
    frames : T; numbers in the pose are held for all frames
    """
    turners = _turners(body, pose, frames)
    count = len(body.bones)
    turn = np.empty((frames, count, 3, 3))
    head = np.empty((frames, count, 3))
    for i, name in enumerate(body.bones):
        parent = int(body.parents[i])
        before = np.broadcast_to(np.eye(3), (frames, 3, 3)) if parent < 0 else turn[:, parent]
        offset = body.heads[i] - (body.heads[parent] if parent >= 0 else 0.0)
        start = pose.shift if parent < 0 else head[:, parent]
        head[:, i] = start + (offset if parent < 0 else before @ offset)
        turn[:, i] = turners[name](before) if name in turners else before
    return Bones(turn, head)


def _turners(body: Body, pose: Pose, frames: int) -> dict[str, Turner]:
    """What turns each moved bone: from the parent's turn (T, 3, 3) to its own."""
    root = body.bones[int(np.flatnonzero(body.parents < 0)[0])]
    turners = {
        root: _pitched(pose.trunk_deg, frames),
        "spine05": _pitched(pose.lumbar_deg, frames),
        "spine03": _pitched(pose.thoracic_deg, frames),
        "neck01": _pitched(pose.head_deg, frames, pose.head_turn_deg),
    }
    for side in SIDES:
        turners |= _leg_turners(body, side, pose.legs[side], frames)
        if side in pose.arms:
            turners |= _arm_turners(body, side, pose.arms[side], frames)
    return turners


def _over_time(value: np.ndarray | float, frames: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(value, dtype=float), (frames,))


def _pitched(pitch_deg: np.ndarray | float, frames: int, yaw_deg: np.ndarray | float = 0.0) -> Turner:
    """Turn about the medio-lateral axis (+ leans forward) and then about the vertical."""
    own = rotation(Z_AXIS, _over_time(yaw_deg, frames)) @ rotation(X_AXIS, _over_time(pitch_deg, frames))
    return lambda before: own @ before


def _leg_turners(body: Body, side: str, leg: LegPose, frames: int) -> dict[str, Turner]:
    """Directions of thigh, shank and foot are set in the world; the toes follow the foot."""
    sign, rest = SIDE_SIGN[side], rest_leg(body, side)
    plane = rotation(Z_AXIS, sign * _over_time(leg.turn_out_deg, frames)) @ rotation(
        Y_AXIS, -sign * _over_time(leg.abduction_deg, frames)
    )
    lateral = plane @ X_AXIS

    def towards(angle_deg: np.ndarray, at_rest: np.ndarray) -> np.ndarray:
        direction = np.einsum("tij,tj->ti", plane, sagittal_direction(angle_deg))
        return np.asarray(frame(direction, lateral) @ frame(at_rest, X_AXIS).T)

    thigh_deg, shank_deg = _over_time(leg.thigh_deg, frames), _over_time(leg.shank_deg, frames)
    thigh, shank = towards(thigh_deg, rest.thigh), towards(shank_deg, rest.shank)
    foot = towards(shank_deg + 90.0 + _over_time(leg.ankle_deg, frames), rest.foot)
    upwards = -np.einsum("tij,tj->ti", plane, sagittal_direction(shank_deg))
    foot = rotation(upwards, sign * _over_time(leg.toe_out_deg, frames)) @ foot
    foot = rotation(foot @ rest.foot, sign * _over_time(leg.inversion_deg, frames)) @ foot
    toes = rotation(X_AXIS, -_over_time(leg.toe_extension_deg, frames))
    turners: dict[str, Turner] = {
        f"upperleg01.{side}": lambda _: thigh,
        f"lowerleg01.{side}": lambda _: shank,
        f"foot.{side}": lambda _: foot,
    }
    for toe in range(1, 6):
        turners[f"toe{toe}-1.{side}"] = lambda before: before @ toes
    return turners


def _arm_turners(body: Body, side: str, arm: ArmPose, frames: int) -> dict[str, Turner]:
    """Turn upper arm and forearm by the shortest way towards their directions."""
    sideways = rotation(Y_AXIS, -SIDE_SIGN[side] * _over_time(arm.abduction_deg, frames))

    def towards(bone: str, tip: str, angle_deg: np.ndarray | float) -> Turner:
        at_rest = unit(body.head(f"{tip}.{side}") - body.head(f"{bone}.{side}"))
        aim = np.einsum("tij,tj->ti", sideways, sagittal_direction(_over_time(angle_deg, frames)))
        return lambda before: _shortest_turn(before @ at_rest, aim) @ before

    return {
        f"upperarm01.{side}": towards("upperarm01", "lowerarm01", arm.upper_deg),
        f"lowerarm01.{side}": towards("lowerarm01", "wrist", arm.fore_deg),
    }


def _shortest_turn(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Rotations (T, 3, 3) taking unit vectors start to end; opposite vectors are not met in arms."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis, axis=-1)
    angle = np.degrees(np.arctan2(sine, np.einsum("ti,ti->t", start, end)))
    return rotation(axis / np.maximum(sine, 1e-12)[:, None], angle)


def skin(body: Body, bones: Bones, vertices: np.ndarray, at_rest: np.ndarray | None = None) -> np.ndarray:
    """Place vertices by linear blend skinning.

    Parameters
    ----------
    body, bones : who, posed
    vertices : (N,) ids whose weights are used
    at_rest : (N, 3) rest positions; the body's own when omitted (clothes and shoes bring theirs)

    Returns
    -------
    (T, N, 3), metres.
    """
    rest = body.vertices[vertices] if at_rest is None else at_rest
    posed = np.zeros((len(bones.turn), len(vertices), 3))
    for k in range(body.weights.shape[1]):
        bone, weight = body.weight_bones[vertices, k], body.weights[vertices, k]
        if not weight.any():
            continue
        moved = np.einsum("tnij,nj->tni", bones.turn[:, bone], rest - body.heads[bone]) + bones.head[:, bone]
        posed += weight[:, None] * moved
    return posed


def joint_angle_deg(body: Body, bones: Bones, side: str) -> np.ndarray:
    """The rig's ankle angle (T,) from where the bones are: 90 - angle(ankle to knee, heel to toes)."""
    knee = bones.head[:, body.bone(f"lowerleg01.{side}")]
    ankle = bones.head[:, body.bone(f"foot.{side}")]
    sole = bones.turn[:, body.bone(f"foot.{side}")] @ rest_leg(body, side).foot
    shank = unit(knee - ankle)
    sine = np.linalg.norm(np.cross(shank, sole), axis=-1)
    return np.asarray(90.0 - np.degrees(np.arctan2(sine, np.einsum("ti,ti->t", shank, sole))))
