"""Shoes: a lofted upper, a sole with its side wall, laces; built around a body's own foot at rest."""

from dataclasses import dataclass

import numpy as np

from calibration.people.body import SIDE_SIGN, SKIN, Body
from calibration.people.landmarks import landmark_vertices
from calibration.recordings.plan import Recording
from calibration.recordings.soles import BAREFOOT, Soles

STATIONS, AROUND = 44, 28  # cross-sections along the foot, points along each
FOOTWEAR_STREAM = 2


@dataclass(frozen=True)
class RestPart:
    """A piece of clothing at rest, before posing.

    `vertices` (N, 3) m, `sources` (N,) body vertices whose skinning weights they take, `triangles`,
    `colours` (N, 3) linear and `material`, the number in the table.
    """

    vertices: np.ndarray
    sources: np.ndarray
    triangles: np.ndarray
    colours: np.ndarray
    material: int


@dataclass(frozen=True)
class Shoe:
    """Shape of a shoe, metres at 1.7 m stature; collar heights over the ground of the bare foot."""

    gap_m: float
    wall_m: float
    toe_room_m: float
    toe_spring_m: float
    collar_back_m: float
    collar_side_m: float
    flare: float
    laces: int


def draw_shoe(rng: np.random.Generator) -> Shoe:
    """Draw a shoe: trainers mostly, some ankle-high."""
    high = rng.random() < 0.15
    return Shoe(
        gap_m=rng.uniform(0.003, 0.006),
        wall_m=rng.uniform(0.010, 0.022),
        toe_room_m=rng.uniform(0.008, 0.016),
        toe_spring_m=rng.uniform(0.004, 0.016),
        collar_back_m=rng.uniform(0.10, 0.13) if high else rng.uniform(0.072, 0.088),
        collar_side_m=rng.uniform(0.09, 0.115) if high else rng.uniform(0.048, 0.062),
        flare=rng.uniform(0.0, 0.008),
        laces=int(rng.integers(4, 7)) if rng.random() < 0.8 else 0,
    )


def draw_soles(row: Recording, body: Body) -> Soles:
    """Thickness of the outer sole under heel and ball for this recording's shoe."""
    if row.footwear != "shoe":
        return BAREFOOT
    rng = np.random.default_rng([row.seed, FOOTWEAR_STREAM])
    ball = rng.uniform(0.012, 0.026)
    drop = rng.uniform(0.0, 0.010)  # heel over ball: 0 to 10 mm in everyday trainers
    return Soles(True, float((ball + drop) * body.scale), float(ball * body.scale))


@dataclass(frozen=True)
class _Foot:
    """A foot in its own axes: `along` from heel to toe, `out` to the little toe, both horizontal."""

    points: np.ndarray
    vertices: np.ndarray
    heel: np.ndarray
    along: np.ndarray
    out: np.ndarray
    length: float
    scale: float


def _foot(body: Body, side: str) -> _Foot:
    """Skin of the foot and lower shank in the foot's axes: (N, 3) along, out, up."""
    sign = SIDE_SIGN[side]
    skin = np.unique(body.quads[body.parts == SKIN])
    skin = skin[(body.side[skin] == sign) & (body.vertices[skin, 2] < 0.16 * body.scale)]
    ids = landmark_vertices()[side]
    heel = body.vertices[ids["heel_posterior"]] * [1, 1, 0]
    toe = body.vertices[ids["toe_tip"]] * [1, 1, 0]
    middle = body.tails[body.bone(f"toe2-3.{side}")] * [1, 1, 0]
    along = (middle - heel) / np.linalg.norm(middle - heel)
    out = np.array([-along[1], along[0], 0.0]) * 1.0
    out = out if out[0] * sign > 0 else -out
    offset = body.vertices[skin] - heel
    points = np.stack([offset @ along, offset @ out, offset[:, 2]], 1)
    near = np.abs(points[:, 1]) < 0.09 * body.scale
    return _Foot(points[near], skin[near], heel, along, out, float((toe - heel) @ along), body.scale)


def make_shoe(
    body: Body, side: str, shoe: Shoe, soles: Soles, palette: dict[str, np.ndarray], materials: dict[str, int]
) -> list[RestPart]:
    """Parts of one shoe at rest: upper, sole, laces.

    Parameters
    ----------
    body, side, shoe, soles : whose foot, which shoe, how thick its sole
    palette : linear colours 'upper', 'trim', 'wall', 'outsole', 'lace'
    materials : table rows 'upper', 'sole', 'lace'
    """
    foot = _foot(body, side)
    stations, half_out, half_in, top = _sections(foot, shoe)
    upper = _upper(foot, shoe, (stations, half_out, half_in, top), palette)
    sole = _sole(foot, shoe, soles, (stations, half_out, half_in), palette)
    parts = [
        _part(foot, *upper, material=materials["upper"]),
        _part(foot, *sole, material=materials["sole"]),
    ]
    laces = _laces(foot, shoe, (stations, half_out, half_in, top), palette["lace"])
    if laces is not None:
        parts.append(_part(foot, *laces, material=materials["lace"]))
    return parts


def _sections(foot: _Foot, shoe: Shoe) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Station positions along the foot, half widths to both sides and heights (S,) of the foot's hull."""
    s = foot.scale
    low = foot.points[foot.points[:, 2] < 0.045 * s]
    stations = np.linspace(-shoe.gap_m * s, foot.length + shoe.toe_room_m * s, STATIONS)
    reach = 0.012 * s
    out, inner, top = (np.zeros(STATIONS) for _ in range(3))
    for i, u in enumerate(stations):
        slab = low[np.abs(low[:, 0] - np.clip(u, 0.004 * s, foot.length - 0.006 * s)) < reach]
        tall = foot.points[np.abs(foot.points[:, 0] - np.clip(u, 0, foot.length)) < reach]
        out[i], inner[i], top[i] = slab[:, 1].max(), -slab[:, 1].min(), tall[:, 2].max()
    out, inner, top = (_smooth(v, 2.2) + shoe.gap_m * s for v in (out, inner, top))
    rounding = _end_rounding(stations, foot, shoe)
    collar = _collar(stations, foot, shoe)
    top = np.minimum(top, collar) * (0.55 + 0.45 * rounding)
    middle = (out - inner) / 2
    half = (out + inner) / 2 * rounding
    return stations, middle + half, half - middle, top


def _end_rounding(stations: np.ndarray, foot: _Foot, shoe: Shoe) -> np.ndarray:
    """Narrowing (S,) towards heel and toe, 1 in the middle: quarter ellipses at both ends."""
    s = foot.scale
    back, front = 0.030 * s, 0.055 * s
    end = foot.length + shoe.toe_room_m * s
    heel = np.clip((stations + shoe.gap_m * s) / back, 0.02, 1)
    toe = np.clip((end - stations) / front, 0.02, 1)
    return np.sqrt(1 - (1 - heel) ** 2) * np.sqrt(1 - (1 - toe) ** 2) ** 0.9


def _collar(stations: np.ndarray, foot: _Foot, shoe: Shoe) -> np.ndarray:
    """Height (S,) of the collar: high behind, low under the malleoli, rising to the tongue."""
    u = stations / foot.length
    s = foot.scale
    tongue = shoe.collar_side_m + 0.040
    return s * np.interp(
        u,
        [0, 0.08, 0.2, 0.32, 0.44, 0.6, 1.0],
        [shoe.collar_back_m, shoe.collar_back_m * 0.95, shoe.collar_side_m, shoe.collar_side_m, tongue, 0.09, 0.07],
    )


def _smooth(values: np.ndarray, sd: float) -> np.ndarray:
    """Gaussian smoothing along the stations, ends held."""
    reach = np.arange(-8, 9)
    kernel = np.exp(-0.5 * (reach / sd) ** 2)
    padded = np.pad(values, 8, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


Sections = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Shape = tuple[np.ndarray, np.ndarray, np.ndarray]


def _spring(stations: np.ndarray, foot: _Foot, shoe: Shoe) -> np.ndarray:
    """Rise (S,) of the toe end over the floor."""
    u = np.clip((stations / foot.length - 0.78) / 0.28, 0, 1)
    return np.asarray(shoe.toe_spring_m * foot.scale * u**2)


def _upper(foot: _Foot, shoe: Shoe, sections: Sections, palette: dict[str, np.ndarray]) -> Shape:
    """Upper: over each station an arch from side to side; the tongue and a toe cap in the trim's colour."""
    stations, out, inner, top = sections
    angle = np.linspace(0, np.pi, AROUND)
    base = -0.002 * foot.scale
    c, s = np.cos(angle), np.sin(angle)
    across = np.where(c > 0, out[:, None], inner[:, None]) * np.sign(c) * np.abs(c) ** 0.75
    up = base + (top[:, None] - base) * s**0.62 + _spring(stations, foot, shoe)[:, None]
    vertices = np.stack([np.broadcast_to(stations[:, None], across.shape), across, up], -1).reshape(-1, 3)
    u = np.broadcast_to((stations / foot.length)[:, None], across.shape).ravel()
    a = np.broadcast_to(angle, across.shape).ravel()
    trim = (np.abs(a - np.pi / 2) < 0.42) & (u > 0.38) & (u < 0.66)
    trim |= (u > 0.88) | (u < 0.06)
    side_mark = (np.abs((u - 0.45) - 0.35 * (np.sin(a) - 0.5)) < 0.035) & (np.sin(a) < 0.9)
    colours = np.where((trim | side_mark)[:, None], palette["trim"], palette["upper"])
    return vertices, _grid(STATIONS, AROUND), colours


def _grid(rows: int, columns: int) -> np.ndarray:
    """Triangles of a grid of rows x columns points."""
    i = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    return np.concatenate(
        [np.stack([i, i + columns, i + columns + 1], 1), np.stack([i, i + columns + 1, i + 1], 1)]
    )


def _sole(
    foot: _Foot,
    shoe: Shoe,
    soles: Soles,
    sections: tuple[np.ndarray, np.ndarray, np.ndarray],
    palette: dict[str, np.ndarray],
) -> Shape:
    """Sole: side wall with a dark tread line, and the flat bottom from heel to ball."""
    stations, out, inner = sections
    s = foot.scale
    ids_heel, ids_ball = 0.16 * foot.length, 0.67 * foot.length
    bottom = -np.interp(stations, [ids_heel, ids_ball], [soles.heel_m, soles.ball_m])
    bottom = bottom + _spring(stations, foot, shoe) + 0.004 * s * np.clip(1 - stations / (0.05 * s), 0, 1) ** 2
    wall = shoe.wall_m * s * np.interp(stations / foot.length, [0, 0.3, 0.7, 1.0], [1.25, 0.9, 0.75, 1.0])
    top = wall + _spring(stations, foot, shoe)
    tread = bottom + 0.005 * s
    flare = shoe.flare * s
    rings, shades = [], []
    levels = (
        (bottom, 0.985, flare, "outsole"),
        (tread, 1.0, flare, "outsole"),
        (tread, 1.005, flare, "wall"),
        (bottom * 0.4 + top * 0.6, 1.02, 0.5 * flare, "wall"),
        (top, 1.0, 0.0, "wall"),
        (top, 0.93, 0.0, "wall"),
    )
    ends = np.concatenate([stations, stations[::-1]])
    for height, width, wider, colour in levels:
        edge = np.concatenate([out * width + 0.003 * s + wider, -(inner[::-1] * width + 0.003 * s + wider)])
        long = foot.length / 2 + (ends - foot.length / 2) * (1 + 0.008 * (width - 0.93) / 0.07)
        rings.append(np.stack([long, edge, np.concatenate([height, height[::-1]])], 1))
        shades.append(np.tile(palette[colour], (len(ends), 1)))
    under = rings[0].copy()
    vertices = np.concatenate([*rings, under])
    count = 2 * STATIONS
    sides = [_ring(count) + k * count for k in range(len(levels) - 1)]
    i = np.arange(STATIONS - 1)
    j = count - 1 - i
    plate = np.concatenate([np.stack([i, j, j - 1], 1), np.stack([i, j - 1, i + 1], 1)]) + len(levels) * count
    colours = np.concatenate([*shades, np.tile(palette["outsole"], (count, 1))])
    return vertices, np.concatenate([*sides, plate]), colours


def _ring(count: int) -> np.ndarray:
    """Triangles of a closed band between a ring of points and the next ring."""
    i = np.arange(count)
    j = (i + 1) % count
    return np.concatenate([np.stack([i, j, j + count], 1), np.stack([i, j + count, i + count], 1)])


def _laces(foot: _Foot, shoe: Shoe, sections: Sections, colour: np.ndarray) -> Shape | None:
    """Flat laces crossing the tongue."""
    if shoe.laces == 0:
        return None
    stations, out, inner, top = sections
    vertices, triangles = [], []
    for k, u in enumerate(np.linspace(0.43, 0.64, shoe.laces)):
        tilt = 0.012 * (1 if k % 2 else -1)
        angle = np.linspace(np.pi / 2 - 0.55, np.pi / 2 + 0.55, 9)
        c, s = np.cos(angle), np.sin(angle)
        for edge in (-0.004, 0.004):
            at = (u + tilt * c) * foot.length + edge * foot.scale
            width = np.where(c > 0, np.interp(at, stations, out), np.interp(at, stations, inner))
            height = np.interp(at, stations, top) * s**0.62 + 0.004 * foot.scale
            vertices.append(np.stack([at, width * np.sign(c) * np.abs(c) ** 0.75, height], 1))
        triangles.append(_grid(2, 9) + 18 * k)
    points = np.concatenate(vertices)
    return points, np.concatenate(triangles), np.tile(colour, (len(points), 1))


def _part(
    foot: _Foot, vertices: np.ndarray, triangles: np.ndarray, colours: np.ndarray, *, material: int
) -> RestPart:
    """From the foot's axes to the body's; weights come from the nearest skin."""
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(foot.points).query(vertices)
    world = foot.heel + vertices[:, :1] * foot.along + vertices[:, 1:2] * foot.out + vertices[:, 2:] * [0, 0, 1]
    return RestPart(world, foot.vertices[nearest], triangles.astype(np.int32), colours, material)
