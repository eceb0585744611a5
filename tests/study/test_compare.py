"""Two studies beside each other: what is the same, what changed, and what only one has."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rom.errors import UsageError
from rom.study.compare import compare
from rom.study.telling import comparison_page

ROWS: dict[str, list[Any]] = {
    "id": ["a", "b", "c", "d"],
    "recording": ["one.mp4", "one.mp4", "two.mp4", "three.mp4"],
    "sha256": ["1" * 64, "1" * 64, "2" * 64, "3" * 64],
    "person": ["A", "A", "B", "C"],
    "side": ["left", "right", "left", "right"],
    "dorsiflexion_deg": [10.0, 12.0, 14.0, None],
    "dorsiflexion_finding": ["within", "within", "limited", None],
    "frames": [300, 300, 280, 200],
    "version": ["1", "1", "1", "1"],
}


def study(folder: Path, rows: dict[str, list[Any]] | None = None, **about: Any) -> Path:
    """A study's folder as `rom batch` leaves it."""
    folder.mkdir(parents=True)
    pq.write_table(pa.table(rows or ROWS), folder / "recordings.parquet")
    (folder / "failures.csv").write_text("recording,what,reason\n", encoding="utf-8")
    (folder / "study.json").write_text(json.dumps({"began": str(folder), **about}), encoding="utf-8")
    return folder


def changed(**columns: list[Any]) -> dict[str, list[Any]]:
    return ROWS | columns


def test_equal_studies_are_said_to_be_so_byte_for_byte(tmp_path: Path) -> None:
    found = compare(study(tmp_path / "a", version="1"), study(tmp_path / "b", version="1"))
    assert found.same
    assert found.verdict == "The same numbers, byte for byte: failures.csv, recordings.parquet."
    assert not found.made_with
    assert not found.changes


def test_equal_numbers_in_other_files_are_not_called_the_same_bytes(tmp_path: Path) -> None:
    found = compare(study(tmp_path / "a"), study(tmp_path / "b", changed(version=["2"] * 4)))
    assert found.same
    assert found.verdict == "The same numbers in every row that is compared; recordings.parquet differ."


def test_every_changed_cell_is_told_with_its_row(tmp_path: Path) -> None:
    rows = changed(
        dorsiflexion_deg=[10.5, 12.0, None, 7.0],
        dorsiflexion_finding=["within", "within", "cannot_tell", "limited"],
        version=["2"] * 4,
    )
    found = compare(study(tmp_path / "a", ROWS), study(tmp_path / "b", rows))
    told = {(c.recording, c.side, c.column): (c.first, c.second, c.difference) for c in found.changes}
    assert told == {
        ("one.mp4", "left", "dorsiflexion_deg"): (10.0, 10.5, 0.5),
        ("two.mp4", "left", "dorsiflexion_deg"): (14.0, None, None),
        ("two.mp4", "left", "dorsiflexion_finding"): ("limited", "cannot_tell", None),
        ("three.mp4", "right", "dorsiflexion_deg"): (None, 7.0, None),
        ("three.mp4", "right", "dorsiflexion_finding"): (None, "limited", None),
    }
    assert found.verdict == "3 of 4 rows changed."
    [angle, frames] = found.columns
    assert (angle.both, angle.changed, angle.gained, angle.lost) == (2, 1, 1, 1)
    assert angle.largest == pytest.approx(0.5)
    assert angle.limits is not None
    assert angle.limits.bias_deg.value == pytest.approx(0.25), "second minus first"
    assert (frames.name, frames.changed, frames.limits) == ("frames", 0, None)


def test_rows_are_matched_by_content_however_they_are_called_and_ordered(tmp_path: Path) -> None:
    turned = {name: cells[::-1] for name, cells in ROWS.items()}
    moved = turned | {"recording": [f"elsewhere/{name}" for name in turned["recording"]]}
    found = compare(study(tmp_path / "a"), study(tmp_path / "b", moved))
    assert found.same
    assert found.rows == 4


def test_a_recording_with_two_rows_of_a_side_keeps_them_apart(tmp_path: Path) -> None:
    twice = changed(side=["left", "left", "left", "right"])
    again = changed(side=["left", "left", "left", "right"], dorsiflexion_deg=[10.0, 13.0, 14.0, None])
    found = compare(study(tmp_path / "a", twice), study(tmp_path / "b", again))
    assert [(c.first, c.second) for c in found.changes] == [(12.0, 13.0)]


def test_rows_and_columns_that_only_one_has(tmp_path: Path) -> None:
    fewer = {name: cells[:3] for name, cells in ROWS.items() if name != "frames"} | {"new_deg": [1.0, 2.0, 3.0]}
    found = compare(study(tmp_path / "a"), study(tmp_path / "b", fewer))
    assert found.only_first == ("three.mp4, right",)
    assert not found.only_second
    assert set(found.only_columns) == {"frames", "new_deg"}
    assert found.verdict == "0 of 3 rows changed, 1 only in the first."
    assert not found.same


def test_versions_settings_and_models_that_differ_are_named(tmp_path: Path) -> None:
    first = study(
        tmp_path / "a", version="1", settings={"cutoff_hz": 6.0, "gap_s": 0.2}, models_sha256={"leg": "1" * 64}
    )
    second = study(
        tmp_path / "b", version="2", settings={"cutoff_hz": 4.0, "gap_s": 0.2}, models_sha256={"leg": "2" * 64}
    )
    assert compare(first, second).made_with == (
        ("version", "1", "2"),
        ("settings.cutoff_hz", "6.0", "4.0"),
        ("models_sha256.leg", "1" * 12, "2" * 12),
    )


def test_studies_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    found = compare(study(tmp_path / "old" / "study"), study(tmp_path / "new" / "study"))
    assert found.names == ("old/study", "new/study")


def test_tables_that_name_no_recordings_cannot_be_compared(tmp_path: Path) -> None:
    bare = study(tmp_path / "a", {"dorsiflexion_deg": [1.0]})
    with pytest.raises(UsageError, match="side and sha256"):
        compare(bare, bare)


def test_the_page_holds_what_a_recording_is_called_as_text(tmp_path: Path) -> None:
    rows = changed(recording=["<script>alert(1)</script>", *ROWS["recording"][1:]])
    other = rows | {"dorsiflexion_deg": [11.0, 13.0, 14.0, None]}
    page = comparison_page(compare(study(tmp_path / "a", rows), study(tmp_path / "b", other)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<img") == 1
    assert "3 differences, dorsiflexion_deg: b minus a: mean 0.67°" in page


def test_the_command_shows_results_and_writes_every_cell(tmp_path: Path) -> None:
    second = study(tmp_path / "b", changed(dorsiflexion_deg=[10.5, 12.0, 14.0, None], frames=[301, 300, 280, 200]))
    words = ["compare", study(tmp_path / "a"), second, "--csv", tmp_path / "c.csv", "--html", tmp_path / "c.html"]
    done = subprocess.run(
        [sys.executable, "-m", "rom", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 of 4 rows changed.")
    assert "1 of 2 changed cells are shown" in done.stdout
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["what"], row["first"], row["second"], row["difference"]) for row in csv.DictReader(file)]
    assert rows == [("dorsiflexion_deg", "10", "10.5", "0.5"), ("frames", "300", "301", "1.0")]
    assert "1 of 4 rows changed." in (tmp_path / "c.html").read_text("utf-8")
