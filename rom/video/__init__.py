"""Frames in (video files, folders of images, photographs, webcams) and video out.

Every source yields the same `rom.records.Frame`: upright, square-pixelled, RGB, with the time the container
gives it. Imported only when pictures are needed: PyAV and OpenCV take a moment to load.
"""

from rom.video.codecs import VideoSupport, video_support
from rom.video.opening import open_recording
from rom.video.recording import StreamedRecording
from rom.video.writer import VideoWriter

__all__ = ["StreamedRecording", "VideoSupport", "VideoWriter", "open_recording", "video_support"]
