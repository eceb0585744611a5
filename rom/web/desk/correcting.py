"""Correct a kept examination: what it would be, and keeping it or taking it back."""

from collections.abc import Sequence
from dataclasses import fields, replace
from math import isfinite

from pydantic import BaseModel
from sqlalchemy.orm import Session

from rom.correct import corrected
from rom.errors import UsageError
from rom.records import Correction, Examination
from rom.report.reading import examination_from
from rom.store import Store
from rom.store.clinic import CorrectionRow
from rom.store.corrections import correction_from, corrections_of, in_force, keep_correction, undo_correction
from rom.store.media import medium_of, path_of
from rom.store.tables import ExamRow, now
from rom.web.visits import examination_of
from rom.web.who import Who, exam_for

LANDMARKS = "landmarks"


class Asked(BaseModel):
    """Corrections that a page asks for. `known` : the IDs of those in force when it was loaded."""

    known: list[str]
    corrections: list[Correction]


def tried(store: Store, who: Who, exam_id: str, asked: Asked) -> Examination:
    """What the examination would be, nothing kept.

    Raises
    ------
    UsageError : a correction fits nothing, or the landmarks are not there any more.
    """
    with store.session() as session:
        row = exam_for(session, who, exam_id)
        rows = in_force(corrections_of(session, row.id))
        return _with(store, session, row, rows, [_finite(one) for one in asked.corrections])


def keep(store: Store, who: Who, exam_id: str, asked: Asked) -> None:
    """Keep corrections, one row each, in their order; all of them or none."""
    done: list[tuple[Correction, Examination]] = []
    with store.session() as session:
        row = exam_for(session, who, exam_id)
        rows = in_force(corrections_of(session, row.id))
        new = [replace(_finite(one), by=who.name, at=now().isoformat()) for one in asked.corrections]
        for count, one in enumerate(new, 1):
            done.append((one, _with(store, session, row, rows, new[:count])))
    with store.session() as session, session.begin():
        row, known = exam_for(session, who, exam_id), list(asked.known)
        for one, exam in done:
            known.append(keep_correction(session, row, who.doer, one, exam.to_dict(), known).id)


def undo(store: Store, who: Who, exam_id: str, correction_id: str, known: Sequence[str]) -> None:
    """Take a correction back; the others stay in force.

    Raises
    ------
    UsageError : it is not in force, or the others do not fit without it.
    """
    with store.session() as session:
        row = exam_for(session, who, exam_id)
        rows = in_force(corrections_of(session, row.id))
        rest = [one for one in rows if one.id != correction_id]
        if len(rest) == len(rows):
            raise UsageError("Expected a correction in force, but it was taken back already; load the page again.")
        before = row.automatic or row.document or {}
        document = _with(store, session, row, rest, ()).to_dict() if rest else before
    with store.session() as session, session.begin():
        row = exam_for(session, who, exam_id)
        undo_correction(session, row, who.doer, correction_id, document, list(known))


def _with(
    store: Store, session: Session, row: ExamRow, rows: Sequence[CorrectionRow], new: Sequence[Correction]
) -> Examination:
    """The examination with corrections: those kept, then new ones."""
    automatic = examination_of(row) if row.automatic is None else _automatic(row)
    medium = medium_of(session, row.id, LANDMARKS)
    if medium is None:
        raise UsageError(
            "Expected the examination's landmarks, to measure it again, but they were not kept; measure the "
            "recording again first."
        )
    return corrected(automatic, path_of(store, medium.sha256), [*map(correction_from, rows), *new])


def _automatic(row: ExamRow) -> Examination:
    """What was measured before anything was corrected."""
    exam = examination_from(row.automatic, f"the examination of {row.recorded_on}")
    return replace(exam, recorded_on=row.recorded_on.isoformat())


def _finite(one: Correction) -> Correction:
    """A correction whose numbers are numbers: JSON may bring others."""
    for row in fields(one):
        value = getattr(one, row.name)
        if isinstance(value, float) and not isfinite(value):
            raise UsageError(f"Expected a number as '{row.name}', but got {value}; choose a time or a place.")
    return one
