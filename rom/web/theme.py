"""How every page looks: one frame, one column, large letters, and the few parts that pages are made of.

The parts are plain HTML elements (NiceGUI's `html`), so that keyboards and screen readers know them. What is
answered goes to the server as an ordinary form; nothing is lost where the connection is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from nicegui import context, html, ui
from nicegui.element import Element

from rom.report.language import Words, later
from rom.report.words import INTENDED_USE
from rom.web.who import Role, Who, who_asks

Kind = Literal["main", "calm", "danger"]
#: Safety, about you, how it feels, which exam, recording, result.
STEPS = 6
#: The ways that are always open to a role: address to words.
WAYS: Mapping[Role, Mapping[str, str]] = {
    "local": {"/history": later("History"), "/privacy": later("Privacy")},
    "nobody": {},
    "patient": {"/history": later("History"), "/privacy": later("Privacy")},
    "therapist": {"/desk": later("Desk"), "/history": later("History"), "/privacy": later("Privacy")},
    "admin": {
        "/admin/accounts": later("Accounts"),
        "/admin/care": later("Care"),
        "/admin/audit": later("Log"),
        "/desk/clinic": later("Clinic"),
    },
}


@contextmanager
def frame(
    title: str, say: Words | None = None, *, step: int = 0, lead: str = "", wide: bool = False
) -> Iterator[None]:
    """A page: header, skip link, the main landmark with its heading; what is made within stands below it.

    Parameters
    ----------
    title : the heading, and the name of the tab. step : which of the six steps it is; 0 for none.
    lead : a sentence below the heading. wide : a wider column, for pictures.
    """
    say = say or Words()
    ui.page_title(f"{title} - rom")
    _header(say)
    with html.div(id="content", tabindex="-1").classes("rom-page rom-wide" if wide else "rom-page"):
        if step:
            _progress(step, say)
        html.h1(title)
        if lead:
            html.p(lead).classes("rom-lead")
        yield
        html.p(say.sentence(INTENDED_USE)).classes("rom-foot")


def _header(say: Words) -> None:
    """The name, the ways that are always open, and who is signed in."""
    who = who_asks(context.client.request)
    with ui.header(fixed=False, add_scroll_padding=False).classes("rom-header"):
        html.a(say("To the content"), href="#content").classes("rom-skip")
        html.a("rom", href="/", **{"aria-label": say("rom, first page")}).classes("rom-name")
        with html.nav(**{"aria-label": say("More")}):
            for address, words in WAYS[who.role].items():
                html.a(say(words), href=address)
        signed_in(who, say)


def signed_in(who: Who, say: Words) -> None:
    """Who sits here, where there are accounts, and the way out. Its page leaves by itself once that is over."""
    if who.account_id is None:
        return
    with html.div().classes("rom-signed-in"):
        html.a(who.name, href="/password", **{"aria-label": say("{name}: change the password", name=who.name)})
        post(say("Sign out"), "/sign-out")


def stays(who: Who, say: Words) -> str:
    """Where what is asked and filmed stays."""
    if who.role == "local":
        return say("Nothing leaves this computer.")
    return say("It goes to your practice's own computer and to nobody else.")


def _progress(step: int, say: Words) -> None:
    """Which step of how many."""
    with html.div().classes("rom-steps"):
        html.p(say("Step {step} of {steps}", step=step, steps=STEPS))
        with html.div(**{"aria-hidden": "true"}).classes("rom-dots"):
            for number in range(1, STEPS + 1):
                html.span().classes("rom-dot" + (" rom-dot-done" if number <= step else ""))


@contextmanager
def form(action: str, *, back: str = "", say: Words, go_on: str = "") -> Iterator[None]:
    """A question that is answered to `action`, with the way back and the way on below it.

    `go_on` : what the button says; "Go on" where nothing else is said.
    """
    with html.form(action=action, method="post").classes("rom-form"):
        yield
        with actions():
            button(go_on or say("Go on"))
            if back:
                link(say("Back"), back, "calm")


def actions() -> Element:
    """The row of buttons at a page's end."""
    row: Element = html.div().classes("rom-actions")
    return row


def button(words: str, kind: Kind = "main", **more: str) -> Element:
    """A button that sends its form."""
    made: Element = html.button(words, type="submit", **more).classes(f"rom-button rom-{kind}")
    return made


def link(words: str, to: str, kind: Kind = "main", **more: str) -> Element:
    """A way to another page, as large as a button."""
    made: Element = html.a(words, href=to, **more).classes(f"rom-button rom-{kind}")
    return made


def post(words: str, to: str, kind: Kind = "calm", **values: str) -> None:
    """A button that tells the server something by itself."""
    with html.form(action=to, method="post"):
        for name, value in values.items():
            html.input_(type="hidden", name=name, value=value)
        button(words, kind)


def choice(
    question: str, name: str, options: Mapping[str, str], chosen: str = "", *, row: bool = False, hint: str = ""
) -> None:
    """One of several, as large radio buttons. `options` : value to words. `row` : beside each other."""
    with html.fieldset().classes("rom-choice" + (" rom-row" if row else "")):
        with html.legend():
            html.span(question)
            if hint:
                html.span(hint).classes("rom-hint")
        with html.div().classes("rom-options"):
            for value, words in options.items():
                _option("radio", name, value, words, value == chosen)


def ticks(question: str, name: str, options: Mapping[str, str], chosen: Sequence[str]) -> None:
    """Any of several, as large tick boxes."""
    with html.fieldset().classes("rom-choice"):
        html.legend(question)
        with html.div().classes("rom-options"):
            for value, words in options.items():
                _option("checkbox", name, value, words, value in chosen)


def _option(kind: str, name: str, value: str, words: str, checked: bool) -> None:
    """One radio button or tick box with its words."""
    with html.label().classes("rom-option"):
        more = {"checked": True} if checked else {}
        needed = {"required": True} if kind == "radio" else {}
        html.input_(type=kind, name=name, value=value, **more, **needed)
        html.span(words)


def entry(words: str, name: str, value: str = "", *, hint: str = "", **more: str | bool) -> None:
    """A line to write in."""
    with html.label().classes("rom-entry"):
        html.span(words)
        if hint:
            html.span(hint).classes("rom-hint")
        html.input_(name=name, value=value, **{"type": "text", "autocomplete": "off", **more})


def trouble(words: str) -> None:
    """What is to be put right, said at once."""
    html.p(words, role="alert").classes("rom-trouble")


def note(words: str) -> None:
    """Something beside the matter."""
    html.p(words).classes("rom-note")


def points(*items: str) -> None:
    """A list."""
    with html.ul().classes("rom-points"):
        for item in items:
            html.li(item)


def drawing(svg: str, kind: str = "") -> None:
    """A drawing of our own, as it stands in the page."""
    ui.html(svg, sanitize=False).classes(f"rom-drawing {kind}".strip())
