"""What runs in the guarded process; see `rom.intake.guard`."""

import json
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from threading import Thread
from typing import IO, Any

from rom.errors import RomError
from rom.intake.limits import limit_this_process

TOLD_MOST, TRACE_MOST = 500, 4000  # characters of what an unexpected error says, and of where it came from


def main() -> None:
    """Take the order, carry it out within its limits, say what came of it, and end at once."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    module, name, args, limits, wants_progress = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    limit_this_process(limits)
    Thread(target=_end_with_parent, daemon=True).start()

    def tell(done: int, total: int | None) -> None:
        _say(out, {"progress": [done, total]})

    told = {"progress": tell} if wants_progress else {}
    _say(out, _outcome(lambda: getattr(import_module(module), name)(*args, **told)))
    os._exit(0)  # models and decoders take long to put themselves away, and some fail at it


def _outcome(call: Callable[[], Any]) -> dict[str, Any]:
    """What a call returns or raises, as one line of JSON can say it."""
    try:
        found = {"result": call()}
        json.dumps(found)
    except RomError as error:
        return {"refused": [type(error).__name__, str(error)]}
    except MemoryError:
        return {"memory": True}
    except Exception as error:  # noqa: BLE001 - whatever a hostile file leads to is told, and ends here
        said = f"{type(error).__name__}: {error}"
        return {"failed": [said[:TOLD_MOST], traceback.format_exc()[-TRACE_MOST:]]}
    return found


def _say(out: IO[bytes], what: dict[str, Any]) -> None:
    out.write(json.dumps(what).encode() + b"\n")
    out.flush()


def _end_with_parent() -> None:
    """Wait for the end of standard input, which is the end of the parent."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)
