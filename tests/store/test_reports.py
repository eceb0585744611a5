"""Signed reports: whole or not there, one version after another, and never changed by anybody."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rom.errors import UsageError
from rom.records import Issued
from rom.store import Store, open_store
from rom.store.audit import Doer
from rom.store.backup import backup
from rom.store.clinic import AuditRow, ReportRow
from rom.store.erase import erase_person
from rom.store.media import drop_unneeded, path_of, put
from rom.store.merging import merge
from rom.store.readings import add_reading
from rom.store.reports import Clinic, changed_since, clinic_of, documents_on, name_clinic, reports_of, sign
from rom.store.restore import restore
from rom.store.tables import ExamRow
from tests.store.filled import DAY, DOCUMENT, Known, files_of, measured, rows_of

FIRST = Issued("Praxis", ("Weg 3",), "Ada", "Dr. A", "2026-03-02T10:00:00+01:00", 1, None, "urn:uuid:1", "")
SECOND = replace(FIRST, version=2, replaces=1, urn="urn:uuid:2", replaces_urn="urn:uuid:1")


def signed(store: Store, known: Known, issued: Issued = FIRST) -> str:
    files = {role: put(store, f"{role} {issued.version}".encode(), f".{role}") for role in ("pdf", "csv")}
    with store.session() as session, session.begin():
        documents = documents_on(session, known.person, DAY)
        row = sign(
            session, known.person, DAY, issued=issued, documents=documents, files=files, doer=Doer(None, "a")
        )
        return row.id


def test_a_signed_report_is_kept_with_its_files_and_noted(store: Store) -> None:
    known = measured(store)
    report_id = signed(store, known)
    with store.session() as session:
        (row,) = reports_of(session, known.person, DAY)
        files = {file.role: path_of(store, file.sha256).read_bytes() for file in row.files}
        (noted,) = session.query(AuditRow)
    assert (row.id, row.version, row.signer, row.clinic) == (report_id, 1, "Dr. A", "Praxis")
    assert row.signed is not None
    assert row.signed.isoformat() == "2026-03-02T09:00:00+00:00"
    assert files == {"pdf": b"pdf 1", "csv": b"csv 1"}
    assert (noted.action, noted.about_id) == ("report signed", report_id)
    assert "Ada" not in str(row.document), "the person's name is on the paper, and in their own row"


def test_a_later_version_names_the_one_that_it_replaces_and_the_first_one_stays(store: Store) -> None:
    known = measured(store)
    signed(store, known)
    before = rows_of(store)["reports"]
    with store.session() as session, session.begin():
        session.get_one(ExamRow, known.exam).document = DOCUMENT | {"note": "corrected"}
    with store.session() as session:
        (first,) = reports_of(session, known.person)
        assert changed_since(first, documents_on(session, known.person, DAY))
    signed(store, known, SECOND)
    with store.session() as session:
        first, second = reports_of(session, known.person)
        documents = documents_on(session, known.person, DAY)
        assert (changed_since(first, documents), changed_since(second, documents)) == (True, False)
    assert second.document["replaces"] == 1
    assert [row for row in rows_of(store)["reports"] if row["version"] == 1] == before


def test_a_reading_beside_the_camera_is_a_change_too(store: Store) -> None:
    known = measured(store)
    signed(store, known)
    with store.session() as session, session.begin():
        add_reading(session, known.exam, motion="dorsiflexion", degrees=11.0, by="Dr. B", doer=Doer())
    with store.session() as session:
        (report,) = reports_of(session, known.person)
        assert changed_since(report, documents_on(session, known.person, DAY))


def test_what_is_not_the_next_version_is_refused(store: Store) -> None:
    """Two sign at the same time: the second one is told, and its files are needed by nothing."""
    known = measured(store)
    signed(store, known)
    with pytest.raises(UsageError, match="another was signed meanwhile"):
        signed(store, known)
    with store.session() as session, session.begin():
        assert len(reports_of(session, known.person)) == 1
        assert drop_unneeded(session) == [], "no row was written for them"


def test_what_changed_since_it_was_shown_is_not_signed(store: Store) -> None:
    known = measured(store)
    with store.session() as session, session.begin():
        shown = documents_on(session, known.person, DAY)
        session.get_one(ExamRow, known.exam).document = {"note": "other"}
        session.flush()
        for documents in (shown, {}):
            with pytest.raises(UsageError, match="one of them changed meanwhile"):
                sign(session, known.person, DAY, issued=FIRST, documents=documents, files={}, doer=Doer())


@pytest.mark.parametrize("signer", ["", "  ", "x" * 201])
def test_nobody_signs_without_a_name(store: Store, signer: str) -> None:
    known = measured(store)
    with pytest.raises(UsageError, match="Expected the name of whoever signs"):
        signed(store, known, replace(FIRST, signer=signer))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reports SET signer = 'somebody else'",
        "UPDATE reports SET document = '{}'",
        "UPDATE reports SET version = 7",
        "UPDATE reports SET signed = NULL",
        "UPDATE report_media SET role = 'other' WHERE role = 'csv'",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_signed(store: Store, change: str) -> None:
    known = measured(store)
    signed(store, known)
    before = rows_of(store)
    with pytest.raises(DBAPIError, match="a signed report is never changed"), store.engine.begin() as connection:
        connection.execute(text(change))
    with store.session() as session, pytest.raises(DBAPIError, match="never changed"), session.begin():
        session.query(ReportRow).one().clinic = "Another"
    assert rows_of(store) == before


def test_two_people_who_turn_out_to_be_one_keep_their_reports(store: Store) -> None:
    known, other = measured(store), measured(store, label="Ada again", mark=b"2")
    signed(store, known)
    with store.session() as session, session.begin():
        merge(session, Doer(), other.person, known.person)
    with store.session() as session:
        (row,) = reports_of(session, other.person, DAY)
    assert (row.version, len(row.document["exams"])) == (1, 1), "as it is on paper"


def test_two_people_with_reports_of_one_day_stay_two(store: Store) -> None:
    """Both papers say version 1: neither number may change."""
    known, other = measured(store), measured(store, label="Ada again", mark=b"2")
    signed(store, known)
    signed(store, other)
    before = rows_of(store)
    with (
        pytest.raises(UsageError, match="on 2026-03-01 both have"),
        store.session() as session,
        session.begin(),
    ):
        merge(session, Doer(), other.person, known.person)
    assert rows_of(store) == before


def test_erasing_a_person_takes_their_reports_and_the_files_away(store: Store) -> None:
    known, other = measured(store), measured(store, label="Bob", mark=b"2")
    signed(store, known)
    erase_person(store, known.person)
    assert not rows_of(store)["reports"]
    assert not rows_of(store)["report_media"]
    assert not {name for name in files_of(store) if name.endswith((".pdf", ".csv"))}
    assert [row["id"] for row in rows_of(store)["people"]] == [other.person]


def test_a_signed_report_comes_back_from_a_backup_locked(
    store: Store, new_address: Callable[[], str], tmp_path: Path
) -> None:
    known = measured(store)
    signed(store, known)
    backup(store, tmp_path / "b.backup", "long enough")
    with open_store(new_address(), tmp_path / "again") as again:
        restore(again, tmp_path / "b.backup", "long enough")
        assert rows_of(again)["reports"] == rows_of(store)["reports"]
        assert rows_of(again)["report_media"] == rows_of(store)["report_media"]
        with pytest.raises(DBAPIError, match="never changed"), again.engine.begin() as connection:
            connection.execute(text("UPDATE reports SET signer = 'somebody else'"))


def test_a_clinic_has_a_name_and_an_address(store: Store) -> None:
    with store.session() as session, session.begin():
        assert clinic_of(session) == Clinic()
        name_clinic(session, Clinic(" Praxis ", ("Weg 3", " ", "12345 Ort ")), Doer())
        assert clinic_of(session) == Clinic("Praxis", ("Weg 3", "12345 Ort"))
        for clinic in (Clinic("x" * 201), Clinic("a\nb"), Clinic("a", ("x",) * 7), Clinic("a", ("x" * 101,))):
            with pytest.raises(UsageError, match="shorten it"):
                name_clinic(session, clinic, Doer())
