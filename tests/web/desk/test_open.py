"""A patient's file at the desk: shown before anything is kept, taken over whole, refused where it is not right."""

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rom.errors import RomError
from rom.exchange import ExamParts, Opened, OpenedExam, unpack_rom, unpacked, write_rom
from rom.pose.recorded import load_people
from rom.records import Examination, Person, ProtocolUse
from rom.report.tables import write_landmarks
from rom.samples import sample_folder
from rom.store import Store, open_store
from rom.store.clinic import THERAPIST, AccountRow, AuditRow, CareRow
from rom.store.exams import exams_of
from rom.store.tables import MEASURED, ExamRow, PersonRow
from rom.web.desk.brought import NEW, Waiting, side_of, take_over, why_not
from rom.web.desk.opening import TOLD, WAITS_S, _check_room, _forget_old, _taking
from rom.web.visits import media_of, visit_on
from rom.web.who import LOCAL, NotTheirs, Who
from tests.report.visits import exam_of, mirrored, shifted
from tests.test_exchange import jpeg
from tests.web.conftest import Served
from tests.web.desk.looked_at import faults, reach
from tests.web.kept import keep_person

WOMAN = Person(34.0, "female")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(folder=tmp_path / "store") as opened:
        yield opened


def made(folder: Path, name: str = "Ana", who: Person = WOMAN, by_deg: float = 0.0) -> Path:
    """A file as the patient's app saves it: both ankles of a day, one with everything beside it."""
    right = replace(exam_of("seated_right", "seated"), person=who)
    right = shifted(right, by_deg, right.created)
    write_landmarks(right, folder / "l.landmarks.npz")
    (folder / "up.jpg").write_bytes(jpeg())
    whole = {
        "landmarks": folder / "l.landmarks.npz",
        "peak_dorsiflexion": folder / "up.jpg",
        "overlay": sample_folder() / "seated_right.mp4",
    }
    path = folder / "visit.rom"
    write_rom(path, [ExamParts(right.to_dict(), whole), ExamParts(mirrored(right).to_dict(), {})], name=name)
    return path


def opened(path: Path, folder: Path) -> Waiting:
    """As the page has it."""
    folder.mkdir()
    return Waiting(folder, "f" * 64, unpacked(unpack_rom(str(path), str(folder)), folder))


def test_by_keyboard_a_file_becomes_examinations_of_somebody_new(
    page: Page, served: Served, tmp_path: Path
) -> None:
    path = made(tmp_path, "Ana File")
    page.goto("/desk/open")
    assert faults(page) == []
    page.get_by_label("The file", exact=True).set_input_files(path)  # the system's own window of files
    reach(page, "Check and show it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/open/*")
    expect(page.get_by_role("heading", name="What is in the file")).to_be_visible()
    expect(page.get_by_text("Nothing of it is kept yet.")).to_be_visible()
    expect(page.get_by_text("The file says: Ana File, 34 years, female.")).to_be_visible()
    expect(page.get_by_text("landmarks: it can be measured again here")).to_have_count(1)
    expect(page.get_by_role("img", name="Dorsiflexion, the frame at its end")).to_be_visible()
    assert faults(page) == []
    with served.store() as store, store.session() as session:
        assert session.query(PersonRow).filter_by(label="Ana File").count() == 0
    reach(page, "Person")
    page.keyboard.type("Somebody new")
    reach(page, "Take it over")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/person/*")
    expect(page.get_by_text("Brought in from a patient's file.")).to_have_count(2)
    page.get_by_role("link", name="Seated, knee bent, foot free: Right ankle").click()
    expect(page.get_by_text("Brought in from a patient's file, saved on")).to_be_visible()
    expect(page.get_by_role("button", name="Add the reading")).to_be_visible()
    with served.store() as store:
        with store.session() as session:
            (person,) = session.query(PersonRow).filter_by(label="Ana File")
            rows = exams_of(session, person.id)
            noted = session.query(AuditRow).filter(AuditRow.about_id.in_([row.id for row in rows])).all()
        assert (person.age_years, person.sex) == (34.0, "female")
        assert [(row.side, row.state, row.protocol) for row in rows] == [
            ("right", MEASURED, "seated"),
            ("left", MEASURED, "seated"),
        ]
        assert [row.action for row in noted] == ["exam brought in"] * 2
        assert all(row.said["brought"]["version"] for row in rows)
        files = media_of(store, rows[0].id)
        assert {*files} == {"landmarks", "peak_dorsiflexion", "overlay"}
        assert len(load_people(files["landmarks"]).time_s) > 100
        visit = visit_on(store, person.id, rows[0].recorded_on)
        assert visit is not None
        assert len({exam.recording.source for exam in visit.exams}) == 2
        assert not list(store.work.glob(f"*/{TOLD}"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("a video", "Expected a .rom file that the patient's app saved, but this is none; choose another."),
        ("nothing", "Expected a .rom file that the patient's app saved, but this is none; choose another."),
        ("a torn file", "This file is damaged or was not made by rom (it does not end as an archive does)"),
        ("a changed number", "This file is damaged or was not made by rom ('exams/1/peak_dorsiflexion.jpg'"),
        ("a bomb", "This file is damaged or was not made by rom ('manifest.json' would unpack to 67 MB)"),
    ],
)
def test_what_is_no_file_of_ours_is_refused_in_a_sentence(
    page: Page, served: Served, tmp_path: Path, kind: str, words: str
) -> None:
    path = spoilt(made(tmp_path), kind)
    page.goto("/desk/open")
    page.get_by_label("The file", exact=True).set_input_files(path)
    page.get_by_role("button", name="Check and show it").click()
    said = page.locator(".rom-trouble")
    expect(said).to_contain_text(words)
    assert str(served.folder) not in said.inner_text()
    assert faults(page) == []
    with served.store() as store:
        assert not list(store.work.iterdir()), "nothing of it is left"


def spoilt(path: Path, kind: str) -> Path:
    """A file that only looks like one, or did."""
    data = path.read_bytes()
    if kind == "a video":
        return sample_folder() / "seated_right.mp4"
    if kind == "a bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("manifest.json", b" " * (64 << 20))
        return path
    with zipfile.ZipFile(path) as archive:
        start = data.index(archive.read("exams/1/peak_dorsiflexion.jpg"))
    changed = data[: start + 40] + bytes([data[start + 40] ^ 1]) + data[start + 41 :]
    path.write_bytes({"nothing": b"", "a torn file": data[: len(data) // 2], "a changed number": changed}[kind])
    return path


def test_a_file_is_of_one_person_and_is_taken_over_once(store: Store, tmp_path: Path) -> None:
    found = opened(made(tmp_path), tmp_path / "opened")
    man = keep_person(store, "Tom")
    other_sex = why_not(store, LOCAL, found, man)
    assert "it is of somebody else (34 years, female; noted here: 45 years, male, ballet)" in other_sex
    assert "choose one, or somebody new" in why_not(store, LOCAL, found, "")
    assert why_not(store, LOCAL, found, NEW) == ""
    whose = take_over(store, LOCAL, found, NEW, "Ana")
    again = why_not(store, LOCAL, found, whose)
    assert "was taken over on" in again
    with store.session() as session:
        assert len(exams_of(session, whose)) == 2
    with store.session() as session, session.begin():
        session.get_one(PersonRow, whose).age_years = 12.0
    other = replace(found, sha256="e" * 64)
    assert "(34 years, female; noted here: 12 years, female)" in why_not(store, LOCAL, other, whose)


def test_a_day_that_is_still_to_come_is_refused(store: Store, tmp_path: Path) -> None:
    found = opened(made(tmp_path), tmp_path / "opened")
    exams = tuple(replace(one, exam=replace(one.exam, recorded_on="2999-01-01")) for one in found.opened.exams)
    late = replace(found, opened=replace(found.opened, exams=exams))
    assert "but one is of 2999-01-01" in why_not(store, LOCAL, late, NEW)


def test_an_exam_that_nobody_knows_is_refused(store: Store, tmp_path: Path) -> None:
    found = opened(made(tmp_path), tmp_path / "opened")
    exams = tuple(
        replace(one, exam=replace(one.exam, protocol=ProtocolUse("=cmd|' /C calc'!A0", "active")))
        for one in found.opened.exams
    )
    odd = replace(found, opened=replace(found.opened, exams=exams))
    assert why_not(store, LOCAL, odd, NEW).startswith("Expected a protocol")


def test_two_clicks_take_a_file_over_once(tmp_path: Path) -> None:
    (tmp_path / TOLD).write_text("{}")
    with pytest.raises(RuntimeError), _taking(tmp_path):
        raise RuntimeError
    assert (tmp_path / TOLD).exists(), "it can be tried again"
    with _taking(tmp_path), pytest.raises(NotTheirs), _taking(tmp_path):
        raise AssertionError("both would take it over")
    assert not tmp_path.exists()


def test_a_file_for_which_there_is_no_room_is_refused(tmp_path: Path) -> None:
    _check_room(tmp_path, "1000")
    with pytest.raises(RomError, match="no room for this file"):
        _check_room(tmp_path, str(1 << 60))


def test_somebody_new_is_cared_for_by_whoever_opened_the_file(store: Store, tmp_path: Path) -> None:
    found = opened(made(tmp_path), tmp_path / "opened")
    with store.session() as session, session.begin():
        account = AccountRow(name="t", role=THERAPIST, password_hash="")
        session.add(account)
    who = Who("therapist", account.id, "t")
    whose = take_over(store, who, found, NEW, "Ana")
    with store.session() as session:
        assert session.get(CareRow, (account.id, whose)) is not None
    stranger = keep_person(store, "Eve")
    with pytest.raises(NotTheirs):
        take_over(store, who, found, stranger)
    with store.session() as session:
        assert exams_of(session, stranger) == []


def test_a_file_that_cannot_be_kept_leaves_nothing(store: Store, tmp_path: Path) -> None:
    """The last of its files is not there any more: no row, no file, nobody new."""
    found = opened(made(tmp_path), tmp_path / "opened")
    one = found.opened.exams[0]
    torn = OpenedExam(one.exam, {**one.files, "peak_plantar_flexion": tmp_path / "gone.jpg"})
    broken = replace(found, opened=Opened("2026-11-01", "1", "", (torn,)))
    with pytest.raises(Exception, match=r"keep the file"):
        take_over(store, LOCAL, broken, NEW, "Ana")
    with store.session() as session:
        assert session.query(PersonRow).count() == session.query(ExamRow).count() == 0
    assert not [path for path in store.media.rglob("*") if path.is_file()]


def test_the_ankle_is_the_one_that_was_measured() -> None:
    exam = exam_of("seated_right", "seated")
    assert (side_of(exam), side_of(mirrored(exam))) == ("right", "left")
    nothing: Examination = replace(exam, results=())
    assert side_of(nothing) == "right"


def test_what_nobody_took_over_goes_after_an_hour(store: Store) -> None:
    for name, age_s in (("a" * 32, WAITS_S + 60), ("b" * 32, 60)):
        (store.work / name).mkdir()
        told = store.work / name / TOLD
        told.write_text(json.dumps({}))
        then = told.stat().st_mtime - age_s
        os.utime(told, (then, then))
    (store.work / "job").mkdir()
    _forget_old(store)
    assert {path.name for path in store.work.iterdir()} == {"b" * 32, "job"}


def test_what_another_process_wrote_is_looked_at_again(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    told = unpack_rom(str(made(tmp_path)), str(tmp_path / "o"))
    told["files"][0]["overlay"] = "/etc/passwd"
    told["files"][0]["original"] = "/etc/passwd"
    found = unpacked(told, tmp_path / "o")
    assert {*found.exams[0].files} == {"landmarks", "peak_dorsiflexion", "overlay"}
    assert all(path.parent == tmp_path / "o" for path in found.exams[0].files.values())
    (tmp_path / "o" / "exam1.json").write_text("{}")
    with pytest.raises(Exception, match="Expected an examination"):
        unpacked(told, tmp_path / "o")


def test_an_opened_file_is_nobody_elses_and_can_be_put_away(page: Page, served: Served, tmp_path: Path) -> None:
    page.goto("/desk/open")
    page.get_by_label("The file", exact=True).set_input_files(made(tmp_path))
    page.get_by_role("button", name="Check and show it").click()
    page.wait_for_url("**/desk/open/*")
    address = page.url
    assert page.request.get(f"{address}/1/peak_dorsiflexion").headers["content-type"] == "image/jpeg"
    for path in ("/9/overlay", "/0/overlay", "/1/landmarks", "/1/..%2Fopened.json"):
        assert page.request.get(f"{address}{path}").status == 404, path
    (told,) = (served.folder / "work").glob(f"*/{TOLD}")
    held = json.loads(told.read_text())
    told.write_text(json.dumps(held | {"account": "somebody else's"}))
    assert page.request.get(address).status == 404
    told.write_text(json.dumps(held))
    page.get_by_role("button", name="Put it away").click()
    expect(page.get_by_text("Put away; nothing of it was kept.")).to_be_visible()
    assert page.request.get(address).status == 404
    assert not told.parent.exists()
    assert page.request.get("/desk/open/..%2F..%2Fmedia").status == 404


def test_the_days_of_a_file_are_those_that_it_says(store: Store, tmp_path: Path) -> None:
    found = opened(made(tmp_path), tmp_path / "opened")
    whose = take_over(store, LOCAL, found, NEW, "Ana")
    with store.session() as session:
        rows = exams_of(session, whose)
        person = session.get_one(PersonRow, whose)
    assert {row.recorded_on for row in rows} == {date(2026, 11, 24)}
    assert person.age_said_on == date(2026, 11, 24)
