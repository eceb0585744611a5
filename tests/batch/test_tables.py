"""The tables are what their dictionary says, for every reader; written in pieces, the same bytes."""

import json
from pathlib import Path

import jsonschema
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rom.batch import Study
from rom.batch.columns import MEANING, RANGE, UNIT, Column, Table
from rom.batch.dictionary import tables_of
from rom.batch.keys import JUDGED
from rom.batch.tables import Writer
from rom.settings import Settings

NAMES = ("recordings", "repetitions", "measures", "angles")


def dictionary(study: Study) -> dict[str, dict[str, list[str]]]:
    """Table to column to its cells, as the Markdown has them."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in (study.folder / "data_dictionary.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            table = found.setdefault(line[3:], {})
        elif line.startswith("| `"):
            name, *cells = (cell.strip() for cell in line.strip("|").split(" | "))
            table[name.strip("`")] = cells
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_dictionary_has_every_column_of_the_file(name: str, study: Study) -> None:
    schema = pq.read_schema(study.folder / f"{name}.parquet")
    told = dictionary(study)[f"{name}.parquet"]
    assert list(told) == schema.names
    for field in schema:
        unit, range_, missing, meaning = told[field.name]
        assert range_
        assert len(meaning) > 3
        assert missing == ("may be" if field.nullable else "never")
        said = {key.decode(): value.decode() for key, value in field.metadata.items()}
        assert (said[RANGE.decode()], said[MEANING.decode()]) == (range_, meaning)
        assert (said[UNIT.decode()] or "-") == unit
    for ending, cells in (("_deg", "deg"), ("_px", "px"), ("_s", "s"), ("_hz", "Hz"), ("_years", "years")):
        assert all(told[name][0] == cells for name in told if name.endswith(ending))


def test_the_failures_are_what_the_dictionary_says(study: Study) -> None:
    head = (study.folder / "failures.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head.replace('"', "").split(",") == list(dictionary(study)["failures.csv"])


@pytest.mark.parametrize("name", NAMES)
def test_every_row_fits_the_schema(name: str, study: Study) -> None:
    schema = json.loads((study.folder / "schema.json").read_text(encoding="utf-8"))
    rows = getattr(study, name).slice(0, 50).to_pylist()
    assert rows or name == "measures"
    checker = jsonschema.Draft202012Validator(schema | {"$ref": f"#/$defs/{name}"})
    for row in rows:
        checker.validate(row)


@pytest.mark.parametrize("name", NAMES)
def test_pandas_and_polars_read_the_same(name: str, study: Study) -> None:
    path = study.folder / f"{name}.parquet"
    with_pandas, with_polars = pd.read_parquet(path), pl.read_parquet(path)
    assert with_polars.rows(named=True) == getattr(study, name).to_pylist()
    assert list(with_pandas.columns) == with_polars.columns
    assert len(with_pandas) == len(with_polars)
    for column in with_pandas.select_dtypes("number").columns:
        assert with_pandas[column].sum() == pytest.approx(with_polars[column].sum() or 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_csv_has_the_same_numbers(name: str, study: Study) -> None:
    from_csv = pd.read_csv(study.folder / f"{name}.csv", dtype={"visit": str, "id": str})
    from_parquet = pd.read_parquet(study.folder / f"{name}.parquet")
    assert list(from_csv.columns) == list(from_parquet.columns)
    for column in from_parquet.select_dtypes("number").columns:
        missing = from_parquet[column].isna()
        assert (from_csv[column].isna() == missing).all()
        assert from_csv[column][~missing].to_numpy() == pytest.approx(from_parquet[column][~missing].to_numpy())


def test_rows_are_in_order(study: Study) -> None:
    rows = [(row["recording"], row["id"], row["side"]) for row in study.recordings.to_pylist()]
    assert rows == sorted(rows)
    order = {name: number for number, (_, name, _) in enumerate(rows)}
    frames = [(order[row["id"]], row["side"], row["frame"]) for row in study.angles.to_pylist()]
    assert frames == sorted(frames)


def test_no_column_holds_a_time_of_the_clock(study: Study) -> None:
    names = {column.name for table in tables_of() for column in table.columns}
    assert not names & {"created", "measured_on", "began", "ended", "timings_s"}
    assert json.loads((study.folder / "study.json").read_text(encoding="utf-8"))["ended"]


def test_every_setting_is_known_to_matter_or_not_to_looking() -> None:
    assert set(JUDGED) == set(Settings().to_dict()), "a new setting matters to looking until it is listed"


def test_row_groups_do_not_depend_on_how_rows_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rom.batch import tables

    monkeypatch.setattr(tables, "HELD", 100)
    table = Table("numbers", "a number", (Column("value", int, False, "a number"),))
    whole = table.batch({"value": k} for k in range(1050))
    for name, step in (("one", 7), ("two", 260), ("three", 1050)):
        with Writer(table, tmp_path / f"{name}.parquet") as writer:
            for at in range(0, 1050, step):
                writer.put(whole.slice(at, step))
        writer.name()
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
    file = pq.ParquetFile(tmp_path / "one.parquet")
    assert [file.metadata.row_group(k).num_rows for k in range(file.num_row_groups)] == [*[100] * 10, 50]
    assert file.read().column("value") == pa.chunked_array([range(1050)])


def test_a_table_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    table = Table("numbers", "a number", (Column("value", int, False, "a number"),))

    def break_off() -> None:
        with Writer(table, tmp_path / "numbers.parquet") as writer:
            writer.put(table.batch([{"value": 1}]))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert [*tmp_path.iterdir()] == []
