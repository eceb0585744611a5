"""Landmarks as a table come back as they were, to the last bit; what is damaged is said."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rom
from rom.errors import InputUnreadable
from rom.pose.landmark_table import NotedFrames, load_table, save_table
from rom.pose.recorded import RecordedPeople, load_people
from rom.records import LegSights, ModelInfo, People, RecordingInfo
from rom.samples import sample_folder


def from_leg_model() -> RecordedPeople:
    """What the leg landmarker found in a sample."""
    return load_people(sample_folder() / "seated_right.landmarks.npz")


def a_crowd() -> RecordedPeople:
    """Nobody, one, two, and nobody again; of a backend that sees no leg closely."""
    chance = np.random.default_rng(1)
    people = tuple(
        People(chance.normal(size=(n, 3, 2)).astype(np.float32), chance.random((n, 3)).astype(np.float32))
        for n in (0, 1, 2, 0)
    )
    people[1].points_px[0, 1] = np.nan
    info = RecordingInfo("x", "video", 640, 480, 30.0, 0.1, 4, notes=("one", "two"))
    names = ("left_knee", "left_ankle", "left_heel")
    return RecordedPeople(names, np.arange(4) / 30, np.array([0, 0, 1, 1]), people, 3, info, ModelInfo("m", "ab"))


@pytest.mark.parametrize("make", [from_leg_model, a_crowd])
def test_everything_comes_back(make: Callable[[], RecordedPeople], tmp_path: Path) -> None:
    recorded = make()
    light = np.linspace(10, 200, len(recorded.time_s)) / 3
    light[1] = np.nan
    path = tmp_path / "clip.landmarks.parquet"
    save_table(path, NotedFrames(recorded, {"brightness": light}))
    back = load_table(path)
    assert np.array_equal(back.noted["brightness"], light, equal_nan=True)
    found = back.recorded
    assert (found.info, found.model, found.names) == (recorded.info, recorded.model, recorded.names)
    assert found.people_seen == recorded.people_seen
    assert np.array_equal(found.time_s, recorded.time_s)
    assert np.array_equal(found.shot, recorded.shot)
    for one, other in zip(found.people, recorded.people, strict=True):
        assert np.array_equal(one.points_px, other.points_px, equal_nan=True)
        assert np.array_equal(one.confidence, other.confidence)
        assert (one.legs is None) == (other.legs is None)
        for field in fields(LegSights) if one.legs is not None and other.legs is not None else ():
            mine, theirs = getattr(one.legs, field.name), getattr(other.legs, field.name)
            assert mine.dtype == theirs.dtype
            assert np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f")


def test_the_same_landmarks_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_table(tmp_path / name, NotedFrames(from_leg_model(), {}))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_it_is_measured_like_the_landmarks_it_was_made_of(tmp_path: Path) -> None:
    path = tmp_path / "clip.landmarks.parquet"
    save_table(path, NotedFrames(from_leg_model(), {}))
    table = rom.measure(path, side="right")
    stored = rom.measure(sample_folder() / "seated_right.landmarks.npz", side="right")
    assert table.results == stored.results
    assert table.recording.kind == "keypoints"


def test_a_researcher_reads_it_as_a_table(tmp_path: Path) -> None:
    path = tmp_path / "clip.landmarks.parquet"
    save_table(path, NotedFrames(a_crowd(), {"brightness": np.arange(4.0)}))
    table = pd.read_parquet(path)
    assert table["frame"].tolist() == [0, 1, 2, 2, 3]
    assert table["person"].isna().tolist() == [True, False, False, False, True]
    assert np.isnan(table["left_ankle_x_px"][1]), "a landmark that was not found is missing"
    assert table["left_knee_y_px"].notna().sum() == 3


@pytest.mark.parametrize("damage", ["cut", "other", "missing"])
def test_what_is_damaged_is_said(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.landmarks.parquet"
    if damage == "cut":
        save_table(path, NotedFrames(a_crowd(), {}))
        path.write_bytes(path.read_bytes()[:500])
    elif damage == "other":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(InputUnreadable, match="store them again"):
        load_table(path)
