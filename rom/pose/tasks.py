"""The door to MediaPipe Tasks: import, load, and what to say when a system library is missing.

MediaPipe's wheels (0.10.35 and later, google-ai-edge/mediapipe issue 6291) report their use to Google: the
library itself connects to play.googleapis.com whenever a task is made, and offers no switch against it. Nothing
about a patient may leave this machine, so the door is shut: the library's HTTP client (curl) is given a proxy
that does not exist. Only C code sees that setting; `os.environ`, and with it all of Python, is left as it was.
"""

import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from rom.errors import InstallationError
from rom.pose.quiet import without_routine_messages
from rom.records import Image

Task = TypeVar("Task")
NO_WAY_OUT = "http://127.0.0.1:9"  # the discard port of this machine: refused at once, and nothing goes further


def vision_tasks() -> ModuleType:
    """Import ``mediapipe.tasks.python.vision``; ``InstallationError`` says what to install."""
    stay_on_this_machine()
    try:
        from mediapipe.tasks.python import vision
    except (ImportError, OSError) as error:
        raise missing(error) from error
    return vision  # type: ignore[no-any-return]  # mediapipe is untyped


def stay_on_this_machine() -> None:
    """Keep MediaPipe from reporting its use; before its library is loaded, and for the rest of the process."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.putenv(name, NO_WAY_OUT)
    for name in ("no_proxy", "NO_PROXY"):  # would be a way round the proxy
        os.putenv(name, "")


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
