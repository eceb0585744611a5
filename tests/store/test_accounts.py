"""Accounts and whose care somebody is in: what is taken, what is refused, and what is noted."""

import pytest
from sqlalchemy import select

from rom.errors import UsageError
from rom.records import Person
from rom.store import Store
from rom.store.accounts import (
    account_of,
    accounts,
    add_account,
    change_password,
    check_password,
    end_account,
    has_accounts,
    one_time_password,
    reset_password,
    verified,
)
from rom.store.audit import Doer
from rom.store.care import cared_for, carers, end_care, hand_over, take_care
from rom.store.clinic import AccountRow, AuditRow, SignInRow
from rom.store.people import add_person

GOOD = "four words by chance"


def add(store: Store, name: str, role: str = "therapist", person: str | None = None) -> tuple[str, str]:
    with store.session() as session, session.begin():
        row, password = add_account(session, Doer(), name, role, person_id=person)
        return row.id, password


def somebody(store: Store, label: str = "Ada") -> str:
    with store.session() as session, session.begin():
        return add_person(session, Person(), label=label).id


def actions(store: Store) -> list[str]:
    with store.session() as session:
        return [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]


def test_a_new_account_has_a_password_that_is_kept_nowhere_and_must_be_changed(store: Store) -> None:
    with store.session() as session:
        assert not session.execute(select(AccountRow)).all()
    account_id, password = add(store, " M.Lopez ")
    with store.session() as session:
        row = session.get_one(AccountRow, account_id)
        assert has_accounts(session)
        assert account_of(session, "M.LOPEZ") is row
    assert (row.name, row.shown, row.must_change) == ("m.lopez", "m.lopez", True)
    assert row.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password not in row.password_hash
    assert verified(row.password_hash, password)
    assert not verified(row.password_hash, password.upper())
    assert actions(store) == ["account added"]


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", "a/b", "ä", "<b>", "=1", "a" * 101, "a\0"])
def test_names_that_cannot_be_typed_are_refused(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="Expected a name to sign in with"):
        add(store, name)
    assert actions(store) == []


def test_a_name_is_one_account_and_a_person_too(store: Store) -> None:
    ada = somebody(store)
    add(store, "ada", "patient", ada)
    for name, role, person, why in (
        ("ADA", "therapist", None, "is somebody's already"),
        ("ada2", "patient", ada, "has one already"),
        ("bob", "patient", None, "there is none of that ID"),
        ("bob", "patient", "nobody", "there is none of that ID"),
        ("bob", "therapist", ada, "for a patient's account alone"),
        ("bob", "king", None, "Expected the role"),
    ):
        with pytest.raises(UsageError, match=why):
            add(store, name, role, person)


def test_one_time_passwords_are_all_different_and_read_out_easily() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("ilo01")
    assert {len(one) for one in made} == {19}


@pytest.mark.parametrize("password", ["short", "a" * 40, "abcabcabcabcabc", "xxm.lopezxxxyz", "b" * 201])
def test_passwords_that_are_soon_guessed_are_refused(password: str) -> None:
    with pytest.raises(UsageError, match="Expected a password"):
        check_password(password, "m.lopez")


def test_changing_the_password_signs_other_browsers_out(store: Store) -> None:
    account_id, given = add(store, "theo")
    with store.session() as session, session.begin():
        session.add_all([SignInRow(sha256=one, account_id=account_id) for one in ("here", "elsewhere")])
    with store.session() as session, session.begin():
        row = session.get_one(AccountRow, account_id)
        for before, after, why in (
            ("wrong", GOOD, "as it is now"),
            (given, given, "it is the one you have"),
            (given, "short", "of 12 to 200 letters"),
        ):
            with pytest.raises(UsageError, match=why):
                change_password(session, row, before, after, stays="here")
        change_password(session, row, given, GOOD, stays="here")
    with store.session() as session:
        row = session.get_one(AccountRow, account_id)
        assert verified(row.password_hash, GOOD)
        assert not row.must_change
        assert [*session.scalars(select(SignInRow.sha256))] == ["here"]


def test_a_reset_signs_everybody_out_and_gives_a_password_once(store: Store) -> None:
    account_id, first = add(store, "theo")
    with store.session() as session, session.begin():
        session.add(SignInRow(sha256="here", account_id=account_id))
        given = reset_password(session, Doer(), account_id)
    with store.session() as session:
        row = session.get_one(AccountRow, account_id)
        assert row.must_change
        assert (verified(row.password_hash, first), verified(row.password_hash, given)) == (False, True)
        assert not [*session.scalars(select(SignInRow))]
        with pytest.raises(UsageError, match="none, or it has ended"):
            reset_password(session, Doer(), "nobody")


def test_an_ended_account_keeps_its_row_and_loses_its_people_but_an_admin_is_left(store: Store) -> None:
    admin, _ = add(store, "adam", "admin")
    theo, _ = add(store, "theo")
    ada = somebody(store)
    with store.session() as session, session.begin():
        take_care(session, Doer(), theo, ada)
        session.add(SignInRow(sha256="here", account_id=theo))
    with store.session() as session, session.begin():
        with pytest.raises(UsageError, match="the last one's account"):
            end_account(session, Doer(), admin)
        end_account(session, Doer(), theo)
    with store.session() as session:
        assert [(row.name, row.ended is None) for row in accounts(session)] == [("adam", True), ("theo", False)]
        assert carers(session) == {}
        assert not [*session.scalars(select(SignInRow))]
    assert actions(store) == ["account added", "account added", "care taken", "account ended"]


def test_somebody_is_handed_over(store: Store) -> None:
    theo, _ = add(store, "theo")
    tina, _ = add(store, "tina")
    admin, _ = add(store, "adam", "admin")
    ada = somebody(store)
    with store.session() as session, session.begin():
        take_care(session, Doer(), theo, ada)
        take_care(session, Doer(), theo, ada)
        for account, person, why in (
            (admin, ada, "account of a therapist"),
            (theo, "nobody", "somebody in the store"),
        ):
            with pytest.raises(UsageError, match=why):
                take_care(session, Doer(), account, person)
        hand_over(session, Doer(), ada, before=theo, after=tina)
        assert carers(session) == {ada: [tina]}
        assert cared_for(session) == {tina: 1}
        hand_over(session, Doer(), ada, before=tina, after=tina)
        end_care(session, Doer(), theo, ada)
        assert carers(session) == {ada: [tina]}
    assert actions(store)[3:] == ["care taken", "care taken", "care ended"]
