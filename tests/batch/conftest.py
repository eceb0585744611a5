"""A small study that several tests look at."""

from collections.abc import Callable
from pathlib import Path

import pytest

import rom
from rom.batch import Study
from rom.samples import sample_folder

MANIFEST = """path,person,side,protocol,age,sex,clinic,visit
{folder}/seated_right.landmarks.npz,Anna Berg,right,seated,6.2,female,north,1
{folder}/walk_right.landmarks.npz,Anna Berg,right,walk,6.2,female,north,2
{folder}/lunge_right.landmarks.npz,Bo Cohen,right,lunge,,,,007
{folder}/gone.mp4,Bo Cohen,,,,,south,
{folder}/seated_right.landmarks.npz,Bo Cohen,right,seated,,,south,4
"""


def landmarks(name: str = "seated_right") -> Path:
    """Landmarks of a sample: measured in a moment."""
    return sample_folder() / f"{name}.landmarks.npz"


def write_manifest(folder: Path, text: str = MANIFEST) -> Path:
    """A manifest of the samples."""
    path = folder / "manifest.csv"
    path.write_text(text.format(folder=sample_folder()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three recordings, one that is gone, and one that is there twice."""
    folder = tmp_path_factory.mktemp("study")
    return rom.batch(write_manifest(folder), folder / "study", csv=True)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The recordings that are looked at from now on, by their names; without a process of their own."""
    from rom.batch import measuring

    seen: list[str] = []
    real = measuring._looked_at

    def look(ground: measuring.Ground, line: measuring.Piecework) -> object:
        seen.append(Path(line.path).name)
        return real(ground, line)

    def here(function: Callable[..., object], *args: object, limits: object = None) -> object:
        return function(*args)

    monkeypatch.setattr(measuring, "_looked_at", look)
    monkeypatch.setattr(measuring, "guarded", here)
    return seen
