"""A visit as a report: what stands on its pages, before it looks like anything."""

from rom.records import Visit
from rom.report.content import Report
from rom.report.language import Words
from rom.report.naming import person_words
from rom.report.patient_page import Pictures, patient_page
from rom.report.provider_page import provider_page


def report_of(visit: Visit, pictures: Pictures, say: Words) -> Report:
    """The content of a report: one page for the person, one for the provider."""
    last = max(visit.exams, key=lambda exam: exam.created)
    return Report(
        language=say.language,
        title=say("How far your ankle moves"),
        facts=(say.date(last.day), *person_words(last.person, say)),
        created=last.created,
        pages=(patient_page(visit, pictures, say), provider_page(visit, say)),
        foot=say("rom {version}. An aid for measuring and following up; not a diagnosis.", version=last.version),
    )
