"""Which rows are readings of the same thing, from tables as clinics and studies have them; and the command."""

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rom.errors import InputUnreadable, UsageError
from rom.study.repeats import beside, found_in, repeated
from rom.study.tables import numbers, read_table

HEAD = ("person", "side", "session", "dorsiflexion_deg", "goniometer_deg")
ROWS = [
    ("A", "left", "1", 10.0, 11.0),
    ("A", "left", "2", 12.0, 11.0),
    ("A", "right", "1", 20.0, 18.0),
    ("A", "right", "2", 21.0, 19.0),
    ("B", "left", "1", 5.0, 6.0),
    ("B", "left", "2", "", 7.0),
    ("C", "left", "2", 9.0, 9.0),
    ("C", "left", "1", 8.0, 9.0),
    ("D", "left", "1", 14.0, 15.0),
    ("D", "left", "2", 15.0, 15.0),
]


def written(path: Path, rows: Sequence[Sequence[object]] = ROWS, head: Sequence[str] = HEAD) -> Path:
    """A table as a spreadsheet saves it, with a byte order mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def test_two_columns_of_a_row_are_two_readings(tmp_path: Path) -> None:
    found = found_in(beside(read_table(written(tmp_path / "a.csv")), "dorsiflexion_deg", "goniometer_deg"))
    assert found.reliability.rows == 9
    assert found.reliability.left_out == 1
    assert found.reliability.people == 4
    assert found.reliability.clustered
    [pair] = found.pairs
    assert (pair.first, pair.second) == ("dorsiflexion_deg", "goniometer_deg")
    assert pair.limits.bias_deg.value == pytest.approx(np.mean([-1, 1, 2, 2, -1, 0, -1, -1, 0]))


def test_a_column_tells_readings_apart_whatever_their_order(tmp_path: Path) -> None:
    readings = repeated(read_table(written(tmp_path / "a.csv")), "dorsiflexion_deg", by="session")
    assert readings.names == ("1", "2")
    np.testing.assert_array_equal(readings.values, [[10, 12], [20, 21], [5, np.nan], [8, 9], [14, 15]])
    assert readings.person == ("A", "A", "B", "C", "D")
    found = found_in(readings)
    assert (found.reliability.rows, found.reliability.left_out) == (4, 1)


def test_without_such_a_column_the_order_of_the_rows_does(tmp_path: Path) -> None:
    readings = repeated(read_table(written(tmp_path / "a.csv")), "dorsiflexion_deg")
    assert readings.names == ("1", "2")
    np.testing.assert_array_equal(readings.values[3], [9, 8])


def test_a_third_reading_of_a_few_is_left_aside_and_of_most_is_used(tmp_path: Path) -> None:
    more = [("A", "left", "3", 11.0, 11.0)]
    table = read_table(written(tmp_path / "a.csv", [*ROWS, *more]))
    assert repeated(table, "dorsiflexion_deg").names == ("1", "2")
    thirds = [(person, side, "3", 11.0, 11.0) for person, side in (("A", "left"), ("A", "right"), ("B", "left"))]
    table = read_table(written(tmp_path / "b.csv", [*ROWS, *thirds]))
    readings = repeated(table, "dorsiflexion_deg")
    assert readings.names == ("1", "2", "3")
    assert [pair.second for pair in found_in(readings).pairs] == ["2", "3"], "each later one beside the first"


def test_somebody_unknown_is_nobody_else(tmp_path: Path) -> None:
    rows = [("", "left", "1", 10.0, 1.0), ("", "left", "2", 12.0, 1.0), *ROWS]
    readings = repeated(read_table(written(tmp_path / "a.csv", rows)), "dorsiflexion_deg", by="session")
    assert np.isnan(readings.values[:2]).any(axis=1).all(), "the two are not taken for two readings of one"


def test_parquet_and_a_studys_folder_are_read_too(tmp_path: Path) -> None:
    table = {"person": ["A", None], "side": ["left", "left"], "dorsiflexion_deg": [10.0, None], "n": [1, 2]}
    pq.write_table(pa.table(table), tmp_path / "recordings.parquet")
    assert read_table(tmp_path) == table
    np.testing.assert_array_equal(numbers(read_table(tmp_path), "dorsiflexion_deg"), [10.0, np.nan])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--value", "degrees"), "columns with numbers are: session, dorsiflexion_deg, goniometer_deg"),
        (("--value", "side"), "Expected numbers"),
        (("--by", "day"), "Expected a column 'day'"),
        (("--by", "side", "--thing", "session"), "has several in which side is 'left'"),
        (("--thing", "goniometer_deg", "--thing", "person", "--thing", "session"), "every one has a single row"),
        (("--against", "goniometer_deg", "--by", "session"), "got both"),
        (("--against", "goniometer_deg", "--against", "session"), "one --against for each --value"),
        (("--json", "missing/a.json"), "There is no folder"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    done = reliability(written(tmp_path / "a.csv"), *words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match=r"recordings\.parquet"):
        read_table(tmp_path)
    with pytest.raises(InputUnreadable, match="No such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(InputUnreadable, match="Parquet"):
        read_table(tmp_path / "a.parquet")
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(InputUnreadable, match="named columns"):
        read_table(tmp_path / "empty.csv")
    with pytest.raises(UsageError, match="person or side or protocol"):
        repeated({"dorsiflexion_deg": [1.0, 2.0]}, "dorsiflexion_deg")


def reliability(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it."""
    asked = [sys.executable, "-m", "rom", "reliability", *map(str, words)]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


def test_the_command_says_and_writes_the_same_numbers(tmp_path: Path) -> None:
    table = written(tmp_path / "a.csv")
    files = {option: tmp_path / f"out{option[1:]}" for option in ("--json", "--csv", "--html")}
    options = [word for option, file in files.items() for word in (option, file)]
    done = reliability(table, "--value", "dorsiflexion_deg", "--against", "goniometer_deg", *options)
    assert done.returncode == 0, done.stderr
    [told] = json.loads(files["--json"].read_text("utf-8"))
    icc = told["reliability"]["icc_2_1"]["value"]
    assert f"{icc:.3f}" in done.stdout
    assert "9 things read 2 times, of 4 people; 1 left out" in done.stdout
    assert "fewer than 10 people" in done.stdout
    with files["--csv"].open(encoding="utf-8", newline="") as file:
        rows = {row["statistic"]: row for row in csv.DictReader(file)}
    assert float(rows["icc_2_1"]["value"]) == icc
    assert float(rows["upper_deg"]["low"]) == told["pairs"][0]["limits"]["upper_deg"]["low"]
    page = files["--html"].read_text("utf-8")
    assert f"{icc:.3f}" in page
    assert page.count("<img") == 1
    assert "9 differences, dorsiflexion_deg minus goniometer_deg" in page
    assert "http" not in page.replace("http://www.w3.org", ""), "asks nobody for anything"
