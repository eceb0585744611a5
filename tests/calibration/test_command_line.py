"""The commands that the calibration page shows exist."""

import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer.main

from calibration.__main__ import STUDIES, app

PAGE = (Path(__file__).parents[2] / "calibration" / "README.md").read_text(encoding="utf-8")
SHOWN = [line.strip().split("  #")[0] for line in PAGE.splitlines() if line.startswith("    python -m calibration")]


def test_the_page_shows_commands() -> None:
    assert len(SHOWN) > 5


@pytest.mark.parametrize("command", SHOWN)
def test_shown_commands_exist(command: str) -> None:
    _, _, module, *words = shlex.split(command)
    assert find_spec(module)
    if module == "calibration":
        group = typer.main.get_group(app)
        assert words[0] in group.commands
        assert words[0] != "study" or words[1] in (*STUDIES, "all")


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_can_be_asked_for_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        import_module(STUDIES[name]).main(["--help"])
    assert end.value.code == 0
    assert "usage" in capsys.readouterr().out
