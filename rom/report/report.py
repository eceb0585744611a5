"""The report as a file: one self-contained web page, or a PDF for A4 or Letter."""

from pathlib import Path

from rom.errors import UsageError
from rom.records import Issued, Visit
from rom.report.language import Words
from rom.report.pages import report_of
from rom.report.patient_page import Pictures
from rom.report.tables import write_whole

#: Paper as it is asked for, and as style sheets and the typesetter name it.
PAPERS = {"a4": ("A4", "a4"), "letter": ("letter", "us-letter")}
SUFFIXES = (".html", ".pdf")


def write_report(
    visit: Visit, path: Path, *, language: str = "en", paper: str = "a4", pictures: Pictures | None = None
) -> None:
    """Write a visit as a report, whole or not at all.

    Parameters
    ----------
    path : ``.html`` or ``.pdf``; the suffix decides. The others : see `report_bytes`.

    Raises
    ------
    UsageError : another suffix, language or paper, no examination, or a folder that cannot be written to.
    RomError : the disk is full.
    """
    write_whole(path, report_bytes(visit, path.suffix, language=language, paper=paper, pictures=pictures))


def report_bytes(
    visit: Visit,
    suffix: str,
    *,
    language: str = "en",
    paper: str = "a4",
    pictures: Pictures | None = None,
    issued: Issued | None = None,
) -> bytes:
    """A visit as a report: a web page that needs no other file, or a tagged PDF (PDF/UA-1).

    Parameters
    ----------
    visit : what was measured, from `rom.exam.visit.visit_of`; at least one examination.
    suffix : ``.html`` or ``.pdf``. language : "en" or "es". paper : "a4" or "letter", for both.
    pictures : frames at the ends of the movements (`rom.report.peaks.peak_pictures`), of all examinations; where
        there is none, the leg is drawn from its landmarks.
    issued : by which clinic, signed by whom, which version; None for a report of one's own.

    Raises
    ------
    UsageError : another suffix, language or paper, or no examination.
    """
    if suffix.lower() not in SUFFIXES:
        raise UsageError(f"Expected a report to end in {' or '.join(SUFFIXES)}, but got '{suffix}'; name it so.")
    check_paper(paper)
    if not visit.exams:
        raise UsageError("Expected at least one examination to report on, but got none; measure a recording first.")
    report = report_of(visit, pictures or {}, Words(language), issued)
    for_web, for_print = PAPERS[paper]
    if suffix.lower() == ".html":
        from rom.report.web_page import web_page

        return web_page(report, for_web).encode("utf-8")
    from rom.report.print_page import print_page

    return print_page(report, for_print)


def check_paper(paper: str) -> None:
    """Refuse a paper that is not known."""
    if paper not in PAPERS:
        raise UsageError(f"Expected paper ({', '.join(PAPERS)}), but got '{paper}'; choose one.")
