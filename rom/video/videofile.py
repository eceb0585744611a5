"""Video files through PyAV: what is in them, and their pictures in order."""

import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.error
import numpy as np
from av.buffer import Buffer
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rom.errors import InputUnreadable
from rom.records import Image, LazyImage, RecordingInfo
from rom.video.colour import RgbConverter
from rom.video.decoded import DecodedImage
from rom.video.fingerprint import sha256_of_file
from rom.video.source import Picture
from rom.video.timing import TimeRepair
from rom.video.upright import UPRIGHT, Orientation, fit, orientation_from_matrix

#: Demuxers that may open an upload: what cameras, phones, browsers and converters write. Playlists (HLS,
#: DASH, concat) are left out on purpose: they would make the reader open other files; text is "ANSI art".
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,mjpeg,m4v,h264,hevc,av1,obu,ivf,flv,asf,"
    "ogg,gif,apng,mxf,dv,rm,y4m,yuv4mpegpipe,nut"
)
#: Decoding threads at most: each holds pictures of its own (about 13 MB at 1080p). One core is left to whoever
#: looks at the pictures: on two cores the whole line takes 109 pictures of 1080p H.264 a second with one thread
#: that decodes, and 97 with two (`calibration.benchmarks.floors` has the rates of its parts).
THREADS_MAX = 4
ASSUMED_RATE_HZ = 25.0  # where neither the container nor the user names one; FFmpeg's own default for raw streams
SLOW_MOTION_RATIO = 1.5  # filmed this many times faster than played: 60 against 50 is no slow motion, 120/60 is
SHORTFALL_S = 0.5  # a file that ends this much before its header says so is called truncated


class VideoFile:
    """A video file, opened; see `rom.video.source.Source`."""

    live = False
    edited = True

    def __init__(self, path: Path, rate_hz: float | None, *, lazily: bool = False) -> None:
        self._path, self._lazily = path, lazily
        self._container, self._stream = open_stream(path)
        self._skipped = self._read = self._resized = 0
        self._end_s = 0.0
        self._closing_notes: list[str] = []
        aspect = self._stream.sample_aspect_ratio or Fraction(1)
        self._pixel_aspect = float(aspect) if aspect > 0 else 1.0
        self._rgb = RgbConverter(self._pixel_aspect)
        self._repair = TimeRepair(1 / self._nominal_rate(rate_hz))
        self._decoded = self._decode()
        first = self._first_frame()
        self._frames = chain([first], self._decoded)
        self._orientation = orientation_of(first)
        self._stated = self._header(first)
        self._opening_notes = self._opening(rate_given=rate_hz is not None and first.pts is not None)
        if first.interlaced_frame:
            self._opening_notes.append(
                "The video is interlaced: what moves fast shows as a comb, and is less sure."
            )

    def _nominal_rate(self, rate_hz: float | None) -> float:
        stated = self._stream.guessed_rate or self._stream.average_rate
        return rate_hz or (float(stated) if stated else ASSUMED_RATE_HZ)

    def _first_frame(self) -> VideoFrame:
        first = next(self._decoded, None)
        if first is None:
            self._container.close()
            raise InputUnreadable(
                f"Expected '{self._path.name}' to hold a video, but not one of its pictures can be decoded; "
                "the file is damaged or was cut off: copy or export it again."
            )
        return first

    def _decode(self) -> Generator[VideoFrame, None, None]:
        """Decoded pictures; damaged ones are left out and counted."""
        packets = self._container.demux(self._stream)
        ended = False
        while not ended:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:  # the file breaks off in the middle of a packet
                packet = None
            ended = packet is None or (packet.size == 0 and packet.dts is None)  # an empty packet ends the stream
            try:
                frames = self._stream.decode(None if ended else packet)
            except av.error.FFmpegError:
                self._skipped += 1
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._skipped += 1
                else:
                    yield frame

    def _timed(self) -> Iterator[tuple[float | None, VideoFrame]]:
        """Each picture with the container's time. AVI keeps times in the order of decoding: its `dts`."""
        decoding_order = "avi" in self._container.format.name
        for frame in self._frames:
            yield self._seconds(frame, frame.dts if decoding_order else frame.pts), frame

    def _seconds(self, frame: VideoFrame, ticks: int | None) -> float | None:
        base = frame.time_base or self._stream.time_base
        return None if ticks is None or not base else float(ticks * base)

    def pictures(self) -> Iterator[Picture]:
        """Every picture once, in order."""
        for time_s, frame in self._repair.run(self._timed()):
            image = self._picture(frame)
            duration_s = self._seconds(frame, frame.duration or None)
            self._read += 1
            self._end_s = time_s + (duration_s or 0.0)
            yield Picture(image, time_s, duration_s)
        self._closing_notes = self._closing()

    def _picture(self, frame: VideoFrame) -> Image | LazyImage:
        """A decoded picture, upright and of the size that the header told."""
        size = self._stated.width_px, self._stated.height_px
        self._rgb.describe(frame)
        if (
            self._lazily
            and self._rgb.takes_parts(frame)
            and self._orientation.size(frame.width, frame.height) == size
        ):
            return DecodedImage(frame, self._rgb, self._orientation)
        image = self._orientation.apply(self._rgb.convert(frame))
        self._resized += image.shape[1::-1] != size
        return fit(image, *size)

    def _opening(self, *, rate_given: bool) -> list[str]:
        notes = []
        if not self._orientation.exact:
            notes.append("The file asks for a turn between the right angles; the nearest one was taken.")
        if self._orientation.mirrored:
            notes.append("The file asks to be shown mirrored; this was done.")
        if self._pixel_aspect != 1:
            notes.append(f"Pixels are {self._pixel_aspect:.4g} times as wide as high; the width was adapted.")
        if len(self._container.streams.video) > 1:
            notes.append("The file holds several videos; the first was read.")
        if rate_given:
            notes.append("A rate was given, but the file has times of its own; those were used.")
        captured, plays = (
            capture_rate_hz(self._container.metadata | self._stream.metadata),
            self._stream.average_rate,
        )
        if captured and plays and captured > SLOW_MOTION_RATIO * plays:
            notes.append(
                f"The file says it was filmed at {captured:.4g} pictures per second and plays at "
                f"{float(plays):.4g}: if it is slow motion, say so (--slow-motion {captured / float(plays):.3g})."
            )
        return notes

    def _closing(self) -> list[str]:
        notes = []
        if self._skipped:
            notes.append(f"{self._skipped} damaged pictures were left out.")
        if self._resized:
            notes.append(f"{self._resized} pictures had another size and were fitted into that of the first.")
        due_s = self._stated.duration_s
        if due_s and self._end_s < due_s - max(SHORTFALL_S, 2 * self._repair.interval_s):
            notes.append(f"The file breaks off: {self._end_s:.2f} s of {due_s:.2f} s could be read.")
        return notes

    def _header(self, first: VideoFrame) -> RecordingInfo:
        """What the file says of itself, before its pictures are read."""
        stream, orientation = self._stream, orientation_of(first)
        width, height = orientation.size(stretched(first.width, self._pixel_aspect), first.height)
        return RecordingInfo(
            source=str(self._path),
            kind="video",
            width_px=width,
            height_px=height,
            rate_hz=float(stream.average_rate or 1 / self._repair.interval_s),
            duration_s=stated_duration_s(self._container, stream),
            frame_count=stream.frames or None,
            rotation_deg=orientation.clockwise_deg,
            pixel_aspect=self._pixel_aspect,
            codec=stream.codec_context.name,
            device=device_name(self._container.metadata | stream.metadata),
        )

    def describe(self) -> RecordingInfo:
        """What is known so far."""
        notes = [*self._opening_notes, *self._rgb.notes, *self._repair.notes(), *self._closing_notes]
        return replace(self._stated, notes=tuple(notes))

    def sha256(self) -> str:
        """SHA-256 of the file."""
        return sha256_of_file(self._path)

    def close(self) -> None:
        """Close the file."""
        self._decoded.close()
        self._container.close()


def open_stream(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open the first video stream of `path`, ready to decode; ``InputUnreadable`` says why it cannot be."""
    container = open_container(path)
    pictured = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    readable = [s for s in pictured if s.codec_context is not None]
    if readable:
        context = readable[0].codec_context
        context.thread_type = "AUTO"
        context.thread_count = min(max(1, (os.cpu_count() or 1) - 1), THREADS_MAX)
        return container, readable[0]
    kinds = sorted({s.type for s in container.streams})
    container.close()
    if pictured:
        raise InputUnreadable(
            f"The video in '{path.name}' is in a format that this installation cannot decode; "
            "convert it to H.264, for example by sending it through any video editor."
        )
    raise InputUnreadable(
        f"Expected '{path.name}' to hold a video, but it holds {' and '.join(kinds) or 'nothing'} only; "
        "choose a recording with a picture."
    )


def open_container(path: Path) -> InputContainer:
    """Open `path` with the demuxers of `CONTAINERS` only, whatever its name says."""
    try:
        return av.open(
            str(path.resolve()),
            options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.error.FFmpegError, OSError) as error:
        raise InputUnreadable(
            f"Expected '{path.name}' to be a video (mp4, mov, webm, avi, mkv) or a photograph, but its "
            "contents are neither, or it is damaged; choose another file or export it again."
        ) from error


def orientation_of(frame: VideoFrame) -> Orientation:
    """Orientation that the file asks for, with mirroring (which PyAV's `rotation` leaves out)."""
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, Buffer):
        return UPRIGHT
    return orientation_from_matrix(np.frombuffer(bytes(matrix), np.int32).tolist())


def stated_duration_s(container: InputContainer, stream: VideoStream) -> float:
    """Duration that the file states, for its video or else for all of it; 0 where it states none."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0


def stretched(width: int, pixel_aspect: float) -> int:
    """Width in square pixels."""
    return max(1, round(width * pixel_aspect))


def capture_rate_hz(metadata: dict[str, str]) -> float | None:
    """Pictures per second while filming, where the maker says so (Android's `com.android.capture.fps`)."""
    for key, value in metadata.items():
        if key.lower().replace("_", ".").endswith(("capture.fps", "capture.rate", "captureframerate")):
            try:
                return float(value)
            except ValueError:
                return None
    return None


def device_name(metadata: dict[str, str]) -> str:
    """Maker, model and lens of what filmed, in the words of the file; empty where it does not say.

    Apple writes ``com.apple.quicktime.make``, ``.model`` and on newer phones ``.camera.lens_model``; Android
    ``com.android.manufacturer`` and ``com.android.model``; other cameras plain ``make`` and ``model``.
    """
    plain = {key.lower().replace("-", "."): value.strip() for key, value in metadata.items()}
    found = [_first_ending(plain, *ends) for ends in (("make", "manufacturer"), ("model",), ("lens_model",))]
    return " ".join(dict.fromkeys(word for word in found if word))


def _first_ending(metadata: dict[str, str], *ends: str) -> str:
    """The value of the first key whose last word is one of `ends`."""
    return next((value for key, value in metadata.items() if key.rsplit(".", 1)[-1] in ends), "")
