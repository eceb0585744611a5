"""What the door says: a page to send a video from, the answer to the video, and nothing to anybody else."""

import asyncio
import errno
import hmac
import json
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from rom.errors import InputUnreadable
from rom.intake import Kind, Limits, look
from rom.intake.limits import SPARE_BYTES
from rom.report.language import Words

State = Literal["waiting", "receiving", "received", "closed"]

PIECE_WITHIN_S = 30.0  # a phone that sends nothing for so long has gone away
NOT_FOUND, CONFLICT, TOO_LARGE, NO_VIDEO, FAILED, NO_ROOM = 404, 409, 413, 415, 500, 507  # RFC 9110, 4918
#: The page loads its own two files and sends to itself; nothing else, and nobody may put it into a frame.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "connection": "close",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
STATIC = {"phone.css": "text/css; charset=utf-8", "phone.js": "text/javascript; charset=utf-8"}


class _Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The video is not taken: the answer's number and words."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


class _Gone(Exception):  # noqa: N818 - as above
    """Nobody is there any more to be answered."""


class Answers:
    """The application behind the door (ASGI); `state`, `share` and `recording` may be read from other threads."""

    def __init__(
        self,
        stem: Path,
        *,
        token: str,
        host: str,
        origin: str,
        limits: Limits,
        say: Words,
        received: Callable[[Path], None] | None,
    ) -> None:
        self._stem, self._token, self._host, self._origin = stem, token.encode(), host.encode(), origin.encode()
        self._limits, self._say, self._tell = limits, say, received
        self.state: State = "waiting"
        self.share = 0.0
        self.recording: Path | None = None

    def end(self) -> None:
        """The door is shut."""
        if self.state != "received":
            self.state = "closed"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, kind, body = await self._answer(scope, receive)
        headers = {"content-type": kind, "content-length": str(len(body)), **HEADERS}
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": encoded})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, str, bytes]:
        """Status, kind and body. Nobody without the token learns that there is anything."""
        headers = Headers(scope=scope)
        _, token, *rest = f"{scope['path']}/".encode("utf-8", "replace").split(b"/")
        known = hmac.compare_digest(token, self._token) and headers.get("host", "").encode() == self._host
        at = b"/".join(rest).rstrip(b"/").decode("utf-8", "replace")
        asked = (scope["method"], at) if known and self.state in ("waiting", "receiving") else None
        if asked == ("GET", ""):
            return 200, "text/html; charset=utf-8", self.page()
        if asked is not None and asked[0] == "GET" and at in STATIC:
            return 200, STATIC[at], _static(at)
        if asked == ("POST", "") and headers.get("origin", self._origin.decode()).encode() == self._origin:
            return await self._taken(headers, receive)
        return NOT_FOUND, "text/plain; charset=utf-8", b"Not found"

    async def _taken(self, headers: Headers, receive: Receive) -> tuple[int, str, bytes]:
        """Take the video, and say what became of it."""
        status, said = 200, self._say("Thank you. The video has arrived: you can close this page.")
        try:
            await self._take(headers, receive)
        except _Refused as refused:
            status, said = refused.status, refused.said
        except _Gone:
            status, said = 400, ""
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            status, said = (NO_ROOM, self._no_room()) if full else (FAILED, self._not_kept())
        return status, "application/json", json.dumps({"said": said}).encode()

    async def _take(self, headers: Headers, receive: Receive) -> None:
        """The whole way of a video: counted, written, looked at, named."""
        if self.state != "waiting":
            raise _Refused(CONFLICT, self._say("Another video is on its way already; please wait for it."))
        self.state, self.share = "receiving", 0.0
        part = self._stem.with_name(self._stem.name + ".part")
        try:
            size = self._promised(headers)
            await self._write(part, size, receive)
            kind = await self._looked(part)
            whole = self._stem.with_name(self._stem.name + kind.suffix)
            part.replace(whole)
            _sync_folder(whole.parent)
            self._hand_on(whole)
            self.recording, self.state = whole, "received"
        finally:
            if self.state != "received":
                self.state = "waiting"
                part.unlink(missing_ok=True)

    def _promised(self, headers: Headers) -> int:
        """How many bytes are to come, 0 where that is not said; refused where they are too many."""
        said = headers.get("content-length", "0")
        size = int(said) if said.isdecimal() else 0
        if size > self._limits.bytes_most:
            raise _Refused(TOO_LARGE, self._too_large())
        if size + SPARE_BYTES > shutil.disk_usage(self._stem.parent).free:
            raise _Refused(NO_ROOM, self._no_room())
        return size

    async def _write(self, part: Path, size: int, receive: Receive) -> None:
        """Write what comes, as far as it may, and onto the disk itself."""
        written = 0
        with part.open("xb") as file:
            async for piece in _pieces(receive):
                written += len(piece)
                if written > self._limits.bytes_most:
                    raise _Refused(TOO_LARGE, self._too_large())
                file.write(piece)
                self.share = min(1.0, written / size) if size else 0.0
            file.flush()
            os.fsync(file.fileno())

    async def _looked(self, part: Path) -> Kind:
        """What the file is, once it was looked at in a process of its own."""
        try:
            found = await asyncio.to_thread(look, part, self._limits)
        except InputUnreadable as error:
            raise _Refused(NO_VIDEO, self._say.sentence(str(error))) from error
        if found.kind.what != "video":
            raise _Refused(NO_VIDEO, self._say("This is a photograph; please choose a video."))
        return found.kind

    def _hand_on(self, whole: Path) -> None:
        """Tell whoever waits for it; where that fails, it may be sent again."""
        try:
            if self._tell is not None:
                self._tell(whole)
        except Exception as error:
            logging.getLogger(__name__).exception("the video of the phone was not taken on")
            whole.unlink(missing_ok=True)
            raise _Refused(FAILED, self._not_kept()) from error

    def page(self) -> bytes:
        """The page that the phone shows."""
        from jinja2 import Template

        text: str = Template(_static("phone.html").decode(), autoescape=True).render(
            say=self._say,
            base=f"/{self._token.decode()}",
            most=self._limits.bytes_most,
            encrypted=self._origin.startswith(b"https:"),
            too_large=self._too_large(),
        )
        return text.encode()

    def _not_kept(self) -> str:
        return self._say("The video could not be kept; please try again.")

    def _too_large(self) -> str:
        most = f"{self._limits.bytes_most / 1e9:.1f}"
        return self._say("This video is too large; the most is {size} GB. Please film a shorter one.", size=most)

    def _no_room(self) -> str:
        return self._say("There is no room for it on the computer; please make some, then try again.")


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """What is sent, as it comes; whoever falls silent is gone."""
    more = True
    while more:
        try:
            message = await asyncio.wait_for(receive(), PIECE_WITHIN_S)
        except TimeoutError:
            raise _Gone from None
        if message["type"] == "http.disconnect":
            raise _Gone
        more = message.get("more_body", False)
        yield message.get("body", b"")


def _sync_folder(folder: Path) -> None:
    """See that the new name is on the disk, too, where the system can be asked for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@cache
def _static(name: str) -> bytes:
    return files("rom.web.phone").joinpath("static", name).read_bytes()
