"""What was measured on a day, from the store: the visit and its pictures, as the report takes them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.exam.visit import visit_of
from rom.records import MOTIONS, SIDES, Examination, Motion, Side, Visit
from rom.report.patient_page import Pictures
from rom.report.reading import examination_from
from rom.store import Store
from rom.store.exams import exams_of
from rom.store.media import path_of
from rom.store.tables import MEASURED, ExamMediumRow, ExamRow, JobRow, PersonRow


def visit_on(store: Store, person_id: str, day: date) -> Visit | None:
    """Somebody's visit of a day, beside the earlier ones; None where nothing was measured on it."""
    with store.session() as session:
        person = session.get(PersonRow, person_id)
        rows = [row for row in exams_of(session, person_id) if row.state == MEASURED]
    today = [examination_of(row) for row in rows if row.recorded_on == day]
    if person is None or not today:
        return None
    before = [examination_of(row) for row in rows if row.recorded_on < day]
    goals: dict[Motion, float] = {
        motion: person.goal_deg[motion] for motion in MOTIONS if motion in person.goal_deg
    }
    return visit_of(today, before, goals)


def examination_of(row: ExamRow) -> Examination:
    """A measured row as the examination it holds."""
    exam = examination_from(row.document, f"the examination of {row.recorded_on}")
    return replace(exam, recorded_on=row.recorded_on.isoformat())


def rows_on(store: Store, person_id: str, day: date) -> list[ExamRow]:
    """Everything that was recorded on a day, measured or not."""
    with store.session() as session:
        return [row for row in exams_of(session, person_id) if row.recorded_on == day]


def pictures_of(store: Store, rows: Sequence[ExamRow]) -> Pictures:
    """The frames at the ends of the movements that are kept; none that shows what was corrected since."""
    found: dict[tuple[str, Side, Motion], bytes] = {}
    for row in rows:
        if row.document is None:
            continue
        files = media_of(store, row.id)
        for side in SIDES:
            for motion in MOTIONS:
                path = files.get(f"peak_{motion}")
                if side == row.side and path is not None and not _corrected(row.document, motion):
                    found[row.document["recording"]["source"], side, motion] = path.read_bytes()
    return found


def _corrected(document: dict[str, Any], motion: Motion) -> bool:
    """Whether a motion was corrected by hand after its picture was made, or another side was measured."""
    return any(one["kind"] == "side" or one["motion"] == motion for one in document.get("corrections", ()))


def media_of(store: Store, exam_id: str) -> dict[str, Path]:
    """Role to file, of an examination."""
    with store.session() as session:
        rows = session.scalars(select(ExamMediumRow).where(ExamMediumRow.exam_id == exam_id))
        return {row.role: path_of(store, row.sha256) for row in rows}


def last_job(session: Session, exam_id: str) -> JobRow | None:
    """What was last asked for an examination."""
    return session.scalars(select(JobRow).where(JobRow.exam_id == exam_id).order_by(JobRow.created.desc())).first()
