"""Recordings that arrive: begun, sent in pieces that go on where they broke off, looked at, and given to the jobs.

One upload is a row (`rom.store.clinic.UploadRow`) and a growing file in ``incoming`` that is named by the row's ID;
the name that the file had elsewhere is only ever shown. Nothing here speaks of pages: the desk and the API call
`begin`, `add_piece` and `finish`; the patient's page, whose video comes in one go, `taken_in` and `keep`.
"""

import asyncio
import os
import shutil
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Select, false, select, update
from sqlalchemy.orm import Session

from rom.errors import InputUnreadable, RomError, UsageError
from rom.exam.protocols import protocol as protocol_of
from rom.exam.protocols import regime_of
from rom.exam.symptoms import checked
from rom.intake import LIMITS, Kind, Limits, look, sniffed
from rom.intake.limits import GIB, SPARE_BYTES
from rom.intake.sniff import HEAD_BYTES
from rom.jobs.measuring import symptoms_from
from rom.records import SIDES
from rom.store import Store
from rom.store.audit import note
from rom.store.clinic import ARRIVED, ARRIVING, REFUSED, UploadRow
from rom.store.exams import AUTO, add_exam
from rom.store.files import PART, flush
from rom.store.jobs import MEASURE, add_job
from rom.store.tables import RECORDED, ExamRow, new_id
from rom.store.trouble import told
from rom.web.who import NotTheirs, Who, person_for

#: Uploads of one account that may be under way at a time.
UPLOADS_MOST = 500
#: Whoever sends nothing for so long has gone away, and may go on later.
PIECE_WITHIN_S = 30.0
#: The database is told of what arrived after so much, and at the end of each piece: 32 MiB.
TOLD_BYTES = 1 << 25
NAME_LETTERS = 200
FOOTWEAR = ("bare", "sock", "shoe", "unknown")
NO_VIDEO = "This file is not a video, whatever its name says; please choose another."

#: The newest sender of each upload: what an earlier connection still has to say does not count.
_newest: dict[str, int] = {}
_numbers = count(1)


class OutOfStep(UsageError):  # noqa: N818 - how it stands, not a fault of the software
    """A piece that does not begin where the upload stands; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"Expected the piece that begins at byte {offset}; send that one.")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a recording.

    Attributes
    ----------
    side, protocol : as said, or "auto" to have them recognised. recorded_on : the day of filming.
    moved_by, footwear : as `rom.measure` takes them. symptoms : fields of `rom.records.Symptoms`.
    """

    recorded_on: date
    side: str = AUTO
    protocol: str = AUTO
    moved_by: str = ""
    footwear: str = "unknown"
    symptoms: dict[str, Any] = field(default_factory=dict)

    def checked(self) -> "Said":
        """The same; ``UsageError`` for what cannot be meant."""
        if self.side not in (*SIDES, AUTO):
            raise UsageError(f"Expected the side as left, right or auto, but got '{self.side[:20]}'; choose one.")
        if self.footwear not in FOOTWEAR:
            raise UsageError(f"Expected the footwear as {', '.join(FOOTWEAR)}; choose one.")
        if self.protocol != AUTO:
            regime_of(self.moved_by, protocol_of(self.protocol))
        try:
            checked(symptoms_from(self.symptoms))
        except (TypeError, AttributeError) as error:
            raise UsageError("Expected symptoms as the exam asks for them; leave them out.") from error
        return self


def begin(
    store: Store,
    who: Who,
    person_id: str,
    *,
    name: str,
    size: int,
    said: Said,
    mark: str = "",
    limits: Limits = LIMITS,
) -> UploadRow:
    """An upload of somebody's recording; one that broke off goes on, where its name, size and mark are the same.

    Parameters
    ----------
    name : what the file was called where it comes from. size : of the whole, in bytes.
    mark : what the sender knows the same file by, such as a hash of its beginning; empty begins anew.

    Raises
    ------
    NotTheirs : the person is not theirs. InputUnreadable : the file is empty or too large.
    UsageError : what is said cannot be meant. RomError : there is no room for it.
    """
    said.checked()
    _check_size(size, limits)
    shown = shown_name(name)
    with told("begin the upload"), store.session() as session, session.begin():
        person_for(session, who, person_id)
        open_ones = [*session.scalars(_of(who).where(UploadRow.state == ARRIVING))]
        key = (person_id, shown, size, mark[:64])
        same = [row for row in open_ones if (row.person_id, row.name, row.size, row.said.get("mark")) == key]
        row = same[0] if mark and same else None
        if row is None:
            _check_room(store, open_ones, size)
            row = UploadRow(account_id=who.account_id, person_id=person_id, name=shown, size=size, received=0)
            session.add(row)
        row.said = {**asdict(said), "recorded_on": said.recorded_on.isoformat(), "mark": mark[:64]}
        session.flush()
        row.received = min(row.received, _there(store, row.id))
    return row


def upload_for(session: Session, who: Who, upload_id: str) -> UploadRow:
    """An upload that they began.

    Raises
    ------
    NotTheirs : there is none of that ID among theirs.
    """
    row: UploadRow | None = session.scalars(_of(who).where(UploadRow.id == upload_id)).first()
    if row is None:
        raise NotTheirs("an upload")
    return row


def uploads_of(session: Session, who: Who, *states: str, most: int = 200) -> list[UploadRow]:
    """Their uploads in some states, the newest first."""
    own = _of(who).where(UploadRow.state.in_(states)).order_by(UploadRow.created.desc(), UploadRow.id)
    return [*session.scalars(own.limit(most))]


async def add_piece(store: Store, who: Who, upload_id: str, offset: int, stream: AsyncIterator[bytes]) -> int:
    """Write what is sent; how many bytes are there now. What came before a connection broke is kept.

    The newest connection counts: one that still hangs ends at its next byte.

    Raises
    ------
    OutOfStep : the piece does not begin where the upload stands. NotTheirs : it is not theirs.
    InputUnreadable : it is no video, or more than was said; the upload is refused then and its bytes are gone.
    """
    with store.session() as session:
        row = upload_for(session, who, upload_id)
    if row.state == REFUSED:
        raise InputUnreadable(row.reason)
    at = min(row.received, _there(store, upload_id))
    if row.state != ARRIVING or offset != at:
        raise OutOfStep(row.size if row.state == ARRIVED else at)
    mine = _newest[upload_id] = next(_numbers)
    path = part_of(store, upload_id)
    with told("take the video in"), path.open("r+b" if path.exists() else "xb") as file:
        file.truncate(at)
        file.seek(at)
        try:
            at = await _write(store, row, file, at, _within(stream), mine)
        finally:
            if _newest.get(upload_id) == mine:
                del _newest[upload_id]
    return at


async def _write(
    store: Store, row: UploadRow, file: BinaryIO, at: int, stream: AsyncIterator[bytes], mine: int
) -> int:
    """Write a stream from `at` on, and tell the row how far it is, also where the stream breaks off."""
    known = at
    try:
        async for piece in stream:
            if _newest.get(row.id) != mine:
                raise OutOfStep(known)
            if at + len(piece) > row.size:
                await asyncio.to_thread(refuse, store, row.id, _more_than_said())
                raise InputUnreadable(_more_than_said())
            file.write(piece)
            begun, at = at, at + len(piece)
            if begun < HEAD_BYTES <= at:
                await _check_head(store, row, file)
            if at - known >= TOLD_BYTES:
                known = await asyncio.to_thread(_tell, store, row.id, file, known, at)
    except BaseException:
        if at > known and _newest.get(row.id) == mine:
            _tell(store, row.id, file, known, at)
        raise
    if at > known:
        await asyncio.to_thread(_tell, store, row.id, file, known, at)
    return at


async def _check_head(store: Store, row: UploadRow, file: BinaryIO) -> None:
    """Refuse what is no video as soon as its beginning is there."""
    file.flush()
    try:
        video_kind(part_of(store, row.id))
    except InputUnreadable as error:
        await asyncio.to_thread(refuse, store, row.id, str(error))
        raise


def finish(store: Store, who: Who, upload_id: str, limits: Limits = LIMITS) -> str:
    """Look at what arrived and give it to the jobs; the ID of the examination. To be asked again is no harm.

    Raises
    ------
    OutOfStep : it is not whole. NotTheirs : it is not theirs. InputUnreadable : it cannot be measured; it is gone.
    """
    with store.session() as session:
        row = upload_for(session, who, upload_id)
    if row.state == ARRIVED and row.exam_id is not None:
        return row.exam_id
    if row.state == REFUSED:
        raise InputUnreadable(row.reason)
    part = part_of(store, upload_id)
    there = min(row.received, _there(store, upload_id))
    if there != row.size:
        raise OutOfStep(there)
    try:
        kind = video_kind(part)
        look(part, limits)
    except InputUnreadable as error:
        refuse(store, upload_id, str(error))
        raise
    with told("keep the video"), store.session() as session, session.begin():
        row = upload_for(session, who, upload_id)
        if row.state != ARRIVING or row.person_id is None:
            raise OutOfStep(row.size)
        said = {name: row.said[name] for name in ("footwear", "moved_by", "symptoms")}
        exam = keep(
            session,
            part,
            kind,
            row.person_id,
            protocol=row.said["protocol"],
            side=row.said["side"],
            recorded_on=date.fromisoformat(row.said["recorded_on"]),
            said=said,
        )
        row.state, row.exam_id = ARRIVED, exam.id
        note(session, who.doer, "recording uploaded", "exam", exam.id)
    return exam.id


def keep(
    session: Session,
    path: Path,
    kind: Kind,
    person_id: str,
    *,
    protocol: str,
    side: str,
    recorded_on: date,
    said: dict[str, Any],
) -> ExamRow:
    """A whole recording as an examination: its row, its file named by it, and its job; the caller wakes the jobs.

    Raises
    ------
    UsageError : the person was erased meanwhile.
    """
    exam = add_exam(session, person_id, protocol=protocol, side=side, recorded_on=recorded_on, said=said)
    exam.state = RECORDED
    path.rename(path.with_name(exam.id + kind.suffix))
    add_job(session, MEASURE, exam_id=exam.id)
    return exam


def give_up(store: Store, who: Who, upload_id: str) -> None:
    """Let an upload go that is not wanted any more: its row and its bytes."""
    with told("let the upload go"):
        with store.session() as session, session.begin():
            session.delete(upload_for(session, who, upload_id))
        _newest.pop(upload_id, None)
        part_of(store, upload_id).unlink(missing_ok=True)


def refuse(store: Store, upload_id: str, reason: str) -> None:
    """An upload is not taken, and why; its bytes go."""
    with store.session() as session, session.begin():
        own = update(UploadRow).where(UploadRow.id == upload_id, UploadRow.state == ARRIVING)
        session.execute(own.values(state=REFUSED, reason=reason))
    part_of(store, upload_id).unlink(missing_ok=True)


async def taken_in(stream: AsyncIterator[bytes], folder: Path, most: int = LIMITS.bytes_most) -> tuple[Path, Kind]:
    """What is sent in one go, whole in a file, and what it is; nothing is left behind where it is not taken.

    Raises
    ------
    InputUnreadable : no video that is known by its first bytes, or more than `most` bytes.
    """
    part = folder / f"{new_id()}{PART}"
    size, kind = 0, None
    try:
        with part.open("xb") as file:
            async for piece in stream:
                size += len(piece)
                if size > most:
                    raise InputUnreadable(_too_large(most))
                file.write(piece)
                if kind is None and size >= HEAD_BYTES:
                    file.flush()
                    kind = video_kind(part)
            flush(file)
        return part, kind or video_kind(part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def video_kind(path: Path) -> Kind:
    """The kind of a video; ``InputUnreadable`` for anything else, in fewer words than `sniffed` has."""
    try:
        kind = sniffed(path)
    except InputUnreadable as error:
        raise InputUnreadable(NO_VIDEO) from error
    if kind.what != "video":
        raise InputUnreadable(NO_VIDEO)
    return kind


def shown_name(name: str) -> str:
    """A file's name as it may be shown: no folder, no letters that do something, and of a bearable length."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if not unicodedata.category(c).startswith(("C", "Zl", "Zp"))).strip()
    return plain[:NAME_LETTERS] or "video"


def part_of(store: Store, upload_id: str) -> Path:
    """Where an upload grows; the ID is a row's own."""
    return store.incoming / f"{upload_id}{PART}"


def _of(who: Who) -> Select[Any]:
    """Uploads that they began; at this computer's own desk, all."""
    if who.role == "local":
        return select(UploadRow)
    own = false() if who.account_id is None else UploadRow.account_id == who.account_id
    return select(UploadRow).where(own)


def _there(store: Store, upload_id: str) -> int:
    """How many bytes of an upload are on the disk."""
    try:
        return part_of(store, upload_id).stat().st_size
    except FileNotFoundError:
        return 0


def _tell(store: Store, upload_id: str, file: BinaryIO, known: int, at: int) -> int:
    """Tell the row how much is there, once it is on the disk itself."""
    file.flush()
    os.fsync(file.fileno())
    with store.session() as session, session.begin():
        own = update(UploadRow).where(UploadRow.id == upload_id, UploadRow.state == ARRIVING)
        session.execute(own.where(UploadRow.received <= at, UploadRow.received >= known).values(received=at))
    return at


async def _within(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A stream that ends where nothing comes for too long."""
    pieces = aiter(stream)
    while True:
        try:
            yield await asyncio.wait_for(anext(pieces), PIECE_WITHIN_S)
        except (StopAsyncIteration, TimeoutError):
            return


def _check_size(size: int, limits: Limits) -> None:
    """Refuse what is empty or too large before a byte of it is sent."""
    if size <= 0:
        raise InputUnreadable("Expected a video, but this file is empty; please choose another.")
    if size > limits.bytes_most:
        raise InputUnreadable(_too_large(limits.bytes_most))


def _check_room(store: Store, open_ones: list[UploadRow], size: int) -> None:
    """Refuse what the disk has no room for, all that is still to come of the others counted."""
    if len(open_ones) >= UPLOADS_MOST:
        raise UsageError(
            f"Expected at most {UPLOADS_MOST} uploads at a time, and so many are under way; let some go first."
        )
    to_come = size + sum(row.size - row.received for row in open_ones)
    if to_come + SPARE_BYTES > shutil.disk_usage(store.incoming).free:
        raise RomError("There is no room for this video on the computer's disk; make some room, then try again.")


def _too_large(most: int) -> str:
    return f"Expected a video of at most {most / GIB:.0f} GB, but it is larger; cut it."


def _more_than_said() -> str:
    return "Expected as many bytes as were said at the beginning, but more came; choose the file again."
