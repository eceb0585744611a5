"""Rendering is resumable, and the rasteriser sees what it should."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.recordings import make
from calibration.recordings.make import is_finished, render_recordings
from calibration.recordings.plan import GENERATOR, Recording, read_plan

#: The body of the first sample, as `python -m calibration people` makes it.
BODIES = Path(__file__).parent / "data"


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand-in for the renderer: writes the sidecar and remembers the name."""
    names: list[str] = []

    def pretend(task: tuple[Recording, Path, Path, str]) -> None:
        row, folder = task[:2]
        names.append(row.name)
        (folder / f"{row.name}.json").write_text(json.dumps({"recording": asdict(row), "generator": GENERATOR}))

    monkeypatch.setattr(make, "_render", pretend)
    monkeypatch.setattr(make, "make_people", lambda bodies, **_: bodies)
    return names


def test_finished_recordings_are_not_made_again(rendered: list[str], tmp_path: Path) -> None:
    rows = read_plan("samples")
    lines: list[str] = []
    first = render_recordings(rows[:2], tmp_path, workers=0, report=lines.append)
    again = render_recordings(rows, tmp_path, workers=0, report=lines.append)
    assert rendered == [row.name for row in rows]
    assert again[:2] == first
    assert len(again) == len(lines) == len(rows)
    assert "left" in lines[-1]


def test_a_changed_row_is_made_again(rendered: list[str], tmp_path: Path) -> None:
    row = read_plan("samples")[0]
    render_recordings([row], tmp_path, workers=0, report=lambda _: None)
    changed = replace(row, seed=row.seed + 1)
    assert is_finished(row, tmp_path)
    assert not is_finished(changed, tmp_path)
    render_recordings([changed], tmp_path, workers=0, report=lambda _: None)
    assert rendered == [row.name] * 2


def test_only_rows_planned_for_it_are_given_to_blender(rendered: list[str], tmp_path: Path) -> None:
    rows = read_plan("report")[:60]
    render_recordings(rows, tmp_path, workers=0, renderer="cycles", report=lambda _: None)
    assert rendered == [row.name for row in rows if row.renderer == "cycles"]
    assert rendered


def rasterised(points: list[list[float]], triangles: list[list[int]], size: int) -> tuple[Any, Any]:
    """Inverse depth and triangle of a small picture."""
    raster = pytest.importorskip("calibration.recordings.raster", reason="needs numba", exc_type=ImportError)
    depth = np.zeros((size, size), np.float32)
    seen = np.full((size, size), raster.NO_TRIANGLE, np.int32)
    corners, faces = np.array(points, np.float32), np.array(triangles, np.int32)
    raster.rasterise(corners, faces, (0, 0, size, size), depth, seen)
    return depth, seen


def test_the_nearer_triangle_is_seen() -> None:
    square: list[list[float]] = [[0, 0, 1], [8, 0, 1], [0, 8, 1], [8, 8, 1]]
    nearer: list[list[float]] = [[0, 0, 2], [4, 0, 2], [0, 4, 2]]
    depth, seen = rasterised([*square, *nearer], [[0, 1, 2], [1, 3, 2], [4, 5, 6]], 8)
    assert seen[0, 0] == 2
    assert depth[0, 0] == pytest.approx(2)
    assert (seen >= 0).all()
    assert seen[7, 7] == 1


def test_inverse_depth_is_linear_in_the_picture() -> None:
    depth, _ = rasterised([[0, 0, 1], [9, 0, 1 / 3], [0, 9, 1]], [[0, 1, 2]], 9)
    assert depth[0, :8] == pytest.approx(1 - 2 / 3 * (np.arange(8) + 0.5) / 9, abs=1e-6)


def test_weights_are_correct_in_perspective() -> None:
    shading = pytest.importorskip("calibration.recordings.shading", reason="needs numba", exc_type=ImportError)
    points = np.array([[0, 0, 1], [9, 0, 1 / 3], [0, 9, 1]], np.float32)
    # Along an edge from 1 m to 3 m the middle of the picture lies a quarter of the way in space.
    first, second = shading.corner_weights(points, np.array([[0, 1, 2]], np.int32), 0, 4.0, -0.5)
    assert (first, second) == pytest.approx((0.75, 0.25), abs=1e-6)


@pytest.mark.slow
def test_a_sample_is_rendered_with_its_truth(tmp_path: Path) -> None:
    shoot = pytest.importorskip("calibration.recordings.shoot", reason="needs numba", exc_type=ImportError)
    row = read_plan("samples")[0]
    short = replace(row, fps=3.0, width=320, height=180)
    record = json.loads(shoot.render_recording(short, tmp_path, BODIES).read_text())
    assert record["bytes"] == (tmp_path / f"{row.name}.mp4").stat().st_size
    truth = np.genfromtxt(tmp_path / f"{row.name}.csv", delimiter=",", names=True)
    assert len(truth) == record["frames"]
    assert np.abs(truth["clinical_deg"] - truth["planned_deg"]).max() < 0.01
    assert (truth["lateral_malleolus_visible"] > 0).all()
    assert not list(tmp_path.glob("*.part*"))
