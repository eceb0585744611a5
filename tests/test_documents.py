"""Documents are tested: commands in the README exist and run, generated tables are what they would be now."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import rom
from rom.report.schema import examination_schema

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "rom" / "web" / "ADMINISTRATION.md").read_text(encoding="utf-8")
COMMANDS = [line.strip() for line in f"{README}\n{GUIDE}".splitlines() if line.startswith("    rom ")]


def test_generated_tables_are_up_to_date() -> None:
    from calibration.report import documents, filled

    for path, blocks in documents().items():
        text = path.read_text(encoding="utf-8")
        assert filled(text, blocks) == text, f"{path.name} is stale: run python -m calibration report"


def test_the_readme_shows_commands() -> None:
    assert "    pip install .\n    rom demo\n" in README, "two commands do all the set-up"
    assert len(COMMANDS) > 5


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_commands_parse(command: str) -> None:
    """Every option in the README is one that the command has."""
    import typer.main

    from rom.cli import app

    _, name, *words = shlex.split(command)
    found = typer.main.get_group(app).commands[name]
    if isinstance(found, typer.core.TyperGroup):  # rom calibrate lens
        found, words = found.commands[words[0]], words[1:]
    options = {one for p in found.params for one in [*getattr(p, "opts", ()), *getattr(p, "secondary_opts", ())]}
    assert [w for w in words if w.startswith("--") and w not in options] == []


@pytest.mark.parametrize("command", [c for c in COMMANDS if "samples/" in c or c in ("rom info", "rom settings")])
def test_readme_commands_that_need_nothing_else_run(command: str) -> None:
    words = shlex.split(command)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "rom", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_readme_python_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    code = README.split("```python\n")[1].split("```")[0]
    code = code.replace("seated_right.mp4", "seated_right.landmarks.npz")  # the same clip, no model
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert isinstance(names["exam"], rom.Examination)


def test_exit_codes_in_the_readme_are_those_of_the_errors() -> None:
    words: dict[type[rom.RomError], str] = {
        rom.UsageError: "used wrongly",
        rom.NotMeasurable: "nothing could be measured",
        rom.InputUnreadable: "cannot be read",
        rom.InstallationError: "missing or damaged",
    }
    for error, said in words.items():
        assert any(line.startswith(f"| {error.exit_code} |") and said in line for line in README.splitlines()), said


def test_changelog_and_citation_speak_of_this_version() -> None:
    assert f"## [{rom.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version: {rom.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_published_schema_is_the_one_of_the_records() -> None:
    published = json.loads((ROOT / "rom/data/examination.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(examination_schema()))


def test_schema_accepts_a_real_examination_and_refuses_a_wrong_one() -> None:
    import jsonschema

    exam = rom.measure(ROOT / "samples" / "seated_right.landmarks.npz").to_dict()
    jsonschema.validate(exam, examination_schema())
    exam["results"] = "none"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(exam, examination_schema())


def test_the_administrators_page_says_what_the_app_does() -> None:
    """Its web servers pass on what the app looks at; what it promises are the app's own numbers."""
    from rom.store.erase import DRAFT_DAYS, INCOMING_DAYS
    from rom.store.sign_ins import ABSOLUTE, FREE_BY_NAME, IDLE, LONGEST_WAIT

    for line in ("Host $http_host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "Upgrade"):
        assert f"proxy_set_header {line}" in GUIDE
    assert f"after {IDLE.seconds // 60} minutes in which nothing was done" in GUIDE
    assert f"after {ABSOLUTE.seconds // 3600} hours" in GUIDE
    assert (FREE_BY_NAME, LONGEST_WAIT.seconds) == (5, 15 * 60)
    assert "After five wrong\n  passwords" in GUIDE
    assert f"goes after {INCOMING_DAYS} days" in GUIDE
    assert f"after {DRAFT_DAYS}." in GUIDE
    for linked in ("ADMINISTRATION.md", "ACCESS.md"):
        assert f"({linked})" in GUIDE or f"(rom/web/{linked})" in README
        assert (ROOT / "rom" / "web" / linked).exists()
    for line in (line.strip() for line in GUIDE.splitlines() if line.startswith("    dask ")):
        _, role, *words = shlex.split(line)
        told = subprocess.run(
            [sys.executable, "-m", "distributed.cli.dask_" + role, "--help"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert [word for word in words if word.startswith("--") and word not in told.stdout] == []
