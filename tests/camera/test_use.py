"""A profile in use: recorded landmarks are straightened and levelled, drawn where they were, and it is said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.camera.checks import camera_checks
from rom.camera.correction import drawn, straightened, straightened_landmarks
from rom.camera.profiles import save_profile
from rom.geometry import distort_points, dorsiflexion_from_points
from rom.pose.recorded import RecordedPeople, RecordedPose, RecordedRecording, save_people
from rom.records import (
    CameraProfile,
    Check,
    Examination,
    Floats,
    Landmarks,
    Level,
    MotionResult,
    People,
    RecordingInfo,
    Scale,
)
from rom.watch import scene_of, watch
from tests.planted import (
    CENTRE_PX,
    HEIGHT_PX,
    MODEL,
    WIDTH_PX,
    Plan,
    exam_plan,
    info_of,
    planted,
    planted_leg,
    points_of,
    recorded,
)
from tests.rendered import PlantedCamera, lens_of

#: Sees 45 degrees to each side; its corners are drawn a fifth closer to the middle.
WIDE = PlantedCamera(WIDTH_PX, HEIGHT_PX, 640.0, (640.0, 640.0), (-0.17, 0.025, 0.0, 0.0, 0.0))
INFO = info_of(10)
PROFILE = CameraProfile("wide", WIDTH_PX, HEIGHT_PX, "2026-01-01", "Acme One", lens=lens_of(WIDE))
TILTED = replace(PROFILE, lens=None, level=Level(8.0, 0.3, "planted"))
#: A smaller leg in the lower right corner of the picture.
CORNER = replace(exam_plan(repetitions=1), shank_px=240.0, foot_px=120.0, shift_px=(400.0, 300.0), noise_px=0.3)


def filmed(landmarks: Landmarks, camera: PlantedCamera = WIDE) -> Landmarks:
    """The landmarks where a bending lens draws them."""
    bent = distort_points(landmarks.points_px, camera.matrix, camera.distortion)
    return replace(landmarks, points_px=bent)


def stored_as(path: Path, landmarks: Landmarks, device: str = "", name: str = "planted") -> Path:
    """A file of landmarks that a device filmed."""
    file = path / f"{name}.landmarks.npz"
    info = replace(info_of(len(landmarks.time_s)), device=device)
    people = tuple(
        People(
            landmarks.points_px[[t]],
            landmarks.confidence[[t]],
            None if landmarks.legs is None else landmarks.legs.rows(np.array([t])),
        )
        for t in range(len(landmarks.time_s))
    )
    save_people(file, RecordedPeople(landmarks.names, landmarks.time_s, landmarks.shot, people, 1, info, MODEL))
    return file


def values(exam: Examination) -> Floats:
    """(2,) dorsiflexion and plantar flexion of the right ankle."""
    found: dict[str, MotionResult] = {r.motion: r for r in exam.results if r.side == "right"}
    return np.array([found["dorsiflexion"].value_deg, found["plantar_flexion"].value_deg], dtype=float)


def note(exam: Examination, code: str) -> Check | None:
    return next((check for check in exam.checks if check.code == code), None)


def test_a_wide_lens_costs_degrees_at_the_edge_and_the_profile_gives_them_back(tmp_path: Path) -> None:
    straight = planted(CORNER)
    true = values(rom.measure(stored_as(tmp_path, straight, name="straight"), side="right"))
    np.testing.assert_allclose(true, [18.0, 47.0], atol=0.5)
    file = stored_as(tmp_path, filmed(straight))
    bent = values(rom.measure(file, side="right", camera="none"))
    assert np.abs(bent - true).max() > 4.0, "several degrees"
    exam = rom.measure(file, side="right", camera=PROFILE)
    np.testing.assert_allclose(values(exam), true, atol=0.2)
    assert exam.camera == PROFILE


def test_every_picture_is_straightened_and_not_only_the_holds(tmp_path: Path) -> None:
    straight = planted(replace(CORNER, noise_px=0.0))
    one, other = (
        rom.measure(stored_as(tmp_path, marks, name=name), side="right", camera=camera).angles["right"]
        for name, marks, camera in (("s", straight, None), ("b", filmed(straight), PROFILE))
    )
    np.testing.assert_allclose(other.smooth_deg, one.smooth_deg, atol=0.2)  # landmarks are stored to 1/128 px
    np.testing.assert_allclose(other.tibia_inclination_deg, one.tibia_inclination_deg, atol=0.05)
    np.testing.assert_allclose(other.shank_px, one.shank_px, rtol=1e-3)


def test_the_goniometer_is_drawn_on_the_leg_that_was_filmed(tmp_path: Path) -> None:
    """Knee, ankle, heel and toe lie where they were seen, though measured elsewhere."""
    bent = filmed(planted(CORNER))
    exam = rom.measure(stored_as(tmp_path, bent), side="right", camera=replace(PROFILE, level=TILTED.level))
    track = exam.angles["right"]
    seen = bent.points(*track.landmarks)
    still = np.abs(np.gradient(track.smooth_deg, track.time_s)) < 5.0  # deg/s: smoothing cuts corners in between
    assert still.sum() > 100
    off = np.linalg.norm(track.points_px - seen, axis=-1)[still]
    assert off.max() < 1.5  # three SDs of 0.3 pixels in both directions
    measured_at = exam.landmarks.points(*track.landmarks)
    assert np.linalg.norm(measured_at - seen, axis=-1).min() > 20.0, "they were far apart"
    own = exam.sightings.people[0].points_px[0]
    np.testing.assert_allclose(own, bent.points_px[0], atol=1e-2)  # what was found stays as it was found


def test_the_level_rights_the_lean_of_the_shank_and_leaves_the_angle(tmp_path: Path) -> None:
    plan = replace(exam_plan(repetitions=1), roll_deg=8.0)
    file = stored_as(tmp_path, planted(plan))
    before, after = (rom.measure(file, side="right", camera=camera) for camera in ("none", TILTED))
    np.testing.assert_allclose(np.abs(before.angles["right"].tibia_inclination_deg), 8.0, atol=0.1)
    np.testing.assert_allclose(after.angles["right"].tibia_inclination_deg, 0.0, atol=0.1)
    np.testing.assert_allclose(values(after), values(before), atol=1e-3)


def test_a_leg_in_the_picture_is_not_cut_off_by_being_straightened(tmp_path: Path) -> None:
    """The outermost toe lies in the picture, and beyond its edge once straightened."""
    edge = replace(CORNER, shift_px=(560.0, 300.0))
    straight = planted(edge)
    assert points_of(edge)[..., 0].max() > WIDTH_PX
    bent = filmed(straight)
    assert bent.points_px[..., 0].max() < 0.99 * WIDTH_PX
    exam = rom.measure(stored_as(tmp_path, bent), side="right", camera=PROFILE)
    assert "foot_cut_off" not in [check.code for side in exam.sides for check in side.checks]
    np.testing.assert_allclose(values(exam), [18.0, 47.0], atol=0.5)


@pytest.mark.parametrize("camera", [PROFILE, TILTED, replace(PROFILE, level=TILTED.level)])
def test_there_and_back(camera: CameraProfile) -> None:
    points = np.random.default_rng(1).uniform(0.0, 1280.0, (50, 2))
    np.testing.assert_allclose(drawn(straightened(points, camera), camera), points, atol=1e-5)
    np.testing.assert_array_equal(straightened(points, None), points)
    np.testing.assert_array_equal(drawn(points, None), points)


def test_the_lens_acts_before_the_level() -> None:
    """A point that the lens has bent, seen by a camera that is turned: undone in the other order."""
    camera = replace(PROFILE, level=Level(90.0, 0.1, "planted"))
    bent = distort_points([[1240.0, 640.0]], WIDE.matrix, WIDE.distortion)
    np.testing.assert_allclose(straightened(bent, camera), [[640.0, 40.0]], atol=1e-6)


def test_missing_stays_missing() -> None:
    points = np.array([[np.nan, np.nan], [640.0, 640.0]])
    np.testing.assert_array_equal(np.isnan(straightened(points, PROFILE)), [[True, True], [False, False]])
    landmarks = planted(replace(CORNER, time_s=CORNER.time_s[:5], angle_deg=CORNER.angle_deg[:5]))
    assert straightened_landmarks(landmarks, None) is landmarks
    assert straightened_landmarks(landmarks, replace(PROFILE, lens=None)) is landmarks


def test_covariance_is_carried_over_to_first_order() -> None:
    """Against 20,000 noisy copies of a point near the corner, through the lens and the level."""
    camera = replace(PROFILE, level=TILTED.level)
    place, given = np.array([1150.0, 1100.0]), np.array([[2.0, 0.6], [0.6, 1.0]])
    noisy = np.random.default_rng(3).multivariate_normal(place, given, 20_000)
    expected = np.cov(straightened(noisy, camera).T)
    few = planted(replace(CORNER, time_s=CORNER.time_s[:1], angle_deg=CORNER.angle_deg[:1]))
    landmarks = replace(
        few,
        points_px=np.broadcast_to(place, few.points_px.shape).copy(),
        covariance_px2=np.broadcast_to(given, few.covariance_px2.shape).copy(),
    )
    carried = straightened_landmarks(landmarks, camera).covariance_px2
    np.testing.assert_allclose(carried[0, 0], expected, rtol=0.05, atol=0.05)  # 20,000 draws: 1 % SD of a variance
    assert np.linalg.det(carried[0, 0]) > 1.3 * np.linalg.det(given), "straightening stretches the corner"


def test_a_recognised_device_is_used_and_said(tmp_path: Path) -> None:
    save_profile(replace(PROFILE, level=TILTED.level))
    file = stored_as(tmp_path, filmed(planted(CORNER)), device="Acme One")
    exam = rom.measure(file, side="right")
    np.testing.assert_allclose(values(exam), [18.0, 47.0], atol=0.5)
    said = note(exam, "camera_profile")
    assert said is not None
    assert said.severity == "note"
    assert "'wide'" in said.message
    assert "0.3 pixels" in said.message
    assert "level" not in said.message, "a recognised camera may have been moved"
    named = rom.measure(file, side="right", camera="wide")
    assert "level, 8.0° ± 0.6°" in str(note(named, "camera_profile"))
    assert exam.to_dict()["camera"] is not None
    unknown = rom.measure(file, side="right", camera="none")
    assert unknown.camera is None
    assert unknown.to_dict()["camera"] is None


def test_the_json_of_a_calibrated_measurement_follows_the_schema(tmp_path: Path) -> None:
    import jsonschema

    from rom.report.schema import examination_schema

    whole = replace(PROFILE, level=TILTED.level, scale=Scale(1.2, 0.02, "planted"))
    exam = rom.measure(stored_as(tmp_path, filmed(planted(CORNER))), camera=whole)
    jsonschema.validate(exam.to_dict(), examination_schema())


def test_the_leg_landmarkers_angle_stays_and_the_note_says_so(tmp_path: Path) -> None:
    plan = exam_plan(repetitions=1)
    file = stored_as(tmp_path, planted_leg(plan.time_s, plan.angle_deg, noise_deg=0.3))
    before, after = (rom.measure(file, side="right", camera=camera) for camera in ("none", PROFILE))
    np.testing.assert_array_equal(values(after), values(before))
    said = note(after, "camera_profile")
    assert said is not None
    assert "the angle itself is read from the picture" in said.message
    assert (
        np.abs(after.landmarks.points_px - before.landmarks.points_px)[after.landmarks.confidence > 0].max() > 2.0
    )


def test_a_lens_that_turns_an_angle_read_from_the_picture_draws_a_caution(tmp_path: Path) -> None:
    """Hardly in the middle of the picture; by degrees near a corner, where points would have been corrected."""
    plan = exam_plan(repetitions=1)
    middle = planted_leg(plan.time_s, plan.angle_deg)
    smaller = 0.5 * (middle.points_px - CENTRE_PX) + CENTRE_PX
    for move_px, cautioned in ((np.array([-20.0, -20.0]), False), (np.array([420.0, 350.0]), True)):
        bent = filmed(replace(middle, points_px=smaller + move_px))
        file = stored_as(tmp_path, bent)
        exam = rom.measure(file, side="right", camera=PROFILE)
        check = note(exam, "lens_bends")
        assert (check is not None) == cautioned, check
        if check is not None:
            turned = dorsiflexion_from_points(bent.points(*exam.angles["right"].landmarks), 1) - plan.angle_deg
            assert check.severity == "caution"
            largest_deg = float(np.percentile(np.abs(turned), 95))
            assert largest_deg > 3.0
            assert check.value == pytest.approx(largest_deg, abs=0.3)
        assert note(rom.measure(file, side="right", camera="none"), "lens_bends") is None


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (replace(exam_plan(repetitions=1), noise_px=1.0), ""),
        (replace(CORNER, shift_px=(450.0, 380.0), foot_px=90.0), "near a corner of the picture"),
    ],
    ids=["middle", "corner"],
)
def test_without_a_profile_it_says_what_one_would_improve_only_where_it_matters(
    tmp_path: Path, plan: Plan, said: str
) -> None:
    exam = rom.measure(stored_as(tmp_path, planted(plan)), side="right")
    found = [check for check in exam.checks if check.code == "camera_uncalibrated"]
    assert len(found) == bool(said)
    assert all(said in check.message and check.severity == "note" for check in found)
    assert note(exam, "camera_profile") is None


def test_a_tilted_picture_is_worth_the_note(tmp_path: Path) -> None:
    def said(roll_deg: float, info: RecordingInfo = INFO) -> tuple[Check, ...]:
        return camera_checks(None, info, (), roll_deg=roll_deg, reads_picture=False)

    (check,) = said(7.0)
    assert "rom calibrate level" in check.message
    assert said(4.0) == said(float("nan")) == ()
    assert said(7.0, replace(INFO, projection="sagittal")) == ()


def test_a_camera_that_was_moved_since_it_was_levelled_is_noticed() -> None:
    """The picture's own lines are level, the profile says 8 degrees: 8 degrees the other way are left."""
    stored = recorded(planted(exam_plan(repetitions=1)))
    seen = replace(watch(RecordedRecording(stored), RecordedPose(stored)), roll_deg=np.zeros(len(stored.time_s)))
    assert scene_of(seen, info_of(10), TILTED).roll_deg == -8.0
    assert scene_of(seen, info_of(10), PROFILE).roll_deg == 0.0
    np.testing.assert_array_equal(scene_of(seen, info_of(10)).on_picture(CENTRE_PX), CENTRE_PX)


def test_another_shape_is_refused_before_anything_is_watched(tmp_path: Path) -> None:
    file = stored_as(tmp_path, planted(CORNER))
    with pytest.raises(rom.UsageError, match="shaped like 960 x 540"):
        rom.measure(file, camera=replace(PROFILE, width_px=960, height_px=540))
