"""The leg in a recording, for the summary: cut out and paled, with every face that is in it blurred."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from rom.batch.measuring import BRIGHTNESS, ROLL, Ground, Piecework
from rom.batch.work import Work
from rom.errors import RomError
from rom.intake import guarded
from rom.measure import judged
from rom.pose.landmark_table import load_table
from rom.records import Examination, Floats, Image
from rom.report.tables import write_whole
from rom.watch import Seen

WIDTH_PX, JPEG_QUALITY = 480, 80
TIME_TOLERANCE_S = 1e-3
#: Parts of a leg, from the knee to the toes; nothing else of the picture is shown.
LEG_PARTS = ("knee", "ankle", "heel", "foot_index")


def have_pictures(ground: Ground, lines: Sequence[Piecework]) -> dict[str, bytes]:
    """Pictures by the keys of the lines; none of those that have none (landmarks) or can no longer be read."""
    work = Work(ground.folder)
    wanted = [line for line in lines if not work.picture_of(line.judge).exists()]
    if wanted:
        with suppress(RomError):  # those that were drawn before it came to grief are there
            guarded(draw_pictures, ground, wanted, limits=ground.limits)
    paths = {line.judge: work.picture_of(line.judge) for line in lines}
    return {judge: path.read_bytes() for judge, path in paths.items() if path.exists()}


def draw_pictures(ground: Ground, lines: Sequence[Piecework]) -> int:
    """Draw the pictures in this process; how many."""
    drawn = 0
    for line in lines:
        picture = None
        with suppress(RomError):  # it was moved since, or its landmarks were
            picture = _picture(ground, line)
        if picture is not None:
            write_whole(Work(ground.folder).picture_of(line.judge), picture)
            drawn += 1
    return drawn


def _picture(ground: Ground, line: Piecework) -> bytes | None:
    """The end of a movement as in a report, else the leg in another frame; None where there is no picture."""
    from rom.report.peaks import peak_pictures

    found = load_table(Work(ground.folder).landmarks_of(line.look))
    if found.recorded.info.kind == "keypoints":
        return None
    seen = Seen(found.recorded, found.noted[BRIGHTNESS], found.noted[ROLL], pose_s=0.0)
    info, model = found.recorded.info, found.recorded.model
    exam = judged(seen, info, model, line.judging.question(), ground.camera, ground.settings)
    peaks = peak_pictures(exam, line.path)
    return next(iter(peaks.values())) if peaks else _frame(exam, Path(line.path))


def _frame(exam: Examination, path: Path) -> bytes | None:
    """The leg where it was seen best, cut out of its picture; None where none was seen."""
    from rom.report.peaks import as_drawing, leg_crop, without_faces
    from rom.video import open_recording

    best = _best_sight(exam)
    if best is None:
        return None
    at_s, points_px = best
    rate_hz = exam.recording.rate_hz if exam.recording.kind == "images" else None
    with open_recording(path, rate_hz=rate_hz, time_scale=exam.recording.time_scale) as recording:
        frame = next((one for one in recording if one.time_s >= at_s - TIME_TOLERANCE_S), None)
    if frame is None or frame.image is None:
        return None
    left, top, right, bottom = leg_crop(frame.image, points_px)
    return _jpeg(as_drawing(without_faces(exam, frame)[top:bottom, left:right]))


def _best_sight(exam: Examination) -> tuple[float, Floats] | None:
    """When the leg that is nearer to the camera was seen best, and its points there (K, 2)."""
    side = next((one.side for one in exam.sides if one.near), None)
    seen = exam.landmarks
    leg = [k for k, name in enumerate(seen.names) if name in {f"{side}_{part}" for part in LEG_PARTS}]
    whole = np.isfinite(seen.points_px[:, leg]).all(axis=(1, 2))
    if not leg or not whole.any():
        return None
    sure = np.where(whole, seen.confidence[:, leg].min(axis=1), -1.0)
    row = int(np.argmax(sure))
    return float(seen.time_s[row]), seen.points_px[row, leg]


def _jpeg(image: Image) -> bytes:
    import cv2

    height = round(image.shape[0] * WIDTH_PX / image.shape[1])
    small = cv2.resize(image, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    done, coded = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    return bytes(coded)
