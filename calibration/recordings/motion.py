"""How the planned clinical angle and a person's unsteadiness run over time."""

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from calibration.recordings.plan import Recording

#: One stride of each joint, 0 to 100 % from foot strike. Ankle: Schwartz et al. 2008, free speed, mean of 83
#: children. Hip and knee: mean of seven strides of three adults walking freely (biomechZoo's Plug-in-Gait
#: sample trials HC030A05, HC050A11, HC055A09), strikes found where the heel is furthest before the sacrum.
GAIT_CSV = Path(__file__).with_name("gait_cycle.csv")
LEAD_S = 0.7  # still time before and after the movement, so that a reader can find the rest position
LUNGE_START_DEG = 4.0
STAND_LEAN_DEG = 4.0  # ankle angle in relaxed standing before a heel raise


@dataclass
class Sway:
    """Disturbances over time, (T,) degrees, added to the undisturbed position; all zero in `still`."""

    thigh_deg: np.ndarray
    shank_deg: np.ndarray
    turn_deg: np.ndarray
    abduction_deg: np.ndarray
    inversion_deg: np.ndarray
    heel_lift_deg: np.ndarray
    trunk_deg: np.ndarray
    head_deg: np.ndarray
    arm_deg: np.ndarray
    other_deg: np.ndarray


def still(frames: int) -> Sway:
    """No disturbance at all: the position in which neutral is defined."""
    return Sway(*(np.zeros(frames) for _ in fields(Sway)))


def smooth_noise(time_s: np.ndarray, rng: np.random.Generator, sd: float, slow_hz: float) -> np.ndarray:
    """Slow wandering (T,) of the given standard deviation: six waves from `slow_hz` to six times that."""
    rates = slow_hz * rng.uniform(1.0, 6.0, 6)
    sizes = 1.0 / np.sqrt(rates)
    waves = np.sin(2 * np.pi * (rates[:, None] * time_s + rng.uniform(0, 1, 6)[:, None]))
    return np.asarray(sd * (sizes[:, None] * waves).sum(0) / np.sqrt((sizes**2).sum() / 2))


def ease(keys: list[tuple[float, float]], time_s: np.ndarray) -> np.ndarray:
    """Values (T,) through (time, value) keys with cosine-shaped moves between them."""
    times, values = np.array(keys).T
    i = np.clip(np.searchsorted(times, time_s, side="right") - 1, 0, len(times) - 2)
    u = np.clip((time_s - times[i]) / np.maximum(times[i + 1] - times[i], 1e-9), 0, 1)
    return np.asarray(values[i] + (values[i + 1] - values[i]) * (1 - np.cos(np.pi * u)) / 2)


def planned_angles(row: Recording, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Times (T,) s and planned clinical angles (T,) degrees of an exam other than a walk.

    The first repetition reaches the row's amplitudes, later ones fall short by up to 3 degrees; a hold
    drifts back and trembles in proportion to the row's restlessness.
    """
    keys = _keys(row, rng)
    time_s = np.arange(int(keys[-1][0] * row.fps)) / row.fps
    tremor_deg = 0.12 * row.restlessness  # physiological tremor of a held joint: about a tenth of a degree
    tremor = smooth_noise(time_s, rng, tremor_deg, 1.2)
    return time_s, ease(keys, time_s) + tremor


def _keys(row: Recording, rng: np.random.Generator) -> list[tuple[float, float]]:
    start, ends = _turning_points(row)
    keys = [(0.0, start), (LEAD_S, start)]
    for repetition in range(row.repetitions):
        short = 0.0 if repetition == 0 else row.restlessness * float(rng.uniform(0, 3))
        for end in ends:
            reached = end - np.sign(end - start) * short
            _move(keys, reached, row, rng)
            hold_s = row.hold_s * float(rng.uniform(0.8, 1.2))
            drift = -np.sign(end - start) * row.restlessness * float(rng.uniform(0, 1.2))
            keys.append((keys[-1][0] + hold_s, reached + drift))
        _move(keys, start, row, rng)
        keys.append((keys[-1][0] + 0.3, start))
    keys.append((keys[-1][0] + LEAD_S, start))
    return keys


def _turning_points(row: Recording) -> tuple[float, list[float]]:
    """Rest angle and the ends visited in each repetition."""
    if row.exam == "lunge":
        return LUNGE_START_DEG, [row.max_dorsiflexion_deg]
    if row.exam == "heel_raise":
        return STAND_LEAN_DEG, [-row.max_plantarflexion_deg]
    rest = -min(12.0, row.max_plantarflexion_deg * 0.4)  # a hanging foot rests in some plantar flexion
    return rest, [row.max_dorsiflexion_deg, -row.max_plantarflexion_deg]


def _move(keys: list[tuple[float, float]], to: float, row: Recording, rng: np.random.Generator) -> None:
    shortest_s = 0.35  # nobody turns an ankle faster in an exam
    duration_s = max(abs(to - keys[-1][1]) / row.speed_deg_s * float(rng.uniform(0.85, 1.2)), shortest_s)
    keys.append((keys[-1][0] + duration_s, to))


def draw_sway(row: Recording, time_s: np.ndarray, planned_deg: np.ndarray, rng: np.random.Generator) -> Sway:
    """Natural imperfections: the shank swings against the foot, the knee drifts, heel and trunk move."""
    r = row.restlessness
    standing = row.exam in ("lunge", "heel_raise", "stand")

    def wander(sd_deg: float, slow_hz: float = 0.12) -> np.ndarray:
        return smooth_noise(time_s, rng, sd_deg * r, slow_hz)

    recoil = -rng.uniform(0.02, 0.09) * r * (planned_deg - planned_deg[0])  # the shank answers the foot
    lift = np.maximum(planned_deg - 0.75 * row.max_dorsiflexion_deg, 0) * rng.uniform(0, 0.35) * r
    return Sway(
        thigh_deg=wander(0.0 if standing else 0.7),
        shank_deg=np.zeros_like(time_s) if standing else wander(1.0) + recoil,
        turn_deg=wander(1.0),
        abduction_deg=wander(0.8),
        inversion_deg=-0.08 * planned_deg * r * rng.uniform(0.2, 1.2) + wander(0.5),
        heel_lift_deg=lift if row.exam == "lunge" else np.zeros_like(time_s),
        trunk_deg=wander(0.8),
        head_deg=wander(2.0),
        arm_deg=wander(1.5),
        other_deg=wander(0.8),
    )


@cache
def gait_cycle() -> dict[str, np.ndarray]:
    """Joint angles (51,) of one stride by column name, degrees; the last equals the first."""
    with GAIT_CSV.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def gait_angles(joint: str, phase: np.ndarray) -> np.ndarray:
    """Angles of 'hip_flexion', 'knee_flexion' or 'ankle_dorsiflexion' at phases (1 = one stride)."""
    cycle = gait_cycle()
    return np.asarray(np.interp(np.mod(phase, 1.0) * 100.0, cycle["percent"], cycle[f"{joint}_deg"]))


def walk_phases(row: Recording, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Times (T,) s and the tested leg's stride phase (T,) of a walk; `repetitions` strides."""
    stride_s = 120.0 / row.speed_deg_s  # two steps; the row gives steps per minute
    time_s = np.arange(int(row.repetitions * stride_s * row.fps)) / row.fps
    return time_s, time_s / stride_s + float(rng.uniform(0, 1))


def walk_ankle_deg(row: Recording, phase: np.ndarray) -> np.ndarray:
    """Planned clinical angles of a walk: the published curve, scaled to the row's largest angles."""
    curve = gait_angles("ankle_dorsiflexion", phase)
    cycle = gait_cycle()["ankle_dorsiflexion_deg"]
    up, down = row.max_dorsiflexion_deg / cycle.max(), -row.max_plantarflexion_deg / cycle.min()
    return np.asarray(np.where(curve > 0, curve * up, curve * down))
