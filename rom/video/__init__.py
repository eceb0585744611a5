"""Frames in (video files, folders of images, photographs, webcams) and video out.

Every source yields the same `rom.records.Frame`: upright, square-pixelled, RGB, with the time the container
gives it. Imported only when pictures are needed: PyAV takes a moment to load.
"""

from rom.video.opening import open_recording
from rom.video.recording import StreamedRecording

__all__ = ["StreamedRecording", "open_recording"]
