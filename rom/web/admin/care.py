"""``/admin/care``: in whose care somebody is; hand over one, or all of a therapist's."""

from fastapi import FastAPI
from nicegui import html, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from rom.errors import UsageError
from rom.report.language import Words
from rom.store.accounts import accounts
from rom.store.care import carers, hand_over, take_care
from rom.store.clinic import THERAPIST
from rom.store.people import people
from rom.store.tables import PersonRow
from rom.web.admin.layout import admin, select
from rom.web.desk.layout import cell, table
from rom.web.ground import Ground
from rom.web.theme import button, entry, note
from rom.web.who import who_asks

#: So many people on a page; the rest are found by a part of their name.
PEOPLE_MOST = 50
#: Stands for nobody's care.
NOBODY, EVERYBODY = "nobody", "everybody"


def register(app: FastAPI, ground: Ground) -> None:
    """The page, and handing over."""
    say = ground.say

    @ui.page("/admin/care")
    def care(of: str = "", name: str = "") -> None:
        with ground.store.session() as session:
            therapists = {
                row.id: row.shown for row in accounts(session) if row.role == THERAPIST and row.ended is None
            }
            caring = carers(session)
            found = [row for row in people(session) if _is_meant(row, caring.get(row.id, []), of, name)]
        with admin(say("Care"), say, lead=say("A therapist sees the people in their care, and nobody else.")):
            with html.form(action="/admin/care", method="get").classes("rom-line"):
                entry(say("Part of a name"), "name", name)
                whose = {"": say("Anybody's"), NOBODY: say("Nobody's"), **therapists}
                select(say("In whose care"), "of", whose, of)
                button(say("Show"), "calm")
            if of in therapists and found:
                _all_of(of, therapists, say)
            _people(found[:PEOPLE_MOST], caring, therapists, say)
            if len(found) > PEOPLE_MOST:
                note(say("{more} more; write a part of the name.", more=len(found) - PEOPLE_MOST))

    @app.post("/admin/care")
    async def handed_over(request: Request) -> RedirectResponse:
        said = await request.form()
        person, before, after = (str(said.get(name, "")) for name in ("person", "before", "after"))
        if not after:
            raise UsageError("Expected a therapist who takes over, but nobody was chosen; choose one.")
        doer = who_asks(request).doer
        with ground.store.session() as session, session.begin():
            every = (
                [one for one, by in carers(session).items() if before in by] if person == EVERYBODY else [person]
            )
            for one in every:
                if before:
                    hand_over(session, doer, one, before=before, after=after)
                else:
                    take_care(session, doer, after, one)
        return RedirectResponse("/admin/care", 303)


def _is_meant(row: PersonRow, by: list[str], of: str, name: str) -> bool:
    """Whether somebody is in this care, and called so."""
    in_care = not of or (not by if of == NOBODY else of in by)
    return in_care and name.strip().lower() in row.label.lower()


def _all_of(of: str, therapists: dict[str, str], say: Words) -> None:
    """Everybody of a therapist's to another one."""
    with html.form(action="/admin/care", method="post").classes("rom-line"):
        html.input_(type="hidden", name="person", value=EVERYBODY)
        html.input_(type="hidden", name="before", value=of)
        others = {key: shown for key, shown in therapists.items() if key != of}
        select(say("Everybody of {name} to", name=therapists[of]), "after", {"": say("Choose"), **others})
        button(say("Hand all over"), "calm")


def _people(rows: list[PersonRow], caring: dict[str, list[str]], therapists: dict[str, str], say: Words) -> None:
    """Each with whose they are, and to whom they may go."""
    heads = [say("Name"), say("In the care of"), say("Hand over")]
    with table(say("People and whose care they are in"), heads):
        for row in rows:
            by = [one for one in caring.get(row.id, []) if one in therapists]
            name = row.label or row.id[:8]
            with html.tr():
                cell(name, head=heads[0])
                cell(", ".join(therapists[one] for one in by) or say("nobody"), head=heads[1])
                with html.td(), html.form(action="/admin/care", method="post").classes("rom-line"):
                    html.input_(type="hidden", name="person", value=row.id)
                    html.input_(type="hidden", name="before", value=by[0] if by else "")
                    others = {key: shown for key, shown in therapists.items() if key not in by}
                    words = say("Hand {name} over to", name=name)
                    select(words, "after", {"": say("Choose"), **others}, hidden_words=True)
                    button(say("Hand over"), "calm", **{"aria-label": say("Hand {name} over", name=name)})
