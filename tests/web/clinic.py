"""A clinic: two patients, a therapist of each, an admin; who is signed in asks as their browser would."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import httpx

from rom.store import Store
from rom.store.accounts import add_account
from rom.store.audit import Doer
from rom.store.care import take_care
from rom.store.clinic import AccountRow
from tests.web.cheap import CHEAP
from tests.web.conftest import Served
from tests.web.kept import keep_two_days

PASSWORD = "four words by chance"  # the same for all of them
DAY = date(2026, 11, 20)
#: Name to role; "ana" is Theo's, "ben" is Tina's.
NAMES = {"ana": "patient", "ben": "patient", "theo": "therapist", "tina": "therapist", "adam": "admin"}


def client_id_of(page: str) -> str:
    """The name of a page's own WebSocket."""
    found = re.search(r"client_id'?: '([0-9a-f-]{36})'", page)
    assert found is not None
    return found[1]


class Clinic(Served):
    """An app in a process of its own, on which everybody signs in."""

    starts_in_s = 120.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.people: dict[str, str] = {}
        with self.store() as store:
            self.people = {name: keep_two_days(store, name.title())[0] for name in ("ana", "ben")}
            self.accounts = {name: self._account(store, name, role) for name, role in NAMES.items()}
            with store.session() as session, session.begin():
                for therapist, patient in (("theo", "ana"), ("tina", "ben")):
                    take_care(session, Doer(), self.accounts[therapist], self.people[patient])

    def _account(self, store: Store, name: str, role: str) -> str:
        with store.session() as session, session.begin():
            row, _ = add_account(session, Doer(), name, role, person_id=self.people.get(name))
            row.password_hash, row.must_change = CHEAP.hash(PASSWORD), False
            return row.id

    def words(self) -> list[str]:
        return [sys.executable, "-m", "tests.web.served_clinic", str(self.folder), str(self.port)]

    @contextmanager
    def nobody(self) -> Iterator[httpx.Client]:
        """A browser in which nobody is signed in."""
        headers = {"Origin": self.address, "Accept": "text/html"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=30) as client:
            yield client

    @contextmanager
    def signed(self, name: str) -> Iterator[httpx.Client]:
        """The browser of one of them."""
        with self.nobody() as client:
            said = client.post("/sign-in", data={"name": name, "password": PASSWORD})
            assert "session" in str(said.headers.get("set-cookie")), said.headers
            yield client

    def account(self, session_name: str) -> AccountRow:
        with self.store() as store, store.session() as session:
            return session.get_one(AccountRow, self.accounts[session_name])
