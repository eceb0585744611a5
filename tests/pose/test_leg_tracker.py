"""Following one leg, with a network that knows where it is."""

import numpy as np
import pytest

from rom.pose.leg_crop import to_crop
from rom.pose.leg_tracker import MISSED_MOST, LegTracker, laid
from rom.records import Image
from tests.pose.leg_world import Knowing, Leg, leg_at

PICTURE: Image = np.zeros((4, 4, 3), np.uint8)


def test_a_leg_is_laid_from_a_rough_guess() -> None:
    leg, guess = leg_at(20), leg_at(32, 170)
    network = Knowing(lambda: [leg])
    tracker = laid(network, PICTURE, guess.knee + 12, guess.ankle - 12, mirrored=False)
    assert tracker is not None
    assert tracker.side == "right"
    np.testing.assert_allclose(tracker.ankle, leg.ankle)
    assert tracker.shank_px == pytest.approx(200)
    assert len(network.affines) == 3, "the last crop was laid by what the network itself saw"
    np.testing.assert_allclose(to_crop(leg.ankle, network.affines[-1]), (0.40, 0.66), atol=1e-9)


def test_where_no_leg_is_nothing_is_laid() -> None:
    leg = leg_at(0)
    network = Knowing(lambda: [leg])
    far = np.array([3000.0, 0.0])
    assert laid(network, PICTURE, leg.knee + far, leg.ankle + far, mirrored=False) is None
    assert laid(network, PICTURE, leg.knee, leg.ankle, mirrored=True) is None, "toes the other way"
    assert laid(network, PICTURE, far, far, mirrored=False) is None, "knee and ankle in one place"
    assert laid(network, PICTURE, np.full(2, np.nan), far, mirrored=False) is None, "a knee that is not known"


def test_a_swinging_leg_is_followed_and_its_size_taken_over_slowly() -> None:
    state = {"leg": leg_at(0, mirrored=True)}
    network = Knowing(lambda: [state["leg"]])
    tracker = laid(network, PICTURE, state["leg"].knee, state["leg"].ankle, mirrored=True)
    assert tracker is not None
    assert tracker.side == "left"
    for step in range(40):
        state["leg"] = leg_at(60 * np.sin(step / 8), mirrored=True)
        assert tracker.follow(PICTURE)
    state["leg"] = leg_at(60 * np.sin(39 / 8), 230.0, mirrored=True)  # a knee that slides along the thigh
    assert tracker.follow(PICTURE)
    assert 200 < tracker.shank_px < 210


def test_a_leg_that_is_gone_is_lost() -> None:
    state = {"leg": leg_at(0)}
    network = Knowing(lambda: [state["leg"]])
    tracker = laid(network, PICTURE, state["leg"].knee, state["leg"].ankle, mirrored=False)
    assert tracker is not None
    before = tracker.look
    state["leg"] = leg_at(170)
    kept = [tracker.follow(PICTURE) for _ in range(MISSED_MOST + 1)]
    assert kept == [True] * MISSED_MOST + [False], "it is waited for, and then given up"
    assert not tracker.seen
    assert tracker.look is before


def test_a_leg_that_is_hidden_for_a_moment_is_taken_up_again() -> None:
    """Another leg passes in front: it lies nearer to the crop's middle, and is not followed."""
    leg, passing = leg_at(0), leg_at(0, ankle=(510.0, 500.0))
    state = {"legs": [leg]}
    network = Knowing(lambda: state["legs"])
    tracker = laid(network, PICTURE, leg.knee, leg.ankle, mirrored=False)
    assert tracker is not None
    state["legs"] = [passing]
    assert [tracker.follow(PICTURE) and tracker.seen for _ in range(3)] == [False] * 3
    state["legs"] = [leg]
    assert tracker.follow(PICTURE)
    assert tracker.seen
    np.testing.assert_allclose(tracker.ankle, leg.ankle)


def test_two_trackers_of_one_leg_are_known_as_such() -> None:
    def tracker(leg: Leg) -> LegTracker:
        return LegTracker(Knowing(lambda: [leg]), leg.knee, leg.ankle, mirrored=False)

    assert tracker(leg_at(0)).same(tracker(leg_at(5)))
    assert not tracker(leg_at(0)).same(tracker(leg_at(0, ankle=(500.0, 500.0))))


def test_a_quick_leg_stays_in_the_middle_of_its_crop() -> None:
    """A swinging foot passes a third of a shank from one picture to the next; the crop goes with it."""
    state = {"leg": leg_at(0, ankle=(100.0, 500.0))}
    network = Knowing(lambda: [state["leg"]])
    tracker = laid(network, PICTURE, state["leg"].knee, state["leg"].ankle, mirrored=False)
    assert tracker is not None
    for x in range(100, 900, 60):
        state["leg"] = leg_at(0, ankle=(float(x), 500.0))
        assert tracker.follow(PICTURE)
    off = to_crop(state["leg"].ankle, network.affines[-1]) - np.array([0.40, 0.66])
    assert abs(off[0]) < 0.06, "60 px of a crop 360 px wide are 0.17: most of the step was expected"


def test_another_leg_nearby_is_not_taken_for_the_lost_one() -> None:
    state = {"legs": [leg_at(0)]}
    network = Knowing(lambda: state["legs"])
    tracker = laid(network, PICTURE, state["legs"][0].knee, state["legs"][0].ankle, mirrored=False)
    assert tracker is not None
    state["legs"] = [leg_at(0, ankle=(510.0, 500.0))]  # still within the crop
    for _ in range(MISSED_MOST + 1):
        found = tracker.follow(PICTURE)
        assert not tracker.seen
    assert not found
