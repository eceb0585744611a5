"""One MediaPipe PoseLandmarker that looks through a window of the picture and answers in its pixels."""

from typing import Any

import numpy as np

from rom.pose import tasks
from rom.pose.models import model_bytes
from rom.pose.quiet import without_routine_messages
from rom.pose.window import Window
from rom.records import Image, People

LANDMARKS = 33  # BlazePose


class Landmarker:
    """MediaPipe's task, loaded when first used. With `video` it follows one person from frame to frame."""

    def __init__(self, model: str, *, video: bool, people_max: int) -> None:
        vision = tasks.vision_tasks()
        mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
        options = vision.PoseLandmarkerOptions(
            base_options=tasks.base_options(model_bytes(model)), running_mode=mode, num_poses=people_max
        )
        self._task: Any = tasks.load(lambda: vision.PoseLandmarker.create_from_options(options))
        self._video = video
        self._last_ms = -1
        self._silent = False  # MediaPipe's last routine message comes with the first person

    def find(self, image: Image, window: Window, time_s: float) -> People:
        """Return the people in this window of the picture, in the picture's pixels."""
        # MediaPipe counts whole milliseconds, strictly rising
        self._last_ms = max(round(time_s * 1000), self._last_ms + 1)
        part = tasks.to_image(window.cut(image))
        if self._silent:
            found = self._run(part)
        else:
            with without_routine_messages():
                found = self._run(part)
            self._silent = bool(found)
        return to_people(found, window)

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if self._task is not None:
            with without_routine_messages():
                self._task.close()
            self._task = None

    def _run(self, part: Any) -> list[list[Any]]:
        result = self._task.detect_for_video(part, self._last_ms) if self._video else self._task.detect(part)
        return result.pose_landmarks  # type: ignore[no-any-return]  # mediapipe is untyped


def to_people(found: list[list[Any]], window: Window) -> People:
    """Turn MediaPipe's landmarks (0..1 of the window) into pixels of the picture.

    Confidence is MediaPipe's visibility. A point outside the window keeps its coordinates, which are an
    extrapolation, and gets confidence 0: nothing of it was seen.
    """
    rows = np.array([[(p.x, p.y, p.visibility) for p in person] for person in found], dtype=np.float64)
    rows = rows.reshape(len(found), LANDMARKS, 3)
    inside = np.all((rows[..., :2] >= 0) & (rows[..., :2] <= 1), axis=-1)
    points = rows[..., :2] * (window.width, window.height) + (window.x, window.y)
    return People(points_px=points, confidence=np.where(inside, rows[..., 2], 0.0))
