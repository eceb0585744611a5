"""The first thing that happens to a file: what it holds (SHA-256), what it is, and how long it is."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rom.batch.measuring import nameless
from rom.errors import InputUnreadable, RomError
from rom.intake import LIMITS, Limits, guarded, look, sniffed
from rom.pose.keypoints import is_keypoints
from rom.video.fingerprint import sha256_of_file, sha256_of_files

What = Literal["pictures", "landmarks"]
#: Bytes of stored landmarks a frame, for a rough idea of how many there are.
BYTES_A_FRAME = 400
USUAL_HZ = 30.0


@dataclass(frozen=True, slots=True)
class Glance:
    """What a file held. `reason` : why it can be no recording, and nothing else is known; empty where it may be."""

    sha256: str = ""
    what: What = "pictures"
    frames: int = 0
    duration_s: float = 0.0
    reason: str = ""


#: A file that must be opened to learn more.
PICTURES = Glance()


def glanced(paths: Sequence[str], limits: Limits = LIMITS) -> list[Glance]:
    """Look at files; runs on a worker. Those with pictures are opened in a process of its own."""
    found = {path: glance(Path(path)) for path in paths}
    pictures = [path for path, seen in found.items() if seen is None]
    found |= dict(zip(pictures, _opened(pictures, limits), strict=True))
    return [seen for path in paths if (seen := found[path]) is not None]


def _opened(paths: Sequence[str], limits: Limits) -> list[Glance]:
    """Look at pictures; where one of them ends the process, in halves, until it is alone."""
    if not paths:
        return []
    try:
        return [Glance(**found) for found in guarded(open_all, [*paths], limits, limits=limits)]
    except InputUnreadable as error:
        if len(paths) == 1:
            return [Glance(reason=str(error))]
        half = len(paths) // 2
        return [*_opened(paths[:half], limits), *_opened(paths[half:], limits)]


def open_all(paths: Sequence[str], limits: Limits) -> list[dict[str, Any]]:
    """Look at pictures, in this process."""
    return [asdict(_told(Path(path), lambda path: _pictures(path, limits))) for path in paths]


def glance(path: Path) -> Glance | None:
    """What can be told of a file without a decoder; None where it holds pictures."""
    found = _told(path, _without_decoder)
    return None if found == PICTURES else found


def _told(path: Path, look_at: Callable[[Path], Glance]) -> Glance:
    """What a look at a file tells, or why it tells nothing."""
    try:
        return look_at(path)
    except RomError as error:
        return Glance(reason=nameless(str(error), str(path)))
    except OSError as error:
        return Glance(reason=f"The file could not be read ({error.strerror}); look whether it is still there.")


def _without_decoder(path: Path) -> Glance:
    if not path.exists():
        raise InputUnreadable("There is no such file; look whether it was moved, or its name is spelled otherwise.")
    if path.is_dir():
        inside = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        if not inside:
            raise InputUnreadable("Expected pictures or landmarks, but this folder is empty; copy it again.")
        return Glance(sha256_of_files(inside), "landmarks" if is_keypoints(path) else "pictures", len(inside))
    if path.stat().st_size and is_keypoints(path):
        return Glance(sha256_of_file(path), "landmarks", path.stat().st_size // BYTES_A_FRAME)
    sniffed(path)
    return PICTURES


def _pictures(path: Path, limits: Limits) -> Glance:
    found = look(path, limits)
    frames = max(1, round(found.duration_s * _rate_hz(path)))
    return Glance(sha256_of_file(path), "pictures", frames, found.duration_s)


def _rate_hz(path: Path) -> float:
    """Pictures a second, as the file says; what is usual where it does not."""
    import av
    import av.error

    try:
        with av.open(str(path)) as container:
            return float(container.streams.video[0].average_rate or USUAL_HZ)
    except (av.error.FFmpegError, OSError, ValueError, IndexError):
        return USUAL_HZ


class Glances:
    """What files held when they were looked at last; a file that was changed since is not known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Glance] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                self._read(line)

    def _read(self, line: str) -> None:
        """One line; one that was cut off when a run was killed is passed over."""
        try:
            told = json.loads(line)
            state = told.pop("state")
            self._known[state] = Glance(**told)
        except (ValueError, TypeError, KeyError, AttributeError):
            return

    def known(self, path: str) -> Glance | None:
        """What a file held, where it was not changed since."""
        return self._known.get(_state(Path(path)) or "")

    def note(self, path: str, found: Glance, *, kept: bool = True) -> None:
        """Remember what a file holds, but for one that can be no recording. `kept` : for the next run, too."""
        state = _state(Path(path))
        if state is None or found.reason:
            return
        self._known[state] = found
        if kept:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"state": state} | asdict(found)) + "\n")


def _state(path: Path) -> str | None:
    """What tells a file from itself after a change, without its name; None where it is not there."""
    try:
        files = [path] if path.is_file() else sorted(path.iterdir())
        told = [str(path), *(f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files)]
    except OSError:
        return None
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
