"""The audit log: who did what to whom and when. Rows are only ever added, and hold no word about a person."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from rom.store.clinic import AuditRow


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something: an account and its name, or nobody in particular (this computer's own user)."""

    account_id: str | None = None
    name: str = ""


def note(session: Session, doer: Doer, action: str, about: str = "", about_id: str = "", **details: Any) -> None:
    """Write down what is done, in the transaction that does it.

    Parameters
    ----------
    action : a verb and its thing, such as "exam corrected". about, about_id : "person", "exam", …, and its ID.
    details : numbers and words of ours; never a name, a note, or anything else that was said about a person.
    """
    row = AuditRow(account_id=doer.account_id, who=doer.name, action=action, about=about, about_id=about_id)
    row.details = details
    session.add(row)
