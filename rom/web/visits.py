"""What was measured on a day, from the store: the visit and its pictures, as the report takes them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rom.exam.visit import visit_of
from rom.records import MOTIONS, SIDES, Examination, Motion, Visit
from rom.report.patient_page import Pictures
from rom.report.reading import examination_from
from rom.store import Store
from rom.store.tables import MEASURED, ExamRow, PersonRow
from rom.web.keeping import exams_of, media_of


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
    """The frames at the ends of the movements that are kept."""
    found: dict[tuple[str, str, str], bytes] = {}
    with store.session() as session:
        for row in rows:
            if row.document is None:
                continue
            source = row.document["recording"]["source"]
            files = media_of(store, session, row.id)
            for side in SIDES:
                for motion in MOTIONS:
                    path = files.get(f"peak_{motion}")
                    if side == row.side and path is not None and path.exists():
                        found[source, side, motion] = path.read_bytes()
    return found  # type: ignore[return-value]  # the same words
