"""Keep what a job found: files first, then one transaction, then what was only on the way is taken away."""

import hashlib
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from rom.store import Store
from rom.store.tables import DONE, MEASURED, RUNNING, ChoiceRow, ExamMediumRow, ExamRow, MediumRow, now

#: The role of the recording itself.
ORIGINAL = "original"
#: What a recording on its way ends in.
PART = ".part"


def choice(session: Session, name: str, default: Any) -> Any:
    """What the user chose about the store, or the default."""
    row = session.get(ChoiceRow, name)
    return default if row is None else row.value["is"]


def recording_of(store: Store, exam_id: str) -> Path | None:
    """The whole recording of an examination while it is in ``incoming``."""
    return next((path for path in sorted(store.incoming.glob(f"{exam_id}.*")) if path.suffix != PART), None)


def put(store: Store, path: Path, suffix: str) -> str:
    """Copy a file into the media folder under its SHA-256: to a temporary name, to the disk, then renamed."""
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    final = store.folder / "media" / f"{sha256}{suffix}"
    part = final.with_name(final.name + PART)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(final)
    _sync_folder(final.parent)
    return sha256


def path_of(store: Store, sha256: str) -> Path:
    """Where a file of the media folder is."""
    return next((store.folder / "media").glob(f"{sha256}.*"))


def keep_result(
    store: Store,
    exam_id: str,
    document: dict[str, Any],
    files: Mapping[str, Path],
    *,
    keep_original: bool,
    keep_until: date | None,
) -> None:
    """Keep an examination's document and files, and call its running jobs done.

    Parameters
    ----------
    document : `Examination.to_dict`. files : by role; "original" is kept only where `keep_original` says so.
    keep_until : the day on which the original is taken away.
    """
    kept = {role: path for role, path in files.items() if keep_original or role != ORIGINAL}
    hashes = {role: put(store, path, path.suffix) for role, path in kept.items()}
    with store.session() as session, session.begin():
        exam = session.get(ExamRow, exam_id)
        if exam is not None:
            _keep_rows(session, exam, {role: (hashes[role], path) for role, path in kept.items()}, keep_until)
            exam.document, exam.state, exam.reason = document, MEASURED, ""
            for job in exam.jobs:
                if job.state == RUNNING:
                    job.state, job.progress, job.ended = DONE, 1.0, now()
    for path in files.values():
        path.unlink(missing_ok=True)


def _keep_rows(
    session: Session, exam: ExamRow, kept: Mapping[str, tuple[str, Path]], keep_until: date | None
) -> None:
    """The rows of an examination's files; a role that was there before is written anew."""
    for role, (sha256, path) in kept.items():
        if session.get(MediumRow, sha256) is None:
            session.add(MediumRow(sha256=sha256, suffix=path.suffix, size=path.stat().st_size))
            session.flush()
        row = session.get(ExamMediumRow, (exam.id, role)) or ExamMediumRow(exam_id=exam.id, role=role)
        row.sha256, row.keep_until = sha256, keep_until if role == ORIGINAL else None
        session.add(row)


def _sync_folder(folder: Path) -> None:
    """Bring a rename to the disk, where the system lets a folder be synchronised (Windows does so by itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
