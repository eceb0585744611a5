"""A recording's scene: performer, camera, room, furniture, light; the same for both renderers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.people.body import SKIN, load_body
from calibration.people.landmarks import SOLE_LANDMARKS
from calibration.people.plan import read_people
from calibration.recordings.camera import Camera, place_camera
from calibration.recordings.exams import FEET_ON_FLOOR
from calibration.recordings.figure import Figure, dress
from calibration.recordings.footwear import draw_soles
from calibration.recordings.light import Light, draw_light
from calibration.recordings.materials import MaterialTable
from calibration.recordings.mesh import Mesh, joined
from calibration.recordings.performance import Performance, perform
from calibration.recordings.plan import Recording
from calibration.recordings.rig import ArmPose, LegPose, Pose, pose_bones, skin
from calibration.recordings.rooms import Site, build_foreground, build_furniture, build_room, camera_side

COUCH_M = 0.55  # height of a treatment couch or bed above the floor
CLEAR_M = 0.04  # a hanging foot clears the floor by this much at least


@dataclass(frozen=True)
class Scene:
    """Everything that is rendered.

    `figure` moves; `room` does not, of its triangles `casting` throw shadows; `materials` is the table of both;
    `floor` is the floor's height.
    """

    performance: Performance
    camera: Camera
    figure: Figure
    room: Mesh
    casting: np.ndarray
    materials: np.ndarray
    light: Light
    floor: float


def build_scene(row: Recording, bodies: Path) -> Scene:
    """Build the scene of a planned recording; `bodies` is the folder of the people."""
    body = load_body(bodies / f"{row.body}.npz")
    soles = draw_soles(row, body)
    performance = perform(row, body, soles)
    outline = _outline(performance)
    floor, seat = _levels(performance, outline)
    ankle = performance.place("ankle_centre").mean(0)
    camera = place_camera(row, _framed(performance, outline), ankle)
    materials = MaterialTable()
    figure = dress(body, row.lower, row.footwear, soles, materials, row.seed)
    everything = outline.reshape(-1, 3)
    site = Site(floor, everything.min(0), everything.max(0), camera, camera_side(camera, performance), row.exam)
    shell, things = build_room(site, row.room, materials)
    meshes = [shell, things]
    furniture = build_furniture(site, performance, seat, materials, row.seed)
    meshes += [furniture] if furniture is not None else []
    if row.furniture_front:
        meshes.append(build_foreground(site, materials, row.seed))
    if row.second_person:
        meshes.append(_second_person(row, bodies, site, materials))
    light = draw_light(row.light, -camera.axes[2], np.random.default_rng([row.room, row.seed, 19]))
    room = joined(meshes)
    casting = room.triangles[len(shell.triangles) :]
    return Scene(performance, camera, figure, room, casting, materials.table(), light, floor)


def _outline(performance: Performance, frames: int = 9) -> np.ndarray:
    """Skin vertices (F, N, 3) of some frames: what must fit into the picture."""
    body = performance.stage.body
    ids = np.unique(body.quads[body.parts == SKIN])[::4]
    pick = np.linspace(0, len(performance.time_s) - 1, frames).astype(int)
    bones = type(performance.bones)(performance.bones.turn[pick], performance.bones.head[pick])
    return skin(body, bones, ids)


def _levels(performance: Performance, outline: np.ndarray) -> tuple[float, float]:
    """Heights of the floor and of the seat.

    Feet that stand put the floor at z = 0; somebody seated has it where the other foot rests, or lower so
    that the tested foot swings free; a couch stands COUCH_M over the floor.
    """
    row, body = performance.stage.row, performance.stage.body
    if row.exam in FEET_ON_FLOOR:
        return 0.0, 0.0
    under = _underside(performance)
    if row.exam == "long_sitting":
        return under - COUCH_M, under
    lowest = float(outline[..., 2].min())
    sole = min(performance.place(n)[:, 2].min() for n in SOLE_LANDMARKS)
    depth = performance.stage.soles.heel_m
    rests = float(min(performance.place(n, performance.stage.other)[:, 2].min() for n in SOLE_LANDMARKS))
    floor = min(rests - 0.003, float(sole) - CLEAR_M * body.scale, lowest - depth if not depth else rests)
    return floor, under


def _underside(performance: Performance) -> float:
    """Height of the underside of the thighs in the first frame."""
    body = performance.stage.body
    thighs = [i for i, n in enumerate(body.bones) if n.startswith("upperleg")]
    bearing = (body.weights * np.isin(body.weight_bones, thighs)).sum(1) > 0.95
    ids = np.intersect1d(np.unique(body.quads[body.parts == SKIN]), np.flatnonzero(bearing))
    first = type(performance.bones)(performance.bones.turn[:1], performance.bones.head[:1])
    return float(np.percentile(skin(body, first, ids)[0, :, 2], 4)) + 0.004


def _framed(performance: Performance, outline: np.ndarray) -> np.ndarray:
    """Points that must be in view: the whole body, both legs, or the tested leg from above the knee."""
    row = performance.stage.row
    cut = 1 if row.exam == "walk" else 0  # a walker comes into view and leaves it
    points = outline[cut : len(outline) - cut].reshape(-1, 3)
    if row.framing == "full":
        return points
    body = performance.stage.body
    pick = np.linspace(0, len(performance.time_s) - 1, 9).astype(int)
    sides = "LR" if row.framing == "legs" else row.side
    names = ("fibular_head", "heel_posterior", "toe_tip", "mt5_plantar")
    marks = np.concatenate([performance.place(n, s)[pick] for n in names for s in sides])
    hips = np.concatenate([performance.bones.head[pick][:, body.bone(f"{'upperleg01'}.{s}")] for s in sides])
    knees = np.concatenate([performance.place("knee_centre", s)[pick] for s in sides])
    above = knees + (hips - knees) * (0.75 if row.framing == "legs" else 0.22)
    return np.concatenate([marks, above])


def _second_person(row: Recording, bodies: Path, site: Site, materials: MaterialTable) -> Mesh:
    """Another body of the same set standing in the background, half turned."""
    rng = np.random.default_rng([row.seed, 23])
    others = [p.body for p in read_people().values() if p.set == row.set and p.body != row.body]
    other = load_body(bodies / f"{others[int(rng.integers(len(others)))]}.npz")
    from calibration.recordings.soles import BAREFOOT

    lower = str(rng.choice(["leggings", "trousers"]))
    figure = dress(other, lower, "sock", BAREFOOT, materials, row.seed + 1)
    middle = (site.low + site.high) / 2
    edge = float(site.low[0] if site.out > 0 else site.high[0])
    place = np.array([edge - site.out * 0.22, middle[1] + rng.choice([-1, 1]) * rng.uniform(0.3, 0.9), site.floor])
    mesh = figure.mesh(pose_bones(other, _standing(rng), 1), 0)
    turn = float(rng.uniform(-1.2, 1.2))
    c, s = np.cos(turn), np.sin(turn)
    spin = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return Mesh(
        mesh.vertices @ spin.T + place,
        mesh.normals @ spin.T,
        mesh.pattern,
        mesh.colours,
        mesh.triangles,
        mesh.materials,
    )


def _standing(rng: np.random.Generator) -> Pose:
    """Somebody standing about."""
    bend = np.array([float(rng.uniform(0, 6))])
    legs = {s: LegPose(bend, -bend, 0 * bend, toe_out_deg=6.0) for s in "LR"}
    arms = {s: ArmPose(float(rng.uniform(-10, 25)), float(rng.uniform(5, 80)), 9.0) for s in "LR"}
    return Pose(legs, arms, head_deg=float(rng.uniform(-5, 20)), shift=np.zeros((1, 3)))
