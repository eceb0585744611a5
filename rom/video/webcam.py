"""A webcam by its number, through OpenCV."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from rom.errors import InputUnreadable
from rom.records import Image, RecordingInfo
from rom.video.source import Picture
from rom.video.upright import fit

DRIVERS = Path("/sys/class/video4linux")  # where Linux names its cameras
FAILED_READS_MAX = 10  # a camera that just woke up skips a few; after this many in a row it was unplugged


class Webcam:
    """A live camera; see `rom.video.source.Source`.

    Times are read from this computer's monotonic clock as soon as a picture arrives: a camera's own clock is
    not to be had through OpenCV. The picture was taken some tens of milliseconds before, always about the same.
    """

    live = True
    edited = False

    def __init__(self, number: int) -> None:
        self._capture = _opened(number)
        first = self._read() if self._capture.isOpened() else None
        if first is None:
            self._capture.release()
            raise InputUnreadable(
                f"Webcam {number} gives no picture; check that it is connected, that this program may use it, "
                "and that no other program does."
            )
        self._lost = False
        rate_hz = float(self._capture.get(cv2.CAP_PROP_FPS))
        self._stated = RecordingInfo(
            source=str(number),
            kind="webcam",
            width_px=first.shape[1],
            height_px=first.shape[0],
            rate_hz=rate_hz if rate_hz > 0 else float("nan"),
            duration_s=float("nan"),
            frame_count=None,
            notes=("Times come from this computer's clock, taken when each picture arrived.",),
            device=device_name(number),
        )

    def _read(self) -> Image | None:
        for _ in range(FAILED_READS_MAX):
            arrived, image = self._capture.read()
            if arrived and image is not None:
                return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)
        return None

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they arrive, until the camera is lost."""
        begin_s, last_s = float("nan"), -1.0
        while (image := self._read()) is not None:
            now_s = time.perf_counter()
            begin_s = now_s if last_s < 0 else begin_s
            if now_s - begin_s <= last_s:
                continue  # a clock too coarse to tell two pictures apart
            last_s = now_s - begin_s
            yield Picture(fit(image, self._stated.width_px, self._stated.height_px), last_s)
        self._lost = True

    def describe(self) -> RecordingInfo:
        """What is known so far."""
        notes = (*self._stated.notes, "The camera stopped giving pictures.") if self._lost else self._stated.notes
        return replace(self._stated, notes=notes)

    def sha256(self) -> None:
        """Nothing is kept of a live camera."""

    def close(self) -> None:
        """Release the camera."""
        self._capture.release()


def device_name(number: int, drivers: Path = DRIVERS) -> str:
    """What the system calls a webcam; empty where it does not tell (only Linux does without more software).

    The number is no name: another camera may have it tomorrow.
    """
    try:
        return (drivers / f"video{number}" / "name").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _opened(number: int) -> cv2.VideoCapture:
    """Open a camera without OpenCV's log on standard error: what is wrong is said in a sentence of ours."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return cv2.VideoCapture(number)
    finally:
        cv2.utils.logging.setLogLevel(level)
