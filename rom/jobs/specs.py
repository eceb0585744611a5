"""What a worker is told of an examination: from the rows of the store to the arguments of `rom.measure`."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from rom.jobs.measuring import Spec
from rom.store import Store
from rom.store.exams import recording_of
from rom.store.media import medium_of, path_of
from rom.store.people import person_of
from rom.store.results import ORIGINAL
from rom.store.tables import ExamRow


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
    kept = medium_of(session, exam_id, ORIGINAL)
    return None if kept is None else path_of(store, kept.sha256)
