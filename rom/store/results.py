"""What a measurement leaves: numbers and files, kept together or not at all."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from rom.errors import RomError, UsageError
from rom.store.clinic import CorrectionRow
from rom.store.database import alone
from rom.store.exams import AUTO, arrived, recording_of
from rom.store.files import remove
from rom.store.jobs import MEASURE
from rom.store.media import SUFFIX, attach, drop_unneeded, put, remove_files
from rom.store.store import Store
from rom.store.summary import side_shown
from rom.store.tables import DONE, MEASURED, RUNNING, ExamMediumRow, ExamRow, JobRow, now
from rom.store.trouble import told

ORIGINAL, OVERLAY = "original", "overlay"
#: What shows the person moving; the rest is numbers and single pictures without a face, kept as long as the exam.
VIDEOS = {ORIGINAL, OVERLAY}


def keep_result(
    store: Store,
    exam_id: str,
    document: dict[str, Any],
    files: dict[str, Path],
    *,
    keep_original: bool,
    keep_until: date | None,
) -> None:
    """Keep what was measured: media first, then one transaction, and only then the scratch files go.

    In the transaction: the document, the rows of the media, the state "measured", and the running "measure" jobs of
    the examination are done. Cut off before its end, the recording is still in ``incoming`` and the job runs again;
    after it, what is left over is found by `rom.store.check`. Files of an earlier measurement are replaced, except
    an original that was kept.

    Parameters
    ----------
    document : the examination as JSON.
    files : role -> file. Those in the store's ``work`` and ``incoming`` are scratch; others stay where they are.
    keep_original : keep the recording as well: ``files["original"]``, or what is in ``incoming``.
    keep_until : the day on which the videos (original and overlay) are taken away; None to keep them.

    Raises
    ------
    UsageError : the examination was erased in the meantime; its files are gone then too.
    RomError : the disk is full, or the database does not answer; nothing was changed.
    """
    recording = files.get(ORIGINAL) or recording_of(store, exam_id)
    kept = {role: path for role, path in files.items() if role != ORIGINAL}
    if keep_original and recording is not None:
        kept[ORIGINAL] = recording
    done: dict[str, str] = {}
    try:
        with told("keep the result"):
            for role, path in kept.items():
                done[role] = put(store, path, _suffix_of(path))
            unneeded = _write(store, exam_id, document, done, keep_until)
    except BaseException as error:
        _remove_media(store, done.values())
        if isinstance(error, UsageError):  # erased: there is nothing to try again
            _clear(store, exam_id, files.values())
        raise
    _remove_media(store, unneeded)
    _clear(store, exam_id, files.values())


def _write(
    store: Store, exam_id: str, document: dict[str, Any], media: dict[str, str], keep_until: date | None
) -> list[str]:
    """The transaction; the files that nothing needs after it."""
    with store.session() as session, session.begin():
        alone(session)
        exam = session.get(ExamRow, exam_id)
        if exam is None:
            raise UsageError(
                "Expected an examination that is in the store, but it was erased while it was measured."
            )
        before = delete(ExamMediumRow).where(ExamMediumRow.exam_id == exam_id, ExamMediumRow.role != ORIGINAL)
        session.execute(before)
        for role, sha256 in media.items():
            attach(session, exam_id, role, sha256, keep_until if role in VIDEOS else None)
        exam.document, exam.state, exam.reason = document, MEASURED, ""
        _fill_in(exam)
        _begin_anew(session, exam)
        own = update(JobRow).where(JobRow.exam_id == exam_id, JobRow.kind == MEASURE, JobRow.state == RUNNING)
        session.execute(own.values(state=DONE, progress=1.0, ended=now()))
        return drop_unneeded(session)


def _fill_in(exam: ExamRow) -> None:
    """Side and exam, where nobody said them and they were recognised."""
    if exam.summary is None:
        return
    if exam.protocol == AUTO:
        exam.protocol = exam.summary["alike"][0] or AUTO
    if exam.side == AUTO:
        exam.side = side_shown(exam.summary) or AUTO


def _begin_anew(session: Session, exam: ExamRow) -> None:
    """What was corrected by hand was of the measurement before."""
    exam.automatic = None
    own = update(CorrectionRow).where(CorrectionRow.exam_id == exam.id, CorrectionRow.undone.is_(None))
    session.execute(own.values(undone=now()))


def _remove_media(store: Store, sha256s: Iterable[str]) -> None:
    """Take away media that nothing needs; what will not go is found by the check."""
    with suppress(RomError):
        remove_files(store, sha256s)


def _clear(store: Store, exam_id: str, files: Iterable[Path]) -> None:
    """Take scratch files away; what will not go is found by the check."""
    for path in (*arrived(store, exam_id), *files):
        scratch = [one for one in (path, *path.parents) if one.parent in (store.work, store.incoming)]
        with suppress(OSError):
            remove(*scratch)


def _suffix_of(path: Path) -> str:
    """The last two suffixes where both are known ones, as in ``.landmarks.npz``, else the last."""
    both = "".join(path.suffixes[-2:]).lower()
    return both if re.fullmatch(SUFFIX, both) else path.suffix.lower()
