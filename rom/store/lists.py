"""Lists of people and of their examinations, for pages: a page at a time, and never a document."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from rom.store.tables import ExamRow, PersonRow

Order = Literal["last", "name"]
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in a list: who, how many examinations, and the day of the last one."""

    row: PersonRow
    exams: int
    last: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list. `number` : from 1 to `pages`. `found` : how many there are in all."""

    rows: tuple[Listed, ...]
    number: int
    pages: int
    found: int


@dataclass(frozen=True, slots=True)
class ExamLine:
    """An examination in a list: all its columns but the documents. `corrected` : whether somebody did, by hand."""

    id: str
    recorded_on: date
    created: datetime
    protocol: str
    side: str
    state: str
    reason: str
    said: dict[str, Any]
    summary: dict[str, Any] | None
    corrected: bool


def listed(
    session: Session,
    among: Select[Any],
    *,
    search: str = "",
    order: Order = "last",
    archived: bool = False,
    page: int = 1,
    rows: int = PAGE_ROWS,
) -> Page:
    """A page of people.

    Parameters
    ----------
    among : who may be seen, as a query of `PersonRow`.
    search : words that name or sport must hold, whatever their letters' case and accents.
    order : "last" (the latest examination first), or "name". archived : those who were put away, instead.
    """
    counts = (
        select(ExamRow.person_id, func.count().label("exams"), func.max(ExamRow.recorded_on).label("last"))
        .group_by(ExamRow.person_id)
        .subquery()
    )
    away = PersonRow.archived.is_not(None) if archived else PersonRow.archived.is_(None)
    own = among.with_only_columns(PersonRow.id, PersonRow.label, PersonRow.sport, counts.c.last)
    own = own.add_columns(counts.c.exams).outerjoin(counts, counts.c.person_id == PersonRow.id).where(away)
    own = own.order_by(PersonRow.created, PersonRow.id)
    words = folded(search).split()
    found = [one for one in session.execute(own) if _holds(f"{one.label} {one.sport}", words)]
    found.sort(key=lambda one: folded(one.label))
    if order == "last":
        found.sort(key=lambda one: one.last or date.min, reverse=True)
    pages = max(1, -(-len(found) // rows))
    number = min(max(1, page), pages)
    shown = found[(number - 1) * rows : number * rows]
    known = {
        row.id: row for row in session.scalars(select(PersonRow).where(PersonRow.id.in_([o.id for o in shown])))
    }
    lines = tuple(Listed(known[one.id], one.exams or 0, one.last) for one in shown if one.id in known)
    return Page(lines, number, pages, len(found))


def exam_lines(session: Session, person_id: str) -> list[ExamLine]:
    """Somebody's examinations, the first one first."""
    names = [name for name in ExamLine.__dataclass_fields__ if name != "corrected"]
    columns: list[Any] = [*(getattr(ExamRow, name) for name in names), ExamRow.automatic.is_not(None)]
    own = select(*columns).where(ExamRow.person_id == person_id)
    found = session.execute(own.order_by(ExamRow.recorded_on, ExamRow.created, ExamRow.id))
    return [ExamLine(*one) for one in found]


def folded(text: str) -> str:
    """Text without the differences that a search overlooks: case and accents."""
    if text.isascii():
        return text.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _holds(text: str, words: Sequence[str]) -> bool:
    """Whether a text holds all words."""
    plain = folded(text) if words else ""
    return all(word in plain for word in words)
