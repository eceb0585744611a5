"""Files for other programs."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.records import Examination
from rom.report.tables import ANGLE_COLUMNS, to_json, write_angles_csv, write_json
from rom.report.words import degrees, likely_range, remarks, value_words
from rom.samples import sample_folder


@pytest.fixture(scope="module")
def exam() -> Examination:
    """The demo sample from stored landmarks."""
    return rom.measure(sample_folder() / "seated_right.landmarks.npz")


def test_missing_is_null_in_json_and_empty_in_csv(exam: Examination, tmp_path: Path) -> None:
    track = exam.angles["right"]
    raw = np.array(track.raw_deg)
    raw[3] = np.nan
    holed = replace(exam, angles={"right": replace(track, raw_deg=raw)})
    assert json.loads(to_json(holed))["angles"]["right"]["raw_deg"][3] is None
    write_angles_csv(holed, tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == ",".join(ANGLE_COLUMNS)
    assert lines[4].split(",")[2] == ""
    assert not math.isnan(float(lines[4].split(",")[3]))


def test_a_failed_write_keeps_the_old_file(exam: Examination, tmp_path: Path) -> None:
    target = tmp_path / "e.json"
    target.mkdir()  # a folder of that name cannot be replaced by a file
    with pytest.raises(rom.UsageError, match="Could not write"):
        write_json(exam, target)
    assert [p.name for p in tmp_path.iterdir()] == ["e.json"]


def test_words() -> None:
    assert degrees(17.6) == "18°"
    assert degrees(-0.4) == "0°", "no minus zero"
    assert degrees(-3.6) == "-4°"


def test_results_in_words(exam: Examination) -> None:
    measured = next(r for r in exam.results if r.status == "measured")
    assert likely_range(replace(measured, ci95_deg=(14.6, 21.2))) == "likely between 15° and 21°"
    unknown = next(r for r in exam.results if r.status == "cannot_tell")
    assert (value_words(unknown), likely_range(unknown)) == ("cannot tell", "")


def test_each_remark_is_said_once(exam: Examination) -> None:
    said = remarks(exam)
    assert len(said) == len(set(said))
    assert any("farther from the camera" in sentence for sentence in said)
