"""What a pose model sees: the landmarks of everybody in every frame, and of one person over time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rom.records.words import LEG_LANDMARKS, Bools, Floats, check_rising, check_shape


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What found the landmarks. `sha256` is None only where there is no model file."""

    name: str
    sha256: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class LegSights:
    """What the leg landmarker says of N legs beside their points: those in one frame, or one leg over time.

    Attributes
    ----------
    side : (N,) 0 left, 1 right, as in `SIDES`; -1 where no leg was seen (all else is then NaN, presence 0).
    presence : (N,) 0 to 1, that it is a leg.
    angle_deg, angle_sd_deg : (N,) the ankle angle that this one picture shows, corrected for the view, and its SD.
    lines : (N, 2, 3) unit vectors, ankle to knee and heel to toes, in the camera's axes (right, down, forward).
    covariance_px2 : (N, L, 2, 2) of the points, in the order of `LEG_LANDMARKS`.
    """

    side: NDArray[np.integer]
    presence: Floats
    angle_deg: Floats
    angle_sd_deg: Floats
    lines: Floats
    covariance_px2: Floats

    def __post_init__(self) -> None:
        """Check that all arrays speak of the same legs."""
        count = len(self.side)
        for name in ("presence", "angle_deg", "angle_sd_deg"):
            check_shape(name, getattr(self, name), (count,))
        check_shape("lines", self.lines, (count, 2, 3))
        check_shape("covariance_px2", self.covariance_px2, (count, len(LEG_LANDMARKS), 2, 2))

    @classmethod
    def empty(cls, count: int) -> Self:
        """No leg, `count` times."""
        return cls(
            side=np.full(count, -1, np.int8),
            presence=np.zeros(count, np.float32),
            angle_deg=np.full(count, np.nan, np.float32),
            angle_sd_deg=np.full(count, np.nan, np.float32),
            lines=np.full((count, 2, 3), np.nan, np.float32),
            covariance_px2=np.full((count, len(LEG_LANDMARKS), 2, 2), np.nan, np.float32),
        )

    def rows(self, rows: Bools | NDArray[np.integer] | slice) -> Self:
        """Some of the legs."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence["LegSights"]) -> Self:
        """The legs of several records, one after the other."""
        parts = [cls.empty(0), *parts]
        return cls(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)})


@dataclass(frozen=True, slots=True)
class People:
    """The landmarks of everybody in one frame.

    Attributes
    ----------
    points_px : (P, K, 2), NaN where a landmark was not found.
    confidence : (P, K), 0 to 1, as the backend gives it (not calibrated).
    legs : P legs, the one of each person that faces the camera; None from backends that see no leg closely.
    """

    points_px: Floats
    confidence: Floats
    legs: LegSights | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        check_shape("points_px", self.points_px, (None, None, 2))
        check_shape("confidence", self.confidence, self.points_px.shape[:2])
        if self.legs is not None:
            check_shape("legs", self.legs.side, (len(self.points_px),))

    def __len__(self) -> int:
        return len(self.points_px)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Everybody's landmarks in every frame of a recording.

    Attributes
    ----------
    names : K landmark names. time_s, shot : (T,). people : T records.
    people_seen : the largest number seen at one time, which may be more than were kept.
    """

    names: tuple[str, ...]
    time_s: Floats
    shot: NDArray[np.integer]
    people: tuple[People, ...]
    people_seen: int

    def __post_init__(self) -> None:
        """Check that all parts speak of the same frames and landmarks."""
        check_shape("time_s", self.time_s, (len(self.people),))
        check_shape("shot", self.shot, (len(self.people),))
        for people in self.people:
            check_shape("points_px", people.points_px, (None, len(self.names), 2))
        check_rising(self.time_s)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """One person's landmarks over a recording.

    Attributes
    ----------
    names : K landmark names (``left_knee`` ...).
    time_s : (T,) seconds.
    shot : (T,) int, the continuous take of each frame.
    points_px : (T, K, 2), NaN where missing.
    confidence : (T, K), 0 to 1.
    covariance_px2 : (T, K, 2, 2) covariance of each point, NaN where the backend gives none.
    legs : the leg that faces the camera, over time; None from backends that see no leg closely.
    """

    names: tuple[str, ...]
    time_s: Floats
    shot: NDArray[np.integer]
    points_px: Floats
    confidence: Floats
    covariance_px2: Floats
    legs: LegSights | None = None

    def __post_init__(self) -> None:
        """Check that all arrays speak of the same frames and landmarks."""
        frames, landmarks = len(self.time_s), len(self.names)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("shot", self.shot, (frames,))
        check_shape("points_px", self.points_px, (frames, landmarks, 2))
        check_shape("confidence", self.confidence, (frames, landmarks))
        check_shape("covariance_px2", self.covariance_px2, (frames, landmarks, 2, 2))
        if np.isnan(self.confidence).any():
            raise ValueError(
                "Expected 'confidence' to be known everywhere (0 where nothing was seen), but got NaN."
            )
        check_rising(self.time_s)

    def indices(self, names: tuple[str, ...]) -> list[int]:
        """Positions of `names` along the landmark axis; ``KeyError`` names the one that is missing."""
        where = {name: k for k, name in enumerate(self.names)}
        return [where[name] for name in names]

    def points(self, *names: str) -> Floats:
        """(T, len(names), 2) of the named landmarks, in the order asked for."""
        return np.asarray(self.points_px[:, self.indices(names)])

    def only(self, frames: Bools) -> "Landmarks":
        """The same landmarks in some of the frames; `frames` is (T,) bool."""
        if frames.all():
            return self
        return Landmarks(
            self.names,
            self.time_s[frames],
            self.shot[frames],
            self.points_px[frames],
            self.confidence[frames],
            self.covariance_px2[frames],
            None if self.legs is None else self.legs.rows(frames),
        )
