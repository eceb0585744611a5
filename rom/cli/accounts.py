"""``rom account``: who may sign in to the app; the first admin is added here. Parse, call, print."""

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
    help="Who may sign in to 'rom app'. From the first account on nobody gets in without; whoever may run this "
    "command on the app's computer may do with the accounts what an admin may.",
)
out = Console(highlight=False)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name that is typed to sign in.")]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="patient, therapist or admin.")],
    shown: Annotated[str, typer.Option(help="The name on reports; the same by default.")] = "",
    person: Annotated[
        str, typer.Option(metavar="ID", help="Of whom a patient's account is: an ID from 'rom store people'.")
    ] = "",
) -> None:
    """Add somebody who may sign in; their first password is shown once."""
    from rom.store import open_store
    from rom.store.accounts import add_account
    from rom.store.audit import Doer

    with open_store() as store, store.session() as session, session.begin():
        row, password = add_account(session, Doer(), name, role, shown=shown, person_id=person or None)
    _tell(row.name, password)


@app.command(name="list")
def list_accounts() -> None:
    """Every account: its name, role, how many people it cares for, and whether it may sign in."""
    from rom.store import open_store
    from rom.store.accounts import accounts
    from rom.store.care import cared_for

    table = Table(box=None, pad_edge=False)
    for heading in ("name", "role", "on reports", "people", "state"):
        table.add_column(heading, overflow="fold")
    with open_store() as store, store.session() as session:
        caring = cared_for(session)
        for row in accounts(session):
            state = "ended" if row.ended else "password to be changed" if row.must_change else "may sign in"
            table.add_row(row.name, row.role, row.shown, str(caring.get(row.id, 0) or "-"), state)
    out.print(table)


@app.command()
def reset(name: Name) -> None:
    """Give somebody a new password, shown once; their browsers are signed out."""
    from rom.store import open_store
    from rom.store.accounts import reset_password
    from rom.store.audit import Doer

    with open_store() as store, store.session() as session, session.begin():
        password = reset_password(session, Doer(), _id_of(session, name))
    _tell(name.lower(), password)


@app.command()
def end(name: Name) -> None:
    """Let nobody sign in with an account any more; what it signed keeps its author."""
    from rom.store import open_store
    from rom.store.accounts import end_account
    from rom.store.audit import Doer

    with open_store() as store, store.session() as session, session.begin():
        end_account(session, Doer(), _id_of(session, name))
    out.print("The account has ended; its browsers are signed out.")


def _id_of(session: "Session", name: str) -> str:
    """The account of a name."""
    from rom.store.accounts import account_of

    row = account_of(session, name)
    if row is None:
        raise UsageError(f"Expected the name of an account, but there is no '{name}'; 'rom account list' has them.")
    return row.id


def _tell(name: str, password: str) -> None:
    """The password, once."""
    out.print(f"{name} signs in with: {password}", markup=False, soft_wrap=True)
    words = "Keep it until it was handed over: it is not shown again, and is changed at the first sign-in."
    out.print(words, soft_wrap=True)
