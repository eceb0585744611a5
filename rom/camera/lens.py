"""The lens from pictures of the board: Zhang's method, as OpenCV has it, judged on views that were left out.

Source: Z. Zhang, A flexible new technique for camera calibration, IEEE PAMI 22 (2000) 1330-1334.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rom.camera.look import glances
from rom.camera.targets import board, corners_mm
from rom.errors import NotMeasurable
from rom.records import CameraProfile, Floats, Image, Lens, RecordingInfo

#: A moving board is looked at so often: views closer in time are alike.
LOOK_EVERY_S = 0.2
#: A view of fewer corners hardly says how the board is held.
CORNERS_MIN = 12
#: Steepest step of brightness a pixel, as a share of the board's contrast: below, it is smeared over 8 pixels.
SHARP_MIN = 0.1
#: Views that are used at most, and at least; customary are 10 to 50.
VIEWS_MAX, VIEWS_MIN = 40, 10
#: Two views differ when the board's corners lie this far apart on average, as a share of the picture's width.
APART_MIN = 0.03
#: Every so many views one is left out, to judge the others by.
HOLD_OUT_EVERY = 4
#: A view this many times worse than the middle one was moving or bent.
WILD = 3.0
#: Cells across and down, in which the board must have been seen; a third of each makes one of nine named parts.
GRID = (9, 6)
#: Share of the cells from which the edges of the picture are known well enough.
COVERAGE_MIN = 0.6
#: Fewer cells of a part's six leave it out.
PART_CELLS_MIN = 2
PARTS = (
    ("top left", "top", "top right"),
    ("left", "middle", "right"),
    ("bottom left", "bottom", "bottom right"),
)
#: Error of the views left out, as a share of the picture's width, that is worth a word, and too much: a good
#: calibration reaches a quarter of a pixel in 1000.
ERROR_CAUTION, ERROR_MAX = 6e-4, 1.5e-3
#: A focal length that is known less well than this moves points by as much.
FOCAL_SD_MAX = 0.02
#: Without views that are tilted so far, and so many of them, near and small cannot be told from far and large: the
#: fit then ends anywhere, and its SD does not say so.
TILT_MIN_DEG, TILTED_MIN = 12.0, 4

#: Called with (pictures looked at, views of the board so far).
Looked = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BoardView:
    """The board in one picture: `numbers` (N,) of its inner corners, `points_px` (N, 2), and how sharp it is."""

    numbers: np.ndarray
    points_px: Floats
    sharpness: float


@dataclass(frozen=True, slots=True)
class _Fit:
    """One solution: camera matrix (3, 3), distortion (5,), their SDs, and the error of all views in pixels.

    Of each view (N,): its error in pixels, and how far the board was tilted from facing the camera.
    """

    matrix: Floats
    distortion: Floats
    focal_sd_px: float
    distortion_sd: Floats
    rms_px: float
    view_px: Floats
    tilt_deg: Floats


def calibrate_lens(
    source: str | Path | int, *, name: str = "camera", limit_s: float | None = None, looked: Looked | None = None
) -> CameraProfile:
    """The profile of a lens, from a recording in which the board is moved about.

    Parameters
    ----------
    source : video, folder of photographs, or a webcam's number.
    name : what the profile is to be called.
    limit_s : end after so much of the recording.
    looked : called with (pictures looked at, views of the board so far).

    Returns
    -------
    CameraProfile with its `lens` and nothing else. The size of the squares does not matter for it.

    Raises
    ------
    InputUnreadable : the source cannot be opened or holds no picture.
    NotMeasurable : too few sharp and different views, too little of the picture covered, the board never tilted,
        or a lens that the views do not agree on.
    """
    views: list[BoardView] = []
    info: RecordingInfo | None = None
    find = board_finder()
    for count, (_, image, info) in enumerate(glances(source, LOOK_EVERY_S, limit_s=limit_s), 1):  # noqa: B007
        view = find(image)
        if view is not None:
            views.append(view)
        if looked is not None:
            looked(count, len(views))
    if info is None:
        raise NotMeasurable(f"Expected pictures of the board in '{source}', but there are none; film it again.")
    size = info.width_px, info.height_px
    return CameraProfile(
        name=name,
        width_px=size[0],
        height_px=size[1],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        device=info.device,
        lens=lens_from_views(views, size),
    )


def board_finder() -> Callable[[Image], BoardView | None]:
    """A function that finds the board in (H, W, 3) RGB pictures; None where fewer than 12 corners are seen."""
    import cv2

    detector = cv2.aruco.CharucoDetector(board())

    def find(image: Image) -> BoardView | None:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        corners, numbers = detector.detectBoard(grey)[:2]
        if numbers is None or len(numbers) < CORNERS_MIN:
            return None
        points = np.asarray(corners, dtype=float).reshape(-1, 2)
        # OpenCV counts from the middle of the first pixel, we from its corner
        return BoardView(np.asarray(numbers).ravel(), points + 0.5, _sharpness(grey, points))

    return find


def _sharpness(grey: np.ndarray, points: Floats) -> float:
    """Steepest step a pixel over the contrast, in the worse of the two directions: 0.5 sharp, 0 smeared."""
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int) + 1
    part = grey[max(top, 0) : bottom, max(left, 0) : right].astype(np.float32)
    dark, bright = np.percentile(part, [5, 95])
    steps = [np.percentile(np.abs(np.diff(part, axis=axis)), 98) for axis in (0, 1)]
    return float(min(steps) / max(bright - dark, 1.0))


def lens_from_views(views: Sequence[BoardView], size: tuple[int, int]) -> Lens:
    """The lens from views of the board in pictures of (width, height) pixels; raises as `calibrate_lens` does."""
    if not views:
        raise NotMeasurable(
            "Expected the board of 'rom calibrate board' in the pictures, but it was never seen; light it evenly, "
            "show at least half of it, and do not mirror the picture."
        )
    chosen = _different(views, size[0])
    if len(chosen) < VIEWS_MIN:
        raise NotMeasurable(
            f"Expected at least {VIEWS_MIN} sharp and different views of the board, but found {len(chosen)} (of "
            f"{len(views)} in all); move it slowly through the whole picture, near and far, tilted each way."
        )
    missed = parts_missed(chosen, size)
    coverage = float(_cells(chosen, size).mean())
    if coverage < COVERAGE_MIN:
        raise NotMeasurable(
            f"Expected the board in most of the picture, but it was seen in {coverage:.0%} of it, never "
            f"in the part {', '.join(missed) or 'near the edges'}; hold it there too, partly outside the picture."
        )
    plane = corners_mm()
    kept = _agreeing(chosen, plane, size)
    held, rest = kept[::HOLD_OUT_EVERY], [v for k, v in enumerate(kept) if k % HOLD_OUT_EVERY]
    errors = {bends: _held_out_px(_fit(rest, plane, size, bends), held, plane) for bends in (2, 3)}
    bends = min(errors, key=lambda count: errors[count])  # a third term only where it tells something of new views
    fit, held_out_px = _fit(kept, plane, size, bends), errors[bends]
    _judge(fit, held_out_px, size)
    made = f"from {len(kept)} views of a ChArUco board"
    return Lens(
        matrix=tuple(tuple(float(v) for v in row) for row in fit.matrix),
        distortion=tuple(float(v) for v in fit.distortion),
        focal_sd_px=fit.focal_sd_px,
        distortion_sd=tuple(float(v) for v in fit.distortion_sd),
        rms_px=fit.rms_px,
        held_out_px=held_out_px,
        views=len(kept),
        coverage=coverage,
        made=made + (f"; never seen in the part {', '.join(missed)}" if missed else ""),
    )


def lens_remark(lens: Lens, width_px: int) -> str:
    """What to do where a lens is known, but not well; empty where all is well."""
    if lens.held_out_px > ERROR_CAUTION * width_px:
        return "That is more than usual: keep the board flat, move it slower, do not zoom, and calibrate again."
    return ""


def parts_missed(views: Sequence[BoardView], size: tuple[int, int]) -> list[str]:
    """Names of the nine parts of the picture in which the board was hardly seen."""
    seen = _cells(views, size).reshape(3, GRID[1] // 3, 3, GRID[0] // 3).sum(axis=(1, 3))
    return [PARTS[row][column] for row, column in np.argwhere(seen < PART_CELLS_MIN)]


def _cells(views: Sequence[BoardView], size: tuple[int, int]) -> np.ndarray:
    """(6, 9) True where a corner of the board was seen."""
    points = np.concatenate([view.points_px for view in views])
    places = np.clip((points / size * GRID).astype(int), 0, np.array(GRID) - 1)
    cells = np.zeros(GRID[::-1], dtype=bool)
    cells[places[:, 1], places[:, 0]] = True
    return cells


def _different(views: Sequence[BoardView], width_px: int) -> list[BoardView]:
    """Sharp views as unlike each other as can be, the most unlike first."""
    sharp = [view for view in views if view.sharpness >= SHARP_MIN]
    if not sharp:
        return []
    outlines = np.array([_outline(view) for view in sharp]) / width_px
    order = [int(np.argmax([view.sharpness for view in sharp]))]
    apart = np.full(len(sharp), np.inf)
    while len(order) < VIEWS_MAX:
        apart = np.minimum(apart, np.sqrt(((outlines - outlines[order[-1]]) ** 2).sum(axis=-1).mean(axis=-1)))
        if apart.max() < APART_MIN:
            break
        order.append(int(np.argmax(apart)))
    return [sharp[k] for k in order]


def _outline(view: BoardView) -> Floats:
    """(4, 2) where the outermost corners of the board lie or would lie, by the affine map that fits best."""
    plane = corners_mm()
    known = np.column_stack([plane[view.numbers], np.ones(len(view.numbers))])
    outer = np.array([[x, y, 1.0] for x in (plane[0, 0], plane[-1, 0]) for y in (plane[0, 1], plane[-1, 1])])
    return np.asarray(outer @ np.linalg.lstsq(known, view.points_px, rcond=None)[0])


def _agreeing(views: list[BoardView], plane: Floats, size: tuple[int, int]) -> list[BoardView]:
    """The views without those that fit far worse than the others."""
    errors = _fit(views, plane, size, 2).view_px
    return [v for v, error in zip(views, errors, strict=True) if error <= WILD * float(np.median(errors))]


def _fit(views: list[BoardView], plane: Floats, size: tuple[int, int], bends: int) -> _Fit:
    """Solve for the camera with 2 or 3 radial terms; pixels are square."""
    import cv2

    flags = cv2.CALIB_FIX_ASPECT_RATIO | (0 if bends == 3 else cv2.CALIB_FIX_K3)
    objects = [np.column_stack([plane[v.numbers], np.zeros(len(v.numbers))]).astype(np.float32) for v in views]
    points = [v.points_px.astype(np.float32)[:, None] for v in views]
    try:
        rms, matrix, distortion, turns, _, sds, _, errors = cv2.calibrateCameraExtended(
            objects, points, size, np.eye(3), np.zeros(5), flags=flags
        )
    except cv2.error as error:
        raise NotMeasurable(
            "Expected views of the board that fit one camera, but no solution was found; film the board again, "
            "tilted each way."
        ) from error
    sds = np.asarray(sds).ravel()
    focal_sd = float(max(sds[0], sds[1]))  # one of them is 0: they are tied
    facing = np.array([cv2.Rodrigues(turn)[0][2, 2] for turn in turns])
    tilt_deg = np.degrees(np.arccos(np.clip(facing, -1.0, 1.0)))
    return _Fit(matrix, np.ravel(distortion)[:5], focal_sd, sds[4:9], float(rms), np.ravel(errors), tilt_deg)


def _held_out_px(fit: _Fit, views: Sequence[BoardView], plane: Floats) -> float:
    """Error with which a camera draws views that it was not made from, pixels (root mean square)."""
    import cv2

    squares: list[Any] = []
    for view in views:
        corners = np.column_stack([plane[view.numbers], np.zeros(len(view.numbers))])
        _, turn, shift = cv2.solvePnP(corners, view.points_px, fit.matrix, fit.distortion)
        drawn = cv2.projectPoints(corners, turn, shift, fit.matrix, fit.distortion)[0].reshape(-1, 2)
        squares.append(((drawn - view.points_px) ** 2).sum(axis=-1))
    return float(np.sqrt(np.concatenate(squares).mean()))


def _judge(fit: _Fit, held_out_px: float, size: tuple[int, int]) -> None:
    """Refuse a camera that is not known well enough to be of use."""
    if held_out_px > ERROR_MAX * size[0]:
        raise NotMeasurable(
            f"Expected views that agree on one lens within {ERROR_MAX * size[0]:.1f} pixels, but they differ by "
            f"{held_out_px:.1f}; keep the board flat on something stiff, move it slowly, and do not zoom."
        )
    tilted, share = int((fit.tilt_deg > TILT_MIN_DEG).sum()), fit.focal_sd_px / float(fit.matrix[0, 0])
    if tilted < TILTED_MIN or not share < FOCAL_SD_MAX:
        raise NotMeasurable(
            f"Expected the board tilted in at least {TILTED_MIN} views, and a focal length known within "
            f"{FOCAL_SD_MAX:.0%}, but found {tilted} and {share:.1%}; tilt the board by about 30 degrees each way."
        )
