"""Signing in: the throttle, what it tells nobody, and when a sign-in is over."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select

from rom.store import Store, sign_ins
from rom.store.accounts import add_account
from rom.store.audit import Doer
from rom.store.clinic import AccountRow, AttemptRow, AuditRow, SignInRow
from rom.store.sign_ins import (
    ABSOLUTE,
    FREE_BY_ADDRESS,
    FREE_BY_NAME,
    IDLE,
    LONGEST_WAIT,
    Answer,
    Try,
    forget_old,
    kept,
    saw,
    sign_in,
    sign_out,
    signed_in,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
S, M = timedelta(seconds=1), timedelta(minutes=1)


class Theo(NamedTuple):
    account: str
    password: str


@pytest.fixture
def theo(store: Store) -> Theo:
    with store.session() as session, session.begin():
        row, password = add_account(session, Doer(), "theo", "therapist")
        return Theo(row.id, password)


@pytest.fixture
def unhashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No password is right, and none takes time: for tests of the counting alone. Holds what was looked at."""
    seen: list[str] = []

    def verified(held: str, typed: str) -> bool:
        seen.append(held)
        return False

    monkeypatch.setattr(sign_ins, "verified", verified)
    return seen


def tried(name: str = "theo", password: str = "wrong", address: str = "10.0.0.1", browser: str = "b" * 32) -> Try:
    return Try(name, password, address, browser)


def test_a_token_opens_and_only_its_hash_is_kept(store: Store, theo: Theo) -> None:
    answer = sign_in(store, tried("Theo ", theo.password), NOW)
    with store.session() as session:
        (row,) = session.scalars(select(SignInRow))
        found = signed_in(session, answer.token, at=NOW)
        assert signed_in(session, row.sha256, at=NOW) is None, "what the store holds opens nothing"
    assert row.sha256 == kept(answer.token) != answer.token
    assert found is not None
    assert found.account.id == theo.account


def test_wrong_unknown_and_ended_are_answered_alike_and_looked_at_alike(
    store: Store, theo: Theo, unhashed: list[str]
) -> None:
    assert sign_in(store, tried(), NOW) == Answer()
    assert sign_in(store, tried("nobody"), NOW) == Answer()
    with store.session() as session, session.begin():
        session.get_one(AccountRow, theo.account).ended = NOW
    assert sign_in(store, tried(), NOW) == Answer()
    assert len(unhashed) == 3, "a password is looked at each time: it takes the same time"
    assert all(one.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for one in unhashed)
    with store.session() as session:
        failed = [*session.scalars(select(AuditRow).where(AuditRow.action == "sign-in failed"))]
    assert [row.about_id for row in failed] == [theo.account, "", theo.account]


@pytest.mark.parametrize("name", ["theo", "nobody"])
def test_after_some_failures_one_waits_longer_and_longer_but_never_for_ever(
    store: Store, theo: Theo, unhashed: list[str], name: str
) -> None:
    for _ in range(FREE_BY_NAME):
        assert sign_in(store, tried(name), NOW).wait == timedelta()
    at, waits = NOW, []
    for _ in range(8):
        looked_at = len(unhashed)
        wait = sign_in(store, tried(name), at).wait
        assert len(unhashed) == looked_at, "while one waits, nothing is looked at"
        assert sign_in(store, tried(name), at + wait - S).wait == S, "and asking does not make it longer"
        waits.append(wait)
        at += wait
        assert sign_in(store, tried(name), at).wait == timedelta()
    assert waits == [30 * S, 60 * S, 120 * S, 240 * S, 480 * S, *[LONGEST_WAIT] * 3]


def test_the_throttle_survives_the_end_of_the_app(store: Store, theo: Theo, unhashed: list[str]) -> None:
    from rom.store.store import Store as Anew

    for _ in range(FREE_BY_NAME):
        sign_in(store, tried(), NOW)
    again = Anew(store.engine, store.folder)
    assert sign_in(again, tried(), NOW).wait == 30 * S


def test_many_names_from_one_address_wait_too_and_others_do_not(
    store: Store, theo: Theo, unhashed: list[str]
) -> None:
    for number in range(FREE_BY_ADDRESS):
        assert sign_in(store, tried(f"name{number}"), NOW).wait == timedelta()
    assert sign_in(store, tried("another"), NOW).wait == 30 * S
    assert sign_in(store, tried("another", address="10.0.0.2"), NOW).wait == timedelta()


def test_a_stranger_who_tries_all_day_never_keeps_the_therapist_out(store: Store, theo: Theo) -> None:
    assert sign_in(store, tried(password=theo.password, browser="c" * 32), NOW).token
    for _ in range(FREE_BY_NAME):
        sign_in(store, tried(), NOW)
    assert sign_in(store, tried(password=theo.password), NOW).wait == 30 * S, "the stranger's browser waits"
    known = sign_in(store, tried(password=theo.password, browser="c" * 32), NOW)
    assert known.token, "the one in which Theo signed in before does not"
    assert sign_in(store, tried(password=theo.password), NOW + 30 * S).token, "nor does any, once the wait is over"


def test_success_forgets_failures(store: Store, theo: Theo) -> None:
    for _ in range(FREE_BY_NAME - 1):
        sign_in(store, tried(), NOW)
    assert sign_in(store, tried(password=theo.password), NOW).token
    with store.session() as session:
        left = sorted(row.failures for row in session.scalars(select(AttemptRow)))
    assert left == [0, FREE_BY_NAME - 1], "of the browser, of the address; none of the name"


@pytest.mark.parametrize(
    ("after", "goes_on"),
    [(IDLE - S, True), (IDLE, False), (timedelta(days=2), False)],
)
def test_a_sign_in_is_over_when_nothing_was_done(store: Store, theo: Theo, after: timedelta, goes_on: bool) -> None:
    token = sign_in(store, tried(password=theo.password), NOW).token
    with store.session() as session:
        assert (signed_in(session, token, at=NOW + after) is not None) is goes_on


def test_whatever_is_done_it_is_over_after_a_working_day(store: Store, theo: Theo) -> None:
    token, at = sign_in(store, tried(password=theo.password), NOW).token, NOW
    while at - NOW < ABSOLUTE:
        with store.session() as session:
            found = signed_in(session, token, at=at)
        assert found is not None, at
        saw(store, found.row, at)
        at += IDLE - M
    with store.session() as session:
        assert signed_in(session, token, at=at) is None


def test_what_was_done_is_written_down_once_a_minute(store: Store, theo: Theo) -> None:
    token = sign_in(store, tried(password=theo.password), NOW).token
    for after, seen in ((30 * S, NOW), (M, NOW + M)):
        with store.session() as session:
            found = signed_in(session, token, at=NOW + after)
        assert found is not None
        saw(store, found.row, NOW + after)
        with store.session() as session:
            assert session.get_one(SignInRow, kept(token)).seen == seen


def test_signing_out_ends_every_copy_of_the_cookie(store: Store, theo: Theo) -> None:
    token, other = (sign_in(store, tried(password=theo.password), NOW).token for _ in range(2))
    with store.session() as session, session.begin():
        sign_out(session, token)
        sign_out(session, "no token")
    with store.session() as session:
        assert signed_in(session, token, at=NOW) is None
        assert signed_in(session, other, at=NOW) is not None, "another browser goes on"


def test_old_rows_go(store: Store, theo: Theo) -> None:
    sign_in(store, tried(password=theo.password), NOW)
    sign_in(store, tried("nobody"), NOW)
    for after, attempts in ((timedelta(hours=1), 3), (timedelta(days=1, hours=1), 1), (timedelta(days=366), 0)):
        with store.session() as session, session.begin():
            forget_old(session, NOW + after)
        with store.session() as session:
            assert len([*session.scalars(select(AttemptRow))]) == attempts
    with store.session() as session:
        assert not [*session.scalars(select(SignInRow))]
