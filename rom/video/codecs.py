"""What this installation can read and write, for ``rom info``."""

import importlib.util
from dataclasses import dataclass

import av
from av.codec.codec import Codec, UnknownCodecError

from rom.errors import InstallationError
from rom.video.writer import h264_encoder

#: Codecs of phones, cameras, browsers: FFmpeg's name and what people call it.
CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
    "mjpeg": "MJPEG",
    "mpeg4": "MPEG-4",
    "prores": "ProRes",
    "gif": "GIF",
}
#: Decoders that stand in for one that is missing or needs special hardware.
STAND_INS = {"av1": "libdav1d", "vp8": "libvpx", "vp9": "libvpx-vp9"}


@dataclass(frozen=True, slots=True)
class VideoSupport:
    """Decoders by the name people know (True where present), the H.264 encoder, and the libraries' versions."""

    decodes: dict[str, bool]
    encoder: str | None
    heic: bool
    pyav: str
    libraries: dict[str, str]


def video_support() -> VideoSupport:
    """Look up what the installed PyAV can do."""
    return VideoSupport(
        decodes={label: _decodes(name) or _decodes(STAND_INS.get(name, name)) for name, label in CODECS.items()},
        encoder=_encoder(),
        heic=importlib.util.find_spec("pillow_heif") is not None,
        pyav=av.__version__,
        libraries={name: ".".join(map(str, version)) for name, version in av.library_versions.items()},
    )


def _decodes(name: str) -> bool:
    try:
        return bool(Codec(name, "r").is_decoder)
    except UnknownCodecError:
        return False


def _encoder() -> str | None:
    try:
        return h264_encoder()
    except InstallationError:
        return None
