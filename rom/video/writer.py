"""Video out: H.264 in MP4 that browsers play, with true timestamps."""

import contextlib
import errno
import statistics
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self, cast
from uuid import uuid4

import av
import av.error
import numpy as np
from av.codec.codec import UnknownCodecError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

from rom.errors import InstallationError, RomError, UsageError
from rom.records import Image

TIME_BASE = Fraction(1, 90000)  # s: MPEG's 90 kHz clock, exact for 24, 25, 30, 50, 60 and 1001-based rates
LAST_STEP_S = 1 / 30  # how long a single picture stands
#: Encoders in order of preference; the later ones only where a build of FFmpeg lacks x264.
ENCODERS = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf")
OPTIONS = {"libx264": {"preset": "veryfast", "crf": "20"}}  # crf 20: no visible loss; veryfast: 1080p in real time
BIT_RATE_BPS_PER_PX = 4.0  # for encoders without constant quality: 8 Mbit/s at 1080p


def h264_encoder() -> str:
    """Name of the H.264 encoder of this installation; ``InstallationError`` where it has none."""
    for name in ENCODERS:
        with contextlib.suppress(UnknownCodecError):
            return av.codec.Codec(name, "w").name
    raise InstallationError(
        "Expected the installed PyAV to have an H.264 encoder, but it has none; reinstall it: pip install av."
    )


class VideoWriter:
    """Writes pictures with their times into an MP4 file; a context manager.

    The file appears under its name only when it is complete: until then it is a hidden file beside it, which is
    removed after an error. Pictures of odd width or height get one more column or row, a copy of the last.

    Attributes
    ----------
    notes : plain sentences on what is not as usual (another encoder than x264).
    """

    def __init__(self, path: str | Path, *, width: int, height: int, rate_hz: float = 30.0) -> None:
        """Begin the file. `rate_hz` is about how many pictures a second are to come (the times decide)."""
        self._path = Path(path)
        self._unfinished = self._path.with_name(f".{self._path.stem}-{uuid4().hex[:8]}.part")
        self._size = (width, height)
        self._even = (width + width % 2, height + height % 2)
        self._reformatter = VideoReformatter()
        self._ticks: list[int] = []
        self._end_s: float | None = None
        encoder = h264_encoder()
        self.notes: tuple[str, ...] = ()
        if encoder != ENCODERS[0]:
            self.notes = (f"The video was encoded by {encoder}: this installation has no {ENCODERS[0]}.",)
        rate = Fraction(rate_hz).limit_denominator(1001)
        with self._explained():
            if self._path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "is a folder", str(self._path))
            self._container = av.open(str(self._unfinished), "w", format="mp4", options={"movflags": "+faststart"})
            stream = self._container.add_stream(encoder, rate=rate, options=OPTIONS.get(encoder, {}))
            self._stream = cast("VideoStream", stream)
            self._configure(self._stream, encoder)
            self._container.start_encoding()

    def _configure(self, stream: VideoStream, encoder: str) -> None:
        context = stream.codec_context
        context.width, context.height = self._even
        context.pix_fmt = "yuv420p"
        context.time_base = stream.time_base = TIME_BASE
        context.max_b_frames = 0  # decoding order is showing order: every duration in the file is exact
        context.colorspace = context.color_primaries = context.color_trc = 1  # H.273: BT.709 in all three tables
        context.color_range = int(ColorRange.MPEG)
        if encoder not in OPTIONS:
            context.bit_rate = int(BIT_RATE_BPS_PER_PX * self._even[0] * self._even[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._discard()
        else:
            self.close()

    def write(self, image_rgb: Image, time_s: float) -> None:
        """Add one picture: (height, width, 3) uint8 RGB, shown from `time_s` on (above the last one's)."""
        width, height = self._size
        if image_rgb.shape != (height, width, 3) or image_rgb.dtype != np.uint8:
            raise ValueError(
                f"Expected a picture of shape {(height, width, 3)} and uint8, but got {image_rgb.shape} and "
                f"{image_rgb.dtype}."
            )
        tick = round(time_s / TIME_BASE)
        if self._ticks and tick <= self._ticks[-1]:
            raise ValueError(
                f"Expected times to rise by more than {float(TIME_BASE):.1e} s, but got {time_s} s again."
            )
        padded = np.pad(image_rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = self._reformatter.reformat(
            VideoFrame.from_ndarray(padded, format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=int(ColorRange.MPEG),
        )
        frame.pts, frame.time_base = tick, TIME_BASE
        self._ticks.append(tick)
        with self._explained():
            self._container.mux(list(self._stream.encode(frame)))

    def end_at(self, time_s: float) -> None:
        """Say when the last picture ends (the recording's `duration_s`); else it stands as long as the others."""
        self._end_s = time_s

    def close(self) -> None:
        """Complete the file and give it its name."""
        if not self._ticks:
            self._discard()
            raise UsageError(
                f"Expected pictures for '{self._path.name}', but there were none; no file was written."
            )
        with self._explained():
            self._container.mux(list(self._timed(self._stream.encode(None))))
            self._container.close()
            self._unfinished.replace(self._path)

    def _timed(self, packets: "list[Packet[VideoStream]]") -> "Iterator[Packet[VideoStream]]":
        """Give the last packet the duration of the last picture."""
        for packet in packets:
            if packet.pts == self._ticks[-1]:
                packet.duration = self._last_duration()
            yield packet

    def _last_duration(self) -> int:
        if self._end_s is not None:
            return max(1, round(self._end_s / TIME_BASE) - self._ticks[-1])
        steps = [after - before for before, after in pairwise(self._ticks)]
        return round(statistics.median(steps)) if steps else round(LAST_STEP_S / TIME_BASE)

    def _discard(self) -> None:
        with contextlib.suppress(OSError, av.error.FFmpegError):  # a full disk complains again when closing
            self._container.close()
        with contextlib.suppress(OSError):
            self._unfinished.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Remove the unfinished file after an error of the disk, and say in a sentence what to do."""
        try:
            yield
        except OSError as error:
            if hasattr(self, "_container"):
                self._discard()
            if error.errno == errno.ENOSPC:
                raise RomError(
                    f"The disk is full: '{self._path.name}' could not be written; free some space or write to "
                    "another disk."
                ) from error
            reason = error.strerror or str(error)
            raise UsageError(
                f"Cannot write '{self._path}': {reason.lower()}; choose a folder that exists and may be written to."
            ) from error
