"""A recording watched once, with planted people and no model."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rom.pose.recorded import RecordedPeople, RecordedPose, RecordedRecording
from rom.records import Frame
from rom.watch import Seen, one_person, scene_of, watch, whole_checks
from tests.planted import HEIGHT_PX, WIDTH_PX, exam_plan, info_of, landmarks_of_points, planted, points_of, recorded
from tests.planted import without as lost_in

PLAN = replace(exam_plan(repetitions=1), noise_px=1.0)
FRAMES = len(PLAN.time_s)
INFO = info_of(FRAMES)


def seen_of(stored: RecordedPeople) -> Seen:
    return watch(RecordedRecording(stored), RecordedPose(stored))


def moved_by(right_px: float) -> Any:
    return landmarks_of_points(PLAN.time_s, points_of(replace(PLAN, shift_px=(right_px, 0.0), shank_px=300.0)))


def test_everything_of_every_frame_is_noted() -> None:
    stored = recorded(planted(PLAN))
    steps: list[tuple[int, int | None]] = []
    seen = watch(RecordedRecording(stored), RecordedPose(stored), lambda done, total: steps.append((done, total)))
    np.testing.assert_array_equal(seen.sightings.time_s, PLAN.time_s)
    assert len(seen.sightings.people) == FRAMES
    assert steps == [(k + 1, FRAMES) for k in range(FRAMES)]
    assert seen.pose_s >= 0


def test_what_has_no_pictures_has_no_brightness_and_no_level() -> None:
    seen = seen_of(recorded(planted(PLAN)))
    scene = scene_of(seen, INFO)
    assert (scene.width_px, scene.height_px) == (WIDTH_PX, HEIGHT_PX)
    assert np.isnan(scene.brightness)
    assert np.isnan(scene.roll_deg)


class Grey(RecordedRecording):
    """The same frames, with a grey picture each."""

    def __iter__(self) -> Any:
        for frame in super().__iter__():
            yield Frame(
                frame.index, frame.time_s, frame.shot, np.full((90, 160, 3), 30 + frame.index % 3, np.uint8)
            )


def test_brightness_is_the_median_of_the_pictures() -> None:
    stored = recorded(planted(PLAN))
    assert scene_of(watch(Grey(stored), RecordedPose(stored)), INFO).brightness == pytest.approx(31.0)


@pytest.mark.parametrize(("projection", "nearer"), [("camera", True), ("sagittal", False)])
def test_markers_have_no_nearer_leg(projection: Any, nearer: bool) -> None:
    seen = seen_of(recorded(planted(PLAN)))
    assert scene_of(seen, replace(INFO, projection=projection)).one_leg_nearer == nearer


def test_the_largest_person_is_taken_and_another_can_be_chosen() -> None:
    ours, other = planted(PLAN), moved_by(400.0)
    seen = seen_of(recorded(other, ours))
    # kept in single precision: 1e-4 px at 1280 px, where the two stand 400 px apart
    np.testing.assert_allclose(one_person(seen.sightings, INFO, None).points_px, ours.points_px, atol=1e-4)
    place = (1040.0 / WIDTH_PX, 0.55)
    np.testing.assert_allclose(one_person(seen.sightings, INFO, place).points_px, other.points_px, atol=1e-4)


def test_a_long_recording_is_kept_in_little_memory() -> None:
    """Ten minutes of 33 landmarks at 30 pictures a second: single precision, and no copy of a whole take."""
    stored = recorded(planted(PLAN))
    seen = seen_of(stored).sightings
    per_frame = sum(p.points_px.nbytes + p.confidence.nbytes for p in seen.people) / len(seen.people)
    assert (
        per_frame == len(stored.names) * 3 * 4
    )  # x, y, confidence in float32: 7 MB in ten minutes with 33 landmarks
    ours = one_person(seen, INFO, None)
    assert ours.covariance_px2.strides[0] == 0, "what is not known takes no memory"


def test_only_the_longest_take_is_kept() -> None:
    whole = planted(PLAN)
    shot = np.where(np.arange(FRAMES) < FRAMES // 3, 0, 1)
    seen = seen_of(recorded(replace(whole, shot=shot)))
    ours = one_person(seen.sightings, INFO, None)
    assert set(ours.shot) == {1}
    assert len(ours.time_s) == FRAMES - FRAMES // 3
    (check,) = (c for c in whole_checks(seen.sightings, INFO, ours) if c.code == "cut")
    assert check.severity == "caution"
    assert f"from {ours.time_s[0]:.1f} to {ours.time_s[-1]:.1f} s" in check.message


def test_a_long_take_in_which_nobody_is_seen_is_not_the_longest() -> None:
    shot = np.where(np.arange(FRAMES) < FRAMES // 3, 0, 1)
    gone = lost_in(replace(planted(PLAN), shot=shot), shot == 1)
    assert set(one_person(seen_of(recorded(gone)).sightings, INFO, None).shot) == {0}


def test_nobody_is_a_stop_and_says_what_to_do() -> None:
    gone = recorded(lost_in(planted(PLAN), np.ones(FRAMES, dtype=bool)))
    seen = seen_of(gone)
    ours = one_person(seen.sightings, INFO, None)
    (check,) = whole_checks(seen.sightings, INFO, ours)
    assert (check.code, check.severity) == ("nobody", "stop")
    assert "from knee to toes or the whole person" in check.message
    assert np.isnan(ours.points_px).all()


def test_several_people_are_told_of() -> None:
    seen = seen_of(recorded(planted(PLAN), moved_by(400.0)))
    codes = [c.code for c in whole_checks(seen.sightings, INFO, one_person(seen.sightings, INFO, None))]
    assert codes == ["several_people"]


def test_people_whom_the_backend_saw_and_did_not_keep_are_counted() -> None:
    stored = replace(recorded(planted(PLAN)), people_seen=4)
    assert seen_of(stored).sightings.people_seen == 4


def test_notes_of_the_recording_are_passed_on() -> None:
    seen = seen_of(recorded(planted(PLAN)))
    info = replace(INFO, notes=("Two timestamps were repaired.",))
    found = whole_checks(seen.sightings, info, one_person(seen.sightings, info, None))
    assert [(c.code, c.severity, c.message) for c in found] == [
        ("recording", "note", "Two timestamps were repaired.")
    ]
