"""A study of another tool's landmarks under own names; and two studies of the same, compared."""

import json
from pathlib import Path

import pytest

import rom
from rom.batch import Study
from rom.study.compare import compare
from tests.batch.conftest import landmarks
from tests.pose.test_naming import exported, table


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A CSV with names of its own, and landmarks of ours, for which the names are not."""
    folder = tmp_path_factory.mktemp("named")
    paths = [exported(folder), landmarks()]
    return rom.batch(paths, folder / "study", side="right", naming=table(folder), workers=1)


def test_an_own_definition_makes_the_numbers_of_a_study(named: Study) -> None:
    [row] = named.recordings.to_pylist()
    assert row["definition"] == "low_heel"
    assert row["dorsiflexion_deg"] == pytest.approx(18.0, abs=0.2)
    assert row["plantar_flexion_deg"] == pytest.approx(47.0, abs=0.2)


def test_the_study_keeps_the_table(named: Study) -> None:
    kept = json.loads((named.folder / "study.json").read_text(encoding="utf-8"))["naming"]
    assert kept["landmarks"]["Fib"] == "right_fibular_head"
    assert kept["angles"][0]["name"] == "low_heel"
    assert len(kept["sha256"]) == 64


def test_what_rom_found_itself_is_left_out_with_the_reason(named: Study) -> None:
    [row] = named.failures.to_pylist()
    assert row["what"] == "usage"
    assert "files of other tools" in row["reason"]


def test_other_names_are_another_measurement(named: Study) -> None:
    csv = named.folder.parent / "exam.csv"
    again = rom.batch([csv], named.folder.parent / "bare", side="right", workers=1)
    [row] = again.recordings.to_pylist()
    assert row["dorsiflexion_deg"] is None, "nothing is known of such names"
    found = compare(named.folder, again.folder)
    assert {"naming", "naming.landmarks.Fib"} <= {what for what, _, _ in found.made_with}
    assert {change.column for change in found.changes} >= {"dorsiflexion_deg", "dorsiflexion_status"}


def test_the_same_study_elsewhere_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    paths = [landmarks(), landmarks("lunge_right")]
    first, second = (rom.batch(paths, tmp_path / name, workers=1).folder for name in ("first", "second"))
    found = compare(first, second)
    assert found.same
    assert found.verdict.startswith("The same numbers, byte for byte:")
    assert "recordings.parquet" in found.verdict
    assert not found.made_with
