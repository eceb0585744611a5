"""MediaPipe's BlazePose: 33 landmarks of each person in view, in pixels."""

from typing import Any, Self

import numpy as np

from rom.errors import UsageError
from rom.pose import tasks
from rom.pose.models import model_bytes, model_file
from rom.pose.quiet import without_routine_messages
from rom.records import Frame, ModelInfo, People

#: BlazePose's 33 landmarks in its own order, spelt side first.
LANDMARK_NAMES = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "left_mouth",
    "right_mouth",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)


class BlazePose:
    """A `PoseBackend` on MediaPipe's PoseLandmarker in VIDEO mode."""

    def __init__(self, name: str = "heavy", people_max: int = 1) -> None:
        self._file = model_file(name)
        self._people_max = people_max
        self._landmarker: Any = None
        self._shot = -1
        self._last_ms = -1
        self._first = True
        self._people_seen = 0
        self._start()

    @property
    def model(self) -> ModelInfo:
        """The bundle's name, SHA-256 and origin."""
        return self._file.info

    @property
    def landmark_names(self) -> tuple[str, ...]:
        """BlazePose's 33 landmarks."""
        return LANDMARK_NAMES

    @property
    def people_seen(self) -> int:
        """The largest number of people seen at one time."""
        return self._people_seen

    def people(self, frame: Frame) -> People:
        """Find everybody's landmarks; a new shot starts afresh, so that no track runs across a cut."""
        if frame.image is None:
            raise UsageError(
                "Expected a picture to find a person in, but this recording holds landmarks only."
            )
        if frame.shot != self._shot and self._shot >= 0:
            self.close()
            self._start()
        self._shot = frame.shot
        # MediaPipe counts whole milliseconds, strictly rising
        self._last_ms = max(round(frame.time_s * 1000), self._last_ms + 1)
        image = tasks.to_image(frame.image)
        if self._first:
            with without_routine_messages():
                result = self._landmarker.detect_for_video(image, self._last_ms)
            self._first = False
        else:
            result = self._landmarker.detect_for_video(image, self._last_ms)
        height, width = frame.image.shape[:2]
        people = to_people(result.pose_landmarks, width, height)
        self._people_seen = max(self._people_seen, len(people))
        return people

    def close(self) -> None:
        """Free the model."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _start(self) -> None:
        vision = tasks.vision_tasks()
        options = vision.PoseLandmarkerOptions(
            base_options=tasks.base_options(model_bytes(self._file.name)),
            running_mode=vision.RunningMode.VIDEO,
            num_poses=self._people_max,
        )
        self._landmarker = tasks.load(lambda: vision.PoseLandmarker.create_from_options(options))
        self._first, self._last_ms = True, -1


def to_people(found: list[list[Any]], width_px: int, height_px: int) -> People:
    """Turn MediaPipe's landmarks (0..1 of the picture) into pixels.

    Confidence is MediaPipe's visibility. A point outside the picture keeps its coordinates, which are an
    extrapolation, and gets confidence 0: nothing of it was seen.
    """
    rows = np.array([[(p.x, p.y, p.visibility) for p in person] for person in found], dtype=np.float64)
    rows = rows.reshape(len(found), -1, 3) if found else np.empty((0, len(LANDMARK_NAMES), 3))
    inside = np.all((rows[..., :2] >= 0) & (rows[..., :2] <= 1), axis=-1)
    points = rows[..., :2] * np.array([width_px, height_px], dtype=np.float64)
    return People(points_px=points, confidence=np.where(inside, rows[..., 2], 0.0))
