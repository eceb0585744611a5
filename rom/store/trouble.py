"""What goes wrong with disks and databases, told in one sentence."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from rom.errors import RomError

#: A disk without room: full, over the user's quota, or a file larger than is allowed.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: The same, as SQLite says it (primary result codes: https://sqlite.org/rescode.html).
SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY = 13, 10, 5
SQLITE_DAMAGED = {11, 26}  # CORRUPT, NOTADB
#: The same, as PostgreSQL says it (SQLSTATE: appendix A of its manual).
POSTGRES_DISK_FULL = "53100"


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Tell failures of the disk and of the database as a `RomError`: what could not be done, and what to do.

    >>> with told("keep the result"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    rom.errors.RomError: Could not keep the result: the disk is full. Nothing was changed; make room and try again.
    """
    try:
        yield
    except OSError as error:
        raise RomError(f"Could not {doing}: {_of_disk(error)}") from error
    except DBAPIError as error:
        raise RomError(f"Could not {doing}: {_of_database(error)}") from error


def sentence_of(error: Exception) -> str:
    """Why an answer could not be kept, or what else is wrong, in a sentence."""
    try:
        with told("keep this"):
            raise error
    except RomError as known:
        if known is not error:
            logging.getLogger(__name__).error("an answer could not be kept", exc_info=error)
        return str(known)


def _of_disk(error: OSError) -> str:
    """What the disk says."""
    if error.errno in NO_ROOM:
        return "the disk is full. Nothing was changed; make room and try again."
    said = error.strerror or str(error)
    return f"the disk says '{said}'. Nothing was changed; see that the folder is there and may be written to."


def _of_database(error: DBAPIError) -> str:
    """What the database says, without the statement and its values: they are about people."""
    code = _sqlite_code(error)
    if code == SQLITE_FULL or getattr(error.orig, "sqlstate", "") == POSTGRES_DISK_FULL:
        return "the database's disk is full. Nothing was changed; make room and try again."
    if code == SQLITE_IOERR:
        return "the database's disk could not be written. Nothing was changed; make room there and try again."
    if code == SQLITE_BUSY:
        return "another program has held the database for too long. Nothing was changed; try again in a minute."
    if is_damage(error):
        return "its file is damaged. Move it away, and restore the last backup."
    first = str(error.orig).strip().split("\n")[0]  # what follows may quote values
    return f"the database says '{first}'. Nothing was changed; see that it runs, and try again."


def is_damage(error: DBAPIError) -> bool:
    """Whether SQLite finds its file damaged."""
    return _sqlite_code(error) in SQLITE_DAMAGED


def _sqlite_code(error: DBAPIError) -> int:
    """SQLite's primary result code; 0 for another database."""
    return int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF
