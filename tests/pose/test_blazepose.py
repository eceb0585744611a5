"""BlazePose on the project's own rendered person: several people, small people, cuts, quiet, clear errors."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rom.errors import InputUnreadable, InstallationError, UsageError
from rom.pose import open_pose, tasks
from rom.pose.blazepose import SCOUT_FRAMES, SCOUT_S, BlazePose
from rom.pose.landmarker import to_people
from rom.pose.models import model_bytes
from rom.pose.quiet import without_routine_messages
from rom.pose.window import Window
from rom.records import Frame, Image, People
from tests.pose.landmark_files import SAMPLE

PERSON_X = slice(300, 1020)  # of the sample's 1280 columns: the person and the chair
AGREE_PX = 18.0  # two views of one body by `lite`: 3 % of a body 600 pixels high


def picture(frame: Frame) -> Image:
    assert frame.image is not None
    return frame.image


def trunk(people: People, row: int = 0) -> np.ndarray:
    """Return the middle of shoulders and hips: `lite` takes one of these legs for the other at times."""
    return np.asarray(people.points_px[row, [11, 12, 23, 24]].mean(axis=0))


def test_alone_and_large_it_is_bare_blazepose_to_the_bit(frames: list[Frame]) -> None:
    """The promise of the module: the same model, the same mode, the same timestamps, the same numbers."""
    vision = tasks.vision_tasks()
    options = vision.PoseLandmarkerOptions(
        base_options=tasks.base_options(model_bytes("lite")), running_mode=vision.RunningMode.VIDEO
    )
    with open_pose("lite") as pose, tasks.load(lambda: vision.PoseLandmarker.create_from_options(options)) as bare:
        for frame in frames:
            with without_routine_messages():
                expected = bare.detect_for_video(tasks.to_image(picture(frame)), round(frame.time_s * 1000))
            shares = np.array([(p.x, p.y) for p in expected.pose_landmarks[0]])
            np.testing.assert_array_equal(pose.people(frame).points_px[0], shares * (1280, 720))


def test_two_people_are_both_found_from_the_first_frame(frames: list[Frame]) -> None:
    person = picture(frames[0])[:, PERSON_X]
    both = np.concatenate([person, person], axis=1)
    with open_pose("lite") as pose:
        people = pose.people(replace(frames[0], picture=both))
    assert len(people) == pose.people_seen == 2
    gap = abs(trunk(people, 0) - trunk(people, 1))
    np.testing.assert_allclose(gap, [person.shape[1], 0.0], atol=AGREE_PX)


def test_a_small_person_in_a_wide_picture_is_found_where_bare_blazepose_finds_nobody(
    frames: list[Frame],
) -> None:
    """A sixth of the picture's width: the detector sees 224 pixels of it, the person is 35 of them."""
    person = picture(frames[0])[::3, PERSON_X][:, ::3]
    wide = np.full((480, 1500, 3), 190, np.uint8)
    wide[200:440, 1000:1240] = person
    with open_pose("lite") as pose:
        people = pose.people(replace(frames[0], picture=wide))
        alone = pose.people(replace(frames[0], picture=picture(frames[0]), shot=1))
    assert len(people) == 1
    expected = (trunk(alone) - (PERSON_X.start, 0)) / 3 + (1000, 200)
    np.testing.assert_allclose(trunk(people), expected, atol=AGREE_PX / 3)


def test_somebody_who_comes_later_is_noticed_and_the_first_keeps_their_numbers(frames: list[Frame]) -> None:
    """One person's landmarks do not depend on who else is there."""
    person = picture(frames[0])[:, PERSON_X]
    empty = np.full_like(person, 190)
    before, after = np.concatenate([person, empty], axis=1), np.concatenate([person, person], axis=1)
    step_s = SCOUT_S / SCOUT_FRAMES
    with open_pose("lite") as pose, open_pose("lite") as alone:
        counts = []
        for index in range(2 * SCOUT_FRAMES + 3):
            shown = after if index >= 5 else before
            people = pose.people(Frame(index, index * step_s, 0, shown))
            counts.append(len(people))
            first = alone.people(Frame(index, index * step_s, 0, before))
            np.testing.assert_allclose(trunk(people), trunk(first), atol=AGREE_PX)
    assert counts[0] == 1
    assert counts[-1] == pose.people_seen == 2
    assert max(np.flatnonzero(np.array(counts) == 1)) <= 2 * SCOUT_FRAMES


def test_the_same_pictures_give_the_same_landmarks(frames: list[Frame]) -> None:
    person = picture(frames[0])[:, PERSON_X]
    both = np.concatenate([person, person], axis=1)
    runs = []
    for _ in range(2):
        with open_pose("lite") as pose:
            runs.append([pose.people(replace(frame, picture=both)).points_px for frame in frames[:4]])
    for one, other in zip(*runs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_nobody_in_view_is_nobody_and_somebody_who_appears_is_found(frames: list[Frame]) -> None:
    blank = np.full_like(picture(frames[0]), 127)
    with open_pose("lite") as pose:
        counts = [len(pose.people(Frame(i, 0.1 * i, 0, blank))) for i in range(8)]
        assert counts == [0] * 8
        assert pose.people_seen == 0
        shown = [len(pose.people(Frame(i, 0.1 * i, 0, picture(frames[0])))) for i in range(8, 12)]
    assert shown[-1] == 1


def test_somebody_who_leaves_is_gone(frames: list[Frame]) -> None:
    blank = np.full_like(picture(frames[0]), 127)
    with open_pose("lite") as pose:
        assert len(pose.people(Frame(0, 0.0, 0, picture(frames[0])))) == 1
        gone = [len(pose.people(Frame(i, 0.1 * i, 0, blank))) for i in range(1, 12)]
    assert gone[-1] == 0


def test_uneven_and_repeated_milliseconds_are_taken(frames: list[Frame]) -> None:
    """1000 frames a second and more round to equal milliseconds, which MediaPipe refuses."""
    with open_pose("lite") as pose:
        found = [len(pose.people(Frame(i, t, 0, picture(frames[0])))) for i, t in enumerate((0.0, 0.0002, 0.0004))]
    assert found == [1, 1, 1]


def test_a_recording_without_pictures_is_refused(frames: list[Frame]) -> None:
    with open_pose("lite") as pose, pytest.raises(UsageError, match="picture"):
        pose.people(replace(frames[0], picture=None))


def test_an_unknown_model_and_a_missing_file_are_told_apart() -> None:
    with pytest.raises(UsageError, match="heavy"):
        open_pose("huge")
    with pytest.raises(InputUnreadable, match="no such file"):
        open_pose(Path("missing.landmarks.npz"))


def test_points_outside_the_window_keep_their_place_and_lose_their_confidence() -> None:
    class Point:
        def __init__(self, x: float, y: float) -> None:
            self.x, self.y, self.visibility = x, y, 0.9

    window = Window(100, 50, 400, 200, (1280, 720))
    found: list[list[Any]] = [[Point(0.5, 0.5), Point(0.5, 1.25), *[Point(-0.1, 0.0)] * 31]]
    people = to_people(found, window)
    np.testing.assert_allclose(people.points_px[0, :3], [[300, 150], [300, 300], [60, 50]])
    assert people.confidence[0, :3].tolist() == [0.9, 0.0, 0.0]


def test_a_missing_system_library_is_named_with_the_package_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")

    def create() -> None:
        raise OSError("libEGL.so.1: cannot open shared object file: No such file or directory")

    with pytest.raises(InstallationError, match=r"libEGL.so.1.*libegl1 libgles2"):
        tasks.load(create)


def test_the_terminal_stays_clean_and_errors_still_show() -> None:
    """Run apart, because the file descriptor of standard error is what counts."""
    code = f"""
import os
from pathlib import Path
from rom.pose import open_pose
from rom.pose.faces import FaceFinder
from rom.pose.quiet import without_routine_messages
from rom.video import open_recording
with open_recording(Path({str(SAMPLE)!r})) as frames, open_pose("lite") as pose, FaceFinder() as finder:
    for frame, _ in zip(frames, range(3)):
        pose.people(frame), finder.faces(frame.image)
with without_routine_messages():
    os.write(2, b"W0000 00:00:1.5 1 a.cc:1] routine\\nWARNING: [b.cc:4] routine\\n")
    os.write(2, b"E0000 00:00:1.5 1 a.cc:1] real\\n")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=120)
    assert done.stdout == b""
    assert done.stderr == b"E0000 00:00:1.5 1 a.cc:1] real\n"


def test_people_too_many_to_follow_are_counted(frames: list[Frame]) -> None:
    person = picture(frames[0])[:, PERSON_X]
    both = np.concatenate([person, person], axis=1)
    with BlazePose("lite", people_max=1) as pose:
        assert len(pose.people(replace(frames[0], picture=both))) == 1
        assert pose.people_seen == 2
