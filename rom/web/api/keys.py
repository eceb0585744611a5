"""Who asks the API: the token's account, and what the token is for."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from rom.store import Store
from rom.store.clinic import AccountRow, TokenRow
from rom.store.tables import now
from rom.store.tokens import note_use, token_of, use_is_old
from rom.web.access import may
from rom.web.who import LOCAL, Who, who_of

_bearer = HTTPBearer(auto_error=False, description="A token of 'rom token add'.")
#: No cookie is asked, so no page of another site can use a browser that is signed in.
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def caller(store: Store, scope: str) -> Callable[[Request, HTTPAuthorizationCredentials | None], Who]:
    """What finds out who asks, for addresses that need a scope: "read" or "write"."""

    def found(request: Request, bearer: Bearer) -> Who:
        row = None if bearer is None else _token(store, bearer.credentials)
        who = None if row is None else _who(store, row)
        if who is LOCAL and request.scope["rom_exposure"].accounts:
            who = None  # made before there were accounts: nobody's now
        if row is None or who is None:
            raise HTTPException(
                401,
                "Expected 'Authorization: Bearer TOKEN' with a token that is good; 'rom token add' makes one.",
                {"WWW-Authenticate": "Bearer"},
            )
        if scope not in row.scopes.split():
            raise HTTPException(403, f"Expected a token with the scope '{scope}', but this one has {row.scopes}.")
        if not may(request.method, request.scope["path"], who):
            raise HTTPException(403, f"Expected the token of a therapist's account, but this one is {who.role}'s.")
        return who

    return found


def _token(store: Store, text: str) -> TokenRow | None:
    """The token, its use written down."""
    at = now()
    with store.session() as session:
        row = token_of(session, text, at)
    if row is not None and use_is_old(row, at):
        with store.session() as session, session.begin():
            note_use(session, row, at)
    return row


def _who(store: Store, row: TokenRow) -> Who | None:
    """Whose people it opens; None where the account may not sign in any more."""
    if row.account_id is None:
        return LOCAL
    with store.session() as session:
        account = session.get(AccountRow, row.account_id)
    if account is None or account.ended is not None:
        return None
    return who_of(account)
