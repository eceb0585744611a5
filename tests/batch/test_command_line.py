"""``rom batch``: what it prints where, what it leaves behind, and its exit codes."""

import subprocess
import sys
from pathlib import Path

from rom.samples import sample_folder

SEATED = sample_folder() / "seated_right.landmarks.npz"


def batch(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run it as a user would."""
    command = [sys.executable, "-m", "rom", "batch", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_study_says_what_it_will_do_and_what_came_of_it(tmp_path: Path) -> None:
    out = tmp_path / "study"
    done = batch(SEATED, tmp_path / "gone.mp4", "--out", out, "--csv", "--set", "cutoff_hz=5")
    assert done.returncode == 0, done.stderr
    assert "to be looked at" in done.stderr
    assert "rows in the tables: 1" in done.stdout
    assert "unreadable: 1" in done.stdout
    made = {path.name for path in out.iterdir()}
    tables = {f"{name}.{ending}" for name in ("recordings", "angles") for ending in ("parquet", "csv")}
    assert tables | {"failures.csv", "study.json", "summary.html", "schema.json", "data_dictionary.md"} <= made
    assert not [*out.rglob("*.part")]


def test_nothing_measured_has_its_own_exit_code(tmp_path: Path) -> None:
    done = batch(tmp_path / "gone.mp4", "--out", tmp_path / "study")
    assert done.returncode == 3
    assert "failures.csv" in done.stderr


def test_a_dry_run_only_tells(tmp_path: Path) -> None:
    done = batch(SEATED, "--out", tmp_path / "study", "--dry-run")
    assert done.returncode == 0
    assert "less than a minute" in done.stderr
    assert not (tmp_path / "study").exists()


def test_what_was_used_wrongly_is_one_sentence(tmp_path: Path) -> None:
    done = batch(SEATED, "--out", tmp_path / "study", "--protocol", "jump")
    assert done.returncode == 2
    assert "jump" in done.stderr
    assert "Traceback" not in done.stderr
