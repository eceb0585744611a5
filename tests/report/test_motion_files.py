"""Motion files, read back by readers that are not ours: OpenSim, ezc3d and c3d, netCDF4 with xarray, pandas."""

import contextlib
import json
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rom
from rom.errors import InstallationError, UsageError
from rom.records import CameraProfile, Examination, Scale
from rom.report.bids import BidsName, write_bids
from rom.report.motion_files import FORMATS, between, checked_formats, course_of, write_motion
from rom.report.reading import read_examination
from rom.report.tables import write_json
from tests.planted import column, exam_plan, planted, stored, without

MISSING = slice(40, 44)


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """A planted exam in which the heels are not seen for four frames."""
    plan = exam_plan()
    gone = np.zeros(len(plan.time_s), dtype=bool)
    gone[MISSING] = True
    return rom.measure(stored(tmp_path_factory.mktemp("planted"), without(planted(plan), gone, ("heel",))))


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """The same from a camera that lost every tenth frame."""
    plan = exam_plan()
    kept = np.arange(len(plan.time_s)) % 10 != 7
    return rom.measure(stored(tmp_path_factory.mktemp("uneven"), planted(plan).only(kept)))


@pytest.fixture(scope="module")
def opensim(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """OpenSim, which begins a log where it is started: in a folder of its own, and not for long."""
    with contextlib.chdir(tmp_path_factory.mktemp("opensim")):
        import opensim as library

        library.Logger.removeFileSink()
    return library


def test_opensim_reads_the_markers_of_a_trc(exam: Examination, tmp_path: Path, opensim: Any) -> None:
    [path] = write_motion(exam, tmp_path / "P017", ["trc"], mm_per_px=1.25)
    table = opensim.TimeSeriesTableVec3(str(path))
    assert table.getTableMetaDataString("Units") == "mm"
    assert float(table.getTableMetaDataString("DataRate")) == pytest.approx(30.0)
    assert list(table.getColumnLabels()) == list(exam.landmarks.names)
    np.testing.assert_allclose(table.getIndependentColumn(), exam.landmarks.time_s, atol=1e-6)
    flat = table.flatten()  # kept: its matrix dies with it
    read = flat.getMatrix().to_numpy().copy().reshape(len(exam.landmarks.time_s), -1, 3)
    points = exam.landmarks.points_px
    np.testing.assert_allclose(read[..., 0], 1.25 * points[..., 0], atol=1e-4)
    np.testing.assert_allclose(read[..., 1], 1.25 * (exam.recording.height_px - points[..., 1]), atol=1e-4)
    heel = column("right", "heel")
    assert np.isnan(read[MISSING, heel]).all()
    assert not np.nanmax(np.abs(read[..., 2])) > 0
    marker_data = opensim.MarkerData(str(path))  # the reader of its inverse kinematics
    assert (marker_data.getNumMarkers(), marker_data.getNumFrames()) == read.shape[1::-1]
    assert marker_data.getUnits().getLabel() == "millimeters"
    knee, ankle = (read[0, column("right", part)] for part in ("knee", "ankle"))
    assert knee[1] > ankle[1], "y is up"


def test_opensim_reads_the_angles_of_a_mot(exam: Examination, tmp_path: Path, opensim: Any) -> None:
    [path] = write_motion(exam, tmp_path / "P017", ["mot"])
    table = opensim.TimeSeriesTable(str(path))
    assert table.getTableMetaDataString("inDegrees") == "yes"
    assert list(table.getColumnLabels()) == ["ankle_angle_l", "ankle_angle_r", "knee_angle_l", "knee_angle_r"]
    read = table.getMatrix().to_numpy().copy()
    np.testing.assert_allclose(read[:, 1], exam.angles["right"].smooth_deg, atol=1e-6)
    np.testing.assert_allclose(read[:, 3], exam.angles["right"].knee_flexion_deg, atol=1e-6)
    storage = opensim.Storage(str(path))  # the reader of OpenSim's window
    assert storage.isInDegrees()
    assert storage.getSize() == len(read)


def test_ezc3d_reads_markers_and_angles_of_a_c3d(exam: Examination, tmp_path: Path) -> None:
    import ezc3d

    [path] = write_motion(exam, tmp_path / "P017", ["c3d"], mm_per_px=0.8)
    file = ezc3d.c3d(str(path))
    point = file["parameters"]["POINT"]
    labels, read = point["LABELS"]["value"], file["data"]["points"][:3].T
    assert point["UNITS"]["value"] == ["mm"]
    assert point["RATE"]["value"] == pytest.approx([30.0])
    assert labels[: len(exam.landmarks.names)] == list(exam.landmarks.names)
    heel = 0.8 * exam.landmarks.points("right_heel")[:, 0, 0]
    np.testing.assert_allclose(read[:, labels.index("right_heel"), 0], heel, atol=1e-3)  # C3D is single precision
    angle = read[:, labels.index("RAnkleAngles"), 0]
    np.testing.assert_allclose(angle, exam.angles["right"].smooth_deg, atol=1e-4)
    assert "RAnkleAngles" in point["ANGLES"]["value"]
    residuals = file["data"]["meta_points"]["residuals"][0, labels.index("right_heel")]
    assert (residuals[MISSING] == -1).all()
    assert (residuals[:40] >= 0).all()


def test_a_reader_of_other_origin_reads_the_same_c3d(exam: Examination, tmp_path: Path) -> None:
    import c3d

    [path] = write_motion(exam, tmp_path / "P017", ["c3d"], mm_per_px=0.8)
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses analog channels, of which there are none
        reader = c3d.Reader(file)
        labels = [label.strip() for label in reader.point_labels]
        read = np.array([points for _, points, _ in reader.read_frames()])
    assert reader.point_rate == pytest.approx(30.0)
    seen = np.isfinite(exam.landmarks.points("right_heel")[:, 0, 0])
    heel, angle = (read[:, labels.index(name)] for name in ("right_heel", "RAnkleAngles"))
    np.testing.assert_allclose(heel[seen, 0], 0.8 * exam.landmarks.points("right_heel")[seen, 0, 0], atol=1e-3)
    np.testing.assert_array_equal(heel[:, 3] < 0, ~seen)
    known = np.isfinite(exam.angles["right"].smooth_deg)
    np.testing.assert_allclose(angle[known, 0], exam.angles["right"].smooth_deg[known], atol=1e-4)


def test_the_layout_of_movement_is_read_by_xarray(exam: Examination, tmp_path: Path) -> None:
    import xarray as xr

    [path] = write_motion(exam, tmp_path / "P017", ["nc"])
    read = xr.load_dataset(path, engine="netcdf4")
    assert read["position"].dims == ("time", "space", "keypoints", "individuals")
    assert read["confidence"].dims == ("time", "keypoints", "individuals")
    assert (read.attrs["ds_type"], read.attrs["time_unit"]) == ("poses", "seconds")
    assert read.attrs["fps"] == pytest.approx(30.0)
    assert list(read["space"].values) == ["x", "y"]
    np.testing.assert_array_equal(read["time"], exam.landmarks.time_s)
    heel = read["position"].sel(keypoints="right_heel", individuals="id_0")
    np.testing.assert_array_equal(heel, exam.landmarks.points("right_heel")[:, 0])
    angle = read["joint_angle"].sel(angle="right_ankle")
    np.testing.assert_array_equal(angle, exam.angles["right"].smooth_deg)


def test_bids_files_are_what_their_channels_say(exam: Examination, tmp_path: Path) -> None:
    import pandas as pd

    motion, about, channels, frames = write_bids(exam, tmp_path, BidsName("P017", "2", "seated"), 1.25)
    assert motion.relative_to(tmp_path).as_posix() == (
        "sub-P017/ses-2/motion/sub-P017_ses-2_task-seated_tracksys-video_motion.tsv"
    )
    names = pd.read_csv(channels, sep="\t", keep_default_na=False)
    read = pd.read_csv(motion, sep="\t", header=None, na_values="n/a", names=list(names["name"]))
    np.testing.assert_allclose(read["latency"], exam.landmarks.time_s, atol=1e-6)
    np.testing.assert_allclose(read["right_ankle_angle"], exam.angles["right"].smooth_deg, atol=1e-6)
    np.testing.assert_allclose(read["right_heel_x"], 1.25 * exam.landmarks.points("right_heel")[:, 0, 0], atol=1e-5)
    told = json.loads(about.read_text("utf-8"))
    counted = {kind: int((names["type"] == kind).sum()) for kind in ("POS", "JNTANG", "LATENCY")}
    assert {kind: told[f"{kind}ChannelCount"] for kind in counted} == counted
    assert told["MotionChannelCount"] == len(names) == read.shape[1]
    assert set(names.loc[names["type"] == "POS", "units"]) == {"mm"}
    levels = json.loads(frames.read_text("utf-8"))["reference_frame"]["Levels"]
    assert levels["picture"]["SpatialAxes"] == "AS_", "the right leg is near: x points forward"


def test_a_second_person_joins_the_data_set(exam: Examination, tmp_path: Path) -> None:
    write_bids(exam, tmp_path, BidsName("P017"))
    (tmp_path / "participants.tsv").write_text("participant_id\tage\nsub-P017\t45\n", encoding="utf-8")
    write_bids(exam, tmp_path, BidsName("P018", run=2))
    write_bids(exam, tmp_path, BidsName("P018", run=3))
    people = (tmp_path / "participants.tsv").read_text("utf-8")
    assert people == "participant_id\tage\nsub-P017\t45\nsub-P018\tn/a\n"
    assert json.loads((tmp_path / "dataset_description.json").read_text("utf-8"))["DatasetType"] == "raw"


@pytest.mark.parametrize("label", ["P-017", "", "Anna B", "../x"])
def test_bids_labels_are_letters_and_digits(label: str) -> None:
    with pytest.raises(UsageError, match="letters and digits"):
        BidsName(label)


def test_files_without_times_come_at_one_rate(uneven: Examination, tmp_path: Path) -> None:
    import ezc3d

    course = course_of(uneven)
    assert not course.even
    [path] = write_motion(uneven, tmp_path / "P017", ["c3d"])
    read = ezc3d.c3d(str(path))["data"]["points"][:3].T
    plan = exam_plan()
    assert len(read) == len(plan.time_s)
    whole = planted(plan).points("right_foot_index")[:, 0, 0]
    seen = np.arange(len(read)) % 10 != 7
    np.testing.assert_allclose(read[seen, column("right", "foot_index"), 0], whole[seen], atol=5e-3)
    assert np.abs(read[~seen, column("right", "foot_index"), 0] - whole[~seen]).max() < 3.0


def test_between_two_frames_of_which_one_is_missing_nothing_is_known() -> None:
    values = np.array([[1.0], [np.nan], [3.0]])
    read = between(np.array([0.0, 0.5, 2.0]), np.array([0.0, 1.0, 2.0]), values)
    np.testing.assert_array_equal(read.ravel(), [1.0, np.nan, 3.0])


def test_an_examination_from_json_gives_the_legs_that_were_measured(exam: Examination, tmp_path: Path) -> None:
    write_json(exam, tmp_path / "exam.json")
    course = course_of(read_examination(tmp_path / "exam.json"))
    assert course.names[:4] == exam.angles["left"].landmarks
    np.testing.assert_allclose(course.ankle_deg["right"], exam.angles["right"].smooth_deg, atol=1e-4)
    np.testing.assert_allclose(course.points_px[:, 4:], exam.angles["right"].points_px, atol=1e-4)


def test_the_scale_is_the_cameras_where_it_has_one(exam: Examination) -> None:
    camera = CameraProfile("mine", 1280, 1280, "2026-11-01", scale=Scale(2.5, 0.01, "sheet"))
    assert course_of(replace(exam, camera=camera)).mm_per_px == 2.5
    assert course_of(replace(exam, camera=camera), 3.0).mm_per_px == 3.0
    assert course_of(exam).mm_per_px is None
    assert "1 mm in the file stands for 1 px" in course_of(exam).scale_words
    with pytest.raises(UsageError, match="millimetres a pixel"):
        course_of(exam, -1.0)


def test_what_was_read_in_millimetres_is_written_in_millimetres(exam: Examination, tmp_path: Path) -> None:
    [path] = write_motion(exam, tmp_path / "P017", ["c3d"], mm_per_px=1.25)
    again = rom.measure(path)
    assert course_of(again).mm_per_px == 1.0
    first, second = exam.results[2], again.results[2]
    assert first.value_deg is not None
    assert second.value_deg == pytest.approx(first.value_deg, abs=0.05)
    assert again.recording.projection == "camera", "one camera saw it: the far leg stays without a number"


def test_a_trc_goes_round_through_our_own_reader(exam: Examination, tmp_path: Path) -> None:
    [path] = write_motion(exam, tmp_path / "P017", ["trc"], mm_per_px=1.25)
    again = rom.measure(path)
    first, second = exam.results[2], again.results[2]
    assert first.value_deg is not None
    assert second.value_deg == pytest.approx(first.value_deg, abs=0.05)


def test_no_file_tells_where_the_recording_lay(exam: Examination, tmp_path: Path) -> None:
    for path in write_motion(exam, tmp_path / "P017", list(FORMATS)):
        assert b"planted0" not in path.read_bytes(), "the folder of the recording"
        assert str(exam.recording.source).encode() not in path.read_bytes()


def test_the_same_examination_gives_the_same_bytes(exam: Examination, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_motion(exam, tmp_path / "P017", list(FORMATS))]
    again = [path.read_bytes() for path in write_motion(exam, tmp_path / "P017", list(FORMATS))]
    assert first == again


def test_formats_are_checked_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked_formats(["mot", "trc", "mot"]) == ("mot", "trc")
    with pytest.raises(UsageError, match="trc, mot, c3d, nc"):
        checked_formats(["fbx"])
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    assert checked_formats(["trc"]) == ("trc",)
    with pytest.raises(InstallationError, match="ezc3d"):
        checked_formats(["trc", "c3d"])


def test_a_recording_without_anybody_has_nothing_to_write(tmp_path: Path) -> None:
    plan = exam_plan()
    empty = without(planted(plan), np.ones(len(plan.time_s), dtype=bool))
    with pytest.raises(UsageError, match=r"nobody was seen|neither"):
        course_of(rom.measure(stored(tmp_path, empty)))


def convert(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it."""
    words_ = [sys.executable, "-m", "rom", "convert", *map(str, words)]
    return subprocess.run(words_, capture_output=True, text=True, check=False)


def test_the_command_writes_what_is_asked_for_and_names_it(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "samples" / "seated_right.landmarks.npz"
    done = convert(sample, "--to", "trc,mot,bids", "--subject", "P017", "--out", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    files = [Path(line) for line in done.stdout.splitlines()]
    assert [file.name for file in files[:2]] == ["seated_right.trc", "seated_right.mot"]
    assert len(files) == 6
    assert all(file.is_file() for file in files)
    assert "1 mm in the file stands for 1 px" in done.stderr


def test_the_command_never_writes_over_what_it_reads(exam: Examination, tmp_path: Path) -> None:
    [path] = write_motion(exam, tmp_path / "P017", ["trc"])
    before = path.read_bytes()
    done = convert(path, "--to", "trc", "--out", tmp_path)
    assert done.returncode == 2
    assert "the recording itself" in done.stderr
    assert path.read_bytes() == before
    assert "say both" in convert(path, "--to", "bids", "--out", tmp_path).stderr
