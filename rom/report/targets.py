"""Where results are to be written: looked at before the work, so that nothing is lost after it."""

import os
from pathlib import Path

from rom.errors import UsageError
from rom.pose.recorded import SUFFIX


def check_targets(source: str, targets: dict[str, str]) -> None:
    """Refuse at once what could not be written, or would take the place of the recording or of another result.

    Parameters
    ----------
    source : what is measured. targets : option to path; an empty path is not asked for, ``-`` is standard output.

    Raises
    ------
    UsageError : names the option, what is wrong with its path, and what to choose instead.
    """
    taken: dict[Path, str] = {Path(source).resolve(): "the recording itself"}
    for option, name in targets.items():
        if name in ("", "-"):
            continue
        path = Path(name)
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise UsageError(f"Expected a file of its own for {option}, but '{name}' is {other}; name another.")
        if path.is_dir():
            raise UsageError(f"Expected a file for {option}, but '{name}' is a folder; name a file in it.")
        if not path.parent.is_dir():
            raise UsageError(
                f"There is no folder '{path.parent}' to write '{path.name}' into ({option}); make it first."
            )
        if not os.access(path.parent, os.W_OK):
            raise UsageError(
                f"The folder '{path.parent}' may not be written to by this user ({option}); name another."
            )
    stored = targets.get("--landmarks", "")
    if stored and not stored.endswith(SUFFIX):
        raise UsageError(
            f"Expected --landmarks to end in '{SUFFIX}', by which stored landmarks are known, but got '{stored}'."
        )


def make_folder(folder: Path) -> None:
    """The folder and those above it, where they are not there; ``UsageError`` where they cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"Could not make the folder '{folder}' ({error.strerror}); name another.") from error
