"""Runs a function in a process of its own, with limits; what goes wrong in it is one sentence here.

The process is a fresh interpreter, not a fork: nothing of this one is in its memory, and it may be started from a
worker that may have no children of `multiprocessing`'s. It is told what to do over its standard input, and answers
in lines of JSON, so that a decoder that was taken over can answer with numbers and words and nothing else. It ends
when this process ends, however that happens: its standard input is then closed.
"""

import contextlib
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO, Any

import rom.errors
from rom.errors import InputUnreadable, RomError
from rom.intake.limits import LIMITS, Limits

#: Set in the process: what is guarded already is not guarded twice.
INSIDE = "ROM_GUARDED"
WATCH_EVERY_S = 0.05  # a process that fills memory at 4 GB/s is 200 MB over when it is seen
END_WITHIN_S = 5.0  # from the last word of a process to its end
ANSWER_BYTES_MOST = 64 * 2**20  # an examination of ten minutes at 60 pictures a second takes about 20 MB
WAITING_MOST = 256  # lines that wait to be read; a process that says more is held up
START = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from rom.intake.inside import main; main()"
)

Progress = Callable[[int, int | None], None]
_log = logging.getLogger(__name__)


def guarded(
    function: Callable[..., Any], *args: Any, limits: Limits = LIMITS, progress: Progress | None = None
) -> Any:
    """Call a function in a process of its own that is held to `limits`.

    Parameters
    ----------
    function : of the top of a module. What it returns is plain JSON: numbers, words, lists, dicts, None.
    args : what it is called with; anything that can be pickled.
    limits : `memory_bytes`, `cpu_s`, `wall_s`, `written_bytes` and `files` are those of the process.
    progress : called here with what the function tells its own ``progress``, which it is then given by that name.
        What it raises ends the process and goes on from here: so a job is cancelled.

    Returns
    -------
    What the function returned. In a process that is guarded already, it is simply called.

    Raises
    ------
    InputUnreadable : the process crashed, needed too much memory or time, or failed; the sentence says which.
    RomError : what the function itself raised.
    """
    if os.environ.get(INSIDE):
        return function(*args, **({} if progress is None else {"progress": progress}))
    process = subprocess.Popen(  # noqa: S603 - this same interpreter, and words of our own
        [sys.executable, "-c", START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {INSIDE: "1"},
    )
    assert process.stdout is not None
    lines: Queue[bytes] = Queue(WAITING_MOST)
    reader = Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        order = (function.__module__, function.__qualname__, args, limits, progress is not None)
        return _answer(process, pickle.dumps(order), lines, limits, progress)
    finally:
        _end(process, reader, lines)


def _answer(
    process: "subprocess.Popen[bytes]",
    order: bytes,
    lines: "Queue[bytes]",
    limits: Limits,
    progress: Progress | None,
) -> Any:
    """Give the order, and wait for its result within the limits."""
    import psutil

    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(sys.path).encode() + b"\n" + order)
        process.stdin.flush()  # and left open: its end is the end of the process
        watched = psutil.Process(process.pid)
    except (BrokenPipeError, psutil.NoSuchProcess):
        raise _ended(process, limits) from None
    deadline = monotonic() + limits.wall_s
    while True:
        _check(watched, limits, deadline)
        try:
            line = lines.get(timeout=WATCH_EVERY_S)
        except Empty:
            continue
        if not line:
            raise _ended(process, limits)
        kind, said = _parsed(line)
        if kind == "result":
            return said
        if kind != "progress":
            raise _refusal(kind, said, limits)
        if progress is not None:
            progress(int(said[0]), None if said[1] is None else int(said[1]))


def _read(stream: IO[bytes], lines: "Queue[bytes]") -> None:
    """Put every line into the queue; an empty one is the end. A line that is too long is cut, and so is no JSON."""
    with stream:
        while line := stream.readline(ANSWER_BYTES_MOST):
            lines.put(line)
    lines.put(b"")


def _check(watched: Any, limits: Limits, deadline: float) -> None:
    """Raise where the process has had more than its share of time or memory."""
    import psutil

    if monotonic() > deadline:
        raise too_long(limits.wall_s)
    try:
        used = watched.memory_info().rss
    except psutil.Error:  # it has just ended: its last line is on its way
        return
    if used > limits.memory_bytes:
        raise too_heavy(limits)


def _parsed(line: bytes) -> tuple[str, Any]:
    """What a line says: its one key, and what stands under it."""
    try:
        ((kind, said),) = json.loads(line).items()
    except (ValueError, AttributeError, RecursionError) as error:
        raise _failed("its answer is no answer") from error
    return kind, said


def _refusal(kind: str, said: Any, limits: Limits) -> RomError:
    """The error for what the process says of itself."""
    if kind == "refused":
        found = getattr(rom.errors, str(said[0]), None)
        if isinstance(found, type) and issubclass(found, RomError):
            return found(str(said[1]))
    if kind == "memory":
        return too_heavy(limits)
    if kind == "failed":
        _log.warning("What was guarded failed: %s", said[1])
        return _failed(str(said[0]))
    return _failed("its answer is no answer")


def _ended(process: "subprocess.Popen[bytes]", limits: Limits) -> InputUnreadable:
    """The error for a process that ended without an answer."""
    try:
        code = process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        return _failed("it fell silent")
    if hasattr(signal, "SIGXCPU") and code in (-signal.SIGXCPU, -signal.SIGKILL):
        return too_long(limits.cpu_s) if code == -signal.SIGXCPU else _failed("the system ended it")
    return _failed(f"it crashed: {signal.Signals(-code).name}" if code < 0 else f"it crashed with code {code}")


def too_long(limit_s: float) -> InputUnreadable:
    """The error for a file that takes too much time."""
    return InputUnreadable(
        f"Reading this file took more than {limit_s:g} seconds and was ended; cut the recording shorter, or film "
        "it in 1080p."
    )


def too_heavy(limits: Limits) -> InputUnreadable:
    """The error for a file that takes too much memory."""
    return InputUnreadable(
        f"Reading this file took more than {limits.memory_bytes / 1e9:.1f} GB of memory and was ended; film it in "
        "1080p, or export it again."
    )


def _failed(why: str) -> InputUnreadable:
    """The error for a reader that came to grief over a file."""
    return InputUnreadable(
        f"This file brings its reader to a stop ({why}): it is damaged or was made to do so; export it again, or "
        "choose another."
    )


def _end(process: "subprocess.Popen[bytes]", reader: Thread, lines: "Queue[bytes]") -> None:
    """End the process, whatever it is doing, and leave no pipe open and no thread waiting."""
    process.kill()
    process.wait()
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # what it was told last, it never read
        process.stdin.close()
    while reader.is_alive():
        with contextlib.suppress(Empty):
            lines.get(timeout=WATCH_EVERY_S)
