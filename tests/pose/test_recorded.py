"""Stored landmarks come back as they were, to the precision the file promises."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.errors import InputUnreadable, UsageError
from rom.pose.recorded import (
    CONFIDENCE_STEPS,
    POINT_STEPS,
    RecordedPeople,
    RecordedPose,
    RecordedRecording,
    load_people,
    save_people,
)
from rom.records import Frame, LegSights, ModelInfo, People, RecordingInfo

NAMES = ("left_knee", "left_ankle", "left_heel")
INFO = RecordingInfo("clip.mp4", "video", 640, 480, 30.0, 1.0, 30, sha256="a" * 64, notes=("Rotated once.",))
MODEL = ModelInfo("pose_landmarker_heavy", "b" * 64, "somewhere")


def made(counts: list[int], seed: int = 0) -> RecordedPeople:
    """Random people, `counts` of them in each frame, some landmarks missing."""
    random = np.random.default_rng(seed)
    people = []
    for count in counts:
        points = random.uniform(-50, 4000, (count, len(NAMES), 2))
        confidence = random.uniform(0, 1, (count, len(NAMES)))
        missing = confidence < 0.2
        points[missing], confidence[missing] = np.nan, 0.0
        people.append(People(points, confidence))
    times = np.cumsum(random.uniform(0.01, 0.1, len(counts)))
    shot = np.arange(len(counts)) // 2
    return RecordedPeople(NAMES, times, shot, tuple(people), max(counts, default=0) + 1, INFO, MODEL)


@given(counts=st.lists(st.integers(0, 3), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, counts: list[int], seed: int) -> None:
    file = tmp_path_factory.mktemp("landmarks") / "a.landmarks.npz"
    before = made(counts, seed)
    save_people(file, before)
    after = load_people(file)
    assert after.names == NAMES
    assert after.model == MODEL
    assert after.people_seen == before.people_seen
    np.testing.assert_array_equal(after.time_s, before.time_s)
    np.testing.assert_array_equal(after.shot, before.shot)
    for one, other in zip(before.people, after.people, strict=True):
        np.testing.assert_allclose(other.points_px, one.points_px, atol=0.5 / POINT_STEPS + 1e-4)
        np.testing.assert_allclose(other.confidence, one.confidence, atol=0.5 / CONFIDENCE_STEPS + 1e-6)


def test_what_the_leg_landmarker_said_comes_back(tmp_path: Path) -> None:
    random, before = np.random.default_rng(3), made([2, 0, 1])
    people = []
    for group in before.people:
        legs = LegSights.empty(len(group))
        arrays = {
            f.name: random.normal(0, 30, getattr(legs, f.name).shape) for f in fields(legs) if f.name != "side"
        }
        people.append(replace(group, legs=LegSights(side=legs.side + 1, **arrays)))
    file = tmp_path / "a.landmarks.npz"
    save_people(file, replace(before, people=tuple(people)))
    for one, other in zip(people, load_people(file).people, strict=True):
        assert one.legs is not None
        assert other.legs is not None
        for field in fields(LegSights):
            np.testing.assert_allclose(
                getattr(other.legs, field.name), getattr(one.legs, field.name), rtol=1 / 4096
            )


def test_landmarks_of_other_backends_have_no_legs(tmp_path: Path) -> None:
    save_people(tmp_path / "a.landmarks.npz", made([1, 2]))
    assert all(people.legs is None for people in load_people(tmp_path / "a.landmarks.npz").people)


def test_the_recordings_facts_come_back_and_say_that_they_were_stored(tmp_path: Path) -> None:
    file = tmp_path / "a.landmarks.npz"
    save_people(file, made([1, 1]))
    info = load_people(file).info
    assert (info.kind, info.width_px, info.height_px, info.sha256) == ("keypoints", 640, 480, "a" * 64)
    assert info.notes[0] == "Rotated once."
    assert "clip.mp4" in info.notes[1]


def test_replay_gives_frames_without_pictures_and_their_people(tmp_path: Path) -> None:
    before = made([1, 0, 2])
    with RecordedRecording(before) as recording, RecordedPose(before) as pose:
        frames = list(recording)
        assert [frame.shot for frame in frames] == [0, 0, 1]
        assert all(frame.image is None for frame in frames)
        assert [len(pose.people(frame)) for frame in frames] == [1, 0, 2]
        assert [frame.index for frame in frames] == [0, 1, 2]


def test_the_frame_is_found_by_its_time_not_its_place() -> None:
    before = made([1, 2, 1])
    late = Frame(0, float(before.time_s[1]) + 4e-4, 0, None)
    assert len(RecordedPose(before).people(late)) == 2


def test_a_time_that_was_not_recorded_is_refused() -> None:
    with pytest.raises(UsageError, match="another recording"):
        RecordedPose(made([1, 1])).people(Frame(0, 9.0, 0, None))


def test_the_same_landmarks_give_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / f"{k}.landmarks.npz" for k in range(2)]
    for file in files:
        save_people(file, made([1, 2]))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_from_frames_collects_what_a_backend_returned() -> None:
    before = made([1, 2])
    rows = list(zip(RecordedRecording(before), before.people, strict=True))
    after = RecordedPeople.from_frames(rows, NAMES, INFO, MODEL)
    np.testing.assert_array_equal(after.time_s, before.time_s)
    assert after.people_seen == 2


@pytest.mark.parametrize("damage", ["missing", "truncated", "other layout", "pickle"])
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "a.landmarks.npz"
    save_people(file, made([1, 1]))
    if damage == "missing":
        file.unlink()
    elif damage == "truncated":
        file.write_bytes(file.read_bytes()[:200])
    else:
        with np.load(file) as archive:
            arrays = dict(archive)
        if damage == "pickle":
            arrays["about"] = np.array([{"layout": 1}], dtype=object)
        else:
            arrays["about"] = np.array(str(arrays["about"]).replace('"layout": 1', '"layout": 99'))
        np.savez(file, **arrays)
    with pytest.raises(InputUnreadable, match=r"a\.landmarks\.npz"):
        load_people(file)


def test_times_must_rise() -> None:
    before = made([1, 1])
    with pytest.raises(ValueError, match="rise"):
        replace(before, time_s=np.array([0.1, 0.1]))
