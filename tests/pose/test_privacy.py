"""Nothing leaves the machine: MediaPipe's library reports its use, and is kept from it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import rom
from rom.pose import tasks

CREATE = """
import os, time
{door}
from mediapipe.tasks.python import BaseOptions, vision
from rom.pose.models import model_bytes
options = vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_buffer=model_bytes("lite")))
task = vision.PoseLandmarker.create_from_options(options)
time.sleep(1.0)
task.close()
print(os.environ["https_proxy"])
"""
WAIT_S = 0.5  # the connection, if there is one, was made while the task lived


def connected(door: str) -> tuple[bool, str]:
    """Run MediaPipe where the user's proxy is a socket of ours; tell whether it was reached, and os.environ's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT_S)
        proxy = f"http://127.0.0.1:{server.getsockname()[1]}"
        environment = os.environ | {"https_proxy": proxy, "no_proxy": ""}
        done = subprocess.run(
            [sys.executable, "-c", CREATE.format(door=door)],
            env=environment,
            capture_output=True,
            check=True,
            timeout=120,
            text=True,
        )
        try:
            server.accept()[0].close()
        except TimeoutError:
            return False, done.stdout.strip().replace(proxy, "unchanged")
        return True, done.stdout.strip().replace(proxy, "unchanged")


def test_mediapipe_reports_its_use_unless_it_is_kept_from_it() -> None:
    """The first half is the control: where it fails, MediaPipe no longer reports, and the door may go."""
    reached, _ = connected("")
    assert reached
    reached, python_sees = connected("from rom.pose.tasks import stay_on_this_machine; stay_on_this_machine()")
    assert not reached
    assert python_sees == "unchanged"


def test_every_task_goes_through_the_door() -> None:
    """`vision_tasks` is the only import of MediaPipe's tasks in the package, and it shuts the door first."""
    package = Path(rom.__file__).parent
    texts = {file.name: file.read_text("utf-8") for file in package.rglob("*.py")}
    assert [name for name, text in texts.items() if "from mediapipe" in text] == ["tasks.py"]
    assert "stay_on_this_machine" in tasks.vision_tasks.__code__.co_names
