"""Which landmarks are one person, and which part of the picture to look at."""

import numpy as np
import pytest

from rom.pose.bodies import boxes, newcomers, overlap, repeated, select, sizes, together
from rom.pose.window import Window, tiles
from rom.records import People


def body(x: float, y: float, height: float = 100.0, confidence: float = 0.9) -> People:
    """Four landmarks on the corners of a body half as wide as high."""
    points = np.array([[x, y], [x + height / 2, y], [x, y + height], [x + height / 2, y + height]])
    return People(points[None], np.full((1, 4), confidence))


def test_box_and_size_by_hand() -> None:
    assert boxes(body(10, 20)).tolist() == [[10, 20, 60, 120]]
    assert sizes(body(10, 20)).tolist() == [100]


def test_box_leaves_out_what_lies_outside_the_picture() -> None:
    people = People(body(10, 20).points_px, np.array([[0.9, 0.9, 0.0, 0.0]]))
    assert boxes(people).tolist() == [[10, 20, 60, 20]]


def test_overlap_is_of_the_smaller_box() -> None:
    big, small = np.array([[0.0, 0, 100, 100]]), np.array([[50.0, 0, 60, 10], [95, 0, 105, 10]])
    assert overlap(big, small).tolist() == [[1.0, 0.5]]


def test_newcomers_are_those_whom_nobody_holds_each_once() -> None:
    seen = together([body(0, 0), body(300, 0, confidence=0.6), body(302, 1, confidence=0.8)], 4)
    new = newcomers(seen, body(3, 2))
    assert new.points_px[:, 0].tolist() == [[302, 1]]  # the surer of the two


def test_a_body_cut_by_a_tile_is_not_a_newcomer() -> None:
    cut = body(5, 10, height=40)
    assert len(newcomers(cut, body(0, 0))) == 0


def test_repeated_marks_the_later_of_two_that_agree_point_by_point() -> None:
    people = together([body(0, 0), body(200, 0), body(1, 1)], 4)
    assert repeated(people).tolist() == [False, False, True]
    crossing = together([body(0, 0), body(30, 0)], 4)  # boxes overlap, points do not agree
    assert repeated(crossing).tolist() == [False, False]


def test_nobody_is_handled_everywhere() -> None:
    nobody = together([], 4)
    assert boxes(nobody).shape == (0, 4)
    assert sizes(nobody).shape == (0,)
    assert repeated(nobody).shape == (0,)
    assert len(newcomers(nobody, body(0, 0))) == 0
    assert len(select(body(0, 0), np.array([False]))) == 0


def test_a_large_person_is_looked_for_in_the_whole_picture() -> None:
    assert Window.around(np.array([600.0, 100, 800, 560]), (1280, 720)) == Window.whole((1280, 720))


def test_a_small_person_gets_a_window_round_them_within_the_picture() -> None:
    window = Window.around(np.array([1180.0, 300, 1220, 370]), (1280, 720))
    assert (window.x, window.y, window.width, window.height) == (1100, 235, 180, 200)  # 70 px are 35 % of 200


def test_a_window_holds_a_body_until_it_nears_an_edge_that_is_not_the_pictures() -> None:
    window = Window(1100, 235, 180, 200, (1280, 720))
    assert window.holds(np.array([1180.0, 300, 1280, 370]))  # the right edge is the picture's
    assert window.holds(np.array([1109.0, 300, 1200, 370]))
    assert not window.holds(np.array([1107.0, 300, 1200, 370]))
    assert not window.holds(np.array([1180.0, 300, 1220, 430]))


def test_cut_is_the_pixels_of_the_window() -> None:
    image = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
    part = Window(2, 1, 3, 4, (8, 6)).cut(image)
    np.testing.assert_array_equal(part, image[1:5, 2:5])
    assert part.flags.c_contiguous


@pytest.mark.parametrize(
    ("picture", "count"), [((1280, 720), 4), ((720, 1280), 4), ((640, 480), 3), ((500, 500), 1)]
)
def test_tiles_cover_the_picture_and_overlap(picture: tuple[int, int], count: int) -> None:
    windows = tiles(picture)
    assert len(windows) == count
    covered = np.zeros(picture)
    for window in windows[1:]:
        covered[window.x : window.x + window.width, window.y : window.y + window.height] += 1
    assert windows[0] == Window.whole(picture)
    assert count == 1 or covered.min() >= 1
