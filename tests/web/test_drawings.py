"""Drawings show what the tables hold."""

import math
import re
from xml.etree import ElementTree as ET

import pytest

from rom.exam.protocols import protocols
from rom.exam.symptoms import asked
from rom.records import SIDES, Side
from rom.report.language import Words
from rom.web.drawings.ankle import ankle_map
from rom.web.drawings.exams import ABOVE, FIGURES, FLOOR, WIDTH, exam_drawing
from rom.web.drawings.room import room_drawing
from rom.web.pages.exam import GOOD_FOR

#: Middle and radius.
Circle = tuple[float, float, float]
PLACES = {code: place.question for code, place in asked("place").items()}


def test_every_exam_that_can_be_chosen_has_its_figure_and_its_words() -> None:
    assert [*FIGURES] == [*GOOD_FOR] == [name for name in protocols() if name != "free"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_moves_and_is_for_the_eye_only(name: str) -> None:
    root = ET.fromstring(exam_drawing(name))
    turns = re.findall(r"--from:(-?[\d.]+)deg;--to:(-?[\d.]+)deg", exam_drawing(name))
    assert any(first != second for first, second in turns)
    assert root.get("aria-hidden") == "true"


def ends(
    part: ET.Element, pose: int, at: tuple[float, float] = (0.0, 0.0), turned_deg: float = 0.0
) -> list[Circle]:
    """Where bones end and heads are in a pose, with half their width; as a browser would turn and shift them."""
    found: list[Circle] = []
    if turn := re.findall(r"(-?[\d.]+)deg", part.get("style", "")):
        turned_deg += float(turn[pose])
    if move := re.findall(r"-?[\d.]+", part.get("transform", "")):
        at = moved(at, float(move[0]), float(move[1]), turned_deg)
    kind = part.get("class", "")
    if part.tag == "circle":
        found.append((*moved(at, float(part.get("cx", "0")), 0.0, turned_deg), float(part.get("r", "0"))))
    elif part.tag == "line" and "rom-limb" in kind and not part.get("x1"):
        found.append((*moved(at, float(part.get("x2", "0")), 0.0, turned_deg), 7.0))
    return found + [end for child in part for end in ends(child, pose, at, turned_deg)]


def moved(at: tuple[float, float], x: float, y: float, turned_deg: float) -> tuple[float, float]:
    turn = math.radians(turned_deg)
    return at[0] + x * math.cos(turn) - y * math.sin(turn), at[1] + x * math.sin(turn) + y * math.cos(turn)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("pose", [0, 1])
def test_a_figure_is_in_its_picture_and_does_not_go_through_the_floor(name: str, pose: int) -> None:
    """The line of the floor is 3 px thick, and a foot's round end may cover it."""
    circles = ends(ET.fromstring(exam_drawing(name)), pose)
    assert len(circles) >= 5
    assert all(radius <= x <= WIDTH - radius for x, _, radius in circles)
    assert min(y - radius for _, y, radius in circles) >= -ABOVE
    assert max(y + radius for _, y, radius in circles) <= FLOOR + 5


def test_every_place_of_the_table_can_be_tapped_once_and_says_its_name() -> None:
    root = ET.fromstring(ankle_map(PLACES, ["heel"], Words()))
    spots = [one for one in root.iter() if one.get("data-place")]
    assert {one.get("data-place"): one.get("aria-label") for one in spots} == PLACES
    assert len(spots) == len(PLACES)
    assert [one.get("data-place") for one in spots if one.get("aria-checked") == "true"] == ["heel"]
    assert all(one.get("tabindex") == "0" and one.get("role") == "checkbox" for one in spots)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("seated", [True, False])
def test_the_laptop_stands_on_the_outer_side(side: Side, seated: bool) -> None:
    """For somebody who looks up the page, outwards is to the right of the right ankle, left of the left one."""
    root = ET.fromstring(room_drawing(side, seated, "2 to 3 metres", Words()))
    at = {"".join(one.itertext()): float(one.get("x", "nan")) for one in root.iter("text")}
    assert (at["Laptop"] > at["You"]) == (side == "right")
    assert side in root.get("aria-label", "")
