"""What a study keeps while it goes on: a folder in which every file is whole, so that any run may be the last.

==========================  =======================================================================
``landmarks/LOOK...``       what was found in a recording: `rom.pose.landmark_table`
``work/judged/JUDGE...``    what follows from it: one Arrow file with the rows of every table
``work/failed/JUDGE...``    why nothing follows from it
``work/pictures/JUDGE...``  a frame of it for the summary, faces blurred
``work/glances.jsonl``      what each file held when it was looked at last
==========================  =======================================================================

``work`` may be deleted at any time; what is in it is then made again from the landmarks.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from rom.errors import UsageError
from rom.pose.landmark_table import TABLE_SUFFIX
from rom.report.tables import explained

JUDGED, FAILED, PICTURE = ".arrow", ".json", ".jpg"


@dataclass(frozen=True, slots=True)
class Work:
    """The folders of a study, by what is in them."""

    folder: Path

    @property
    def landmarks(self) -> Path:
        """Landmarks, one file a recording; a part of the study."""
        return self.folder / "landmarks"

    @property
    def judged(self) -> Path:
        """Results, one file a line."""
        return self.folder / "work" / "judged"

    @property
    def failed(self) -> Path:
        """Reasons, one file a line."""
        return self.folder / "work" / "failed"

    @property
    def pictures(self) -> Path:
        """Frames for the summary."""
        return self.folder / "work" / "pictures"

    @property
    def glances(self) -> Path:
        """What each file held."""
        return self.folder / "work" / "glances.jsonl"

    def landmarks_of(self, look: str) -> Path:
        """The landmarks' file of that key."""
        return self.landmarks / f"{look}{TABLE_SUFFIX}"

    def judged_of(self, judge: str) -> Path:
        """The results' file of that key."""
        return self.judged / f"{judge}{JUDGED}"

    def failed_of(self, judge: str) -> Path:
        """The reason's file of that key."""
        return self.failed / f"{judge}{FAILED}"

    def picture_of(self, judge: str) -> Path:
        """The picture's file of that key."""
        return self.pictures / f"{judge}{PICTURE}"

    def make(self) -> None:
        """Make the folders that are not there."""
        for folder in (self.landmarks, self.judged, self.failed, self.pictures):
            with explained(folder):
                folder.mkdir(parents=True, exist_ok=True)

    def have(self, folder: Path, ending: str) -> set[str]:
        """The keys of all that is in a folder."""
        if not folder.is_dir():
            return set()
        with os.scandir(folder) as entries:
            return {one.name.removesuffix(ending) for one in entries if one.name.endswith(ending)}

    def fail(self, judge: str, what: str, reason: str) -> None:
        """Keep why nothing follows from a recording."""
        text = json.dumps({"what": what, "reason": reason})
        whole(self.failed_of(judge), lambda part: part.write_text(text, encoding="utf-8"))

    def failure(self, judge: str) -> tuple[str, str]:
        """What kept it from being measured, and the sentence."""
        told = json.loads(self.failed_of(judge).read_text(encoding="utf-8"))
        return str(told["what"]), str(told["reason"])


def whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Have a file written under another name and then named: others see it whole or not at all."""
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    with explained(path):
        try:
            write(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a study, so that no other run works on it; it is let go when this process ends, however that happens."""
    path = folder / "work" / "lock"
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
    with file:
        if not _locked(file):
            raise UsageError(
                f"Another run works on the study '{folder}'; wait until it has ended, or name another folder."
            )
        yield


def _locked(file: IO[bytes]) -> bool:
    """Whether the file could be locked for this process."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore] # there alone
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
