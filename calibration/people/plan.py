"""The committed list of bodies: one row a body, seeded, in three sets that never mix.

`people.csv` is drawn once by `draw_people` from fixed seeds and committed; a test draws it again and
compares, so nobody edits a row by hand.
"""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

PLANS = Path(__file__).resolve().parent.parent / "plans"
PEOPLE_CSV = PLANS / "people.csv"
SETS = ("development", "validation", "report", "samples")
SET_SIZES = {"development": 48, "validation": 18, "report": 66, "samples": 5}
SET_SEEDS = {"development": 1101, "validation": 2202, "report": 3303, "samples": 4404}

# Median stature, m, by age: CDC 2000 growth charts (50th percentile) to 20 years; adults and old age from
# NHANES 2015-2018 anthropometry (Fryar 2021), rounded to the centimetre.
STATURE_AGE_YEARS = (5.0, 8.0, 11.0, 14.0, 17.0, 20.0, 50.0, 85.0)
STATURE_M = {
    "f": (1.08, 1.27, 1.44, 1.60, 1.63, 1.63, 1.62, 1.56),
    "m": (1.09, 1.28, 1.43, 1.64, 1.75, 1.77, 1.76, 1.70),
}
STATURE_SPREAD = 0.04  # relative SD: about 7 cm in adults (NHANES)
SKIN_TONES = (1, 2, 3, 4, 5, 6)  # Fitzpatrick types I..VI
# Mean ancestry (african, asian, european) by skin tone: sets the face's and foot's shape, not a claim.
ANCESTRY_BY_TONE = {
    1: (0.05, 0.10, 0.85),
    2: (0.05, 0.25, 0.70),
    3: (0.15, 0.50, 0.35),
    4: (0.30, 0.50, 0.20),
    5: (0.65, 0.25, 0.10),
    6: (0.90, 0.05, 0.05),
}


@dataclass(frozen=True)
class Person:
    """One planned body.

    Attributes
    ----------
    body : name, the file's stem
    set : development, validation, report or samples
    seed : of this body's textures
    age_years, sex ('f', 'm'), stature_m : the body is scaled to this stature
    weight, muscle, proportions : 0 to 1, 0.5 the mean (anny's phenotype scale)
    african, asian, european : shape weights, sum 1
    skin_tone : Fitzpatrick type, 1 to 6
    """

    body: str
    set: str
    seed: int
    age_years: float
    sex: str
    stature_m: float
    weight: float
    muscle: float
    proportions: float
    african: float
    asian: float
    european: float
    skin_tone: int


def draw_people(set_name: str) -> list[Person]:
    """Draw the bodies of one set from its seed: ages spread over 5 to 85, sexes and skin tones in turn."""
    rng = np.random.default_rng(SET_SEEDS[set_name])
    count = SET_SIZES[set_name]
    ages = _spread_ages(rng, count)
    tones = rng.permutation(np.resize(SKIN_TONES, count))
    return [
        _draw_person(rng, f"{set_name[0]}{i:02d}", set_name, float(ages[i]), "fm"[i % 2], int(tones[i]))
        for i in range(count)
    ]


def _spread_ages(rng: np.random.Generator, count: int) -> np.ndarray:
    """Ages 5 to 85 years in random order, one from each of `count` equal strata; a third under 20."""
    u = (np.arange(count) + rng.uniform(0, 1, count)) / count
    young, old = 5.0, 85.0
    ages = np.where(u < 1 / 3, young + 45.0 * u, 20.0 + (old - 20.0) * (u - 1 / 3) * 1.5)
    return np.asarray(rng.permutation(np.round(ages, 1)))


def _draw_person(
    rng: np.random.Generator, body: str, set_name: str, age_years: float, sex: str, skin_tone: int
) -> Person:
    """Draw one body's build; the seed of its textures comes from the same stream."""
    median_m = float(np.interp(age_years, STATURE_AGE_YEARS, STATURE_M[sex]))
    stature_m = median_m * (1 + STATURE_SPREAD * float(np.clip(rng.normal(), -2, 2)))
    ancestry = rng.dirichlet(6.0 * np.array(ANCESTRY_BY_TONE[skin_tone]))
    build = rng.uniform((0.05, 0.15, 0.2), (0.95, 0.85, 0.8))
    return Person(
        body=body,
        set=set_name,
        seed=int(rng.integers(1, 2**31)),
        age_years=age_years,
        sex=sex,
        stature_m=round(stature_m, 3),
        weight=round(float(build[0]), 3),
        muscle=round(float(build[1]), 3),
        proportions=round(float(build[2]), 3),
        african=round(float(ancestry[0]), 3),
        asian=round(float(ancestry[1]), 3),
        european=round(float(ancestry[2]), 3),
        skin_tone=skin_tone,
    )


def write_people(path: Path = PEOPLE_CSV) -> None:
    """Draw every set and write the list."""
    people = [p for name in SETS for p in draw_people(name)]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Person)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(p) for p in people)


def read_people(path: Path = PEOPLE_CSV) -> dict[str, Person]:
    """Read the committed list; keys are the bodies' names."""
    kinds = {"int": int, "float": float, "str": str}
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    people = [
        Person(**{f.name: kinds[getattr(f.type, "__name__", str(f.type))](row[f.name]) for f in fields(Person)})
        for row in rows
    ]
    return {p.body: p for p in people}


def _type_name(kind: object) -> str:
    """Name of a field's type, which is a string where annotations are postponed."""
    return kind if isinstance(kind, str) else str(getattr(kind, "__name__", kind))
