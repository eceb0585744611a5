"""The leg in the live camera: on samples with the real networks, and whose leg it is in a world that is known."""

from time import perf_counter, sleep
from typing import Any

import cv2
import numpy as np
import pytest

import rom
from rom.live import leg as live_leg
from rom.live import lookout
from rom.live.leg import KNEE_KEPT_S, LiveLeg
from rom.live.lookout import ROUND_S, SEARCH_S
from rom.live.reading import LiveReading
from rom.pose.leg_tracker import LegTracker, laid
from rom.pose.near_leg import BODY_NAMES
from rom.records import LEG_LANDMARKS, Floats, Image, LazyImage, People
from rom.samples import sample_folder
from rom.video import open_recording
from tests.pose.leg_world import Knowing, Leg, leg_at

SMALL_PX = (640, 360)
PATIENCE_S = 60.0  # for models to load on a busy machine


def pictures(name: str) -> list[tuple[float, Image]]:
    """A sample as the browser would send it: small."""
    with open_recording(sample_folder() / f"{name}.mp4") as recording:
        return [
            (frame.time_s, np.asarray(cv2.resize(frame.image, SMALL_PX, interpolation=cv2.INTER_AREA), np.uint8))
            for frame in recording
            if frame.image is not None
        ]


def found(leg: LiveLeg, image: Image) -> None:
    """Show one picture until the leg is found in it, as when somebody sits down before the camera."""
    began = perf_counter()
    while not leg.look(image, began - perf_counter() - 100.0 + 2 * (perf_counter() - began)).seen:
        assert perf_counter() - began < PATIENCE_S, "no leg was found"
        sleep(0.02)


@pytest.mark.parametrize(("name", "side"), [("seated_right", "right"), ("long_sitting_left", "left")])
def test_the_live_angle_is_near_the_measured_one(name: str, side: str) -> None:
    shown = pictures(name)
    with LiveLeg(recorded_px=(1280, 720)) as leg:
        found(leg, shown[0][1])
        readings = [leg.look(image, time_s) for time_s, image in shown]
    exam = rom.measure(sample_folder() / f"{name}.landmarks.npz")
    track = exam.angles[side]  # type: ignore[index]
    assert {reading.side for reading in readings} == {side}
    off = np.array([reading.angle_deg for reading in readings]) - track.smooth_deg
    assert np.isfinite(off).mean() > 0.95
    assert np.nanmedian(np.abs(off)) < 2.0  # 5 are asked for; half the size and a lag of 15 ms cost 0.3
    assert np.nanpercentile(np.abs(off), 95) < 5.0
    foot_px = np.median([reading.foot_px for reading in readings])
    assert foot_px == pytest.approx(np.nanmedian(track.foot_px), rel=0.05), "in pixels of the recording"
    assert np.median([reading.brightness for reading in readings]) == pytest.approx(120, abs=20)
    lean = np.array([reading.lean_deg for reading in readings]) - track.tibia_inclination_deg
    assert np.nanmedian(np.abs(lean)) < 3.0
    assert abs(readings[-1].yaw_deg) < 23.0  # the sample was filmed side-on; 15 and the estimate's SD
    places = np.array(list(readings[0].points.values()))
    assert places.min() > 0
    assert places.max() < 1


class World:
    """Who is in view, what BlazePose, the networks and the finder would see, and a lookout that is back at once."""

    def __init__(self) -> None:
        self.legs: list[Leg] = []
        self.bodies: list[Floats] = []
        self.looks: list[bool] = []

    def look(self, image: Image | LazyImage, affine: Floats | None = None, **_: bool) -> Any:
        """As the scout where no crop is asked for, else as the leg's network."""
        if affine is not None:
            return Knowing(lambda: self.legs).look(image, affine)
        self.looks.append(True)
        points = np.array(self.bodies).reshape(-1, len(BODY_NAMES), 2)
        return People(points, np.ones(points.shape[:2]))

    def find(self, image: Image) -> LegTracker | None:
        """As the finder."""
        return next((t for one in self.legs if (t := laid(self, image, one.knee, one.ankle, one.mirrored))), None)

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(live_leg, "LegNetwork", lambda _: made)
    monkeypatch.setattr(lookout, "LegFinder", lambda _: made)
    monkeypatch.setattr(lookout, "Scout", lambda: made)
    send = lookout.Lookout.send

    def send_and_wait(self: lookout.Lookout, image: Image, time_s: float, *, searching: bool) -> bool:
        went = send(self, image, time_s, searching=searching)
        if self._looking is not None:
            self._looking.result(PATIENCE_S)
        return went

    monkeypatch.setattr(lookout.Lookout, "send", send_and_wait)
    return made


PICTURE: Image = np.full((720, 1280, 3), 77, np.uint8)


def seen(leg: LiveLeg, seconds: float, start_s: float = 0.0, rate_hz: float = 25.0) -> list[LiveReading]:
    return [leg.look(PICTURE, start_s + k / rate_hz) for k in range(round(seconds * rate_hz))]


def body(near: Leg, ahead: float = 1.0) -> Floats:
    """33 points of somebody with this near leg, hips above the knee; `ahead` -1: the feet point the other way."""
    points = np.zeros((len(BODY_NAMES), 2))
    toes = np.array([-60.0 if near.mirrored else 60.0, 10.0]) * (ahead, 1)
    for side in ("left", "right"):
        for part, place in (
            ("shoulder", near.knee + np.array([-40, -450])),
            ("hip", near.knee + np.array([0, -200])),
            ("knee", near.knee),
            ("ankle", near.ankle),
            ("heel", near.ankle - 0.3 * toes),
            ("foot_index", near.ankle + toes),
        ):
            points[BODY_NAMES.index(f"{side}_{part}")] = place
    return points


@pytest.mark.parametrize("mirrored", [False, True])
def test_somebody_s_leg_is_found_and_followed(world: World, mirrored: bool) -> None:
    near = leg_at(5, mirrored=mirrored)
    world.legs, world.bodies = [near], [body(near)]
    with LiveLeg() as leg:
        readings = seen(leg, 4.0)
    assert not readings[0].seen
    assert all(reading.seen for reading in readings[1:])
    last = readings[-1]
    assert last.side == ("left" if mirrored else "right")
    assert last.people == 1
    assert last.angle_deg == pytest.approx(-7.0)
    assert last.size_px == (1280, 720)
    assert last.points["ankle_centre"] == pytest.approx((near.ankle[0] / 1280, near.ankle[1] / 720))
    assert set(last.points) == set(LEG_LANDMARKS)
    assert last.shank_px == pytest.approx(200.0)
    # the thigh stands upright, the shank leans its knee forward by 5 (right leg) or back by 5 (left leg, mirrored)
    assert abs(last.knee_deg) == pytest.approx(5.0, abs=0.1)
    assert last.brightness == 77.0
    assert np.isnan(last.roll_deg), "no lines in an empty picture"
    assert abs(last.yaw_deg) < 1.0, "shoulders over each other: side-on"
    assert len(world.looks) == pytest.approx(4.0 / ROUND_S, abs=1.1)


def test_lengths_are_told_in_pixels_of_the_recording(world: World) -> None:
    world.legs = [leg_at(0)]
    with LiveLeg(recorded_px=(1920, 1080)) as leg:
        assert seen(leg, 0.2)[-1].shank_px == pytest.approx(300.0)


def test_a_leg_without_a_person_is_found_and_the_view_told_from_the_foot(world: World) -> None:
    world.legs = [leg_at(0)]
    with LiveLeg() as leg:
        last = seen(leg, 1.0)[-1]
    assert last.seen
    assert last.people == 1
    assert last.yaw_sd_deg == 11.0
    assert np.isnan(last.knee_deg)


def test_somebody_else_counts_from_the_second_look_on(world: World) -> None:
    near = leg_at(5)
    world.legs, world.bodies = [near], [body(near)]
    with LiveLeg() as leg:
        assert seen(leg, 2.0)[-1].people == 1
        world.bodies = [body(near), body(near) + np.array([500, 0])]
        assert {reading.people for reading in seen(leg, ROUND_S, 2.0)} == {1}
        assert seen(leg, 2 * ROUND_S, 2.0 + ROUND_S)[-1].people == 2
        world.bodies = [body(near)]
        assert seen(leg, 2 * ROUND_S, 2.0 + 3 * ROUND_S)[-1].people == 1


def test_an_empty_room_is_looked_at_a_few_times_a_second(world: World) -> None:
    with LiveLeg() as leg:
        readings = seen(leg, 4.0)
    assert not any(reading.seen for reading in readings)
    assert {reading.people for reading in readings} == {0}
    assert len(world.looks) == pytest.approx(4.0 / SEARCH_S, abs=4)


def test_a_leg_that_leaves_is_lost_and_found_again(world: World) -> None:
    world.legs = [leg_at(0)]
    with LiveLeg() as leg:
        seen(leg, 1.0)
        world.legs = []
        gone = seen(leg, 1.0, 1.0)
        assert not any(reading.seen for reading in gone)
        assert all(np.isnan(reading.angle_deg) and not reading.points for reading in gone)
        world.legs = [leg_at(0, ankle=(900.0, 600.0))]
        back = seen(leg, 1.0, 2.0)
    assert back[-1].seen
    assert [reading.seen for reading in back].index(True) <= 25 * SEARCH_S + 2


def test_somebody_who_turned_round_is_looked_for_anew(world: World) -> None:
    """The network goes on to see the old leg; BlazePose sees the feet the other way in two looks."""
    near = leg_at(5)
    world.legs, world.bodies = [near], [body(near)]
    with LiveLeg() as leg:
        assert seen(leg, 2.0)[-1].side == "right"
        world.bodies, other = [body(near, ahead=-1.0)], leg_at(5, mirrored=True)
        world.legs = [near, other]
        readings = seen(leg, 4 * ROUND_S, 2.0)
    assert readings[-1].side == "left"


def test_a_knee_that_is_not_seen_any_more_is_forgotten(world: World) -> None:
    near = leg_at(5)
    world.legs, world.bodies = [near], [body(near)]
    with LiveLeg() as leg:
        assert np.isfinite(seen(leg, 2.0)[-1].knee_deg)
        world.bodies = []
        assert np.isnan(seen(leg, KNEE_KEPT_S + ROUND_S, 2.0)[-1].knee_deg)


def test_a_picture_never_waits_for_the_look_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look round takes half a second; every picture is answered meanwhile."""
    made = World()
    made.legs = [leg_at(0)]
    monkeypatch.setattr(live_leg, "LegNetwork", lambda _: made)
    monkeypatch.setattr(lookout, "LegFinder", lambda _: made)
    monkeypatch.setattr(lookout, "Scout", lambda: made)
    look = World.look

    def slow(self: World, image: Image, affine: Floats | None = None, **given: bool) -> Any:
        if affine is None:
            sleep(0.5)
        return look(self, image, affine, **given)

    monkeypatch.setattr(World, "look", slow)
    with LiveLeg() as leg:
        began = perf_counter()
        readings = seen(leg, 1.0)
        assert perf_counter() - began < 0.4
    assert not any(reading.seen for reading in readings)
