"""Everything about a person, in a file that needs no rom."""

import json
import zipfile
from pathlib import Path

import pytest

from rom.errors import UsageError
from rom.store import Store
from rom.store.export import export_person
from rom.store.tables import Base, DraftRow
from tests.store.filled import DOCUMENT, SAID, fill, measured, recorded


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
    }
    for name, values in held.items():
        assert {*values} >= {column.name for column in Base.metadata.tables[name].columns}, name


def test_nobody_and_a_file_that_is_there_are_refused(store: Store, tmp_path: Path) -> None:
    known = measured(store)
    with pytest.raises(UsageError, match="there is no 'somebody'"):
        export_person(store, "somebody", tmp_path / "x.zip")
    (tmp_path / "x.zip").write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        export_person(store, known.person, tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_text() == "precious"
