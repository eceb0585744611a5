"""The report as a file: everything that was found is in it, in both forms and languages, and nothing else is."""

import csv
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import pytest

from rom.errors import RomError, UsageError
from rom.exam.rows import rows
from rom.exam.visit import visit_of
from rom.records import MOTIONS, SIDES, Check, HandReading, Issued, Visit
from rom.report import svg
from rom.report.language import Words
from rom.report.patient_page import GUARDIAN_BELOW_YEARS
from rom.report.report import report_bytes, write_report
from rom.report.results_table import results_csv, text_cell
from rom.report.web_page import parts_css
from tests.report.catalogue import texts
from tests.report.visits import exam_of, visits

CASES = sorted(visits())
VOID = {"meta", "img", "br", "link"}
TEMPLATE = Path(__file__).parents[2] / "rom" / "report" / "web_page.html"


class Page(HTMLParser):
    """A web page taken apart; an element that is not closed where it should be fails the test."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.headings: list[int] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        """All words, and what the pictures say."""
        alts = [attributes["alt"] or "" for tag, attributes in self.elements if tag == "img"]
        return _plain(" ".join([*self.words, *alts]))


def _plain(text: str) -> str:
    """Words with single spaces."""
    return " ".join(text.split())


def html_of(case: str, language: str = "en") -> str:
    return report_bytes(visits()[case], ".html", language=language).decode("utf-8")


def pdf_words(data: bytes) -> str:
    """All letters of a PDF without spaces: where a line ends is the typesetter's choice."""
    with pypdfium2.PdfDocument(data) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return "".join("".join(pages).replace("\ufffe", "-").split())


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("case", CASES)
def test_every_finding_and_number_is_in_both_forms(case: str, language: str) -> None:
    visit, say = visits()[case], Words(language)
    page = Page(html_of(case, language)).text
    printed = pdf_words(report_bytes(visit, ".pdf", language=language))
    wanted = [say.sentence(finding.message) for finding in visit.findings]
    for exam in visit.exams:
        for result in exam.results:
            if result.value_deg is not None and result.ci95_deg is not None:
                wanted += [say.degrees(value) for value in (result.value_deg, *result.ci95_deg)]
            wanted += [say.sentence(reason) for reason in result.reasons]
            wanted += [say.degrees(repetition.value_deg, 1) for repetition in result.repetitions]
    assert wanted or case.startswith("a walk")
    assert [words for words in wanted if _plain(words) not in page] == []
    assert [words for words in wanted if "".join(words.split()) not in printed] == []


@pytest.mark.parametrize("case", CASES)
def test_the_web_page_is_well_made(case: str) -> None:
    text = html_of(case)
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in page.elements
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    pictures = [attributes for tag, attributes in page.elements if tag == "img"]
    assert pictures
    assert all(len(picture["alt"] or "") > 20 for picture in pictures)
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "link", "iframe", "object"})


@pytest.mark.parametrize("case", CASES)
def test_the_web_page_needs_nothing_else(case: str) -> None:
    page = Page(html_of(case))
    sources = [str(value) for _, attributes in page.elements for name, value in attributes.items() if name == "src"]
    assert all(source.startswith("data:image/") for source in sources)
    assert "http" not in re.sub(r'src="[^"]*"', "", html_of(case))
    assert "url(" not in TEMPLATE.read_text(encoding="utf-8")


def test_what_a_person_writes_is_never_markup() -> None:
    text = html_of("a minor")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "a &lt;b&gt; jump" in text
    assert "<script>alert('rhythmicgymnastics')</script>" in pdf_words(report_bytes(visits()["a minor"], ".pdf"))


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2, from ``#rrggbb``."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_all_letters_stand_out_from_their_ground() -> None:
    """4.5 to 1, WCAG 2 level AA, for the page's colours and those of the drawings."""
    style = TEMPLATE.read_text(encoding="utf-8") + parts_css()
    colours = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", style)) | {svg.INK, svg.GREY, svg.OWN}
    grounds = set(re.findall(r"background: (#[0-9a-f]{6})", style)) | {svg.PAPER}
    assert len(colours) >= 3
    assert "#eef3f6" in grounds
    for colour in colours:
        for ground in grounds:
            low, high = sorted([_luminance(colour), _luminance(ground)])
            assert (high + 0.05) / (low + 0.05) >= 4.5, (colour, ground)


#: Width and height in points (1/72 inch): 210 x 297 mm, 8.5 x 11 inches.
@pytest.mark.parametrize(("paper", "size"), [("a4", (595.28, 841.89)), ("letter", (612.0, 792.0))])
def test_the_pdf_has_its_paper_and_is_tagged(paper: str, size: tuple[float, float], tmp_path: Path) -> None:
    write_report(visits()["one leg"], tmp_path / "report.PDF", paper=paper)
    with pypdfium2.PdfDocument(tmp_path / "report.PDF") as pdf:
        assert pdf[0].get_size() == pytest.approx(size, abs=0.1)
        assert pdf.is_tagged()
        assert "How far your ankle moves" in pdf.get_metadata_dict()["Title"]
    assert b"pdfuaid" in (tmp_path / "report.PDF").read_bytes()


def test_the_web_page_prints_on_its_paper() -> None:
    assert "size: letter;" in report_bytes(visits()["one leg"], ".html", paper="letter").decode("utf-8")
    assert "size: A4;" in html_of("one leg")


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_the_same_visit_makes_the_same_file(suffix: str) -> None:
    assert report_bytes(visits()["both legs"], suffix) == report_bytes(visits()["both legs"], suffix)


@pytest.mark.parametrize("case", CASES)
def test_spanish_has_no_english_sentence_left(case: str) -> None:
    """No text of the catalogue stands in a Spanish report as it is, nor the little words of English."""
    page = Page(html_of(case, "es")).text
    say = Words("es")
    english = [text for text in texts() if len(text.split()) > 3 and say(text) != text]
    parts = [max(re.split(r"\{\w+\}", text), key=len).strip() for text in english]
    assert [part for part in parts if len(part.split()) > 3 and part in page] == []
    own = " ".join(exam.person.sport for exam in visits()[case].exams)
    assert re.findall(r"\b(?:the|and|with|was|were|this|from)\b", page.replace(own, "")) == []


def test_numbers_are_written_as_the_language_does() -> None:
    result = next(r for r in visits()["one leg"].exams[0].results if r.value_deg is not None)
    assert result.best_deg is not None
    assert f"{result.best_deg:.1f}°".replace(".", ",") in Page(html_of("one leg", "es")).text
    assert "24 de noviembre de 2026" in Page(html_of("one leg", "es")).text


def test_cannot_tell_stands_as_large_as_a_number() -> None:
    text = html_of("hard to tell")
    assert '<p class="number"><strong>Cannot tell</strong>' in text
    told = [r.value_deg for e in visits()["hard to tell"].exams for r in e.results if r.value_deg is not None]
    assert f'<p class="number"><strong>{told[0]:.0f}°</strong>' in text


def test_a_leg_that_could_not_be_seen_is_spoken_of_once() -> None:
    first = html_of("one leg").split("For your provider")[0]
    assert first.count("The left leg is the one farther from the camera") == 1


def test_left_stands_beside_right_and_last_time_beside_this_time() -> None:
    text = html_of("both legs").split("For your provider")[0]
    headings = re.findall("<h4>(.*?)</h4>", text)
    ends = ("foot pulled up", "foot pointed")
    assert headings == [f"{side.capitalize()} ankle, {end}" for end in ends for side in SIDES]
    assert len(MOTIONS) == len(ends)
    exam = exam_of("seated_right", "seated")
    up = next(r for r in exam.results if (r.side, r.motion) == ("right", "dorsiflexion"))
    assert up.value_deg is not None
    assert up.ci95_deg is not None
    value, (low, high) = up.value_deg, up.ci95_deg

    def moved(by: float) -> str:
        return f"{value + by:.0f}° likely between {low + by:.0f}° and {high + by:.0f}°"

    assert f"2 March 2026: {moved(-8.0)}; 12 July 2026: {moved(-6.0)}" in text
    assert f"Last time: {moved(-6.0)}; Other ankle: {value + 4.0:.0f}°" in text


def test_a_lunge_is_never_shown_beside_a_seated_norm() -> None:
    page = Page(report_bytes(visit_of([exam_of("lunge_right", "lunge")]), ".html").decode("utf-8"))
    positions = [row["position"] for row in rows("references") if row["posture"] not in ("lunge", "not told")]
    assert "seated NWB" in positions
    assert [position for position in positions if position in page.text] == []
    assert "standing WB lunge" in page.text


def test_a_walk_shows_its_numbers_or_says_why_there_are_none() -> None:
    page = Page(html_of("a walk")).text
    assert "most plantar flexion at push-off" in page
    assert "Each number comes with a likely range" not in page, "the strides have a spread and no interval"
    exam = visits()["a walk"].exams[0]
    stop = Check("walk_not_told", "stop", "No leg was seen well enough to follow its steps; film from the side.")
    lost = visit_of([replace(exam, gait=None, checks=(stop,))])
    text = report_bytes(lost, ".html").decode("utf-8")
    assert '<p class="number"><strong>Cannot tell</strong>' in text
    assert stop.message in Page(text).text


def test_every_section_says_something() -> None:
    for case in CASES:
        assert not re.search(r"</h3>\s*</section>", html_of(case)), case
        assert "<ul>\n</ul>" not in html_of(case), case


def test_a_minor_is_asked_to_read_along_and_an_adult_is_not() -> None:
    line = f"You are under {GUARDIAN_BELOW_YEARS}"
    assert line in Page(html_of("a minor")).text
    assert line not in Page(html_of("one leg")).text


def test_a_stop_sign_comes_before_every_number() -> None:
    text = html_of("a minor")
    assert 0 < text.index("A hot, red, swollen joint") < text.index('class="number"')


def test_when_to_see_a_provider_is_in_every_report() -> None:
    messages = [row["message"] for row in rows("symptoms") if row["effect"] in ("urgent", "see_provider")]
    assert len(messages) > 8
    for case in CASES:
        page = Page(html_of(case)).text
        assert [message for message in messages if message not in page] == []
        assert "It is not a diagnosis." in page


def test_every_rule_has_its_meaning_and_what_to_do_next() -> None:
    advised = {(row["kind"], row["code"]): row for row in rows("advice", "rom.report")}
    assert set(advised) == {(row["kind"], row["code"]) for row in rows("rules")}
    assert [key for key, row in advised.items() if not row["meaning"]] == []
    assert [key for key, row in advised.items() if not row["next"]] == [("side_difference", "none")]


def test_the_references_say_whose_they_are() -> None:
    page = Page(html_of("one leg")).text
    for words in ("Soucie JM", "seated NWB", "moved by an examiner", "11.9; 5.0 (SD as reported)", "all found"):
        assert words in page


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("report.docx", {}, ".html or .pdf"),
        ("report", {}, ".html or .pdf"),
        ("report.pdf", {"paper": "a5"}, "a4, letter"),
        ("report.html", {"language": "fr"}, "en, es"),
    ],
)
def test_what_cannot_be_written_is_said(name: str, options: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        write_report(visits()["one leg"], tmp_path / name, **options)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_visit_without_an_examination_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one examination"):
        write_report(Visit((), (), {}, ()), tmp_path / "report.html")


@pytest.mark.parametrize("name", ["report.html", "report.pdf"])
def test_a_half_written_file_never_stays(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / name
    path.write_bytes(b"the report of last time")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RomError, match="disk is full"):
        write_report(visits()["one leg"], path)
    assert path.read_bytes() == b"the report of last time"
    assert [one.name for one in tmp_path.iterdir()] == [name]


ISSUED = Issued(
    "Praxis <b>am Park</b>", ("Weg 3", "12345 Ort"), "Tom & Jerry", "Dr. A", "2026-11-30T10:00:00+01:00", 2, 1
)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Version 2, signed on 30 November 2026.", "It replaces version 1.", "Signed by Dr. A.")),
        (
            "es",
            ("Versión 2, firmada el 30 de noviembre de 2026.", "Sustituye a la versión 1.", "Firmado por Dr. A."),
        ),
    ],
)
def test_a_signed_report_says_clinic_signer_day_and_version(language: str, words: tuple[str, ...]) -> None:
    visit = visits()["one leg"]
    page = Page(report_bytes(visit, ".html", language=language, issued=ISSUED).decode("utf-8"))
    printed = pdf_words(report_bytes(visit, ".pdf", language=language, issued=ISSUED))
    for line in (*words, ISSUED.clinic, *ISSUED.address, ISSUED.patient):
        assert _plain(line) in page.text, line
        assert "".join(line.split()) in printed, line
    assert printed.count("".join(words[0].split())) > 2, "it stands on every sheet"
    assert page.headings.count(1) == 1


def test_what_was_read_by_hand_stands_beside_the_camera() -> None:
    read = (
        HandReading("seated", "right", "dorsiflexion", 12.5, 15.53, "Dr. B"),
        HandReading("seated", "left", "plantar_flexion", 41.0, None, "Dr. C"),
    )
    visit = visits()["both legs"]
    page = Page(report_bytes(visit, ".html", issued=replace(ISSUED, readings=read)).decode()).text
    assert "Beside the camera, whose numbers no reading changes." in page
    assert "Seated, knee bent, foot free Right Dorsiflexion 12.5° 15.5° Dr. B" in page
    assert "Seated, knee bent, foot free Left Plantar flexion 41.0° – Dr. C" in page
    assert "Read with a goniometer" not in Page(report_bytes(visit, ".html", issued=ISSUED).decode()).text


def test_a_draft_says_that_it_is_not_signed() -> None:
    draft = replace(ISSUED, signer="", signed="")
    assert "Draft: not signed." in Page(report_bytes(visits()["one leg"], ".html", issued=draft).decode()).text
    assert "Draft" not in Page(html_of("one leg")).text, "one's own report is no draft of anything"


def test_the_table_says_what_the_report_says() -> None:
    visit = visits()["both legs"]
    rows = list(csv.DictReader(results_csv(visit).splitlines()))
    results = [result for exam in visit.exams for result in exam.results]
    assert len(rows) == len(results)
    for row, result in zip(rows, results, strict=True):
        assert (row["side"], row["motion"], row["status"]) == (result.side, result.motion, result.status)
        assert row["value_deg"] == ("" if result.value_deg is None else f"{result.value_deg:.1f}")
        assert any(row["finding"] == finding.message for finding in visit.findings)
    assert [text_cell(words) for words in ("=1+1", "-5°", "Ana", "")] == ["'=1+1", "'-5°", "Ana", ""]
