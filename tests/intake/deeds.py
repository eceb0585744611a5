"""What guarded processes are told to do in the tests: good and bad."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rom.errors import InputUnreadable, NotMeasurable, RomError
from rom.intake import Limits, guarded, look

MEGABYTE = 2**20


def doubled(number: float) -> float:
    return 2 * number


def process_id() -> int:
    return os.getpid()


def eats_memory() -> None:
    held = []
    while True:
        held.append(bytearray(os.urandom(1) * (16 * MEGABYTE)))


def asks_for_too_much() -> int:
    return len(bytearray(10**15))


def waits() -> None:
    time.sleep(600)


def waits_and_says_who(path: Path) -> None:
    path.with_suffix(".new").write_text(str(os.getpid()), encoding="ascii")
    path.with_suffix(".new").replace(path)
    waits()


def computes() -> None:
    while True:
        pass


def aborts() -> None:
    os.abort()


def segfaults() -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def leaves() -> None:
    os._exit(0)


def refuses() -> None:
    raise NotMeasurable("No ankle is in view.")


def fails() -> float:
    return 1 / 0


def returns_no_json() -> object:
    return object()


def writes(path: Path, megabytes: int) -> int:
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(bytes(MEGABYTE))
    return path.stat().st_size


def opens_many(path: Path, count: int) -> int:
    held = [path.open("rb") for _ in range(count)]
    return len(held)


def speaks() -> str:
    print("a library's chatter")
    os.write(1, b'{"result": "not this one"}\n')
    return "the answer"


def answers_nonsense() -> None:
    for channel in range(3, 20):
        try:
            os.write(channel, b'{"refused": ["eval", "x"]}\n')
        except OSError:
            continue
    waits()


def counts(upto: int, progress: Callable[[int, int | None], None]) -> int:
    for k in range(upto):
        progress(k + 1, upto)
    return upto


def guards_within() -> list[int]:
    return [os.getpid(), guarded(process_id)]


def guarded_for_long(path: str) -> None:
    guarded(waits_and_says_who, Path(path))


def outcomes(paths: list[Path], limits: Limits, seconds: float) -> list[str]:
    """Look at each file and decode its beginning: "read", or the sentence with which it was refused."""
    return [_outcome(path, limits, seconds) for path in paths]


def _outcome(path: Path, limits: Limits, seconds: float) -> str:
    from rom.video import open_recording

    try:
        look(path, limits)
        with open_recording(path, limit_s=seconds) as recording:
            assert all(frame.image is not None for frame in recording)
    except InputUnreadable as error:
        return str(error)
    return "read"


def raised(call: Callable[[], Any]) -> str:
    """The sentence of the error that a call raises."""
    try:
        call()
    except RomError as error:
        return str(error)
    raise AssertionError("nothing was raised")
