"""`rom account`: the first admin, and everybody after, on the command line."""

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from rom.cli import app
from rom.store import open_store
from rom.store.accounts import account_of, verified
from rom.store.clinic import AuditRow


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROM_DATA_FOLDER", str(tmp_path / "store"))
    monkeypatch.delenv("ROM_DATABASE_URL", raising=False)
    return tmp_path / "store"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["account", *words])


def test_an_account_is_added_reset_and_ended() -> None:
    added = run("add", "Adam", "--role", "admin", "--shown", "Adam A.")
    assert added.exit_code == 0
    first = added.output.splitlines()[0].removeprefix("adam signs in with: ")
    assert run("add", "theo", "--role", "therapist").exit_code == 0
    listed = run("list").output
    assert [line.split()[:2] for line in listed.splitlines()[1:]] == [["adam", "admin"], ["theo", "therapist"]]
    assert first not in listed
    again = run("reset", "ADAM").output.splitlines()[0].removeprefix("adam signs in with: ")
    with open_store() as store, store.session() as session:
        row = account_of(session, "adam")
        assert row is not None
        assert (verified(row.password_hash, first), verified(row.password_hash, again)) == (False, True)
    assert run("end", "theo").exit_code == 0
    assert "ended" in run("list").output
    with open_store() as store, store.session() as session:
        done = [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]
    assert done == ["account added", "account added", "password reset", "account ended"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "a b", "--role", "admin"), "Expected a name to sign in with"),
        (("add", "ana", "--role", "patient"), "Expected the person that a patient's account is of"),
        (("reset", "nobody"), "'rom account list' has them"),
        (("end", "nobody"), "'rom account list' has them"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[str, ...], why: str) -> None:
    done = run(*words)
    assert done.exit_code != 0
    assert why in str(done.exception)


def test_the_last_admin_stays() -> None:
    run("add", "adam", "--role", "admin")
    assert "the last one's account" in str(run("end", "adam").exception)
