"""The baseline that others report: BlazePose's 3D "world" landmarks, for comparison only.

The instrument never uses them: they are metres in a space of the model's own making, in which the foot hardly moves
on the shank. One person alone in view, the whole picture, MediaPipe as it comes.
"""

from pathlib import Path
from typing import Any

import numpy as np

from rom.pose import tasks
from rom.pose.models import model_bytes
from rom.pose.names import names_of
from rom.records import Floats, Side
from rom.video import open_recording

#: The four landmarks of a side, in the order shank proximal, shank distal, heel, toe.
PARTS = ("knee", "ankle", "heel", "foot_index")


def world_angle_deg(film: Path, model: str, side: Side) -> tuple[Floats, Floats]:
    """Times (T,) and the ankle angle (T,) from world landmarks; NaN where nobody was found."""
    vision = tasks.vision_tasks()
    options = vision.PoseLandmarkerOptions(
        base_options=tasks.base_options(model_bytes(model)),
        running_mode=vision.RunningMode.VIDEO,
        num_poses=1,
    )
    times, points = [], []
    with (
        tasks.load(lambda: vision.PoseLandmarker.create_from_options(options)) as landmarker,
        open_recording(film) as recording,
    ):
        for frame in recording:
            assert frame.image is not None, "a film has pictures"
            found = landmarker.detect_for_video(tasks.to_image(frame.image), round(frame.time_s * 1000))
            times.append(frame.time_s)
            points.append(_side_points(found.pose_world_landmarks, side))
    return np.array(times), space_angle_deg(np.array(points))


def _side_points(people: list[list[Any]], side: Side) -> Floats:
    """(4, 3) of the first person's leg; NaN where there is nobody."""
    if not people:
        return np.full((len(PARTS), 3), np.nan)
    rows = [people[0][names_of("mediapipe").index(f"{side}_{part}")] for part in PARTS]
    return np.array([(row.x, row.y, row.z) for row in rows])


def space_angle_deg(points: Floats) -> Floats:
    """Ankle angle (...) from (..., 4, 3) points in space: 0 where foot and shank are perpendicular, degrees.

    Without a plane or a facing there is no sign to lose: the foot's rise towards the knee is the sine.

    Examples
    --------
    >>> level = [[0, 0, 0.4], [0, 0, 0], [-0.05, 0, -0.05], [0.15, 0, -0.05]]
    >>> raised = [[0, 0, 0.4], [0, 0, 0], [-0.05, 0, -0.05], [0.05, 0, 0.05]]
    >>> space_angle_deg(np.array([level, raised])).round(6)
    array([ 0., 45.])
    """
    shank, foot = points[..., 0, :] - points[..., 1, :], points[..., 3, :] - points[..., 2, :]
    lengths = np.linalg.norm(shank, axis=-1) * np.linalg.norm(foot, axis=-1)
    return np.asarray(np.degrees(np.arcsin(np.clip(np.sum(shank * foot, axis=-1) / lengths, -1.0, 1.0))))
