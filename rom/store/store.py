"""The store: a database, its media folder, and the folder where recordings arrive."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from rom.store.tables import Base

#: Names the database where it is not the SQLite file of the data folder.
URL_VARIABLE = "ROM_DATABASE_URL"
#: Names the data folder where it is not the user's own.
FOLDER_VARIABLE = "ROM_DATA_FOLDER"


class Store:
    """A context manager; `folder` holds ``media``, ``incoming`` (recordings on their way), ``work`` (of jobs)."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        for name in ("media", "incoming", "work"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def incoming(self) -> Path:
        """Where recordings arrive: ``EXAM.webm.part`` while they grow, ``EXAM.webm`` when they are whole."""
        return self.folder / "incoming"

    def session(self) -> Session:
        """A session; ``with store.session() as session, session.begin():`` commits or takes everything back."""
        return Session(self.engine, expire_on_commit=False)

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

    Parameters
    ----------
    url : SQLAlchemy's; by default ``ROM_DATABASE_URL``, else the SQLite file ``rom.sqlite`` of the folder.
    folder : by default ``ROM_DATA_FOLDER``, else the user's own data folder.
    """
    folder = folder or Path(os.environ.get(FOLDER_VARIABLE) or _users_folder())
    folder.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url or os.environ.get(URL_VARIABLE) or f"sqlite:///{folder / 'rom.sqlite'}")
    Base.metadata.create_all(engine)
    return Store(engine, folder)


def _users_folder() -> str:
    """Where this user's data of programs is kept."""
    import platformdirs

    return platformdirs.user_data_dir("rom", appauthor=False)
