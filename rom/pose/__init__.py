"""Landmarks per frame: BlazePose, stored landmarks, and other tools' keypoint files, behind one Protocol."""

from rom.pose.backend import PoseBackend, open_pose

__all__ = ["PoseBackend", "open_pose"]
