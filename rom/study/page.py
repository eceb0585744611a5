"""What a study says of its numbers, as one web page that needs nothing else."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from rom.report.web_page import parts_css


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture (SVG), what it shows for those who cannot see it, and what stands below."""

    svg: bytes
    alt: str
    caption: str

    @property
    def data(self) -> str:
        """The picture as an address holds it."""
        return b64encode(self.svg).decode("ascii")


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, sentences, a table, and pictures; each may be missing."""

    heading: str = ""
    sentences: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    pictures: tuple[Drawn, ...] = ()


def page(title: str, lead: str, parts: Sequence[Part]) -> str:
    """The whole page."""
    from jinja2 import Environment, StrictUndefined

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = files("rom.study").joinpath("page.html").read_text(encoding="utf-8")
    return made.from_string(text).render(title=title, lead=lead, parts=parts, rules=parts_css()) + "\n"
