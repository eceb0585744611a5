"""What a worker is told of an examination: from the rows of the store to the arguments of `rom.measure`."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from rom.jobs.keeping import ORIGINAL, path_of, recording_of
from rom.jobs.measuring import Spec
from rom.records import Person, Sex
from rom.store import Store
from rom.store.tables import ExamMediumRow, ExamRow, PersonRow

#: For an age that is counted on.
DAYS_A_YEAR = 365.25


def spec_of(store: Store, session: Session, exam: ExamRow, folder: Path) -> Spec | None:
    """What a worker is told; None where there is no recording any more. `folder` : the attempt's."""
    recording = _recording(store, session, exam.id)
    if recording is None:
        return None
    filmed = min(exam.recorded_on, datetime.now(UTC).date())  # east of Greenwich the day begins earlier
    return {
        "folder": str(folder),
        "recording": str(recording),
        "side": exam.side,
        "protocol": exam.protocol,
        "moved_by": exam.said.get("moved_by", ""),
        "footwear": exam.said.get("footwear", "unknown"),
        "recorded_on": filmed.isoformat(),
        "who": asdict(person_of(exam.person, filmed)),
        "symptoms": exam.said.get("symptoms", {}),
    }


def _recording(store: Store, session: Session, exam_id: str) -> Path | None:
    """Where an examination's recording is: newly arrived, or kept as its original."""
    arrived = recording_of(store, exam_id)
    if arrived is not None:
        return arrived
    kept = session.get(ExamMediumRow, (exam_id, ORIGINAL))
    return None if kept is None else path_of(store, kept.sha256)


def person_of(row: PersonRow, day: date) -> Person:
    """Somebody as they were on a day: the age said earlier is counted on."""
    age = row.age_years
    if age is not None and row.age_said_on is not None:
        age += (day - row.age_said_on).days / DAYS_A_YEAR
    sex: dict[str | None, Sex] = {"female": "female", "male": "male"}
    return Person(age_years=age, sex=sex.get(row.sex), sport=row.sport)
