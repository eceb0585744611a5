"""Signing in and out, and how tries are slowed down.

A browser that is signed in holds a token; the store holds its SHA-256 alone, so that who reads the store cannot
sign in. Tries are counted before a password is looked at, under the name and the address they come from, whether or
not there is such a name. A browser in which somebody has signed in before as that name is counted by itself: a
stranger who tries their name all day slows down the stranger, and never them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from rom.store.accounts import account_of, nobodys_hash, verified
from rom.store.audit import Doer, note
from rom.store.clinic import AccountRow, AttemptRow, SignInRow
from rom.store.database import SIGN_IN_LOCK, alone
from rom.store.store import Store
from rom.store.tables import now

#: Bytes of chance in a token: nobody guesses 256 bits.
TOKEN_BYTES = 32
#: Signed in for so long at most, however much is done: a working day, our choice.
ABSOLUTE = timedelta(hours=12)
#: Nothing was done for so long: somebody left the desk; the default of ``--idle-minutes``.
IDLE = timedelta(minutes=30)
#: When something was last done is written down this often at most.
SEEN_EVERY = timedelta(minutes=1)
#: Failed tries before the first wait: slips of the person, and of everybody behind one address of a clinic.
FREE_BY_NAME, FREE_BY_ADDRESS = 5, 20
#: The first wait; each further failure doubles it, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
#: After so long without a try, failures are forgotten; a browser that signed in is known for a year.
FORGOTTEN_AFTER, KNOWN_FOR = timedelta(days=1), timedelta(days=365)
#: Begins the key of a browser in which somebody has signed in.
KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody tries to sign in: the name and password they typed, their address, their browser's own cookie."""

    name: str
    password: str
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: a token, or nothing; `wait` : until the next try is looked at."""

    token: str = ""
    account: AccountRow | None = None
    wait: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Found:
    """A browser that is signed in, and its account."""

    row: SignInRow
    account: AccountRow


def sign_in(store: Store, tried: Try, at: datetime | None = None) -> Answer:
    """Sign somebody in, or say how long to wait.

    The answer, and the time it takes, are the same for a wrong password, a name that nobody has, and an account
    that has ended.
    """
    at = at or now()
    with store.session() as session, session.begin():
        alone(session, SIGN_IN_LOCK)
        wait = _counted(session, _keys(session, tried), at)
        if wait > timedelta():
            return Answer(wait=wait)
        account = account_of(session, tried.name)
    able = account is not None and account.ended is None
    right = verified(account.password_hash if able and account is not None else nobodys_hash(), tried.password)
    with store.session() as session, session.begin():
        if account is None or not (able and right):
            note(session, Doer(), "sign-in failed", "account", account.id if account else "", address=tried.address)
            return Answer()
        return Answer(_signed_in(session, account, tried, at), account)


def _signed_in(session: Session, account: AccountRow, tried: Try, at: datetime) -> str:
    """The token of a new row; what was counted is taken back, and the browser is known from now on."""
    session.execute(delete(AttemptRow).where(AttemptRow.key == _key("name", account.name)))
    by_address = session.get(AttemptRow, _key("address", tried.address))
    if by_address is not None:  # others behind it may still be guessing
        by_address.failures = max(0, by_address.failures - 1)
    session.merge(AttemptRow(key=_key(KNOWN, account.name, tried.browser), failures=0, last=at))
    session.execute(delete(SignInRow).where(SignInRow.created < at - ABSOLUTE))
    token = token_urlsafe(TOKEN_BYTES)
    session.add(SignInRow(sha256=kept(token), account_id=account.id, created=at, seen=at))
    note(session, Doer(account.id, account.name), "signed in", "account", account.id, address=tried.address)
    return token


def wait_for_own(store: Store, account_id: str, at: datetime | None = None) -> timedelta:
    """Count a try to say one's own password again; how long until one is looked at, nothing where this one is.

    Who finds a browser that somebody left signed in may guess no more often than at the door.
    """
    with store.session() as session, session.begin():
        alone(session, SIGN_IN_LOCK)
        return _counted(session, {_key("own", account_id): FREE_BY_NAME}, at or now())


def forget_own(session: Session, account_id: str) -> None:
    """The right one was said: earlier tries do not count any more."""
    session.execute(delete(AttemptRow).where(AttemptRow.key == _key("own", account_id)))


def _counted(session: Session, keys: Mapping[str, int], at: datetime) -> timedelta:
    """Count a try under each key; or how long until one is looked at, where there were too many."""
    wait = max(_wait(session.get(AttemptRow, key), free, at) for key, free in keys.items())
    if wait == timedelta():
        for key in keys:
            _count(session, key, at)
    return wait


def _keys(session: Session, tried: Try) -> dict[str, int]:
    """Under what a try is counted, with how many failures are free."""
    name = tried.name.strip().lower()
    known = _key(KNOWN, name, tried.browser)
    if session.get(AttemptRow, known) is not None:
        return {known: FREE_BY_NAME}
    return {_key("name", name): FREE_BY_NAME, _key("address", tried.address): FREE_BY_ADDRESS}


def _key(*parts: str) -> str:
    """A row's key."""
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _wait(row: AttemptRow | None, free: int, at: datetime) -> timedelta:
    """How much longer nobody is heard after so many failures."""
    if row is None or row.failures < free:
        return timedelta()
    doublings = min(row.failures - free, 10)  # the longest wait is reached long before
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return max(timedelta(), row.last + wait - at)


def _count(session: Session, key: str, at: datetime) -> None:
    """One try more; those of long ago are forgotten."""
    row = session.get(AttemptRow, key)
    if row is None:
        session.add(AttemptRow(key=key, failures=1, last=at))
        return
    row.failures = 1 if at - row.last >= FORGOTTEN_AFTER else row.failures + 1
    row.last = at


def signed_in(session: Session, token: str, idle: timedelta = IDLE, at: datetime | None = None) -> Found | None:
    """Whose browser it is; None where it is signed out, or its time is over."""
    at = at or now()
    asked = select(SignInRow, AccountRow).join(AccountRow, AccountRow.id == SignInRow.account_id)
    found = session.execute(asked.where(SignInRow.sha256 == kept(token))).first()
    if found is None:
        return None
    row, account = found
    over = at - row.seen >= idle or at - row.created >= ABSOLUTE or account.ended is not None
    return None if over else Found(row, account)


def saw(store: Store, row: SignInRow, at: datetime | None = None) -> None:
    """Write down that something was done, now and then."""
    at = at or now()
    if at - row.seen < SEEN_EVERY:
        return
    with store.session() as session, session.begin():
        session.execute(update(SignInRow).where(SignInRow.sha256 == row.sha256).values(seen=at))


def sign_out(session: Session, token: str) -> None:
    """End a browser's row: its cookie, and every copy of it, opens nothing any more."""
    row = session.get(SignInRow, kept(token))
    if row is not None:
        account = session.get_one(AccountRow, row.account_id)
        note(session, Doer(account.id, account.name), "signed out", "account", account.id)
        session.delete(row)


def forget_old(session: Session, at: datetime) -> None:
    """Take away rows whose time is over; called once a day."""
    session.execute(delete(SignInRow).where(SignInRow.created < at - ABSOLUTE))
    session.execute(delete(AttemptRow).where(AttemptRow.failures > 0, AttemptRow.last < at - FORGOTTEN_AFTER))
    session.execute(delete(AttemptRow).where(AttemptRow.last < at - KNOWN_FOR))


def kept(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
