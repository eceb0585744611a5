"""The app served to this computer alone: its address, whether it runs already, and its end."""

import asyncio
import os
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import uvicorn

from rom.store import Store
from rom.store.tables import new_id
from rom.web.app import build
from rom.web.ground import Queue

#: Loopback alone: nobody else on the network can ask.
HOST = "127.0.0.1"
#: The first port that is tried, and how many after it.
PORT, PORTS = 8080, 20
#: A running app answers its own health page within this, seconds.
ANSWERS_IN_S = 2.0
#: Open pages are let go after this when the app ends, seconds.
ENDS_IN_S = 3
#: Beside the store: the address of the app that runs on it, and the name of that run.
ADDRESS = "app.address"


def running_at(folder: Path) -> str:
    """The address of an app that runs on this folder; empty where none does."""
    try:
        address, instance = (folder / ADDRESS).read_text(encoding="utf-8").split()
        with urlopen(f"{address}/health", timeout=ANSWERS_IN_S) as answer:  # noqa: S310 - the address is our own
            told = answer.read().decode()
    except (OSError, URLError, ValueError):
        return ""
    return address if instance in told else ""


def free_socket(port: int | None) -> socket.socket:
    """A socket that listens on the port that was asked for, or on the first free one.

    Raises
    ------
    OSError : the port that was asked for is taken.
    """
    tried = [port] if port is not None else [*range(PORT, PORT + PORTS), 0]
    for one in tried:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # a port that was just left is free again; Windows would share one that is in use
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, one))
        except OSError:
            listening.close()
            if one == tried[-1]:
                raise
        else:
            return listening
    raise AssertionError("one socket was bound, or an error was raised")


def serve(
    store: Store,
    jobs: Queue,
    listening: socket.socket,
    *,
    told: Callable[[str], None],
    browser: bool,
    language: str = "en",
) -> None:
    """Serve the app until Ctrl-C. `told` : is called with its address once it answers."""
    address, instance = f"http://{HOST}:{listening.getsockname()[1]}", new_id()
    app = build(store, jobs, language, instance=instance)
    note = store.folder / ADDRESS

    def ready() -> None:
        note.write_text(f"{address} {instance}\n", encoding="utf-8")
        told(address)
        if browser:
            webbrowser.open(address)

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=ENDS_IN_S
    )
    try:
        _Server(config, ready).run(sockets=[listening])
    finally:
        note.unlink(missing_ok=True)


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then `ready`."""
        await super().startup(sockets)
        if self.started:
            await asyncio.to_thread(self.ready)
