"""The command line: parse, call, print. It adds nothing to the numbers."""

from rom.cli import (
    accounts,
    batching,
    calibrating,
    converting,
    exchanging,
    listing,
    measuring,
    reporting,
    serving,
    storing,
    studying,
    tokens,
)
from rom.cli.shell import app, main

app.add_typer(accounts.app, name="account")
app.add_typer(calibrating.app, name="calibrate")
app.add_typer(storing.app, name="store")
app.add_typer(tokens.app, name="token")

__all__ = [
    "accounts",
    "app",
    "batching",
    "calibrating",
    "converting",
    "exchanging",
    "listing",
    "main",
    "measuring",
    "reporting",
    "serving",
    "storing",
    "studying",
    "tokens",
]
