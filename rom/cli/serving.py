"""``rom app``: the home exam in the browser of this computer."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from rom.cli.reporting import Language
from rom.cli.shell import app, out
from rom.errors import UsageError


@app.command(name="app")
def serve_app(
    port: Annotated[int | None, typer.Option(help="A port of your choice; a free one by default.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    folder: Annotated[
        Path | None, typer.Option(help="Where everything is kept; your own data folder by default.")
    ] = None,
    language: Language = "en",
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="A Dask scheduler that measures instead of this computer (tls://HOST:8786), whose workers have "
            "the same data folder; recordings are then read there."
        ),
    ] = None,
) -> None:
    """The home exam, in the browser of this computer; nothing leaves it unless a scheduler is named."""
    from rom.jobs import Jobs
    from rom.report.language import Words
    from rom.store import open_store
    from rom.web.serving import free_socket, running_at, serve

    Words(language)
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
        with listening, Jobs(store, scheduler) as jobs:
            try:
                serve(store, jobs, listening, told=_tell, browser=browser, language=language)
            except KeyboardInterrupt:
                out.print("The app has ended.")


def _tell(address: str) -> None:
    """Where the app is, once it answers."""
    out.print(f"The app runs: {address}", markup=False, soft_wrap=True)
    out.print("Only this computer can open it. Ctrl-C ends it.")
