"""When everybody is looked for, when that is heard, and where they are in between: what finds them is planted."""

import threading

import numpy as np
import pytest

from rom.pose.body_looks import HEARD_AFTER, BodyLooks, Rhythm
from rom.pose.leg_tracker import Place
from rom.records import Floats, Frame, LegSights, People

POINTS = 5
STILL = Place(np.array([100.0, 100.0]), np.array([100.0, 300.0]), 200.0)
NO_PICTURE = np.zeros((8, 8, 3), np.uint8)


def moved(px: float) -> Place:
    return Place(STILL.knee + px, STILL.ankle, STILL.shank_px)


def body(x: float) -> Floats:
    """(POINTS, 2) somebody 400 px tall who stands at x."""
    return np.stack([np.full(POINTS, x), np.linspace(100, 500, POINTS)], axis=1)


def frame(index: int, shot: int = 0) -> Frame:
    return Frame(index, index / 30, shot, NO_PICTURE)


class Walkers:
    """Bodies that walk along at so many pixels a second from where they begin, each until they leave."""

    def __init__(self, *starts_px: float, pace: float = 60.0, leave_s: float = np.inf) -> None:
        self.starts_px, self.pace, self.leave_s = starts_px, pace, leave_s
        self.asked: list[int] = []
        self.threads: set[str] = set()

    def at(self, time_s: float) -> Floats:
        """(P, POINTS, 2)."""
        here = [
            body(x + self.pace * time_s) for k, x in enumerate(self.starts_px) if k == 0 or time_s < self.leave_s
        ]
        return np.array(here).reshape(-1, POINTS, 2)

    def people(self, frame: Frame) -> People:
        """Everybody's landmarks."""
        self.asked.append(frame.index)
        self.threads.add(threading.current_thread().name)
        points = self.at(frame.time_s)
        return People(points, np.ones(points.shape[:2]))


def blank(bodies: int, extra: int = 2) -> People:
    """A record of bodies that were not looked for, beside landmarks of legs."""
    points = np.full((bodies, POINTS + extra, 2), np.nan, np.float32)
    return People(points, np.zeros(points.shape[:2], np.float32), LegSights.empty(bodies))


def watched(
    looks: BodyLooks, frames: int, *, send_at: tuple[int, ...], shot: int = 0, start: int = 0
) -> list[People]:
    """Records of so many pictures; the first is waited for, the looks at others are sent."""
    known, records = 0, []
    for index in range(start, start + frames):
        heard = looks.heard(now=index in send_at)
        known = known if heard is None else len(heard)
        if index == start:
            known = len(looks.look(frame(index, shot), [STILL]))
        elif index in send_at:
            looks.send(frame(index, shot), [STILL])
        looks.pass_on(frame(index, shot), looked=index == start)
        records.append(blank(known))
    return records


def test_a_still_leg_is_looked_round_once_a_second_and_a_moving_one_more_often() -> None:
    looks = BodyLooks(Walkers(0.0), Rhythm(still_s=1.0, moving_s=0.2))
    assert looks.due(0.0, [STILL], hurry=False), "nothing was looked at yet"
    looks.look(frame(0), [STILL])
    assert not looks.due(0.9, [STILL], hurry=False)
    assert looks.due(1.0, [STILL], hurry=False)
    assert not looks.due(0.1, [moved(50.0)], hurry=False)
    assert looks.due(0.2, [moved(50.0)], hurry=False)
    assert not looks.due(0.2, [moved(10.0)], hurry=False), "0.05 of a shank is no movement"
    assert looks.due(0.2, [STILL], hurry=True)
    assert looks.due(0.2, [STILL, STILL], hurry=False), "another leg"
    looks.close()


def test_what_was_sent_is_heard_always_so_many_pictures_later() -> None:
    walkers = Walkers(0.0)
    looks = BodyLooks(walkers, Rhythm())
    looks.send(frame(0), [STILL])
    heard = []
    for index in range(12):
        heard.append(looks.heard(now=False) is not None)
        looks.pass_on(frame(index), looked=False)
    assert heard.index(True) == HEARD_AFTER
    assert sum(heard) == 1
    assert walkers.threads == {"rom-bodies_0"}
    looks.close()


def test_in_between_bodies_go_in_a_straight_line() -> None:
    walkers = Walkers(100.0, 700.0)
    looks = BodyLooks(walkers, Rhythm())
    records = watched(looks, 61, send_at=(30, 60))
    for index, group in enumerate(looks.completed(records)[1:], start=1):
        np.testing.assert_allclose(group.points_px[:, :POINTS], walkers.at(index / 30), rtol=1e-5)
        assert np.isnan(group.points_px[:, POINTS:]).all(), "a leg's points are its own"
        np.testing.assert_allclose(group.confidence[:, :POINTS], 1.0, rtol=1e-6)
    looks.close()


def test_those_who_are_told_in_another_order_are_the_same() -> None:
    walkers = Walkers(100.0, 700.0)
    looks = BodyLooks(walkers, Rhythm())
    records = watched(looks, 30, send_at=())
    walkers.starts_px = (700.0, 100.0)
    looks.look(frame(30), [STILL])
    looks.pass_on(frame(30), looked=True)
    group = looks.completed([*records, blank(2)])[15]
    np.testing.assert_allclose(group.points_px[:, 0, 0], [130.0, 730.0], rtol=1e-5)
    looks.close()


def test_who_has_left_is_taken_out_unless_their_leg_is_seen() -> None:
    walkers = Walkers(100.0, 700.0, leave_s=0.5)
    looks = BodyLooks(walkers, Rhythm())
    records = watched(looks, 45, send_at=(30,))
    records[40] = blank(2)  # the look at 30 was not heard yet
    legs = LegSights.empty(2)
    legs.side[:] = 1
    records[35] = People(records[35].points_px, records[35].confidence, legs)
    found = looks.completed(records)
    assert [len(found[k]) for k in (20, 34, 35)] == [2, 1, 2]
    assert np.isnan(found[35].points_px[1]).all()
    looks.close()


def test_nobody_goes_over_from_one_take_to_the_next() -> None:
    walkers = Walkers(100.0)
    looks = BodyLooks(walkers, Rhythm())
    records = watched(looks, 10, send_at=(5,))
    looks.begin()
    walkers.starts_px = (900.0,)
    records += watched(looks, 10, send_at=(), shot=1, start=10)
    found = looks.completed(records)
    assert float(found[9].points_px[0, 0, 0]) == pytest.approx(110.0), "where the take's last look saw them"
    assert float(found[11].points_px[0, 0, 0]) == pytest.approx(920.0)
    looks.close()


def test_what_goes_wrong_beside_the_pictures_is_heard() -> None:
    class Broken(Walkers):
        def people(self, frame: Frame) -> People:  # noqa: ARG002
            raise RuntimeError("no model")

    looks = BodyLooks(Broken(0.0), Rhythm())
    looks.send(frame(0), [STILL])
    with pytest.raises(RuntimeError, match="no model"):
        looks.heard(now=True)
    looks.close()
