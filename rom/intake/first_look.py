"""A first look at a recording from outside: that it is one, and of a size that can be measured."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rom.errors import InputUnreadable
from rom.intake.guard import guarded
from rom.intake.limits import LIMITS, Limits
from rom.intake.sniff import Kind, sniffed

#: Decoders that are used on an upload: those of phones, browsers and cameras.
CODECS = (
    "h264",
    "hevc",
    "vp8",
    "vp9",
    "av1",
    "libdav1d",
    "libvpx",
    "libvpx-vp9",
    "mpeg4",
    "mjpeg",
    "prores",
    "mpeg1video",
    "mpeg2video",
    "dvvideo",
)
STREAMS_MOST = 16  # pictures, sound, times, subtitles: phones write up to 6
LOOK_CPU_S = 60.0  # the packets of 2 GB are counted in about 2 s, and one picture is decoded
LOOK_WALL_S = 180.0  # 2 GB from a slow disk


@dataclass(frozen=True, slots=True)
class Looked:
    """What a recording is, as far as it can be told without decoding more than its first picture.

    `width_px`, `height_px` : as stored. `duration_s` : to the last picture's time; 0 for a photograph.
    `rotation_deg` : clockwise, that it asks to be shown with.
    """

    kind: Kind
    bytes: int
    codec: str
    width_px: int
    height_px: int
    duration_s: float
    rotation_deg: int


def look(path: Path, limits: Limits = LIMITS) -> Looked:
    """Look at a recording, in a process of its own, before anything else does.

    Raises
    ------
    InputUnreadable : it is no video and no photograph, or it is too large, too long, or has too many pixels.
    """
    kind = sniffed(path)
    size = path.stat().st_size
    if size > limits.bytes_most:
        raise InputUnreadable(
            f"Expected a recording of {_megabytes(limits.bytes_most)} at most, but this one has "
            f"{_megabytes(size)}; cut it shorter, or film it in 1080p."
        )
    if kind.what not in ("video", "photo"):
        raise InputUnreadable(
            f"Expected a video or a photograph, but this is a {kind.suffix} file; choose another."
        )
    reader = look_at_video if kind.what == "video" else look_at_photo
    own = replace(limits, cpu_s=min(LOOK_CPU_S, limits.cpu_s), wall_s=min(LOOK_WALL_S, limits.wall_s))
    facts = guarded(reader, path, kind, limits, limits=own)
    return _checked(Looked(kind=kind, bytes=size, **facts), limits)


def _checked(found: Looked, limits: Limits) -> Looked:
    """What the process answered, held to the limits once more: it read the file, and is not trusted."""
    try:
        whole = all(isinstance(n, int) for n in (found.width_px, found.height_px, found.rotation_deg))
        fits = whole and found.width_px > 0 < found.height_px and isinstance(found.codec, str)
        fits = fits and 0 <= found.duration_s <= limits.duration_s_most
        fits = fits and found.width_px * found.height_px <= limits.pixels_most
    except TypeError:
        fits = False
    if not fits:
        raise InputUnreadable("What this file says of itself makes no sense; export it again, or choose another.")
    return found


def look_at_video(path: Path, kind: Kind, limits: Limits) -> dict[str, Any]:
    """What a video is; runs in the guarded process."""
    import av
    import av.error

    try:
        with _opened(path, kind, limits) as container:
            stream = _pictured(container)
            _check_pixels(stream.width, stream.height, limits)
            stated_s = container.duration / av.time_base if container.duration else 0.0
            _check_duration(stated_s, limits)
            duration_s = max(stated_s, _last_time_s(container, stream, limits))
            rotation_deg = _rotation_deg(container, stream)
            return {
                "codec": stream.codec_context.name,
                "width_px": stream.width,
                "height_px": stream.height,
                "duration_s": duration_s,
                "rotation_deg": rotation_deg,
            }
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise InputUnreadable(
            f"Expected a whole video, but this {kind.suffix} file is damaged or was cut off; copy it again."
        ) from error


def _opened(path: Path, kind: Kind, limits: Limits) -> Any:
    """The container, by the demuxer of its kind alone; references to other files or the network lead nowhere."""
    import av

    return av.open(
        str(path.resolve()),
        format=kind.reader,
        options={
            "format_whitelist": kind.reader if kind.reader != "mov" else "mov,mp4,m4a,3gp,3g2,mj2",
            "protocol_whitelist": "file",
            "codec_whitelist": ",".join(CODECS),
            "max_pixels": str(limits.pixels_most),
            "max_streams": str(STREAMS_MOST),
        },
        metadata_errors="replace",
    )


def _pictured(container: Any) -> Any:
    """The first video stream, as `rom.video` takes it."""
    from av.stream import Disposition

    pictured = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not pictured:
        raise InputUnreadable("Expected a video, but there is no picture in this file; choose another.")
    context = pictured[0].codec_context
    if context is None or context.name not in CODECS:
        raise InputUnreadable(
            "The video in this file is in a format that is not read here; convert it to H.264, for example by "
            "sending it through any video editor."
        )
    return pictured[0]


def _check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse pictures that are too large, or have no size."""
    if width * height > limits.pixels_most:
        raise InputUnreadable(
            f"Expected pictures of {limits.pixels_most / 1e6:.1f} million pixels at most (4K), but these are "
            f"{width} x {height}; film it in 1080p."
        )
    if width <= 0 or height <= 0:
        raise InputUnreadable("Expected a video, but its pictures have no size; copy or export it again.")


def _check_duration(duration_s: float, limits: Limits) -> None:
    """Refuse what is too long."""
    if not duration_s <= limits.duration_s_most:
        raise InputUnreadable(
            f"Expected a recording of {limits.duration_s_most / 60:g} minutes at most, but this one has "
            f"{duration_s / 60:.0f}; cut it to the exam."
        )


def _last_time_s(container: Any, stream: Any, limits: Limits) -> float:
    """Seconds from the first packet to the last one: the recordings of a browser do not say how long they are."""
    times = _packet_times_s(container, stream)
    first = next(times, 0.0)
    last = first
    for time_s in times:
        first, last = min(first, time_s), max(last, time_s)
        _check_duration(last - first, limits)
    return last - first


def _packet_times_s(container: Any, stream: Any) -> Iterator[float]:
    """The time of every packet of a stream that has one; a file that breaks off ends there."""
    import av.error

    try:
        for packet in container.demux(stream):
            ticks = packet.dts if packet.pts is None else packet.pts
            if ticks is not None and packet.size:
                yield float(ticks * (packet.time_base or stream.time_base or 0))
    except av.error.FFmpegError:
        return


def _rotation_deg(container: Any, stream: Any) -> int:
    """Decode the first picture: that it can be, and how it asks to be turned."""
    from rom.video.videofile import orientation_of

    container.seek(0)
    frame = next(container.decode(stream), None)
    if frame is None:
        raise InputUnreadable(
            "Expected a video, but not one of its pictures can be decoded; the file is damaged or was cut off: "
            "copy or export it again."
        )
    return orientation_of(frame).clockwise_deg


def look_at_photo(path: Path, kind: Kind, limits: Limits) -> dict[str, Any]:
    """What a photograph is; runs in the guarded process, which decodes nothing of it."""
    from PIL import Image, ImageFile, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # its size is checked here, before a pixel is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(path, formats=[kind.reader]) as file:
            width, height = file.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise InputUnreadable(f"This {kind.suffix} photograph is damaged; copy or export it again.") from error
    _check_pixels(width, height, limits)
    return {
        "codec": kind.reader.lower(),
        "width_px": width,
        "height_px": height,
        "duration_s": 0.0,
        "rotation_deg": 0,
    }


def _megabytes(count: int) -> str:
    """A size in words."""
    return f"{count / 1e6:,.0f} MB"
