"""The example of the README, run as one runs it in a notebook."""

from pathlib import Path

import pytest

from rom.batch import Study

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_notebooks_cells_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = [part.split("```")[0] for part in README.split("```python\n")[1:] if "rom.batch(" in part]
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    lines = code.replace('"study"', repr(str(tmp_path / "study"))).strip().splitlines()
    for cell in lines:
        exec(cell, names)
    assert isinstance(names["study"], Study)
    table = eval(lines[-2], names)
    assert table["count"].to_dict() == {"long-sit": 1, "lunge": 1, "seated": 1}
    assert table["median"].between(-20, 60).all()
    assert len(eval(lines[-1], names)) == 0


def test_the_commands_of_the_clusters_are_those_of_the_test() -> None:
    text = (ROOT / "rom" / "batch" / "clusters.md").read_text(encoding="utf-8")
    for word in (
        "dask scheduler",
        "dask worker",
        "--scheduler-file",
        "--nthreads 1",
        "--no-dashboard",
        "TLS__CA_FILE",
    ):
        assert word in text
