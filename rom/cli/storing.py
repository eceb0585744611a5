"""``rom store``: check, back up, restore, erase and export what is kept. Parse, call, print."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from rom.errors import RomError, UsageError

if TYPE_CHECKING:
    from rom.store import Store

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look after what is kept of people: a database and a folder of files beside it. They are in your data "
    "folder (or ROM_DATA_FOLDER; a PostgreSQL database by ROM_DATABASE_URL), readable by you alone, and not "
    "encrypted by rom: let the operating system encrypt the disk (FileVault on macOS, BitLocker on Windows, LUKS "
    "on Linux). Backups are encrypted with a passphrase.",
)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)

PassphraseFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the passphrase; asked for otherwise.")
]
PersonId = Annotated[str, typer.Option("--person", metavar="ID", help="Of whom: an ID from 'rom store people'.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again.")]


def _store(folder: Path | None = None) -> "Store":
    """The store that is meant; one in a folder is a SQLite file there."""
    from rom.store.store import DATABASE_FILE, open_store

    return open_store() if folder is None else open_store(f"sqlite:///{folder / DATABASE_FILE}", folder)


@app.command()
def people() -> None:
    """Who is in the store: ID, the name they chose, and how many examinations."""
    from rom.store.people import people as everybody

    table = Table(box=None, pad_edge=False)
    for heading in ("id", "name", "exams", "last"):
        table.add_column(heading, overflow="fold")
    with _store() as store, store.session() as session:
        for row in everybody(session, archived=True):
            last = max((exam.recorded_on for exam in row.exams), default=None)
            table.add_row(row.id, row.label, str(len(row.exams)), "-" if last is None else last.isoformat())
    out.print(table)


@app.command()
def check(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
) -> None:
    """Look for files that are missing, changed, not whole, or left over; every file is read.

    Safe while the app runs: what was written to in the last hour is left alone. Repairing takes left-over files
    away, lets the rows of missing and changed files go (numbers stay), and makes jobs for forgotten recordings.
    """
    from rom.store.check import check as flaws_of

    with _store() as store:
        flaws = flaws_of(store, repair=repair)
    for flaw in flaws:
        out.print(
            f"- {flaw.kind}: {flaw.message}{' (mended)' if flaw.repaired else ''}", markup=False, soft_wrap=True
        )
    left = sum(not flaw.repaired for flaw in flaws)
    if left:
        raise RomError(
            f"{left} things in the store are not as they should be; "
            + ("restore a backup for these." if repair else "'rom store check --repair' mends what can be mended.")
        )
    out.print(f"The store is whole; {len(flaws)} things were mended." if flaws else "The store is whole.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write everything to one file, encrypted with a passphrase; the app may run meanwhile.

    Without the passphrase nothing can be brought back, by nobody. Keep the file on another disk.
    """
    from rom.store.backup import backup as write

    passphrase = _passphrase(passphrase_file, twice=True)
    with _store() as store:
        counted = write(store, file, passphrase)
    out.print(f"{counted.rows} rows and {counted.files} files are in '{file}'.", markup=False, soft_wrap=True)
    if counted.missing:
        raise RomError(
            f"The backup was written, but {counted.missing} files of the store are missing or changed and are not "
            "in it; 'rom store check' names them."
        )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    into: Annotated[Path | None, typer.Option(help="A new data folder, with a SQLite database of its own.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Bring a backup back into an empty store: all of it or nothing."""
    from rom.store.restore import restore as bring_back

    passphrase = _passphrase(passphrase_file)
    with _store(into) as store:
        counted = bring_back(store, file, passphrase)
        where = store.folder
    out.print(f"{counted.rows} rows and {counted.files} files are back in '{where}'.", markup=False, soft_wrap=True)


@app.command()
def erase(
    person: PersonId = "",
    everything: Annotated[bool, typer.Option("--all", help="Everybody and everything.")] = False,
    yes: Yes = False,
) -> None:
    """Erase a person, or everything: rows and files, and what the database's own files still held of them.

    Out of reach are backups and exports that were made before, and what a disk keeps of deleted files until it is
    written over; encrypt the disk for that. A PostgreSQL server's log and its own backups are its administrator's.
    """
    from rom.store.erase import erase_all, erase_person

    if bool(person) == everything:
        raise UsageError("Expected either --person ID or --all; say what is to be erased.")
    _confirm(f"Erase {'everybody and everything' if everything else 'this person'}? It cannot be undone.", yes)
    with _store() as store:
        if everything:
            erase_all(store)
        else:
            erase_person(store, person)
    out.print("Erased. Backups that were made before still hold it.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A new file.")],
    person: PersonId,
) -> None:
    """Write everything that is held about a person: JSON and files in a ZIP that needs no rom. Not encrypted."""
    from rom.store.export import export_person

    with _store() as store:
        exams = export_person(store, person, file)
    out.print(
        f"Everything about this person, with {exams} examinations, is in '{file}'.", markup=False, soft_wrap=True
    )


def _passphrase(file: Path | None, *, twice: bool = False) -> str:
    """The passphrase, from a file or asked for."""
    if file is not None:
        try:
            return (file.read_text(encoding="utf-8").splitlines() or [""])[0]
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"Expected the passphrase in the first line of '{file}', but it cannot be read."
            ) from error
    if not sys.stdin.isatty():
        raise UsageError("Expected --passphrase-file FILE, for there is nobody here to ask; name one.")
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))


def _confirm(question: str, yes: bool) -> None:
    """Ask before something that cannot be undone."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("Expected --yes, for there is nobody here to ask; add it if you mean it.")
    if not typer.confirm(question, err=True):
        raise typer.Abort
