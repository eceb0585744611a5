"""The app served, to this computer alone or to others by TLS: its address, whether it runs already, its end."""

import asyncio
import gc
import importlib
import os
import socket
import ssl
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import uvicorn

from rom.store import Store
from rom.store.tables import new_id
from rom.web.app import build
from rom.web.exposure import ALL_ADDRESSES, AT_HOME, Exposure
from rom.web.ground import Queue

#: Loopback alone, unless another address is asked for: nobody else on the network can ask.
HOST = "127.0.0.1"
#: The first port that is tried, and how many after it.
PORT, PORTS = 8080, 20
#: A running app answers its own health page within this, seconds.
ANSWERS_IN_S = 2.0
#: Open pages are let go after this when the app ends, seconds.
ENDS_IN_S = 3
#: The first page comes first; then what is there to stay is set aside, seconds.
SETTLES_IN_S = 20.0
#: Beside the store: the address of the app that runs on it, and the name of that run.
ADDRESS = "app.address"


@dataclass(frozen=True, slots=True)
class Certificate:
    """With what the app encrypts: PEM files of the certificate, with those that vouch for it, and of its key."""

    file: Path
    key: Path


def running_at(folder: Path) -> str:
    """The address of an app that runs on this folder; empty where none does."""
    try:
        address, instance = (folder / ADDRESS).read_text(encoding="utf-8").split()
        with urlopen(  # noqa: S310 - the address is our own
            f"{address}/health", timeout=ANSWERS_IN_S, context=_unasked(address)
        ) as answer:
            told = answer.read().decode()
    except (OSError, URLError, ValueError):
        return ""
    return address if instance in told else ""


def _unasked(address: str) -> ssl.SSLContext | None:
    """TLS without a look at the certificate: the app is known by its instance, whoever vouches for it."""
    if not address.startswith("https:"):
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def free_socket(port: int | None, host: str = HOST) -> socket.socket:
    """A socket that listens on the port that was asked for, or on the first free one.

    Raises
    ------
    OSError : the port that was asked for is taken.
    """
    tried = [port] if port is not None else [*range(PORT, PORT + PORTS), 0]
    for one in tried:
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # a port that was just left is free again; Windows would share one that is in use
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, one))
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
    exposure: Exposure = AT_HOME,
    tls: Certificate | None = None,
    language: str = "en",
) -> None:
    """Serve the app until Ctrl-C.

    Parameters
    ----------
    told : is called with its address once it answers. exposure : to whom it answers. tls : with what it encrypts.
    """
    address, instance = address_of(listening, tls), new_id()
    app = build(store, jobs, language, instance=instance, exposure=exposure)
    note = store.folder / ADDRESS

    def ready() -> None:
        note.write_text(f"{address} {instance}\n", encoding="utf-8")
        told(address)
        if browser:
            webbrowser.open(address)

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # addresses hold the names of days and people's IDs
        server_header=False,
        timeout_graceful_shutdown=ENDS_IN_S,
        proxy_headers=bool(exposure.proxies),
        forwarded_allow_ips=[*exposure.proxies],
        ssl_certfile=tls.file if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )
    try:
        _Server(config, ready).run(sockets=[listening])
    finally:
        note.unlink(missing_ok=True)


def address_of(listening: socket.socket, tls: Certificate | None) -> str:
    """Where this machine reaches a socket."""
    host, port = listening.getsockname()[:2]
    if host in ALL_ADDRESSES:
        host = "::1" if ":" in host else HOST
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


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
            self.settling = asyncio.create_task(_settle())


async def _settle() -> None:
    """Load what the first job needs, and set all that is loaded aside, for good.

    Python's collector looks through everything now and then, and every page waits meanwhile: 0.2 to 0.4 s for what
    the app is made of alone.
    """
    await asyncio.sleep(SETTLES_IN_S)
    await asyncio.to_thread(importlib.import_module, "distributed")
    gc.collect()
    gc.freeze()
