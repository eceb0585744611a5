"""Corrections by hand: rows in their order, on top of what was measured, which is kept beside them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.records import Correction
from rom.store.audit import Doer, note
from rom.store.clinic import CorrectionRow
from rom.store.exams import AUTO
from rom.store.summary import side_shown
from rom.store.tables import ExamRow, now


def corrections_of(session: Session, exam_id: str) -> list[CorrectionRow]:
    """Every correction of an examination, the first one first, those that were taken back as well."""
    own = select(CorrectionRow).where(CorrectionRow.exam_id == exam_id)
    return [*session.scalars(own.order_by(CorrectionRow.created, CorrectionRow.id))]


def in_force(rows: list[CorrectionRow]) -> list[CorrectionRow]:
    """Those that were not taken back."""
    return [row for row in rows if row.undone is None]


def correction_from(row: CorrectionRow) -> Correction:
    """A row as the measurement takes it."""
    return Correction(by=row.by, at=row.created.isoformat(), **row.change)


def keep_correction(
    session: Session, exam: ExamRow, doer: Doer, correction: Correction, document: dict[str, Any], known: list[str]
) -> CorrectionRow:
    """Keep a correction and the document that it makes, in the caller's transaction.

    Parameters
    ----------
    exam : as it was read in this transaction. correction : with who makes it (`by`) and when (`at`).
    document : the examination with all corrections in force and this one.
    known : the IDs of those in force when it was made.

    Raises
    ------
    UsageError : somebody else corrected the examination in the meantime.
    """
    _check_known(session, exam, known)
    assert exam.document is not None  # only what was measured is corrected
    row = CorrectionRow(
        exam_id=exam.id,
        account_id=doer.account_id,
        by=correction.by,
        created=datetime.fromisoformat(correction.at),
        kind=correction.kind,
        change=_change_of(correction),
        before=numbers(exam.document),
        after=numbers(document),
    )
    session.add(row)
    session.flush()
    if exam.automatic is None:
        exam.automatic = exam.document
    _hold(exam, document)
    note(session, doer, "exam corrected", "exam", exam.id, correction=row.id, kind=row.kind)
    return row


def undo_correction(
    session: Session, exam: ExamRow, doer: Doer, correction_id: str, document: dict[str, Any], known: list[str]
) -> None:
    """Take a correction back, in the caller's transaction; the row stays, and says when.

    `document` : the examination without it. `known` : the IDs in force when it was made.

    Raises
    ------
    UsageError : somebody else corrected the examination in the meantime.
    """
    _check_known(session, exam, known)
    row = next(row for row in corrections_of(session, exam.id) if row.id == correction_id)
    row.undone = now()
    _hold(exam, document)
    if not in_force(corrections_of(session, exam.id)):
        exam.automatic = None
    note(session, doer, "correction undone", "exam", exam.id, correction=row.id, kind=row.kind)


def numbers(document: dict[str, Any]) -> dict[str, Any]:
    """Each motion's value and interval, as they stand beside a correction."""
    return {
        f"{result['side']} {result['motion']}": {"value_deg": result["value_deg"], "ci95_deg": result["ci95_deg"]}
        for result in document["results"]
    }


def _change_of(correction: Correction) -> dict[str, Any]:
    """What was asked for, without what is empty, and without what the row says itself."""
    return {
        name: value
        for name, value in asdict(correction).items()
        if name not in ("by", "at") and value not in (None, "")
    }


def _check_known(session: Session, exam: ExamRow, known: list[str]) -> None:
    """Refuse what was made on top of other corrections than those in force."""
    if [row.id for row in in_force(corrections_of(session, exam.id))] != known:
        raise UsageError(
            "Expected the examination as this page shows it, but somebody else corrected it in the meantime; load "
            "the page again, and correct what is there now."
        )


def _hold(exam: ExamRow, document: dict[str, Any]) -> None:
    """The document, and what the row says of it."""
    exam.document = document
    exam.protocol = document["protocol"]["name"]
    sides = [one["side"] for one in document["sides"]]
    exam.side = sides[0] if len(sides) == 1 else side_shown(exam.summary or {}) or AUTO
