"""Looks round now and then, on a thread of its own, so that no picture waits: who is there, is it level.

The first look at a leg is made here too; from then on every picture follows it.
"""

import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from rom.pose.bodies import sizes
from rom.pose.leg_finder import LegFinder
from rom.pose.leg_tracker import LegTracker, Looks
from rom.pose.near_leg import near_leg
from rom.pose.scout import Scout
from rom.records import Image, People

ROUND_S = 1.5  # between two looks while a leg is followed: 14 ms of a second core, or 1 % of the only one
SEARCH_S = 0.2  # while none is: as in the instrument's own search
LEVEL_EVERY = 4  # looks: lines are looked for in every fourth, as a laptop is seldom moved
NICER = 5  # than the other threads, where the system knows that (Linux): pictures go first on a busy machine


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a look round found.

    `bodies` : everybody, 33 landmarks. `leg` : one to follow, where one was looked for and found. `roll_deg` : NaN
    where lines were not looked for or do not tell.
    """

    bodies: People
    leg: LegTracker | None
    roll_deg: float


class Lookout:
    """One look at a time; a picture that comes while it looks is not waited for."""

    def __init__(self, network: Looks) -> None:
        self._network = network
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rom-lookout", initializer=_step_back)
        self._looking: Future[Noticed] | None = None
        self._sent_s = float("-inf")
        self._looks = 0
        self._finder: LegFinder | None = None
        self._scout: Scout | None = None

    def send(self, image: Image, time_s: float, *, searching: bool) -> bool:
        """Send it to look, if it is back and it is time to; `searching` : for a leg as well. Whether it went."""
        passed_s = time_s - self._sent_s
        if self._looking is not None or 0.0 <= passed_s < (SEARCH_S if searching else ROUND_S):
            return False
        self._sent_s = time_s
        self._looking = self._thread.submit(self._look, image, searching)
        return True

    def heard(self) -> Noticed | None:
        """What it found, once; None while it is away or was not sent."""
        if self._looking is None or not self._looking.done():
            return None
        noticed = self._looking.result()
        self._looking = None
        return noticed

    def close(self) -> None:
        """Wait for it and free what it holds; a second call does nothing."""
        self._thread.shutdown()
        if self._scout is not None:
            self._scout.close()
            self._scout = None

    def _look(self, image: Image, searching: bool) -> Noticed:
        from rom.video.picture import roll_from_lines  # loads OpenCV

        if self._scout is None:
            self._scout, self._finder = Scout(), LegFinder(self._network)
        bodies = self._scout.look(image, closely=False)
        leg = self._leg(image, bodies) if searching else None
        roll_deg = roll_from_lines(image) if self._looks % LEVEL_EVERY == 0 else float("nan")
        self._looks += 1
        return Noticed(bodies, leg, roll_deg)

    def _leg(self, image: Image, bodies: People) -> LegTracker | None:
        """The leg of the largest body whose leg is seen, or any leg where nobody's is."""
        for p in sizes(bodies).argsort()[::-1]:
            leg = near_leg(self._network, image, bodies.points_px[p])
            if leg is not None:
                return leg
        assert self._finder is not None
        return self._finder.find(image)


def _step_back() -> None:
    """Let other threads go first."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICER)
