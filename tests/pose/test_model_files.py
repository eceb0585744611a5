"""The shipped models are the ones in the table; a damaged or missing one is told in one sentence."""

import hashlib
import shutil
from pathlib import Path

import pytest

from rom.errors import InstallationError, UsageError
from rom.pose.models import MODELS_FOLDER, model_bytes, model_file, model_table


def test_every_file_has_the_sha256_of_the_table() -> None:
    table = model_table()
    assert set(table) == {"leg", "leg_finder", "heavy", "full", "lite", "face"}
    for row in table.values():
        assert hashlib.sha256((MODELS_FOLDER / row.file).read_bytes()).hexdigest() == row.sha256
        assert row.licence == "Apache-2.0"


def test_nothing_ships_that_the_table_or_the_note_does_not_name() -> None:
    named = {row.file for row in model_table().values()} | {"models.csv", "LICENSE", "ORIGIN.md", "MODEL_CARD.md"}
    assert {file.name for file in MODELS_FOLDER.iterdir()} == named


def test_info_names_the_model_and_where_it_comes_from() -> None:
    info = model_file("heavy").info
    assert info.name == "pose_landmarker_heavy"
    assert info.sha256 is not None
    assert "@mediapipe/pose 0.5.1675469404" in info.origin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("models.csv", "face_detection_short_range.tflite"):
        shutil.copy(MODELS_FOLDER / name, tmp_path / name)
    return tmp_path


def test_one_changed_byte_is_noticed(folder: Path) -> None:
    file = folder / "face_detection_short_range.tflite"
    data = bytearray(file.read_bytes())
    assert model_bytes("face", folder) == data
    data[1000] ^= 1
    file.write_bytes(data)
    with pytest.raises(InstallationError, match=r"damaged.*reinstall"):
        model_bytes("face", folder)


def test_a_missing_file_or_table_is_said(folder: Path) -> None:
    with pytest.raises(InstallationError, match=r"pose_landmarker_heavy\.task"):
        model_bytes("heavy", folder)
    (folder / "models.csv").write_text("name,file\nheavy,a\n", encoding="utf-8")
    with pytest.raises(InstallationError, match="table"):
        model_table(folder)
    (folder / "models.csv").unlink()
    with pytest.raises(InstallationError, match="table"):
        model_table(folder)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="heavy, full, lite"):
        model_file("huge")
