"""One contract, held by every source of landmarks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rom.pose import PoseBackend, open_pose
from rom.pose.keypoints import open_keypoints
from rom.pose.recorded import RecordedPeople, RecordedPose, RecordedRecording, save_people
from rom.records import Frame, ModelInfo, People, RecordingInfo
from tests.pose.landmark_files import (
    openpose_person,
    with_shot,
    write_c3d,
    write_csv,
    write_mediapipe,
    write_openpose,
    write_trc,
)

Source = tuple[PoseBackend, list[Frame]]


def _blazepose(folder: Path, frames: list[Frame]) -> Source:
    return open_pose("lite"), frames


def _recorded(folder: Path, frames: list[Frame]) -> Source:
    points = np.arange(24, dtype=float).reshape(2, 1, 6, 2)
    points[1, 0, 2] = np.nan
    confidence = np.where(np.isnan(points[..., 0]), 0.0, 0.75)
    names = ("left_hip", "right_hip", "right_knee", "right_ankle", "right_heel", "right_foot_index")
    info = RecordingInfo("clip.mp4", "video", 640, 480, 30.0, 2 / 30, 2)
    people = tuple(People(p, c) for p, c in zip(points, confidence, strict=True))
    file = folder / "clip.landmarks.npz"
    stored = RecordedPeople(
        names, np.array([0, 1 / 30]), np.array([0, 1]), people, 1, info, ModelInfo("made", "0" * 64)
    )
    save_people(file, stored)
    return open_pose(file), list(RecordedRecording(file))


def _replayed(read: RecordedPeople) -> Source:
    return RecordedPose(read), list(RecordedRecording(read))


def _trc_pixels(folder: Path, frames: list[Frame]) -> Source:
    points = np.full((3, 6, 3), 400.0) + np.arange(6)[:, None] * 30.0
    points[1, 3] = np.nan
    return _replayed(open_keypoints(write_trc(folder / "a_px_person00.trc", points)))


def _trc_space(folder: Path, frames: list[Frame]) -> Source:
    points = np.random.default_rng(1).normal(0.0, 0.5, (3, 6, 3))
    return _replayed(open_keypoints(write_trc(folder / "a.trc", points)))


def _openpose(folder: Path, frames: list[Frame]) -> Source:
    one = openpose_person(right_knee=(300.0, 200.0, 0.9), right_ankle=(310.0, 300.0, 0.8))
    two = openpose_person(right_knee=(500.0, 200.0, 0.9))
    return _replayed(open_keypoints(write_openpose(folder / "poses", [[one], [one, two], []]), rate_hz=25))


def _mediapipe(folder: Path, frames: list[Frame]) -> Source:
    landmarks = [{"x": 0.5, "y": k / 40, "visibility": 0.9} for k in range(33)]
    rows = [{"time_s": 0.0, "landmarks": landmarks}, {"time_s": 0.1, "landmarks": None}]
    return _replayed(open_keypoints(write_mediapipe(folder / "a.json", list(rows), width=200, height=100)))


def _csv(folder: Path, frames: list[Frame]) -> Source:
    rows = ["0,a,left_knee,10,20,0.9", "0,a,left_ankle,,,0", "0.1,a,left_knee,11,20,0.8"]
    return _replayed(open_keypoints(write_csv(folder / "a.csv", rows)))


def _c3d(folder: Path, frames: list[Frame]) -> Source:
    points = np.random.default_rng(1).normal(0.0, 500.0, (3, 4, 3))
    points[1, 2] = np.nan
    return _replayed(open_keypoints(write_c3d(folder / "a.c3d", ["RKNE", "RANK", "RHEE", "RTOE"], points)))


BACKENDS = {
    "blazepose": _blazepose,
    "recorded": _recorded,
    "trc pixels": _trc_pixels,
    "trc space": _trc_space,
    "openpose": _openpose,
    "mediapipe json": _mediapipe,
    "csv": _csv,
    "c3d": _c3d,
}


@pytest.fixture(params=list(BACKENDS.values()), ids=list(BACKENDS))
def source(request: pytest.FixtureRequest, tmp_path: Path, frames: list[Frame]) -> Iterator[Source]:
    make: Callable[[Path, list[Frame]], Source] = request.param
    pose, own = make(tmp_path, frames)
    with pose:
        yield pose, own


def test_landmark_names_are_unique_and_put_the_side_first(source: Source) -> None:
    names = source[0].landmark_names
    assert len(set(names)) == len(names) >= 2
    for name in names:
        assert name == name.lower()
        assert not name.endswith(("left", "right"))
    assert any(name.startswith(("left_", "right_")) for name in names)


def test_people_have_the_shapes_of_the_names(source: Source) -> None:
    pose, frames = source
    landmarks = len(pose.landmark_names)
    for frame in frames:
        people = pose.people(frame)
        assert people.points_px.shape == (len(people), landmarks, 2)
        assert people.confidence.shape == (len(people), landmarks)


def test_missing_is_nan_without_confidence_and_never_the_origin(source: Source) -> None:
    pose, frames = source
    found = 0
    for frame in frames:
        people = pose.people(frame)
        missing = np.isnan(people.points_px)
        assert np.array_equal(missing[..., 0], missing[..., 1])
        assert not np.any(people.confidence[missing[..., 0]] > 0)
        assert not np.any(np.all(people.points_px == 0, axis=-1) & (people.confidence == 0))
        assert np.all((people.confidence >= 0) & (people.confidence <= 1))
        found += int(np.sum(people.confidence > 0))
    assert found > 0


def test_points_are_pixels_not_shares_of_the_picture(source: Source) -> None:
    pose, frames = source
    extent = max(float(np.ptp(p.points_px[np.isfinite(p.points_px)])) for p in map(pose.people, frames) if len(p))
    assert extent > 4  # shares of the picture span 1


def test_people_seen_is_at_least_what_was_returned(source: Source) -> None:
    pose, frames = source
    most = max(len(pose.people(frame)) for frame in frames)
    assert pose.people_seen >= most > 0


def test_model_is_told(source: Source) -> None:
    model = source[0].model
    assert model.name
    assert model.sha256 is None or len(model.sha256) == 64


def test_closing_twice_does_nothing(source: Source) -> None:
    source[0].close()
    source[0].close()


def test_a_new_shot_owes_nothing_to_the_last(source: Source, tmp_path: Path, frames: list[Frame]) -> None:
    """After a cut the answer is the one that a fresh backend gives."""
    pose, own = source
    for frame in own[:-1]:
        pose.people(frame)
    last = with_shot(own[-1], own[-1].shot + 1)
    after = pose.people(last)
    fresh_pose = open_pose("lite") if own[0].image is not None else pose
    with fresh_pose:
        fresh = fresh_pose.people(last)
    np.testing.assert_array_equal(after.points_px, fresh.points_px)
    np.testing.assert_array_equal(after.confidence, fresh.confidence)
