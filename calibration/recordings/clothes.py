"""Clothes and skin: pieces of the body's surface and of its tight suit, coloured, at rest."""

from dataclasses import dataclass

import numpy as np

from calibration.people.body import HAIR, LEFT_EYE, RIGHT_EYE, SKIN, TIGHTS, Body
from calibration.people.landmarks import landmark_vertices
from calibration.recordings.footwear import RestPart
from calibration.recordings.mesh import linear, triangles_of_quads
from calibration.recordings.raster import vertex_normals

# Display colours of skin by Fitzpatrick type I to VI: means of photographed skin under daylight, by eye.
SKIN_COLOURS = {
    1: (0.91, 0.74, 0.65),
    2: (0.86, 0.67, 0.56),
    3: (0.77, 0.57, 0.44),
    4: (0.64, 0.45, 0.33),
    5: (0.47, 0.31, 0.22),
    6: (0.31, 0.20, 0.145),
}


@dataclass(frozen=True)
class Heights:
    """Heights of the body at rest, metres: where clothes end."""

    ankle: float
    knee: float
    hip: float
    waist: float
    neck: float


def heights(body: Body) -> Heights:
    """Heights of the joints and of the waist line."""
    hip = float(body.head("upperleg01.L")[2])
    return Heights(
        float(body.head("foot.L")[2]),
        float(body.head("lowerleg01.L")[2]),
        hip,
        hip + 0.10 * body.scale,
        float(body.head("neck01")[2]),
    )


def part_normals(body: Body, part: int) -> np.ndarray:
    """Normals (V, 3) of one part of the body at rest."""
    return vertex_normals(body.vertices, triangles_of_quads(body.quads[body.parts == part]))


def cut(quads: np.ndarray, at_rest: np.ndarray, colours: np.ndarray, material: int) -> RestPart:
    """Piece of the topology: `quads` (F, 4) with rest positions (V, 3) and colours (V, 3) of all vertices."""
    triangles = triangles_of_quads(quads)
    used, renumbered = np.unique(triangles, return_inverse=True)
    return RestPart(at_rest[used], used, renumbered.reshape(-1, 3).astype(np.int32), colours[used], material)


def _arm_part(body: Body) -> tuple[np.ndarray, np.ndarray]:
    """Whether a vertex is on an arm (V,), and how far along the arm (V,), 1 = elbow."""
    arms = [
        i
        for i, n in enumerate(body.bones)
        if n.startswith(("upperarm", "lowerarm", "wrist", "finger", "metacarpal"))
    ]
    on_arm = (body.weights * np.isin(body.weight_bones, arms)).sum(1) > 0.5
    shoulder, elbow = body.head("upperarm01.L"), body.head("lowerarm01.L")
    line = elbow - shoulder
    folded = body.vertices * [0, 1, 1] + np.abs(body.vertices) * [1, 0, 0]
    return on_arm, (folded - shoulder) @ line / (line @ line)


def _draped(body: Body, part: int, rounds: int, normals: np.ndarray) -> np.ndarray:
    """Rest positions (V, 3) of a part raised where smoothing raises it: cloth spans hollows, never sinks."""
    quads = body.quads[body.parts == part]
    edges = np.unique(np.sort(np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1), axis=0)
    a, b = edges.T
    count = np.maximum(np.bincount(edges.ravel(), minlength=len(body.vertices)), 1)[:, None]
    v = body.vertices.copy()
    for _ in range(rounds):
        total = np.zeros_like(v)
        np.add.at(total, a, v[b])
        np.add.at(total, b, v[a])
        v = np.where(count > 1, 0.5 * v + 0.5 * total / count, v)
    raised = np.einsum("vi,vi->v", v - body.vertices, normals)
    return np.asarray(body.vertices + np.clip(raised, 0, None)[:, None] * normals)


@dataclass(frozen=True)
class Wardrobe:
    """What is worn: heights at which pieces end, looseness in metres, sleeve (1 = elbow)."""

    lower: str
    hem: float
    loose_m: float
    folds: float
    sleeve: float
    shirt_hem: float
    shirt_loose_m: float
    sock_top: float


def draw_wardrobe(body: Body, lower: str, footwear: str, rng: np.random.Generator) -> Wardrobe:
    """Draw how long and loose the clothes are."""
    h, s = heights(body), body.scale
    hem = {
        "shorts": h.knee + (h.hip - h.knee) * rng.uniform(0.05, 0.6),
        "leggings": h.ankle * rng.uniform(1.35, 1.8),
        "trousers": h.ankle * rng.uniform(1.25, 2.4),
    }[lower]
    loose = {"shorts": (0.008, 0.022), "leggings": (0.002, 0.004), "trousers": (0.008, 0.020)}[lower]
    sock = h.ankle * rng.choice([1.25, 1.7, 2.4, 3.2]) if footwear != "bare" else 0.0
    if footwear == "shoe" and rng.random() < 0.25:
        sock = 0.0
    return Wardrobe(
        lower,
        float(hem),
        float(rng.uniform(*loose) * s),
        float(rng.uniform(0.2, 0.6) if lower == "trousers" else rng.uniform(0.1, 0.3)),
        float(rng.choice([0.55, 0.7, 1.75])),
        h.hip - float(rng.uniform(-0.02, 0.08)) * s,
        float(rng.uniform(0.008, 0.018) * s),
        float(min(sock, h.knee * 0.85)),
    )


def shirt(body: Body, worn: Wardrobe, colour: np.ndarray, material: int) -> RestPart:
    """Shirt: torso and sleeves, hanging over the body's hollows; seams snapped to neck, hem and cuffs."""
    quads = body.quads[body.parts == TIGHTS]
    h, v = heights(body), body.vertices
    on_arm, along = _arm_part(body)
    neck = h.neck + 0.012 * body.scale + 0.25 * (v[:, 1] - body.head("neck01")[1])
    inside = np.where(on_arm, along < worn.sleeve, (v[:, 2] > worn.shirt_hem) & (v[:, 2] < neck))
    keep = inside[quads].any(1)
    n = part_normals(body, TIGHTS)
    ripple = np.sin(v[:, 2] * 31 + 2 * np.sin(v[:, 0] * 17)) * np.sin(v[:, 0] * 23 + 1)
    lower = np.clip((h.neck - v[:, 2]) / (h.neck - h.hip), 0, 1)
    loose = worn.shirt_loose_m * (0.6 + 0.6 * lower + 0.25 * ripple)
    loose = np.maximum(loose, 0.45 * worn.loose_m + 0.004)  # over the waistband
    at_rest = _draped(body, TIGHTS, 14, n) + n * loose[:, None]
    line = body.head("lowerarm01.L") - body.head("upperarm01.L")
    back = (
        np.maximum(along - worn.sleeve, 0)[:, None]
        * line
        * np.stack([np.sign(v[:, 0]), 1 + 0 * v[:, 0], 1 + 0 * v[:, 0]], 1)
    )
    at_rest = np.where((on_arm & ~inside)[:, None], at_rest - back, at_rest)
    body_part = ~on_arm
    at_rest[:, 2] = np.where(body_part, np.clip(at_rest[:, 2], worn.shirt_hem, neck), at_rest[:, 2])
    return cut(quads[keep], at_rest, np.tile(colour, (len(v), 1)), material)


def lower_garment(body: Body, worn: Wardrobe, colour: np.ndarray, material: int) -> RestPart:
    """Shorts, leggings or trousers, wider towards the hem, with standing folds when loose."""
    quads = body.quads[body.parts == TIGHTS]
    h, v, n = heights(body), body.vertices, part_normals(body, TIGHTS)
    on_arm, _ = _arm_part(body)
    inside = (v[:, 2] > worn.hem) & (v[:, 2] < h.waist) & ~on_arm
    keep = inside[quads].any(1) & ~on_arm[quads].any(1)
    down = np.clip((h.hip - v[:, 2]) / max(h.hip - worn.hem, 1e-6), 0, 1.1)
    wave = np.sin(v[:, 2] * 42 + 2.2 * np.sin(v[:, 1] * 26)) * np.sin(v[:, 0] * 33 + v[:, 1] * 21)
    loose = worn.loose_m * (0.45 + down) * (1 + worn.folds * wave)
    at_rest = (v if worn.lower == "leggings" else _draped(body, TIGHTS, 4, n)) + n * loose[:, None]
    at_rest[:, 2] = np.clip(at_rest[:, 2], worn.hem, h.waist)
    return cut(quads[keep], at_rest, np.tile(colour, (len(v), 1)), material)


def socks(body: Body, worn: Wardrobe, colour: np.ndarray, material: int) -> RestPart:
    """Socks up to `sock_top`, ribbed at the top."""
    quads = body.quads[body.parts == TIGHTS]
    keep = body.vertices[quads][:, :, 2].min(1) < worn.sock_top
    v, n = body.vertices, part_normals(body, TIGHTS)
    at_rest = v + n * 0.0022
    at_rest[:, 2] = np.minimum(at_rest[:, 2], worn.sock_top)
    colours = np.tile(colour, (len(v), 1))
    colours[v[:, 2] > worn.sock_top - 0.03] *= 0.85
    return cut(quads[keep], at_rest, colours, material)


def skin(body: Body, worn: Wardrobe, footwear: str, tone: np.ndarray, material: int) -> RestPart:
    """Skin that shows (what clothes cover is left out), flushed where blood or pressure show."""
    quads = body.quads[body.parts == SKIN]
    h, margin = heights(body), 0.03 * body.scale
    on_arm, along = _arm_part(body)
    z = body.vertices[:, 2]
    legs = (z > worn.hem + margin) & (z < h.waist - margin) & ~on_arm
    trunk = (z > worn.shirt_hem + margin) & (z < h.neck - 2 * margin) & ~on_arm
    sleeves = on_arm & (along < worn.sleeve - 0.15)
    hidden = legs | trunk | sleeves | ((z < worn.sock_top - margin) & ~on_arm)
    if footwear == "shoe":
        hidden |= (z < 0.045 * body.scale) & ~on_arm
    covered = hidden[quads].all(1)
    return cut(quads[~covered], body.vertices, _skin_colours(body, tone), material)


def _skin_colours(body: Body, tone: np.ndarray) -> np.ndarray:
    """Colours (V, 3): redder at toes, heels, knees; paler soles; nails; lips; brows."""
    v = body.vertices
    colours = np.tile(tone, (len(v), 1))
    ids = landmark_vertices()
    for side in "LR":
        for name, reach, red in (("heel_posterior", 0.035, 0.10), ("toe_tip", 0.045, 0.10)):
            _flush(colours, v, v[ids[side][name]], reach * body.scale, red)
        for toe in range(1, 6):
            tip = body.tails[body.bone(f"toe{toe}-{2 if toe == 1 else 3}.{side}")]
            _flush(colours, v, tip, 0.02 * body.scale, 0.08)
        kneecap = body.head(f"lowerleg01.{side}") + np.array([0, -0.05, 0.01]) * body.scale
        _flush(colours, v, kneecap, 0.05 * body.scale, 0.09)
    sole = np.clip(1 - v[:, 2] / (0.014 * body.scale), 0, 1)[:, None]
    pale = 0.5 * tone + 0.5 * linear((0.86, 0.66, 0.55))
    colours = colours * (1 - 0.7 * sole) + pale * 0.7 * sole
    _nails(colours, body, tone)
    _face(colours, body)
    return colours


def _flush(colours: np.ndarray, v: np.ndarray, centre: np.ndarray, reach: float, red: float) -> None:
    """Redden around a point. Changes `colours`."""
    near = np.exp(-0.5 * (np.linalg.norm(v - centre, axis=1) / reach) ** 2)[:, None]
    colours *= 1 + near * red * np.array([0.6, -1.3, -1.1])


def _nails(colours: np.ndarray, body: Body, tone: np.ndarray) -> None:
    """Toenails: the upper side of each toe's end, paler and pinker. Changes `colours`."""
    v = body.vertices
    normals = part_normals(body, SKIN)
    for side in "LR":
        for toe in range(1, 6):
            bone = body.bone(f"toe{toe}-{2 if toe == 1 else 3}.{side}")
            size = (0.011 if toe == 1 else 0.0065) * body.scale
            back = body.heads[bone] - body.tails[bone]
            centre = body.tails[bone] + back / np.linalg.norm(back) * size * 1.1
            near = np.linalg.norm((v - centre) * [1, 1, 0.6], axis=1) < size * 1.2
            on = near & (normals[:, 2] > 0.55) & (v[:, 2] > body.tails[bone, 2])
            colours[on] = 0.68 * tone + 0.32 * linear((0.93, 0.76, 0.70))


def _face(colours: np.ndarray, body: Body) -> None:
    """Lips and brows from the eyes' and jaw's place. Changes `colours`."""
    v = body.vertices
    eyes = [v[np.unique(body.quads[body.parts == p])].mean(0) for p in (LEFT_EYE, RIGHT_EYE)]
    apart = float(np.linalg.norm(eyes[0] - eyes[1]))
    middle = (eyes[0] + eyes[1]) / 2
    d = (v - middle) / apart
    front = d[:, 1] < -0.05
    lips = front & (np.abs(d[:, 2] + 1.12) < 0.10) & (np.abs(d[:, 0]) < 0.40)
    colours[lips] = colours[lips] * [0.85, 0.5, 0.5]
    arch = 0.36 - 0.25 * (np.abs(d[:, 0]) - 0.45) ** 2
    brows = front & (np.abs(d[:, 2] - arch) < 0.06) & (np.abs(np.abs(d[:, 0]) - 0.48) < 0.30)
    colours[brows] = colours[brows] * 0.3


def eyes(body: Body, iris: np.ndarray, material: int) -> RestPart:
    """Eyeballs: white, iris and pupil by how far forward a vertex looks."""
    v = body.vertices
    colours = np.tile(linear((0.82, 0.80, 0.78)), (len(v), 1))
    quads = body.quads[(body.parts == LEFT_EYE) | (body.parts == RIGHT_EYE)]
    for part in (LEFT_EYE, RIGHT_EYE):
        ids = np.unique(body.quads[body.parts == part])
        p = v[ids]
        middle = (p.min(0) + p.max(0)) / 2
        radius = np.ptp(p[:, 2]) / 2
        ahead = (middle[1] - p[:, 1]) / radius
        colours[ids[ahead > 0.86]] = iris
        colours[ids[ahead > 0.97]] = 0.01
    return cut(quads, v, colours, material)


def hair(body: Body, long_hair: bool, colour: np.ndarray, material: int) -> list[RestPart]:
    """Short hair: the scalp, raised and ruffled; long hair: the model's strands besides."""
    v = body.vertices
    quads = body.quads[body.parts == SKIN]
    eye = v[np.unique(body.quads[body.parts == LEFT_EYE])].mean(0)
    top = v[np.unique(quads)][:, 2].max()
    s = (top - eye[2]) / 0.115  # the prototype's hair line was drawn for this eye-to-top distance
    y, z = (v[:, 1] - eye[1]) / s, (v[:, 2] - eye[2]) / s
    line = np.interp(y, [-0.03, 0.02, 0.055, 0.072, 0.10, 0.2], [0.062, 0.058, 0.035, -0.01, -0.05, -0.07])
    ear = np.hypot((y - 0.085) / 0.026, (z - 0.005) / 0.036) - 1  # outside the ear: positive
    over = np.where(np.abs(v[:, 0]) > 0.05 * s, np.minimum(z - line, 0.02 * ear), z - line)
    keep = (over > -0.018)[quads].all(1) & (v[quads][:, :, 2] > body.head("neck03")[2]).all(1)
    thick = 0.012 * np.clip(over / 0.02, -0.5, 1)  # the edge dips under the skin: a soft line, no steps
    ruffle = 1 + 0.3 * np.sin(v[:, 0] * 190) * np.sin(v[:, 1] * 170 + v[:, 2] * 120)
    raised = v + part_normals(body, SKIN) * (thick * s * ruffle)[:, None]
    colours = np.tile(colour, (len(v), 1))
    pieces = [(quads[keep], raised)] + ([(body.quads[body.parts == HAIR], v)] if long_hair else [])
    return [cut(piece, at_rest, colours, material) for piece, at_rest in pieces]
