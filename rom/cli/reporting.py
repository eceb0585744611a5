"""``rom report``: examinations of one visit become one report, or a record for a clinic."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rom.cli.asked import goals_of
from rom.cli.shell import app, err, out
from rom.cli.shown import about
from rom.errors import UsageError
from rom.exam.visit import visit_of
from rom.records import Examination, Motion, Side, Visit
from rom.report.patient_page import Pictures
from rom.report.targets import check_targets

Exams = Annotated[
    list[Path],
    typer.Argument(metavar="EXAM.json...", help="Examinations of one visit (rom measure --json), or F.rom files."),
]
Before = Annotated[list[Path] | None, typer.Option(help="An examination of an earlier visit; may be said again.")]
Goals = Annotated[list[str] | None, typer.Option(help="MOTION=DEGREES that is to be reached; may be said again.")]
Language = Annotated[str, typer.Option(help="en or es.")]
Paper = Annotated[str, typer.Option(help="a4 or letter.")]
Subject = Annotated[str, typer.Option(help="The person's pseudonym in a clinic's record (FHIR).")]

PSEUDONYM = re.compile(r"[A-Za-z0-9._-]{0,64}")
REPORTS, RECORDS = (".html", ".pdf"), (".json",)


@app.command()
def report(
    exams: Exams,
    to: Annotated[
        str, typer.Option("--out", help="F.html or F.pdf for a report, F.json for FHIR.")
    ] = "report.html",
    previous: Before = None,
    goal: Goals = None,
    language: Language = "en",
    paper: Paper = "a4",
    subject: Subject = "",
) -> None:
    """One report of a visit: sides beside each other, now beside before, what it means, what to do next."""
    from rom.cli.exchanging import examinations_in

    check_report_target(to, language, paper, subject)
    for path in (*exams, *(previous or [])):
        check_targets(str(path), {"--out": to})
    peaks: dict[tuple[str, Side, Motion], bytes] = {}
    today, before = (examinations_in(paths, peaks) for paths in (exams, previous or []))
    if len({exam.recording.sha256 or exam.created for exam in today}) < len(today):
        raise UsageError("Expected different examinations, but the same recording is named twice; name it once.")
    visit = visit_of(today, before, goals_of(goal or []))
    write_visit(visit, Path(to), language=language, paper=paper, subject=subject, peaks=peaks)
    for finding in visit.findings:
        out.print(f"- {about(finding)}: {finding.message}", markup=False, soft_wrap=not out.is_terminal)
    out.print(f"The report is in {Path(to).resolve()}", markup=False, soft_wrap=True)


def check_report_target(name: str, language: str, paper: str, subject: str) -> None:
    """Refuse a report that could not be written, before anything is measured."""
    from rom.report.language import Words
    from rom.report.report import check_paper

    Words(language)
    check_paper(paper)
    if not PSEUDONYM.fullmatch(subject):
        raise UsageError(
            f"Expected --subject as a pseudonym of letters, digits, dots and dashes (P-017), but got '{subject}'; "
            "a name does not belong into the record."
        )
    suffix = Path(name).suffix.lower()
    if suffix not in (*REPORTS, *RECORDS):
        raise UsageError(
            f"Expected a report to end in {', '.join(REPORTS)} or {RECORDS[0]} (FHIR), but got '{name}'; name "
            "it so."
        )


def write_visit(
    visit: Visit, path: Path, *, language: str, paper: str, subject: str, peaks: Pictures | None = None
) -> None:
    """The report of a visit, or its record for a clinic with the report in it; `peaks` are pictures at hand."""
    from rom.report.fhir import write_fhir
    from rom.report.report import report_bytes, write_report

    pictures = {**_pictures(visit.exams), **(peaks or {})}
    if path.suffix.lower() in RECORDS:
        pdf = report_bytes(visit, ".pdf", language=language, paper=paper, pictures=pictures)
        write_fhir(visit, path, subject=subject, pdf=pdf)
    else:
        write_report(visit, path, language=language, paper=paper, pictures=pictures)


def _pictures(exams: Sequence[Examination]) -> Pictures:
    """The frames at the ends of the movements, of the recordings that are still there."""
    from rom.report.peaks import peak_pictures

    found: dict[tuple[str, Side, Motion], bytes] = {}
    with err.status("Drawing the pictures"):
        for exam in exams:
            found |= peak_pictures(exam, None)
    return found
