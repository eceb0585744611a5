"""Files that belong to examinations and reports: kept once, named by the SHA-256 of what is in them.

The order of writes, so that the database never points at a file that is not there, whatever is cut off where:

1. `put`: the content under a temporary name, its fsync, the rename, the fsync of the folder. No row yet.
2. `attach`: the row, in the caller's transaction; it looks whether the file is there, under the lock of media.
3. Taking away is the other way round: the rows go (`drop_unneeded`) and are committed, then `remove_files` takes
   the files, under the same lock, so that none of them is just being attached again.

What can be left over by a cut is a file without a row, and `rom.store.check` takes it away.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import CompoundSelect, delete, select, union
from sqlalchemy.orm import Session

from rom.errors import RomError, UsageError
from rom.store.clinic import ReportMediumRow
from rom.store.database import alone
from rom.store.files import PIECE_BYTES, write_whole
from rom.store.store import STORE, Store
from rom.store.tables import ExamMediumRow, MediumRow
from rom.store.trouble import told

SHA256 = re.compile(r"[0-9a-f]{64}")
SUFFIX = re.compile(r"(\.[a-z0-9]{1,9}){1,2}")
#: A folder would be slow with every file in it: they stand in folders named by their first letters.
SHELF_LETTERS = 2


def put(store: Store, source: Path | bytes | BinaryIO, suffix: str) -> str:
    """Keep a file, whole or not at all, and say its SHA-256; the same content is kept once.

    Parameters
    ----------
    source : a file, which stays where it is; what is in it; or something to read it from.
    suffix : such as ``.mp4`` or ``.landmarks.npz``.
    """
    if not SUFFIX.fullmatch(suffix):
        raise UsageError(f"Expected a suffix such as .mp4 or .landmarks.npz, but got '{suffix}'.")
    found = ""

    def write(file: BinaryIO) -> str:
        nonlocal found
        found = _copied(source, file)
        there = _found(store, found)
        return str((there or shelved(store, found, suffix)).relative_to(store.media))

    with told("keep the file"):
        write_whole(store.media, write)
    return found


def path_of(store: Store, sha256: str) -> Path:
    """Where a file is kept."""
    if not SHA256.fullmatch(sha256):
        raise UsageError("Expected the SHA-256 of a file, 64 letters of 0-9 and a-f, but got something else.")
    path = _found(store, sha256)
    if path is None:
        raise RomError(
            f"The file {sha256[:12]} is not in the store any more; 'rom store check' says what is missing."
        )
    return path


def attach(session: Session, exam_id: str, role: str, sha256: str, keep_until: date | None = None) -> ExamMediumRow:
    """Say what a kept file is to an examination.

    The file that had the role before may not be needed any more: `drop_unneeded`.

    Parameters
    ----------
    session : the store's, begun by ``begin()``.
    role : "original", "overlay", "landmarks", "peak_dorsiflexion" or "peak_plantar_flexion".
    keep_until : the day on which it is taken away.
    """
    known_medium(session, sha256)
    row = session.get(ExamMediumRow, (exam_id, role)) or ExamMediumRow(exam_id=exam_id, role=role)
    row.sha256, row.keep_until = sha256, keep_until
    session.add(row)
    session.flush()
    return row


def known_medium(session: Session, sha256: str) -> None:
    """See that a kept file has its row, before something points at it; `session` was begun by ``begin()``."""
    alone(session)
    path = path_of(session.info[STORE], sha256)
    if session.get(MediumRow, sha256) is None:
        session.add(MediumRow(sha256=sha256, suffix=path.name[len(sha256) :], size=path.stat().st_size))
        session.flush()


def medium_of(session: Session, exam_id: str, role: str) -> MediumRow | None:
    """The file that has a role in an examination."""
    row = session.get(ExamMediumRow, (exam_id, role))
    return None if row is None else row.medium


def needed() -> CompoundSelect[tuple[str]]:
    """The SHA-256 of every file that an examination or a report has."""
    return union(select(ExamMediumRow.sha256), select(ReportMediumRow.sha256))


def drop_unneeded(session: Session) -> list[str]:
    """Let the rows of files go that no examination and no report has.

    `remove_files` takes the files when that is committed; `session` was begun by ``begin()``.
    """
    alone(session)
    unneeded = delete(MediumRow).where(MediumRow.sha256.not_in(needed())).returning(MediumRow.sha256)
    return [*session.scalars(unneeded)]


def remove_files(store: Store, sha256s: Iterable[str]) -> None:
    """Take files away that have no row, or none any more; one that was attached in the meantime stays."""
    with told("take away files that nothing needs"), store.session() as session, session.begin():
        alone(session)
        for sha256 in sha256s:
            if session.get(MediumRow, sha256) is None and (path := _found(store, sha256)):
                path.unlink()


def shelved(store: Store, sha256: str, suffix: str) -> Path:
    """Where a file stands, or would."""
    return store.media / sha256[:SHELF_LETTERS] / f"{sha256}{suffix}"


def hash_of(path: Path) -> str:
    """The SHA-256 of what is in a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _found(store: Store, sha256: str) -> Path | None:
    """The file of that content."""
    return next(shelved(store, sha256, "").parent.glob(f"{sha256}.*"), None)


def _copied(source: Path | bytes | BinaryIO, file: BinaryIO) -> str:
    """Write it all, and say its SHA-256."""
    digest = hashlib.sha256()
    if isinstance(source, bytes):
        digest.update(source)
        file.write(source)
        return digest.hexdigest()
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return _copied(opened, file)
    while piece := source.read(PIECE_BYTES):
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest()
