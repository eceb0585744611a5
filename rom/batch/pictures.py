"""A frame of a recording for the summary, with every face in it blurred."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rom.batch.measuring import BRIGHTNESS, ROLL, Ground, Piecework
from rom.batch.work import Work
from rom.errors import RomError
from rom.intake import guarded
from rom.measure import judged
from rom.pose.landmark_table import load_table
from rom.records import Examination, Image
from rom.report.tables import write_whole
from rom.watch import Seen

WIDTH_PX, JPEG_QUALITY = 480, 80
#: Of a recording without a peak, the frame after so many seconds or at its middle, if that is earlier.
EARLY_S = 3.0


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
    """The end of a movement as in a report, else a frame as it is; None where there is no picture."""
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
    from rom.report.peaks import without_faces
    from rom.video import open_recording

    at_s = min(EARLY_S, exam.recording.duration_s / 2)
    rate_hz = exam.recording.rate_hz if exam.recording.kind == "images" else None
    with open_recording(path, rate_hz=rate_hz, time_scale=exam.recording.time_scale) as recording:
        frame = next((one for one in recording if one.time_s >= at_s), None)
    return None if frame is None or frame.image is None else _jpeg(without_faces(exam, frame))


def _jpeg(image: Image) -> bytes:
    import cv2

    height = round(image.shape[0] * WIDTH_PX / image.shape[1])
    small = cv2.resize(image, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    done, coded = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    return bytes(coded)
