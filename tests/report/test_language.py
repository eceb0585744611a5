"""Sentences are led back to the template that made them, and said again in the other language."""

import re

import pytest

from rom.errors import UsageError
from rom.report.language import GAP, LANGUAGES, Words
from tests.report.catalogue import LANGUAGES as TRANSLATED
from tests.report.catalogue import LOCALE, catalogue_of, folder_of, texts

#: Gaps that Spanish leaves out: an English ending or a verb.
WITHOUT = {
    "seen in only {0} picture{1}": {"{1}"},
    "{0} whole stride{1} of the {2} leg {3} seen; {4} or more are better.": {"{1}", "{3}"},
}
GAPS = re.compile(r"\{\w+\}")


def test_every_language_has_a_catalogue() -> None:
    assert {"en", *TRANSLATED} == set(LANGUAGES)


def test_the_template_holds_every_text_of_code_and_tables() -> None:
    template = {message.id for message in catalogue_of(LOCALE / "rom.pot") if message.id}
    assert template == set(texts()), "run python -m tests.report.catalogue"
    assert len(template) > 400


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_with_its_gaps(language: str) -> None:
    catalogue = catalogue_of(folder_of(language) / "rom.po")
    told = {str(message.id): str(message.string) for message in catalogue if message.id}
    assert set(told) == set(texts()), "run python -m tests.report.catalogue, and translate what is new"
    assert [text for text, string in told.items() if not string] == []
    for text, string in told.items():
        assert set(GAPS.findall(text)) - set(GAPS.findall(string)) == WITHOUT.get(text, set()), text
        assert set(GAPS.findall(string)) <= set(GAPS.findall(text)), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_one_that_is_read(language: str) -> None:
    say = Words(language)
    told = {m.id: m.string for m in catalogue_of(folder_of(language) / "rom.po") if m.id}
    assert [text for text, string in told.items() if say(str(text)) != string] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_template_is_known_again_when_its_gaps_are_filled(language: str) -> None:
    """A number in each gap comes out at its place in the translation; nothing English is left."""
    say = Words(language)
    with_words = [text for text in texts() if len(re.findall("[A-Za-z]{2,}", GAP.sub("", text))) > 1]
    assert len(with_words) > 350
    for text in with_words:
        names = list(dict.fromkeys(GAP.findall(text)))
        values = {name: str(100 + k) for k, name in enumerate(names)}
        assert say.sentence(_filled(text, values)) == _filled(say(text), values), text


def _filled(text: str, values: dict[str, str]) -> str:
    return GAP.sub(lambda gap: values[gap[1]], text)


def test_a_gap_is_translated_in_turn() -> None:
    said = Words("es").sentence("The left leg was not found in 34% of the pictures.")
    assert said == "La pierna del lado izquierdo no se encontró en el 34% de las imágenes."


def test_sentences_that_stand_together_are_told_apart() -> None:
    say = Words("es")
    said = say.sentence(
        "Within the usual range of people like this (-1° to 25°). The published values are of ankles moved by an "
        "examiner; of this one it was said that the person moved it: the limits allow 3° for that."
    )
    assert said == (
        "Dentro del rango habitual de personas parecidas (de -1° a 25°). Los valores publicados son de tobillos en "
        "los que el movimiento fue así: movimiento hecho por un examinador; de este, se dijo que lo movió la "
        "propia persona: los límites dejan 3° por ello."
    )


def test_a_reason_within_a_finding_is_translated() -> None:
    said = Words("es").sentence(
        "No comparison: no published values were found for this motion in this position (heel raise)."
    )
    assert said == (
        "Sin comparación: no se encontraron valores publicados para este movimiento en esta posición (elevación de "
        "talones)."
    )


def test_numbers_and_dates_follow_the_language() -> None:
    en, es = Words("en"), Words("es")
    assert (en.number(3.14159, 1), es.number(3.14159, 1)) == ("3.1", "3,1")
    assert (en.degrees(-0.4), es.degrees(-4.26, 1)) == ("0°", "-4,3°")
    assert en.date("2026-07-12T09:00:00+00:00") == "12 July 2026"
    assert es.date("2026-07-12") == "12 de julio de 2026"
    assert es.short_date("2026-07-12") == "12 jul 26"
    assert es.sentence("The file breaks off: 3.50 s of 12.25 s could be read.") == (
        "El archivo se corta: se pudieron leer 3,50 s de 12,25 s."
    )


def test_a_day_in_a_sentence_is_a_date_in_words() -> None:
    sentence = "More motion than on 2026-07-12: +6°, more than measurement error explains (5°)."
    assert "than on 12 July 2026: +6°" in Words("en").sentence(sentence)
    assert "que el 12 de julio de 2026: +6°" in Words("es").sentence(sentence)


def test_what_nobody_wrote_stays_as_it_is() -> None:
    say = Words("es")
    assert say.sentence("synchronised swimming {0} 2.5 x") == "synchronised swimming {0} 2.5 x"
    assert say.sentence("") == ""


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="en, es"):
        Words("xx")
