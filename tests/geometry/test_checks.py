"""The door of the room: shapes are named, precision is kept, importing needs numpy alone."""

import ast
from pathlib import Path

import numpy as np
import pytest

from rom import geometry
from rom.geometry.checks import check_facing, check_floating, check_points, check_vectors

ROOM = Path(geometry.__file__).parent


def test_floating_arrays_pass_untouched() -> None:
    for dtype in (np.float32, np.float64):
        array = np.ones(3, dtype)
        assert check_floating(array) is array


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.bool_])
def test_everything_else_becomes_float64(dtype: type[np.generic]) -> None:
    assert check_floating(np.ones(3, dtype)).dtype == np.float64


def test_messages_say_what_was_expected_and_found() -> None:
    with pytest.raises(ValueError, match=r"expected points of shape \(\.\.\., 2, 3\) holding a, b; found"):
        check_points(np.zeros((2, 2)), ("a", "b"), dimensions=3)
    with pytest.raises(ValueError, match=r"expected the centre of shape \(\.\.\., 2\); found shape \(\)"):
        check_vectors(1.0, 2, "the centre")


def test_facing_takes_the_precision_of_the_points() -> None:
    assert check_facing([1, -1], np.zeros(2, np.float32)).dtype == np.float32
    assert np.isnan(check_facing(0.5, np.zeros(1)))


def test_the_public_names_are_complete_sorted_and_documented() -> None:
    assert geometry.__all__ == sorted(geometry.__all__)
    public = {name for name in vars(geometry) if not name.startswith("_")}
    modules = {path.stem for path in ROOM.glob("*.py")}
    assert public - modules == set(geometry.__all__)
    assert all(getattr(geometry, name).__doc__ for name in geometry.__all__)


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_the_room_is_pure(path: Path) -> None:
    """No class, and no import but numpy, the standard library's typing, and the room itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    imported = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    imported += [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    allowed = ("numpy", "typing", "collections.abc", "rom.geometry")
    assert [name for name in imported if not name.startswith(allowed)] == []
