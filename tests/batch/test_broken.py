"""Files that are broken on purpose: each is told of in a sentence that a person can act on, and ends nothing."""

import re
from pathlib import Path

import pytest

import rom
from calibration.benchmarks.broken import make_broken
from calibration.benchmarks.studies import write_manifest
from rom.batch.rows import FAILURES
from rom.samples import sample_folder

#: What a person can do about it.
ACT = re.compile(r"(copy|export|choose|convert|store|look|cut|film|run|say)\b")


@pytest.mark.slow
def test_every_broken_file_has_its_reason_and_every_good_one_its_rows(tmp_path: Path) -> None:
    broken = make_broken(tmp_path / "broken")
    good = [sample_folder() / f"{name}.landmarks.npz" for name in ("seated_right", "walk_right")]
    write_manifest(tmp_path / "manifest.csv", good, broken)
    study = rom.batch(tmp_path / "manifest.csv", tmp_path / "study")
    assert len(broken) == 30
    failed = {row["recording"]: row for row in study.failures.to_pylist()}
    assert set(failed) == {path.name for path in broken}
    for row in failed.values():
        assert row["what"] in FAILURES
        assert ACT.search(row["reason"]), row["reason"]
        assert str(tmp_path) not in row["reason"]
    assert failed["unpacks_to_gigabytes.landmarks.npz"]["what"] == "crashed"
    assert {row["recording"] for row in study.recordings.to_pylist()} == {path.name for path in good}
