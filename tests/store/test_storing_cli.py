"""``rom store``: what it prints, its exit codes, and what it refuses."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rom.store import open_store
from rom.store.media import path_of
from rom.store.tables import ExamMediumRow
from tests.store.filled import files_of, fill, measured, rows_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("correct horse battery\n", encoding="utf-8")
    return file


def rom(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``rom store`` as a user would, on the store of that folder."""
    own = {name: value for name, value in os.environ.items() if name != "ROM_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "rom", "store", *map(str, words)],
        cwd=ROOT,
        env=own | {"ROM_DATA_FOLDER": str(folder), "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_way_of_a_store(folder: Path, secret: Path, tmp_path: Path) -> None:
    """People, backup, restore, export, erase, one after the other."""
    with open_store(folder=folder) as store:
        known = fill(store)
        rows, files = rows_of(store), files_of(store)
    listed = rom(folder, "people")
    assert known.person in listed.stdout
    assert "Ada" in listed.stdout
    done = rom(folder, "backup", tmp_path / "b", "--passphrase-file", secret)
    assert (done.returncode, done.stderr) == (0, "")
    assert "16 rows and 5 files are in" in done.stdout
    done = rom(folder, "restore", tmp_path / "b", "--into", tmp_path / "new", "--passphrase-file", secret)
    assert done.returncode == 0, done.stderr
    with open_store(f"sqlite:///{tmp_path / 'new' / 'rom.sqlite'}", tmp_path / "new") as store:
        assert (rows_of(store), files_of(store)) == (rows, files)
    done = rom(folder, "export", "--person", known.person, tmp_path / "ada.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert json.loads(archive.read("person.json"))["label"] == "Ada"
    done = rom(folder, "erase", "--person", known.person, "--yes")
    assert done.returncode == 0, done.stderr
    assert "Backups that were made before still hold it" in done.stdout
    assert "Ada" not in rom(folder, "people").stdout
    assert rom(folder, "erase", "--all", "--yes").returncode == 0
    with open_store(folder=folder) as store:
        assert not any(rows_of(store).values())
    done = rom(folder, "restore", tmp_path / "b", "--passphrase-file", secret)
    assert done.returncode == 0, done.stderr
    with open_store(folder=folder) as store:
        assert rows_of(store) == rows


def test_check_says_what_is_wrong_and_mends_it(folder: Path) -> None:
    with open_store(folder=folder) as store:
        measured(store)
        with store.session() as session:
            path = path_of(store, session.query(ExamMediumRow).filter_by(role="overlay").one().sha256)
    assert rom(folder, "check").stdout == "The store is whole.\n"
    path.write_bytes(b"changed")
    done = rom(folder, "check")
    assert done.returncode == 1
    assert "- altered: the file" in done.stdout
    assert "1 things in the store are not as they should be; 'rom store check --repair' mends" in done.stderr
    done = rom(folder, "check", "--repair")
    assert done.returncode == 0
    assert "(mended)" in done.stdout
    assert rom(folder, "check").returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("backup", "b"), 2, "--passphrase-file"),
        (("backup", "b", "--passphrase-file", "none"), 2, "cannot be read"),
        (("restore", "none", "--passphrase-file", "SECRET"), 4, "Could not open the backup 'none'"),
        (("erase", "--all"), 2, "--yes"),
        (("erase", "--yes"), 2, "--person ID or --all"),
        (("erase", "--all", "--person", "x", "--yes"), 2, "--person ID or --all"),
        (("erase", "--person", "x", "--yes"), 2, "there is no 'x'"),
        (("export", "--person", "x", "x.zip"), 2, "there is no 'x'"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    folder: Path, secret: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = rom(folder, *(str(secret) if word == "SECRET" else word for word in words))
    assert done.returncode == code
    assert done.stderr.startswith("rom: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_help_says_how_the_disk_is_encrypted(folder: Path) -> None:
    said = rom(folder, "--help").stdout
    for word in ("FileVault", "BitLocker", "LUKS", "check", "backup", "restore", "erase", "export"):
        assert word in said
