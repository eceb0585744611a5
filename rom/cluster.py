"""The Dask cluster that works off jobs and studies: our own on this computer, or another one's scheduler."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rom.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

logger = logging.getLogger(__name__)

#: Deaths of workers after which Dask gives a task up. We count ourselves, and a task that only waited at a worker
#: which died is not to blame, so Dask may start it again and again.
FAILURES_OF_DASK = 1000
#: How long a scheduler may take to answer.
ANSWER_S = 10


class Cluster:
    """Started at the first `submit`.

    Parameters
    ----------
    address : a scheduler elsewhere, ``tls://host:8786``, or the file in which it wrote where it is.
    workers : of our own, one a core if None.
    failures : deaths of workers that a task of our own may see.

    Our own listens on this computer alone, behind a certificate that only this program has, has no dashboard, and
    each of its workers is a process with one thread. Another one's certificates are named by Dask's own
    configuration (``distributed.comm.tls``); its workers must see the data folder under the same path.
    """

    def __init__(
        self, address: str | None = None, workers: int | None = None, failures: int = FAILURES_OF_DASK
    ) -> None:
        self._address, self._workers = None if address is None else scheduler_address(address), workers
        self._failures = failures
        self._local: LocalCluster | None = None
        self._client: Client | None = None
        if self._address is not None and not self._address.startswith("tls://"):
            logger.warning(
                "The scheduler %s is spoken to without encryption (its address does not begin with tls://), so "
                "anybody on the way can read what is sent and send it work.",
                self._address,
            )

    def submit(self, key: str, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Have a function called once on a worker; earlier ones first."""
        return self._connected().submit(function, *arguments, key=key, pure=False, retries=0)

    def room(self) -> int:
        """How many jobs may be given to it at a time: one a worker, and one so that none has to wait for us."""
        return len(self._connected().nthreads()) + 1

    def worker_processes(self) -> list[int]:
        """The process ids of its workers."""
        return [int(process) for process in self._connected().run(_process_id).values()]

    def close(self) -> None:
        """Let it go; our own workers end."""
        client, local = self._client, self._local
        self._client = self._local = None
        if client is not None:
            client.close()
        if local is not None:
            local.close()

    def _connected(self) -> "Client":
        """The client, anew where a scheduler elsewhere was lost."""
        if self._client is not None and self._client.status in ("closed", "closing"):
            self.close()
        if self._client is None:
            self._client = self._opened()
        return self._client

    def _opened(self) -> "Client":
        import dask
        from distributed import Client, LocalCluster
        from distributed.security import Security

        if self._address is not None:
            try:
                return Client(self._address, timeout=ANSWER_S, set_as_default=False)
            except OSError as error:
                raise UsageError(
                    f"Expected a Dask scheduler at '{self._address}', but none answers there within {ANSWER_S} s; "
                    "look whether it runs, and whether it speaks TLS as the address says."
                ) from error
        dask.config.set({"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []})
        self._local = LocalCluster(
            n_workers=self._workers or dask.system.CPU_COUNT,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address=None,
            worker_dashboard_address=None,
            memory_limit=0,  # a measurement is bound in its own process
            silence_logs=logging.CRITICAL,
            scheduler_kwargs={
                "allowed_failures": self._failures,
                "dashboard": False,
                "dashboard_address": "127.0.0.1:0",  # an empty page on a free port; None would take port 8787
            },
        )
        return Client(self._local, timeout=ANSWER_S, set_as_default=False)


def scheduler_address(said: str) -> str:
    """The address of a scheduler that is named by it, or by the file that ``dask scheduler`` wrote.

    Raises
    ------
    UsageError : it is neither.
    """
    if "://" in said:
        return said
    try:
        address = json.loads(Path(said).read_text(encoding="utf-8"))["address"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"Expected a scheduler as tls://HOST:8786, or the file that 'dask scheduler --scheduler-file' wrote, "
            f"but '{said}' is neither."
        ) from error
    return str(address)


def _process_id() -> int:
    import os

    return os.getpid()
