"""The overlay video: the recording with the goniometer drawn on it, the angle's course below, faces blurred."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from rom.errors import UsageError
from rom.records import AngleTrack, Examination, Floats, Frame, Image
from rom.report.canvas import Canvas
from rom.report.goniometer import draw_goniometer
from rom.report.strip import Strip, strip_height
from rom.report.words import degrees

if TYPE_CHECKING:
    from rom.pose.faces import FaceFinder

#: A face that is lost for a moment stays blurred where it was for this long.
FACE_HOLD_S = 0.5
#: The blurred ellipse is this much larger than the face found.
FACE_MARGIN = 1.25
#: A face is reduced to so many blocks across before it is blurred: nobody is recognisable from 6.
FACE_BLOCKS = 6
#: Times of stored landmarks and of decoded pictures agree to this.
TIME_TOLERANCE_S = 1e-4

#: A photograph has no rate; its overlay is a video of one picture.
PHOTO_HZ = 1.0

Progress = Callable[[int, int | None], None]


def write_overlay(
    exam: Examination,
    source: str | Path,
    path: Path,
    *,
    rate_hz: float | None = None,
    limit_s: float | None = None,
    blur_faces: bool = True,
    progress: Progress | None = None,
) -> None:
    """Write the recording again with the measurement drawn on it.

    Parameters
    ----------
    exam : what was measured. source : the recording it was measured from, read a second time.
    path : the mp4 to write; it appears when it is complete.
    rate_hz : pictures a second where the source does not say, as it was measured with.
    limit_s : end after so much of the recording, as it was measured with.
    blur_faces : blur every face in view.

    Raises
    ------
    UsageError : the source has no pictures to draw on, or cannot be read twice.
    """
    from rom.video import VideoWriter, open_recording

    if exam.recording.kind in ("keypoints", "webcam"):
        raise UsageError(
            "An overlay needs pictures that can be read again, and this source is "
            f"{'a webcam' if exam.recording.kind == 'webcam' else 'a file of landmarks'}; give a video."
        )
    info = exam.recording
    artist = _Artist(exam)
    height = info.height_px + artist.strip_px
    pace_hz = info.rate_hz if np.isfinite(info.rate_hz) else PHOTO_HZ
    with (
        open_recording(source, rate_hz=rate_hz, time_scale=info.time_scale, limit_s=limit_s) as recording,
        FaceBlur(exam, active=blur_faces) as faces,
        VideoWriter(path, width=info.width_px, height=height, rate_hz=pace_hz) as video,
    ):
        for frame in recording:
            if frame.image is None:
                continue
            sheet = np.zeros((height, info.width_px, 3), dtype=np.uint8)
            sheet[: info.height_px] = frame.image
            faces.blur(sheet[: info.height_px], frame)
            artist.draw(sheet, frame.time_s)
            video.write(sheet, frame.time_s)
            if progress is not None:
                progress(frame.index + 1, info.frame_count)
        if np.isfinite(info.duration_s or np.nan) and info.duration_s:
            video.end_at(info.duration_s)  # the last picture stands as long as it did


class _Artist:
    """Draws what was measured on the picture of a moment."""

    def __init__(self, exam: Examination) -> None:
        shown = [summary.side for summary in exam.sides if summary.near and summary.side in exam.angles]
        self.tracks = [exam.angles[side] for side in shown]
        self.strips = [
            Strip(track, tuple(r for result in exam.results if result.side == side for r in result.repetitions))
            for side, track in zip(shown, self.tracks, strict=True)
        ]

        self.strip_px = strip_height(exam.recording.width_px, exam.recording.height_px) if self.tracks else 0

    def draw(self, sheet: Image, time_s: float) -> None:
        """The goniometer of each side measured on the picture, and the chart of the first below it."""
        canvas = Canvas(sheet[: len(sheet) - self.strip_px])
        for track in self.tracks:
            frame = _frame_at(track, time_s)
            if frame is not None:
                draw_goniometer(canvas, track, frame)
        if self.tracks:
            frame = _frame_at(self.tracks[0], time_s)
            below = Canvas(sheet, unit=canvas.unit)
            self.strips[0].draw(below, len(sheet) - self.strip_px, time_s, _caption(self.tracks[0], frame))


def _frame_at(track: AngleTrack, time_s: float) -> int | None:
    """The row of a track that belongs to a picture, or None outside the take that was measured."""
    row = int(np.searchsorted(track.time_s, time_s - TIME_TOLERANCE_S))
    if row < len(track.time_s) and abs(track.time_s[row] - time_s) <= TIME_TOLERANCE_S:
        return row
    return None


def _caption(track: AngleTrack, frame: int | None) -> str:
    """What the chart says in words: ``Left ankle  18° dorsiflexion``."""
    if frame is None:
        return f"{track.side.capitalize()} ankle: this take was not measured"
    angle = float(track.smooth_deg[frame])
    if not np.isfinite(angle):
        return f"{track.side.capitalize()} ankle: not seen"
    motion = "dorsiflexion (pulled up)" if angle >= 0 else "plantar flexion (pointed)"
    return f"{track.side.capitalize()} ankle: {degrees(abs(angle))} {motion}"


class FaceBlur:
    """Blurs every face in view: those of the people followed by pose, and any that the face finder finds."""

    def __init__(self, exam: Examination, *, active: bool) -> None:
        self._sightings = exam.sightings
        self._active = active
        self._finder: FaceFinder | None = None
        self._recent: list[tuple[float, Floats]] = []

    def __enter__(self) -> "FaceBlur":
        if self._active:
            from rom.pose.faces import FaceFinder

            self._finder = FaceFinder()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._finder is not None:
            self._finder.close()

    def blur(self, image: Image, frame: Frame) -> None:
        """Blur the faces of this picture, and where faces were a moment ago."""
        if self._finder is None:
            return
        from rom.pose.faces import faces_from_people

        seen = self._sightings
        boxes = [self._finder.faces(image)]
        if frame.index < len(seen.people):
            boxes.append(faces_from_people(seen.people[frame.index], seen.names))
        self._recent = [(t, b) for t, b in self._recent if frame.time_s - t <= FACE_HOLD_S]
        self._recent.append((frame.time_s, np.concatenate(boxes)))
        for _, group in self._recent:
            for box in group:
                blur_ellipse(image, box)


def blur_ellipse(image: Image, box: Floats) -> None:
    """Make an ellipse of a picture unrecognisable, in place; `box` is left, top, right, bottom in pixels."""
    rows, columns = image.shape[:2]
    centre, half = (box[:2] + box[2:]) / 2, FACE_MARGIN * (box[2:] - box[:2]) / 2
    left, top = np.clip(np.floor(centre - half), 0, [columns, rows]).astype(int)
    right, bottom = np.clip(np.ceil(centre + half), 0, [columns, rows]).astype(int)
    if right - left < 2 or bottom - top < 2:
        return
    ground = image[top:bottom, left:right]
    blocks = cv2.resize(ground, (FACE_BLOCKS, FACE_BLOCKS), interpolation=cv2.INTER_AREA)
    smooth = cv2.resize(blocks, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros(ground.shape[:2], dtype=np.uint8)
    middle = (round(float(centre[0]) - left), round(float(centre[1]) - top))
    cv2.ellipse(mask, middle, (max(1, round(half[0])), max(1, round(half[1]))), 0, 0, 360, 255, -1)
    ground[mask > 0] = smooth[mask > 0]
