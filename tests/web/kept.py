"""What was measured on earlier days, put into a store as the jobs would."""

from datetime import date

from rom.records import Examination, Side
from rom.samples import sample_folder
from rom.store import Store
from rom.store.media import attach, put
from rom.store.tables import MEASURED, ExamRow, PersonRow
from tests.report.visits import exam_of, mirrored, shifted


def keep_person(store: Store, label: str, age_years: float = 45.0) -> str:
    """A man who dances, as `tests.report.visits` has him."""
    with store.session() as session, session.begin():
        row = PersonRow(
            label=label, age_years=age_years, age_said_on=date(2026, 11, 24), sex="male", sport="ballet"
        )
        session.add(row)
        session.flush()
        return row.id


def keep_measured(store: Store, person_id: str, exam: Examination, side: Side, day: date) -> str:
    """One examination with its video."""
    sha256 = put(store, sample_folder() / "seated_right.mp4", ".mp4")
    with store.session() as session, session.begin():
        row = ExamRow(
            person_id=person_id,
            recorded_on=day,
            protocol=exam.protocol.name,
            side=side,
            state=MEASURED,
            document=exam.to_dict(),
        )
        session.add(row)
        session.flush()
        attach(session, row.id, "overlay", sha256)
        return row.id


def keep_two_days(store: Store, label: str = "Tom") -> tuple[str, tuple[date, date]]:
    """Somebody with both ankles on two days, 6 degrees apart."""
    person_id = keep_person(store, label)
    seated = exam_of("seated_right", "seated")
    first, second = date(2026, 9, 3), date(2026, 11, 20)
    for day, by_deg in ((first, 0.0), (second, 6.0)):
        exam = shifted(seated, by_deg, f"{day}T10:00:00+00:00")
        keep_measured(store, person_id, exam, "right", day)
        keep_measured(store, person_id, mirrored(exam), "left", day)
    return person_id, (first, second)
