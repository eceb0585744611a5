"""What whoever sits at the desk is called: the account's own name, or what was said once at this computer."""

from sqlalchemy.orm import Session

from rom.store.choices import choice
from rom.store.clinic import AccountRow
from rom.web.who import Who

#: The choice that holds the name, where there are no accounts.
SIGNER = "signer"


def signer_of(session: Session, who: Who) -> str:
    """The name that stands beside what they sign; empty where it was not said yet."""
    account = None if who.account_id is None else session.get(AccountRow, who.account_id)
    if account is not None:
        return account.shown or account.name
    return str(choice(session, SIGNER, ""))
