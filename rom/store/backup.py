"""The whole store in one file behind a passphrase, made while it is in use; `rom.store.restore` brings it back.

Inside is a TAR: ``backup.json`` first; then ``rows/N.jsonl``, the rows of all tables as one reading transaction
sees them; ``incoming/NAME``, recordings that are not measured yet; ``media/SHA256.SUFFIX``; and ``end.json`` last,
which names the media that went while the backup was made. Rows are JSON lines on both databases, so that a backup
of one can be restored into the other. Sign-ins are left out.
"""

import io
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from sqlalchemy import Connection, func, select

import rom
from rom.errors import UsageError
from rom.store.clinic import AttemptRow, SignInRow
from rom.store.database import is_sqlite
from rom.store.files import PART, PIECE_BYTES, write_whole
from rom.store.media import hash_of, shelved
from rom.store.migrating import head
from rom.store.sealed import Sealing
from rom.store.store import Store
from rom.store.tables import Base, MediumRow, now
from rom.store.trouble import told

FORMAT = 1
#: Rows are gathered in members of about this size: 4 MiB.
ROWS_BYTES = 1 << 22
FIRST, LAST = "backup.json", "end.json"
#: Who is signed in, and who tried: a copy of the store opens nobody's browser.
LEFT_OUT = {SignInRow.__tablename__, AttemptRow.__tablename__}
#: Names inside; nothing else is brought back.
MEDIUM = re.compile(r"media/(?P<sha256>[0-9a-f]{64})(?P<suffix>(\.[a-z0-9]+){1,2})")
RECORDING = re.compile(r"incoming/(?P<name>[A-Za-z0-9_-]+(\.[a-z0-9]+)+)")
ROWS = re.compile(r"rows/\d+\.jsonl")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a backup holds; `missing` files are pointed at by rows and were not there, or not what they were."""

    rows: int
    files: int
    missing: int = 0


def backup(store: Store, path: Path, passphrase: str) -> Counted:
    """Write the whole store to one file, whole or not at all, while it is in use.

    Parameters
    ----------
    path : is not there yet. passphrase : at least eight letters; without it nothing can be brought back.

    Raises
    ------
    UsageError : the file is there already, or the passphrase is too short.
    RomError : the disk is full, or the database does not answer; no file is left.
    """
    if path.exists():
        raise UsageError(f"Expected the name of a new file, but '{path.name}' is there already; name another.")
    counted = Counted(0, 0)

    def write(file: BinaryIO) -> str:
        nonlocal counted
        sealing = Sealing(file, passphrase)
        with tarfile.open(fileobj=cast("IO[bytes]", sealing), mode="w|", bufsize=PIECE_BYTES) as tar:
            counted = _fill(store, tar)
        sealing.finish()
        return path.name

    with told("write the backup"):
        write_whole(path.parent, write)
    return counted


def _fill(store: Store, tar: tarfile.TarFile) -> Counted:
    """Everything, in the order of the format."""
    said = {"format": FORMAT, "version": rom.__version__, "revision": head(), "made": now().isoformat()}
    _add(tar, FIRST, json.dumps(said).encode())
    with ExitStack() as stack:
        recordings: dict[str, BinaryIO] = {}
        _hold(store, recordings, stack)  # before the rows are seen: those measured a moment later
        with _snapshot(store) as connection:
            _hold(store, recordings, stack)  # and after: those recorded a moment before
            media = connection.execute(select(MediumRow.sha256, MediumRow.suffix)).all()
            rows = _add_rows(connection, tar)
        for name, file in recordings.items():
            _add_file(tar, f"incoming/{name}", file)
    gone = [digest for digest, suffix in media if not _add_medium(store, tar, digest, suffix)]
    _add(tar, LAST, json.dumps({"rows": rows, "gone": gone}).encode())
    with store.session() as session:
        missing = sum(session.get(MediumRow, digest) is not None for digest in gone)
    return Counted(rows, len(media) - len(gone) + len(recordings), missing)


@contextmanager
def _snapshot(store: Store) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    options = {} if is_sqlite(store.engine) else {"isolation_level": "REPEATABLE READ"}
    with store.engine.connect().execution_options(**options) as connection:
        connection.execute(select(func.count()).select_from(MediumRow))  # from its first question on
        yield connection


def _hold(store: Store, recordings: dict[str, BinaryIO], stack: ExitStack) -> None:
    """Open the whole recordings in ``incoming``, so that they can be read when they have been taken away."""
    for path in sorted(store.incoming.iterdir()):
        if path.name not in recordings and path.suffix != PART and RECORDING.fullmatch(f"incoming/{path.name}"):
            with suppress(FileNotFoundError):
                recordings[path.name] = stack.enter_context(path.open("rb"))


def _add_rows(connection: Connection, tar: tarfile.TarFile) -> int:
    """The rows of all tables, those that others point at first; how many."""
    lines, size, rows, members = [], 0, 0, 0
    for table in (one for one in Base.metadata.sorted_tables if one.name not in LEFT_OUT):
        for row in connection.execution_options(yield_per=100).execute(select(table)).mappings():
            record = {"table": table.name, "row": dict(row)}
            lines.append(json.dumps(record, default=_as_text).encode() + b"\n")
            rows, size = rows + 1, size + len(lines[-1])
            if size >= ROWS_BYTES:
                _add(tar, f"rows/{members}.jsonl", b"".join(lines))
                lines, size, members = [], 0, members + 1
    _add(tar, f"rows/{members}.jsonl", b"".join(lines))
    return rows


def _as_text(value: date | datetime) -> str:
    """A day or a moment."""
    return value.isoformat()


def _add_medium(store: Store, tar: tarfile.TarFile, digest: str, suffix: str) -> bool:
    """A kept file; False where it was erased while the backup was made, or is not what it was."""
    path = shelved(store, digest, suffix)
    try:
        with path.open("rb") as file:
            _add_file(tar, f"media/{digest}{suffix}", file)
        return hash_of(path) == digest
    except FileNotFoundError:
        return False


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """A member from memory."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _add_file(tar: tarfile.TarFile, name: str, file: BinaryIO) -> None:
    """A member from an open file."""
    member = tarfile.TarInfo(name)
    member.size = file.seek(0, io.SEEK_END)
    file.seek(0)
    tar.addfile(member, file)
