"""What was in a patient's ``.rom`` file becomes examinations of somebody: all of them, or none."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from rom.errors import UsageError
from rom.exam.protocols import protocol
from rom.exam.visit import check_one_person
from rom.exchange import Opened
from rom.records import Examination, Person, Side
from rom.report.language import Words
from rom.report.naming import person_words
from rom.store import Store
from rom.store.audit import note
from rom.store.clinic import THERAPIST, CareRow
from rom.store.exams import BROUGHT, add_exam
from rom.store.media import attach, put, remove_files
from rom.store.people import add_person, person_of
from rom.store.tables import MEASURED, ExamRow, PersonRow
from rom.web.ground import today
from rom.web.who import Who, person_for

#: In the choice of a person: somebody who is not there yet.
NEW = "new"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was opened and waits to be taken over."""

    folder: Path
    sha256: str
    opened: Opened

    @property
    def id(self) -> str:
        """Its name in an address."""
        return self.folder.name


def brought_words(row: ExamRow, say: Words) -> str:
    """That an examination came in a file, when that was saved, and by which version; empty where it did not."""
    told = row.said.get(BROUGHT)
    if told is None:
        return ""
    return say(
        "Brought in from a patient's file, saved on {day} by rom {version}: it was measured there.",
        day=say.date(told["made"]),
        version=told["version"],
    )


def said_of(opened: Opened) -> Person:
    """Whom the file says it is of: the latest examination that says anything."""
    people = [one.exam.person for one in sorted(opened.exams, key=lambda one: one.exam.day)]
    return next((person for person in reversed(people) if person != Person()), Person())


def side_of(exam: Examination) -> Side:
    """The ankle that an examination is of: the one that was measured, else the one nearer to the camera."""
    measured = [result.side for result in exam.results if result.value_deg is not None]
    near = [summary.side for summary in exam.sides if summary.near]
    return next(iter([*(side for side in measured if side in near), *measured, *near]), "right")


def why_not(store: Store, who: Who, found: Waiting, person_id: str) -> str:
    """Why the file cannot be this person's; empty where it can."""
    with store.session() as session:
        if not person_id:
            return "Expected the person whose file it is; choose one, or somebody new."
        try:
            _check_exams(found.opened)
            if person_id != NEW:
                _check_whose(session, person_for(session, who, person_id), found)
        except UsageError as error:
            return str(error)
    return ""


def _check_exams(opened: Opened) -> None:
    """Refuse exams that nobody here knows, and days that are still to come: east of here it may be tomorrow."""
    for one in opened.exams:
        protocol(one.exam.protocol.name)
    last = max(date.fromisoformat(one.exam.day) for one in opened.exams)
    if last > today() + timedelta(days=1):
        raise UsageError(
            f"Expected examinations up to today, but one is of {last}; check the date of this computer."
        )


def _check_whose(session: Session, person: PersonRow, found: Waiting) -> None:
    """Refuse a file that was taken over before, or that is somebody else's by sex or age."""
    rows = session.execute(select(ExamRow.said, ExamRow.created).where(ExamRow.person_id == person.id))
    for said, created in rows:
        if said.get(BROUGHT, {}).get("sha256") == found.sha256:
            raise UsageError(
                f"Expected a file that is new, but this one was taken over on {created:%Y-%m-%d} already; look at "
                "the examinations that it became."
            )
    for one in found.opened.exams:
        known = person_of(person, date.fromisoformat(one.exam.day))
        try:
            check_one_person([one.exam, replace(one.exam, person=known)], [])
        except UsageError as error:
            there, here = (", ".join(person_words(who, Words())) for who in (one.exam.person, known))
            raise UsageError(
                f"Expected a file of the person who was chosen, but it is of somebody else ({there}; noted here: "
                f"{here}); choose another, or correct what is noted."
            ) from error


def take_over(store: Store, who: Who, found: Waiting, person_id: str, label: str = "") -> str:
    """Make the file's measurements examinations of somebody, all of them or none; the person's ID.

    Parameters
    ----------
    person_id : of theirs, or "new": somebody called `label`, with the age and sex that the file says.
    """
    kept: dict[Path, str] = {}
    try:
        for one in found.opened.exams:
            for path in one.files.values():
                kept[path] = put(store, path, "".join(path.suffixes))
        with store.session() as session, session.begin():
            person = _person(session, who, found, person_id, label)
            for number in range(1, len(found.opened.exams) + 1):
                _add(session, who, found, person, number, kept)
    except BaseException:
        remove_files(store, kept.values())
        raise
    return person.id


def _person(session: Session, who: Who, found: Waiting, person_id: str, label: str) -> PersonRow:
    """Whose it is; somebody new is cared for by whoever opened it."""
    if person_id != NEW:
        return person_for(session, who, person_id)
    last = max(date.fromisoformat(one.exam.day) for one in found.opened.exams)
    person = add_person(session, said_of(found.opened), label=label, said_on=last)
    if who.role == THERAPIST and who.account_id is not None:
        session.add(CareRow(account_id=who.account_id, person_id=person.id))
    note(session, who.doer, "person added", "person", person.id)
    return person


def _add(session: Session, who: Who, found: Waiting, person: PersonRow, number: int, kept: dict[Path, str]) -> None:
    """One examination of the file as a row, with its files."""
    one = found.opened.exams[number - 1]
    exam = one.exam
    said = {
        "footwear": exam.footwear,
        "moved_by": "" if exam.protocol.regime == "not_told" else exam.protocol.regime,
        "symptoms": exam.to_dict()["symptoms"],
        BROUGHT: {
            "sha256": found.sha256,
            "number": number,
            "made": found.opened.made,
            "version": found.opened.version,
        },
    }
    row = add_exam(
        session,
        person.id,
        protocol=exam.protocol.name,
        side=side_of(exam),
        recorded_on=date.fromisoformat(exam.day),
        said=said,
    )
    named = replace(exam, recording=replace(exam.recording, source=f"{row.id}.rom"))  # no two are mixed up
    row.document, row.state = named.to_dict(), MEASURED
    for role, path in one.files.items():
        attach(session, row.id, role, kept[path])
    note(session, who.doer, "exam brought in", "exam", row.id, number=number)
