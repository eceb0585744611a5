"""``/desk/clinic``: what stands at the head of a report, and for how long original videos are kept."""

from typing import Annotated

from fastapi import FastAPI, Form
from nicegui import html, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from rom.store.choices import choice as chosen
from rom.store.choices import choose
from rom.store.reports import ADDRESS_LINES, Clinic, clinic_of, name_clinic
from rom.web.desk.layout import desk
from rom.web.ground import Ground
from rom.web.pages.privacy import KEEP_DAYS
from rom.web.theme import choice, entry, form, note
from rom.web.who import who_asks


def register(app: FastAPI, ground: Ground) -> None:
    """The page, and where it is sent to."""
    say = ground.say

    @ui.page("/desk/clinic")
    def page(saved: int = 0) -> None:
        with ground.store.session() as session:
            clinic = clinic_of(session)
            keep = chosen(session, "keep_video", False)
            days = chosen(session, "keep_days", KEEP_DAYS[0])
        with desk(say("The clinic"), say, trail=[(say("People"), "/desk")]):
            if saved:
                html.p(say("Saved."), role="status").classes("rom-said")
            with html.div().classes("rom-narrow"), form("/desk/clinic", say=say, go_on=say("Save")):
                html.h2(say("At the head of a report"))
                entry(say("Name"), "name", clinic.name, maxlength="200")
                with html.label().classes("rom-entry"):
                    html.span(say("Address"))
                    html.span(say("At most {lines} lines.", lines=ADDRESS_LINES)).classes("rom-hint")
                    html.textarea("\n".join(clinic.address), name="address", rows=str(ADDRESS_LINES))
                note(say("Reports that were signed before keep what they say."))
                html.h2(say("Original videos"))
                choice(
                    say("Keep a video after it was measured? Faces in it are not blurred."),
                    "keep_video",
                    {"no": say("No, erase it"), "yes": say("Yes, keep it")},
                    "yes" if keep else "no",
                    row=True,
                )
                words = {str(n): say("{days} days", days=n) if n else say("Until it is erased") for n in KEEP_DAYS}
                choice(say("If it is kept, for how long?"), "keep_days", words, str(days), row=True)

    @app.post("/desk/clinic")
    def save(
        request: Request,
        name: Annotated[str, Form()] = "",
        address: Annotated[str, Form()] = "",
        keep_video: Annotated[str, Form()] = "",
        keep_days: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        with ground.store.session() as session, session.begin():
            name_clinic(session, Clinic(name, tuple(address.splitlines())), who_asks(request).doer)
            choose(session, "keep_video", keep_video == "yes")
            choose(session, "keep_days", int(keep_days) if keep_days in map(str, KEEP_DAYS) else KEEP_DAYS[0])
        return RedirectResponse("/desk/clinic?saved=1", 303)
