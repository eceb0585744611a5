"""A dressed person that can be posed: every piece of clothing and skin in one mesh."""

import colorsys
from dataclasses import dataclass

import numpy as np

from calibration.people.body import Body
from calibration.recordings import clothes, texture
from calibration.recordings.compiled import allocating
from calibration.recordings.footwear import RestPart, draw_shoe, make_shoe
from calibration.recordings.materials import MaterialTable
from calibration.recordings.mesh import Mesh, linear
from calibration.recordings.raster import vertex_normals
from calibration.recordings.rig import Bones
from calibration.recordings.soles import Soles

CLOTHES_STREAM = 3


@dataclass(frozen=True)
class Figure:
    """Rest shape and weights of a dressed person, float64; `mesh` poses it."""

    body: Body
    rest: np.ndarray
    weights: np.ndarray
    weight_bones: np.ndarray
    triangles: np.ndarray
    colours: np.ndarray
    materials: np.ndarray

    def mesh(self, bones: Bones, frame: int) -> Mesh:
        """The figure as posed in one frame."""
        moves = np.empty((len(self.body.bones), 3, 4))
        moves[:, :, :3] = bones.turn[frame]
        moves[:, :, 3] = bones.head[frame] - np.einsum("bij,bj->bi", bones.turn[frame], self.body.heads)
        posed = blend(self.rest, self.weights, self.weight_bones, moves)
        normals = vertex_normals(posed, self.triangles)
        return Mesh(posed, normals, self.rest, self.colours, self.triangles, self.materials)


@allocating
def blend(rest: np.ndarray, weights: np.ndarray, weight_bones: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Linear blend skinning of (N, 3) rest points with bone moves (B, 3, 4)."""
    posed = np.zeros_like(rest)
    for i in range(rest.shape[0]):
        for k in range(weights.shape[1]):
            w = weights[i, k]
            if w == 0.0:
                continue
            m = moves[weight_bones[i, k]]
            for r in range(3):
                posed[i, r] += w * (m[r, 0] * rest[i, 0] + m[r, 1] * rest[i, 1] + m[r, 2] * rest[i, 2] + m[r, 3])
    return posed


def hsv(hue: float, saturation: float, value: float) -> np.ndarray:
    """Linear colour (3,) from hue (any number), saturation and value, 0 to 1."""
    return linear(np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, value)))


def cloth_colour(rng: np.random.Generator) -> np.ndarray:
    """A colour clothes have: mostly blacks, greys, blues and whites, some bright ones."""
    if rng.random() < 0.55:
        return hsv(
            rng.choice([0.6, 0.62, 0.08, 0.0]), rng.uniform(0, 0.35), rng.choice([0.12, 0.2, 0.35, 0.55, 0.85])
        )
    return hsv(rng.random(), rng.uniform(0.25, 0.8), rng.uniform(0.25, 0.8))


def skin_tone(body: Body, rng: np.random.Generator) -> np.ndarray:
    """Linear skin colour (3,): the planned Fitzpatrick type with a person's own variation."""
    own = 1 + rng.normal(0, 0.05) + rng.normal(0, 0.025, 3)
    return linear(clothes.SKIN_COLOURS[int(body.meta["skin_tone"])]) * own


def dress(body: Body, lower: str, footwear: str, soles: Soles, materials: MaterialTable, seed: int) -> Figure:
    """Dress a body.

    Parameters
    ----------
    body : who
    lower, footwear : kinds of clothes
    soles : of the shoes, as used for the truth
    materials : table that gets the figure's rows
    seed : of colours and cuts
    """
    rng = np.random.default_rng([seed, CLOTHES_STREAM])
    worn = clothes.draw_wardrobe(body, lower, footwear, rng)
    tone = skin_tone(body, np.random.default_rng([int(body.meta["seed"]), CLOTHES_STREAM]))
    parts = [
        clothes.skin(body, worn, footwear, tone, _skin_material(body, materials, tone, rng)),
        clothes.eyes(
            body,
            hsv(rng.choice([0.07, 0.07, 0.58, 0.3]), 0.5, 0.25),
            materials.add(texture.PLAIN, np.ones(3), contrast=0, gloss=0.6),
        ),
        clothes.shirt(body, worn, cloth_colour(rng), _cloth(materials, rng, "shirt")),
        clothes.lower_garment(body, worn, cloth_colour(rng), _cloth(materials, rng, lower)),
    ]
    parts += _hair(body, materials, rng)
    if worn.sock_top > 0:
        white = rng.random() < 0.45
        colour = hsv(0.1, 0.03, 0.88) if white else cloth_colour(rng)
        parts.append(clothes.socks(body, worn, colour, materials.add(texture.KNIT, colour * 0.7)))
    if footwear == "shoe":
        parts += _shoes(body, soles, materials, rng)
    return _assembled(body, parts)


def _skin_material(body: Body, materials: MaterialTable, tone: np.ndarray, rng: np.random.Generator) -> int:
    grown_man = body.meta["sex"] == "m" and float(body.meta["age_years"]) > 15
    hairs = float(rng.uniform(0.1, 1.0)) if grown_man else float(rng.choice([0, 0, 0.2]))
    age = float(body.meta["age_years"])
    return materials.add(
        texture.SKIN,
        tone,
        hairs=hairs,
        freckles=float(rng.uniform(0, 0.15 + age / 200)),
        veins=float(rng.uniform(0.2, 0.5 + age / 90)) * (1.0 if int(body.meta["skin_tone"]) < 5 else 0.5),
        gloss=float(rng.uniform(0.05, 0.16)),
    )


def _cloth(materials: MaterialTable, rng: np.random.Generator, kind: str) -> int:
    """Weave or knit with folds; a tenth is striped."""
    second = cloth_colour(rng)
    relief = {"shirt": 0.5, "shorts": 0.45, "leggings": 0.12, "trousers": 0.6}[kind]
    scale = float(rng.uniform(14, 26))
    if rng.random() < 0.1:
        return materials.add(
            texture.STRIPES, second, relief=relief, relief_scale=scale, rate=float(rng.uniform(60, 260))
        )
    return materials.add(
        texture.WEAVE, second * 0.8, relief=relief, relief_scale=scale, contrast=float(rng.uniform(0.1, 0.45))
    )


def _hair(body: Body, materials: MaterialTable, rng: np.random.Generator) -> list[RestPart]:
    age = float(body.meta["age_years"])
    grey = rng.random() < np.clip((age - 40) / 35, 0, 0.95)
    dark = int(body.meta["skin_tone"]) >= 4 or rng.random() < 0.4
    colour = (
        hsv(0.1, 0.05, rng.uniform(0.5, 0.85))
        if grey
        else hsv(0.07, 0.5, rng.uniform(0.06, 0.16) if dark else rng.uniform(0.2, 0.6))
    )
    long_hair = body.meta["sex"] == "f" and age < 70 and rng.random() < 0.5
    return clothes.hair(body, bool(long_hair), colour, materials.add(texture.HAIR, colour * 0.35))


def _shoes(body: Body, soles: Soles, materials: MaterialTable, rng: np.random.Generator) -> list[RestPart]:
    shoe = draw_shoe(rng)
    upper = cloth_colour(rng)
    palette = {
        "upper": upper,
        "trim": cloth_colour(rng) if rng.random() < 0.6 else upper * 0.6,
        "wall": hsv(0.1, 0.03, rng.choice([0.93, 0.88, 0.9, 0.25])),
        "outsole": hsv(0.08, rng.uniform(0, 0.5), rng.choice([0.1, 0.15, 0.5, 0.85])),
        "lace": hsv(0.1, 0.03, rng.choice([0.92, 0.9, 0.1])),
    }
    leather = rng.random() < 0.4
    rows = {
        "upper": materials.add(texture.PLAIN, upper * 0.7, gloss=0.25, relief=0.2, relief_scale=40, contrast=0.15)
        if leather
        else materials.add(texture.KNIT, upper * 0.6, contrast=0.2, relief_scale=240),
        "sole": materials.add(texture.PLAIN, palette["wall"] * 0.7, gloss=0.06, contrast=0.15),
        "lace": materials.add(texture.KNIT, palette["lace"] * 0.6),
    }
    return [p for side in "LR" for p in make_shoe(body, side, shoe, soles, palette, rows)]


def _assembled(body: Body, parts: list[RestPart]) -> Figure:
    parts = [p for p in parts if len(p.triangles)]
    sources = np.concatenate([p.sources for p in parts])
    offsets = np.cumsum([0] + [len(p.vertices) for p in parts[:-1]])
    return Figure(
        body,
        np.concatenate([p.vertices for p in parts]),
        body.weights[sources],
        body.weight_bones[sources],
        np.concatenate([p.triangles + o for p, o in zip(parts, offsets, strict=True)]).astype(np.int32),
        np.concatenate([p.colours for p in parts]),
        np.concatenate([np.full(len(p.triangles), p.material, np.int32) for p in parts]),
    )
