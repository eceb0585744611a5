"""The moment of each peak, and its frame made into a calm picture with the goniometer on it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom.errors import RomError
from rom.records import AngleTrack, Examination, Floats, Frame, Image, Motion, MotionResult, Side

#: Room round the leg, as a share of the box round its landmarks.
ROOM = 0.22
#: Width to height of the picture, and its width in pixels.
SHAPE, WIDTH_PX = 3 / 2, 720
#: Edge-preserving smoothing (pixels, 0 to 1): enough to look drawn, little enough to leave the leg clear.
SMOOTH_PX, SMOOTH_RANGE = 30, 0.35
#: The darkest tone (1 is white), how much colour stays, and the strength and widths (pixels) of the outlines.
DARKEST, COLOUR_SHARE, PENCIL, PENCIL_PX = 0.55, 0.8, 5.0, (1.2, 4.0)
JPEG_QUALITY = 85
#: Lines and letters are this much larger than on a video: the picture is shown small.
LINE_UNIT = 1.3


@dataclass(frozen=True, slots=True)
class PeakFrame:
    """Where a peak is shown best: row of the track, its time, and the repetition's value there."""

    frame: int
    time_s: float
    value_deg: float


def peak_frame(exam: Examination, result: MotionResult) -> PeakFrame | None:
    """The middle of the largest hold that was used; None where there is none, or the leg was not seen in it."""
    track = exam.angles.get(result.side)
    used = [repetition for repetition in result.repetitions if repetition.used]
    if track is None or not used:
        return None
    best = max(used, key=lambda repetition: (repetition.held, repetition.value_deg))
    inside = (track.time_s >= best.start_s) & (track.time_s <= best.end_s)
    rows = np.flatnonzero(inside & np.isfinite(track.points_px).all(axis=(1, 2)) & np.isfinite(track.smooth_deg))
    if rows.size == 0:
        return None
    row = int(rows[len(rows) // 2])
    return PeakFrame(row, float(track.time_s[row]), best.value_deg)


def peak_pictures(exam: Examination, source: str | Path | None) -> dict[tuple[str, Side, Motion], bytes]:
    """The frames at the ends of the movements, as JPEG.

    Parameters
    ----------
    exam : what was measured.
    source : where the recording is now; None for where it was.

    Returns
    -------
    Pictures by the recording's source, side and motion; every face in them is blurred. None of them where the
    recording is not there any more, is another one (by its SHA-256), or has no pictures to be read again.
    """
    path = Path(exam.recording.source if source is None else source)
    peaks = [(result, found) for result in exam.results if (found := peak_frame(exam, result)) is not None]
    if not peaks or exam.recording.kind in ("keypoints", "webcam") or not path.exists():
        return {}
    frames = _frames_at(exam, path, np.array([found.time_s for _, found in peaks]))
    pictures = {}
    for frame in frames:
        image = without_faces(exam, frame)
        for result, found in peaks:
            if abs(found.time_s - frame.time_s) <= _tolerance_s():
                drawn = _drawn(image, exam.angles[result.side], found)
                pictures[exam.recording.source, result.side, result.motion] = drawn
    return pictures


def _frames_at(exam: Examination, path: Path, times: Floats) -> list[Frame]:
    """The frames of these times; none where the recording is not the one that was measured, or cannot be read."""
    from rom.video import open_recording

    info = exam.recording
    rate_hz = info.rate_hz if info.kind == "images" and info.rate_hz > 0 else None  # a video has times of its own
    try:
        with open_recording(path, rate_hz=rate_hz, time_scale=info.time_scale) as recording:
            kept = [frame for frame in recording if (np.abs(times - frame.time_s) <= _tolerance_s()).any()]
            same = info.sha256 in (None, recording.info.sha256)  # known when it was read to its end
    except RomError:
        return []
    return kept if same else []


def _tolerance_s() -> float:
    """Times of stored landmarks and of decoded pictures agree to this."""
    from rom.report.overlay import TIME_TOLERANCE_S

    return TIME_TOLERANCE_S


def without_faces(exam: Examination, frame: Frame) -> Image:
    """The picture of a frame with every face in it blurred, wherever it may be."""
    from rom.report.overlay import FaceBlur

    if frame.image is None:
        raise ValueError("Expected a frame with a picture, but got one without.")
    image = frame.image.copy()
    with FaceBlur(exam, active=True) as faces:  # a new one each time: its first look searches the whole picture
        faces.blur(image, frame)
    return image


def _drawn(image: Image, track: AngleTrack, found: PeakFrame) -> bytes:
    """The leg cut out, softened and paled, with the lines on it, as JPEG."""
    import cv2

    from rom.report.canvas import Canvas
    from rom.report.goniometer import draw_goniometer
    from rom.report.words import degrees

    left, top, right, bottom = leg_crop(image, track.points_px[found.frame])
    scale = WIDTH_PX / (right - left)
    part = cv2.resize(
        image[top:bottom, left:right], (WIDTH_PX, round(WIDTH_PX / SHAPE)), interpolation=cv2.INTER_CUBIC
    )
    sheet = as_drawing(part)
    placed = (track.points_px[found.frame] - [left, top]) * scale
    draw_goniometer(Canvas(sheet, unit=LINE_UNIT), _moved(track, found.frame, placed), 0, degrees(found.value_deg))
    done, coded = cv2.imencode(".jpg", sheet[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    return bytes(coded)


def as_drawing(image: Image) -> Image:
    """A picture as a pale drawing: even tones, outlines as by pencil, hardly any colour."""
    import cv2

    calm = cv2.edgePreservingFilter(image, flags=1, sigma_s=SMOOTH_PX, sigma_r=SMOOTH_RANGE).astype(np.float32)
    grey = cv2.cvtColor(calm, cv2.COLOR_RGB2GRAY)
    fine, coarse = (cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in PENCIL_PX)
    low, high = np.percentile(grey, [2, 98])
    span = max(float(high - low), 1.0)
    tone = DARKEST + (1 - DARKEST) * np.clip((grey - low) / span, 0, 1)
    pencil = np.clip(1 + PENCIL * np.minimum(fine - coarse, 0) / span, 0, 1)
    tint = 1 + COLOUR_SHARE * (calm - grey[:, :, None]) / 255
    return np.asarray(np.clip(255 * (tone * pencil)[:, :, None] * tint, 0, 255), dtype=np.uint8)


def _moved(track: AngleTrack, frame: int, points_px: Floats) -> AngleTrack:
    """One frame of a track, its points elsewhere."""
    from dataclasses import replace

    return replace(track, points_px=points_px[None], smooth_deg=track.smooth_deg[frame : frame + 1])


def leg_crop(image: Image, points_px: Floats) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a box round the leg, of the picture's shape, as far as the frame reaches."""
    rows, columns = image.shape[:2]
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    middle, size = (low + high) / 2, (high - low).max() * np.array([1.0, 1.0]) * (1 + 2 * ROOM)
    width = min(max(size[0], size[1] * SHAPE), columns, rows * SHAPE)
    height = width / SHAPE
    left = round(float(np.clip(middle[0] - width / 2, 0, columns - width)))
    top = round(float(np.clip(middle[1] - height / 2, 0, rows - height)))
    return left, top, min(columns, left + round(width)), min(rows, top + round(height))
