"""Everything about a person, in a file that needs no rom."""

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.store import Store
from rom.store.clinic import CorrectionRow, NoteRow, ReadingRow, ReportMediumRow, ReportRow, UploadRow
from rom.store.export import export_person
from rom.store.tables import Base, DraftRow, MediumRow
from tests.store.filled import DAY, DOCUMENT, SAID, Known, fill, measured, recorded


def test_everything_held_is_there_and_nothing_of_others(store: Store, tmp_path: Path) -> None:
    known = fill(store)
    file = tmp_path / "ada.zip"
    assert export_person(store, known.person, file) == 1
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    folder = f"exams/2026-03-01 seated left {known.exam}"
    assert {*contents} == {"person.json", "drafts.json", "notes.json", "uploads.json"} | {
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


def test_every_column_that_is_about_a_person_is_exported(store: Store, tmp_path: Path) -> None:
    """A column that is added later is in the export without anybody thinking of it."""
    known = measured(store)
    with store.session() as session, session.begin():
        session.add(DraftRow(answers={"exams": [known.exam]}))
        by_hand(session, known)
    export_person(store, known.person, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        read = {
            name.split("/")[-1]: json.loads(archive.read(name)) for name in archive.namelist() if "json" in name
        }
    held = {
        "people": read["person.json"],
        "exams": read["exam.json"] | {"document": read["examination.json"]},
        "exam_media": read["exam.json"]["media"][0],
        "jobs": read["exam.json"]["jobs"][0],
        "drafts": read["drafts.json"][0],
        "notes": read["notes.json"][0],
        "uploads": read["uploads.json"][0],
        "corrections": read["exam.json"]["corrections"][0],
        "readings": read["exam.json"]["readings"][0],
        "reports": read["report.json"],
        "report_media": read["report.json"]["media"][0],
    }
    for name, values in held.items():
        assert {*values} >= {column.name for column in Base.metadata.tables[name].columns}, name


def by_hand(session: Session, known: Known) -> None:
    """What a clinic has about somebody: a note, a correction, a reading, a report with a file, an upload."""
    sha256 = session.scalars(select(MediumRow.sha256)).first()
    report = ReportRow(person_id=known.person, day=DAY, files=[ReportMediumRow(role="pdf", sha256=sha256)])
    session.add_all(
        [
            NoteRow(person_id=known.person, text="ice"),
            UploadRow(person_id=known.person, exam_id=known.exam, name="knee.mp4", size=5),
            CorrectionRow(exam_id=known.exam, kind="side"),
            ReadingRow(exam_id=known.exam, motion="dorsiflexion", degrees=12.0),
            report,
        ]
    )


def test_files_of_a_report_are_in_a_folder_of_its_version(store: Store, tmp_path: Path) -> None:
    known = measured(store)
    with store.session() as session, session.begin():
        by_hand(session, known)
    export_person(store, known.person, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        inside = [name for name in archive.namelist() if name.startswith("reports/")]
    assert len(inside) == 2
    assert inside[0] == "reports/2026-03-01 version 1/report.json"
    assert inside[1].startswith("reports/2026-03-01 version 1/pdf.")


def test_nobody_and_a_file_that_is_there_are_refused(store: Store, tmp_path: Path) -> None:
    known = measured(store)
    with pytest.raises(UsageError, match="there is no 'somebody'"):
        export_person(store, "somebody", tmp_path / "x.zip")
    (tmp_path / "x.zip").write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        export_person(store, known.person, tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_text() == "precious"
