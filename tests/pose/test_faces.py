"""Faces: where landmarks put them, where the detector finds them, and that tiles must agree."""

import numpy as np
import pytest

from rom.pose.faces import FaceFinder, faces_from_people, merge
from rom.pose.names import names_of
from rom.records import Frame, People

NAMES = names_of("mediapipe")


def person(**points: tuple[float, float]) -> People:
    rows = np.full((1, len(NAMES), 2), np.nan)
    for name, point in points.items():
        rows[0, NAMES.index(name)] = point
    return People(rows, np.where(np.isnan(rows[..., 0]), 0.0, 0.9))


def test_a_head_seen_from_the_front_is_covered() -> None:
    people = person(nose=(100, 100), left_ear=(130, 95), right_ear=(70, 95), left_ankle=(100, 600))
    (box,) = faces_from_people(people, NAMES)
    assert box[0] < 70
    assert box[2] > 130
    assert box[1] < 90
    assert box[3] > 110


def test_a_head_seen_from_the_side_is_as_large_as_its_body_says() -> None:
    people = person(nose=(100, 100), left_eye=(98, 96), left_ear=(96, 97), left_ankle=(100, 900))
    (box,) = faces_from_people(people, NAMES)
    assert box[2] - box[0] == pytest.approx(2 * 0.06 * 804)


def test_every_head_gets_a_box_and_a_person_without_a_head_gets_none() -> None:
    one, two = person(nose=(100, 100), left_ear=(120, 95)), person(nose=(400, 100), left_ear=(420, 95))
    headless = person(left_knee=(5, 5), left_ankle=(5, 90))
    points = np.concatenate([one.points_px, headless.points_px, two.points_px])
    people = People(points, np.ones(points.shape[:2]))
    assert len(faces_from_people(people, NAMES)) == 2
    assert faces_from_people(headless, NAMES).shape == (0, 4)


def test_tiles_must_agree_unless_one_is_sure() -> None:
    finds = np.array(
        [
            [0, 0, 10, 10, 0.6],
            [1, 1, 11, 11, 0.7],  # with the one above: 1.3
            [50, 50, 60, 60, 0.7],  # alone
            [90, 90, 99, 99, 0.85],  # alone and sure
        ]
    )
    boxes = merge(finds, least=1.2)
    assert len(boxes) == 2
    np.testing.assert_allclose(boxes[0], [90, 90, 99, 99])
    np.testing.assert_allclose(boxes[1], np.array([0, 0, 10, 10]) + 0.7 / 1.3)
    assert merge(np.empty((0, 5)), least=1.2).shape == (0, 4)


def test_the_face_of_a_whole_person_is_found_in_the_picture(frames: list[Frame]) -> None:
    """Where BlazePose puts the nose; the detector alone sees nothing in the whole picture."""
    from rom.pose import open_pose

    image = frames[0].image
    assert image is not None
    with open_pose("lite") as pose:
        nose = pose.people(frames[0]).points_px[0, 0]
    with FaceFinder() as finder:
        for _ in range(3):  # the search, then twice near where it was
            boxes = finder.faces(image)
            assert any(np.all(box[:2] <= nose) and np.all(nose <= box[2:]) for box in boxes)


def test_no_face_in_a_blank_picture_and_closing_twice_is_fine() -> None:
    finder = FaceFinder()
    assert finder.faces(np.full((300, 400, 3), 127, np.uint8)).shape == (0, 4)
    finder.close()
    finder.close()
