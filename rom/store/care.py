"""Care: whom a therapist sees. The one who adds somebody cares for them; an admin hands over."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.store.audit import Doer, note
from rom.store.clinic import THERAPIST, AccountRow, CareRow
from rom.store.tables import PersonRow


def take_care(session: Session, doer: Doer, account_id: str, person_id: str) -> None:
    """From now on a therapist sees somebody; nothing where they do already.

    Raises
    ------
    UsageError : it is no therapist's account, or there is no such person.
    """
    therapist = session.get(AccountRow, account_id)
    if therapist is None or therapist.role != THERAPIST or therapist.ended is not None:
        raise UsageError("Expected the account of a therapist who may sign in, but it is none; choose another.")
    if session.get(PersonRow, person_id) is None:
        raise UsageError("Expected somebody in the store, but there is nobody of that ID; see who was erased.")
    if session.get(CareRow, (account_id, person_id)) is None:
        session.add(CareRow(account_id=account_id, person_id=person_id))
        session.flush()
        note(session, doer, "care taken", "person", person_id, account=account_id)


def end_care(session: Session, doer: Doer, account_id: str, person_id: str) -> None:
    """From now on a therapist does not see somebody; nothing where they did not."""
    row = session.get(CareRow, (account_id, person_id))
    if row is not None:
        session.delete(row)
        session.flush()
        note(session, doer, "care ended", "person", person_id, account=account_id)


def hand_over(session: Session, doer: Doer, person_id: str, *, before: str, after: str) -> None:
    """One therapist's person becomes another's."""
    take_care(session, doer, after, person_id)
    if before != after:
        end_care(session, doer, before, person_id)


def carers(session: Session) -> dict[str, list[str]]:
    """Person to the accounts of those who care for them."""
    found: dict[str, list[str]] = {}
    for row in session.scalars(select(CareRow).order_by(CareRow.since, CareRow.account_id)):
        found.setdefault(row.person_id, []).append(row.account_id)
    return found


def cared_for(session: Session) -> dict[str, int]:
    """Account to how many people it cares for."""
    counted = session.execute(select(CareRow.account_id, func.count()).group_by(CareRow.account_id))
    return {row[0]: row[1] for row in counted}
