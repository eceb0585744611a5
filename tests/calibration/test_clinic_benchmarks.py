"""The clinic's benchmarks, a small piece of each: what they promise holds on it."""

from pathlib import Path

import pytest

from calibration.benchmarks import clinic_load, faults, hostile


@pytest.mark.slow
def test_hostile_uploads_end_in_a_sentence_and_the_app_goes_on() -> None:
    found = hostile.run(2 * len(hostile.MAKERS), seed=2, report=str)
    assert found["wrong"] == []
    assert sum(sum(ends.values()) for ends in found["ends"].values()) == found["uploads"]
    assert found["pages_asked"] > 0


@pytest.mark.slow
def test_no_job_is_lost_while_pages_are_read(tmp_path: Path) -> None:
    faults.short_clip(tmp_path / "clip.mp4")
    found = clinic_load.run(3, 3, video=tmp_path / "clip.mp4", report=str)
    ended = found["measured"] + found["failed_jobs"]  # a second shows too little for a number, and says so
    assert (ended, found["lost"], found["failed"]) == (3, 0, [])
    assert found["pages_read"] > 0
