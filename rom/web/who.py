"""Who asks, and whom they may see: the one place that says so; every page and every address goes through it."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from rom.errors import UsageError
from rom.store.audit import Doer
from rom.store.clinic import ADMIN, PATIENT, THERAPIST, AccountRow, CareRow
from rom.store.tables import ExamRow, PersonRow

#: "local": whoever sits at this computer, where there are no accounts; "nobody": not signed in.
Role = Literal["local", "nobody", "patient", "therapist", "admin"]


class NotTheirs(UsageError):  # noqa: N818 - as `NotMeasurable`: what is found, not a fault of the software
    """Asked for somebody, or something of somebody, who is not theirs or not there: answered the same, with 404."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Expected {what} of one of your own people, but there is none at this address.")


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks.

    Attributes
    ----------
    role : what they may do. account_id, name : of their account. person_id : whom a patient's account is of.
    """

    role: Role
    account_id: str | None = None
    name: str = ""
    person_id: str | None = None

    @property
    def doer(self) -> Doer:
        """For the audit log."""
        return Doer(self.account_id, self.name)

    @property
    def at_the_desk(self) -> bool:
        """Whether the therapist's desk is theirs."""
        return self.role in ("local", THERAPIST)


def who_of(account: AccountRow) -> Who:
    """Whoever an account is of."""
    return Who(cast("Role", account.role), account.id, account.name, account.person_id)


LOCAL = Who("local")
NOBODY = Who("nobody")


def who_asks(request: HTTPConnection) -> Who:
    """Who asks, as `rom.web.guard.Guard` found out."""
    found: Who = request.scope["rom_who"]
    return found


def theirs(who: Who) -> Select[Any]:
    """The people that somebody may see; an admin sees accounts and the log, and nobody's ankle."""
    everybody = select(PersonRow)
    if who.role == "local":
        return everybody
    if who.role == THERAPIST:
        own = select(CareRow.person_id).where(CareRow.account_id == who.account_id)
        return everybody.where(PersonRow.id.in_(own))
    if who.role == PATIENT:
        return everybody.where(PersonRow.id == who.person_id)
    assert who.role in ("nobody", ADMIN)
    return everybody.where(PersonRow.id.is_(None))


def person_for(session: Session, who: Who, person_id: str) -> PersonRow:
    """Somebody of theirs.

    Raises
    ------
    NotTheirs : there is nobody of that ID among their people.
    """
    found: PersonRow | None = session.scalars(theirs(who).where(PersonRow.id == person_id)).first()
    if found is None:
        raise NotTheirs("somebody")
    return found


def exam_for(session: Session, who: Who, exam_id: str) -> ExamRow:
    """An examination of somebody of theirs.

    Raises
    ------
    NotTheirs : there is none of that ID among their people's.
    """
    row = session.get(ExamRow, exam_id)
    if row is None:
        raise NotTheirs("an examination")
    try:
        person_for(session, who, row.person_id)
    except NotTheirs as error:
        raise NotTheirs("an examination") from error
    return row
