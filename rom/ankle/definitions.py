"""Which four landmarks make the angle: a table, one row a definition, the best first."""

import csv
from functools import cache
from importlib.resources import files

import numpy as np

from rom.errors import NotMeasurable
from rom.records import Definition, Floats, Landmarks, Side


@cache
def definitions() -> tuple[Definition, ...]:
    """All rows of the table, in order of preference."""
    with files("rom.ankle").joinpath("definitions.csv").open(encoding="utf-8") as lines:
        return tuple(
            Definition(
                row["definition"],
                (row["shank_proximal"], row["shank_distal"], row["foot_proximal"], row["foot_distal"]),
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


def choose(names: tuple[str, ...], side: Side, own: tuple[Definition, ...] = ()) -> Definition:
    """The first definition whose landmarks are all among `names`; a study's `own` come before the table's.

    Raises
    ------
    NotMeasurable
        Where none is: the landmarks hold no foot.
    """
    known = set(names)
    for definition in (*own, *definitions()):
        if known.issuperset("+".join(definition.landmarks(side)).split("+")):
            return definition
    raise NotMeasurable(
        f"Expected knee, ankle, heel and toe of the {side} leg among the landmarks, but found "
        f"{', '.join(n for n in names if n.startswith(side)) or 'none of that leg'}; "
        "use a pose model that gives foot points."
    )


def ankle_points(landmarks: Landmarks, roles: tuple[str, str, str, str]) -> Floats:
    """(T, 4, 2): shank proximal, shank distal, heel, toe, as `rom.geometry` takes them."""
    return np.stack([landmarks.points(*role.split("+")).mean(axis=1) for role in roles], axis=1)


def ankle_confidence(landmarks: Landmarks, roles: tuple[str, str, str, str]) -> Floats:
    """(T, 4): the least confidence of the landmarks behind each role."""
    columns = [landmarks.confidence[:, landmarks.indices(tuple(role.split("+")))].min(axis=1) for role in roles]
    return np.stack(columns, axis=1)


def ankle_covariance(landmarks: Landmarks, roles: tuple[str, str, str, str]) -> Floats:
    """(T, 4, 2, 2): covariance of each role's point in px^2, NaN where the backend gives none."""
    columns = []
    for role in roles:
        parts = landmarks.indices(tuple(role.split("+")))
        columns.append(landmarks.covariance_px2[:, parts].sum(axis=1) / len(parts) ** 2)  # of a mean of parts
    return np.stack(columns, axis=1)
