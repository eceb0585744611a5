"""The report's languages: one catalogue of texts (gettext), numbers and dates as each language writes them.

Sentences that come out of the records are finished English sentences. They are led back to the template in the
catalogue that made them, and said again from its translation; what stood in the gaps is translated in turn.
"""

import gettext
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rom.errors import UsageError

#: Language to its decimal mark. English is the language of the catalogue's keys.
LANGUAGES = {"en": ".", "es": ","}
#: A gap in a template: ``{low}``.
GAP = re.compile(r"\{(\w+)\}")
DECIMAL = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
#: Where one sentence may end and the next begin.
SENTENCE_END = re.compile(r"(?<=[.!?)]) (?=\S)")


def later(text: str) -> str:
    """The text itself, marked for the catalogue: it is said later, by `Words`."""
    return text


def later_all(*texts: str) -> tuple[str, ...]:
    """Several texts, marked as by `later`."""
    return texts


MONTHS = later_all(
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Words:
    """Says texts in one language.

    Raises
    ------
    UsageError
        Where the language is not one of `LANGUAGES`.
    """

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise UsageError(f"Expected a language ({', '.join(LANGUAGES)}), but got '{language}'; choose one.")
        self.language = language

    def __call__(self, text: str, **values: object) -> str:
        """A text of the catalogue in this language, its gaps filled."""
        told = _catalogue(self.language).get(text, text)
        return told.format(**values) if values else told

    def sentence(self, text: str) -> str:
        """A finished English sentence (or several) in this language; as it is where no template made it."""
        if self.language == "en" or not text:
            return DATE.sub(lambda found: self.date(found[0]), text)
        return self._translated(text) or self._in_parts(text) or self._as_number(text)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with this language's decimal mark; never ``-0``."""
        return f"{round(value, decimals) + 0.0:.{decimals}f}".replace(".", LANGUAGES[self.language])

    def degrees(self, value: float, decimals: int = 0) -> str:
        """A number of degrees: ``18°``."""
        return f"{self.number(value, decimals)}°"

    def date(self, iso: str) -> str:
        """A day in words from an ISO date or time: ``24 November 2026``."""
        year, month, day = (int(part) for part in iso[:10].split("-"))
        return self("{day} {month} {year}", day=day, month=self(MONTHS[month - 1]), year=year)

    def _translated(self, text: str) -> str | None:
        """The whole text from one entry of the catalogue."""
        entries = _catalogue(self.language)
        kinds = ((text, str), (_capitalised(text), _uncapitalised), (_uncapitalised(text), _capitalised))
        for key, adapt in kinds:
            if key in entries:
                return adapt(entries[key])
        for template in _templates(self.language):
            found = template.pattern.fullmatch(text)
            if found is not None:
                said = {name[1:]: self.sentence(part) for name, part in found.groupdict().items()}
                return GAP.sub(lambda gap: said[gap[1]], template.translation)  # noqa: B023 - used at once
        return None

    def _in_parts(self, text: str) -> str | None:
        """Sentence by sentence: the shortest beginning that one entry of the catalogue makes, then the rest."""
        for end in [found.start() for found in SENTENCE_END.finditer(text)]:
            begun = self._translated(text[:end])
            if begun is not None:
                return f"{begun} {self.sentence(text[end + 1 :])}"
        listed = [self._translated(part) for part in text.split("; ")]
        return "; ".join(part for part in listed if part) if len(listed) > 1 and all(listed) else None

    def _as_number(self, text: str) -> str:
        """What is no sentence: numbers and dates as this language writes them."""
        if DATE.fullmatch(text):
            return self.date(text)
        return DECIMAL.sub(rf"\1{LANGUAGES[self.language]}\2", text) if len(text.split()) <= 2 else text

    def short_date(self, iso: str) -> str:
        """A day in figures that nobody takes for another: ``24 Nov 26``."""
        month = self(MONTHS[int(iso[5:7]) - 1])[:3]
        return f"{int(iso[8:10])} {month} {iso[2:4]}"


@dataclass(frozen=True, slots=True)
class _Template:
    """A text with gaps: what it looks like filled, and its translation."""

    pattern: re.Pattern[str]
    translation: str


class _Catalogue(gettext.GNUTranslations):
    """A compiled catalogue whose entries can be looked through."""

    _catalog: dict[str, str]

    def entries(self) -> dict[str, str]:
        """Text to translation."""
        return {text: told for text, told in self._catalog.items() if text and told}


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Text to translation; English needs none."""
    if language == "en":
        return {}
    with files("rom.report").joinpath("locale", language, "LC_MESSAGES", "rom.mo").open("rb") as file:
        return _Catalogue(file).entries()


@cache
def _templates(language: str) -> tuple[_Template, ...]:
    """All texts with gaps, those that say most themselves first."""
    with_gaps = {text: told for text, told in _catalogue(language).items() if GAP.search(text)}
    ranked = sorted(with_gaps, key=lambda text: len(GAP.sub("", text)), reverse=True)
    return tuple(_Template(_pattern(text), with_gaps[text]) for text in ranked if _says_something(text))


def _says_something(template: str) -> bool:
    """Whether a template has words of its own, by which it is known again."""
    return len(re.findall(r"[A-Za-z]{2,}", GAP.sub("", template))) > 1


def _pattern(template: str) -> re.Pattern[str]:
    """What a template looks like when its gaps are filled; a gap named twice holds the same twice.

    A gap at the very beginning, and one that code fills (a number), hold no end of a sentence: they would swallow
    the sentences that stand beside.
    """
    pattern, named = "", set()
    for k, part in enumerate(GAP.split(template)):
        if k % 2 == 0:
            pattern += re.escape(part)
        else:
            any_ = ".*?" if pattern and not part.isdigit() else r"(?:(?!\. ).)*?"
            pattern += f"(?P=g{part})" if part in named else f"(?P<g{part}>{any_})"
            named.add(part)
    return re.compile(pattern, re.DOTALL)


def _uncapitalised(text: str) -> str:
    """The text with a small first letter."""
    return text[:1].lower() + text[1:]


def _capitalised(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
