"""Planted motion: landmarks drawn from an ankle angle that is known, so that every reading can be judged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rom.pose.recorded import RecordedPeople, save_people
from rom.records import LEG_LANDMARKS, Landmarks, LegSights, ModelInfo, People, RecordingInfo, Side

Array = NDArray[np.float64]

PARTS = ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")
NAMES = tuple(f"{side}_{part}" for side in ("left", "right") for part in PARTS)
LEG = [k for k, name in enumerate(NAMES) if not name.endswith("shoulder")]
WIDTH_PX, HEIGHT_PX = 1280, 1280
CENTRE_PX = np.array([640.0, 640.0])
MODEL = ModelInfo("planted", None, "drawn by the tests")


@dataclass(frozen=True)
class Plan:
    """What is planted. Angles as in `rom`: dorsiflexion +, tibia 0 upright and + knee forward of the ankle."""

    time_s: Array
    angle_deg: Array
    near: Side = "right"
    facing: int | None = None  # None: as the near side has it (right leg near: toes right)
    tibia_deg: float = 0.0
    knee_flexion_deg: float = 90.0
    shank_px: float = 350.0
    foot_px: float = 150.0
    noise_px: float = 0.0
    seed: int = 1
    roll_deg: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)
    lead: float = 0.0  # how far the far shoulder and hip lie before the near ones, over the trunk
    far_share: float = 0.5  # the far foot moves by this share of the near one
    far_confidence: float = 0.6


def times(duration_s: float, rate_hz: float = 30.0) -> Array:
    """Even times from 0."""
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def curve(time_s: Array, stops: Sequence[tuple[float, float]], move_s: float = 0.6) -> Array:
    """Ankle angle that holds each (level_deg, hold_s) in turn and moves smoothly from one to the next.

    The last level is held to the end of `time_s`.
    """
    angle = np.full(len(time_s), float(stops[0][0]))
    at_s = 0.0
    for (level, hold_s), (following, _) in pairwise(stops):
        at_s += hold_s
        phase = np.clip((time_s - at_s) / move_s, 0.0, 1.0)
        angle += (following - level) * 0.5 * (1.0 - np.cos(np.pi * phase))
        at_s += move_s
    return angle


def exam_stops(
    up: float, down: float, repetitions: int = 3, rest: float = 0.0, hold_s: float = 1.5
) -> list[tuple[float, float]]:
    """Rest, then `repetitions` times up and down with holds, then rest."""
    return [(rest, 0.8), *([(up, hold_s), (down, hold_s)] * repetitions), (rest, 0.8)]


def exam_plan(up: float = 18.0, down: float = -47.0, repetitions: int = 3, rate_hz: float = 30.0) -> Plan:
    """A complete examination: holds of `up` and `down`."""
    stops = exam_stops(up, down, repetitions)
    duration_s = sum(hold for _, hold in stops) + 0.6 * (len(stops) - 1)
    time_s = times(duration_s, rate_hz)
    return Plan(time_s, curve(time_s, stops))


def points_of(plan: Plan) -> Array:
    """(T, K, 2) in pixels, x right and y down, with noise."""
    facing = plan.facing if plan.facing is not None else (1 if plan.near == "right" else -1)
    near = _body(plan, plan.angle_deg, facing)
    far = _body(plan, plan.far_share * plan.angle_deg, facing) + np.array([9.0, -6.0])
    trunk_px = 1.3 * plan.shank_px
    far[:, :2, 0] += facing * plan.lead * trunk_px - 9.0
    sides = {plan.near: near, "left" if plan.near == "right" else "right": far}
    points = np.concatenate([sides["left"], sides["right"]], axis=1)
    c, s = np.cos(np.deg2rad(plan.roll_deg)), np.sin(np.deg2rad(plan.roll_deg))
    points = (points - CENTRE_PX) @ np.array([[c, s], [-s, c]]) + CENTRE_PX + plan.shift_px
    noise = np.random.default_rng(plan.seed).normal(0.0, 1.0, points.shape)
    return np.asarray(points + plan.noise_px * noise)


def _body(plan: Plan, angle_deg: Array, facing: int) -> Array:
    """(T, 6, 2) shoulder, hip, knee, ankle, heel, toe of one side."""
    tibia = np.deg2rad(plan.tibia_deg)
    foot = np.deg2rad(angle_deg) - tibia  # dorsiflexion = tibia inclination + foot inclination
    thigh = tibia - np.deg2rad(plan.knee_flexion_deg)  # lean of the thigh: flexion brings the hip behind the knee
    ahead = np.stack([facing * np.cos(foot), -np.sin(foot)], axis=-1)
    upward = np.stack([-facing * np.sin(foot), -np.cos(foot)], axis=-1)
    up_shank = np.array([facing * np.sin(tibia), -np.cos(tibia)])
    up_thigh = np.array([facing * np.sin(thigh), -np.cos(thigh)])
    ankle = np.broadcast_to(CENTRE_PX + np.array([0.0, 150.0]), (len(angle_deg), 2))
    knee = ankle + plan.shank_px * up_shank
    hip = knee + plan.shank_px * up_thigh
    shoulder = hip - np.array([0.0, 1.3 * plan.shank_px])
    heel = ankle - 0.25 * plan.foot_px * ahead - 0.25 * plan.foot_px * upward
    toe = heel + plan.foot_px * ahead
    return np.stack([shoulder, hip, knee, ankle, heel, toe], axis=1)


def landmarks_of_points(
    time_s: Array, points: Array, confidence: Array | None = None, shot: NDArray[np.int64] | None = None
) -> Landmarks:
    """`Landmarks` of (T, K, 2) points, all sure unless told otherwise."""
    frames = len(time_s)
    return Landmarks(
        NAMES,
        time_s,
        np.zeros(frames, dtype=np.int64) if shot is None else shot,
        points,
        np.ones((frames, len(NAMES))) if confidence is None else confidence,
        np.full((frames, len(NAMES), 2, 2), np.nan),
    )


def confidence_of(plan: Plan) -> Array:
    """(T, K): 0.95 for the near side, less for the far one."""
    row = [0.95 if name.startswith(plan.near) else plan.far_confidence for name in NAMES]
    return np.tile(np.array(row), (len(plan.time_s), 1))


def planted(plan: Plan) -> Landmarks:
    """The landmarks of the plan."""
    return landmarks_of_points(plan.time_s, points_of(plan), confidence_of(plan))


def column(side: str, part: str) -> int:
    """Position of a landmark."""
    return NAMES.index(f"{side}_{part}")


def without(landmarks: Landmarks, frames: NDArray[np.bool_], parts: Sequence[str] = PARTS) -> Landmarks:
    """The same landmarks with some missing in some frames (both sides)."""
    points = np.array(landmarks.points_px)
    confidence = np.array(landmarks.confidence)
    for k, name in enumerate(NAMES):
        if name.partition("_")[2] in parts:
            points[frames, k] = np.nan
            confidence[frames, k] = 0.0
    return replace(landmarks, points_px=points, confidence=confidence)


def info_of(frames: int, rate_hz: float = 30.0) -> RecordingInfo:
    """Facts of a planted recording."""
    return RecordingInfo("planted", "video", WIDTH_PX, HEIGHT_PX, rate_hz, frames / rate_hz, frames)


def people_of(*everybody: Landmarks) -> tuple[People, ...]:
    """One `People` a frame; whoever has no finite point in a frame is not in it."""
    rows = []
    for t in range(len(everybody[0].time_s)):
        here = [one for one in everybody if np.isfinite(one.points_px[t]).any()]
        points = np.array([one.points_px[t] for one in here]).reshape(-1, len(NAMES), 2)
        rows.append(People(points, np.array([one.confidence[t] for one in here]).reshape(-1, len(NAMES))))
    return tuple(rows)


def recorded(*everybody: Landmarks) -> RecordedPeople:
    """The stored form of one person's or several people's landmarks."""
    first = everybody[0]
    people = people_of(*everybody)
    info = info_of(len(people))
    return RecordedPeople(
        NAMES, first.time_s, first.shot, people, max((len(p) for p in people), default=0), info, MODEL
    )


def stored(path: Path, *everybody: Landmarks) -> Path:
    """A ``.landmarks.npz`` file that `rom.measure` reads."""
    file = path / "planted.landmarks.npz"
    save_people(file, recorded(*everybody))
    return file


def planted_leg(
    time_s: Array, angle_deg: Array, side: Side = "right", noise_deg: float = 0.0, seed: int = 1
) -> Landmarks:
    """What the leg landmarker would give: nine points of the near leg, its angle in each picture, no trunk.

    The points lie as on the rendered people: the foot line is drawn at the planted angle, the shank upright.
    """
    plan = Plan(time_s, angle_deg, near=side)
    body = _body(plan, angle_deg, 1 if side == "right" else -1)
    knee, ankle, heel, toe = (body[:, PARTS.index(part)] for part in ("knee", "ankle", "heel", "foot_index"))
    along = toe - heel
    places = {
        "fibular_head": knee * 0.9 + ankle * 0.1,
        "lateral_malleolus": ankle,
        "plantar_heel": heel + 0.1 * along,
        "plantar_mt5": heel + 0.65 * along,
        "posterior_heel": heel,
        "plantar_mt1": heel + 0.7 * along,
        "toe_tip": toe,
        "knee_centre": knee,
        "ankle_centre": ankle,
    }
    frames, names = len(time_s), tuple(f"{s}_{name}" for s in ("left", "right") for name in LEG_LANDMARKS)
    points = np.full((frames, len(names), 2), np.nan)
    confidence = np.zeros((frames, len(names)))
    for name, place in places.items():
        points[:, names.index(f"{side}_{name}")] = place
        confidence[:, names.index(f"{side}_{name}")] = 1.0
    noise = np.random.default_rng(seed).normal(0.0, 1.0, frames)
    foot = along / np.linalg.norm(along, axis=-1, keepdims=True)
    lines = np.stack([np.tile([0.0, -1.0], (frames, 1)), foot], 1)
    legs = LegSights(
        side=np.full(frames, ("left", "right").index(side)),
        presence=np.ones(frames),
        angle_deg=angle_deg + noise_deg * noise,
        angle_sd_deg=np.full(frames, 3.0),
        lines=np.concatenate([lines, np.zeros((frames, 2, 1))], axis=-1),
        covariance_px2=np.tile(np.eye(2), (frames, len(LEG_LANDMARKS), 1, 1)),
    )
    covariance = np.full((frames, len(names), 2, 2), np.nan)
    return Landmarks(names, time_s, np.zeros(frames, dtype=np.int64), points, confidence, covariance, legs)
