"""Where faces are, so that they can be blurred: by MediaPipe's face detector, and from the landmarks of heads.

The detector (short range) sees 128 x 128 pixels and finds faces that fill a tenth of them or more: none in a
picture of a whole person. So now and then the picture is searched in overlapping tiles, which takes a tenth of a
second or two, and in between each face is looked for near where it was. A tile's single find is often a fist or
a shoe; a face is found by several tiles.
"""

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from rom.pose import tasks
from rom.pose.models import model_bytes
from rom.pose.quiet import without_routine_messages
from rom.pose.window import Window
from rom.records import Bools, Floats, Image, People

FACE_MODEL = "face"
SCORE_MIN = 0.5  # MediaPipe's default; the sum over tiles decides
SUM_MIN = 1.2  # summed scores that make a face: two or three tiles agree
SURE = 0.8  # one find this sure is enough; the highest score seen on a shoe was 0.71
SAME = 0.3  # intersection over union from which two boxes are one face
TILE_SHARES = (0.5, 0.25)  # of the shorter side; faces of a whole body are 1/20 to 1/10 of it
TILE_STEP = 0.5  # tiles overlap by half: a face is whole in up to four of them
SEARCH_EVERY = 15  # pictures between searches: half a second of video
NEAR = 4.0  # widths of a face: the part of the picture in which it is looked for again
HEAD = ("nose", "eye", "ear", "mouth")
HEAD_HALF = 1.1  # half the box over the distance from the middle to the farthest head landmark: chin and brow
HEAD_MIN_SHARE = 0.06  # of the body's height, half a head: a face seen from the side shows its points in a heap


class FaceFinder:
    """Finds faces in the pictures of a recording, given in order; a context manager."""

    def __init__(self) -> None:
        vision = tasks.vision_tasks()
        options = vision.FaceDetectorOptions(
            base_options=tasks.base_options(model_bytes(FACE_MODEL)), min_detection_confidence=SCORE_MIN
        )
        self._task: Any = tasks.load(lambda: vision.FaceDetector.create_from_options(options))
        self._recent = np.empty((0, 4))
        self._calls = 0

    def faces(self, image: Image) -> Floats:
        """(N, 4) boxes x0, y0, x1, y1 in pixels of the faces in this picture (H, W, 3)."""
        picture = (image.shape[1], image.shape[0])
        found = [merge(self._look(image, [Window.whole(picture)]), least=SCORE_MIN)]
        if self._calls % SEARCH_EVERY == 0:
            found.append(merge(self._look(image, list(_tiles(picture))), least=SUM_MIN))
        else:
            near = [_near(box, picture) for box in self._recent]
            found.append(merge(self._look(image, near), least=SCORE_MIN))
        self._calls += 1
        self._recent = np.concatenate(found)
        return self._recent

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if self._task is not None:
            with without_routine_messages():
                self._task.close()
            self._task = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _look(self, image: Image, windows: list[Window]) -> Floats:
        """(N, 5) boxes in the picture's pixels with their scores."""
        rows: list[tuple[float, ...]] = []
        for window in windows:
            part = tasks.to_image(window.cut(image))
            if self._calls == 0:
                with without_routine_messages():
                    found = self._task.detect(part)
            else:
                found = self._task.detect(part)
            for face in found.detections:
                box = face.bounding_box
                x, y = window.x + box.origin_x, window.y + box.origin_y
                rows.append((x, y, x + box.width, y + box.height, face.categories[0].score))
        return np.array(rows, dtype=np.float64).reshape(-1, 5)


def merge(finds: Floats, least: float) -> Floats:
    """(M, 4) mean boxes of finds (N, 5) that overlap and whose scores sum up to `least`, or one that is sure."""
    left = finds[np.argsort(-finds[:, 4], kind="stable")]
    boxes = []
    while len(left):
        one = _overlap(left[0], left) >= SAME
        if left[one, 4].sum() >= least or left[0, 4] >= SURE:
            boxes.append(np.average(left[one, :4], axis=0, weights=left[one, 4]))
        left = left[~one]
    return np.array(boxes).reshape(-1, 4)


def faces_from_people(people: People, names: tuple[str, ...]) -> Floats:
    """(N, 4) boxes x0, y0, x1, y1 in pixels round the heads of people whose head landmarks are known.

    Whoever shows no more than one point of the head gets no box. Confidence does not matter here: a face that
    may be there is blurred.
    """
    head = np.array([any(part in name for part in HEAD) for name in names], dtype=bool)
    boxes = [_head_box(points, head) for points in people.points_px]
    return np.array([box for box in boxes if box is not None]).reshape(-1, 4)


def _head_box(points: Floats, head: Bools) -> Floats | None:
    seen = points[head]
    seen = seen[np.all(np.isfinite(seen), axis=1)]
    if len(seen) < 2:
        return None
    middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
    body = points[np.all(np.isfinite(points), axis=1)]
    reach = float(np.max(np.linalg.norm(seen - middle, axis=1)))
    half = max(HEAD_HALF * reach, HEAD_MIN_SHARE * float(np.max(np.ptp(body, axis=0))))
    return np.concatenate([middle - half, middle + half])


def _overlap(box: Floats, others: Floats) -> Floats:
    """Intersection over union of one box with others (N, 4 or more)."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:4], others[:, 2:4])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(others[:, 2:4] - others[:, :2], axis=1)
    return np.asarray(shared / np.maximum(np.prod(box[2:4] - box[:2]) + areas - shared, 1.0))


def _tiles(picture: tuple[int, int]) -> Iterator[Window]:
    for share in TILE_SHARES:
        side = max(int(min(picture) * share), 1)
        xs, ys = (
            np.linspace(0, length - side, int(np.ceil((length - side) / (TILE_STEP * side))) + 1).astype(int)
            for length in picture
        )
        for y in ys:
            for x in xs:
                yield Window(int(x), int(y), side, side, picture)


def _near(box: Floats, picture: tuple[int, int]) -> Window:
    """Return the part of the picture round a face, a few faces wide."""
    half = NEAR / 2 * float(np.max(box[2:] - box[:2]))
    middle = (box[:2] + box[2:]) / 2
    low = np.clip(middle - half, 0, None).astype(int)
    high = np.minimum(np.ceil(middle + half), picture).astype(int)
    x, y = int(low[0]), int(low[1])
    return Window(x, y, max(int(high[0]) - x, 1), max(int(high[1]) - y, 1), picture)
