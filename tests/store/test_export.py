"""Everything about a person, in a file that needs no rom."""

import json
import random
import zipfile
from pathlib import Path

import pytest

from rom.errors import UsageError
from rom.records import Issued
from rom.store import Store
from rom.store.audit import Doer
from rom.store.clinic import AccountRow, CareRow, CorrectionRow, NoteRow, UploadRow
from rom.store.export import export_person, person_zip
from rom.store.files import PIECE_BYTES
from rom.store.media import attach, path_of, put
from rom.store.readings import add_reading
from rom.store.reports import documents_on, sign
from rom.store.tables import Base, DraftRow, ExamRow
from tests.store.filled import DAY, DOCUMENT, SAID, Known, fill, measured, recorded


def test_everything_held_is_there_and_nothing_of_others(store: Store, tmp_path: Path) -> None:
    known = fill(store)
    file = tmp_path / "ada.zip"
    assert export_person(store, known.person, file) == 1
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    folder = f"exams/2026-03-01 seated left {known.exam}"
    beside = ("person", "drafts", "notes", "uploads", "account", "care", "audit")
    assert {*contents} == {f"{name}.json" for name in beside} | {
        f"{folder}/{name}"
        for name in (
            "exam.json",
            "examination.json",
            "original.webm",
            "overlay.mp4",
            "landmarks.landmarks.npz",
            "peak_dorsiflexion.jpg",
        )
    }
    person = json.loads(contents["person.json"])
    assert (person["label"], person["age_years"], person["age_said_on"]) == ("Ada", 12.0, "2026-03-01")
    exam = json.loads(contents[f"{folder}/exam.json"])
    assert (exam["said"], exam["jobs"][0]["state"], len(exam["media"])) == (SAID, "done", 4)
    assert json.loads(contents[f"{folder}/examination.json"]) == DOCUMENT
    assert "knöchel ✓" in contents[f"{folder}/examination.json"].decode(), "readable as it is"
    assert contents[f"{folder}/original.webm"] == b"video"
    assert [draft["answers"]["person_id"] for draft in json.loads(contents["drafts.json"])] == [known.person]
    assert b"Bob" not in b"".join(contents.values())


def test_a_recording_on_its_way_is_there_too(store: Store, tmp_path: Path) -> None:
    known = recorded(store)
    export_person(store, known.person, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.read(f"exams/2026-03-01 seated left {known.exam}/recording.webm") == b"video"


def test_a_file_that_is_lost_is_named_and_the_rest_is_there(store: Store, tmp_path: Path) -> None:
    known = fill(store)
    folder = f"exams/2026-03-01 seated left {known.exam}"
    with store.session() as session:
        exam = session.get_one(ExamRow, known.exam)
        lost = next(path_of(store, row.sha256) for row in exam.media if row.role == "overlay")
    lost.unlink()
    assert export_person(store, known.person, tmp_path / "x.zip") == 1
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("missing.json")) == [f"{folder}/overlay.mp4"]
        assert archive.read(f"{folder}/original.webm") == b"video"
        assert f"{folder}/overlay.mp4" not in archive.namelist()


def test_every_column_that_is_about_a_person_is_exported(store: Store, tmp_path: Path) -> None:
    """A column that is added later is in the export without anybody thinking of it."""
    known = measured(store)
    with store.session() as session, session.begin():
        session.add(DraftRow(answers={"exams": [known.exam]}))
    in_the_clinic(store, known)
    export_person(store, known.person, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        read = {
            name.split("/")[-1]: json.loads(archive.read(name)) for name in archive.namelist() if "json" in name
        }
    exam = read["exam.json"]
    held = {
        "people": read["person.json"],
        "exams": exam | {"document": read["examination.json"], "automatic": read["automatic.json"]},
        "exam_media": exam["media"][0],
        "jobs": exam["jobs"][0],
        "corrections": exam["corrections"][0],
        "readings": exam["readings"][0],
        "drafts": read["drafts.json"][0],
        "notes": read["notes.json"][0],
        "uploads": read["uploads.json"][0],
        "accounts": read["account.json"][0] | {"password_hash": "no one's to see"},
        "care": read["care.json"][0],
        "reports": read["report.json"],
        "report_media": read["report.json"]["files"][0],
        "audit": read["audit.json"][0],
    }
    for name, values in held.items():
        assert {*values} >= {column.name for column in Base.metadata.tables[name].columns}, name
    untold = {"sign_ins", "tokens", "sign_in_attempts", "choices", "media"}  # of browsers, programs, the store
    assert {*Base.metadata.tables} == {*held} | untold, "a table that is added later is thought of"


def test_a_clinics_whole_record_has_reports_with_their_files_and_no_secret(store: Store, tmp_path: Path) -> None:
    known = measured(store)
    in_the_clinic(store, known)
    other = measured(store, label="Bob", mark=b"2")
    in_the_clinic(store, other, "Bob's note")
    export_person(store, known.person, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents[f"reports/{DAY} version 1/pdf.pdf"] == b"%PDF Ada's note"
    assert [row["text"] for row in json.loads(contents["notes.json"])] == ["Ada's note"]
    assert {row["action"] for row in json.loads(contents["audit.json"])} == {"reading added", "report signed"}
    whole = b"".join(contents.values())
    assert b"Bob" not in whole
    assert other.exam.encode() not in whole
    assert b"$argon2" not in whole


def test_a_large_record_is_sent_in_small_pieces(store: Store, tmp_path: Path) -> None:
    """The whole is 24 MB; no more than a file's piece of it is held at a time."""
    known = measured(store)
    sha256 = put(store, random.Random(1).randbytes(24 << 20), ".mp4")
    with store.session() as session, session.begin():
        attach(session, known.exam, "overlay", sha256)
    whole, largest = 0, 0
    with (tmp_path / "x.zip").open("wb") as file:
        for piece in person_zip(store, known.person):
            whole, largest = whole + len(piece), max(largest, len(piece))
            file.write(piece)
    assert whole > 24 << 20
    assert largest < 2 * PIECE_BYTES
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None


def in_the_clinic(store: Store, known: Known, words: str = "Ada's note") -> None:
    """A row of everything that a clinic adds to what is held about somebody."""
    mark = words.partition("'")[0]
    pdf = put(store, f"%PDF {words}".encode(), ".pdf")
    with store.session() as session, session.begin():
        account = AccountRow(name=mark.lower(), role="patient", password_hash="$argon2id", person_id=known.person)
        session.add(account)
        session.flush()
        session.add(NoteRow(person_id=known.person, text=words))
        session.add(CareRow(account_id=account.id, person_id=known.person))
        session.add(UploadRow(person_id=known.person, exam_id=known.exam, size=1))
        session.add(CorrectionRow(exam_id=known.exam, kind="side"))
        session.get_one(ExamRow, known.exam).automatic = DOCUMENT
        add_reading(session, known.exam, motion="dorsiflexion", degrees=12.0, by="Dr. A", doer=Doer())
        sign(
            session,
            known.person,
            DAY,
            issued=Issued(signer="Dr. A", signed="2026-03-02T10:00:00+01:00"),
            documents=documents_on(session, known.person, DAY),
            files={"pdf": pdf},
            doer=Doer(),
        )


def test_nobody_and_a_file_that_is_there_are_refused(store: Store, tmp_path: Path) -> None:
    known = measured(store)
    with pytest.raises(UsageError, match="there is no 'somebody'"):
        export_person(store, "somebody", tmp_path / "x.zip")
    (tmp_path / "x.zip").write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        export_person(store, known.person, tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_text() == "precious"
