"""``rom calibrate``: what each command prints, keeps and refuses."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from rom.camera.profiles import load_profile
from rom.camera.targets import target_file
from rom.samples import sample_folder
from tests.rendered import PlantedCamera, board_pictures, developed, met, sheet_light, turn

SEATED = sample_folder() / "seated_right.landmarks.npz"


@pytest.fixture(autouse=True)
def own_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROM_CONFIG_DIR", str(tmp_path / "config"))


def rom(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rom", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


def test_a_camera_from_board_to_measurement(tmp_path: Path) -> None:
    """Lens, level and scale, one after the other into one profile, which is then used, shown and forgotten."""
    camera = PlantedCamera()
    photos = tmp_path / "photos"
    photos.mkdir()
    for k, picture in enumerate(board_pictures(camera, 16)):
        Pillow.fromarray(picture).save(photos / f"{k:02}.png")
    done = rom("calibrate", "lens", photos, "--name", "phone")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The lens of 'phone' is known to 0.")
    assert done.stdout.count("\n") == 1, "one sentence"

    paper = sheet_light(met(camera.rays(), turn(4, -3, 5), np.array([20.0, 10.0, 800.0])), (210.0, 297.0))
    Pillow.fromarray(developed(paper, 1)).save(tmp_path / "sheet.png")
    done = rom("calibrate", "scale", tmp_path / "sheet.png", "--paper", "a4", "--name", "phone")
    assert done.returncode == 0, done.stderr
    assert "A pixel of 'phone' is 1.1" in done.stdout  # 800 mm over 700 pixels

    done = rom("calibrate", "level", tmp_path / "sheet.png", "--line", "0.5,0.9,0.55,0.1", "--name", "phone")
    assert done.returncode == 0, done.stderr
    assert "clockwise" in done.stdout
    profile = load_profile("phone")
    assert profile.lens
    assert profile.level
    assert profile.scale
    assert abs(profile.lens.matrix[0][0] - camera.focal_px) < 10

    assert "phone" in rom("calibrate", "list").stdout
    shown = rom("calibrate", "show", "phone").stdout
    assert "held_out_px" in shown
    assert "from a sheet of A4" in shown
    done = rom("measure", SEATED, "--side", "right", "--camera", "phone")
    assert done.returncode == 0, done.stderr
    assert "Camera profile 'phone' was used" in done.stdout
    assert rom("calibrate", "forget", "phone").returncode == 0
    assert "No camera is known yet" in rom("calibrate", "list").stdout


def test_the_board_to_print_and_to_show(tmp_path: Path) -> None:
    done = rom(
        "calibrate", "board", "--pdf", tmp_path / "b.pdf", "--paper", "letter", "--screen", tmp_path / "b.png"
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.pdf").read_bytes() == target_file("letter").read_bytes()
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")


def test_a_damaged_profile_is_listed_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "cameras"
    folder.mkdir(parents=True)
    (folder / "old.json").write_text("{", encoding="utf-8")
    done = rom("calibrate", "list")
    assert done.returncode == 0
    assert "cannot be read" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["lens", "no-such.mp4"], 4, "no-such.mp4"),
        (["lens", SEATED.with_suffix("").with_suffix(".mp4"), "--seconds", "0.5"], 3, "never seen"),
        (["lens", "0", "--name", "a/b"], 2, "letters, digits"),
        (["level", "x.png"], 2, "either --line"),
        (["level", "x.png", "--auto", "--line", "0,0,1,1"], 2, "either --line"),
        (["scale", "x.png"], 2, "one of --paper"),
        (["scale", "x.png", "--marker-mm", "50", "--square-mm", "24"], 2, "one of --paper"),
        (["scale", "x.png", "--corners", "0,0,1,0,1,1,0,1", "--square-mm", "24"], 2, "one of --paper"),
        (["board"], 2, "--pdf FILE"),
        (["board", "--pdf", "b.pdf", "--paper", "a3"], 2, "a4 or letter"),
        (["show", "tablet"], 2, "tablet"),
        (["forget", "tablet"], 2, "tablet"),
    ],
)
def test_refused_in_one_sentence(words: list[str | Path], code: int, sentence: str) -> None:
    done = rom("calibrate", *words)
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_line_must_be_four_shares_of_the_picture(tmp_path: Path) -> None:
    Pillow.fromarray(np.zeros((90, 160, 3), np.uint8)).save(tmp_path / "p.png")
    done = rom("calibrate", "level", tmp_path / "p.png", "--line", "100,20,100,400")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "numbers from 0 to 1" in done.stderr


def test_every_command_and_option_has_help() -> None:
    import typer.main

    from rom.calibrate_cli import app

    group = typer.main.get_group(app)
    assert set(group.commands) == {"lens", "level", "scale", "board", "list", "show", "forget"}
    for name, command in group.commands.items():
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"
