"""``/admin/audit``: who did what and when; found by who, what and day, and as CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import FastAPI
from nicegui import html, ui
from sqlalchemy import Select, select
from starlette.requests import Request
from starlette.responses import Response

from rom.report.language import Words
from rom.store.accounts import accounts
from rom.store.clinic import AuditRow
from rom.web.admin.layout import admin
from rom.web.admin.layout import select as choose
from rom.web.desk.layout import cell, table
from rom.web.ground import Ground
from rom.web.theme import actions, button, entry, link, note

#: So many lines on a page; the CSV holds all.
LINES_MOST = 200
#: So much of an ID tells it apart on a page.
ID_LETTERS = 8
COLUMNS = ("at", "who", "action", "about", "about_id", "details")


def register(app: FastAPI, ground: Ground) -> None:
    """The page, and the same as CSV."""
    say = ground.say

    @ui.page("/admin/audit")
    def audit(request: Request, who: str = "", action: str = "", since: str = "", until: str = "") -> None:
        with ground.store.session() as session:
            asked = found(who, action, since, until)
            rows = [*session.scalars(asked.limit(LINES_MOST + 1))]
            names = {row.id: row.name for row in accounts(session)}
            actions_known = sorted(session.scalars(select(AuditRow.action).distinct()))
        with admin(say("Log"), say, lead=say("Lines are only ever added. No words about people stand here.")):
            with html.form(action="/admin/audit", method="get").classes("rom-line"):
                entry(say("Who"), "who", who)
                choose(say("What"), "action", {"": say("Anything"), **{one: one for one in actions_known}}, action)
                entry(say("From"), "since", since, type="date")
                entry(say("To"), "until", until, type="date")
                button(say("Show"), "calm")
            _lines(rows[:LINES_MOST], names, say)
            if len(rows) > LINES_MOST:
                note(say("The last {lines} lines are shown; the CSV holds all.", lines=LINES_MOST))
            with actions():
                query = f"?{request.url.query}" if request.url.query else ""
                link(say("Save as CSV"), f"/admin/audit.csv{query}", "calm", download="audit.csv")

    @app.get("/admin/audit.csv")
    def as_csv(who: str = "", action: str = "", since: str = "", until: str = "") -> Response:
        text = io.StringIO()
        lines = csv.writer(text)
        lines.writerow(COLUMNS)
        with ground.store.session() as session:
            for row in session.scalars(found(who, action, since, until)):
                lines.writerow(_cells(row))
        return Response(text.getvalue(), media_type="text/csv; charset=utf-8")


def found(who: str, action: str, since: str, until: str) -> Select[Any]:
    """The lines that are meant, the last first; what is no day leaves that end open."""
    asked = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc())
    if who.strip():
        asked = asked.where(AuditRow.who.contains(who.strip().lower(), autoescape=True))
    if action:
        asked = asked.where(AuditRow.action == action)
    first, last = _day(since), _day(until)
    if first is not None:
        asked = asked.where(AuditRow.at >= _begins(first))
    if last is not None:
        asked = asked.where(AuditRow.at < _begins(last + timedelta(days=1)))
    return asked


def _day(text: str) -> date | None:
    """A day; None where it is none, or one that has no next."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day < date.max else None


def _begins(day: date) -> datetime:
    """When a day begins where the computer stands."""
    return datetime.combine(day, time()).astimezone()


def _lines(rows: list[AuditRow], names: Mapping[str, str], say: Words) -> None:
    """The lines as a table; accounts by name, other IDs by their beginning."""
    heads = [say("When"), say("Who"), say("What"), say("Of what"), say("More")]
    with table(say("What was done"), heads):
        for row in rows:
            of = f"{row.about} {names.get(row.about_id, row.about_id[:ID_LETTERS])}".strip()
            at = row.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            with html.tr():
                for head, words in zip(heads, (at, row.who or "-", row.action, of, _more(row, names)), strict=True):
                    cell(words, head=head)


def _more(row: AuditRow, names: Mapping[str, str]) -> str:
    """The details in words."""
    return ", ".join(f"{name}: {names.get(str(value), value)}" for name, value in row.details.items())


def _cells(row: AuditRow) -> tuple[str, ...]:
    """A line of the CSV: the time where the computer stands, this computer's own user as a dash."""
    at = row.at.astimezone().isoformat(sep=" ", timespec="seconds")
    return at, row.who or "-", row.action, row.about, row.about_id, _more(row, {})
