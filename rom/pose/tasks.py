"""The door to MediaPipe Tasks: import, load, and what to say when a system library is missing."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from rom.errors import InstallationError
from rom.pose.quiet import without_routine_messages
from rom.records import Image

Task = TypeVar("Task")


def vision_tasks() -> ModuleType:
    """Import ``mediapipe.tasks.python.vision``; ``InstallationError`` says what to install."""
    try:
        from mediapipe.tasks.python import vision
    except (ImportError, OSError) as error:
        raise missing(error) from error
    return vision  # type: ignore[no-any-return]  # mediapipe is untyped


def load(create: Callable[[], Task]) -> Task:
    """Create a task without its routine messages; ``InstallationError`` where that fails."""
    try:
        with without_routine_messages():
            return create()
    except (ImportError, OSError) as error:
        raise missing(error) from error
    except (ValueError, RuntimeError) as error:
        raise InstallationError(f"MediaPipe could not load its model ({error}); reinstall ankle-rom.") from error


def missing(error: Exception) -> InstallationError:
    """Say in one sentence which library is missing and how to get it."""
    advice = "reinstall mediapipe (pip install --force-reinstall 'mediapipe>=1.2,<2')"
    if sys.platform.startswith("linux") and ".so" in str(error):
        advice = "install the system libraries (Debian, Ubuntu: apt install libegl1 libgles2 libgl1 libglib2.0-0)"
    return InstallationError(f"MediaPipe, which finds the person, could not be loaded ({error}); {advice}.")


def to_image(image: Image) -> Any:
    """Wrap an RGB picture (H, W, 3) for MediaPipe."""
    import mediapipe
    import numpy as np

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image))


def base_options(model: bytes) -> Any:
    """Options that hand the model over from memory: the very bytes whose SHA-256 was checked."""
    from mediapipe.tasks.python import BaseOptions

    return BaseOptions(model_asset_buffer=model)
