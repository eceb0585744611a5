"""Options that several commands share, in the same words."""

from typing import Annotated

import typer

Model = Annotated[str, typer.Option(help="leg looks closely at the leg; heavy, full and lite are BlazePose alone.")]
LegBox = Annotated[
    str, typer.Option(help="LEFT,TOP,RIGHT,BOTTOM from 0 to 1: a box round the leg, where it is not found alone.")
]
MovedBy = Annotated[
    str, typer.Option(help="active or passive (an examiner), where the exam may be done either way.")
]
Shod = Annotated[
    str, typer.Option(help="What is on the foot: bare, sock, shoe or unknown; the interval depends on it.")
]
Names = Annotated[str, typer.Option(help="F.toml: own names of landmarks and angles, for files of other tools.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="A setting as name=value; see `rom settings`.")]
