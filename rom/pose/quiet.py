"""Keep a library's routine messages off the terminal, and nothing else."""

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Information (I) and warning (W) lines of MediaPipe, TensorFlow Lite, LiteRT; errors (E, F) are not listed.
_ROUTINE = re.compile(
    rb"(?:[IW]\d{4} \d\d:\d\d:\d+\.\d+ |(?:INFO|WARNING): \[\w+\.cc:\d+\] |INFO: Created TensorFlow Lite |"
    rb"WARNING: Logging before InitGoogle)[^\n]*\n"
)
_one_at_a_time = threading.RLock()
_STDERR = 2  # the file descriptor that C++ code writes to, whatever `sys.stderr` is


@contextmanager
def without_routine_messages() -> Iterator[None]:
    """Hold back what is written to standard error, then pass on all but MediaPipe's routine lines.

    MediaPipe 1.x has no switch for its log and writes it below Python: the file descriptor is turned aside,
    and only while a model is loaded and run for the first time: a fraction of a second.
    """
    with _one_at_a_time, tempfile.TemporaryFile() as held:
        try:
            kept = os.dup(_STDERR)
        except OSError:  # no standard error at all (pythonw, a service): nothing to keep clean
            yield
            return
        _flush()
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            _flush()
            os.dup2(kept, _STDERR)
            os.close(kept)
            held.seek(0)
            rest = _ROUTINE.sub(b"", held.read())
            if rest:
                os.write(_STDERR, rest)


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
