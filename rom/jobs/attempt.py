"""One attempt at a job: a folder that the server and the worker both see.

It holds what the attempt makes and how far it is (``progress``); a file beside it says that it shall end early.
That the folder is there says that the attempt began: Dask starts a task again whose worker died, and this is how
the second start knows that it is one. What came of the attempt is written there as well (``outcome.json``), because
what a worker returned is gone with it where nobody fetched it yet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

#: Progress is written, and the sign to stop looked for, at most so often.
PACE_S = 0.5


class Stopped(Exception):  # noqa: N818 - asked for by the user, no error
    """The attempt was asked to stop."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt's folder, ``work/JOB/TOKEN``; the sign to stop lies beside it, so that it may come before it."""

    folder: Path

    def begin(self) -> bool:
        """Make the folder; False where the attempt was begun before, and whoever did so is gone."""
        try:
            self.folder.mkdir(parents=True)
        except FileExistsError:
            return False
        return True

    def ask_to_stop(self) -> None:
        """Leave the sign to stop."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._stop.touch()

    @property
    def asked_to_stop(self) -> bool:
        """Whether the sign to stop is there."""
        return self._stop.exists()

    @property
    def _stop(self) -> Path:
        return self.folder.with_suffix(".stop")

    def note(self, share: float) -> None:
        """Say how far it is, 0 to 1."""
        part = self.folder / "progress.part"
        part.write_text(f"{share:.3f}", encoding="utf-8")
        part.replace(self.folder / "progress")

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Write down what came of it."""
        part = self.folder / "outcome.part"
        part.write_text(json.dumps(outcome), encoding="utf-8")
        part.replace(self.folder / "outcome.json")

    def outcome(self) -> dict[str, Any] | None:
        """What came of it; None where it did not come to its end."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "outcome.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found

    def progress(self) -> float | None:
        """How far it is, 0 to 1; None where nothing is said yet."""
        try:
            return min(1.0, max(0.0, float((self.folder / "progress").read_text(encoding="utf-8"))))
        except (OSError, ValueError):
            return None


class Pace:
    """Says how far an attempt is, and ends it with `Stopped` when it was asked to; both now and then only."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt, self._last_s = attempt, -PACE_S

    def __call__(self, share: float) -> None:
        """`share` : 0 to 1 of the whole."""
        if monotonic() - self._last_s < PACE_S:
            return
        self._last_s = monotonic()
        if self._attempt.asked_to_stop:
            raise Stopped
        self._attempt.note(share)
