"""A study: the numbers of `rom.measure` and no others, measured once, gone on with, and nobody named."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rom
from rom.batch import Study
from rom.batch.run import Asked, dry_run
from rom.batch.work import alone
from rom.errors import RomError, UsageError
from rom.records import MOTIONS, Person
from rom.samples import sample_folder
from tests.batch.conftest import landmarks, write_manifest

TABLES = ("recordings.parquet", "repetitions.parquet", "measures.parquet", "angles.parquet", "failures.csv")


def contents(folder: Path) -> dict[str, bytes]:
    """Every table and all landmarks, byte for byte."""
    files = [*(folder / name for name in TABLES), *(folder / "landmarks").iterdir()]
    return {path.name: path.read_bytes() for path in files}


def test_the_numbers_are_those_of_measuring_each_alone(study: Study) -> None:
    rows = {row["recording"].split("/")[-1]: row for row in study.recordings.to_pylist()}
    girl = Person(6.2, "female")
    for name, protocol, who in (("seated_right", "seated", girl), ("walk_right", "walk", girl)):
        exam = rom.measure(landmarks(name), side="right", protocol=protocol, who=who, camera="none")
        row = rows[f"{name}.landmarks.npz"]
        for result in exam.results:
            low, high = result.ci95_deg or (None, None)
            found = [row[f"{result.motion}_{part}"] for part in ("deg", "low_deg", "high_deg", "quality")]
            assert found == [result.value_deg, low, high, result.quality]
            assert row[f"{result.motion}_repetitions"] == len(result.repetitions)
        angles = [one for one in study.angles.to_pylist() if one["id"] == row["id"]]
        track = exam.angles["right"]
        assert len(angles) == len(track.time_s)
        assert angles[40]["time_s"] == track.time_s[40]
        assert angles[40]["smooth_deg"] == pytest.approx(track.smooth_deg[40], rel=1e-6)  # single precision
    assert rows["walk_right.landmarks.npz"]["strides"] > 0
    assert rows["seated_right.landmarks.npz"]["strides"] is None


def test_repetitions_belong_to_their_recordings(study: Study) -> None:
    counts = {
        (row["id"], row["side"], motion): row[f"{motion}_repetitions"] or 0
        for row in study.recordings.to_pylist()
        for motion in MOTIONS
    }
    found = dict.fromkeys(counts, 0)
    for row in study.repetitions.to_pylist():
        found[row["id"], row["side"], row["motion"]] += 1
        assert row["number"] == found[row["id"], row["side"], row["motion"]]
    assert found == counts
    assert sum(counts.values()) > 5


def test_what_the_manifest_says_comes_through(study: Study) -> None:
    rows = {row["recording"].split("/")[-1]: row for row in study.recordings.to_pylist()}
    assert rows["seated_right.landmarks.npz"]["clinic"] == "north"
    assert rows["lunge_right.landmarks.npz"]["clinic"] is None
    assert rows["lunge_right.landmarks.npz"]["visit"] == "007", "no number, or a zero would be lost"
    assert rows["seated_right.landmarks.npz"]["person"] == "Anna Berg"
    assert rows["seated_right.landmarks.npz"]["age_years"] == 6.2
    assert rows["seated_right.landmarks.npz"]["dorsiflexion_finding"] is not None
    assert all(row["near"] for row in rows.values())


def test_what_is_not_measured_has_a_reason(study: Study) -> None:
    failed = {row["what"]: row for row in study.failures.to_pylist()}
    assert set(failed) == {"unreadable", "duplicate"}
    assert failed["unreadable"]["recording"].endswith("gone.mp4")
    assert "moved" in failed["unreadable"]["reason"]
    assert failed["duplicate"]["person"] == "Bo Cohen"
    assert "somebody else" in failed["duplicate"]["reason"]
    assert study.counted.measured == 3
    assert study.counted.failed == {"unreadable": 1, "duplicate": 1}


def test_the_study_says_what_it_was_made_with(study: Study) -> None:
    about = json.loads((study.folder / "study.json").read_text(encoding="utf-8"))
    assert about["version"] == rom.__version__
    assert about["settings"]["cutoff_hz"] == 6.0
    assert about["models_sha256"]["leg"]
    assert about["recordings_left_out"] == study.counted.failed
    assert {"recordings.parquet", "failures.csv"} <= set(about["tables_sha256"])


def test_a_second_run_does_only_what_changed(tmp_path: Path, looked_at: list[str]) -> None:
    paths, out = [landmarks("seated_right"), landmarks("walk_right")], tmp_path / "study"
    dorsiflexion = rom.batch(paths, out).recordings.column("dorsiflexion_deg")
    assert sorted(looked_at) == ["seated_right.landmarks.npz", "walk_right.landmarks.npz"]
    before = contents(out)
    looked_at.clear()
    rom.batch(paths, out)
    assert (looked_at, contents(out)) == ([], before)
    wider = rom.batch(paths, out, settings=rom.Settings(hold_band_deg=8.0))
    assert looked_at == [], "landmarks are judged again, and no recording is looked at"
    assert wider.recordings.column("dorsiflexion_deg") != dorsiflexion
    assert contents(out) != before
    rom.batch(paths, out)
    assert (looked_at, contents(out)) == ([], before)
    rom.batch([*paths, landmarks("lunge_right")], out)
    assert looked_at == ["lunge_right.landmarks.npz"]


def test_a_file_that_was_changed_is_measured_again(tmp_path: Path, looked_at: list[str]) -> None:
    recording = tmp_path / "clip.landmarks.npz"
    shutil.copy(landmarks("seated_right"), recording)
    first = rom.batch(recording, tmp_path / "study").recordings.to_pylist()
    shutil.copy(landmarks("walk_right"), recording)
    second = rom.batch(recording, tmp_path / "study").recordings.to_pylist()
    assert len(looked_at) == 2
    assert first[0]["sha256"] != second[0]["sha256"]


def test_damaged_landmarks_of_ours_are_made_again(tmp_path: Path, looked_at: list[str]) -> None:
    out = tmp_path / "study"
    rom.batch(landmarks(), out)
    before = contents(out)
    for path in (out / "landmarks").iterdir():
        path.write_bytes(path.read_bytes()[:1000])
    shutil.rmtree(out / "work")
    rom.batch(landmarks(), out)
    assert contents(out) == before
    assert len(looked_at) == 2


def test_a_damaged_result_is_taken_away_and_made_anew(tmp_path: Path, looked_at: list[str]) -> None:
    out = tmp_path / "study"
    rom.batch(landmarks(), out)
    before = contents(out)
    (piece,) = out.glob("work/judged/*.arrow")
    piece.write_bytes(piece.read_bytes()[:300])
    with pytest.raises(RomError, match="start the same command"):
        rom.batch(landmarks(), out)
    assert contents(out) == before, "the tables of the run before are whole"
    rom.batch(landmarks(), out)
    assert contents(out) == before
    assert len(looked_at) == 1


def test_a_failure_is_kept_until_it_is_asked_for_again(tmp_path: Path, looked_at: list[str]) -> None:
    recording = tmp_path / "clip.landmarks.npz"
    recording.write_bytes(landmarks().read_bytes()[:20_000])
    out = tmp_path / "study"
    for retry in (False, False, True):
        failed = rom.batch(recording, out, retry_failed=retry).failures.to_pylist()
        assert [row["what"] for row in failed] == ["unreadable"]
        assert "store them again" in failed[0]["reason"]
    assert len(looked_at) == 2, "the first time, and when it was asked for"


def test_the_first_so_many_alone(tmp_path: Path) -> None:
    study = rom.batch(sample_folder() / "*.npz", tmp_path / "study", limit=1)
    assert {row["recording"] for row in study.recordings.to_pylist()} == {"heel_raise_left.landmarks.npz"}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    prepared = dry_run(Asked([write_manifest(tmp_path)], tmp_path / "study", pseudonyms=True))
    assert (len(prepared.plan.look), len(prepared.plan.judge), prepared.plan.done) == (3, 0, 0)
    assert 0 < prepared.seconds < 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.csv"]


def test_a_dry_run_knows_what_is_done(study: Study, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    done = dry_run(Asked([manifest], study.folder)).plan
    assert (len(done.look), len(done.judge), done.done) == (0, 0, 3)
    other = dry_run(Asked([manifest], study.folder, settings=rom.Settings(cutoff_hz=4.0))).plan
    assert (len(other.look), len(other.judge), other.done) == (0, 3, 0)


def test_under_pseudonyms_nobody_is_named(tmp_path: Path) -> None:
    out = tmp_path / "study"
    study = rom.batch(write_manifest(tmp_path), out, pseudonyms=True, csv=True)
    people = {row["person"] for row in study.recordings.to_pylist()}
    assert people == {"P0001", "P0002"}
    names = [b"Anna", b"Cohen", b"seated_right", b"lunge_right", b"gone.mp4", str(sample_folder()).encode()]
    for path in (one for one in out.rglob("*") if one.is_file()):
        assert [name for name in names if name in path.read_bytes()] == [], path.relative_to(out)
    key = tmp_path / "study.key.csv"
    assert key.stat().st_mode & 0o077 == 0, "for its owner's eyes alone"
    with key.open(encoding="utf-8", newline="") as file:
        told = {row["pseudonym"]: row["name"] for row in csv.DictReader(file)}
    assert {told[person] for person in people} == {"Anna Berg", "Bo Cohen"}


def test_who_has_a_pseudonym_keeps_it(tmp_path: Path) -> None:
    out = tmp_path / "study"
    rom.batch(landmarks("walk_right"), out, pseudonyms=True)
    study = rom.batch([landmarks(name) for name in ("seated_right", "walk_right")], out, pseudonyms=True)
    walks = {row["recording"] for row in study.recordings.to_pylist() if row["duration_s"] < 8}
    assert walks == {"R0001"}


def test_two_runs_do_not_work_on_one_study(tmp_path: Path) -> None:
    with alone(tmp_path / "study"), pytest.raises(UsageError, match="Another run works on"):
        rom.batch(landmarks(), tmp_path / "study")
    assert rom.batch(landmarks(), tmp_path / "study").counted.measured == 1


def test_a_folder_with_other_files_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Anna")
    with pytest.raises(UsageError, match="holds other files"):
        rom.batch(landmarks(), tmp_path)


@pytest.mark.parametrize("said", [{"limit": 0}, {"workers": 0}, {"model": "huge"}, {"side": "middle"}])
def test_what_cannot_be_asked_is_said_before_anything_is_done(said: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        rom.batch(landmarks(), tmp_path / "study", **said)  # type: ignore[arg-type]
    assert not (tmp_path / "study").exists()


def test_a_fault_of_ours_is_one_recordings_and_names_nobody(
    tmp_path: Path, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rom.batch import measuring

    def fails(*_: object) -> None:
        raise ZeroDivisionError("in /home/anna/clip.mp4")

    monkeypatch.setattr(measuring, "judged", fails)
    failed = rom.batch(landmarks(), tmp_path / "study").failures.to_pylist()
    assert [row["what"] for row in failed] == ["unexpected"]
    assert "ZeroDivisionError" in failed[0]["reason"]
    assert "anna" not in failed[0]["reason"]


def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    paths = [str(landmarks(name)) for name in ("seated_right", "walk_right", "lunge_right", "heel_raise_left")]
    whole = rom.batch(paths, tmp_path / "whole")
    out = tmp_path / "killed"
    words = [sys.executable, "-m", "rom", "batch", *paths, "--out", str(out)]
    run = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while not [*out.glob("work/judged/*.arrow")]:
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert not (out / "study.json").exists(), "it was killed before its end"
    done = {path.name for path in out.glob("work/judged/*.arrow")}
    assert done
    rom.batch(paths, out)
    assert contents(out) == contents(whole.folder)
