"""``/desk/report/PERSON/DAY``: the report of a day as it will be, signing it, and every version that was signed."""

import hashlib
import json
from asyncio import to_thread
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Form
from nicegui import context, html, ui
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from rom.errors import RomError, UsageError
from rom.records import MOTIONS, HandReading, Issued, Side, Visit
from rom.report.content import Report
from rom.report.fhir import fhir_bundle
from rom.report.language import Words
from rom.report.pages import report_of
from rom.report.patient_page import Pictures
from rom.report.report import report_bytes
from rom.report.results_table import results_csv
from rom.report.web_page import web_parts
from rom.store.choices import choose
from rom.store.clinic import ReportRow
from rom.store.media import path_of, put, remove_files
from rom.store.readings import readings_of, standing
from rom.store.reports import (
    SUFFIXES,
    changed_since,
    clinic_of,
    documents_on,
    following,
    reports_of,
    sign,
)
from rom.store.tables import ExamRow, PersonRow, now
from rom.web.access import may
from rom.web.desk.asked import DayAsked, PersonAsked
from rom.web.desk.layout import cell, desk, table
from rom.web.desk.readings import camera_deg
from rom.web.desk.signer import SIGNER, signer_of
from rom.web.ground import Ground
from rom.web.pages.about import name_of
from rom.web.theme import actions, button, entry, link, note, trouble
from rom.web.visits import pictures_of, rows_on, visit_on
from rom.web.who import NotTheirs, Who, person_for, who_asks

#: Role of a file to its name on the page, and how a browser takes it.
FILES = {
    "pdf": ("PDF", "application/pdf"),
    "csv": ("CSV", "text/csv; charset=utf-8"),
    "fhir": ("FHIR", "application/fhir+json"),
}
assert FILES.keys() == SUFFIXES.keys()
#: A report is drawn beside what else the computer does: a page may take so long before it is given up.
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Day:
    """A day's report as it is now: what was measured, what was signed before, and what would stand on the next."""

    person: PersonRow
    day: date
    visit: Visit | None
    pictures: Pictures
    documents: Mapping[str, str]
    reports: Sequence[ReportRow]
    draft: Issued
    why_not: str = ""

    @property
    def shown(self) -> str:
        """Stands for the report as it is now: what is signed is what was looked at."""
        seen = asdict(replace(self.draft, signer="")) | {"exams": dict(self.documents)}
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()

    @property
    def changed(self) -> bool:
        """Whether the examinations changed since the last version."""
        return bool(self.reports) and changed_since(self.reports[-1], self.documents)


def register(app: FastAPI, ground: Ground) -> None:
    """The page, signing, and the files."""
    _page(ground)
    _signed(app, ground)
    _files(app, ground)


def _page(ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/report/{person_id}/{day}", response_timeout=PATIENCE_S)
    async def page(request: Request, person: PersonAsked, day: DayAsked, late: int = 0, unnamed: int = 0) -> None:
        found = await to_thread(_day, ground, who_asks(request), person, day)
        report = None if found.visit is None else await to_thread(_draft, found, say)
        title = say("Report of {day}", day=say.date(day.isoformat()))
        trail = [(say("People"), "/desk"), (name_of(person, say), f"/desk/person/{person.id}")]
        with desk(title, say, trail=trail):
            if late:
                trouble(say("Nothing was signed: the report changed while you looked at it. Please look again."))
            if unnamed:
                trouble(say("Nothing was signed: please write the name of whoever signs."))
            _standing(found, say)
            if found.reports:
                _versions(found, say)
            if report is None:
                note(say.sentence(found.why_not) or say("Nothing was measured on this day."))
                return
            _sign_form(found, say, ask=who_asks(request).account_id is None)
            html.h2(say("What will be signed"))
            with actions():
                link(say("The draft as PDF"), f"{_address(found)}/draft.pdf", "calm", target="_blank")
            for part in report.pages:
                with html.section(**{"aria-label": part.heading}):
                    html.p(part.heading).classes("rom-part")
                    ui.html(web_parts(part), sanitize=False).classes("rom-report")


def _standing(found: Day, say: Words) -> None:
    """Whether it is signed, and whether that still holds."""
    if not found.reports:
        html.p(say("Not signed yet: a draft."), role="status").classes("rom-said")
        return
    last = found.reports[-1]
    if found.changed:
        trouble(
            say(
                "The examinations of this day, or what was read beside them, changed since version {version} was "
                "signed. That version stays as it is; sign again, and version {next} says that it replaces it.",
                version=last.version,
                next=last.version + 1,
            )
        )
    else:
        words = say("Signed: version {version}. Nothing changed since.", version=last.version)
        html.p(words, role="status").classes("rom-said")


def _versions(found: Day, say: Words) -> None:
    """Every version that was signed, the last one first, with its files."""
    heads = [say(words) for words in ("Version", "Signed by", "Signed on", "Clinic", "Replaces", "Files")]
    with table(say("Signed versions"), heads, shown=True):
        for row in reversed(found.reports):
            with html.tr():
                html.th(str(row.version), scope="row")
                cell(row.signer, head=heads[1])
                cell("" if row.signed is None else f"{row.signed.astimezone():%Y-%m-%d %H:%M}", head=heads[2])
                cell(row.clinic or "–", head=heads[3])
                replaced = row.document.get("replaces")
                cell("–" if replaced is None else say("version {n}", n=replaced), head=heads[4])
                with html.td(**{"data-head": heads[5]}):
                    for file in sorted(row.files, key=lambda file: [*FILES].index(file.role)):
                        words = FILES[file.role][0]
                        to = f"{_address(found)}/{row.version}/{file.role}"
                        label = say("Version {version} as {form}", version=row.version, form=words)
                        html.a(words, href=to, **{"aria-label": label}).classes("rom-kept-as")


def _sign_form(found: Day, say: Words, *, ask: bool) -> None:
    """Signing. `ask` : for the name, where no account says it."""
    version = found.draft.version
    html.h2(say("Sign it") if version == 1 else say("Sign version {version}", version=version))
    with html.form(action=_address(found), method="post").classes("rom-sheet"):
        html.input_(type="hidden", name="shown", value=found.shown)
        with html.dl().classes("rom-facts"):
            html.dt(say("Clinic"))
            with html.dd():
                html.span(", ".join((found.draft.clinic, *found.draft.address)) or say("not named yet"))
                if may("GET", "/desk/clinic", who_asks(context.client.request)):
                    html.a(say("Change"), href="/desk/clinic").classes("rom-beside")
            html.dt(say("Patient"))
            html.dd(found.draft.patient or say("somebody without a name"))
            if not ask:
                html.dt(say("Signed by"))
                html.dd(found.draft.signer)
        if ask:
            entry(say("Your name, as it will stand on the report"), "signer", found.draft.signer, required=True)
        note(say("Once signed, PDF, table and FHIR bundle are kept as they are, and nobody can change them."))
        again = bool(found.reports) and not found.changed
        button(say("Sign version {version}", version=version), "calm" if again else "main")


def _signed(app: FastAPI, ground: Ground) -> None:
    @app.post("/desk/report/{person_id}/{day}")
    def signed(
        request: Request,
        person: PersonAsked,
        day: DayAsked,
        shown: Annotated[str, Form()] = "",
        signer: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        who = who_asks(request)
        found = _day(ground, who, person, day)
        name = found.draft.signer if who.account_id is not None else signer.strip()
        if not name:
            return RedirectResponse(f"{_address(found)}?unnamed=1", 303)
        if found.visit is None or shown != found.shown:
            return RedirectResponse(f"{_address(found)}?late=1", 303)
        _sign(ground, who, found, name)
        return RedirectResponse(_address(found), 303)


def _sign(ground: Ground, who: Who, found: Day, name: str) -> None:
    """Make the files, keep them, then the row of the report; files that no row came to need are taken away."""
    issued = _issued(found, name)
    kept: dict[str, str] = {}
    try:
        for role, made in _made(ground, found, issued).items():
            kept[role] = put(ground.store, made, SUFFIXES[role])
        with ground.store.session() as session, session.begin():
            person_for(session, who, found.person.id)
            documents, doer = found.documents, who.doer
            sign(session, found.person.id, found.day, issued=issued, documents=documents, files=kept, doer=doer)
            if who.account_id is None:
                choose(session, SIGNER, name)
    except BaseException:
        remove_files(ground.store, kept.values())
        raise


def _issued(found: Day, name: str) -> Issued:
    """What will stand on the report, signed now."""
    before = found.reports[-1].document if found.reports else {}
    return replace(
        found.draft,
        signer=name,
        signed=now().astimezone().isoformat(timespec="seconds"),
        urn=uuid4().urn,
        replaces_urn=str(before.get("urn", "")),
    )


def _made(ground: Ground, found: Day, issued: Issued) -> dict[str, bytes]:
    """The files of a report by their roles."""
    assert found.visit is not None
    pdf = report_bytes(found.visit, ".pdf", language=ground.language, pictures=found.pictures, issued=issued)
    bundle = fhir_bundle(found.visit, subject=found.person.id, pdf=pdf, issued=issued)
    text = json.dumps(bundle, indent=1, ensure_ascii=False, allow_nan=False)
    return {"pdf": pdf, "csv": results_csv(found.visit).encode("utf-8"), "fhir": f"{text}\n".encode()}


def _files(app: FastAPI, ground: Ground) -> None:
    """The draft, and the files of a version as they were signed."""

    @app.get("/desk/report/{person_id}/{day}/draft.pdf")
    def draft(request: Request, person: PersonAsked, day: DayAsked) -> Response:
        found = _day(ground, who_asks(request), person, day)
        if found.visit is None:
            raise NotTheirs("a report")
        made = report_bytes(
            found.visit, ".pdf", language=ground.language, pictures=found.pictures, issued=found.draft
        )
        return Response(made, media_type="application/pdf")

    @app.get("/desk/report/{person_id}/{day}/{version}/{role}")
    def file(person: PersonAsked, day: DayAsked, version: int, role: str) -> Response:
        with ground.store.session() as session:
            held = [
                path_of(ground.store, file.sha256)
                for row in reports_of(session, person.id, day)
                for file in row.files
                if (row.version, file.role) == (version, role)
            ]
        if not held:
            raise NotTheirs("a report")
        name = f"ankle_{day}_version{version}{SUFFIXES[role]}"
        how = "inline" if role == "pdf" else "attachment"
        return FileResponse(held[0], media_type=FILES[role][1], filename=name, content_disposition_type=how)


def _day(ground: Ground, who: Who, person: PersonRow, day: date) -> Day:
    """Everything of a day, read once."""
    with ground.store.session() as session:
        reports = reports_of(session, person.id, day)
        for report in reports:
            assert report.files is not None  # read now: the rows are used after the session
        documents = documents_on(session, person.id, day)
        clinic, signer = clinic_of(session), signer_of(session, who)
        readings = tuple(one for exam_id in documents for one in _readings(session, exam_id))
    version, replaces = following(reports)
    draft = Issued(
        clinic.name,
        clinic.address,
        person.label,
        version=version,
        replaces=replaces,
        signer=signer,
        readings=readings,
    )
    rows = rows_on(ground.store, person.id, day)
    try:
        visit, why_not = visit_on(ground.store, person.id, day), ""
    except RomError as error:
        visit, why_not = None, str(error)
    return Day(person, day, visit, pictures_of(ground.store, rows), documents, reports, draft, why_not)


def _readings(session: Session, exam_id: str) -> Iterator[HandReading]:
    """What was read beside an examination, the last of each rater, by motion."""
    exam = session.get_one(ExamRow, exam_id)
    results = (exam.document or {}).get("results")
    rows = standing(readings_of(session, exam_id))
    side: Side = "left" if exam.side == "left" else "right"
    for motion in MOTIONS:
        camera = camera_deg(results, side, motion)
        own = (row for row in rows if row.motion == motion)
        yield from (HandReading(exam.protocol, side, motion, row.degrees, camera, row.by) for row in own)


def _draft(found: Day, say: Words) -> Report:
    """The report as it would be."""
    if found.visit is None:
        raise UsageError("Expected a day on which something was measured, but nothing was; choose another.")
    return report_of(found.visit, found.pictures, say, found.draft)


def _address(found: Day) -> str:
    """The page of a day's report."""
    return f"/desk/report/{found.person.id}/{found.day}"
