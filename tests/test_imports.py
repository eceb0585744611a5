"""Imports point one way: each room may use only the rooms named beside it; and importing does nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rom

PROJECT = Path(__file__).parents[1]
ROOM = PROJECT / "rom"
#: Every room may use these, whatever its line says.
EVERYWHERE = {"records", "errors", "settings"}
_ALL = {"geometry", "tracks", "ankle", "exam", "video", "pose"}
#: room: the rooms that it may use beside those. A room without a line fails the test: give it one.
MAY_USE: dict[str, set[str]] = {
    "geometry": set(),
    "errors": set(),
    "records": set(),
    "settings": set(),
    "tracks": {"geometry"},
    "ankle": {"geometry", "tracks"},
    "video": {"geometry"},
    "pose": {"geometry"},
    "exam": {"ankle", "tracks", "geometry"},
    "watch": {"ankle", "camera", "pose", "tracks", "video"},
    "source": {"pose", "video"},
    "measure": _ALL | {"watch", "source", "camera"},
    "correct": {"measure", "exam"},
    "report": {"video", "exam", "pose"},
    "samples": {"measure"},
    "store": set(),
    "intake": {"video"},
    "exchange": {"report", "intake", "pose"},
    "cluster": set(),
    "jobs": _ALL | {"measure", "correct", "report", "source", "intake", "exchange", "store", "cluster"},
    "live": {"pose", "ankle", "tracks", "geometry", "exam", "video"},
    "camera": {"video", "geometry"},
    "batch": _ALL | {"measure", "report", "watch", "source", "camera", "samples", "intake", "cluster"},
    "selftest": {"measure", "pose", "report", "samples"},
    "study": {"report", "exam"},
    "cli": _ALL
    | {"measure", "report", "samples", "source", "camera", "batch", "selftest", "study", "store", "web"}
    | {"exchange", "intake", "jobs"},
    "web": _ALL
    | {"measure", "correct", "report", "samples", "source", "camera", "batch", "selftest", "study", "store"}
    | {"intake", "exchange", "jobs", "live"},
    "data": set(),
    "__init__": {"measure", "batch"},  # lazily: a name is imported when it is first used
    "__main__": {"cli"},
}
NUMPY_ONLY = ("geometry",)
OUTSIDE = ("calibration", "samples", "tests")
HEAVY = ("mediapipe", "cv2", "scipy", "av", "PIL")
FILES = sorted(ROOM.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every dotted name that a file imports, at its top or inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_used(path: Path) -> set[str]:
    """The rooms of `rom` that a file imports; public names count as their homes."""
    names = [name.split(".")[1] for name in imported(path) if name.startswith("rom.")]
    return {rom._HOME[name].split(".")[1] if name in rom._HOME else name for name in names} - {"__version__"}


def room_of(path: Path) -> str:
    return path.relative_to(ROOM).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOM).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(path)
    assert room in MAY_USE, f"'{room}' has no line in the table of rooms"
    assert rooms_used(path) - {room} - EVERYWHERE <= MAY_USE[room]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOM).as_posix())
def test_the_instrument_never_imports_its_evidence(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & set(OUTSIDE)


@pytest.mark.parametrize(
    "path", [p for p in FILES if room_of(p) in NUMPY_ONLY], ids=lambda p: p.relative_to(ROOM).as_posix()
)
def test_geometry_needs_numpy_alone(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imported(path)} - {"numpy", "rom", "typing", "collections"}
    assert not foreign


def test_the_table_itself_has_no_cycle() -> None:
    done: set[str] = set()
    while ready := {room for room, may in MAY_USE.items() if room not in done and may <= done}:
        done |= ready
    assert done == set(MAY_USE)


def test_nothing_above_the_main_line_is_used_by_it() -> None:
    assert not [room for room, may in MAY_USE.items() if may & {"cli"} and room not in ("__main__",)]
    assert not [room for room, may in MAY_USE.items() if may & {"web"} and room != "cli"]


def _loaded_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after running `code` (from the checkout)."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}\nimport sys; print(*sorted(sys.modules), sep='\\n')"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return {line.split(".")[0] for line in ended.stdout.split()}


def test_importing_rom_loads_nothing_heavy() -> None:
    assert not _loaded_by("import rom") & {*HEAVY, "numpy"}


def test_the_rooms_of_the_measurement_load_nothing_heavy_until_used() -> None:
    loaded = _loaded_by("import rom.exam.sides, rom.source, rom.tracks.people, rom.pose.recorded, rom.pose.backend")
    assert "numpy" in loaded
    assert not loaded & set(HEAVY)


def test_public_names_are_the_published_ones() -> None:
    assert rom.__all__ == [
        "Examination",
        "InputUnreadable",
        "InstallationError",
        "NotMeasurable",
        "Person",
        "RomError",
        "Settings",
        "Symptoms",
        "UsageError",
        "__version__",
        "batch",
        "measure",
    ]
    assert all(getattr(rom, name) is not None for name in rom.__all__)


def test_measure_is_the_function_when_it_is_asked_for_first() -> None:
    _loaded_by("import rom\nassert callable(rom.measure)\nimport rom.measure\nassert callable(rom.measure)")


def test_measure_is_the_function_after_its_module_was_imported() -> None:
    _loaded_by("from rom.measure import measure\nimport rom\nassert callable(rom.measure), rom.measure")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'mesure'"):
        rom.mesure  # noqa: B018 - asking for it is the test
