"""The store: a database, its media folder, and the folder where recordings arrive."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from rom.store.database import WritingSession, engine_of, url_of
from rom.store.files import make_folder
from rom.store.trouble import told

#: Names the database where it is not the SQLite file of the data folder.
URL_VARIABLE = "ROM_DATABASE_URL"
#: Names the data folder where it is not the user's own.
FOLDER_VARIABLE = "ROM_DATA_FOLDER"
#: The SQLite database in the data folder.
DATABASE_FILE = "rom.sqlite"
#: Under which a session knows its store.
STORE = "store"


class Store:
    """A context manager; `folder` holds ``media``, ``incoming`` (recordings on their way), ``work`` (of jobs)."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        for part in (self.media, self.incoming, self.work):
            make_folder(part)

    @property
    def media(self) -> Path:
        """Where files are kept, named by what is in them."""
        return self.folder / "media"

    @property
    def incoming(self) -> Path:
        """Where recordings arrive: ``EXAM.webm.part`` while they grow, ``EXAM.webm`` when they are whole."""
        return self.folder / "incoming"

    @property
    def work(self) -> Path:
        """Where jobs write, each in a folder of its own (``work/JOB``); nothing here lasts."""
        return self.folder / "work"

    def session(self) -> Session:
        """A session; ``with store.session() as session, session.begin():`` commits or takes everything back.

        Whoever writes says ``begin()``: what is read there is still so when it is written. Whoever only reads
        leaves it out, and holds nobody up.
        """
        return WritingSession(self.engine, expire_on_commit=False, info={STORE: self})

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str | None = None, folder: Path | None = None) -> Store:
    """The store of a database and a data folder, its tables brought up to date.

    Any number of programs may open it at the same time.

    Parameters
    ----------
    url : ``postgresql://USER:PASSWORD@HOST/NAME`` or ``sqlite:///FILE``; by default ``ROM_DATABASE_URL``, else the
        SQLite file ``rom.sqlite`` of the folder.
    folder : by default ``ROM_DATA_FOLDER``, else the user's own data folder. A new one is for this user only.

    Raises
    ------
    UsageError : the database is of a later version of rom or of another program, or the address is none.
    InstallationError : the driver for PostgreSQL is not installed.
    RomError : the folder cannot be made, or the database does not answer.
    """
    folder = folder or Path(os.environ.get(FOLDER_VARIABLE) or _users_folder())
    address = url_of(url or os.environ.get(URL_VARIABLE) or f"sqlite:///{folder / DATABASE_FILE}")
    from rom.store.migrating import bring_up

    with told("open the store"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        make_folder(folder)
        bring_up(address)
        return Store(engine_of(address), folder)


def _users_folder() -> str:
    """Where this user's data of programs is kept."""
    import platformdirs

    return platformdirs.user_data_dir("rom", appauthor=False)
