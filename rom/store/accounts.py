"""Accounts: who may sign in, as what, and with which password. Names are told apart in lower case.

Passwords are kept as Argon2id (RFC 9106, the second recommended setting: 64 MiB, 3 passes), and in no other way. An
account is ended, never deleted: what it signed and wrote keeps its author.
"""

import re
from functools import cache
from secrets import choice, token_urlsafe
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.store.audit import Doer, note
from rom.store.clinic import ADMIN, PATIENT, ROLES, AccountRow, CareRow, SignInRow, TokenRow
from rom.store.tables import PersonRow, now

#: What the columns hold.
SHOWN_LETTERS = 200
#: What a name is made of: it is typed at every sign-in.
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,98}[a-z0-9])?")
#: Long enough that guesses behind the throttle lead nowhere; longer ones cost time to hash and help nobody.
PASSWORD_LETTERS, PASSWORD_LETTERS_MOST = 12, 200
#: Fewer different letters than this are a pattern, such as "aaaaaaaaaaaa".
DIFFERENT_LETTERS = 5
#: One-time passwords: letters that are not mistaken for one another, 16 of them: 77 bits.
PLAIN_LETTERS, ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789", 16
#: So many passwords are looked at together: each takes 64 MiB, and nobody may fill the memory by trying.
TOGETHER = BoundedSemaphore(2)
_HASHER = PasswordHasher()


def add_account(
    session: Session, doer: Doer, name: str, role: str, *, shown: str = "", person_id: str | None = None
) -> tuple[AccountRow, str]:
    """Somebody new who may sign in, and their one-time password, which is shown once and kept nowhere.

    Parameters
    ----------
    name : signs in with it. shown : stands on reports; the name where it is empty.
    person_id : whom a patient's account is of.

    Raises
    ------
    UsageError : the name is taken or none, or a patient's account is of nobody.
    """
    name = name.strip().lower()
    if not NAME.fullmatch(name):
        raise UsageError(
            "Expected a name to sign in with of 1 to 100 letters a to z, digits and . _ - @ +, but got another; "
            "choose one such as 'm.lopez'."
        )
    if role not in ROLES:
        raise UsageError(f"Expected the role as {', '.join(ROLES)}, but got '{role}'.")
    if account_of(session, name) is not None:
        raise UsageError(f"Expected a name that nobody has, but '{name}' is somebody's already; choose another.")
    _check_person(session, role, person_id)
    if len(shown) > SHOWN_LETTERS or "\0" in shown:
        raise UsageError(f"Expected a name for reports of at most {SHOWN_LETTERS} letters, but it is longer.")
    password = one_time_password()
    row = AccountRow(name=name, shown=shown.strip() or name, role=role, person_id=person_id)
    row.password_hash, row.must_change = _HASHER.hash(password), True
    session.add(row)
    session.flush()
    note(session, doer, "account added", "account", row.id, role=role)
    return row, password


def _check_person(session: Session, role: str, person_id: str | None) -> None:
    """A patient's account is of one person, who has no other; nobody else's is."""
    if role != PATIENT:
        if person_id is not None:
            raise UsageError(f"Expected a person for a patient's account alone, but this one is {role}'s.")
        return
    if person_id is None or session.get(PersonRow, person_id) is None:
        raise UsageError(
            "Expected the person that a patient's account is of, but there is none of that ID; a therapist adds "
            "people at the desk."
        )
    taken = select(AccountRow.id).where(AccountRow.person_id == person_id, AccountRow.ended.is_(None))
    if session.scalars(taken).first() is not None:
        raise UsageError("Expected a person without an account, but this one has one already; reset its password.")


def accounts(session: Session) -> list[AccountRow]:
    """Every account: those that may sign in first, by name."""
    return [*session.scalars(select(AccountRow).order_by(AccountRow.ended.is_not(None), AccountRow.name))]


def account_of(session: Session, name: str) -> AccountRow | None:
    """The account of a name, ended or not."""
    return session.scalars(select(AccountRow).where(AccountRow.name == name.strip().lower())).first()


def has_accounts(session: Session) -> bool:
    """Whether anybody may sign in: from then on nobody gets in without."""
    return session.scalars(select(AccountRow.id).where(AccountRow.ended.is_(None)).limit(1)).first() is not None


def reset_password(session: Session, doer: Doer, account_id: str) -> str:
    """A one-time password for somebody who lost theirs, shown once; all their browsers are signed out.

    Raises
    ------
    UsageError : there is no such account, or it has ended.
    """
    row = _active(session, account_id)
    password = one_time_password()
    row.password_hash, row.must_change = _HASHER.hash(password), True
    session.execute(delete(SignInRow).where(SignInRow.account_id == row.id))
    note(session, doer, "password reset", "account", row.id)
    return password


def end_account(session: Session, doer: Doer, account_id: str) -> None:
    """Let nobody sign in with it any more: browsers are signed out, tokens end, people in its care are nobody's.

    Raises
    ------
    UsageError : there is no such account, it has ended, or it is the last admin's.
    """
    row = _active(session, account_id)
    if row.role == ADMIN and _admins(session) == 1:
        raise UsageError(
            "Expected another admin to be left, but this is the last one's account; add another admin first."
        )
    row.ended = now()
    for table in (SignInRow, TokenRow, CareRow):
        session.execute(delete(table).where(table.account_id == row.id))
    note(session, doer, "account ended", "account", row.id)


def change_password(session: Session, row: AccountRow, before: str, after: str, *, stays: str) -> None:
    """A new password of one's own; every other browser of the account is signed out.

    Parameters
    ----------
    before : the one it was. stays : `SignInRow.sha256` of the browser that changes it.

    Raises
    ------
    UsageError : the old one is wrong, or the new one is too short, too plain, or the old one.
    """
    if not verified(row.password_hash, before):
        raise UsageError("Expected your password as it is now, but it is another; type it again.")
    if before == after:
        raise UsageError("Expected a new password, but it is the one you have; choose another.")
    check_password(after, row.name)
    row.password_hash, row.must_change = _HASHER.hash(after), False
    session.execute(delete(SignInRow).where(SignInRow.account_id == row.id, SignInRow.sha256 != stays))
    note(session, Doer(row.id, row.name), "password changed", "account", row.id)


def check_password(password: str, name: str) -> None:
    """``UsageError`` where a password is soon guessed: short, one letter again and again, or the name.

    >>> check_password("correct horse battery", "m.lopez")
    """
    if not PASSWORD_LETTERS <= len(password) <= PASSWORD_LETTERS_MOST:
        raise UsageError(
            f"Expected a password of {PASSWORD_LETTERS} to {PASSWORD_LETTERS_MOST} letters, but it has "
            f"{len(password)}; four words that have nothing to do with each other are a good one."
        )
    plain = password.lower()
    if len(set(plain)) < DIFFERENT_LETTERS or (len(name) > 3 and name in plain):
        raise UsageError(
            "Expected a password that is not your name and not one letter again and again; four words that have "
            "nothing to do with each other are a good one."
        )


def one_time_password() -> str:
    """A password that an admin reads out: groups of four letters."""
    letters = "".join(choice(PLAIN_LETTERS) for _ in range(ONE_TIME_LETTERS))
    return "-".join(letters[start : start + 4] for start in range(0, ONE_TIME_LETTERS, 4))


def verified(password_hash: str, password: str) -> bool:
    """Whether it is the password; it takes as long where it is not, and where there is none (`nobodys_hash`)."""
    with TOGETHER:
        try:
            return _HASHER.verify(password_hash, password[: PASSWORD_LETTERS_MOST + 1])
        except (VerificationError, InvalidHashError):
            return False


@cache
def nobodys_hash() -> str:
    """Stands for the password of a name that nobody has; no password is it."""
    return _HASHER.hash(token_urlsafe(32))


def _active(session: Session, account_id: str) -> AccountRow:
    """An account that may sign in."""
    row = session.get(AccountRow, account_id)
    if row is None or row.ended is not None:
        raise UsageError("Expected an account that may sign in, but there is none, or it has ended.")
    return row


def _admins(session: Session) -> int:
    """How many admins may sign in."""
    counted = select(func.count()).where(AccountRow.role == ADMIN, AccountRow.ended.is_(None))
    return session.scalar(counted) or 0
