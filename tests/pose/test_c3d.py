"""C3D of motion laboratories: numbers worked by hand, the published walks, and what is said about damaged files."""

import sys
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.errors import InputUnreadable, InstallationError
from rom.pose.keypoints import is_keypoints, open_keypoints
from rom.records import Naming
from tests.pose.landmark_files import write_c3d

WALKS = Path(__file__).parents[3] / "shared" / "motion"
LEG = ["RKNE", "RANK", "RHEE", "RTOE"]


def standing(ahead: np.ndarray, up: np.ndarray) -> np.ndarray:
    """(3, 4, 3) mm: knee 400 above the ankle, toe 150 ahead of it, heel 50 behind, both 80 below."""
    ankle = 80.0 * up
    one = np.array([ankle + 400.0 * up, ankle, -50.0 * ahead, 150.0 * ahead])
    return np.repeat(one[None], 3, axis=0)


@pytest.mark.parametrize("ahead", [(1.0, 0.0), (0.0, 1.0), (-0.6, 0.8)])
def test_a_foot_alone_tells_the_plane_and_z_is_up(tmp_path: Path, ahead: tuple[float, float]) -> None:
    points = standing(np.array([*ahead, 0.0]), np.array([0.0, 0.0, 1.0]))
    points[1] += 0.5  # nobody stands as still as a drawing
    read = open_keypoints(write_c3d(tmp_path / "a.c3d", LEG, points))
    assert read.names == ("right_lateral_knee", "right_lateral_malleolus", "right_posterior_heel", "right_mt2_head")
    np.testing.assert_allclose(read.people[0].points_px[0], [(0, -480), (0, -80), (-50, 0), (150, 0)], atol=1e-3)
    assert read.info.projection == "sagittal"
    assert read.info.rate_hz == pytest.approx(100.0)
    np.testing.assert_allclose(read.time_s, [0.0, 0.01, 0.02])


def test_the_file_says_which_axis_is_up_and_in_which_unit(tmp_path: Path) -> None:
    points = standing(np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])) / 1000.0
    points[1] += 0.0005
    read = open_keypoints(write_c3d(tmp_path / "a.c3d", LEG, points, unit="m", up="+Y"))
    np.testing.assert_allclose(read.people[0].points_px[0], [(0, -480), (0, -80), (-50, 0), (150, 0)], atol=1e-2)


def test_an_own_table_may_say_which_axis_is_up(tmp_path: Path) -> None:
    points = standing(np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0]))
    points[1] += 0.5
    file = write_c3d(tmp_path / "a.c3d", LEG, points, up="+Z")
    read = open_keypoints(file, naming=Naming({"RTOE": "right_big_toe"}, up="y"))
    assert read.names[3] == "right_big_toe"
    np.testing.assert_allclose(read.people[0].points_px[0, 0], (0, -480), atol=1e-3)


def test_a_subjects_name_before_the_marker_and_angles_are_left_out(tmp_path: Path) -> None:
    points = standing(np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    points = np.concatenate([points, np.full((3, 1, 3), 17.0)], axis=1)
    points[2, 1] = np.nan
    names = [*(f"P017:{name}" for name in LEG), "RAnkleAngles"]
    read = open_keypoints(write_c3d(tmp_path / "a.c3d", names, points))
    assert read.names == ("right_lateral_knee", "right_lateral_malleolus", "right_posterior_heel", "right_mt2_head")
    assert np.isnan(read.people[2].points_px[0, 1]).all()


def test_markers_without_hips_and_feet_cannot_be_laid_on_a_plane(tmp_path: Path) -> None:
    points = np.random.default_rng(3).normal(size=(3, 2, 3))
    with pytest.raises(InputUnreadable, match=r"hips.*--names"):
        open_keypoints(write_c3d(tmp_path / "a.c3d", ["C7", "T10"], points))


def test_a_damaged_file_is_refused_with_a_reason(tmp_path: Path) -> None:
    file = write_c3d(tmp_path / "a.c3d", LEG, standing(np.eye(3)[0], np.eye(3)[2]))
    file.write_bytes(file.read_bytes()[:300])
    assert is_keypoints(file)
    with pytest.raises(InputUnreadable, match="C3D"):
        open_keypoints(file)


def test_without_the_library_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_c3d(tmp_path / "a.c3d", LEG, standing(np.eye(3)[0], np.eye(3)[2]))
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(InstallationError, match=r"pip install 'ankle-rom\[c3d\]'"):
        rom.measure(file)


@pytest.mark.skipif(not WALKS.is_dir(), reason="the motion-capture files are not here")
@pytest.mark.parametrize("name", ["HC030A05", "HC050A11", "HC055A09"])
def test_a_published_walk_gives_the_angle_that_the_study_of_it_gives(name: str) -> None:
    from calibration.studies.plug_in_gait import read_trial, reading_deg
    from rom.geometry import progression_from_path

    exam = rom.measure(WALKS / f"{name}.c3d", protocol="walk")
    trial = read_trial(WALKS / f"{name}.c3d")
    for side, letter in (("left", "L"), ("right", "R")):
        study, _ = reading_deg(trial, letter, progression_from_path(trial["SACR"]))
        ours = exam.angles[side].raw_deg  # type: ignore[index]
        # The pelvis is followed by the hips here and by the sacrum there, so the plane turns by a degree or so.
        np.testing.assert_allclose(ours, study, atol=0.6)
    assert exam.gait is not None
