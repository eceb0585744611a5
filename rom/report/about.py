"""What ``rom info`` tells: versions, models, codecs, and what the machine lacks."""

import platform
from importlib.metadata import PackageNotFoundError, version

import rom
from rom.errors import RomError
from rom.pose.models import model_bytes, model_table

#: Libraries whose version matters in a bug report. OpenCV comes as opencv-contrib-python, with mediapipe:
#: never install opencv-python beside it, the two overwrite each other's files.
LIBRARIES = ("mediapipe", "onnxruntime", "av", "numpy", "scipy", "opencv-contrib-python", "pillow", "typer", "rich")


def about() -> list[tuple[str, str]]:
    """Rows of (name, value)."""
    return [
        ("rom", rom.__version__),
        ("Python", f"{platform.python_version()} on {platform.platform()}"),
        *((name, _version(name)) for name in LIBRARIES),
        ("pose models", _pose_state()),
        *(
            (f"  {row.name}", f"{row.file}, SHA-256 {row.sha256}, {_state(row.name)}")
            for row in model_table().values()
        ),
        *_video_rows(),
    ]


def _version(name: str) -> str:
    """Version of an installed distribution."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _state(model: str) -> str:
    """Whether a model file is whole."""
    try:
        model_bytes(model)
    except RomError as error:
        return str(error)
    return "whole"


def _pose_state() -> str:
    """Whether MediaPipe can be loaded; on a bare Linux server it lacks system libraries."""
    from rom.pose.tasks import vision_tasks

    try:
        vision_tasks()
    except RomError as error:
        return str(error)
    return "MediaPipe loads"


def _video_rows() -> list[tuple[str, str]]:
    """What can be decoded and encoded."""
    from rom.video import video_support

    support = video_support()
    can = [name for name, present in support.decodes.items() if present]
    cannot = [name for name, present in support.decodes.items() if not present]
    libraries = ", ".join(f"{name} {number}" for name, number in support.libraries.items())
    return [
        ("video in", ", ".join(can) + (f"; not {', '.join(cannot)}" if cannot else "")),
        ("video out", support.encoder or "no H.264 encoder"),
        ("HEIC photos", "yes" if support.heic else "no (pip install pillow-heif)"),
        ("FFmpeg", libraries),
    ]
