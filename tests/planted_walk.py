"""Planted walks: feet that land and leave at known moments, under an ankle angle that is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rom.exam.gait_curves import published_curves
from rom.records import Landmarks, Side

Array = NDArray[np.float64]

PARTS = ("hip", "knee", "ankle", "heel", "foot_index")
NAMES = tuple(f"{side}_{part}" for side in ("left", "right") for part in PARTS)
RAMP = 0.15  # share of a swing in which the foot comes up to speed, and in which it stops


@dataclass(frozen=True)
class WalkPlan:
    """A steady walk. The right foot lands at phase 0, the left one `left_phase` of a stride later."""

    time_s: Array
    stride_s: float = 1.1
    stance: float = 0.62
    stride_px: float = 560.0
    left_phase: float = 0.5
    first_s: float = 0.3  # the right foot's first landing
    facing: int = 1
    belt_px_s: float = 0.0  # how fast the ground moves towards the walker
    leg_px: float = 400.0
    foot_px: float = 90.0
    noise_px: float = 0.0

    def phase(self, side: Side) -> Array:
        """Strides since the first landing, (T,)."""
        late = self.left_phase if side == "left" else 0.0
        return np.asarray((self.time_s - self.first_s) / self.stride_s - late)

    def landings_s(self, side: Side) -> Array:
        """When the foot lands, within the recording."""
        return self._moments(side, 0.0)

    def toe_offs_s(self, side: Side) -> Array:
        """When the foot leaves the ground, within the recording."""
        return self._moments(side, self.stance)

    def _moments(self, side: Side, phase: float) -> Array:
        late = phase + (self.left_phase if side == "left" else 0.0)
        all_s = self.first_s + self.stride_s * (np.arange(-3, 60) + late)
        return np.asarray(all_s[(all_s > self.time_s[0]) & (all_s < self.time_s[-1])])

    def foot(self, side: Side) -> Array:
        """(T,) how far forward the heel is, px: still in stance, up to speed and to rest at the swing's ends."""
        phase = self.phase(side)
        u = np.clip((phase % 1.0 - self.stance) / (1.0 - self.stance), 0.0, 1.0)
        grid = np.linspace(0.0, 1.0, 1001)
        speed = np.clip(np.minimum(grid, 1.0 - grid) / RAMP, 0.0, 1.0)
        way = np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]))])
        late = self.left_phase if side == "left" else 0.0
        done = np.floor(phase) + late + np.interp(u, grid, way / way[-1])
        return np.asarray(self.stride_px * done - self.belt_px_s * self.time_s)

    def body(self) -> Array:
        """(T,) how far forward the hips are: steadily, over the heel in the middle of stance."""
        return np.asarray(self.stride_px * (self.phase("right") - 0.5 * self.stance) - self.belt_px_s * self.time_s)

    def angle_deg(self, side: Side) -> Array:
        """(T,) the published free-speed curve."""
        free = next(curve for curve in published_curves() if curve.name == "Schwartz2008/free")
        cycle = np.append(free.mean_deg[:-1], free.mean_deg[0])  # closed, so that strides join
        return np.asarray(np.interp(self.phase(side) % 1.0, np.linspace(0.0, 1.0, 51), cycle))


def walk_times(duration_s: float = 5.0, rate_hz: float = 60.0) -> Array:
    """Even times from 0."""
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def walked(plan: WalkPlan) -> Landmarks:
    """The landmarks of the plan: flat feet, shanks that lean by the ankle angle, hips that go on steadily."""
    frames = len(plan.time_s)
    sides: tuple[Side, Side] = ("left", "right")
    points = np.concatenate([_leg(plan, side) for side in sides], axis=1)
    points += plan.noise_px * np.random.default_rng(1).normal(0.0, 1.0, points.shape)
    points[..., 0] = 700.0 + plan.facing * points[..., 0]
    return Landmarks(
        NAMES,
        plan.time_s,
        np.zeros(frames, dtype=np.int64),
        points,
        np.ones((frames, len(NAMES))),
        np.full((frames, len(NAMES), 2, 2), np.nan),
    )


def _leg(plan: WalkPlan, side: Side) -> Array:
    """(T, 5, 2) hip, knee, ankle, heel, toe, walking towards +x."""
    lean = np.deg2rad(plan.angle_deg(side))
    heel = np.column_stack([plan.foot(side), np.full(len(plan.time_s), 900.0)])
    toe = heel + np.array([plan.foot_px, 0.0])
    ankle = heel + np.array([0.25 * plan.foot_px, -0.25 * plan.foot_px])
    knee = ankle + 0.5 * plan.leg_px * np.column_stack([np.sin(lean), -np.cos(lean)])
    ahead = plan.body() - knee[:, 0]
    rise = np.sqrt(np.maximum((0.5 * plan.leg_px) ** 2 - ahead**2, 0.0))  # thighs keep their length in walks
    hip = np.column_stack([plan.body(), knee[:, 1] - rise])
    return np.stack([hip, knee, ankle, heel, toe], axis=1)
