"""The table of prompts: complete, without leftovers, and plain."""

import ast
import re
from pathlib import Path

import pytest

import rom.live
from rom.exam.protocols import protocols
from rom.exam.rows import rows
from rom.live.prompts import prompt, sentence
from rom.records import SIDES

FOLDER = Path(rom.live.__file__).parent
ROWS = rows("prompts", "rom.live")


def words_of_code() -> set[str]:
    """Every literal in the room's code."""
    found = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_row_is_said_somewhere() -> None:
    known = words_of_code()
    made = {f"show_{side}" for side in SIDES}
    assert [row["code"] for row in ROWS if row["code"] not in known | made] == []


def test_rows_are_told_apart() -> None:
    keys = [(row["kind"], row["code"], row["which"]) for row in ROWS]
    assert len(set(keys)) == len(keys)
    assert {row["which"] for row in ROWS} <= {"", *protocols(), *SIDES}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}-{row['code']}-{row['which']}")
def test_sentences_are_short_and_plain(row: dict[str, str]) -> None:
    said = row["sentence"]
    assert (said[-1] in ".?") == (row["kind"] != "title")
    assert len(said.split()) <= 26
    assert not re.search(r"dorsiflex|plantar|flexion|sagittal|calibrat|\d", said)
    if row["kind"] == "remark":
        assert said.startswith("Again, please: ")


def test_what_is_said_differently_of_an_exam_is_said_so() -> None:
    assert prompt("move_up", "lunge").sentence.startswith("Bend your knee")
    assert prompt("move_up", "seated").sentence.startswith("Pull your foot up")
    assert sentence("set_up", "nobody", "walk") != sentence("set_up", "nobody", "lunge")
    with pytest.raises(KeyError):
        prompt("nothing")
