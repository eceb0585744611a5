"""What a report holds, before it looks like anything: texts, lists, pictures, tables and cards, in sections.

Everything in it is finished plain text in the report's language; how it is drawn is up to the renderers.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

Role = Literal["plain", "lead", "note", "box"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a *lead* is larger, a *note* smaller, a *box* stands out."""

    kind: ClassVar[str] = "text"
    words: str
    role: Role = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, with a line above it where one is needed."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]
    above: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing or a frame: its bytes, what it shows in words, and a line below it."""

    kind: ClassVar[str] = "picture"
    data: bytes
    media: Literal["image/svg+xml", "image/jpeg", "image/png"]
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a head; the first cell of each row names it."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One result: `big` is the number, or that it cannot be told; `small` stands right below it."""

    kind: ClassVar[str] = "card"
    heading: str
    big: str
    small: str
    above: tuple[Picture, ...] = ()
    parts: tuple["Text | Picture", ...] = ()
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Cards:
    """Results beside each other, two in a row where there is room."""

    kind: ClassVar[str] = "cards"
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Lists or pictures beside each other, two in a row where there is room."""

    kind: ClassVar[str] = "columns"
    parts: tuple[Bullets | Picture, ...]


Block: TypeAlias = Text | Bullets | Picture | Table | Cards | Columns


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    parts: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the report that begins on a sheet of its own."""

    heading: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole.

    `facts` are short lines below the title, `created` an ISO time, `foot` stands on every sheet. A clinic's report
    also has a `letterhead`, its name first, above the title, and says who `signed` it, or that nobody has.
    """

    language: str
    title: str
    facts: tuple[str, ...]
    created: str
    pages: tuple[Page, ...]
    foot: str
    letterhead: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
