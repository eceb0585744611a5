"""Keys for other programs: shown once, kept as their SHA-256, each with what it may be used for."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.store.clinic import TokenRow
from rom.store.tables import now

#: What a token may be used for: "read" results, "write" recordings and people.
SCOPES = ("read", "write")
#: By which a token is known for one of ours, wherever it turns up.
PREFIX = "rom_"
LABEL_LETTERS = 100
#: Bytes of chance in a token: nobody guesses 256 bits.
CHANCE_BYTES = 32
#: When a token was last used is written down this often at most.
NOTED_EVERY = timedelta(minutes=5)


def add_token(
    session: Session, account_id: str | None, *, label: str, scopes: tuple[str, ...], days: int | None
) -> tuple[TokenRow, str]:
    """A new token, and its text, which cannot be seen again.

    Parameters
    ----------
    account_id : whose people it opens; None for the user of this computer, where there are no accounts.
    label : what it is for. scopes : of `SCOPES`. days : how long it is good for; None for ever.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise UsageError(f"Expected scopes of {', '.join(SCOPES)}, but got {', '.join(unknown) or 'none'}.")
    if not label.strip() or len(label) > LABEL_LETTERS:
        raise UsageError(f"Expected 1 to {LABEL_LETTERS} letters that say what the token is for.")
    if days is not None and days < 1:
        raise UsageError(f"Expected a token to be good for 1 day or more, but got {days}.")
    text = PREFIX + token_urlsafe(CHANCE_BYTES)
    row = TokenRow(account_id=account_id, sha256=_kept(text), label=label.strip(), scopes=" ".join(scopes))
    row.expires = None if days is None else now() + timedelta(days=days)
    session.add(row)
    session.flush()
    return row, text


def tokens(session: Session) -> list[TokenRow]:
    """Every token, the newest first."""
    return [*session.scalars(select(TokenRow).order_by(TokenRow.created.desc(), TokenRow.id))]


def token_of(session: Session, text: str, at: datetime) -> TokenRow | None:
    """The token of a text; None where it is none of ours, ended, or past its time."""
    row = session.scalars(select(TokenRow).where(TokenRow.sha256 == _kept(text))).first()
    return row if row is not None and (row.expires is None or at < row.expires) else None


def note_use(session: Session, row: TokenRow, at: datetime) -> None:
    """Write down that it was used, now and then."""
    session.execute(update(TokenRow).where(TokenRow.id == row.id).values(used=at))


def use_is_old(row: TokenRow, at: datetime) -> bool:
    """Whether its last use is worth writing down anew."""
    return row.used is None or at - row.used >= NOTED_EVERY


def end_token(session: Session, token_id: str) -> None:
    """Let a token open nothing any more."""
    row = session.get(TokenRow, token_id)
    if row is None:
        raise UsageError("Expected the ID of a token that is in the store, but there is none of that ID.")
    session.delete(row)


def _kept(text: str) -> str:
    """What is kept of a token."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()
