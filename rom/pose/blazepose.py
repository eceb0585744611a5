"""MediaPipe's BlazePose: 33 landmarks of each person in view, in pixels.

Each person has a tracker of their own, which is BlazePose for one person in VIDEO mode. (Asked for several,
MediaPipe looks for people anew in every frame and smooths nothing: one person's numbers would depend on who
else is in the room.) A scout looks at the whole scene when a shot begins and about once a second, and people it
sees whom nobody follows yet get a tracker. Somebody alone, filling a third of the picture or more, is tracked
exactly as by bare BlazePose.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import numpy as np

from rom.errors import UsageError
from rom.pose.bodies import boxes, newcomers, repeated, select, sizes, together
from rom.pose.landmarker import LANDMARKS
from rom.pose.models import model_file
from rom.pose.names import names_of
from rom.pose.scout import Scout
from rom.pose.tracker import Tracker
from rom.records import Frame, Image, ModelInfo, People

PEOPLE_MAX = 4  # followed at once; each costs the full time of the model
SCOUT_S = 1.0  # somebody who walks in is noticed within a second; costs about 2 % of the time of one person
SCOUT_FRAMES = 20  # but not more often than this, so that it stays cheap at low frame rates
SCOUT_EMPTY_S = 0.2  # while nobody is followed there is time to look often
SIZE_MIN = 0.5  # of the largest person: smaller ones (background, mirror) are counted, not followed
REPEATS_MAX = 5  # frames; people who cross do not share all 33 landmarks for so long


class BlazePose:
    """A `PoseBackend` on MediaPipe's PoseLandmarker.

    Parameters
    ----------
    name : ``heavy``, ``full`` or ``lite``. people_max : followed at once.
    scout_frames : given to it until the scout looks again, if a second has passed.
    """

    def __init__(
        self, name: str = "heavy", people_max: int = PEOPLE_MAX, *, scout_frames: int = SCOUT_FRAMES
    ) -> None:
        self._file = model_file(name)
        self._people_max, self._scout_frames = people_max, scout_frames
        self._scout = Scout()
        self._threads = ThreadPoolExecutor(people_max + 1, thread_name_prefix="rom-pose")
        self._trackers: list[Tracker] = []
        self._looking: Future[People] | None = None
        self._looked_s, self._looked_frames = 0.0, 0
        self._shot: int | None = None
        self._people_seen = 0

    @property
    def model(self) -> ModelInfo:
        """The bundle's name, SHA-256 and origin."""
        return self._file.info

    @property
    def landmark_names(self) -> tuple[str, ...]:
        """BlazePose's 33 landmarks."""
        return names_of("mediapipe")

    @property
    def people_seen(self) -> int:
        """The largest number of people seen at one time, also of those too small to be followed."""
        return self._people_seen

    def people(self, frame: Frame) -> People:
        """Find everybody's landmarks; a new shot starts afresh, so that no track runs across a cut."""
        if frame.image is None:
            raise UsageError("Expected a picture to find a person in, but this recording holds landmarks only.")
        begins = frame.shot != self._shot
        if begins:
            self._forget()
            self._shot = frame.shot
            self._trackers = [Tracker(self._file.name, _size(frame.image))]
        else:
            self._welcome(frame.image)  # whom the scout saw during the last frame
        if begins or self._due(frame.time_s):
            self._looking = self._threads.submit(self._scout.look, frame.image)
            self._looked_s, self._looked_frames = frame.time_s, 0
        self._looked_frames += 1
        self._track(self._trackers, frame)
        if begins or not len(self._known()):  # nothing is lost by waiting for the scout
            self._track(self._welcome(frame.image), frame)
        return self._settle(frame)

    def completed(self, people: Sequence[People]) -> tuple[People, ...]:
        """The records as they are: every picture was looked at."""
        return tuple(people)

    def close(self) -> None:
        """Free the models."""
        self._forget()
        self._threads.shutdown()
        self._scout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _forget(self) -> None:
        """Drop everything that was known of the last shot."""
        if self._looking is not None:
            self._looking.result()
            self._looking = None
        for tracker in self._trackers:
            tracker.close()
        self._trackers, self._shot = [], None

    def _known(self) -> People:
        return together([tracker.found for tracker in self._trackers], LANDMARKS)

    def _due(self, time_s: float) -> bool:
        """Tell whether the scout should look again."""
        passed_s = time_s - self._looked_s
        if not len(self._known()):
            return passed_s >= SCOUT_EMPTY_S
        return passed_s >= SCOUT_S and self._looked_frames >= self._scout_frames

    def _welcome(self, image: Image) -> list[Tracker]:
        """Hear the scout, if it was sent, and give the newcomers trackers, largest first."""
        if self._looking is None:
            return []
        known = self._known()
        new = newcomers(self._looking.result(), known)
        self._looking = None
        self._people_seen = max(self._people_seen, len(known) + len(new))
        size, corners = sizes(new), boxes(new)
        least = SIZE_MIN * max([*sizes(known), *size], default=0.0)
        order = [i for i in np.argsort(-size, kind="stable") if size[i] >= least]
        room = max(self._people_max - len(known), 0)
        added = [Tracker(self._file.name, _size(image), corners[i]) for i in order[:room]]
        self._trackers = [*self._trackers, *added]
        return added

    def _track(self, trackers: list[Tracker], frame: Frame) -> None:
        """Let the trackers find their people, side by side; each knows where the others' people were."""
        held = [(t, [o.box for o in self._trackers if o is not t]) for t in trackers]
        tasks = [(t, np.concatenate([np.empty((0, 4)), *others])) for t, others in held]
        if len(tasks) == 1:
            tasks[0][0].find(frame, tasks[0][1])
        else:
            list(self._threads.map(lambda task: task[0].find(frame, task[1]), tasks))

    def _settle(self, frame: Frame) -> People:
        """Return everybody once, and let go of trackers that lost their person or hold another's."""
        holding = [tracker for tracker in self._trackers if len(tracker.found)]
        everybody = self._known()
        again = repeated(everybody)
        for tracker, repeats in zip(holding, again, strict=True):
            tracker.repeats = tracker.repeats + 1 if repeats else 0
        stay = [t for t in self._trackers if not t.lost(frame.time_s) and t.repeats <= REPEATS_MAX]
        if not stay:  # somebody must watch: the one who takes anybody
            stay = [t for t in self._trackers if t.takes_anybody][:1]
        for tracker in self._trackers:
            if tracker not in stay:
                tracker.close()
        assert frame.image is not None
        self._trackers = stay or [Tracker(self._file.name, _size(frame.image))]
        self._people_seen = max(self._people_seen, int(np.sum(~again)))
        return select(everybody, ~again)


def _size(image: Image) -> tuple[int, int]:
    return image.shape[1], image.shape[0]
