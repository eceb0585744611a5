"""The listener that a phone on the local network sends one video to, and nothing else."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self
from uuid import uuid4

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from rom.errors import UsageError
from rom.intake import LIMITS, Limits
from rom.report.language import Words
from rom.web.phone.answers import Answers, State
from rom.web.phone.certificate import self_signed

TOKEN_BYTES = 16  # 128 bits: not to be guessed in a quarter of an hour, nor in a lifetime
MINUTES = 15.0
ASKS_WITHIN_S = 10.0  # from a connection to its whole request; who is slower has other plans
GOES_WITHIN_S = 2.0  # for what is under way when the door closes
OPENS_WITHIN_S = 10.0
CONNECTIONS_MOST = 32  # at a time: one phone opens up to 6
BACKLOG = 16
HEADERS_BYTES_MOST = 16 * 2**10
#: An address of no machine (RFC 5737): asking which way would lead there sends nothing.
NOWHERE = ("192.0.2.1", 9)
#: Names this machine's address on the local network, where it is on several.
LAN_VARIABLE = "ROM_LAN_ADDRESS"


class Impatient(H11Protocol):
    """Connections that do not ask for anything are ended: a crowd of them would keep the phone out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Give it some time to ask."""
        super().connection_made(transport)
        self._patience = self.loop.call_later(ASKS_WITHIN_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone by itself."""
        self._patience.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if getattr(self, "cycle", None) is None:  # no request was ever whole
            self.transport.abort()


class PhoneDoor:
    """A listener on the local network for one video; a context manager, open while it lasts.

    It answers at one address that cannot be guessed, takes one video in all, and closes after that, after its time,
    or by `close`. To every other address, Host or method it says that there is nothing. It runs in a thread of its
    own, on a port that is free, and never on other networks than that of `host`.

    Parameters
    ----------
    folder : where the video goes: ``NAME.part`` while it grows, ``NAME.mp4`` (or as it is) when it is whole and was
        looked at. name : its name there; by default one that no other has.
    limits : what it may be; see `rom.intake.Limits`.
    minutes : after which it closes.
    tls : encrypt, with a certificate of its own that the phone does not know.
    host : address to listen on; by default this machine's on the local network.
    received : called in the door's thread with the file, once it is whole.

    Raises
    ------
    UsageError : this machine is on no network, or it does not open.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "",
        limits: Limits = LIMITS,
        minutes: float = MINUTES,
        tls: bool = False,
        host: str = "",
        language: str = "en",
        received: Callable[[Path], None] | None = None,
    ) -> None:
        self.minutes = minutes
        self._until = monotonic() + 60 * minutes
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._socket = _bound(host or lan_address())
        self._at = "{}:{}".format(*self._socket.getsockname())
        self._scheme = "https" if tls else "http"
        self.fingerprint = ""
        self._answers = Answers(
            folder / (name or uuid4().hex),
            token=self._token,
            host=self._at,
            origin=f"{self._scheme}://{self._at}",
            limits=limits,
            say=Words(language),
            received=received,
        )
        self._server = uvicorn.Server(self._config(tls))
        self._closing = Event()
        self._thread = Thread(target=self._run, name="phone door", daemon=True)

    @property
    def url(self) -> str:
        """Where the phone goes; whoever knows it may send the video."""
        return f"{self._scheme}://{self._at}/{self._token}"

    @property
    def state(self) -> State:
        """Whether it waits, receives, has received, or is closed without."""
        return self._answers.state

    @property
    def share(self) -> float:
        """How much of the video has come, 0 to 1."""
        return self._answers.share

    @property
    def recording(self) -> Path | None:
        """The video, once it is there."""
        return self._answers.recording

    @property
    def seconds_left(self) -> float:
        """Until it closes by itself; 0 once it is closed."""
        return max(0.0, self._until - monotonic()) if self.state in ("waiting", "receiving") else 0.0

    def open(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        until = monotonic() + OPENS_WITHIN_S
        while not self._server.started:
            if monotonic() > until or not self._thread.is_alive():
                self.close()
                raise UsageError("The door for the phone did not open; try again, or use a cable.")
            self._closing.wait(0.01)
        return self

    def close(self) -> None:
        """Let nothing more in; what is under way is thrown away."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(2 * GOES_WITHIN_S + OPENS_WITHIN_S)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _config(self, tls: bool) -> uvicorn.Config:
        """The server's settings; the key is read into memory, and its file is gone when this returns."""
        with ExitStack() as held:
            own = held.enter_context(self_signed(self._socket.getsockname()[0])) if tls else None
            config = uvicorn.Config(
                self._answers,
                http=Impatient,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,  # the address is the key
                server_header=False,
                date_header=False,
                proxy_headers=False,
                limit_concurrency=CONNECTIONS_MOST,
                backlog=BACKLOG,
                timeout_keep_alive=1,
                timeout_graceful_shutdown=int(GOES_WITHIN_S),
                h11_max_incomplete_event_size=HEADERS_BYTES_MOST,
                ssl_certfile=own.certificate if own else None,
                ssl_keyfile=own.key if own else None,
            )
            config.load()
            self.fingerprint = own.fingerprint if own else ""
        return config

    def _run(self) -> None:
        """The thread: serve until the video is there, the time is over, or the door is closed."""
        try:
            asyncio.run(self._serve())
        finally:
            self._answers.end()
            self._socket.close()

    async def _serve(self) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not serving.done() and not self._over():
            await asyncio.wait({serving}, timeout=0.05)
        self._server.should_exit = True
        await asyncio.wait({serving}, timeout=2 * GOES_WITHIN_S)
        self._server.force_exit = True
        await serving

    def _over(self) -> bool:
        return self._closing.is_set() or monotonic() > self._until or self.state == "received"


def _bound(host: str) -> socket.socket:
    """A socket on a free port of an address."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.bind((host, 0))
    except OSError as error:
        made.close()
        raise UsageError(f"This computer cannot listen at {host} ({error.strerror}); check its network.") from error
    return made


def lan_address() -> str:
    """The address of this machine on its local network: where its way out begins, else the first private one.

    ``ROM_LAN_ADDRESS`` says it where a machine is on several networks, and another is meant.

    Raises
    ------
    UsageError : it is on none.
    """
    said = os.environ.get(LAN_VARIABLE)
    if said:
        return said
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NOWHERE)
            return str(probe.getsockname()[0])
        except OSError:  # a network without a way out is one, too
            pass
    from ipaddress import IPv4Address

    import ifaddr

    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    for address in map(IPv4Address, found):
        if address.is_private and not address.is_loopback and not address.is_link_local:
            return str(address)
    raise UsageError("This computer is on no network; connect it to the same Wi-Fi as the phone, or use a cable.")
