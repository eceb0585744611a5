"""How an admin's pages look: the patients' frame, with the desk's smaller parts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from nicegui import html, ui

import rom
from rom.report.language import Words
from rom.web.theme import frame


@contextmanager
def admin(title: str, say: Words, *, lead: str = "") -> Iterator[None]:
    """A page of the admin's."""
    ui.add_head_html(f'<link rel="stylesheet" href="/static/desk.css?{rom.__version__}">')
    with frame(title, say, lead=lead, wide=True), html.div().classes("rom-desk"):
        yield


def select(
    words: str, name: str, options: Mapping[str, str], chosen: str = "", *, hidden_words: bool = False
) -> None:
    """One of many, as a list that opens. `hidden_words` : the words are for screen readers alone."""
    with html.label().classes("rom-entry"):
        html.span(words).classes("rom-unseen" if hidden_words else "")
        with html.select(name=name):
            for value, shown in options.items():
                html.option(shown, value=value, **({"selected": True} if value == chosen else {}))
