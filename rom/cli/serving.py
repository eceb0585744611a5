"""``rom app``: the home exam in the browser of this computer."""

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rom.cli.shell import app, out
from rom.errors import UsageError

if TYPE_CHECKING:
    from rom.store import Store
    from rom.web.ground import Queue


@app.command(name="app")
def serve_app(
    port: Annotated[int | None, typer.Option(help="A port of your choice; a free one by default.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    folder: Annotated[
        Path | None, typer.Option(help="Where everything is kept; your own data folder by default.")
    ] = None,
) -> None:
    """The home exam, in the browser of this computer; nothing leaves it."""
    from rom.store import open_store
    from rom.web.serving import free_socket, running_at, serve

    with open_store(folder=folder) as store:
        running = running_at(store.folder)
        if running:
            out.print(f"The app already runs: {running}", markup=False, soft_wrap=True)
            if browser:
                webbrowser.open(running)
            return
        try:
            listening = free_socket(port)
        except OSError as error:
            raise UsageError(
                f"Expected a free port, but {port} is taken ({error.strerror}); choose another."
            ) from error
        with listening, _jobs(store) as jobs:
            try:
                serve(store, jobs, listening, told=_tell, browser=browser)
            except KeyboardInterrupt:
                out.print("The app has ended.")


def _tell(address: str) -> None:
    """Where the app is, once it answers."""
    out.print(f"The app runs: {address}", markup=False, soft_wrap=True)
    out.print("Only this computer can open it. Ctrl-C ends it.")


@contextmanager
def _jobs(store: "Store") -> "Iterator[Queue]":
    """The jobs of the store, begun; they end with the app."""
    made = getattr(import_module("rom.jobs"), "Jobs", None)
    if made is None:
        yield _NoJobs()
        return
    with made(store) as jobs:
        jobs.start()
        yield jobs


class _NoJobs:
    """Stands in until the jobs are there: rows wait."""

    def wake(self) -> None:
        """Nothing to wake."""

    def cancel(self, job_id: str) -> None:
        """Nothing to cancel."""
