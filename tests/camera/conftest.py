"""Pictures of the board, rendered once for all tests of the camera's rooms, and a place for profiles."""

from pathlib import Path

import pytest

from rom.records import Image
from tests.rendered import PlantedCamera, board_pictures


@pytest.fixture(scope="session")
def planted_camera() -> PlantedCamera:
    """The camera behind `pictures`."""
    return PlantedCamera()


@pytest.fixture(scope="session")
def pictures(planted_camera: PlantedCamera) -> list[Image]:
    """The board moved through the whole picture."""
    return board_pictures(planted_camera)


@pytest.fixture(autouse=True)
def own_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder that is empty and not the user's."""
    folder = tmp_path / "config"
    monkeypatch.setenv("ROM_CONFIG_DIR", str(folder))
    return folder
