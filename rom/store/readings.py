"""A goniometer's readings beside an examination: added, never changed."""

import math
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.records import MOTIONS, Motion
from rom.store.audit import Doer, note
from rom.store.clinic import ReadingRow
from rom.store.people import LABEL_LETTERS
from rom.store.tables import ExamRow

#: What a reading may be, degrees, positive in the motion's own direction: wider than any ankle in
#: ``rom/exam/references.csv``, a fixed equinus or a dancer's point, so that only slips are refused (our own).
RANGES_DEG: dict[Motion, tuple[float, float]] = {"dorsiflexion": (-60.0, 60.0), "plantar_flexion": (-40.0, 120.0)}
#: What its sign means.
SIGNS: dict[Motion, str] = {
    "dorsiflexion": "0 is the foot at a right angle to the shin, + is pulled up, − does not come up to there",
    "plantar_flexion": "0 is the foot at a right angle to the shin, + is pointed, − does not come down to there",
}


def add_reading(session: Session, exam_id: str, *, motion: str, degrees: float, by: str, doer: Doer) -> ReadingRow:
    """Keep a reading; one of the same motion by the same person takes the place of theirs before, which is kept.

    Parameters
    ----------
    degrees : positive in the motion's own direction. by : who read it. doer : who writes it down.

    Raises
    ------
    UsageError : no such motion, a number that no ankle reaches, nobody named, or the examination is not there.
    """
    check_reading(motion, degrees)
    if not 0 < len(by.strip()) <= LABEL_LETTERS or not by.isprintable():
        raise UsageError(f"Expected the name of whoever read the goniometer, at most {LABEL_LETTERS} letters.")
    if session.get(ExamRow, exam_id) is None:
        raise UsageError("Expected an examination that is in the store, but it is not there any more.")
    row = ReadingRow(exam_id=exam_id, motion=motion, degrees=degrees, account_id=doer.account_id, by=by.strip())
    session.add(row)
    session.flush()
    note(session, doer, "reading added", "exam", exam_id, reading=row.id, motion=motion)
    return row


def check_reading(motion: str, degrees: float) -> None:
    """Refuse what no ankle reaches, saying what is counted from where."""
    if motion not in MOTIONS:
        raise UsageError(
            f"Expected a motion ({' or '.join(MOTIONS).replace('_', ' ')}), but got another; choose one."
        )
    low, high = RANGES_DEG[motion]
    if not math.isfinite(degrees) or not low <= degrees <= high:
        raise UsageError(
            f"Expected {motion.replace('_', ' ')} in degrees from {low:g} to {high:g}, but got {degrees:g}; "
            f"{SIGNS[motion]}."
        )


def readings_of(session: Session, exam_id: str) -> list[ReadingRow]:
    """Every reading of an examination, the first one first."""
    own = select(ReadingRow).where(ReadingRow.exam_id == exam_id)
    return [*session.scalars(own.order_by(ReadingRow.created, ReadingRow.id))]


def standing(rows: Sequence[ReadingRow]) -> list[ReadingRow]:
    """Those that count: of each motion of an examination the last one of each person who read it."""
    last = {(row.exam_id, row.motion, row.by.casefold()): row for row in rows}
    return [row for row in rows if last[row.exam_id, row.motion, row.by.casefold()] is row]
