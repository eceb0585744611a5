"""Two rows of one person made one: everything that belonged to either belongs to the one that is kept."""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.store.audit import Doer, note
from rom.store.clinic import AccountRow, CareRow, NoteRow, ReportRow, UploadRow
from rom.store.erase import drafts_of
from rom.store.tables import ExamRow, PersonRow

#: What a kept row takes over where it says nothing itself.
TAKEN_OVER = ("label", "sex", "sport", "leg_length_m", "guardian")


def merge(session: Session, doer: Doer, kept_id: str, gone_id: str) -> PersonRow:
    """Make two people one; examinations, notes, reports, uploads, care and accounts move, and nothing is lost.

    What the kept row says stands; where it says nothing, the other's words are taken over. `session` was begun by
    ``begin()``.

    Raises
    ------
    UsageError : it is one row, one is not there, they are a woman and a man, or both have a signed report of the
        same day.
    """
    kept, gone = session.get(PersonRow, kept_id), session.get(PersonRow, gone_id)
    if kept is None or gone is None or kept is gone:
        raise UsageError("Expected two different people who are in the store, but got one; choose the other again.")
    if kept.sex and gone.sex and kept.sex != gone.sex:
        raise UsageError(
            f"Expected two rows of one person, but one is said to be {kept.sex} and the other {gone.sex}; correct "
            "the wrong one first."
        )
    _take_over(kept, gone)
    _move_drafts(session, kept, gone)
    session.flush()
    exams = session.scalar(select(func.count()).where(ExamRow.person_id == gone_id))
    _move_reports(session, kept_id, gone_id)
    _move_care(session, kept_id, gone_id)
    for table in (ExamRow, NoteRow, UploadRow, AccountRow):
        own = update(table).where(table.person_id == gone_id).values(person_id=kept_id)
        session.execute(own)
    session.execute(delete(PersonRow).where(PersonRow.id == gone_id))
    note(session, doer, "people merged", "person", kept_id, gone=gone_id, exams=exams)
    return kept


def _take_over(kept: PersonRow, gone: PersonRow) -> None:
    """What the kept row does not say itself."""
    for name in TAKEN_OVER:
        if not getattr(kept, name):
            setattr(kept, name, getattr(gone, name))
    if kept.age_years is None:
        kept.age_years, kept.age_said_on = gone.age_years, gone.age_said_on
    kept.goal_deg = {**gone.goal_deg, **kept.goal_deg}
    kept.created = min(kept.created, gone.created)


def _move_drafts(session: Session, kept: PersonRow, gone: PersonRow) -> None:
    """Unfinished ways go on as the kept one."""
    for draft in drafts_of(session, gone):
        draft.answers = _renamed(draft.answers, gone.id, kept.id)


def _renamed(value: Any, old: str, new: str) -> Any:
    """A piece of JSON with one ID in place of another."""
    if isinstance(value, dict):
        return {name: _renamed(part, old, new) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, old, new) for part in value]
    return new if value == old else value


def _move_reports(session: Session, kept_id: str, gone_id: str) -> None:
    """Reports go with the person; a version is on paper and stays what it is, so a day cannot have two of one."""
    days = select(ReportRow.day).where(ReportRow.person_id == kept_id)
    both = session.scalars(select(ReportRow.day).where(ReportRow.person_id == gone_id, ReportRow.day.in_(days)))
    if twice := sorted({*both}):
        raise UsageError(
            f"Expected days on which one of the two has a signed report, but on {twice[0]} both have; they cannot "
            "be made one any more."
        )
    session.execute(update(ReportRow).where(ReportRow.person_id == gone_id).values(person_id=kept_id))


def _move_care(session: Session, kept_id: str, gone_id: str) -> None:
    """Whoever cared for either cares for the one."""
    caring = select(CareRow.account_id).where(CareRow.person_id == kept_id)
    own = update(CareRow).where(CareRow.person_id == gone_id, CareRow.account_id.not_in(caring))
    session.execute(own.values(person_id=kept_id), execution_options={"synchronize_session": False})
