"""The report of a day: shown, signed, locked; a change makes a new version that names the one it replaces."""

import csv
import json
import re
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from fhir.resources.R4B import get_fhir_model_class
from playwright.sync_api import Page, expect

from rom.store.clinic import AuditRow, ReportRow
from rom.store.erase import erase_person
from rom.store.media import drop_unneeded
from rom.store.reports import reports_of
from rom.store.tables import ExamRow
from tests.web.conftest import Served
from tests.web.desk.looked_at import faults, reach
from tests.web.kept import keep_two_days

FILES = ("pdf", "csv", "fhir")
#: A machine that does other work too draws a report in some seconds.
SIGNED_MS = 30_000


@pytest.fixture
def tom(served: Served) -> tuple[str, date]:
    """Somebody with both ankles measured on two days, and the later one."""
    with served.store() as store:
        person_id, (_, last) = keep_two_days(store, "Tom Sign")
    return person_id, last


def correct(served: Served, person_id: str, day: date) -> None:
    """One examination of the day says something else from here on."""
    with served.store() as store, store.session() as session, session.begin():
        exam = session.query(ExamRow).filter_by(person_id=person_id, recorded_on=day).first()
        assert exam is not None
        assert exam.document is not None
        changed = dict(exam.document)
        changed["results"] = [
            row if row["value_deg"] is None else row | {"value_deg": row["value_deg"] - 0.5}
            for row in changed["results"]
        ]
        exam.document = changed


def files_of(page: Page, address: str, version: int) -> dict[str, bytes]:
    """The files of a version, as a browser gets them."""
    found = {role: page.request.get(f"{address}/{version}/{role}") for role in FILES}
    assert {answer.status for answer in found.values()} == {200}
    return {role: answer.body() for role, answer in found.items()}


def words_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(one.get_textpage().get_text_range() for one in document).split())


def report_in(bundle: bytes) -> dict[str, Any]:
    """The report of a bundle, after all of it was validated."""
    plain: dict[str, Any] = json.loads(bundle)
    get_fhir_model_class("Bundle").model_validate(plain)
    found: list[dict[str, Any]] = [
        entry["resource"] for entry in plain["entry"] if entry["resource"]["resourceType"] == "DiagnosticReport"
    ]
    (report,) = found
    return report


def name_the_clinic(page: Page) -> None:
    page.goto("/desk/clinic")
    reach(page, "Name")
    page.keyboard.press("Control+a")
    page.keyboard.type("Praxis am Park")
    reach(page, "Address")
    page.keyboard.press("Control+a")
    page.keyboard.type("Parkweg 3\n12345 Berlin")
    reach(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert faults(page) == []


def test_by_keyboard_from_the_draft_to_a_second_version(page: Page, served: Served, tom: tuple[str, date]) -> None:
    person_id, day = tom
    address = f"/desk/report/{person_id}/{day}"
    name_the_clinic(page)
    page.goto(address)
    expect(page.get_by_text("Not signed yet: a draft.")).to_be_visible()
    expect(page.get_by_text("Praxis am Park, Parkweg 3, 12345 Berlin")).to_be_visible()
    assert faults(page) == []
    assert "Draft: not signed." in words_of(page.request.get(f"{address}/draft.pdf").body())
    reach(page, "Your name, as it will stand on the report")
    page.keyboard.press("Control+a")
    page.keyboard.type("Dr. Ana Ruiz")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed: version 1. Nothing changed since.")).to_be_visible(timeout=SIGNED_MS)
    assert faults(page) == []
    first = files_of(page, address, 1)
    words = words_of(first["pdf"])
    for wanted in ("Praxis am Park", "12345 Berlin", "Tom Sign", "Version 1, signed on", "Signed by Dr. Ana Ruiz."):
        assert wanted in words
    assert "replaces" not in words
    assert report_in(first["fhir"])["status"] == "final"

    correct(served, person_id, day)
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("changed since version 1 was signed")
    assert faults(page) == []
    expect(page.get_by_label("Your name")).to_have_value("Dr. Ana Ruiz")
    reach(page, "Sign version 2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed: version 2. Nothing changed since.")).to_be_visible(timeout=SIGNED_MS)
    assert files_of(page, address, 1) == first, "what was signed stays as it was"
    second = files_of(page, address, 2)
    assert "It replaces version 1." in words_of(second["pdf"])
    amended = report_in(second["fhir"])
    assert amended["status"] == "amended"
    replaced = amended["extension"][0]["valueReference"]["identifier"]["value"]
    assert replaced == report_in(first["fhir"])["identifier"][0]["value"]
    numbers = [
        [row["value_deg"] for row in csv.DictReader(one["csv"].decode().splitlines())] for one in (first, second)
    ]
    assert numbers[0] != numbers[1]
    rows = page.get_by_role("region", name="Signed versions").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("version 1")
    expect(rows.first.get_by_role("link", name="Version 2 as PDF")).to_be_visible()
    with served.store() as store, store.session() as session:
        done = [row.id for row in reports_of(session, person_id)]
        noted = session.query(AuditRow).filter(AuditRow.about_id.in_(done)).all()
    assert [row.action for row in noted] == ["report signed"] * 2
    assert not any("Tom" in str(row.details) for row in noted)


def test_what_changed_while_it_was_looked_at_is_not_signed(
    page: Page, served: Served, tom: tuple[str, date]
) -> None:
    person_id, day = tom
    page.goto(f"/desk/report/{person_id}/{day}")
    correct(served, person_id, day)
    page.get_by_label("Your name").fill("Dr. A")
    page.get_by_role("button", name="Sign version 1").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was signed: the report changed while you looked")
    with served.store() as store, store.session() as session:
        assert reports_of(session, person_id) == []
    page.get_by_label("Your name").fill("   ")
    page.get_by_role("button", name="Sign version 1").click()
    expect(page.get_by_role("alert")).to_contain_text("please write the name of whoever signs")


def test_two_who_sign_at_once_make_one_version(page: Page, served: Served, tom: tuple[str, date]) -> None:
    """The second one saw the draft, and is shown the version that came before theirs."""
    person_id, day = tom
    address = f"/desk/report/{person_id}/{day}"
    page.goto(address)
    shown = page.locator("input[name=shown]").get_attribute("value") or ""
    sent = {"form": {"shown": shown, "signer": "Dr. B"}, "headers": {"Origin": served.address}}
    for _ in range(2):
        page.request.post(address, **sent)  # type: ignore[arg-type]
    with served.store() as store, store.session() as session:
        assert [row.version for row in reports_of(session, person_id)] == [1]
    with served.store() as store, store.session() as session, session.begin():
        assert drop_unneeded(session) == []


def test_days_people_and_files_that_are_not_there_are_404s(
    page: Page, served: Served, tom: tuple[str, date]
) -> None:
    person_id, day = tom
    for path in (
        f"/desk/report/nobody/{day}",
        f"/desk/report/{person_id}/yesterday",
        f"/desk/report/{person_id}/{day}/1/pdf",
        f"/desk/report/{person_id}/{day}/1/..%2fpdf",
        f"/desk/report/{person_id}/2020-01-01/draft.pdf",
        "/desk/person/nobody/record.zip",
    ):
        assert page.request.get(path).status == 404, path
    page.goto(f"/desk/report/{person_id}/2020-01-01")
    expect(page.get_by_text("Nothing was measured on this day.")).to_be_visible()


def test_the_whole_record_comes_as_a_zip_and_erasing_takes_all_of_it(
    page: Page, served: Served, tom: tuple[str, date]
) -> None:
    person_id, day = tom
    page.goto(f"/desk/report/{person_id}/{day}")
    page.get_by_label("Your name").fill("Dr. A")
    page.get_by_role("button", name="Sign version 1").click()
    expect(page.get_by_text("Signed: version 1.")).to_be_visible(timeout=SIGNED_MS)
    signed = files_of(page, f"/desk/report/{person_id}/{day}", 1)
    answer = page.request.get(f"/desk/person/{person_id}/record.zip")
    assert re.fullmatch(r'attachment; filename="ankle_record_[\d-]+\.zip"', answer.headers["content-disposition"])
    with zipfile.ZipFile(BytesIO(answer.body())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert archive.read(f"reports/{day} version 1/pdf.pdf") == signed["pdf"]
        actions = [row["action"] for row in json.loads(archive.read("audit.json"))]
    assert len([name for name in names if name.endswith("/examination.json")]) == 4
    assert actions == ["report signed", "record taken along"]
    with served.store() as store:
        erase_person(store, person_id)
        with store.session() as session:
            assert session.query(ReportRow).filter_by(person_id=person_id).count() == 0
        assert not [path for path in store.media.rglob("*.pdf") if path.read_bytes() == signed["pdf"]]
    assert page.request.get(f"/desk/report/{person_id}/{day}/1/pdf").status == 404
