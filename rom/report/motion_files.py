"""One person's landmarks and ankle angles in the files of other tools, as `rom convert` and a study write them.

=======  ==========================================================================================
``trc``  markers over time: OpenSim, Pose2Sim, Visual3D (`rom.report.opensim`)
``mot``  ankle and knee angles over time, as OpenSim's coordinates (`rom.report.opensim`)
``c3d``  both in one file of the motion laboratory; needs ``ezc3d`` (`rom.report.c3d`)
``nc``   netCDF in the layout of the package `movement`, for xarray (`rom.report.netcdf`)
=======  ==========================================================================================

One camera sees a plane: lengths lie in it, and depth is 0 everywhere. Markers are in millimetres where the scale is
known, and 1 mm stands for 1 px where it is not; angles are the same either way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from rom.errors import UsageError
from rom.pose.imported import MILLIMETRES_NOTE
from rom.records import SIDES, Examination, Floats, Side
from rom.report.tables import write_whole

#: One decimal of a frame: a time further than this share of a frame from an even grid is not on it.
EVEN_SHARE = 0.02
SIDE_LETTERS: dict[Side, str] = {"left": "l", "right": "r"}


@dataclass(frozen=True)
class Course:
    """One person over time, as motion files hold it.

    Attributes
    ----------
    time_s : (T,) from the recording's first frame. rate_hz : frames a second, as far as there is one.
    names : K landmarks that were seen at least once. points_px : (T, K, 2) y down. confidence : (T, K).
    height_px : of the picture, 0 where there is none. mm_per_px : None where no scale is known.
    ankle_deg, knee_deg : (T,) of each side measured, smoothed: dorsiflexion +; flexion +.
    facing : +1 where the toes point right in the picture, -1 left; 0 where no leg was measured.
    """

    time_s: Floats
    rate_hz: float
    names: tuple[str, ...]
    points_px: Floats
    confidence: Floats
    height_px: int
    mm_per_px: float | None
    ankle_deg: dict[Side, Floats]
    knee_deg: dict[Side, Floats]
    facing: int
    version: str
    model: str
    model_sha256: str | None
    recording_sha256: str | None

    @cached_property
    def points_mm(self) -> Floats:
        """(T, K, 3) right-handed: x to the right in the picture, y up, z towards the camera, 0 throughout."""
        scale = self.mm_per_px or 1.0
        x, y = self.points_px[..., 0] * scale, (self.height_px - self.points_px[..., 1]) * scale
        return np.stack([x, y, np.where(np.isfinite(x), 0.0, np.nan)], axis=-1)

    @property
    def scale_words(self) -> str:
        """What a millimetre in the file is."""
        if self.mm_per_px is None:
            return "No scale is known: 1 mm in the file stands for 1 px of the picture."
        return f"Lengths are in millimetres, {self.mm_per_px:g} mm a pixel."

    @property
    def even(self) -> bool:
        """Whether frames follow each other at one rate."""
        steps = np.diff(self.time_s) * self.rate_hz
        return bool(np.all(np.abs(steps - 1.0) < EVEN_SHARE)) if steps.size else True

    def evened(self) -> "Course":
        """The same at one rate, between frames along straight lines, for files that hold no times."""
        if self.even:
            return self
        count = int(np.floor((self.time_s[-1] - self.time_s[0]) * self.rate_hz + EVEN_SHARE)) + 1
        time_s = self.time_s[0] + np.arange(count) / self.rate_hz
        points = between(time_s, self.time_s, self.points_px.reshape(len(self.time_s), -1))
        angles = {
            name: {side: between(time_s, self.time_s, track[:, None])[:, 0] for side, track in tracks.items()}
            for name, tracks in (("ankle_deg", self.ankle_deg), ("knee_deg", self.knee_deg))
        }
        own = {name: value for name, value in vars(self).items() if name in Course.__dataclass_fields__}
        return Course(
            **own
            | angles
            | {
                "time_s": time_s,
                "points_px": points.reshape(count, -1, 2),
                "confidence": between(time_s, self.time_s, self.confidence),
            }
        )


def course_of(exam: Examination, mm_per_px: float | None = None) -> Course:
    """What motion files hold of an examination.

    Parameters
    ----------
    exam : with its landmarks; of one that was read from JSON, the points of the measured legs.
    mm_per_px : the scale, where it is known otherwise than from the camera's profile.

    Raises
    ------
    UsageError : nobody was seen, or the scale is not a length.
    """
    if mm_per_px is not None and not 0 < mm_per_px < float("inf"):
        raise UsageError(f"Expected the scale as millimetres a pixel, such as 1.25, but got {mm_per_px:g}.")
    info, tracks = exam.recording, exam.angles
    time_s, names, points, confidence = _landmarks(exam)
    seen = np.isfinite(points).all(axis=-1)
    if not seen.any():
        raise UsageError("Expected landmarks to write, but nobody was seen in this recording; name another.")
    kept = np.asarray(seen.any(axis=0))
    votes = sum(track.facing * int(np.isfinite(track.smooth_deg).sum()) for track in tracks.values())
    return Course(
        time_s=time_s,
        rate_hz=info.rate_hz or (1.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0),
        names=tuple(name for name, known in zip(names, kept, strict=True) if known),
        points_px=points[:, kept].astype(float),
        confidence=confidence[:, kept].astype(float),
        height_px=info.height_px,
        mm_per_px=mm_per_px or _scale(exam),
        ankle_deg=_told({side: track.smooth_deg for side, track in tracks.items()}),
        knee_deg=_told({side: track.knee_flexion_deg for side, track in tracks.items()}),
        facing=int(np.sign(votes)),
        version=exam.version,
        model=exam.model.name,
        model_sha256=exam.model.sha256,
        recording_sha256=info.sha256,
    )


def _landmarks(exam: Examination) -> tuple[Floats, tuple[str, ...], Floats, Floats]:
    """Times, names, points and confidence: all that were found, or the four of each leg that made its angle."""
    found = exam.landmarks
    if len(found.time_s):
        return found.time_s, found.names, found.points_px, found.confidence
    if not exam.angles:
        raise UsageError(
            "Expected landmarks or measured legs, but this examination has neither; measure the recording again."
        )
    tracks = list(exam.angles.values())
    names = tuple(name.replace("+", "_and_") for track in tracks for name in track.landmarks)
    points = np.concatenate([track.points_px for track in tracks], axis=1)
    return tracks[0].time_s, names, points, np.isfinite(points).all(axis=-1).astype(float)


def _told(tracks: dict[Side, Floats]) -> dict[Side, Floats]:
    """The sides of which anything is known."""
    return {side: track for side, track in tracks.items() if np.isfinite(track).any()}


def _scale(exam: Examination) -> float | None:
    """Millimetres a pixel: of the camera's profile, or 1 of landmarks that came in millimetres."""
    if exam.camera is not None and exam.camera.scale is not None:
        return exam.camera.scale.mm_per_px
    return 1.0 if MILLIMETRES_NOTE in exam.recording.notes else None


def between(at_s: Floats, time_s: Floats, values: Floats) -> Floats:
    """(A, M) of (T, M) values at other times, along straight lines; NaN beside a missing value.

    >>> between(np.array([0.5, 1.0]), np.array([0.0, 1.0, 2.0]), np.array([[1.0], [2.0], [np.nan]])).ravel()
    array([1.5, 2. ])
    """
    after = np.clip(np.searchsorted(time_s, at_s), 1, len(time_s) - 1)
    share = np.clip((at_s - time_s[after - 1]) / (time_s[after] - time_s[after - 1]), 0.0, 1.0)[:, None]
    low, high = values[after - 1], values[after]
    return np.where(share == 0, low, np.where(share == 1, high, low + share * (high - low)))


def write_motion(
    exam: Examination, stem: Path, formats: Sequence[str], mm_per_px: float | None = None
) -> list[Path]:
    """Write an examination's landmarks and angles in formats of other tools.

    Parameters
    ----------
    stem : where to, without an ending; its last part also names the recording inside the files, so that a
        pseudonym stays one.
    formats : some of `FORMATS`. mm_per_px : as in `course_of`.

    Returns
    -------
    The files written, in the order of `formats`.
    """
    course = course_of(exam, mm_per_px)
    written = []
    for name in checked_formats(formats):
        path = stem.with_name(f"{stem.name}.{name}")
        write_whole(path, FORMATS[name](course, stem.name))
        written.append(path)
    return written


def checked_formats(names: Sequence[str]) -> tuple[str, ...]:
    """Formats asked for, each once; refused before anything is measured.

    Raises
    ------
    UsageError : one that is not known. InstallationError : C3D, where ``ezc3d`` is not installed.
    """
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise UsageError(
            f"Expected one or more of the formats {', '.join(FORMATS)}, but got '{', '.join(unknown)}'; name these."
        )
    if "c3d" in names:
        from rom.pose.c3d import ezc3d

        ezc3d()
    return tuple(dict.fromkeys(names))


def _trc(course: Course, name: str) -> bytes:
    from rom.report.opensim import trc

    return trc(course, name)


def _mot(course: Course, name: str) -> bytes:
    from rom.report.opensim import mot

    return mot(course, name)


def _c3d(course: Course, _: str) -> bytes:
    from rom.report.c3d import c3d

    return c3d(course)


def _nc(course: Course, name: str) -> bytes:
    from rom.report.netcdf import netcdf

    return netcdf(course, name)


#: Ending to what makes the file's bytes from a course and the recording's name.
FORMATS: dict[str, Callable[[Course, str], bytes]] = {"trc": _trc, "mot": _mot, "c3d": _c3d, "nc": _nc}


def angle_columns(course: Course) -> list[tuple[str, Side, Floats]]:
    """Joint, side and (T,) degrees of every angle, ankles first."""
    joints = (("ankle", course.ankle_deg), ("knee", course.knee_deg))
    return [(joint, side, tracks[side]) for joint, tracks in joints for side in SIDES if side in tracks]
