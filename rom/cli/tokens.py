"""``rom token``: keys with which another program uses the app's API."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from rom.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keys with which another program pushes recordings to 'rom app' and pulls results (its API, /api/v1).",
)
out = Console(highlight=False)


@app.command()
def add(
    label: Annotated[str, typer.Argument(help="What it is for, such as 'appointment system'.")],
    account: Annotated[
        str,
        typer.Option(help="An account's name: whose people it opens; not needed where there are no accounts."),
    ] = "",
    scope: Annotated[list[str] | None, typer.Option(help="read, write; both by default.")] = None,
    days: Annotated[int | None, typer.Option(help="Good for so many days; for ever by default.")] = None,
) -> None:
    """Make a token; it is shown once."""
    from rom.store import open_store
    from rom.store.tokens import SCOPES, add_token

    with open_store() as store, store.session() as session, session.begin():
        owner = _account(session, account)
        row, text = add_token(session, owner, label=label, scopes=tuple(scope or SCOPES), days=days)
    out.print(text, soft_wrap=True)
    out.print(f"Keep it now: it is not shown again. It may {' and '.join(row.scopes.split())}; its ID is {row.id}.")


@app.command(name="list")
def list_tokens() -> None:
    """Every token: its ID, what it is for, what it may, when it was last used."""
    from rom.store import open_store
    from rom.store.tokens import tokens

    table = Table(box=None, pad_edge=False)
    for heading in ("id", "for", "may", "good until", "last used"):
        table.add_column(heading, overflow="fold")
    with open_store() as store, store.session() as session:
        for row in tokens(session):
            table.add_row(row.id, row.label, row.scopes, _day(row.expires, "for ever"), _day(row.used, "never"))
    out.print(table)


@app.command()
def end(token: Annotated[str, typer.Argument(metavar="ID", help="From 'rom token list'.")]) -> None:
    """Let a token open nothing any more."""
    from rom.store import open_store
    from rom.store.tokens import end_token

    with open_store() as store, store.session() as session, session.begin():
        end_token(session, token)
    out.print("The token has ended.")


def _account(session: "Session", name: str) -> str | None:
    """The account of a name; None where there are no accounts at all."""
    from sqlalchemy import select

    from rom.store.clinic import AccountRow

    known = {row.name: row.id for row in session.scalars(select(AccountRow).where(AccountRow.ended.is_(None)))}
    if not name and not known:
        return None
    if name.lower() not in known:
        raise UsageError(f"Expected --account with the name of an account, but there is no '{name}'.")
    return known[name.lower()]


def _day(moment: datetime | None, otherwise: str) -> str:
    return otherwise if moment is None else moment.date().isoformat()
