"""A study's own landmark names and angle definitions."""

from pathlib import Path

import numpy as np
import pytest

import rom
from rom.errors import InputUnreadable, UsageError
from rom.pose.naming import read_naming
from tests.planted import exam_plan, planted
from tests.pose.landmark_files import write_csv

TABLE = """
[landmarks]
Fib = "right_fibular_head"
Mall = "right_lateral_malleolus"
Calc = "right_low_heel"
Met5 = "right_fifth_ray"

[angles.low_heel]
shank_proximal = "fibular_head"
shank_distal = "lateral_malleolus"
foot_proximal = "low_heel"
foot_distal = "fifth_ray"
source = "our protocol 3"
"""
THEIRS = {"Fib": "right_knee", "Mall": "right_ankle", "Calc": "right_heel", "Met5": "right_foot_index"}


def exported(folder: Path) -> Path:
    """A planted exam, 18 up and 47 down, as another tool with names of its own writes it."""
    landmarks = planted(exam_plan())
    rows = [
        f"{time_s},p,{theirs},{x},{y},0.9"
        for t, time_s in enumerate(landmarks.time_s)
        for theirs, ours in THEIRS.items()
        for x, y in [landmarks.points(ours)[t, 0]]
    ]
    return write_csv(folder / "exam.csv", rows)


def table(folder: Path, text: str = TABLE) -> Path:
    path = folder / "names.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_own_definition_makes_the_number_and_is_named_beside_it(tmp_path: Path) -> None:
    exam = rom.measure(exported(tmp_path), side="right", naming=table(tmp_path))
    track = exam.angles["right"]
    assert track.definition == "low_heel"
    assert track.landmarks == (
        "right_fibular_head", "right_lateral_malleolus", "right_low_heel", "right_fifth_ray",
    )  # fmt: skip
    value = {result.motion: result.value_deg for result in exam.results}
    assert value["dorsiflexion"] == pytest.approx(18.0, abs=0.2)
    assert value["plantar_flexion"] == pytest.approx(47.0, abs=0.2)


def test_without_the_table_nothing_is_known_of_such_names(tmp_path: Path) -> None:
    exam = rom.measure(exported(tmp_path), side="right")
    assert not exam.measured


def test_a_study_can_keep_the_table_and_give_it_back(tmp_path: Path) -> None:
    naming = read_naming(table(tmp_path, 'up = "y"\n' + TABLE))
    kept = naming.to_dict()
    assert kept["up"] == "y"
    assert kept["landmarks"] == dict(naming.landmarks)
    assert kept["angles"] == [
        {
            "name": "low_heel",
            "roles": ["fibular_head", "lateral_malleolus", "low_heel", "fifth_ray"],
            "source": "our protocol 3",
        }
    ]
    exam = rom.measure(exported(tmp_path), side="right", naming=naming)
    assert np.isfinite(exam.angles["right"].smooth_deg).any()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[landmarks]\nFib = 'fibular_head'\n", "side first"),
        ("[landmarks]\nFib = 3\n", "side first"),
        ("[markers]\nFib = 'right_heel'\n", "markers"),
        ("up = 'left'\n[landmarks]\nFib = 'right_heel'\n", "x, y or z"),
        ("landmarks = 3\n", "single value"),
        ("", "neither"),
        ("[angles.mine]\nshank_proximal = 'knee'\n", "shank_distal"),
        (TABLE.replace('"low_heel"', '"right_low_heel"'), "without its side"),
        ("[landmarks\n", "TOML"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(InputUnreadable, match=word):
        read_naming(table(tmp_path, text))


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="cannot be read"):
        read_naming(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["seated_right.landmarks.npz", "seated_right.mp4"])
def test_own_names_are_not_for_what_rom_finds_itself(tmp_path: Path, name: str) -> None:
    sample = Path(__file__).parents[2] / "samples" / name
    with pytest.raises(UsageError, match="files of other tools"):
        rom.measure(sample, naming=table(tmp_path))
