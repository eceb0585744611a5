"""A corrected examination in the report and in the FHIR bundle: the automatic value stands beside it."""

from dataclasses import replace
from functools import cache

from rom.correct import corrected
from rom.exam.visit import visit_of
from rom.records import Correction, Examination
from rom.report.corrections import correction_words
from rom.report.fhir import fhir_bundle
from rom.report.language import Words
from rom.report.report import report_bytes
from rom.samples import sample_folder
from tests.report.visits import exam_of

REJECTED = Correction(
    "repetition",
    by="Eva Roth",
    at="2026-11-24T10:05:00+00:00",
    side="right",
    motion="dorsiflexion",
    hold_s=1.9,
    verdict="rejected",
)
PLACED = replace(
    REJECTED, kind="landmark", verdict=None, landmark="right_plantar_heel", picture_s=2.0, x_px=512.4, y_px=340.0
)


@cache
def once_corrected() -> Examination:
    automatic = replace(exam_of("seated_right", "seated"), recorded_on="2026-11-24")
    return corrected(automatic, sample_folder() / "seated_right.landmarks.npz", [REJECTED])


def test_the_report_shows_both_and_who_corrected_when() -> None:
    page = report_bytes(visit_of([once_corrected()]), ".html").decode("utf-8")
    _, _, part = page.partition("Corrected by hand")
    for words in (
        "15.5°",
        "15.0°",
        "Right, Dorsiflexion at 1.9 s: rejected",
        "Eva Roth",
        "24 November 2026, 10:05",
    ):
        assert words in part


def test_a_report_of_what_was_not_corrected_does_not_speak_of_it() -> None:
    assert b"orrected by hand" not in report_bytes(visit_of([exam_of("seated_right", "seated")]), ".html")


def test_the_bundle_says_it_where_the_number_stands() -> None:
    told = str(fhir_bundle(visit_of([once_corrected()]), subject="P-017"))
    assert "Corrected by hand. Measured automatically before that: 15°." in told


def test_corrections_are_told_in_words() -> None:
    say = Words()
    moved = replace(REJECTED, verdict="moved", start_s=1.5, end_s=2.25)
    assert [correction_words(one, say) for one in (PLACED, moved)] == [
        "Right, Dorsiflexion at 1.9 s: heel on the sole put at (512, 340) px",
        "Right, Dorsiflexion at 1.9 s: hold moved to 1.50 to 2.25 s",
    ]
    assert correction_words(Correction("side", side="left"), say) == "Measured as the left ankle"
    assert correction_words(Correction("protocol", protocol="lunge"), Words("es")).startswith(
        "Medido como el examen"
    )
