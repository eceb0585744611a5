"""Reports of a day that a clinic signed: made once, kept with their files, never written again.

A signed row and the rows of its files are also held by the database itself (triggers of the migration), against
whatever else writes to it: every column but whose it is, which changes when two people turn out to be one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.records import Issued
from rom.store.audit import Doer, note
from rom.store.choices import choice, choose
from rom.store.clinic import ReportMediumRow, ReportRow
from rom.store.database import alone
from rom.store.media import known_medium
from rom.store.people import LABEL_LETTERS
from rom.store.readings import readings_of, standing
from rom.store.tables import MEASURED, ExamRow

#: What a report is kept as, role to the suffix of its file.
SUFFIXES = {"pdf": ".pdf", "csv": ".csv", "fhir": ".json"}
#: The choice that holds what the clinic is called.
CLINIC = "clinic"
ADDRESS_LINES, ADDRESS_LETTERS = 6, 100


@dataclass(frozen=True, slots=True)
class Clinic:
    """What stands at the head of a report."""

    name: str = ""
    address: tuple[str, ...] = ()


def clinic_of(session: Session) -> Clinic:
    """What the clinic is called; nothing where nobody has said it."""
    held = choice(session, CLINIC, {})
    return Clinic(held.get("name", ""), tuple(held.get("address", ())))


def name_clinic(session: Session, clinic: Clinic, doer: Doer) -> None:
    """Say what the clinic is called; reports that were signed before keep what they say.

    Raises
    ------
    UsageError : too long, or more lines than a letterhead has.
    """
    lines = [line.strip() for line in clinic.address if line.strip()]
    if len(clinic.name.strip()) > LABEL_LETTERS or not clinic.name.isprintable():
        raise UsageError(f"Expected the clinic's name on one line of at most {LABEL_LETTERS} letters; shorten it.")
    if len(lines) > ADDRESS_LINES or any(len(line) > ADDRESS_LETTERS or not line.isprintable() for line in lines):
        raise UsageError(
            f"Expected an address of at most {ADDRESS_LINES} lines of {ADDRESS_LETTERS} letters; shorten it."
        )
    choose(session, CLINIC, {"name": clinic.name.strip(), "address": lines})
    note(session, doer, "clinic named", "clinic")


def reports_of(session: Session, person_id: str, day: date | None = None) -> list[ReportRow]:
    """Somebody's reports, or those of a day, by day and version."""
    own = select(ReportRow).where(ReportRow.person_id == person_id)
    if day is not None:
        own = own.where(ReportRow.day == day)
    return [*session.scalars(own.order_by(ReportRow.day, ReportRow.version))]


def documents_on(session: Session, person_id: str, day: date) -> dict[str, str]:
    """What a report of a day is made of: each measured examination, and the SHA-256 of what is known of it.

    That is its document, and the readings that count beside it.
    """
    own = select(ExamRow).where(ExamRow.person_id == person_id, ExamRow.recorded_on == day)
    return {
        row.id: _sha256([row.document, [reading.id for reading in standing(readings_of(session, row.id))]])
        for row in session.scalars(own.where(ExamRow.state == MEASURED))
    }


def changed_since(report: ReportRow, documents: Mapping[str, str]) -> bool:
    """Whether a day's examinations are others, or say something else, than when the report was signed."""
    return bool(report.document.get("exams") != dict(documents))


def sign(
    session: Session,
    person_id: str,
    day: date,
    *,
    issued: Issued,
    documents: Mapping[str, str],
    files: Mapping[str, str],
    doer: Doer,
) -> ReportRow:
    """Keep a signed report, all of it in this transaction; from here on nothing of it changes.

    Parameters
    ----------
    issued : what stands on it. documents : what it was made of, from `documents_on`. files : role (`SUFFIXES`) to
        the SHA-256 of a kept file (`rom.store.media.put`).
    session : the store's, begun by ``begin()``.

    Raises
    ------
    UsageError : nobody is named as its signer; somebody else signed, or an examination changed, meanwhile.
    """
    alone(session)
    if not 0 < len(issued.signer.strip()) <= LABEL_LETTERS or not issued.signed:
        raise UsageError(f"Expected the name of whoever signs, at most {LABEL_LETTERS} letters; write it in.")
    before = reports_of(session, person_id, day)
    if (issued.version, issued.replaces) != following(before):
        raise UsageError(
            f"Expected to sign version {issued.version}, but another was signed meanwhile; look at that one first."
        )
    if not documents or documents_on(session, person_id, day) != dict(documents):
        raise UsageError(
            "Expected the examinations as they were shown, but one of them changed meanwhile; look at the report "
            "again, then sign it."
        )
    row = ReportRow(
        person_id=person_id,
        day=day,
        version=issued.version,
        account_id=doer.account_id,
        signer=issued.signer.strip(),
        clinic=issued.clinic,
        signed=datetime.fromisoformat(issued.signed),
        document=_held(issued, documents),
    )
    session.add(row)
    session.flush()
    for role, sha256 in files.items():
        known_medium(session, sha256)
        session.add(ReportMediumRow(report_id=row.id, role=role, sha256=sha256))
    note(session, doer, "report signed", "report", row.id, version=row.version, day=day.isoformat())
    session.flush()
    return row


def following(reports: list[ReportRow]) -> tuple[int, int | None]:
    """The version that comes after those of a day, and the one that it replaces."""
    last = max((row.version for row in reports), default=None)
    return (1, None) if last is None else (last + 1, last)


def _held(issued: Issued, documents: Mapping[str, str]) -> dict[str, Any]:
    """What a report says of itself, as JSON."""
    return {
        "exams": dict(documents),
        "address": [*issued.address],
        "replaces": issued.replaces,
        "urn": issued.urn,
        "signed": issued.signed,
    }


def _sha256(plain: object) -> str:
    """Of plain JSON, however its keys are ordered: a database and a backup may order them anew."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
