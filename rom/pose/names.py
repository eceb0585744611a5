"""Landmark names: other tools' spellings to ours, which put the side first (``left_small_toe``)."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Literal

Tool = Literal["mediapipe", "openpose", "trc", "c3d"]


@cache
def table(tool: Tool) -> dict[str, str]:
    """Return a tool's name to our name, in the tool's own order."""
    with (Path(__file__).parent / "landmark_names.csv").open(encoding="utf-8", newline="") as text:
        return {row["their_name"]: row["name"] for row in csv.DictReader(text) if row["tool"] == tool}


def names_of(tool: Tool) -> tuple[str, ...]:
    """Our names of a tool's landmarks, in the tool's own order."""
    return tuple(table(tool).values())


def canonical(name: str) -> str:
    """Return our spelling of a name from any tool; one that no table holds is only put in snake case.

    >>> canonical("RBigToe"), canonical("LEFT_FOOT_INDEX"), canonical("mouth_left"), canonical("V_Sacrum")
    ('right_big_toe', 'left_foot_index', 'left_mouth', 'v_sacrum')
    """
    for tool in ("trc", "openpose", "mediapipe"):
        if name in table(tool):
            return table(tool)[name]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\s\-]+", "_", name.strip()).lower()
    if snake in table("mediapipe"):
        return table("mediapipe")[snake]
    if found := re.fullmatch(r"(?:(l|left)|(r|right))_(.+)", snake):
        return ("left_" if found[1] else "right_") + found[3]
    if found := re.fullmatch(r"(.+)_(?:(l|left)|(r|right))", snake):
        return ("left_" if found[2] else "right_") + found[1]
    return snake
