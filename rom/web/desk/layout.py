"""How the desk's pages look: the frame of somebody who works there all day, denser than a patient's pages.

The parts of `rom.web.theme` (buttons, entries, notes) may stand within; ``static/desk.css`` makes them smaller.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from nicegui import Client, context, html, ui
from starlette.requests import Request
from starlette.responses import Response

import rom
from rom.report.language import Words
from rom.report.words import INTENDED_USE
from rom.web.theme import WAYS as WAYS_OF
from rom.web.theme import button
from rom.web.who import Who, who_asks

if TYPE_CHECKING:
    from jinja2 import Template

NOT_TAKEN = 422  # RFC 9110
#: The ways that are always open at the desk: address to words.
WAYS = {
    "/desk": "People",
    "/desk/upload": "Upload",
    "/desk/queue": "Queue",
    "/desk/agreement": "Agreement",
    "/desk/open": "Open a file",
}


@contextmanager
def desk(
    title: str,
    say: Words,
    *,
    here: str = "",
    lead: str = "",
    trail: Sequence[tuple[str, str]] = (),
    scripts: Sequence[str] = (),
) -> Iterator[None]:
    """A page of the desk: header with the ways, skip link, main landmark with its heading.

    Parameters
    ----------
    title : the heading, and the name of the tab. here : the address among `WAYS` that this page belongs to.
    lead : a sentence below the heading. trail : words and address of the pages above this one, the highest first.
    scripts : files of ``rom/web/static`` that the page needs.
    """
    # what this page shows never changes from here, and it is kept for a minute after it was left: many pages that
    # each look ten times a second whether there is anything to send would take half of what a clinic's computer has
    context.client.outbox.stop()
    ui.page_title(f"{title} - rom")
    ui.add_head_html(f'<link rel="stylesheet" href="/static/desk.css?{rom.__version__}">')
    for name in scripts:
        ui.add_head_html(f'<script type="module" src="/static/{name}?{rom.__version__}"></script>')
    _header(say, here)
    with html.div(id="content", tabindex="-1").classes("rom-page rom-desk"):
        if trail:
            _trail(trail, say)
        html.h1(title)
        if lead:
            html.p(lead).classes("rom-lead")
        yield
        html.p(say.sentence(INTENDED_USE)).classes("rom-foot")


def _header(say: Words, here: str) -> None:
    """The name, the ways of the desk or of an admin, the patient's exam, and who is signed in."""
    who = who_asks(context.client.request)
    ways = WAYS if who.at_the_desk else WAYS_OF[who.role]
    with ui.header(fixed=False, add_scroll_padding=False).classes("rom-header rom-desk-header"):
        html.a(say("To the content"), href="#content").classes("rom-skip")
        html.a("rom", href="/desk" if who.at_the_desk else "/", **{"aria-label": say("rom, the desk")}).classes(
            "rom-name"
        )
        with html.nav(**{"aria-label": say("Desk")}):
            for address, words in ways.items():
                html.a(say(words), href=address, **({"aria-current": "page"} if address == here else {}))
            if who.at_the_desk:
                html.a(say("Patient's exam"), href="/").classes("rom-desk-away")
        _signed_in(who, say)


def _signed_in(who: Who, say: Words) -> None:
    """Who sits here, where there are accounts, and the way out."""
    if who.account_id is None:
        return
    with html.form(action="/sign-out", method="post").classes("rom-desk-who"):
        html.a(who.name, href="/password", **{"aria-label": say("{name}: change the password", name=who.name)})
        button(say("Sign out"), "calm")


def _trail(trail: Sequence[tuple[str, str]], say: Words) -> None:
    """The pages above this one."""
    with html.nav(**{"aria-label": say("Above")}).classes("rom-trail"), html.ol():
        for words, address in trail:
            with html.li():
                html.a(words, href=address)


def page_again(request: Request, make: Callable[[], None]) -> Response:
    """The answer to a form that could not be taken: its page once more, with why."""
    with Client(ui.page(""), request=request) as client:
        make()
    return client.build_response(request, NOT_TAKEN)


def part(name: str, say: Words, **values: object) -> str:
    """A part of a page from its template (``parts/NAME.html``): lists would be slow as single elements."""
    return _template(name).render(say=say, **values)


def show_part(name: str, say: Words, **values: object) -> None:
    """The same, put where the page is being made."""
    ui.html(part(name, say, **values), sanitize=False)


@cache
def _template(name: str) -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    folder = PackageLoader("rom.web.desk", "parts")
    parts = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return parts.get_template(f"{name}.html")


@contextmanager
def table(
    caption: str, heads: Sequence[str], *, numbers: Sequence[int] = (), shown: bool = False
) -> Iterator[None]:
    """A table; the rows are made within, by `row`. It may be wider than the window, and is then moved by itself.

    Parameters
    ----------
    caption : what it is a table of, for those who do not see it; `shown` : and for those who do.
    heads : of the columns. numbers : the columns that hold numbers.
    """
    with (
        html.div(tabindex="0", role="region", **{"aria-label": caption}).classes("rom-table-box"),
        html.table().classes("rom-table"),
    ):
        html.caption(caption).classes("" if shown else "rom-unseen")
        with html.thead(), html.tr():
            for k, words in enumerate(heads):
                html.th(words, scope="col").classes("rom-number" if k in numbers else "")
        with html.tbody():
            yield


def cell(words: str, *, number: bool = False, head: str = "") -> None:
    """A cell of a row (``html.tr()``). `head` : its column, shown beside it where the window is narrow."""
    more: Mapping[str, str] = {"data-head": head} if head else {}
    html.td(words, **more).classes("rom-number" if number else "")


def mark(words: str, kind: str = "") -> None:
    """A state in a word. `kind` : "good", "bad", "busy", or nothing."""
    html.span(words).classes(f"rom-mark rom-mark-{kind}" if kind else "rom-mark")
