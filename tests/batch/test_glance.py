"""What a file holds: looked at once, and again when it was changed."""

import os
import shutil
from pathlib import Path

import pytest

from rom.batch.glance import Glance, Glances, glanced
from rom.samples import sample_folder
from rom.video.fingerprint import sha256_of_file

CLIP = sample_folder() / "walk_right.mp4"
LANDMARKS = sample_folder() / "walk_right.landmarks.npz"


def test_a_video_and_landmarks_are_told_apart() -> None:
    video, stored, gone = glanced([str(CLIP), str(LANDMARKS), "nowhere.mp4"])
    assert (video.what, video.frames, video.sha256) == ("pictures", 187, sha256_of_file(CLIP))
    assert video.duration_s == pytest.approx(6.2, abs=0.1)
    assert (stored.what, stored.sha256) == ("landmarks", sha256_of_file(LANDMARKS))
    assert "no such file" in gone.reason


def test_a_folder_of_pictures_is_one_recording(tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(b"x")
    (found,) = glanced([str(tmp_path)])
    assert (found.what, found.frames, found.reason) == ("pictures", 2, "")


def test_what_was_looked_at_is_known_until_it_changes(tmp_path: Path) -> None:
    clip, noted = tmp_path / "clip.npz", tmp_path / "glances.jsonl"
    shutil.copy(LANDMARKS, clip)
    seen = Glance("ab", "landmarks", 10)
    Glances(noted).note(str(clip), seen)
    assert Glances(noted).known(str(clip)) == seen
    assert "clip" not in noted.read_text(encoding="utf-8"), "its name may be a person's"
    os.utime(clip, ns=(1, 1))
    assert Glances(noted).known(str(clip)) is None


def test_a_line_that_was_cut_off_costs_only_itself(tmp_path: Path) -> None:
    noted = tmp_path / "glances.jsonl"
    for path in (CLIP, LANDMARKS):
        Glances(noted).note(str(path), Glance("ab", "pictures", 10))
    noted.write_bytes(noted.read_bytes()[:-20])
    assert Glances(noted).known(str(CLIP)) is not None
    assert Glances(noted).known(str(LANDMARKS)) is None


def test_what_can_be_no_recording_is_looked_at_again(tmp_path: Path) -> None:
    noted = tmp_path / "glances.jsonl"
    Glances(noted).note(str(CLIP), Glance(reason="It is empty."))
    assert not noted.exists()
