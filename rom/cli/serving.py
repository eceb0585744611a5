"""``rom app``: the home exam in the browser of this computer, and a clinic's desk on its network."""

import webbrowser
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rom.cli.reporting import Language
from rom.cli.shell import app, out
from rom.errors import UsageError

if TYPE_CHECKING:
    from rom.store import Store
    from rom.web.exposure import Exposure
    from rom.web.serving import Certificate


@app.command(name="app")
def serve_app(  # noqa: PLR0913, PLR0917 - one option each
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
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The address to answer at; this computer alone by default. Another one needs accounts, and TLS or "
            "--behind-proxy.",
        ),
    ] = "127.0.0.1",
    accounts: Annotated[
        bool, typer.Option("--accounts", help="Ask everybody to sign in; so it is wherever an account was added.")
    ] = False,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name by which browsers open the app; may be repeated."),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="A certificate (PEM).")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its key (PEM).")] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A web server before the app speaks TLS and says who asks.")
    ] = False,
    proxy_address: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Where that web server is; this computer by default."),
    ] = None,
    idle_minutes: Annotated[
        int, typer.Option(min=1, max=720, help="Signed out after so many minutes in which nothing was done.")
    ] = 30,
) -> None:
    """The home exam, in the browser of this computer; nothing leaves it unless a scheduler or a host is named."""
    from rom.jobs import Jobs
    from rom.report.language import Words
    from rom.store import open_store
    from rom.web.exposure import exposure_of
    from rom.web.serving import free_socket, running_at, serve

    Words(language)
    tls = _certificate(tls_cert, tls_key)
    with open_store(folder=folder) as store:
        running = running_at(store.folder)
        if running:
            out.print(f"The app already runs: {running}", markup=False, soft_wrap=True)
            if browser:
                webbrowser.open(running)
            return
        exposure = exposure_of(
            host,
            names=tuple(allowed_host or ()),
            tls=tls is not None,
            behind_proxy=behind_proxy,
            proxies=tuple(proxy_address or ()),
            accounts=accounts or _has_accounts(store),
            idle=timedelta(minutes=idle_minutes),
        )
        _refuse_without_accounts(store, exposure)
        try:
            listening = free_socket(port, host)
        except OSError as error:
            raise UsageError(
                f"Expected a free port, but {port} is taken ({error.strerror}); choose another."
                if port is not None
                else f"Expected an address of this computer, but {host} is none ({error.strerror}); choose another."
            ) from error
        with listening, Jobs(store, scheduler) as jobs:
            try:
                serve(
                    store,
                    jobs,
                    listening,
                    told=lambda address: _tell(address, exposure),
                    browser=browser,
                    exposure=exposure,
                    tls=tls,
                    language=language,
                )
            except KeyboardInterrupt:
                out.print("The app has ended.")


def _certificate(file: Path | None, key: Path | None) -> "Certificate | None":
    """With what the app encrypts; None where it does not."""
    if file is None and key is None:
        return None
    if file is None or key is None:
        raise UsageError("Expected --tls-cert and --tls-key together, but only one was named; name both.")
    import ssl

    from rom.web.serving import Certificate

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file, key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"Expected a certificate and its key as PEM files, but '{file.name}' and '{key.name}' cannot be used "
            f"({error.strerror or type(error).__name__}); name others."
        ) from error
    return Certificate(file, key)


def _has_accounts(store: "Store") -> bool:
    """Whether anybody may sign in."""
    from rom.store.accounts import has_accounts

    with store.session() as session:
        return has_accounts(session)


def _refuse_without_accounts(store: "Store", exposure: "Exposure") -> None:
    """``UsageError`` where everybody would have to sign in and nobody can."""
    if exposure.accounts and not _has_accounts(store):
        raise UsageError(
            "Expected an account to sign in with before the app is opened to others, but there is none; run "
            "'rom account add NAME --role admin' first."
        )


def _tell(address: str, exposure: "Exposure") -> None:
    """Where the app is, once it answers, and for whom."""
    from rom.web.exposure import OWN_NAMES

    out.print(f"The app runs: {address}", markup=False, soft_wrap=True)
    names = ", ".join(name for name in exposure.names if name not in OWN_NAMES)
    if names:
        out.print(f"Others open it as {names}, and sign in. Ctrl-C ends it.", markup=False, soft_wrap=True)
    elif exposure.accounts:
        out.print("Only this computer can open it, and everybody signs in. Ctrl-C ends it.")
    else:
        out.print("Only this computer can open it. Ctrl-C ends it.")
