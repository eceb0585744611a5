"""Draw the plans from fixed seeds; `python -m calibration.recordings.draw_plans` writes the committed CSVs.

Development, validation and report are drawn alike, from their own bodies and rooms. Amplitudes are drawn
from what people reach (Soucie 2011 seated, McKay 2017 lunge) and what limits them; conditions are mostly
those the protocol asks for, with a tail of what people do instead.
"""

from dataclasses import replace

import numpy as np

from calibration.people.plan import PLANS, Person, read_people
from calibration.recordings.plan import PLAN_NAMES, REPEATS, Recording, filmed_as_asked, write_plan

COUNTS = {"development": 96, "validation": 96, "report": 432, "samples": 5}
SEEDS = {"development": 501, "validation": 602, "report": 703}
ROOMS = {"development": (1000, 1060), "validation": (2000, 2040), "report": (3000, 3120), "samples": (4000, 4010)}
QUICK = 96  # rows of the report set that render in under two hours
CYCLES = 62  # rows of the report set rendered by Blender
REPEATED = 24  # exams of the report set done once more, seen by another camera and on another day
EXAM_SHARES = {"seated": 0.34, "long_sitting": 0.20, "lunge": 0.18, "heel_raise": 0.12, "walk": 0.10, "stand": 0.06}


def draw_plan(name: str) -> list[Recording]:
    """Draw one plan; the samples are set by hand."""
    if name == "samples":
        return _samples()
    rng = np.random.default_rng(SEEDS[name])
    people = [p for p in read_people().values() if p.set == name]
    exams = _shares(rng, EXAM_SHARES, COUNTS[name])
    footwear = _shares(rng, {"bare": 0.6, "sock": 0.2, "shoe": 0.2}, COUNTS[name])
    rows = []
    for i in range(COUNTS[name]):
        person = people[i % len(people)]
        row = draw_exam(rng, name, i, person, exams[i])
        row = draw_conditions(rng, replace(row, footwear=footwear[i]))
        rows.append(row)
    return [_slow(row) for row in (_flagged(rows) if name == "report" else rows)]


def draw_repeats() -> list[Recording]:
    """Exams of the report set once more, all filmed as asked.

    A name that ends in `c` is the same performance in the same room seen by another camera; one that ends in `d` is
    another day: the same amplitudes by the same person, but other unsteadiness, clothes, room, light and camera.
    """
    rng = np.random.default_rng(SEEDS["report"] + 2)
    rows = [row for row in draw_plan("report") if filmed_as_asked(row) and row.renderer == "raster"]
    chosen = sorted(rng.permutation(len(rows))[:REPEATED].tolist())
    return [again(rng, rows[i]) for i in chosen for again in (_other_camera, _other_day)]


def _other_camera(rng: np.random.Generator, row: Recording) -> Recording:
    """The same performance, filmed by somebody else."""
    same = {name: getattr(row, name) for name in ("light", "lower", "fps")}  # the motion is drawn frame by frame
    return replace(_asked_conditions(rng, row), **same, name=f"{row.name}c", quick=0)


def _other_day(rng: np.random.Generator, row: Recording) -> Recording:
    """The same person and amplitudes on another day."""
    seed, room = int(rng.integers(1, 2**31)), int(rng.integers(*ROOMS["report"]))
    restlessness = round(float(rng.uniform(0.3, 1.6)), 2)
    other = replace(row, name=f"{row.name}d", quick=0, seed=seed, room=room, restlessness=restlessness)
    return _asked_conditions(rng, other)


def _asked_conditions(rng: np.random.Generator, row: Recording) -> Recording:
    """Conditions drawn until they are the ones that are asked for."""
    while True:
        drawn = replace(draw_conditions(rng, row), footwear=row.footwear)
        if filmed_as_asked(drawn):
            return drawn


def _shares(rng: np.random.Generator, shares: dict[str, float], count: int) -> list[str]:
    """Names in random order, each as often as its share says."""
    edges = np.round(np.cumsum(list(shares.values())) * count).astype(int)
    names = [list(shares)[int(np.searchsorted(edges, i, side="right"))] for i in range(count)]
    return [names[i] for i in rng.permutation(count)]


def draw_exam(rng: np.random.Generator, name: str, i: int, person: Person, exam: str) -> Recording:
    """What is done: exam, side, amplitudes, speed."""
    limited = rng.random() < 0.4
    up, down = _amplitudes(rng, exam, limited)
    walk = exam == "walk"
    low, high = ROOMS[name]
    return Recording(
        name=f"{name[0]}{i:04d}",
        set=name,
        body=person.body,
        seed=int(rng.integers(1, 2**31)),
        quick=0,
        exam=exam,
        side="LR"[int(rng.integers(2))],
        ability="limited" if limited else "healthy",
        max_dorsiflexion_deg=up,
        max_plantarflexion_deg=down,
        speed_deg_s=round(float(rng.uniform(85, 125) if walk else rng.uniform(25, 80)), 1),
        hold_s=round(float(rng.uniform(0.4, 1.4)), 2),
        repetitions=3 if walk or exam == "heel_raise" else 2 if rng.random() < 0.75 else 1,
        knee_flexion_deg=_knee(rng, exam),
        other_leg=_other_leg(rng, exam),
        toe_out_deg=round(float(np.clip(rng.normal(6, 4), -4, 16)), 1),
        restlessness=round(float(rng.uniform(0.3, 1.6)), 2),
        yaw_deg=0.0,
        camera_height_m=0.3,
        roll_deg=0.0,
        hfov_deg=60.0,
        distortion_k1=0.0,
        framing="full",
        fill=0.85,
        aim_x=0.0,
        aim_y=0.0,
        room=int(rng.integers(low, high)),
        light="bright",
        exposure_ev=0.0,
        footwear="bare",
        lower="shorts",
        second_person=0,
        furniture_front=0,
        noise=2.0,
        shake_px=0.0,
        shutter=0.5,
        crf=23,
        width=1280,
        height=720,
        fps=30.0,
        renderer="raster",
    )


def _amplitudes(rng: np.random.Generator, exam: str, limited: bool) -> tuple[float, float]:
    """Largest dorsiflexion and plantar flexion, degrees: healthy or limited."""
    ranges = {
        "seated": ((8, 26), (38, 62), (-8, 8), (15, 38)),
        "long_sitting": ((6, 22), (38, 62), (-8, 6), (15, 38)),
        "stand": ((6, 22), (38, 60), (-6, 6), (15, 36)),
        "lunge": ((26, 46), (1, 2), (10, 26), (1, 2)),
        "heel_raise": ((3, 5), (18, 34), (3, 5), (6, 16)),
        "walk": ((8, 16), (12, 26), (4, 8), (6, 14)),
    }
    up, down = ranges[exam][2:] if limited else ranges[exam][:2]
    return round(float(rng.uniform(*up)), 1), round(float(rng.uniform(*down)), 1)


def _knee(rng: np.random.Generator, exam: str) -> float:
    """Knee flexion in the undisturbed position."""
    spans = {"seated": (20, 62), "long_sitting": (2, 14), "stand": (10, 30)}
    return round(float(rng.uniform(*spans.get(exam, (0, 0)))), 1)


def _other_leg(rng: np.random.Generator, exam: str) -> str:
    choices = {"seated": ("down", "down", "bent", "parallel"), "long_sitting": ("bent", "parallel")}
    return str(rng.choice(choices.get(exam, ("down",))))


def draw_conditions(rng: np.random.Generator, row: Recording) -> Recording:
    """How it is filmed."""
    asked = rng.random() < 0.7  # filmed as the protocol asks
    yaw = float(rng.normal(0, 8) if asked else rng.uniform(-30, 45))
    if row.exam == "lunge":
        yaw = float(np.clip(yaw, -30, 20))
    framing = str(rng.choice(["full", "full", "legs", "leg"]))
    walking = row.exam == "walk"
    small = rng.random() < 0.15
    return replace(
        row,
        yaw_deg=round(yaw, 1),
        camera_height_m=round(float(rng.uniform(0.0, 0.45) if asked else rng.uniform(-0.05, 1.3)), 2),
        roll_deg=round(float(rng.normal(0, 1.2) if asked else rng.normal(0, 5)), 1),
        hfov_deg=round(float(rng.uniform(48, 72)), 1),
        distortion_k1=round(float(rng.choice([0, 0, 0, -0.04, -0.08, 0.03])), 3),
        framing="full" if walking else framing,
        fill=round(float(rng.uniform(0.6, 0.95) if asked else rng.uniform(0.4, 0.95)), 2),
        aim_x=round(float(rng.normal(0, 0.03)), 3),
        aim_y=round(float(rng.normal(0, 0.02)), 3),
        light=str(rng.choice(["bright", "bright", "warm", "side", "dim", "backlit"])),
        exposure_ev=round(float(rng.normal(0, 0.25)), 2),
        lower=str(rng.choice(["shorts", "shorts", "leggings", "trousers"])),
        second_person=int(rng.random() < 0.10),
        furniture_front=int(rng.random() < 0.08),
        noise=round(float(rng.choice([1.0, 2.0, 3.0, 5.0, 8.0], p=[0.25, 0.35, 0.2, 0.15, 0.05])), 1),
        shake_px=round(float(rng.choice([0, 0, 0.6, 1.5, 3.0])), 1),
        shutter=round(float(rng.uniform(0.15, 0.9)), 2),
        crf=int(rng.choice([20, 23, 26, 30, 34], p=[0.25, 0.35, 0.2, 0.12, 0.08])),
        width=960 if small else 1280,
        height=540 if small else 720,
        fps=float(rng.choice([15, 24, 30], p=[0.55, 0.2, 0.25])),
    )


def _flagged(rows: list[Recording]) -> list[Recording]:
    """Mark the quick subset and the rows for Cycles, both spread over bodies and exams."""
    rng = np.random.default_rng(SEEDS["report"] + 1)
    order = rng.permutation(len(rows))
    cycles = set(order[:CYCLES].tolist())
    quick = set(order[CYCLES : CYCLES + QUICK].tolist())
    return [_flag(row, i in quick, i in cycles) for i, row in enumerate(rows)]


def _flag(row: Recording, quick: bool, cycles: bool) -> Recording:
    if not cycles:
        return replace(row, quick=1) if quick else row
    once = 2 if row.exam == "walk" else 1  # the slow renderer gets short recordings in which only the leg moves
    return replace(row, renderer="cycles", width=960, height=540, fps=12.0, repetitions=once, restlessness=0.0)


def _slow(row: Recording) -> Recording:
    """Slow exams at 15 frames a second, so that a set renders overnight; what frame rate does is seen in `quick`.

    A walk keeps the rate that was drawn: its turning points are quick.
    """
    return row if row.quick or row.exam == "walk" or row.fps < 15 else replace(row, fps=15.0)


def _samples() -> list[Recording]:
    """Five short recordings that are shipped: as the protocol asks, each at most 1.5 MB."""
    people = [p for p in read_people().values() if p.set == "samples"]
    rng = np.random.default_rng(804)
    kinds = (
        ("seated_right", "seated", "R", 18.0, 48.0, "shorts", "bare", "parallel"),
        ("long_sitting_left", "long_sitting", "L", 12.0, 50.0, "leggings", "bare", "bent"),
        ("lunge_right", "lunge", "R", 38.0, 1.0, "shorts", "bare", "down"),
        ("heel_raise_left", "heel_raise", "L", 4.0, 26.0, "shorts", "bare", "down"),
        ("walk_right", "walk", "R", 12.0, 20.0, "shorts", "shoe", "down"),
    )
    rows = []
    for i, (name, exam, side, up, down, lower, footwear, other) in enumerate(kinds):
        row = draw_exam(rng, "samples", i, people[i], exam)
        rows.append(
            replace(
                row,
                name=name,
                side=side,
                ability="healthy",
                max_dorsiflexion_deg=up,
                max_plantarflexion_deg=down,
                speed_deg_s=96.0 if exam == "walk" else 50.0,
                hold_s=1.2 if exam in ("seated", "long_sitting") else 1.3,  # 12 seconds at most
                repetitions={"walk": 5, "seated": 2, "long_sitting": 2}.get(exam, 3),
                knee_flexion_deg={"seated": 40.0, "long_sitting": 6.0}.get(exam, 0.0),
                other_leg=other,
                toe_out_deg=5.0,
                restlessness=0.8,
                camera_height_m=0.15,
                lower=lower,
                footwear=footwear,
                noise=1.5,
                crf=22,
                fill=0.9,
            )
        )
    return rows


if __name__ == "__main__":
    for plan in PLAN_NAMES:
        write_plan(draw_plan(plan), PLANS / f"{plan}.csv")
    write_plan(draw_repeats(), PLANS / f"{REPEATS}.csv")
