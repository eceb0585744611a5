"""When everybody in the picture is looked for beside a leg that is followed, and where they were in between.

The leg's own network looks at every picture; BlazePose, which costs ten times as much, says whose the leg is, how
the trunk stands, and who else is there. It looks when a take begins, in every picture while no leg is followed, and
else now and then, beside the pictures that follow: what it finds is taken over `HEARD_AFTER` pictures later, always
the same number, so that results do not depend on how quick the machine is.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rom.pose.bodies import same_bodies
from rom.pose.leg_tracker import Place
from rom.records import Floats, Frame, People

HEARD_AFTER = 8  # pictures of 4 ms each: as long as a look takes
MOVED_SHANKS = 0.15  # a knee or ankle that has moved so far since the last look: the body moves as well


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two looks, while the leg keeps its place and while it moves or somebody has no leg yet.

    0 for the first: in every picture, which then waits for what is found.
    """

    still_s: float = 1.0
    moving_s: float = 0.2


class Finds(Protocol):
    """What finds everybody in a picture: `BlazePose`."""

    def people(self, frame: Frame) -> People:
        """Everybody's landmarks."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """When everybody was looked for, and who was found."""

    time_s: float
    shot: int
    bodies: People


class BodyLooks:
    """Looks now and then on a thread of its own, and remembers for each picture which look told who is there."""

    def __init__(self, finds: Finds, rhythm: Rhythm) -> None:
        self._finds, self._rhythm = finds, rhythm
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rom-bodies")
        self._away: tuple[Future[People], Frame, int] | None = None
        self._sent_s = -np.inf
        self._legs: Sequence[Place] = ()
        self._looks: list[Look] = []
        self._told: list[tuple[int, float, bool]] = []  # of each picture: the look's number, time, was it this one

    @property
    def always(self) -> bool:
        """Whether every picture is looked at, and waits for it."""
        return self._rhythm.still_s == 0

    def due(self, time_s: float, legs: Sequence[Place], *, hurry: bool) -> bool:
        """Whether it is time to look again; `hurry` : somebody has no leg yet."""
        passed_s = time_s - self._sent_s
        if passed_s >= self._rhythm.still_s:
            return True
        return passed_s >= self._rhythm.moving_s and (hurry or self._moved(legs))

    def _moved(self, legs: Sequence[Place]) -> bool:
        """Whether a leg has left the place that it had when the last look was sent."""
        if len(legs) != len(self._legs):
            return True
        return any(
            float(np.linalg.norm(now - before)) > MOVED_SHANKS * leg.shank_px
            for leg, last in zip(legs, self._legs, strict=True)
            for now, before in ((leg.knee, last.knee), (leg.ankle, last.ankle))
        )

    def send(self, frame: Frame, legs: Sequence[Place]) -> None:
        """Look at a picture beside those that follow."""
        self._sent_s, self._legs = frame.time_s, legs
        self._away = self._thread.submit(self._finds.people, frame), frame, len(self._told)

    def heard(self, *, now: bool) -> People | None:
        """What the look that was sent has found, when it is its turn or `now`; else None."""
        if self._away is None:
            return None
        found, frame, sent_at = self._away
        if not now and len(self._told) - sent_at < HEARD_AFTER:
            return None
        self._away = None
        return self._note(frame, found.result())

    def look(self, frame: Frame, legs: Sequence[Place]) -> People:
        """Look at a picture and wait for what is found."""
        self._sent_s, self._legs = frame.time_s, legs
        return self._note(frame, self._finds.people(frame))

    def begin(self) -> None:
        """A new take: nobody is known any more."""
        self.heard(now=True)
        self._sent_s = -np.inf

    def pass_on(self, frame: Frame, *, looked: bool) -> None:
        """A picture is done; `looked` : everybody was looked for in it, and its record holds them."""
        self._told.append((len(self._looks) - 1, frame.time_s, looked))

    def close(self) -> None:
        """Wait for the look that is away, whatever became of it."""
        self._thread.shutdown()
        self._away = None

    def _note(self, frame: Frame, bodies: People) -> People:
        kept = People(bodies.points_px.astype(np.float32), bodies.confidence.astype(np.float32))
        self._looks.append(Look(frame.time_s, frame.shot, kept))
        return bodies

    def completed(self, people: Sequence[People]) -> tuple[People, ...]:
        """The records of all pictures, with everybody where they were in between: in a straight line.

        Parameters
        ----------
        people : one record a picture: first the bodies of the look that told, their landmarks first.
        """
        self.heard(now=True)
        courses, course_of = _courses(self._looks)
        return tuple(
            group if looked or number < 0 else _filled(group, [courses[k] for k in course_of[number]], time_s)
            for group, (number, time_s, looked) in zip(people, self._told, strict=True)
        )


@dataclass(slots=True)
class _Course:
    """One body from look to look of a take, and when the take's last look was."""

    time_s: list[float]
    points_px: list[Floats]
    confidence: list[Floats]
    until_s: float = np.inf

    def at(self, time_s: float) -> tuple[Floats, Floats] | None:
        """Points (K, 2) and confidence (K,) at a moment; None where the body is not in view any more."""
        if not self.time_s[0] <= time_s < self.until_s:
            return None
        after = int(np.searchsorted(self.time_s, time_s, side="right"))
        before = after - 1
        if after == len(self.time_s):  # the last look of a take: it stays where it was
            return self.points_px[before], self.confidence[before]
        share = np.float32((time_s - self.time_s[before]) / (self.time_s[after] - self.time_s[before]))
        points = (1 - share) * self.points_px[before] + share * self.points_px[after]
        return points, (1 - share) * self.confidence[before] + share * self.confidence[after]


def _courses(looks: Sequence[Look]) -> tuple[list[_Course], list[NDArray[np.integer]]]:
    """The course of every body, and of each look's bodies (N,) the numbers of theirs."""
    courses: list[_Course] = []
    course_of: list[NDArray[np.integer]] = []
    for k, look in enumerate(looks):
        goes_on = k > 0 and looks[k - 1].shot == look.shot
        before = same_bodies(look.bodies, looks[k - 1].bodies) if goes_on else np.full(len(look.bodies), -1)
        numbers = np.zeros(len(look.bodies), int)
        for p, q in enumerate(before):
            numbers[p] = course_of[k - 1][q] if q >= 0 else len(courses)
            if q < 0:
                courses.append(_Course([], [], []))
            course = courses[numbers[p]]
            course.time_s.append(look.time_s)
            course.points_px.append(look.bodies.points_px[p])
            course.confidence.append(look.bodies.confidence[p])
        if goes_on:
            for number in set(course_of[k - 1].tolist()) - set(numbers.tolist()):
                courses[number].until_s = look.time_s
        course_of.append(numbers)
    return courses, course_of


def _filled(group: People, courses: Sequence[_Course], time_s: float) -> People:
    """A record with its bodies where they were at that moment; a body that left, and has no leg, is taken out."""
    points, confidence = group.points_px.copy(), group.confidence.copy()
    kept = np.ones(len(group), bool)
    for row, course in enumerate(courses):
        found = course.at(time_s)
        if found is None:
            kept[row] = group.legs is not None and bool(group.legs.side[row] >= 0)
        else:
            landmarks = len(found[0])
            points[row, :landmarks], confidence[row, :landmarks] = found
    return People(points[kept], confidence[kept], None if group.legs is None else group.legs.rows(kept))
