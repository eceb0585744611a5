"""``/desk/open``: a patient's ``.rom`` file: checked as what a stranger sent, shown, and only then taken over.

The file is unpacked by a process of its own that is held to limits (`rom.intake.guarded`). What it holds waits in a
folder of the store's ``work``, for whoever opened it and for an hour; taking it over makes its measurements
examinations of the person who is chosen.
"""

import json
import re
import shutil
import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form
from nicegui import html, ui
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from rom.errors import InputUnreadable, RomError
from rom.exchange import FILE_BYTES_MOST, OpenedExam, unpack_rom, unpacked
from rom.intake import guarded, sniffed
from rom.intake.limits import GIB, SPARE_BYTES
from rom.records import MOTIONS, MotionResult
from rom.report.language import Words
from rom.report.naming import ANKLE_NAMES, MOTION_NAMES, number_words, person_words, range_words
from rom.store import Store
from rom.store.files import remove
from rom.store.media import hash_of
from rom.store.people import LABEL_LETTERS
from rom.store.tables import PersonRow, new_id
from rom.web.desk.brought import NEW, Waiting, said_of, side_of, take_over, why_not
from rom.web.desk.layout import cell, desk, table
from rom.web.desk.timeline import exam_title
from rom.web.ground import Ground
from rom.web.pages.about import name_of
from rom.web.theme import actions, button, entry, note, points, trouble
from rom.web.who import NotTheirs, Who, theirs, who_asks

#: What was opened and not taken over is taken away after this: our choice.
WAITS_S = 3600.0
#: In the folder: what was found, and the file's SHA-256.
TOLD = "opened.json"
ID = re.compile(r"[0-9a-f]{32}")
PICTURES = {f"peak_{motion}": "image/jpeg" for motion in MOTIONS} | {"overlay": "video/mp4"}


def register(app: FastAPI, ground: Ground) -> None:
    """Choosing a file, what is in it, taking it over, and its pictures."""
    _choosing(app, ground)
    _shown(ground)
    _taken_over(app, ground)
    _pictures(app)


def _choosing(app: FastAPI, ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/open")
    def page(away: int = 0) -> None:
        lead = say("One file that the patient's app saved for a therapist, ending in .rom.")
        with desk(say("Open a file"), say, here="/desk/open", lead=lead):
            if away:
                html.p(say("Put away; nothing of it was kept."), role="status").classes("rom-said")
            points(
                say("It is checked like anything from outside, and shown before anything of it is kept."),
                say(
                    "The numbers are as they were measured there; with landmarks in it, they can be measured again."
                ),
            )
            words = {
                "data-upload": "",
                "data-most": str(FILE_BYTES_MOST),
                "data-none": say("Please choose a file first."),
                "data-large": say("This file is too large; the most is {size} GB.", size=FILE_BYTES_MOST // GIB),
                "data-sending": say("Taking the file in, and checking it"),
                "data-failed": say("That did not work; please try again."),
            }
            with html.form(action="/desk/open", method="post", **words).classes("rom-sheet"):
                with html.label().classes("rom-entry"):
                    html.span(say("The file"))
                    html.input_(type="file", name="file", accept=".rom")
                html.p(role="status", **{"data-said": ""}).classes("rom-note")
                html.progress(max="1", value="0", hidden=True, **{"aria-label": say("Taking the file in")})
                button(say("Check and show it"))

    @app.post("/desk/open")
    async def sent(request: Request) -> JSONResponse:
        folder = ground.store.work / new_id()
        try:
            _forget_old(ground.store)
            folder.mkdir(mode=0o700)
            _check_room(folder, request.headers.get("content-length", ""))
            path = await _received(request.stream(), folder)
            await to_thread(_unpack, path, folder, who_asks(request))
        except RomError as error:
            remove(folder)
            return JSONResponse({"reason": say.sentence(str(error))}, status_code=415)
        except ClientDisconnect:
            remove(folder)
            return JSONResponse({}, status_code=400)
        except BaseException:
            remove(folder)
            raise
        return JSONResponse({"next": f"/desk/open/{folder.name}"})


def _check_room(folder: Path, length: str) -> None:
    """Refuse what the disk has no room for: the file itself, and what is in it."""
    size = int(length) if length.isdecimal() else FILE_BYTES_MOST
    if 2 * size + SPARE_BYTES > shutil.disk_usage(folder).free:
        raise RomError("There is no room for this file on the computer's disk; make some room, then try again.")


async def _received(stream: AsyncIterator[bytes], folder: Path) -> Path:
    """What is sent, in a file; ``InputUnreadable`` where it is too large."""
    path, size = folder / "file.rom", 0
    with path.open("xb") as file:
        async for piece in stream:
            size += len(piece)
            if size > FILE_BYTES_MOST:
                raise InputUnreadable(
                    f"Expected a file of at most {FILE_BYTES_MOST // GIB} GB, but this is larger; choose another."
                )
            file.write(piece)
    return path


def _unpack(path: Path, folder: Path, who: Who) -> None:
    """Check and unpack in a process of its own; the file itself is not needed any more."""
    refused = InputUnreadable(
        "Expected a .rom file that the patient's app saved, but this is none; choose another."
    )
    try:
        kind = sniffed(path)
    except InputUnreadable as error:
        raise refused from error
    if kind.what != "exchange":
        raise refused
    told: dict[str, Any] = guarded(unpack_rom, str(path), str(folder))
    unpacked(told, folder)
    held = {"told": told, "sha256": hash_of(path), "account": who.account_id}
    path.unlink()
    (folder / TOLD).write_text(json.dumps(held), encoding="utf-8")


def _forget_old(store: Store) -> None:
    """Take away what was opened long ago, by whomever."""
    for told in store.work.glob(f"*/{TOLD}"):
        if time.time() - told.stat().st_mtime > WAITS_S:
            shutil.rmtree(told.parent, ignore_errors=True)


def _waiting(store: Store, who: Who, name: str) -> Waiting:
    """What somebody opened; ``NotTheirs`` where it is not there any more, or was opened by somebody else."""
    folder = store.work / name
    if not ID.fullmatch(name) or not (folder / TOLD).is_file():
        raise NotTheirs("an opened file")
    held = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    if held["account"] != who.account_id:
        raise NotTheirs("an opened file")
    return Waiting(folder, held["sha256"], unpacked(held["told"], folder))


def _asked(request: Request, name: str) -> Waiting:
    return _waiting(request.scope["rom_store"], who_asks(request), name)


#: The parameter of a page: ``{name}`` of its address.
OpenedAsked = Annotated[Waiting, Depends(_asked)]


def _shown(ground: Ground) -> None:
    say = ground.say

    @ui.page("/desk/open/{name}")
    async def page(request: Request, found: OpenedAsked, person: str = "", why: int = 0) -> None:
        who = who_asks(request)
        with ground.store.session() as session:
            people = [*session.scalars(theirs(who).order_by(PersonRow.label, PersonRow.created))]
        opened = found.opened
        lead = say(
            "Saved on {day} by rom {version}. Nothing of it is kept yet.",
            day=say.date(opened.made),
            version=opened.version,
        )
        with desk(say("What is in the file"), say, here="/desk/open", lead=lead):
            if why:
                trouble(say.sentence(why_not(ground.store, who, found, person)))
            for number, one in enumerate(opened.exams, 1):
                _exam(found, number, one, say)
            _choice(found, people, person, say)


def _exam(found: Waiting, number: int, one: OpenedExam, say: Words) -> None:
    """One examination of the file: numbers, pictures, and what else is there."""
    exam = one.exam
    with html.section().classes("rom-sheet"):
        ankle = say(ANKLE_NAMES[side_of(exam)]).lower()
        html.h2(f"{exam_title(exam.protocol.name, say)}, {ankle}, {say.date(exam.day)}")
        heads = [say(words) for words in ("Motion", "Number", "Likely range", "Why not")]
        if exam.results:
            with table(say("Examination {number}", number=number), heads, numbers=(1,)):
                for result in exam.results:
                    _result(result, heads, say)
        there = [say("numbers")]
        there += [say("landmarks: it can be measured again here")] if "landmarks" in one.files else []
        there += [say("the video with what was read drawn on it")] if "overlay" in one.files else []
        html.p(say("In the file: {parts}.", parts="; ".join(there)))
        with html.div().classes("rom-peaks"):
            for motion in MOTIONS:
                if f"peak_{motion}" in one.files:
                    alt = say("{motion}, the frame at its end", motion=say(MOTION_NAMES[motion]))
                    html.img(src=f"/desk/open/{found.id}/{number}/peak_{motion}", alt=alt)


def _result(result: MotionResult, heads: list[str], say: Words) -> None:
    """One row: a motion of a side."""
    with html.tr():
        html.th(f"{say(ANKLE_NAMES[result.side])}, {say(MOTION_NAMES[result.motion]).lower()}", scope="row")
        cell(number_words(result, say), number=True, head=heads[1])
        cell(range_words(result.ci95_deg, say), head=heads[2])
        cell("" if result.value_deg is not None else " ".join(map(say.sentence, result.reasons)), head=heads[3])


def _choice(found: Waiting, people: list[PersonRow], chosen: str, say: Words) -> None:
    """Whose it is, and the two ways on."""
    told = said_of(found.opened)
    html.h2(say("Whose is it?"))
    known = ", ".join([*([found.opened.name] if found.opened.name else []), *person_words(told, say)])
    note(say("The file says: {known}.", known=known) if known else say("The file does not say whose it is."))
    with html.form(action=f"/desk/open/{found.id}", method="post").classes("rom-sheet"):
        with html.label().classes("rom-entry"):
            html.span(say("Person"))
            with html.select(name="person", required=True):
                html.option(say("Choose…"), value="", **({} if chosen else {"selected": True}))
                html.option(say("Somebody new"), value=NEW, **({"selected": True} if chosen == NEW else {}))
                for row in people:
                    more = {"selected": True} if row.id == chosen else {}
                    html.option(name_of(row, say), value=row.id, **more)
        label = found.opened.name
        entry(say("Name, if it is somebody new"), "label", label, maxlength=str(LABEL_LETTERS))
        with actions():
            button(say("Take it over"))
    with html.form(action=f"/desk/open/{found.id}/away", method="post"):
        button(say("Put it away"), "calm")


def _taken_over(app: FastAPI, ground: Ground) -> None:
    @app.post("/desk/open/{name}")
    def take(
        request: Request,
        found: OpenedAsked,
        person: Annotated[str, Form()] = "",
        label: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        who = who_asks(request)
        if not person or why_not(ground.store, who, found, person):
            return RedirectResponse(f"/desk/open/{found.id}?why=1&person={person}", 303)
        with _taking(found.folder):
            whose = take_over(ground.store, who, found, person, label)
        return RedirectResponse(f"/desk/person/{whose}", 303)

    @app.post("/desk/open/{name}/away")
    def put_away(found: OpenedAsked) -> RedirectResponse:
        remove(found.folder)
        return RedirectResponse("/desk/open?away=1", 303)


@contextmanager
def _taking(folder: Path) -> Iterator[None]:
    """One at a time: whoever asks to take a file over meanwhile does not find it; what fails can be tried again."""
    taken = folder / f"{TOLD}.taken"
    try:
        (folder / TOLD).rename(taken)
    except FileNotFoundError as error:
        raise NotTheirs("an opened file") from error
    try:
        yield
    except BaseException:
        taken.rename(folder / TOLD)
        raise
    remove(folder)


def _pictures(app: FastAPI) -> None:
    @app.get("/desk/open/{name}/{number}/{role}")
    def picture(found: OpenedAsked, number: int, role: str) -> Response:
        exams = found.opened.exams
        path = exams[number - 1].files.get(role) if 0 < number <= len(exams) else None
        if path is None or role not in PICTURES:
            raise NotTheirs("a picture")
        return FileResponse(path, media_type=PICTURES[role])
