"""The leg landmarker: BlazePose finds people, and a network of our own looks at the leg that faces the camera.

A leg, once found, is followed by its own landmarks from picture to picture, whatever becomes of the person; where
nobody is found, the leg itself is looked for. People are looked for now and then (`rom.pose.body_looks`), and each
leg's person is known by where their ankles are.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from rom.errors import UsageError
from rom.pose.blazepose import BlazePose
from rom.pose.body_looks import BodyLooks, Rhythm
from rom.pose.leg_finder import LegFinder
from rom.pose.leg_network import LegNetwork, leg_model
from rom.pose.leg_tracker import LegTracker, Place
from rom.pose.near_leg import BODY_NAMES, body_facing, near_leg, whose
from rom.records import LEG_LANDMARKS, SIDES, Frame, LegSights, ModelInfo, People

STAGE_ONE = "full"  # only says where a leg is, and how the trunk stands
SEARCH_S = 0.2  # between two searches for a leg that nobody is found with
ACQUIRE_S = 0.1  # between two tries to see the leg of somebody who was found
TURNED_FRAMES = 8  # somebody seen facing the other way for so long has turned round
SCOUT_LOOKS = 3  # looks at the followed until the scout looks for newcomers once more
NAMES = (*BODY_NAMES, *(f"{side}_{name}" for side in SIDES for name in LEG_LANDMARKS))


NOBODY = People(np.empty((0, len(BODY_NAMES), 2)), np.empty((0, len(BODY_NAMES))))


class LegLandmarker:
    """A `PoseBackend`.

    Parameters
    ----------
    hint : (x0, y0, x1, y1), shares of the picture: a box round the leg that is wanted.
    rhythm : how often everybody is looked for while a leg is followed.
    """

    def __init__(self, hint: tuple[float, float, float, float] | None = None, rhythm: Rhythm | None = None) -> None:
        self._network = LegNetwork("leg")
        self._finder = LegFinder(self._network)
        self._people = BlazePose(STAGE_ONE, scout_frames=SCOUT_LOOKS)
        self._looks = BodyLooks(self._people, rhythm or Rhythm())
        self._bodies = NOBODY
        self._places: dict[_Followed, Place] = {}  # where the legs were when the last look was sent
        self._alone = False  # somebody has no leg yet
        self._hint = None if hint is None else np.array(hint, dtype=float)
        self._legs: list[_Followed] = []
        self._shot: int | None = None
        self._searched_s = self._acquired_s = -np.inf

    @property
    def model(self) -> ModelInfo:
        """The network that makes the number."""
        return leg_model()

    @property
    def landmark_names(self) -> tuple[str, ...]:
        """BlazePose's 33 landmarks, then the leg's own, left and right."""
        return NAMES

    @property
    def people_seen(self) -> int:
        """The largest number of people seen at one time, or of legs where nobody was found with them."""
        return max(self._people.people_seen, len(self._legs))

    @property
    def legs(self) -> list[LegTracker]:
        """The legs that are followed now."""
        return [leg.tracker for leg in self._legs]

    def people(self, frame: Frame) -> People:
        """Everybody's landmarks, and the leg of each that faces the camera.

        Bodies of pictures in which they were not looked for have their rows, and no landmarks until `completed`.
        """
        picture = frame.picture
        if picture is None:
            raise UsageError("Expected a picture to find a leg in, but this recording holds landmarks only.")
        if frame.shot != self._shot:
            self._begin(frame.shot)
        self._legs = [leg for leg in self._legs if leg.tracker.follow(picture)]
        looked = self._look_round(frame)
        if not self._legs:
            self._search(frame)
        self._looks.pass_on(frame, looked=looked)
        return _rows(
            self._bodies if looked else _unseen(len(self._bodies)), self._legs, (picture.shape[1], picture.shape[0])
        )

    def completed(self, people: Sequence[People]) -> tuple[People, ...]:
        """The records of all pictures, with everybody's bodies also where they were not looked for."""
        return self._looks.completed(people)

    def close(self) -> None:
        """Free the models; a second call does nothing."""
        self._looks.close()
        self._people.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _begin(self, shot: int) -> None:
        """Begin a take, in which nothing is known yet."""
        self._looks.begin()
        self._shot, self._legs, self._bodies = shot, [], NOBODY
        self._searched_s = self._acquired_s = -np.inf

    def _look_round(self, frame: Frame) -> bool:
        """Look for everybody if it is time to, or hear what was found; whether this picture waited for its look."""
        places = {leg: leg.tracker.place for leg in self._legs}
        unsure = not self._legs or any(leg.against for leg in self._legs) or self._looks.always
        due = unsure or self._looks.due(frame.time_s, list(places.values()), hurry=self._alone)
        heard = self._looks.heard(now=due)
        if heard is not None:
            self._meet(heard, self._places)
        if not due:
            return False
        self._places = places
        if not unsure and not self._alone:
            self._looks.send(frame, list(places.values()))
            return False
        bodies = self._looks.look(frame, list(places.values()))
        self._meet(bodies, places)
        if self._hint is None:
            self._acquire(frame)
        return True

    def _meet(self, bodies: People, places: Mapping["_Followed", Place]) -> None:
        """Tell each leg whose it is; a person who turned round shows another leg, which is found anew."""
        self._bodies = bodies
        free = set(range(len(bodies)))
        kept = []
        for leg in self._legs:
            leg.body = whose(places[leg], bodies, free)
            free.discard(leg.body)
            if leg.body >= 0:
                facing = body_facing(bodies.points_px[leg.body])
                leg.against = leg.against + 1 if facing == (1 if leg.tracker.mirrored else -1) else 0
            if leg.against < TURNED_FRAMES:
                kept.append(leg)
        self._legs = kept
        self._alone = self._hint is None and len({leg.body for leg in kept} - {-1}) < len(bodies)

    def _acquire(self, frame: Frame) -> None:
        """Look for the leg of those who have none yet."""
        known = {leg.body for leg in self._legs}
        alone = [p for p in range(len(self._bodies)) if p not in known]
        if not alone or frame.time_s - self._acquired_s < ACQUIRE_S:
            return
        self._acquired_s = frame.time_s
        assert frame.picture is not None
        for p in alone:
            tracker = near_leg(self._network, frame.picture, self._bodies.points_px[p])
            if tracker is not None and not any(leg.tracker.same(tracker) for leg in self._legs):
                self._legs.append(_Followed(tracker, p))

    def _search(self, frame: Frame) -> None:
        """Look for a leg without a person."""
        if frame.time_s - self._searched_s < SEARCH_S:
            return
        self._searched_s = frame.time_s
        image = frame.image
        assert image is not None
        height, width = image.shape[:2]
        hint = None if self._hint is None else self._hint * (width, height, width, height)
        tracker = self._finder.find(image, hint)
        if tracker is not None:
            self._legs.append(_Followed(tracker, -1))


class _Followed:
    """A leg that is followed, whose it is (-1 where nobody was found with it), and for how long it seems turned."""

    def __init__(self, tracker: LegTracker, body: int) -> None:
        self.tracker, self.body, self.against = tracker, body, 0


def _unseen(count: int) -> People:
    """So many bodies that were not looked for."""
    points = np.full((count, len(BODY_NAMES), 2), np.nan)
    return People(points, np.zeros(points.shape[:2]))


def _rows(bodies: People, legs: list[_Followed], picture: tuple[int, int]) -> People:
    """Bodies and legs side by side: first everybody who was found, then legs with nobody.

    A point of a leg that lies outside the picture or the crop keeps its place, which is a guess, and gets
    confidence 0.
    """
    legs = [leg for leg in legs if leg.tracker.seen]
    lone = [leg for leg in legs if leg.body < 0]
    count = len(bodies) + len(lone)
    points = np.full((count, len(NAMES), 2), np.nan, np.float32)
    confidence = np.zeros((count, len(NAMES)), np.float32)
    points[: len(bodies), : len(BODY_NAMES)] = bodies.points_px
    confidence[: len(bodies), : len(BODY_NAMES)] = bodies.confidence
    sights = LegSights.empty(count)
    rows = [leg.body if leg.body >= 0 else len(bodies) + lone.index(leg) for leg in legs]
    for row, leg in zip(rows, legs, strict=True):
        look, side = leg.tracker.look, SIDES.index(leg.tracker.side)
        first = len(BODY_NAMES) + side * len(LEG_LANDMARKS)
        points[row, first : first + len(LEG_LANDMARKS)] = look.points_px
        shown = look.inside & ((look.points_px >= 0) & (look.points_px <= picture)).all(axis=-1)
        confidence[row, first : first + len(LEG_LANDMARKS)] = look.presence * shown
        sights.side[row], sights.presence[row] = side, look.presence
        sights.angle_deg[row], sights.angle_sd_deg[row] = look.angle_deg, look.angle_sd_deg
        sights.lines[row], sights.covariance_px2[row] = look.lines, look.covariance_px2
    return People(points, confidence, sights)
