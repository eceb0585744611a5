"""A recording: its pictures, what is known of it, and the camera that took it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from rom.records.words import Floats, Image


@dataclass(frozen=True, slots=True)
class Plane:
    """One component of a picture as it is stored: light, or one of its two colours, often with fewer pixels.

    `values` : (H, W). `affine` : (2, 3) from pixels of the upright picture to pixels of this plane, both counted
    from the middle of the first one.
    """

    values: NDArray[np.uint8]
    affine: Floats


class LazyImage(Protocol):
    """A picture that is turned into RGB only where somebody looks: most looks need a small part of it."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, 3) of the whole picture."""
        ...

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """As they are stored, light first: a crop may be drawn from each, and `in_rgb` turns the three into one."""
        ...

    def in_rgb(self, components: Image) -> Image:
        """(H, W, 3) RGB of what was drawn from the planes, laid in the last axis."""
        ...

    def whole(self) -> Image:
        """All of it."""
        ...

    def grid(self, step: int) -> Image:
        """Every `step`-th pixel of every `step`-th row: ``whole()[::step, ::step]``."""
        ...

    def light(self, step: int) -> NDArray[np.uint8]:
        """(H, W) light alone, 0 to 255, of every `step`-th pixel of every `step`-th row; upright."""
        ...


def grid_of(image: Image | LazyImage, step: int) -> Image:
    """Every `step`-th pixel of every `step`-th row."""
    return image[::step, ::step] if isinstance(image, np.ndarray) else image.grid(step)


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a recording: upright, square-pixelled, RGB.

    Attributes
    ----------
    index : position in the recording, from 0.
    time_s : the container's timestamp, seconds from the first frame, strictly increasing.
    shot : number of the continuous take this frame belongs to, from 0; rises at each hard cut.
    picture : (H, W, 3) uint8, whole or lazy, or None where the recording holds landmarks and no pictures.
    """

    index: int
    time_s: float
    shot: int
    picture: Image | LazyImage | None

    @property
    def image(self) -> Image | None:
        """The whole picture as an array."""
        known = self.picture is None or isinstance(self.picture, np.ndarray)
        return self.picture if known else self.picture.whole()  # type: ignore[union-attr, return-value]


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """What is known of a recording.

    `notes`: plain sentences on everything that was repaired or assumed. `projection`: "camera" for pictures, in
    which one leg is nearer than the other; "sagittal" for landmarks that were found in 3D (or by markers) and
    laid on the sagittal plane, in which both legs are seen alike. `device`: what filmed it, as the recording tells
    it (maker, model, lens; a webcam's name); empty where it does not.
    """

    source: str
    kind: Literal["video", "images", "photo", "webcam", "keypoints"]
    width_px: int
    height_px: int
    rate_hz: float
    duration_s: float
    frame_count: int | None
    rotation_deg: int = 0
    pixel_aspect: float = 1.0
    codec: str = ""
    time_scale: float = 1.0
    sha256: str | None = None
    notes: tuple[str, ...] = ()
    projection: Literal["camera", "sagittal"] = "camera"
    device: str = ""


@dataclass(frozen=True, slots=True)
class Lens:
    """How a camera bends what it sees, and how well that is known.

    Attributes
    ----------
    matrix : [[f, 0, cx], [0, f, cy], [0, 0, 1]] in pixels of the profile's picture, from its top left corner.
    distortion : k1, k2, p1, p2, k3 of Brown and Conrady, as in `rom.geometry.camera`.
    focal_sd_px, distortion_sd : their SDs, from the fit's own residuals.
    rms_px : reprojection error of the views that made it; `held_out_px` that of views that were left out.
    views : pictures of the board used. coverage : share of the picture in which the board was seen.
    """

    matrix: tuple[tuple[float, ...], ...]
    distortion: tuple[float, ...]
    focal_sd_px: float
    distortion_sd: tuple[float, ...]
    rms_px: float
    held_out_px: float
    views: int
    coverage: float
    made: str


@dataclass(frozen=True, slots=True)
class Level:
    """How far the picture stands turned, clockwise as seen positive, while the camera stays where it is."""

    roll_deg: float
    sd_deg: float
    made: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Millimetres a pixel in the plane of the leg, while the camera stays where it is."""

    mm_per_px: float
    sd_mm_per_px: float
    made: str


@dataclass(frozen=True, slots=True)
class CameraProfile:
    """What is known of a camera: each part is optional, and `made` in it says how it was found.

    `device` is what filmed, as recordings tell it; `width_px` and `height_px` are those of the upright picture in
    which the parts were found.
    """

    name: str
    width_px: int
    height_px: int
    created: str
    device: str = ""
    lens: Lens | None = None
    level: Level | None = None
    scale: Scale | None = None


class Recording(Protocol):
    """An opened recording: a context manager that yields frames once, in order.

    `info` is complete once iteration has ended (repairs found on the way are in its notes).
    """

    @property
    def info(self) -> RecordingInfo:
        """What is known of the recording so far."""
        ...

    def __iter__(self) -> Iterator[Frame]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
