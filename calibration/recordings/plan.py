"""A plan: one row a recording, everything that makes it, committed as CSV.

Rows are drawn by `draw_plans.py` from fixed seeds. What a row does not say (colours, posters, the exact
wobble of a shank) comes from its `seed` and its `room`, so the same row makes the same recording again.
"""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from calibration.people.plan import PLANS

GENERATOR = 1  # raised whenever the same row would make another recording
EXAMS = ("seated", "long_sitting", "lunge", "heel_raise", "walk", "stand")
FRAMINGS = ("full", "legs", "leg")
LIGHTS = ("bright", "dim", "side", "backlit", "warm")
FOOTWEAR = ("bare", "sock", "shoe")
LOWER_CLOTHES = ("shorts", "leggings", "trousers")
OTHER_LEG = ("down", "bent", "parallel")
RENDERERS = ("raster", "cycles")
PLAN_NAMES = ("development", "validation", "report", "samples")
REPEATS = "repeats"  # exams of the report set once more: their recordings and bodies belong to that set


@dataclass(frozen=True)
class Recording:
    """One planned recording.

    Attributes
    ----------
    name, set, body : file stem, the plan, the person filmed (of the same set)
    seed : of everything drawn that the row does not say
    quick : 1 for rows of the named subset `quick`
    exam, side : what is done, with which leg ('L', 'R')
    ability : 'healthy' or 'limited', for grouping only: the amplitudes say what is done
    max_dorsiflexion_deg, max_plantarflexion_deg : largest planned clinical angles, both positive numbers
    speed_deg_s, hold_s, repetitions : of the movement; for a walk `speed_deg_s` is the cadence, steps/min
    knee_flexion_deg : in the undisturbed position (lunge and walk find their own)
    other_leg : what the other leg does: down, bent or parallel
    toe_out_deg : of the foot against the shank
    restlessness : 0 perfectly steady, 1 an ordinary person, 2 a restless one
    yaw_deg : camera against the leg's medio-lateral axis, + towards the person's front
    camera_height_m, roll_deg : camera above the tested ankle (it is tilted to look at the middle of what is
        framed); turned about its axis
    hfov_deg, distortion_k1 : lens; radial distortion of the first order
    framing, fill : what must be in view, and the part of the picture's height (or width) it takes
    aim_x, aim_y : shift of the picture, parts of its width and height
    room : number of the room, drawn from its own seed; sets share no room
    light, exposure_ev : kind of light; exposure in stops
    footwear, lower : on the feet and legs
    second_person, furniture_front : 1 when somebody walks or stands behind; when a chair or table is nearer
    noise, shake_px, shutter : sensor noise in 8-bit levels, hand shake RMS, exposure in thirtieths of a second
    crf, width, height, fps : H.264 quality, picture, frame rate
    renderer : 'raster', or 'cycles' for rows that Blender renders too, for comparison
    """

    name: str
    set: str
    body: str
    seed: int
    quick: int
    exam: str
    side: str
    ability: str
    max_dorsiflexion_deg: float
    max_plantarflexion_deg: float
    speed_deg_s: float
    hold_s: float
    repetitions: int
    knee_flexion_deg: float
    other_leg: str
    toe_out_deg: float
    restlessness: float
    yaw_deg: float
    camera_height_m: float
    roll_deg: float
    hfov_deg: float
    distortion_k1: float
    framing: str
    fill: float
    aim_x: float
    aim_y: float
    room: int
    light: str
    exposure_ev: float
    footwear: str
    lower: str
    second_person: int
    furniture_front: int
    noise: float
    shake_px: float
    shutter: float
    crf: int
    width: int
    height: int
    fps: float
    renderer: str


def filmed_as_asked(row: Recording) -> bool:
    """Whether the recording was made as the README asks.

    The whole person in view from the side, camera level and at the height of the ankle, nothing in front and
    nobody behind, a bare foot, no loose trousers, no window behind the person.
    """
    camera = abs(row.yaw_deg) <= 15 and -0.05 <= row.camera_height_m <= 0.5 and abs(row.roll_deg) <= 3
    clear = row.framing == "full" and not row.furniture_front and not row.second_person
    return camera and clear and row.footwear == "bare" and row.lower != "trousers" and row.light != "backlit"


def read_plan(name_or_path: str | Path) -> list[Recording]:
    """Read a plan by its name ('report', ...; 'quick' is report's subset) or from a CSV file."""
    if name_or_path == "quick":
        return [row for row in read_plan("report") if row.quick]
    path = PLANS / f"{name_or_path}.csv" if name_or_path in (*PLAN_NAMES, REPEATS) else Path(name_or_path)
    kinds = {"int": int, "float": float, "str": str, int: int, float: float, str: str}
    with path.open(newline="") as file:
        return [
            Recording(**{f.name: kinds[f.type](row[f.name]) for f in fields(Recording)})
            for row in csv.DictReader(file)
        ]


def write_plan(rows: list[Recording], path: Path) -> None:
    """Write rows as CSV."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Recording)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
