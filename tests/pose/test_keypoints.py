"""Other tools' files: numbers worked by hand, and what is said about damaged ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from rom.errors import InputUnreadable, UsageError
from rom.pose.keypoints import is_keypoints, open_keypoints
from rom.pose.names import canonical, names_of
from tests.pose.landmark_files import openpose_person, write_csv, write_mediapipe, write_openpose, write_trc


def test_sports2d_pixels_are_taken_as_they_are_although_the_header_says_metres(tmp_path: Path) -> None:
    points = np.zeros((2, 6, 3))
    points[..., 0], points[..., 1] = 640.0, 360.0 + np.arange(6)
    read = open_keypoints(write_trc(tmp_path / "clip_Sports2D_px_person00.trc", points, unit="m"))
    assert read.names == ("left_hip", "right_hip", "right_knee", "right_ankle", "right_heel", "right_big_toe")
    np.testing.assert_allclose(read.people[0].points_px[0, 5], [640.0, 365.0])
    assert read.info.projection == "camera"
    assert read.info.rate_hz == pytest.approx(50.0)
    np.testing.assert_allclose(read.time_s, [0.0, 0.02])  # the file begins at 0.02


def test_pixels_are_told_from_metres_by_their_size_too(tmp_path: Path) -> None:
    points = np.zeros((2, 6, 3))
    points[..., 0], points[..., 1] = 640.0, 100.0 + 100.0 * np.arange(6)
    read = open_keypoints(write_trc(tmp_path / "renamed.trc", points, unit="m"))
    np.testing.assert_allclose(read.people[0].points_px[0, 5], [640.0, 600.0])


def test_sports2d_metres_become_millimetres_with_y_down(tmp_path: Path) -> None:
    points = np.zeros((2, 6, 3))
    points[:, 2] = (0.10, 0.50, -0.08)  # knee above the ankle; Sports2D's constant depth of a side
    points[:, 3] = (0.15, 0.08, -0.08)
    points[:, [0, 1, 4, 5]] = (0.2, 0.9, 0.08)
    read = open_keypoints(write_trc(tmp_path / "clip_Sports2D_m_person00.trc", points))
    np.testing.assert_allclose(read.people[0].points_px[0, 2], [100.0, -500.0])
    np.testing.assert_allclose(read.people[0].points_px[0, 3], [150.0, -80.0])
    assert read.info.projection == "camera"
    assert any("1 px stands for 1 mm" in note for note in read.info.notes)


def _standing(faces: tuple[float, float]) -> np.ndarray:
    """(1, 6, 3) metres, y up: somebody who stands and faces the level direction (x, z)."""
    ahead = np.array([faces[0], 0.0, faces[1]])
    right = np.cross(ahead, (0.0, 1.0, 0.0))
    up = np.array([0.0, 1.0, 0.0])
    hips = 0.9 * up
    body = [hips - 0.1 * right, hips + 0.1 * right, 0.5 * up, 0.08 * up, 0.02 * up - 0.05 * ahead, 0.2 * ahead]
    return np.array(body)[None]


@pytest.mark.parametrize("faces", [(1.0, 0.0), (0.0, 1.0), (-0.6, 0.8)])
def test_pose2sim_in_place_is_laid_on_the_plane_the_body_faces(tmp_path: Path, faces: tuple[float, float]) -> None:
    points = np.concatenate([_standing(faces)] * 3)
    points[1, 4, 2] += 0.001  # something moves in depth, so the file is not flat
    read = open_keypoints(write_trc(tmp_path / "balance.trc", points))
    leg = read.people[0].points_px[0]
    np.testing.assert_allclose(leg[2], [0.0, -500.0], atol=0.01)  # knee: straight above the ankle
    np.testing.assert_allclose(leg[5], [200.0, 0.0], atol=0.01)  # toe: 200 mm ahead, to the right
    assert read.info.projection == "sagittal"


def test_pose2sim_walking_is_laid_along_the_path(tmp_path: Path) -> None:
    walk = _standing((0.0, 1.0)) + np.linspace(0, 3, 7)[:, None, None] * np.array([0.0, 0.0, 1.0])
    read = open_keypoints(write_trc(tmp_path / "walk.trc", walk))
    hips = np.array([p.points_px[0, 0] for p in read.people])
    np.testing.assert_allclose(hips[-1] - hips[0], [3000.0, 0.0], atol=0.01)
    assert any("path walked" in note for note in read.info.notes)


def test_trc_in_space_without_hips_is_refused(tmp_path: Path) -> None:
    points = np.random.default_rng(2).normal(size=(3, 1, 3))
    with pytest.raises(InputUnreadable, match="hips"):
        open_keypoints(write_trc(tmp_path / "a.trc", points))


def test_a_marker_missing_in_trc_is_nan_whether_empty_or_zero(tmp_path: Path) -> None:
    points = np.full((2, 6, 3), 300.0)
    points[0, 3], points[1, 4] = np.nan, 0.0
    read = open_keypoints(write_trc(tmp_path / "a_px_person00.trc", points))
    assert np.isnan(read.people[0].points_px[0, 3]).all()
    assert np.isnan(read.people[1].points_px[0, 4]).all()
    assert np.isfinite(read.people[1].points_px[0, 3]).all()


def test_openpose_zeros_are_missing_and_the_frame_number_is_the_time(tmp_path: Path) -> None:
    person = openpose_person(left_heel=(120.5, 400.25, 0.7))
    folder = write_openpose(tmp_path / "poses", [[person], [], [person]], first=10)
    read = open_keypoints(folder, rate_hz=25.0)
    heel = read.names.index("left_heel")
    np.testing.assert_allclose(read.people[0].points_px[0, heel], [120.5, 400.25])
    assert read.people[0].confidence[0, heel] == pytest.approx(0.7)
    assert np.isnan(np.delete(read.people[0].points_px[0], heel, axis=0)).all()
    assert [len(p) for p in read.people] == [1, 0, 1]
    np.testing.assert_allclose(read.time_s, [0.0, 0.04, 0.08])


def test_openpose_needs_a_rate(tmp_path: Path) -> None:
    folder = write_openpose(tmp_path / "poses", [[openpose_person(left_heel=(1.0, 2.0, 0.7))]])
    with pytest.raises(UsageError, match="rate"):
        open_keypoints(folder)


def test_openpose_of_another_body_model_is_refused(tmp_path: Path) -> None:
    folder = write_openpose(tmp_path / "poses", [[[0.0] * 54]])
    with pytest.raises(InputUnreadable, match="BODY_25"):
        open_keypoints(folder, rate_hz=30)


def test_mediapipe_shares_become_pixels_of_each_axis(tmp_path: Path) -> None:
    landmarks: list[object] = [{"x": 0.25, "y": 0.5, "visibility": 0.9}] * 32
    frames: list[object] = [{"landmarks": [*landmarks, {"x": 0.5, "y": 1.1, "visibility": 0.9}]}] * 2
    read = open_keypoints(write_mediapipe(tmp_path / "a.json", frames, width=1280, height=720, fps=30))
    np.testing.assert_allclose(read.people[0].points_px[0, 0], [320.0, 360.0])
    np.testing.assert_allclose(read.people[0].points_px[0, 32], [640.0, 792.0])
    assert read.people[0].confidence[0, 32] == 0  # below the picture: nothing of it was seen
    assert (read.info.width_px, read.info.height_px) == (1280, 720)
    np.testing.assert_allclose(read.time_s, [0.0, 1 / 30])


def test_myogait_names_its_landmarks_and_keeps_the_facts_under_meta(tmp_path: Path) -> None:
    rows = [
        {"frame_idx": t, "time_s": t / 50, "landmarks": {
            "LEFT_HEEL": {"x": 0.1, "y": 0.9, "visibility": 0.8},
            "LEFT_FOOT_INDEX": {"x": float("nan"), "y": None, "visibility": 0.0},
        }}
        for t in range(2)
    ]  # fmt: skip
    meta = {"fps": 50, "width": 1000, "height": 500}
    read = open_keypoints(write_mediapipe(tmp_path / "a.json", list(rows), myogait_version="1", meta=meta))
    assert read.names == ("left_heel", "left_foot_index")
    np.testing.assert_allclose(read.people[0].points_px[0, 0], [100.0, 450.0])
    assert np.isnan(read.people[0].points_px[0, 1]).all()


def test_mediapipe_of_several_people(tmp_path: Path) -> None:
    person = [{"x": 0.5, "y": 0.5}] * 33
    rows: list[object] = [{"timestamp_ms": 40 * t, "landmarks": [person, person]} for t in range(3)]
    read = open_keypoints(write_mediapipe(tmp_path / "a.json", rows, width=10, height=10))
    assert read.people_seen == 2
    np.testing.assert_allclose(read.time_s, [0.0, 0.04, 0.08])


@pytest.mark.parametrize(
    ("facts", "landmarks", "word"),
    [
        ({"fps": 30}, [{"x": 0.5, "y": 0.5}] * 33, "width"),
        ({"fps": 30, "width": 10, "height": 10}, [{"x": 0.5, "y": 0.5}] * 17, "33"),
        ({"fps": 30, "width": 10, "height": 10}, [{"x": 512, "y": 300}] * 33, "0..1"),
    ],
)
def test_mediapipe_json_that_is_something_else_is_refused(
    tmp_path: Path, facts: dict[str, object], landmarks: list[object], word: str
) -> None:
    file = write_mediapipe(tmp_path / "a.json", [{"landmarks": landmarks}], **facts)
    with pytest.raises(InputUnreadable, match=word):
        open_keypoints(file)


def test_mediapipe_without_time_or_rate_needs_one(tmp_path: Path) -> None:
    file = write_mediapipe(tmp_path / "a.json", [{"landmarks": [{"x": 0.5, "y": 0.5}] * 33}], width=9, height=9)
    with pytest.raises(UsageError, match="rate"):
        open_keypoints(file)
    assert open_keypoints(file, rate_hz=10).people_seen == 1


def test_csv_two_people_one_landmark_not_found(tmp_path: Path) -> None:
    rows = [
        "0.0,Ann,left_ankle,100.5,200,0.9",
        "0.0,Ann,LEFT_HEEL,90,230,",
        "0.0,Bob,left_ankle,400,210,0.5",
        "0.25,Ann,left_ankle,,,",
        "0.25,Bob,left_ankle,401,210,0.5",
    ]
    read = open_keypoints(write_csv(tmp_path / "a.csv", rows))
    assert read.names == ("left_ankle", "left_heel")
    np.testing.assert_allclose(read.people[0].points_px[:, 0], [[100.5, 200.0], [400.0, 210.0]])
    assert read.people[0].confidence[0].tolist() == [0.9, 1.0]
    assert np.isnan(read.people[0].points_px[1, 1]).all()
    assert len(read.people[1]) == 1  # nothing of Ann was found
    np.testing.assert_allclose(read.time_s, [0.0, 0.25])


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.csv", "time,x,y\n0,1,2\n", "columns"),
        ("a.csv", "time_s,person,landmark,x_px,y_px\n0,a,left_knee,one,2\n", "line 2"),
        ("a.csv", "time_s,person,landmark,x_px,y_px\n", "none"),
        ("a.trc", "PathFileType\t4\n", "TRC"),
        ("a.trc", "", "TRC"),
        ("a.json", "{", "MediaPipe"),
        ("a.json", "[1, 2]", "none of these"),
        ("a.json", json.dumps({"frames": 3, "width": 1, "height": 1}), "MediaPipe"),
        ("a.landmarks.npz", "text", "stored"),
    ],
)
def test_damaged_files_get_one_clear_sentence(tmp_path: Path, name: str, content: str, word: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    assert is_keypoints(file)
    with pytest.raises(InputUnreadable, match=word) as told:
        open_keypoints(file)
    assert "\n" not in str(told.value)
    assert name in str(told.value)


def test_times_that_fall_are_refused(tmp_path: Path) -> None:
    file = write_trc(tmp_path / "a_px_person00.trc", np.full((3, 2, 3), 300.0))
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines[:5], *reversed(lines[5:])]), encoding="utf-8")
    with pytest.raises(InputUnreadable, match="rise"):
        open_keypoints(file)


def test_pictures_and_missing_files_are_not_keypoints(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "picture.png").write_bytes(b"\x89PNG")
    assert not is_keypoints(tmp_path / "clip.mp4")
    assert not is_keypoints(tmp_path / "folder")
    assert not is_keypoints(tmp_path / "missing.trc")


def test_content_tells_what_a_file_is_whatever_its_ending(tmp_path: Path) -> None:
    file = write_trc(tmp_path / "a_px_person.txt", np.full((2, 2, 3), 300.0))
    assert is_keypoints(file)
    assert open_keypoints(file).names == ("left_hip", "right_hip")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("RBigToe", "right_big_toe"),
        ("LSmallToe", "left_small_toe"),
        ("mouth_right", "right_mouth"),
        ("LEFT_FOOT_INDEX", "left_foot_index"),
        ("left_ankle", "left_ankle"),
        ("RightHeel", "right_heel"),
        ("heel_left", "left_heel"),
        ("r_calc_study", "right_heel"),
        ("RFibularHead", "right_fibular_head"),
        ("Neck", "neck"),
    ],
)
def test_names_of_all_tools_become_ours(theirs: str, ours: str) -> None:
    assert canonical(theirs) == ours


def test_the_tables_hold_each_tool_whole() -> None:
    assert len(set(names_of("mediapipe"))) == 33
    assert names_of("mediapipe")[27:33] == (
        "left_ankle", "right_ankle", "left_heel", "right_heel", "left_foot_index", "right_foot_index",
    )  # fmt: skip
    assert len(set(names_of("openpose"))) == 25
    assert names_of("openpose")[19:25] == (
        "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
    )  # fmt: skip
    assert all(canonical(name) == name for name in names_of("mediapipe"))
