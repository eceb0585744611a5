"""The command line: parse, call, print. It adds nothing to the numbers."""

from rom.cli import batching, calibrating, exchanging, listing, measuring, reporting, serving, storing
from rom.cli.shell import app, main

app.add_typer(calibrating.app, name="calibrate")
app.add_typer(storing.app, name="store")

__all__ = [
    "app",
    "batching",
    "calibrating",
    "exchanging",
    "listing",
    "main",
    "measuring",
    "reporting",
    "serving",
    "storing",
]
