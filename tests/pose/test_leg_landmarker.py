"""Whose leg is whose, and what becomes of it: people and legs are planted, the network sees them exactly."""

from typing import Any

import numpy as np
import pytest

from rom.errors import UsageError
from rom.pose import leg_landmarker
from rom.pose.leg_landmarker import NAMES, TURNED_FRAMES, LegLandmarker
from rom.pose.leg_tracker import LegTracker, laid
from rom.pose.near_leg import BODY_NAMES
from rom.records import LEG_LANDMARKS, Floats, Frame, Image, LazyImage, People
from tests.pose.leg_world import Knowing, Leg, leg_at

PICTURE: Image = np.zeros((720, 1280, 3), np.uint8)


class World:
    """Who is in view and which legs; what BlazePose, the network and the finder would see of it."""

    def __init__(self) -> None:
        self.legs: list[Leg] = []
        self.bodies: list[Floats] = []
        self.searches: list[Floats | None] = []
        self.people_seen = 0

    def look(self, image: Image | LazyImage, affine: Floats) -> Any:
        """As the leg's network."""
        return Knowing(lambda: self.legs).look(image, affine)

    def people(self, frame: Frame) -> People:  # noqa: ARG002
        """As BlazePose."""
        self.people_seen = max(self.people_seen, len(self.bodies))
        points = np.array(self.bodies).reshape(-1, len(BODY_NAMES), 2)
        return People(points, np.ones(points.shape[:2]))

    def find(self, image: Image, hint: Floats | None = None) -> LegTracker | None:
        """As the finder: the first leg that the hint holds."""
        self.searches.append(hint)
        for leg in self.legs:
            if hint is None or (hint[0] < leg.ankle[0] < hint[2] and hint[1] < leg.ankle[1] < hint[3]):
                return laid(self, image, leg.knee, leg.ankle, leg.mirrored)
        return None

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    for name in ("BlazePose", "LegNetwork", "LegFinder"):
        monkeypatch.setattr(leg_landmarker, name, lambda *_, **__: made)
    return made


def body(near: Leg, far: Leg | None = None, exchanged: bool = False) -> Floats:
    """BlazePose's 33 points of somebody with this near leg; `exchanged` : it takes one leg for the other."""
    points = np.zeros((len(BODY_NAMES), 2))
    other = far or Leg(near.knee + np.array([30, 0]), near.ankle + np.array([140, 0]), near.mirrored)
    ahead = np.array([-60.0 if near.mirrored else 60.0, 10.0])
    sides = ("left", "right") if near.mirrored != exchanged else ("right", "left")
    for side, leg in zip(sides, (near, other), strict=True):
        for part, place in (
            ("knee", leg.knee),
            ("ankle", leg.ankle),
            ("heel", leg.ankle - 0.3 * ahead),
            ("foot_index", leg.ankle + ahead),
        ):
            points[BODY_NAMES.index(f"{side}_{part}")] = place
    return points


def seen(pose: LegLandmarker, frames: int = 1, start: int = 0, shot: int = 0) -> list[People]:
    """What is found in so many pictures."""
    return [pose.people(Frame(i, i / 30, shot, PICTURE)) for i in range(start, start + frames)]


def ankles(people: People, side: str) -> Floats:
    """(P, 2) where the leg landmarker sees the ankles of one side."""
    return np.asarray(people.points_px[:, NAMES.index(f"{side}_ankle_centre")])


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_leg_that_faces_the_camera_is_looked_at(world: World, mirrored: bool) -> None:
    leg = leg_at(5, mirrored=mirrored)
    world.legs, world.bodies = [leg], [body(leg)]
    side, other = ("left", "right") if mirrored else ("right", "left")
    with LegLandmarker() as pose:
        (people,) = seen(pose)
    assert len(people) == 1
    np.testing.assert_allclose(ankles(people, side)[0], leg.ankle)
    assert np.isnan(ankles(people, other)).all()
    assert people.legs is not None
    assert people.legs.side[0] == ("left", "right").index(side)
    assert people.legs.angle_deg[0] == -7.0
    knee = people.points_px[0, NAMES.index(f"{side}_knee")]
    np.testing.assert_allclose(knee, leg.knee, err_msg="BlazePose's own points stay beside the leg's")


def test_legs_that_are_exchanged_by_the_pose_model_are_told_apart(world: World) -> None:
    """The near leg is the one whose outer side is seen, whatever it is called; once found it is followed."""
    near = leg_at(5)
    world.legs = [near]
    with LegLandmarker() as pose:
        for k in range(6):
            world.bodies = [body(near, exchanged=k != 3)]
            (people,) = seen(pose, start=k)
            np.testing.assert_allclose(ankles(people, "right")[0], near.ankle)


def test_a_leg_is_found_where_nobody_is(world: World) -> None:
    world.legs = [leg_at(-10)]
    with LegLandmarker() as pose:
        people = seen(pose, 5)[-1]
        assert len(world.searches) == 1, "found once, then followed"
        assert pose.people_seen == 1
    assert np.isnan(people.points_px[:, : len(BODY_NAMES)]).all()
    np.testing.assert_allclose(ankles(people, "right")[0], world.legs[0].ankle)


def test_a_search_is_not_made_in_every_picture(world: World) -> None:
    with LegLandmarker() as pose:
        assert [len(people) for people in seen(pose, 31)] == [0] * 31
    assert 5 <= len(world.searches) <= 6, "about five times a second"


def test_each_person_keeps_their_own_leg(world: World) -> None:
    one, two = leg_at(0), leg_at(10, ankle=(900.0, 600.0))
    world.legs, world.bodies = [one, two], [body(one), body(two)]
    with LegLandmarker() as pose:
        seen(pose)
        world.bodies = world.bodies[::-1]
        people = seen(pose, 60, start=1)[-1]  # two seconds: they were looked for again
    np.testing.assert_allclose(ankles(people, "right"), [two.ankle, one.ankle])


def test_somebody_who_turns_round_shows_the_other_leg(world: World) -> None:
    leg = leg_at(0)
    world.legs, world.bodies = [leg], [body(leg)]
    with LegLandmarker() as pose:
        seen(pose, 3)
        turned = leg_at(0, mirrored=True)
        world.legs, world.bodies = [leg, turned], [body(turned)]  # the network still takes it for the old one
        people = seen(pose, TURNED_FRAMES + 8, start=3)
    sides = [int(group.legs.side[0]) for group in people if group.legs is not None]
    assert sides[0] == 1
    assert sides[-1] == 0


def test_a_box_names_the_leg(world: World) -> None:
    one, two = leg_at(0), leg_at(10, ankle=(900.0, 600.0))
    world.legs, world.bodies = [one, two], [body(one), body(two)]
    with LegLandmarker(hint=(0.6, 0.2, 0.8, 1.0)) as pose:
        people = seen(pose, 4)[-1]
    searched = world.searches[0]
    assert searched is not None
    np.testing.assert_allclose(searched, [768.0, 144.0, 1024.0, 720.0])
    found = ankles(people, "right")
    np.testing.assert_allclose(found[np.isfinite(found[:, 0])], [two.ankle])


def test_a_cut_begins_afresh(world: World) -> None:
    leg = leg_at(0)
    world.legs = [leg]
    with LegLandmarker() as pose:
        seen(pose, 2)
        seen(pose, 2, start=2, shot=1)
    assert len(world.searches) == 2


def test_landmarks_have_no_leg_to_look_at(world: World) -> None:
    with LegLandmarker() as pose, pytest.raises(UsageError, match="picture"):
        pose.people(Frame(0, 0.0, 0, None))


def test_names_are_the_bodys_and_both_legs(world: World) -> None:
    with LegLandmarker() as pose:
        assert pose.landmark_names[: len(BODY_NAMES)] == BODY_NAMES
        assert pose.landmark_names[len(BODY_NAMES) :] == tuple(
            f"{s}_{n}" for s in ("left", "right") for n in LEG_LANDMARKS
        )
