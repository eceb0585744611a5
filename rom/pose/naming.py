"""A study's own landmark names and angle definitions, from a small TOML table.

::

    up = "z"                                # C3D only, where the file does not say it (optional)

    [landmarks]                             # name in the file = our name, side first
    RFibHead = "right_fibular_head"
    RLatMal = "right_lateral_malleolus"
    RCalcLow = "right_plantar_heel"
    RMet5 = "right_plantar_mt5"

    [angles.low_heel]                       # own definitions; names without the side, a+b is half-way between two
    shank_proximal = "fibular_head"
    shank_distal = "lateral_malleolus"
    foot_proximal = "plantar_heel"
    foot_distal = "plantar_mt5+mt1_head"
    source = "our laboratory's protocol 3"

Names that the table does not hold stay as every file's are (`rom.pose.names`). Own angles come before the
instrument's own definitions; which one made a number stands beside it, with its four landmarks.
"""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from rom.errors import InputUnreadable
from rom.records import Definition, Naming

ROLES = ("shank_proximal", "shank_distal", "foot_proximal", "foot_distal")
TABLES = {"landmarks", "angles", "up"}
SIDED = re.compile(r"(left|right)_[a-z0-9_]+")
PART = re.compile(r"[a-z0-9_]+(\+[a-z0-9_]+)*")
UPS = ("x", "y", "z")


def read_naming(path: str | Path) -> Naming:
    """Read the table; ``InputUnreadable`` says which line of it is wrong."""
    path = Path(path)
    try:
        raw = path.read_bytes()
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputUnreadable(
            f"Expected landmark names as TOML in '{path}', but it cannot be read ({error}); see the documentation "
            "of rom.pose.naming."
        ) from error
    wrong = next(_wrong(table), None)
    if wrong is not None:
        raise InputUnreadable(f"{wrong} in '{path}'; see the documentation of rom.pose.naming.")
    angles = tuple(
        Definition(name, tuple(cells[role] for role in ROLES), cells.get("source", path.name))
        for name, cells in table.get("angles", {}).items()
    )
    return Naming(table.get("landmarks", {}), angles, table.get("up"), hashlib.sha256(raw).hexdigest())


def _wrong(table: dict[str, Any]) -> Any:
    """Sentences on what is wrong with the table, the first ones first."""
    if unknown := set(table) - TABLES:
        yield f"Expected [landmarks], [angles.NAME] and up, but found '{', '.join(sorted(unknown))}'"
    if table.get("up", "z") not in UPS:
        yield f"Expected up as x, y or z, but found '{table['up']}'"
    landmarks, angles = table.get("landmarks", {}), table.get("angles", {})
    if not isinstance(landmarks, dict) or not isinstance(angles, dict):
        yield "Expected tables [landmarks] and [angles.NAME], but found a single value"
        return
    if not landmarks and not angles:
        yield "Expected at least one name under [landmarks] or one [angles.NAME], but found neither"
    for theirs, ours in landmarks.items():
        if not isinstance(ours, str) or not SIDED.fullmatch(ours):
            yield f"Expected '{theirs}' to be named side first, such as right_fibular_head, but found '{ours}'"
    for name, cells in angles.items():
        for role in ROLES:
            part = cells.get(role) if isinstance(cells, dict) else None
            if not isinstance(part, str) or not PART.fullmatch(part) or SIDED.fullmatch(part):
                yield f"Expected {role} of the angle '{name}' as a landmark without its side, but found '{part}'"
