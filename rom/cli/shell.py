"""The frame of the command line: what runs commands, says failures in one sentence, and shows progress."""

import signal
import sys
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import rom
from rom.errors import RomError
from rom.report.words import INTENDED_USE

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Measure how far an ankle moves, from ordinary video. " + INTENDED_USE,
)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)

STOPPED = 130  # exit code: the shell's 128 + SIGINT
TERMINATED = 143  # exit code: the shell's 128 + SIGTERM


def main() -> None:
    """Run the command line; an expected failure is one sentence on standard error and its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app()
    except OSError as error:  # files have sentences of their own; this is the terminal or the pipe
        err.print(f"rom: could not write to standard output ({error.strerror}).", markup=False)
        sys.exit(RomError.exit_code)
    except RomError as error:
        err.print(f"rom: {error}", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except SystemExit as end:  # typer turns Ctrl-C into this one
        if end.code in (STOPPED, TERMINATED):
            err.print("rom: stopped; nothing half-written was left behind.")
        raise


def _terminate(*_: object) -> NoReturn:
    """End as Ctrl-C does when the system asks to: files that are not complete are removed on the way out."""
    sys.exit(TERMINATED)


def _version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        out.print(rom.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Nothing to do before the commands."""


def progress() -> Progress:
    """A progress bar on standard error; silent where that is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
