"""The app with two therapists' people in it, asked by other programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import httpx
import pytest

from rom.store import Store
from rom.store.clinic import ADMIN, PATIENT, THERAPIST, AccountRow, CareRow
from rom.store.tables import now
from rom.store.tokens import add_token
from tests.report.visits import exam_of
from tests.web.conftest import Served
from tests.web.kept import keep_measured, keep_person

DAY = date(2026, 11, 1)


@dataclass(frozen=True)
class Clinic:
    """`ids` : of people and their exams, by name; `tokens` : by whose they are."""

    served: Served
    ids: dict[str, str]
    tokens: dict[str, str]

    def exam(self, label: str) -> str:
        """The examination of somebody."""
        return self.ids[f"{label}'s exam"]

    def asking(self, whose: str = "therapist") -> httpx.Client:
        """Somebody who asks with a token: one of `tokens`, or a text of one's own."""
        headers = {"Authorization": f"Bearer {self.tokens.get(whose, whose)}"}
        return httpx.Client(base_url=f"{self.served.address}/api/v1", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A therapist cares for Ada, another one for Bob, whose own account there is as well."""
    with Served(tmp_path_factory.mktemp("clinic")) as served, served.store() as store:
        ids = {label: keep_person(store, label) for label in ("Ada", "Bob")}
        exam = exam_of("seated_right", "seated")
        ids |= {f"{label}'s exam": keep_measured(store, ids[label], exam, "right", DAY) for label in ("Ada", "Bob")}
        yield Clinic(served, ids, _tokens(store, ids))


def _tokens(store: Store, ids: dict[str, str]) -> dict[str, str]:
    """Accounts, and a token of each."""
    roles = {"therapist": THERAPIST, "other": THERAPIST, "patient": PATIENT, "admin": ADMIN, "ended": THERAPIST}
    with store.session() as session, session.begin():
        accounts = {name: AccountRow(name=name, role=role, password_hash="") for name, role in roles.items()}
        accounts["patient"].person_id = ids["Bob"]
        accounts["ended"].ended = now()
        session.add_all(accounts.values())
        session.flush()
        session.add(CareRow(account_id=accounts["therapist"].id, person_id=ids["Ada"]))
        session.add(CareRow(account_id=accounts["other"].id, person_id=ids["Bob"]))
        owners: dict[str, str | None] = {name: row.id for name, row in accounts.items()} | {"local": None}
        both = ("read", "write")
        made = {name: add_token(session, own, label=name, scopes=both, days=30)[1] for name, own in owners.items()}
        reader = accounts["therapist"].id
        return made | {"reader": add_token(session, reader, label="reads", scopes=("read",), days=None)[1]}
