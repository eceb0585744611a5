"""A visit as a report: what stands on its pages, before it looks like anything."""

from rom.records import Issued, Visit
from rom.report.content import Report
from rom.report.language import Words
from rom.report.naming import person_words
from rom.report.patient_page import Pictures, patient_page
from rom.report.provider_page import provider_page


def report_of(visit: Visit, pictures: Pictures, say: Words, issued: Issued | None = None) -> Report:
    """The content of a report: one page for the person, one for the provider; `issued` : by a clinic."""
    last = max(visit.exams, key=lambda exam: exam.created)
    foot = say("rom {version}. An aid for measuring and following up; not a diagnosis.", version=last.version)
    readings = () if issued is None else issued.readings
    who = [issued.patient] if issued is not None and issued.patient else []
    return Report(
        language=say.language,
        title=say("How far your ankle moves"),
        facts=(say.date(last.day), *who, *person_words(last.person, say)),
        created=last.created if issued is None or not issued.signed else issued.signed,
        pages=(
            patient_page(visit, pictures, say),
            provider_page(visit, say, readings),
        ),
        foot=foot if issued is None else f"{foot} {signed_words(issued, say)[0]}",
        letterhead=() if issued is None else tuple(line for line in (issued.clinic, *issued.address) if line),
        signed=() if issued is None else signed_words(issued, say),
    )


def signed_words(issued: Issued, say: Words) -> tuple[str, ...]:
    """Which version it is, who signed it and when; or that nobody has."""
    if not issued.signed:
        return (say("Draft: not signed."),)
    words = [say("Version {version}, signed on {day}.", version=issued.version, day=say.date(issued.signed))]
    if issued.replaces is not None:
        words.append(say("It replaces version {version}.", version=issued.replaces))
    return (*words, say("Signed by {name}.", name=issued.signer))
