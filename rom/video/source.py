"""What every kind of source gives: pictures with their times, in order, and what is known of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from rom.records import Image, LazyImage, RecordingInfo


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: upright, square-pixelled.

    Attributes
    ----------
    image : (H, W, 3) uint8 RGB, C-contiguous; or one that is turned into RGB where somebody looks.
    time_s : the source's own time, seconds from the first picture, strictly increasing.
    duration_s : how long it stands, as the source says; None where it does not say.
    """

    image: Image | LazyImage
    time_s: float
    duration_s: float | None = None


class Source(Protocol):
    """A source of pictures, opened.

    `live` sources are never held up: pictures that nobody fetches in time are dropped and counted.
    `edited` tells whether the source may hold hard cuts.
    """

    live: bool
    edited: bool

    def pictures(self) -> Iterator[Picture]:
        """Every picture once, in order; runs in the reader thread."""
        ...

    def describe(self) -> RecordingInfo:
        """What is known so far; the notes grow while the pictures are read."""
        ...

    def sha256(self) -> str | None:
        """Fingerprint of what was read; None for a live source."""
        ...

    def close(self) -> None:
        """Release the file or the device; called once, after the reader thread has ended."""
        ...
